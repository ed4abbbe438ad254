"""A live stream: H.264 to an address, over UDP.

Not over RTMP: PyAV holds Python's lock while it connects, and the whole show would stand still as long.
"""

from __future__ import annotations

import socket
from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import ColorRange
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream

from live_style.errors import SinkError
from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of

_TICK = Fraction(1, 1000)
_BITS = 0.15
"""Of a pixel: 4 Mbit/s at 1280x720 and 30 frames a second, which every service takes."""
_WHOLE_SECONDS = 2
"""Between two keyframes: a new viewer waits at most this long."""
PROBLEMS = (OSError, ValueError, av.FFmpegError)
"""A network error. Its text may hold the address, and so its key: show only `reason`."""


class StreamWriter:
    """One connection; one thread. Raises PROBLEMS, and SinkError where this machine cannot encode."""

    def __init__(self, url: str, size: Size, fps: float) -> None:
        if "libx264" not in av.codecs_available:
            raise SinkError("there is no encoder libx264 in this installation of PyAV", "Install PyAV from PyPI again.")
        self._even = size[0] // 2 * 2, size[1] // 2 * 2
        rate = str(int(_BITS * size[0] * size[1] * fps))
        options = {"preset": "ultrafast", "tune": "zerolatency", "b": rate, "maxrate": rate, "bufsize": rate}
        self._container = av.open(f"{_found(url)}?pkt_size=1316", "w", format="mpegts")
        stream = self._container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options=options)
        assert isinstance(stream, VideoStream)
        self._stream = stream
        stream.width, stream.height, stream.pix_fmt = *self._even, "yuv420p"
        context = stream.codec_context
        context.time_base, context.gop_size, context.thread_count = _TICK, max(1, round(_WHOLE_SECONDS * fps)), 2
        context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
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

    def close(self) -> None:
        """Take leave, as far as there is anybody left."""
        if self._origin is not None:
            self._container.mux(self._stream.encode(None))
        self._container.close()


def _found(url: str) -> str:
    """The address with a number for its host: PyAV would look that up with Python's lock in hand."""
    host, _, port = url.rpartition("//")[2].rpartition(":")
    number = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_DGRAM)[0][4][0]
    return f"udp://[{number}]:{port}" if ":" in str(number) else f"udp://{number}:{port}"


def reason(error: Exception) -> str:
    """Why, without the address."""
    return str(getattr(error, "strerror", None) or type(error).__name__)
