"""Arrays of a program as a source."""

from __future__ import annotations

import time
from collections.abc import Iterable

from live_style.errors import SourceEnded
from live_style.frame import Frame
from live_style.frame import Image
from live_style.interfaces import SourceInfo
from live_style.sources.pace import Pace
from live_style.telemetry.meter import Meter


class ArraySource:
    """Gives each picture of an iterable, at most `fps` of them a second, and then ends.

    A picture is RGB, uint8 [height, width, 3]. The iterable is asked in the thread that reads the source.
    """

    label = "arrays"
    dark_since: float | None = None

    def __init__(self, images: Iterable[Image], fps: float = 30.0) -> None:
        self._images, self._fps = iter(images), fps
        self._pace, self._meter = Pace(fps), Meter()

    def open(self) -> None:
        """Does nothing: used pictures are not repeated."""

    def read(self) -> Frame:
        """The next picture, when it is due; raises SourceEnded after the last one."""
        image = next(self._images, None)
        if image is None:
            raise SourceEnded(f"{self.label} have ended")
        time.sleep(max(0.0, self._pace.due(time.perf_counter()) - time.perf_counter()))
        frame = Frame(image, self._meter.count, time.perf_counter())
        self._meter.add(frame.born)
        return frame

    def close(self) -> None:
        """Nothing."""

    def info(self) -> SourceInfo:
        """Kind, label and rates."""
        return SourceInfo("arrays", self.label, None, self._fps, round(self._meter.fps(time.perf_counter()), 2))
