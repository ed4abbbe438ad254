"""A chase: a look on its way after a hand that may move on at any moment."""

from __future__ import annotations

import math
from typing import NamedTuple

from live_style.control.perceptual_distance import PLAIN
from live_style.control.perceptual_distance import Eye
from live_style.look import Look

GATHER = 0.15
"""Seconds in which it comes to its pace."""
TAIL = 0.1
"""It slows down where the rest would take less than so many seconds: what a hand's moves are smoothed by."""
CLOSE = 0.02
"""So near to its end a look is there: styles are a hundred times as far apart."""


class Chase(NamedTuple):
    """An immutable plan of motion, as a Fade is; but its way has one speed instead of a given time.

    Whatever the end is moved to, and however often, the look goes on from where it is with the speed that it has.
    """

    start: Look
    end: Look
    began: float
    """Clock seconds."""
    pace: float
    """How far it goes in a second at most, as its eye sees it."""
    eye: Eye = PLAIN
    speed: float = 0.0
    """At `began`, 0 to `pace`."""

    @property
    def length(self) -> float:
        """From start to end."""
        return self.eye.between(self.start, self.end)

    @property
    def seconds(self) -> float:
        """How long it takes."""
        gathering, keeping, left = self._legs()
        return gathering + keeping + (TAIL * math.log(left / CLOSE) if left > CLOSE else 0.0)

    def progress(self, now: float) -> float:
        """1: there is no time after which it is at an end, as the hand leads it."""
        return 1.0

    def at(self, now: float) -> Look:
        """The look at a moment; the very end once it is near."""
        length = self.length
        if now >= self.began + self.seconds or length <= 0.0:
            return self.end
        return self.start.toward(self.end, self._gone(now)[0] / length)

    def to(self, end: Look, now: float, pace: float) -> Chase:
        """A new chase from wherever this one is, as fast as it is."""
        return Chase(self.at(now), end, now, pace, self.eye, min(pace, self._gone(now)[1]))

    def _legs(self) -> tuple[float, float, float]:
        """Seconds in which it gathers speed and in which it keeps it, and how far it is from its end then."""
        gain, length = self.pace / GATHER, self.length
        if self.speed * TAIL >= length:
            return 0.0, 0.0, length
        # Speed is gathered until it is as high as the pace, or as what is left allows: left = speed x TAIL.
        slope = self.speed + gain * TAIL
        root = math.sqrt(slope * slope + 2.0 * gain * (length - self.speed * TAIL))
        gathering = min((self.pace - self.speed) / gain, (root - slope) / gain)
        reached = self.speed + gain * gathering
        left = length - (self.speed + reached) / 2.0 * gathering
        return gathering, max(0.0, left / reached - TAIL) if reached > 0.0 else 0.0, min(left, reached * TAIL)

    def _gone(self, now: float) -> tuple[float, float]:
        """How far it has come, and how fast it is."""
        gathering, keeping, last = self._legs()
        gain, time = self.pace / GATHER, max(0.0, now - self.began)
        if time < gathering:
            return (self.speed + gain * time / 2.0) * time, self.speed + gain * time
        if time < gathering + keeping:
            reached = self.speed + gain * gathering
            return (self.speed + reached) / 2.0 * gathering + reached * (time - gathering), reached
        left = last * math.exp((gathering + keeping - time) / TAIL)
        return self.length - left, left / TAIL if left > CLOSE else 0.0
