"""A video file while it is written, frame by frame, with its other tracks."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from live_style.errors import SinkError
from live_style.frame import Image
from live_style.video.codecs import CODECS
from live_style.video.codecs import Shape
from live_style.video.codecs import describe
from live_style.video.codecs import open_encoder
from live_style.video.durable_file import cannot_write
from live_style.video.file_reader import about
from live_style.video.muxer import FORMATS
from live_style.video.muxer import PROBLEMS
from live_style.video.muxer import Muxer
from live_style.video.muxer import container_of
from live_style.video.tracks import Maker
from live_style.video.tracks import Track
from live_style.video.tracks import TrackWriter

if TYPE_CHECKING:
    from av.container.core import Chapter

# A tenth of a second is in memory, the rest is in the file and plays. delay_moov: sound that begins before the first
# picture (AAC does, by 21 ms) keeps its time, and without it libav aborts. max_interleave_delta: pictures do not wait
# for the next subtitle.
CONTAINERS = {suffix: container_of(suffix, 0.1, "+delay_moov", max_interleave_delta="300000") for suffix in FORMATS}
"""Extensions of videos, their formats and options."""


class FileWriter:
    """A new video file, written by one thread; it can be played even after a power cut. Raises SinkError.

    Each piece between two `cut`s is encoded on its own, so that its bits depend on its own pictures only.
    """

    def __init__(self, path: Path, codec: str, shape: Shape, video: VideoStream, others: Sequence[Stream],
                 tracks: Mapping[int, Track], metadata: Mapping[str, str], chapters: list[Chapter]) -> None:
        self.path, self._codec, self._shape = path, codec, shape
        self._encoder: VideoCodecContext | None = None
        try:
            self._muxer = Muxer(path, *CONTAINERS[path.suffix.lower()])
        except OSError as e:
            raise cannot_write(path, e) from e
        self._disk, self._container = self._muxer.disk, self._muxer.container
        try:
            self._container.metadata.update(metadata)
            self._container.set_chapters(chapters)
            self._video = self._add_video(video)
            self._tracks = {stream.index: self._add_track(make, stream) for stream in others
                            if (make := tracks[stream.index].make) is not None}
            self._container.start_encoding()
        except BaseException as e:
            self._muxer.discard()
            if self._disk.error is not None:
                raise self._problem(e) from e
            if isinstance(e, PROBLEMS):
                raise SinkError(f"a {path.suffix} file does not support {codec}", _OTHER) from e
            raise

    @property
    def mark(self) -> bytes:
        """What every piece must have in common: the encoder's head."""
        return self._video.codec_context.extradata or b""

    def show(self, image: Image, ticks: int, lasts: int) -> None:
        """Encode a picture of the video's size, to be seen from `ticks` on."""
        if self._encoder is None:
            self._encoder = open_encoder(self._codec, self._shape)
        frame = self._shape.colors.encoded(image, CODECS[self._codec].pixels)
        frame.pts, frame.time_base, frame.duration = ticks, self._shape.tick, lasts
        self._write(partial(self._encoder.encode, frame))

    def cut(self) -> None:
        """The next picture begins a piece."""
        encoder, self._encoder = self._encoder, None
        if encoder is not None:
            self._write(partial(encoder.encode, None))

    def keep(self, packet: Packet[VideoStream], ticks: int, lasts: int) -> None:
        """A picture that `show` encoded into another file of the same codec and shape."""
        data = bytes(packet)
        if self._codec.startswith(("h264", "hevc")):
            data = _with_start_codes(data)
        copy: Packet[Stream] = Packet(data)
        copy.time_base, copy.pts, copy.dts, copy.duration = self._shape.tick, ticks, ticks, lasts
        copy.is_keyframe = packet.is_keyframe
        self._write(lambda: [copy])

    def copy(self, packet: Packet[Stream]) -> None:
        """A packet of one of `others`, as its track says."""
        track = self._tracks.get(packet.stream.index)
        if track is not None:
            self._write(partial(track.feed, packet))

    def close(self) -> None:
        """Finish the file; may be called more than once."""
        problem = self._muxer.close(self.cut, self._end_tracks)
        if problem is not None:
            raise problem if isinstance(problem, SinkError) else self._problem(problem) from problem

    def _write(self, packets: Callable[[], Sequence[Packet[Any]]]) -> None:
        try:
            for packet in packets():
                if packet.stream is None or packet.stream.container is not self._container:
                    packet.stream = self._video
                self._container.mux_one(packet)
        except PROBLEMS as e:
            raise self._problem(e) from e
        self._disk.mark()

    def _add_video(self, original: VideoStream) -> VideoStream:
        codec = CODECS[self._codec]
        stream = self._container.add_stream(codec.encoder, rate=self._shape.rate, options=dict(codec.options))
        assert isinstance(stream, VideoStream)
        describe(stream.codec_context, self._shape, codec.pixels)
        if "hevc" in self._codec and self._container.format.name in ("mp4", "mov"):
            stream.codec_context.codec_tag = "hvc1"  # Apple's players know HEVC by this name only
        facts = about(original.metadata)
        stream.metadata.update({key: text for key, text in facts.items() if key != "handler_name"})
        return stream

    def _add_track(self, make: Maker, original: Stream) -> TrackWriter:
        track = make(self._container, original)
        track.stream.metadata.update(about(original.metadata))
        track.stream.disposition = original.disposition
        return track

    def _end_tracks(self) -> None:
        for track in self._tracks.values():
            self._write(track.end)

    def _problem(self, error: BaseException) -> SinkError:
        return cannot_write(self.path, self._disk.error or error)


_OTHER = "Omit --codec, or use a name that ends in .mkv."


def _with_start_codes(data: bytes) -> bytes:
    """H.264 or HEVC units as an encoder gives them, from units with their lengths, as they lie in a file."""
    parts, place = [], 0
    while place + 4 <= len(data):
        length = int.from_bytes(data[place:place + 4], "big")
        parts += [b"\0\0\0\1", data[place + 4:place + 4 + length]]
        place += 4 + length
    return b"".join(parts)
