"""An own source: anything that gives frames can be painted.

    python examples/own_source.py [OUT.png] [FRAMES]

A source keeps the promises of `Source` in live_style/interfaces.py. The session reads it in a thread of its own, keeps
the newest frame only, and opens it again when it raises SourceLost. For pictures that are there already, ArraySource
is enough: see the README.
"""

from __future__ import annotations

import sys
import time
from itertools import islice
from pathlib import Path

import numpy as np

from live_style import LiveSession
from live_style import load_stylizer
from live_style.errors import SourceError
from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.write import write_png
from live_style.interfaces import Source
from live_style.interfaces import SourceInfo
from live_style.sources.pace import Pace

SIZE, FPS = (320, 180), 30.0


class Plasma:
    """Slow waves of colour."""

    label = "plasma"
    dark_since: float | None = None

    def __init__(self, size: Size, fps: float) -> None:
        self._size, self._fps = size, fps
        self._pace: Pace | None = None
        self._count = 0

    def open(self) -> None:
        """Start the clock."""
        self._pace, self._count = Pace(self._fps), 0

    def read(self) -> Frame:
        """The waves now; waits until the next frame is due."""
        if self._pace is None:
            raise SourceError(f"{self.label} is not open", "Open it first.")
        time.sleep(max(0.0, self._pace.due(time.perf_counter()) - time.perf_counter()))
        born = time.perf_counter()
        frame = Frame(self._draw(born), self._count, born)
        self._count += 1
        return frame

    def close(self) -> None:
        """Stop the clock."""
        self._pace = None

    def info(self) -> SourceInfo:
        """For the report of a show."""
        return SourceInfo("plasma", self.label, self._size, self._fps, self._fps)

    def _draw(self, seconds: float) -> Image:
        width, height = self._size
        y, x = np.mgrid[:height, :width] / height * 6.0
        waves = [np.sin(x + seconds), np.sin(y + 1.3 * seconds), np.sin(x + y - seconds)]
        return (127.5 * (1.0 + np.stack(waves, axis=-1))).astype(np.uint8)


def main(out: str = "plasma.png", frames: str = "30") -> None:
    """Paint so many frames and keep each as the picture OUT, in place of the one before."""
    stylizer = load_stylizer("fast", resolution=256)
    source: Source = Plasma(SIZE, FPS)
    source.open()
    with LiveSession(source, stylizer.steadied(SIZE), [stylizer.style("Water Lilies")], size=SIZE, fps=FPS) as session:
        for frame in islice(session, int(frames)):
            write_png(Path(out), frame.image, {"source": source.label, "frame": str(frame.number)})
    capture = session.capture
    print(f"{capture.meter.count} frames came, {capture.frames.dropped} were replaced by newer ones")


if __name__ == "__main__":
    main(*sys.argv[1:])
