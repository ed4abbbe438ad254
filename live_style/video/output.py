"""A video file that can be played up to its last second even after a power cut."""

from __future__ import annotations

import errno
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries
from av.video.reformatter import ColorRange
from av.video.reformatter import Colorspace
from av.video.reformatter import ColorTrc
from av.video.stream import VideoStream

from live_style.errors import SinkError
from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import SoundFormat
from live_style.frame import size_of
from live_style.video.muxer import PROBLEMS
from live_style.video.muxer import Muxer
from live_style.video.muxer import container_of
from live_style.video.sound import Samples
from live_style.video.sound import SoundTrack

_HELD = 0.5
"""Seconds of pictures in memory."""
SUFFIXES = (".mp4", ".mov", ".mkv")
"""Endings of the video files that can be recorded."""

# A painted 1280x720 picture on two cores: 9.9 ms of CPU a frame, 20 Mbit/s, 40.2 dB; superfast takes 14.3 ms
# for 13 Mbit/s and 40.9 dB, and drops twice as many frames on a busy CPU. deblock: ultrafast alone
# shows blocks. zerolatency: an encoder that looks ten frames ahead loses 2 s at 5 fps. crf 15: at 18, for 12 Mbit/s
# instead of 17, each picture that stands alone is a jump of 1.6 times the median step of a gliding look; now 1.46.
_X264 = {"preset": "ultrafast", "deblock": "0,0", "tune": "zerolatency", "crf": "15", "forced-idr": "1"}
_MPEG4 = {"flags": "+qscale", "global_quality": str(3 * 118)}
_CODECS = (("libx264", _X264), ("mpeg4", _MPEG4))
_THREADS = 2

_ALONE_SECONDS = 2.0
"""Between two pictures that stand alone."""


class VideoWriter:
    """H.264 (MPEG-4 where PyAV lacks it), yuv420p, BT.709, of a constant frame rate, as editors want it; one thread.

    `path` must not exist yet. An odd last row or column is left out: 4:2:0 has none. Raises SinkError.
    """

    def __init__(self, path: Path, size: Size, fps: float, sound: SoundFormat | None = None) -> None:
        self.path = path
        self._even = size[0] // 2 * 2, size[1] // 2 * 2
        if path.suffix.lower() not in SUFFIXES:
            if path.is_dir():
                raise SinkError(f"{path} is a folder", f"Name the recording: {path / 'show.mp4'}")
            raise SinkError(f"{path.name} does not have the extension of a video that can be recorded",
                            f"Use {', '.join(SUFFIXES)}; .mp4 can be played everywhere.")
        if 0 in self._even:
            raise SinkError(f"a picture of {size[0]}x{size[1]} pixels is too small for a video",
                            "Choose a larger --size.")
        try:
            self._muxer = Muxer(path, *container_of(path.suffix, _HELD))
        except OSError as e:
            raise _cannot_create(path, e) from e
        self._disk, self._container = self._muxer.disk, self._muxer.container
        self._rate = Fraction(fps).limit_denominator(1001)
        self._origin: float | None = None
        self._count = 0
        self._shown: av.VideoFrame | None = None
        self._alone = max(1, round(_ALONE_SECONDS * fps))
        self._header = 0
        try:
            self._stream = self._add_stream()
            self._sound = SoundTrack(self._container, sound) if sound else None
        except BaseException:
            self._muxer.discard()
            raise

    def _add_stream(self) -> VideoStream:
        name, options = next((name, options) for name, options in _CODECS if name in av.codecs_available)
        stream = self._container.add_stream(name, rate=self._rate, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = self._even
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = 1 / self._rate
        context.thread_count = _THREADS
        context.color_range = ColorRange.MPEG
        context.colorspace = Colorspace.ITU709
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        return stream

    def write(self, image: Image, seconds: float) -> None:
        """Show this picture from `seconds` on, accurate to one frame interval; the first one starts the video.

        One that came too early for the frame rate is left out, unless none follows it.
        """
        if self._origin is None:
            self._origin = seconds
        # A camera is never quite even: what is rounded to the nearest place would leave out some and repeat others.
        self.hold(seconds)
        self._shown = self._converted(image)
        if self._count == 0 or self._place(seconds) > self._count - 1:
            self._encode(self._shown)

    def hold(self, seconds: float) -> None:
        """Extend the last picture until `seconds`."""
        while self._shown is not None and self._place(seconds) >= self._count + 1:
            self._encode(self._shown)

    def hear(self, samples: Samples, seconds: float) -> None:
        """Add sound that was heard at `seconds`."""
        if self._sound is not None and self._origin is not None:
            self._sound.write(samples, seconds - self._origin)

    def _place(self, seconds: float) -> float:
        """Pictures since the first one, at a constant frame rate."""
        return (seconds - (self._origin or 0.0)) * float(self._rate)

    def _encode(self, frame: av.VideoFrame) -> None:
        frame.pts, frame.time_base, frame.duration = self._count, 1 / self._rate, 1
        frame.pict_type = PictureType.NONE if self._count % self._alone else PictureType.I
        try:
            self._container.mux(self._stream.encode(frame))
            if self._sound is not None:
                self._sound.reach(self._count / float(self._rate))
        except PROBLEMS as e:
            raise self._stopped(e) from e
        self._disk.mark()
        if self._count == 0:  # the first frame is still in the muxer's hands
            self._header = self._disk.kept
        self._count += 1

    def close(self) -> None:
        """Finish the file; may be called more than once. Raises SinkError when its end was lost.

        A file without any frame is removed.
        """
        problem = self._muxer.close(self._drain)
        if not self._plays():
            self.path.unlink(missing_ok=True)
        if problem is not None:
            raise self._stopped(problem) from problem

    def _drain(self) -> None:
        if self._count:
            self._container.mux(self._stream.encode(None))
            if self._sound is not None:
                self._sound.end(self._count / float(self._rate))

    def _plays(self) -> bool:
        return self._count > 0 and self._disk.kept > self._header

    def _converted(self, image: Image) -> av.VideoFrame:
        width, height = self._even
        if size_of(image) != self._even:
            image = np.ascontiguousarray(image[:height, :width])
        return av.VideoFrame.from_numpy_buffer(image, "rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG,
            dst_color_primaries=ColorPrimaries.BT709, dst_color_trc=ColorTrc.BT709)

    def _stopped(self, error: Exception) -> SinkError:
        error = self._disk.error or error  # libav does not pass the disk's error on
        number = getattr(error, "errno", None) or 0
        reason, cure = _ON_WRITE.get(number, (_reason(error), "Check the disk, or record to another one."))
        if not self._plays():
            return SinkError(f"{self.path} cannot be recorded: {reason}", cure)
        seconds = float(max(0, self._count - 1) / self._rate)
        return SinkError(f"the recording {self.path} ended after {seconds:.0f} s: {reason}",
                         f"{cure} The part before that can be played.")


_FULL = ("the disk is full", "Free some space, or record to another disk.")
_ON_WRITE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: ("the disk does not support larger files", "Record to a disk that is not formatted with FAT32."),
}


def _cannot_create(path: Path, error: OSError) -> SinkError:
    folder = path.parent
    if isinstance(error, FileExistsError):
        return SinkError(f"{path} already exists, and recordings never overwrite files",
                         "Give another name, or move the old file away.")
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return SinkError(f"the folder {folder} does not exist",
                         "Create the folder first, or choose another one.")
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return SinkError(f"you have no permission to write to the folder {folder}", "Choose a folder of your own.")
    return SinkError(f"the recording {path} cannot start: {_reason(error)}",
                     "Give another file name or folder.")


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
