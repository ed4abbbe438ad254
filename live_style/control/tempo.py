"""A tempo, tapped by hand."""

from __future__ import annotations

import math
from typing import NamedTuple

FORGET = 2.0
"""Seconds of pause after which a tap starts a new tempo; a lone tap is none, and so takes the beat away."""
KEPT = 8
SEEN = 0.3
"""The share of a beat for which it is shown."""


class Tempo(NamedTuple):
    """The last taps, in clock seconds; two or more make a beat."""

    taps: tuple[float, ...] = ()

    def tap(self, now: float) -> Tempo:
        """The tempo after one more tap."""
        if self.taps and now - self.taps[-1] > FORGET:
            return Tempo((now,))
        return Tempo((*self.taps, now)[-KEPT:])

    @classmethod
    def of(cls, bpm: float, now: float) -> Tempo:
        """So many beats a minute, one of them now."""
        return cls((now - 60.0 / bpm, now))

    @property
    def bpm(self) -> float | None:
        """Beats a minute, None while there is no tempo."""
        return 60.0 / self.beat if self.beat else None

    @property
    def beat(self) -> float | None:
        """Seconds a beat, None while there is no tempo."""
        if len(self.taps) < 2:
            return None
        return (self.taps[-1] - self.taps[0]) / (len(self.taps) - 1)

    def beats(self, now: float) -> bool:
        """Whether a beat has just been, so that it can be seen."""
        beat = self.beat
        return beat is not None and beat > 0.0 and (now - self.taps[-1]) % beat < SEEN * beat

    def next_beat(self, now: float) -> float:
        """Clock time of the first beat from `now` on; `now` itself without a tempo."""
        beat = self.beat
        if not beat:
            return now
        # A beat that is 20 ms old is the one that the finger aimed at.
        return max(now, self.taps[-1] + math.ceil((now - 0.02 - self.taps[-1]) / beat) * beat)
