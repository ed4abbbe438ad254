"""A reader: decodes the frames of a video file or a stream in order."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from collections.abc import Generator
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple
from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.packet import Packet as AnyPacket
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream

from live_style.errors import SourceError
from live_style.errors import SourceLost
from live_style.frame import Image
from live_style.system.atomic_file import is_special
from live_style.video.deinterlace import Deinterlacer
from live_style.video.orientation import Orientation
from live_style.video.wide_gamut import light_of
from live_style.video.wide_gamut import narrowed

OPEN_SECONDS, READ_SECONDS = 5.0, 2.0
"""Seconds that a network address may take to answer, and to deliver the next frame."""
_LIVE_SCHEMES = frozenset({"rtsp", "rtsps", "rtmp", "rtmps", "rtp", "srtp", "udp", "tcp", "srt"})
# Half a second is enough to find out what a stream is; libav's own 5 s would delay each return of a camera.
_NETWORK = {"analyzeduration": "500000", "probesize": "1000000", "rtsp_transport": "tcp", "flags": "low_delay"}
# What was read to find out what a stream is, is old by then; of a file on the web it is the beginning.
_LIVE = {"fflags": "nobuffer"}
_NO_VIDEOS = frozenset({"tty", "bin", "xbin", "adf", "idf"})
"""Formats as which libav "plays" any text."""
_VIDEO_ENDINGS = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".wmv",
                            ".flv",
                            ".gif", ".3gp", ".ogv"})
_RGB, _UNTOLD = 0, 2
"""The matrix of colours that have none, and what a file says whose maker did not say which they have."""
Alpha: TypeAlias = "npt.NDArray[np.uint8]"
"""[height, width], 0 (nothing is seen) to 255."""
_LONGEST_STEP = 60.0
"""Seconds: a longer step of the timestamps is a break in them, not a pause."""


def over_white(image: Image, alpha: Alpha | None) -> Image:
    """A picture of which only a part is seen, on white paper."""
    if alpha is None:
        return image
    share = alpha[..., np.newaxis].astype(np.uint16)
    return ((image * share + 255 * (255 - share) + 127) // 255).astype(np.uint8)


class DecodedPicture(NamedTuple):
    """A decoded picture that is not RGB yet: one that comes too late need not become it."""

    time: float
    """Seconds since the first picture."""
    lasts: float
    """Its duration in seconds, according to the file."""
    frame: VideoFrame
    aspect: Fraction
    """Width of a pixel over its height."""

    def image(self) -> Image:
        """RGB with square pixels, not yet turned upright; on white where something is transparent."""
        return over_white(*self.parted())

    def parted(self) -> tuple[Image, Alpha | None]:
        """RGB of BT.709 with square pixels, not yet turned upright, and how much of each is seen; None: all is."""
        width = max(1, round(self.frame.width * self.aspect))
        layers = "rgba" if any(part.is_alpha for part in self.frame.format.components) else "rgb24"
        light = light_of(self.frame)
        if light is not None and layers == "rgb24":
            return narrowed(self.frame, light, width, self.matrix), None
        found = np.asarray(self.frame.to_ndarray(format=layers, width=width, src_colorspace=self.matrix), np.uint8)
        if light is not None:
            found[..., :3] = narrowed(self.frame, light, width, self.matrix)
        if layers == "rgb24" or found[..., 3].min() == 255:
            return np.ascontiguousarray(found[..., :3]), None
        # Fully transparent pixels have any colour, often black, which would darken the painting next to them.
        alpha = np.ascontiguousarray(found[..., 3])
        return np.where(alpha[..., np.newaxis] == 0, np.uint8(255), found[..., :3]), alpha

    @property
    def matrix(self) -> int | None:
        """The matrix between its colours and RGB if the file has none; players also choose it by the size."""
        if self.frame.colorspace != _UNTOLD:
            return None
        return Colorspace.ITU709 if self.frame.height >= 720 else Colorspace.ITU601

    @property
    def placing(self) -> Orientation:
        """What brings it upright, by the file's display matrix."""
        return Orientation.of(self.frame)


class FrameReader:
    """Opens an address (a path or a URL) at once; raises SourceError when no picture can be had from it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.network = "://" in address
        self.name = address if self.network else Path(address).name
        self._start: float | None = None
        self._pictures: Generator[DecodedPicture, None, None]
        self._begin()
        try:
            self._first = next(self._pictures, None)
        except BaseException:
            self.close()
            raise
        if self._first is None:
            self.close()
            raise SourceError(f"{self.name} contains no picture that can be decoded",
                              "Record or copy it again, or save it as H.264 in the program that made it.")

    @property
    def live(self) -> bool:
        """Whether pictures come as they happen, and cannot be had again."""
        if not self.network:
            return False
        whole = self._container.duration or self._container.size > 0 or "hls" in self._container.format.name
        return _is_live(self.address) or not whole

    @property
    def fps(self) -> float:
        """Pictures a second, as the file claims; 30 where it claims nothing believable."""
        rate = float(self._stream.average_rate or self._stream.guessed_rate or 30)
        return rate if 0.1 <= rate <= 1000.0 else 30.0

    @property
    def seconds(self) -> float:
        """Length as the file claims; 0 when it claims none."""
        return (self._container.duration or 0) / 1e6

    def next(self) -> DecodedPicture | None:
        """The next frame; None at the end. Raises SourceLost if a network address stops sending."""
        self._asked = time.monotonic()
        picture, self._first = self._first, None
        return picture if picture is not None else next(self._pictures, None)

    def rewind(self, seconds: float = 0.0) -> None:
        """Go on from the last full picture at or before `seconds`."""
        self._first = None
        try:
            place = ((self._start or 0.0) + seconds) / float(self._stream.time_base or 1)
            self._container.seek(int(place), stream=self._stream)
            self._pictures = self._decode()
        except av.FFmpegError:  # a raw stream knows no places, and a server may refuse them
            self.close()
            self._begin()

    def close(self) -> None:
        """Close the file."""
        self._pictures.close()
        self._container.close()

    def _begin(self) -> None:
        self._asked = time.monotonic()
        self._container = open_container(self.address, self.name, self.network)
        try:
            self._stream = video_of(self._container, self.name)
            self._told = ColorTags.of(self._stream)
            if not self.network:
                self._stream.thread_type = "AUTO"  # frames in parallel: twice as fast, a few frames later
            self._pictures = self._decode()
        except BaseException:
            self._container.close()
            raise

    def _decode(self) -> Generator[DecodedPicture, None, None]:
        """Pictures with times that only grow, whatever the file's timestamps do."""
        step, shift = 1.0 / self.fps, 0.0
        last: float | None = None
        aspect = self._stream.sample_aspect_ratio or Fraction(1)
        for frame in self._frames():
            at = frame.time if frame.time is not None else 0.0 if last is None else last - shift + step
            if self._start is None:
                self._start = at
            at += shift - self._start
            if last is not None and not last <= at <= last + _LONGEST_STEP:
                shift += last + step - at
                at = last + step
            last = at
            lasts = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else step
            yield DecodedPicture(at, lasts, frame, aspect)

    def _frames(self) -> Iterator[VideoFrame]:
        progressive, decode = Deinterlacer(), decoder_of(self._stream)
        try:
            for packet in self._container.demux(self._stream):
                try:
                    for frame in decode(packet):
                        yield from progressive.feed(self._told.on(frame))
                except (av.InvalidDataError, av.PatchWelcomeError):
                    pass  # a damaged frame is left out; decoding recovers at the next key frame
                if self.network and time.monotonic() - self._asked > READ_SECONDS:
                    raise SourceLost(f"{self.name} sends no pictures", _NETWORK_CURE)
        except (av.FFmpegError, OSError) as e:
            if self.network:
                raise SourceLost(f"{self.name} was interrupted: {reason(e)}", _NETWORK_CURE) from e
            # A file that was cut off plays as far as it goes.
        yield from progressive.end()


_NETWORK_CURE = "Check that the sender is running and the network is up; live-style keeps trying to reconnect."


def open_container(address: str, name: str, network: bool = False) -> InputContainer:
    """A container with something in it that can be seen or heard; raises SourceError."""
    if not network:
        _look_at(Path(address), name)
    options = {**_NETWORK, **(_LIVE if _is_live(address) else {})} if network else {}
    try:
        # A name may look like a protocol of libav ("10:30.mp4", "concat:a.mp4"): the prefix file: prevents that.
        place = address if network else f"file:{address}"
        container = av.open(place, options=options, timeout=(OPEN_SECONDS, READ_SECONDS) if network else None)
    except (av.FFmpegError, OSError, ValueError) as e:
        if network:
            raise SourceError(f"{name} cannot be opened: {reason(e)}",
                              "Check the address, and that the sender is running.") from e
        if Path(address).suffix.lower() in _VIDEO_ENDINGS:
            raise SourceError(f"{name} is damaged or was cut off: {reason(e)}",
                              "Record or copy it again.") from e
        raise SourceError(f"{name} is not a video: {reason(e)}", "Choose a video or a picture.") from e
    if container.format.name in _NO_VIDEOS:
        container.close()
        raise SourceError(f"{name} is not a video", "Choose a video or a picture.")
    return container


def _is_live(address: str) -> bool:
    return address.partition("://")[0].lower() in _LIVE_SCHEMES


def _look_at(path: Path, name: str) -> None:
    """Raise what libav would say less clearly."""
    if is_special(path):
        raise SourceError(f"{name} is a pipe or a device, not a file", "Save the video to a file first.")
    try:
        with path.open("rb") as file:
            if not file.read(1):
                raise SourceError(f"{name} is empty", "Record or copy it again.")
    except FileNotFoundError as e:
        raise SourceError(f"the file {path} does not exist", "Check the name and the folder.") from e
    except IsADirectoryError as e:
        raise SourceError(f"{path} is a folder", "Name a video or a picture in the folder.") from e
    except PermissionError as e:
        if os.path.isdir(path):  # what Windows says of a folder
            raise SourceError(f"{path} is a folder", "Name a video or a picture in the folder.") from e
        raise SourceError(f"you have no permission to read {path}", "Check its permissions.") from e
    except OSError as e:
        raise SourceError(f"{path} cannot be read: {reason(e)}", "Copy it to another disk.") from e


def video_of(container: InputContainer, name: str) -> VideoStream:
    """The video that players show; raises SourceError."""
    for stream in sorted(container.streams.video, key=_less_wanted):
        if stream.disposition & Disposition.attached_pic:  # the cover of a piece of music
            continue
        if stream.codec_context is None:  # PyAV has none for what it cannot decode, whatever its types say
            raise SourceError(f"{name} uses an unknown video codec",
                              "Save it as H.264 in the program that made it.")
        return stream
    has = "sound but no picture" if container.streams.audio else "no picture"
    raise SourceError(f"{name} has {has}", "Choose a video.")


def _less_wanted(stream: VideoStream) -> tuple[bool, bool]:
    """A still last, as AVIF has one with its moving picture; then what the file does not mark as the default."""
    return stream.frames == 1, not stream.disposition & Disposition.default


class ColorTags(NamedTuple):
    """What a container says of the colours in it: it goes before what the pictures themselves say, if they do."""

    matrix: int
    range: int
    primaries: int
    transfer: int

    @classmethod
    def of(cls, stream: VideoStream) -> ColorTags:
        """That of a stream of which nothing is decoded yet: a decoder writes over it."""
        context = stream.codec_context
        return cls(context.colorspace, context.color_range, context.color_primaries, context.color_trc)

    def on(self, frame: VideoFrame) -> VideoFrame:
        """The picture, which says it now, too."""
        if self.matrix not in (_RGB, _UNTOLD):
            frame.colorspace = self.matrix
        if self.range != ColorRange.UNSPECIFIED:
            frame.color_range = self.range
        if self.primaries != _UNTOLD:
            frame.color_primaries = self.primaries
        if self.transfer != _UNTOLD:
            frame.color_trc = self.transfer
        return frame


def decoder_of(stream: VideoStream) -> Callable[[AnyPacket[VideoStream] | None], list[VideoFrame]]:
    """What decodes its packets; fresh, as after a seek, where the stream's own decoder would drop what is transparent.

    WebM stores the transparency of VP8 and VP9 separately from the picture, where only libvpx finds it.
    """
    name = _WITH_ALPHA.get(stream.codec_context.name, "")
    if stream.metadata.get("alpha_mode") != "1" or name not in av.codecs_available:
        return stream.decode
    decoder = av.CodecContext.create(name, "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.extradata = stream.codec_context.extradata
    return lambda packet: decoder.decode(packet if packet is not None and packet.size else None)


_WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


def reason(error: BaseException) -> str:
    """The reason, in a few lower-case words."""
    if isinstance(error, (av.error.ExitError, TimeoutError)):  # what libav calls our own time limits
        return "no answer in time"
    if isinstance(error, OSError) and error.errno == errno.EIO:  # also an unknown host name
        return "no connection"
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
