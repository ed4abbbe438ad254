"""A fade: a value that moves from a start to an end; it can be asked for any time."""

from __future__ import annotations

from typing import Generic
from typing import NamedTuple
from typing import Protocol
from typing import TypeVar

import numpy as np


class Mixable(Protocol):
    """A value that can be faded: it can interpolate between itself and another."""

    def toward(self: M, other: M, t: float) -> M:
        """The value at `t` (0..1) between this one and `other`."""


M = TypeVar("M", bound=Mixable)


class Level(float):
    """A number that can be faded."""

    def toward(self, other: Level, t: float) -> Level:
        """Linear interpolation."""
        return Level(self * (1.0 - t) + other * t)


RAMP = 0.25
"""The share of a fade in which it accelerates, and in which it slows down."""


def ease(t: float) -> float:
    """Starts and ends at rest, with constant speed between (4/3 of the mean), so that no frame of a fade stands out."""
    t = min(1.0, max(0.0, t))
    if t > 0.5:
        return 1.0 - ease(1.0 - t)
    speed = 1.0 / (1.0 - RAMP)
    return speed * t * t / (2.0 * RAMP) if t < RAMP else speed * (t - RAMP / 2.0)


class Fade(NamedTuple, Generic[M]):
    """An immutable plan of motion: threads share it without a lock and ask for the value at their own time."""

    start: M
    end: M
    began: float = 0.0
    """Clock time at which it leaves `start`."""
    seconds: float = 0.0

    def progress(self, now: float) -> float:
        """Progress from 0 to 1, linear in time."""
        if now >= self.began + self.seconds:
            return 1.0
        return (now - self.began) / self.seconds if now > self.began else 0.0

    def at(self, now: float) -> M:
        """The value at a moment."""
        return self.start.toward(self.end, ease(self.progress(now)))

    def to(self, end: M, now: float, seconds: float, began: float | None = None) -> Fade[M]:
        """A new fade that starts from the current value, so that nothing jumps.

        If `began` is in the future, the current value is held until then.
        """
        return Fade(self.at(now), end, now if began is None else began, max(0.0, seconds))


def still(value: M) -> Fade[M]:
    """A fade that has arrived."""
    return Fade(value, value)


FADES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0)
"""Steps of the fade time, in seconds."""


def fade_share(seconds: float) -> float:
    """Position of the slider of the fade time, 0..1: the steps of FADES are evenly spaced."""
    return float(np.interp(seconds, FADES, np.linspace(0.0, 1.0, len(FADES))))


def fade_seconds(share: float) -> float:
    """The fade time, one of FADES, at a position of the slider."""
    return FADES[round(min(1.0, max(0.0, share)) * (len(FADES) - 1))]
