"""A sink that counts frames and keeps none, for benchmarks and tests."""

from __future__ import annotations

from live_style.frame import Frame
from live_style.frame import Size
from live_style.sinks.checks import check_size


class NullSink:
    """Counts frames."""

    repeat_after: float | None = None
    watched = True

    def __init__(self) -> None:
        self.label = "nowhere"
        self.frames = 0
        self._size: Size | None = None

    def open(self, size: Size, fps: float) -> None:
        """Ready at once."""
        self._size = size

    def write(self, frame: Frame) -> None:
        """Count it."""
        check_size(self.label, frame, self._size)
        self.frames += 1

    def close(self) -> None:
        """Take no more frames; the count stays."""
        self._size = None
