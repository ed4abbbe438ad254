"""A pace: when the next frame is due."""

from __future__ import annotations

import math


class Pace:
    """Even steps in time; missed steps are skipped, so that the average rate stays right."""

    def __init__(self, fps: float) -> None:
        self.fps = fps
        self._start: float | None = None
        self._step = 0

    def due(self, now: float) -> float:
        """The clock time of the next step: at first `now`, later perhaps less than a step in the past."""
        if self._start is None:
            self._start = now
        else:
            self._step = max(self._step + 1, math.floor((now - self._start) * self.fps))
        return self._start + self._step / self.fps
