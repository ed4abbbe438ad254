"""FileReader: reads a video file once from its first frame to its last, with its other streams."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple
from typing import TypeAlias

import av
from av.container import InputContainer
from av.packet import Packet as AnyPacket
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from live_style.errors import SourceError
from live_style.frame import Size
from live_style.video.codecs import Colors
from live_style.video.deinterlace import Deinterlacer
from live_style.video.input import ColorTags
from live_style.video.input import DecodedPicture
from live_style.video.input import FrameReader
from live_style.video.input import decoder_of
from live_style.video.input import open_container
from live_style.video.input import reason
from live_style.video.input import video_of

if TYPE_CHECKING:
    from av.container.core import Chapter

_PICTURES = frozenset({"image2", "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "jpegxl_pipe"})
_JUMP = 1.0
"""Seconds: timestamps that go back by more have restarted; by less, one of them is wrong."""
_SHORT = 1.0
"""Seconds that may be missing from what a file claims: such claims are rounded."""
_CLOSE = 0.02
"""Seconds by which two times that are the same may differ."""
_HOLE, _MANY = 0.25, 4
"""Seconds, and steps of a stream, that are missed."""
_EVEN, _KINDS = 0.9, 1000
"""Share of equal steps in a stream that makes no pauses; different steps that are counted."""
_OWN = frozenset({"major_brand", "minor_version", "compatible_brands", "encoder", "duration", "rotate", "vendor_id"})
"""Metadata of the container, not of the video."""


Packet: TypeAlias = "AnyPacket[Stream]"
"""A piece of a stream as it lies in a file."""


class TimedPicture(NamedTuple):
    """One picture of a film, at its own time."""

    number: int
    """Count of pictures, from 0."""
    ticks: int
    """When it is shown, in units of the video's `tick`."""
    lasts: int
    """For how long, in the same units."""
    seconds: float
    """When it is shown, after the first picture."""
    picture: DecodedPicture


class FileReader:
    """A video file; raises SourceError when no picture can be had from it. `items` may be gone through once."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._container: InputContainer = open_container(str(path), path.name)
        try:
            _refuse_pictures(self._container, path.name)
            self.video: VideoStream = video_of(self._container, path.name)
            first = _first_picture(path)
            self.colors = Colors.of(first)
            self.size = _upright_size(first)
        except BaseException:
            self._container.close()
            raise
        # Not pictures in parallel: after an error libav would drop those around it, too.
        self.video.thread_type = "SLICE"
        self._told = ColorTags.of(self.video)
        self._decode: Callable[[Any], list[VideoFrame]] = decoder_of(self.video)
        self.tick = Fraction(self.video.time_base or Fraction(1, 90000))
        rate = self.video.average_rate or self.video.guessed_rate or Fraction(30)
        self.rate = Fraction(rate) if 0.01 <= rate <= 1000 else Fraction(30)
        self.others: tuple[Stream, ...] = tuple(s for s in self._container.streams
                                                if s.type in ("audio", "subtitle", "attachment"))
        """Streams that go into the film as they are."""
        start = _start(self._container, first)
        self._clocks = {stream.index: _Clock(stream, start) for stream in self.others}
        self._clock = _Clock(self.video, start)
        self._aspect = self.video.sample_aspect_ratio or Fraction(1)
        self._shots, self._begin, self._ended = 0, 0, 0.0
        self._progressive = Deinterlacer()
        self._spoiled: list[float] = []
        self._seen = StreamGaps()
        self._heard = {stream.index: StreamGaps() for stream in self.others if stream.type == "audio"}
        self._broken = ""

    @property
    def seconds(self) -> float:
        """Length as the file claims; 0 when it claims none."""
        own = (self.video.duration or 0) * self.tick
        return float(own) if own > 0 else max(0, self._container.duration or 0) / 1e6

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says of the film: its title, when it was taken ..."""
        return about(self._container.metadata)

    def chapters(self) -> list[Chapter]:
        """Its chapters, as PyAV has them."""
        return self._container.chapters()

    def items(self) -> Iterator[TimedPicture | Packet]:
        """All pictures in order and, between them, the packets of `others`, as they lie in the file.

        Damaged parts are left out; `loss` then reports what was damaged or missing.
        """
        last: TimedPicture | None = None
        for packet in chain(self._packets(), [None]):
            if packet is not None and packet.stream is not self.video:
                if not packet.is_corrupt:
                    self._clocks[packet.stream.index].put_right(packet)
                    self._reached(packet.pts, packet.duration, packet.time_base)
                    self._listen(packet)
                    yield packet
                continue
            for shot in map(self._shot, self._decoded(packet)):
                if last is not None:
                    # Not as long as the file says: MP4 would put off the next one, if they overlap.
                    yield last._replace(lasts=shot.ticks - last.ticks)
                last = shot
        if last is not None:
            yield last

    def loss(self) -> str:
        """One line about unreadable or missing parts; empty if nothing was lost."""
        return "; ".join(filter(None, (self._unread(), self._holes())))

    def _unread(self) -> str:
        # Some containers count from 0 and not from the beginning of what is in them.
        claimed = max(0, (self._container.duration or 0) - max(0, self._container.start_time or 0)) / 1e6
        lost = claimed - self._ended
        # Some formats end with an error: it matters only where something is missing.
        if claimed and lost > _SHORT or self._broken and not (claimed and lost < _CLOSE):
            of = f" of {clock(claimed)}" if claimed and lost > 0.0 else ""
            why = f" ({self._broken})" if self._broken else ""
            return f"{self.name} ends early, at {clock(self._ended)}{of}{why}; everything before that is painted"
        if self._spoiled:
            some = f"{len(self._spoiled)} pictures" if len(self._spoiled) > 1 else "one picture"
            return f"{self.name} is damaged: {some} could not be read completely, from {clock(self._spoiled[0])} on"
        return ""

    def _holes(self) -> str:
        heard = max((holes.found() for holes in self._heard.values()), key=len, default=[])
        seen = self._seen.found()
        if not seen and not heard:
            return ""
        what = " and ".join(name for name, holes in (("pictures", seen), ("sound", heard)) if holes)
        worse = max(seen, heard, key=lambda holes: sum(lasts for _, lasts in holes))
        many = f"{len(worse)} gaps of {sum(lasts for _, lasts in worse):.1f} s in all" if len(worse) > 1 else \
            f"a gap of {worse[0][1]:.1f} s"
        at, lost = ("the first at", "those parts are") if len(worse) > 1 else ("at", "that part is")
        return f"{self.name} has {many} in its {what}, {at} {clock(worse[0][0])}: {lost} lost"

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _packets(self) -> Iterator[Packet]:
        wanted = [self.video, *(stream for stream in self.others if stream.type != "attachment")]
        try:
            for packet in self._container.demux(wanted):
                if packet.size:  # else it is a sign of the end
                    yield packet
        except (av.FFmpegError, OSError) as e:
            self._broken = reason(e)

    def _decoded(self, packet: Packet | None) -> list[VideoFrame]:
        try:
            frames = self._decode(packet)
        except (av.FFmpegError, OSError):
            self._spoiled.append(self._ended)
            return [] if packet is not None else self._progressive.end()
        self._spoiled.extend(self._ended for frame in frames if frame.is_corrupt)
        whole = [one for frame in frames for one in self._progressive.feed(self._told.on(frame))]
        return whole if packet is not None else whole + self._progressive.end()

    def _shot(self, frame: VideoFrame) -> TimedPicture:
        ticks, lasts = self._clock.next(frame)
        if not self._shots:
            self._begin = ticks
        seconds = float((ticks - self._begin) * self.tick)
        picture = DecodedPicture(seconds, float(lasts * self.tick), frame, self._aspect)
        shot = TimedPicture(self._shots, ticks, lasts, seconds, picture)
        self._shots += 1
        self._seen.see(seconds, picture.lasts)
        self._reached(ticks, lasts, self.tick)
        return shot

    def _listen(self, packet: Packet) -> None:
        holes = self._heard.get(packet.stream.index)
        if holes is not None and packet.pts is not None and packet.time_base:
            holes.see(float(packet.pts * packet.time_base), float((packet.duration or 0) * packet.time_base))

    def _reached(self, ticks: int | None, lasts: int | None, tick: Fraction | None) -> None:
        if ticks is not None and tick:
            self._ended = max(self._ended, float((ticks + (lasts or 0)) * tick))


class StreamGaps:
    """Where a stream stops and goes on, as far as that is no pause: a stream of even steps that leaves some out."""

    def __init__(self) -> None:
        self._steps = Counter[int]()
        self._all: list[tuple[float, float]] = []
        self._last: tuple[float, float] | None = None

    def see(self, at: float, lasts: float) -> None:
        """A picture or a piece of sound."""
        if self._last is not None:
            step, covered = at - self._last[0], self._last[1]
            if step > covered + _HOLE and step > _MANY * covered:
                self._all.append((self._last[0] + covered, step - covered))
            elif len(self._steps) < _KINDS:
                self._steps[round(1000 * step)] += 1
        self._last = at, lasts

    def found(self) -> list[tuple[float, float]]:
        """When each begins, and how long it is."""
        if not self._steps or not self._all:
            return []
        usual = self._steps.most_common(1)[0][0]
        even = sum(count for step, count in self._steps.items() if abs(step - usual) <= max(2, usual // 4))
        return self._all if even >= _EVEN * (self._steps.total() + len(self._all)) else []


class _Clock:
    """The times of one stream: from the film's beginning on, and never backwards."""

    def __init__(self, stream: Stream, start: int) -> None:
        self._tick = Fraction(stream.time_base or Fraction(1, 90000))
        self._shift = -round(start / (1_000_000 * self._tick))
        self._strict = stream.type == "video"  # of others two may begin together, by the rounding of some containers
        self._last: int | None = None
        rate = getattr(stream, "average_rate", None) or Fraction(30)
        self._step = max(1, round(1 / (rate * self._tick))) if stream.type == "video" else 1
        self._jump = int(_JUMP / self._tick)

    def next(self, frame: VideoFrame) -> tuple[int, int]:
        """When a picture is shown and for how long, in ticks."""
        lasts = frame.duration or self._step
        wanted = frame.pts if frame.pts is not None else self._after(self._step) - self._shift
        return self._put_right(wanted, self._step), lasts

    def put_right(self, packet: Packet) -> None:
        """The times of a packet, moved in place; those of a sound file stay apart as they were."""
        decoded = packet.dts if packet.dts is not None else packet.pts
        shown = packet.pts if packet.pts is not None else decoded
        if decoded is None or shown is None:
            decoded = shown = self._after(1) - self._shift
        packet.dts = self._put_right(decoded, packet.duration or 1)
        packet.pts = max(packet.dts, packet.dts + shown - decoded)

    def _after(self, step: int) -> int:
        return 0 if self._last is None else self._last + step

    def _put_right(self, wanted: int, step: int) -> int:
        at = wanted + self._shift
        if self._last is not None:
            if at < self._last - self._jump:
                self._shift += self._last + step - at
                at = self._last + step
            at = max(at, self._last + self._strict)
        self._last = at
        return at


def clock(seconds: float) -> str:
    """1:02:03, as a player shows it."""
    whole = max(0, int(seconds))
    hours = f"{whole // 3600}:{whole // 60 % 60:02}" if whole >= 3600 else f"{whole // 60}"
    return f"{hours}:{whole % 60:02}"


def about(metadata: Mapping[str, str]) -> dict[str, str]:
    """What of some metadata holds for a copy, too."""
    return {key: text for key, text in metadata.items()
            if key.lower() not in _OWN and not key.startswith("_STATISTICS") and key.upper() != "BPS"}


def _refuse_pictures(container: InputContainer, name: str) -> None:
    """Raises SourceError for a picture; of WebP, which may move, libav reads those only that do not."""
    if container.format.name == "webp_pipe":
        raise SourceError(f"{name} is a WebP file, which cannot be read as a video",
                          "`live-style image` paints its first picture. If animated, save it as GIF, APNG or MP4.")
    if container.format.name in _PICTURES:
        raise SourceError(f"{name} is a picture, not a video", "`live-style image` paints pictures.")


def _first_picture(path: Path) -> DecodedPicture:
    reader = FrameReader(str(path))
    try:
        first = reader.next()
    finally:
        reader.close()
    if first is None:
        raise SourceError(f"{path.name} contains no picture that can be decoded",
                          "Record or copy it again, or save it as H.264 in the program that made it.")
    return first


def _start(container: InputContainer, first: DecodedPicture) -> int:
    """When a film begins, in microseconds; libav may think later than with its first picture, which would be lost."""
    frame, start = first.frame, container.start_time or 0
    if frame.pts is None or frame.time_base is None:
        return start
    return min(start, math.floor(frame.pts * Fraction(frame.time_base) * 1_000_000))


def _upright_size(picture: DecodedPicture) -> Size:
    width, height = max(1, round(picture.frame.width * picture.aspect)), picture.frame.height
    return (height, width) if picture.placing.swapped else (width, height)
