"""A tempo: tapped by hand, or heard; a hand is master."""

from __future__ import annotations

import math
from typing import NamedTuple

FORGET = 2.0
"""Seconds of pause after which a tap starts a new tempo; a single tap gives no tempo and so ends the beat."""
KEPT = 8
BAR = 4
"""Beats."""
FLASHES = 2.8
"""The most pulses a second, unless quicker ones are wanted: up to three flashes are harmless (WCAG 2.3.1), and a tempo
that is heard is not quite even."""
SEEN = 0.3
"""Share of a beat for which it is shown."""


class Tempo(NamedTuple):
    """The last taps, in clock seconds; two or more make a beat."""

    taps: tuple[float, ...] = ()
    heard: bool = False
    """Whether it comes from the sound, not from a hand."""

    def tap(self, now: float) -> Tempo:
        """The tempo after one more tap."""
        if self.heard or self.taps and now - self.taps[-1] > FORGET:
            return Tempo((now,))
        return Tempo((*self.taps, now)[-KEPT:])

    def follow(self, bpm: float | None, at: float, now: float) -> Tempo:
        """The tempo after the sound had a beat at `at`, or None, unless a hand taps or has tapped one."""
        tapping = bool(self.taps) and now - self.taps[-1] <= FORGET
        if not self.heard and (self.beat or tapping):
            return self
        if bpm is None:
            return Tempo()
        # Beats that are pulses stay those: what was counted moves on by whole bars.
        extra = round((at - self.taps[-1]) * bpm / 60.0) % BAR if self.taps else 0
        return Tempo.of(bpm, at - extra * 60.0 / bpm)._replace(heard=True)

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

    def pulse(self, now: float, quick: bool) -> float:
        """1 on a beat, and less and less until the next: 0; 1 without a tempo. On fewer beats if they come too fast."""
        period = self.beat
        if not period:
            return 1.0
        while not quick and 1.0 / period > FLASHES:
            period *= 2.0
        since = now - self.taps[-1]
        # A hand that still taps, however fast and uneven, would make each tap a flash: pulses begin after it.
        return 1.0 if not self.heard and since < period else (1.0 - since % period / period) ** 2

    def pushed(self, now: float, amount: float) -> float:
        """A clock that runs fast after each beat and slowly before the next one; `now` without a tempo."""
        beat = self.beat
        if not beat:
            return now
        share = (now - self.taps[-1]) % beat / beat
        return now + amount * share * (1.0 - share) * beat
