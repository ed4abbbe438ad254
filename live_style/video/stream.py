"""A live stream: H.264 and AAC to an address, by RTMP or UDP, in a process of its own.

PyAV holds Python's lock while it connects, and a network may hang: the show would stand still as long.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import struct
import sys
from fractions import Fraction
from typing import IO
from typing import NamedTuple

import av
import numpy as np
from av.container import OutputContainer
from av.video.reformatter import ColorRange
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream

from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import SoundFormat
from live_style.frame import size_of
from live_style.system.signals import ending_signals
from live_style.video.sound import QUIET
from live_style.video.sound import Samples
from live_style.video.sound import SoundTrack

_TICK = Fraction(1, 1000)
_BITS = 0.15
"""Of a pixel: 4 Mbit/s at 1280x720 and 30 frames a second, which every service takes."""
_WHOLE_SECONDS = 2
"""Between two keyframes: a new viewer waits at most this long."""
LONGEST = 10.0
"""Seconds that connecting or sending may take; then the process ends itself, though a library may hang."""
PICTURE, SOUND = 0, 1
_HEAD = struct.Struct("<BdI")
_PROBLEMS = (OSError, ValueError, av.FFmpegError)


class StreamTarget(NamedTuple):
    """Where a stream goes, and what it is made of."""

    url: str
    size: Size
    fps: float
    sound: SoundFormat | None


class StreamWriter:
    """One connection; one thread. Over RTMP there is silence if there is no sound: services such as YouTube want it."""

    def __init__(self, target: StreamTarget) -> None:
        size, fps = target.size, target.fps
        over_rtmp = target.url.lower().startswith("rtmp")
        self._even = size[0] // 2 * 2, size[1] // 2 * 2
        rate = str(int(_BITS * size[0] * size[1] * fps))
        options = {"preset": "ultrafast", "tune": "zerolatency", "b": rate, "maxrate": rate, "bufsize": rate}
        self._container: OutputContainer = (
            av.open(target.url, "w", format="flv", options={"flvflags": "no_duration_filesize"}) if over_rtmp else
            av.open(f"{target.url}?pkt_size=1316", "w", format="mpegts"))
        stream = self._container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options=options)
        assert isinstance(stream, VideoStream)
        self._stream = stream
        stream.width, stream.height, stream.pix_fmt = *self._even, "yuv420p"
        context = stream.codec_context
        context.time_base, context.gop_size, context.thread_count = _TICK, max(1, round(_WHOLE_SECONDS * fps)), 2
        context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
        self._sound = SoundTrack(self._container, target.sound or QUIET) if over_rtmp or target.sound else None
        self._origin: float | None = None
        self._last = -1

    def write(self, image: Image, seconds: float) -> None:
        """Send a picture that is to be seen at `seconds`."""
        if self._origin is None:
            self._origin = seconds
        self._last = max(self._last + 1, round((seconds - self._origin) / _TICK))
        if size_of(image) != self._even:
            image = np.ascontiguousarray(image[:self._even[1], :self._even[0]])
        frame = av.VideoFrame.from_numpy_buffer(image, "rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
        frame.pts, frame.time_base = self._last, _TICK
        self._container.mux(self._stream.encode(frame))
        if self._sound is not None:
            self._sound.reach(self._last * float(_TICK))

    def hear(self, samples: Samples, seconds: float) -> None:
        """Send sound that was heard at `seconds`."""
        if self._sound is not None and self._origin is not None:
            self._sound.write(samples, seconds - self._origin)

    def close(self) -> None:
        """End the connection, as far as there is one."""
        if self._origin is not None:
            self._container.mux(self._stream.encode(None))
        self._container.close()


def tell_target(pipe: IO[bytes], target: StreamTarget) -> None:
    """Begin to talk to the process: its arguments can be read by every user, and the address may hold a key."""
    pipe.write(json.dumps(target).encode() + b"\n")


def tell(pipe: IO[bytes], kind: int, data: Image | Samples, seconds: float) -> None:
    """Give the process a picture or a piece of sound."""
    whole = np.ascontiguousarray(data)
    pipe.write(_HEAD.pack(kind, seconds, whole.nbytes))
    pipe.write(whole.data.cast("B"))
    pipe.flush()


def _play(pipe: IO[bytes]) -> None:
    """Send what comes until the end of the input."""
    url, size, fps, sound = json.loads(pipe.readline())
    target = StreamTarget(url, (size[0], size[1]), fps, SoundFormat(*sound) if sound else None)
    with open(os.devnull, "w") as nowhere:
        writer: StreamWriter | None = None
        while len(head := pipe.read(_HEAD.size)) == _HEAD.size:
            kind, seconds, length = _HEAD.unpack(head)
            data = pipe.read(length)
            # A thread in C, which ends the process even while a library holds Python's lock.
            faulthandler.dump_traceback_later(LONGEST, exit=True, file=nowhere)
            writer = writer or StreamWriter(target)
            if kind == PICTURE:
                writer.write(np.frombuffer(data, np.uint8).reshape(size[1], size[0], 3), seconds)
            elif target.sound is not None:
                writer.hear(np.frombuffer(data, np.float32).reshape(-1, target.sound.channels), seconds)
            faulthandler.cancel_dump_traceback_later()
        faulthandler.dump_traceback_later(LONGEST, exit=True, file=nowhere)
        if writer is not None:
            writer.close()
        faulthandler.cancel_dump_traceback_later()


def _reason(error: Exception) -> str:
    """Why, without the address, which an error's text may hold."""
    return str(getattr(error, "strerror", None) or type(error).__name__)


def main() -> None:
    """The process: reads its standard input, and leaves a reason on its standard output if it cannot go on."""
    for number in ending_signals():
        signal.signal(number, signal.SIG_IGN)  # the show ends it in order
    try:
        _play(sys.stdin.buffer)
    except _PROBLEMS as e:
        os.write(1, _reason(e).encode())


if __name__ == "__main__":
    main()
