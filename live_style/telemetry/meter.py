"""Durations: counts events and measures calls."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Percentiles(NamedTuple):
    """Percentiles of a set of durations, in milliseconds; zeros without any."""

    p50: float = 0.0
    p95: float = 0.0
    max: float = 0.0


def time_of(run: Callable[[], object], least: int = 3, seconds: float = 0.0, most: int | None = None) -> float:
    """Median seconds of a call, made at least `least` times, then until `seconds` are over or up to `most` times."""
    took: list[float] = []
    end = time.perf_counter() + seconds
    while len(took) < least or time.perf_counter() < end and len(took) != most:
        began = time.perf_counter()
        run()
        took.append(time.perf_counter() - began)
    return float(np.median(took))


class Meter:
    """Counts events and keeps their durations; one thread writes, any thread reads.

    Durations are kept as a histogram of 0.1 ms bins up to 10 s, so that a show of a week takes no more memory than
    one of a minute; the recent ones are also kept singly, for the overlay.
    """

    BIN_MS = 0.1

    def __init__(self, recent: int = 60) -> None:
        self._lock = threading.Lock()
        self._bins = np.zeros(100_001, np.int64)
        self._recent: deque[tuple[float, float]] = deque(maxlen=recent)
        self._max = 0.0
        self.count = 0

    def add(self, now: float, seconds: float = 0.0) -> None:
        """An event at clock time `now` that took `seconds`."""
        ms = max(0.0, seconds * 1000.0)
        with self._lock:
            self._bins[min(len(self._bins) - 1, int(ms / self.BIN_MS))] += 1
            self._recent.append((now, ms))
            self._max = max(self._max, ms)
            self.count += 1

    def spread(self) -> Percentiles:
        """Percentiles over everything counted, to 0.1 ms."""
        with self._lock:
            if not self.count:
                return Percentiles()
            # Up to the longest one: all of the bins take a millisecond.
            total = np.cumsum(self._bins[:int(self._max / self.BIN_MS) + 1])
            p50, p95 = (float(np.searchsorted(total, total[-1] * q)) * self.BIN_MS for q in (0.50, 0.95))
            return Percentiles(round(p50, 1), round(p95, 1), round(self._max, 1))

    def share_above(self, ms: float) -> float:
        """The share of events that took longer than that, 0..1; 0 without events."""
        with self._lock:
            total = int(self._bins.sum())
            return float(self._bins[min(len(self._bins) - 1, int(ms / self.BIN_MS)) + 1:].sum()) / max(1, total)

    def fps(self, now: float, window: float = 2.0) -> float:
        """Events a second over the last `window` seconds, from intervals, not from a count of stamps."""
        with self._lock:
            times = [t for t, _ in self._recent if now - t <= window]
        if len(times) < 2 or times[-1] <= times[0]:
            return 0.0
        return (len(times) - 1) / (times[-1] - times[0])

    def recent(self) -> float:
        """Median duration of the recent events, in milliseconds."""
        with self._lock:
            values = [ms for _, ms in self._recent]
        return float(np.median(values)) if values else 0.0
