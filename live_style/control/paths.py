"""Paths over the map: recorded ones, and drifts from style to style."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from typing import Protocol

import numpy as np

from live_style.control.style_map import Plane
from live_style.control.style_map import Point
from live_style.look import Vector

CHOICE = 3
"""A drift continues to one of this many nearest styles that it has not visited yet."""
STEPS = 160
"""Points at which a leg of a drift is measured. With 64 they were too sparse at the rim of a style's dot, and one leg
in fourteen began with a step of 1.5 to 2.1 times the median; now the worst of 300 is 1.3."""
HOMEWARD = 0.4
"""Shortest time in which a path returns to its beginning, in seconds."""


class Motion(Protocol):
    """A motion over the map."""

    def at(self, now: float) -> Point:
        """Its place at a moment."""


class Sample(NamedTuple):
    """A moment of a hand's path."""

    now: float
    at: Point


@dataclass(frozen=True)
class Path:
    """A recorded path that repeats from `began` on; at its end it returns to its beginning."""

    samples: tuple[Sample, ...]
    """At least two, sorted by time."""
    began: float

    @cached_property
    def _track(self) -> Plane:
        """[n, 3]: seconds, x, y; the last is the first again."""
        rows = [(now - self.samples[0].now, *at) for now, at in self.samples]
        track = np.array([*rows, rows[0]])
        lengths = np.hypot(*np.diff(track[:, 1:], axis=0).T)
        speed = lengths[:-1].sum() / max(track[-2, 0], 1e-6)
        track[-1, 0] = track[-2, 0] + max(HOMEWARD, lengths[-1] / max(speed, 1e-6))
        return track

    def at(self, now: float) -> Point:
        """Its place at a moment."""
        seconds, x, y = self._track.T
        moment = (now - self.began) % seconds[-1]
        return Point(float(np.interp(moment, seconds, x)), float(np.interp(moment, seconds, y)))


def wander(dots: Sequence[Point], start: Point, seed: int) -> tuple[int, ...]:
    """The order in which a drift visits all dots: always one of the nearest that are left; `start` comes last."""
    draw, order, here = random.Random(seed), list[int](), start
    home = [i for i, dot in enumerate(dots) if math.dist(dot, start) < 1e-6]
    left = set(range(len(dots))) - set(home)
    while left:
        near = sorted(left, key=lambda i: math.dist(dots[i], here))
        order.append(draw.choice(near[:CHOICE] if order else near[:1]))
        left.remove(order[-1])
        here = dots[order[-1]]
    return (*order, *home)


@dataclass(frozen=True, eq=False)
class Drift:
    """A smooth closed curve from `start` through stops, one every `seconds`, repeated forever.

    Between two stops the perceived change has constant speed: `look` gives the look at a point, as numbers.
    """

    start: Point
    stops: tuple[Point, ...]
    seconds: float
    began: float
    look: Callable[[Point], Vector]

    def at(self, now: float) -> Point:
        """Its place at a moment; exactly a stop at the stops."""
        leg, share = divmod(max(0.0, now - self.began) / self.seconds, 1.0)
        times, curve = _leg(self, int(leg))
        return Point(*(float(np.interp(share, times, curve[:, axis])) for axis in (0, 1)))

    def stop(self, number: int) -> Point:
        """The place after this many legs and one more; `start` before the first."""
        return self.stops[number % len(self.stops)] if number >= 0 else self.start


@functools.lru_cache(maxsize=2)
def _leg(drift: Drift, number: int) -> tuple[Plane, Plane]:
    """Points on the leg to a stop, and the share of the leg's time at each."""
    corners = np.array([drift.stop(number + i) for i in (-2, -1, 0, 1)])
    curve = np.clip(_spline(corners, np.linspace(0.0, 1.0, STEPS + 1)), 0.0, 1.0)
    looks = np.array([drift.look(Point(x, y)) for x, y in curve.tolist()])
    steps = np.linalg.norm(np.diff(looks, axis=0), axis=1) + 1e-6
    return np.concatenate([[0.0], np.cumsum(steps) / steps.sum()]), curve


def _spline(corners: Plane, t: Plane) -> Plane:
    """The cubic from the second of four corners (t = 0) to the third (1) of Catmull and Rom (1974)."""
    before, a, b, after = corners
    leave, arrive = (b - before) / 2.0, (after - a) / 2.0
    t = t[:, None]
    return np.asarray(a * (2 * t**3 - 3 * t**2 + 1) + leave * (t**3 - 2 * t**2 + t) + b * (3 * t**2 - 2 * t**3)
                      + arrive * (t**3 - t**2))
