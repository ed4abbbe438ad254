"""A tempo, tapped by hand."""

from __future__ import annotations

import math
from typing import NamedTuple

FORGET = 2.0
"""Seconds of pause after which a tap starts a new tempo; a single tap gives no tempo and so ends the beat."""
KEPT = 8
SEEN = 0.3
"""Share of a beat for which it is shown."""


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
        """A tempo in beats a minute, with a beat now."""
        return cls((now - 60.0 / bpm, now))

    @property
    def bpm(self) -> float | None:
        """Beats a minute, None without a tempo."""
        return 60.0 / self.beat if self.beat else None

    @property
    def beat(self) -> float | None:
        """Seconds a beat, None without a tempo."""
        if len(self.taps) < 2:
            return None
        return (self.taps[-1] - self.taps[0]) / (len(self.taps) - 1)

    def beats(self, now: float) -> bool:
        """Whether there was a beat just now, so that it can be shown."""
        beat = self.beat
        return beat is not None and beat > 0.0 and (now - self.taps[-1]) % beat < SEEN * beat

    def next_beat(self, now: float) -> float:
        """Clock time of the next beat, or `now` without a tempo."""
        beat = self.beat
        if not beat:
            return now
        # A beat that is 20 ms old is the one that the person aimed at.
        return max(now, self.taps[-1] + math.ceil((now - 0.02 - self.taps[-1]) / beat) * beat)
