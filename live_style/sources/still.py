"""A picture file as an endless source."""

from __future__ import annotations

import time
from pathlib import Path

from live_style.errors import SourceError
from live_style.errors import StyleError
from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import size_of
from live_style.imaging.read import read_picture
from live_style.interfaces import SourceInfo
from live_style.sources.pace import Pace
from live_style.telemetry.meter import Meter


class StillSource:
    """One picture file, given again and again at `fps`."""

    dark_since: float | None = None

    def __init__(self, path: Path, fps: float) -> None:
        self.path = path
        self.label = path.name
        self.fps = fps
        self._meter = Meter()
        self._pace = Pace(fps)
        self._image: Image | None = None

    def open(self) -> None:
        """Read the file; raises SourceError."""
        try:
            self._image = read_picture(self.path)
        except StyleError as e:
            raise SourceError(e.cause, e.cure) from e
        self._pace = Pace(self.fps)
        self._meter = Meter()

    def read(self) -> Frame:
        """The picture again, when it is due."""
        if self._image is None:
            raise SourceError(f"{self.label} is not open")
        time.sleep(max(0.0, self._pace.due(time.perf_counter()) - time.perf_counter()))
        frame = Frame(self._image, self._meter.count, time.perf_counter())
        self._meter.add(frame.born)
        return frame

    def close(self) -> None:
        """Forget the picture."""
        self._image = None

    def info(self) -> SourceInfo:
        """Kind, label, size and rates."""
        return SourceInfo("picture", self.label, None if self._image is None else size_of(self._image), self.fps,
                          round(self._meter.fps(time.perf_counter()), 2))
