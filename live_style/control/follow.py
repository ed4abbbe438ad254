"""A look that follows a hand, which may move on at any time."""

from __future__ import annotations

import math
from typing import NamedTuple

from live_style.control.perceptual_distance import PLAIN
from live_style.control.perceptual_distance import PerceptualMetric
from live_style.look import Look

GATHER = 0.15
"""Seconds in which it reaches its full speed."""
TAIL = 0.1
"""It slows down when the rest would take less than this many seconds, which smooths the hand's moves."""
CLOSE = 0.02
"""Distance from the end that counts as arrived: styles are a hundred times as far apart."""


class Follower(NamedTuple):
    """An immutable plan of motion like a Fade, but with a speed instead of a duration.

    When the end is moved, the look continues from its current place with its current speed.
    """

    start: Look
    end: Look
    began: float
    """Clock seconds."""
    pace: float
    """Its highest speed, in perceptual distance per second."""
    metric: PerceptualMetric = PLAIN
    speed: float = 0.0
    """Its speed at `began`, 0 to `pace`."""

    @property
    def length(self) -> float:
        """From start to end."""
        return self.metric.between(self.start, self.end)

    @property
    def seconds(self) -> float:
        """How long it takes."""
        gathering, keeping, left = self._legs()
        return gathering + keeping + (TAIL * math.log(left / CLOSE) if left > CLOSE else 0.0)

    def progress(self, now: float) -> float:
        """Always 1: a look that follows a hand has no duration."""
        return 1.0

    def at(self, now: float) -> Look:
        """The look at a moment; exactly the end once it is near."""
        length = self.length
        if now >= self.began + self.seconds or length <= 0.0:
            return self.end
        return self.start.toward(self.end, self._gone(now)[0] / length)

    def to(self, end: Look, now: float, pace: float) -> Follower:
        """A new follower from the current place with the current speed."""
        return Follower(self.at(now), end, now, pace, self.metric, min(pace, self._gone(now)[1]))

    def _legs(self) -> tuple[float, float, float]:
        """Seconds of acceleration and of constant speed, and the distance that is left then."""
        gain, length = self.pace / GATHER, self.length
        if self.speed * TAIL >= length:
            return 0.0, 0.0, length
        # It accelerates up to `pace`, or as far as the rest of the way allows: left = speed x TAIL.
        slope = self.speed + gain * TAIL
        root = math.sqrt(slope * slope + 2.0 * gain * (length - self.speed * TAIL))
        gathering = min((self.pace - self.speed) / gain, (root - slope) / gain)
        reached = self.speed + gain * gathering
        left = length - (self.speed + reached) / 2.0 * gathering
        return gathering, max(0.0, left / reached - TAIL) if reached > 0.0 else 0.0, min(left, reached * TAIL)

    def _gone(self, now: float) -> tuple[float, float]:
        """The distance covered, and the speed."""
        gathering, keeping, last = self._legs()
        gain, time = self.pace / GATHER, max(0.0, now - self.began)
        if time < gathering:
            return (self.speed + gain * time / 2.0) * time, self.speed + gain * time
        if time < gathering + keeping:
            reached = self.speed + gain * gathering
            return (self.speed + reached) / 2.0 * gathering + reached * (time - gathering), reached
        left = last * math.exp((gathering + keeping - time) / TAIL)
        return self.length - left, left / TAIL if left > CLOSE else 0.0
