"""The demo scene as a source, for machines without a camera; its pictures also serve previews and benches."""

from __future__ import annotations

import time

from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import Size
from live_style.interfaces import SourceInfo
from live_style.sources.pace import Pace
from live_style.sources.scene.painting import painting
from live_style.telemetry.meter import Meter
from live_style.telemetry.trace import span


def draw_scene(size: Size, seconds: float) -> Image:
    """The scene at a moment, RGB uint8 [height, width, 3]; the same size and moment give the same pixels."""
    return painting(size).at(seconds)


class DemoSource:
    """A drawn person in a room at dusk, at a camera's frame rate; starts from the beginning when opened again."""

    label = "demo scene"
    dark_since: float | None = None

    def __init__(self, size: Size, fps: float) -> None:
        self.size = size
        self.fps = fps
        self._pace = Pace(fps)
        self._meter = Meter()
        self._began: float | None = None

    def open(self) -> None:
        """Paint what stands still."""
        painting(self.size)
        self.close()

    def read(self) -> Frame:
        """The scene now; waits until it is due."""
        due = self._pace.due(time.perf_counter())
        with span("wait"):
            time.sleep(max(0.0, due - time.perf_counter()))
        born = time.perf_counter()
        self._began = born if self._began is None else self._began
        frame = Frame(draw_scene(self.size, born - self._began), self._meter.count, born)
        self._meter.add(born)
        return frame

    def close(self) -> None:
        """Forget the clock."""
        self._pace = Pace(self.fps)
        self._meter = Meter()
        self._began = None

    def info(self) -> SourceInfo:
        """Kind, label, size and rates."""
        return SourceInfo("demo", self.label, self.size, self.fps, round(self._meter.fps(time.perf_counter()), 2))
