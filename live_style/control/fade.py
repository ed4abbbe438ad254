"""A fade: a value on its way from here to there, asked by time."""

from __future__ import annotations

from typing import Generic
from typing import NamedTuple
from typing import Protocol
from typing import TypeVar


class Mixable(Protocol):
    """What can be faded: it knows the values between itself and another."""

    def toward(self: M, other: M, t: float) -> M:
        """The value at `t` in 0..1 on the way to `other`."""


M = TypeVar("M", bound=Mixable)


class Level(float):
    """A number that can be faded."""

    def toward(self, other: Level, t: float) -> Level:
        """Linear interpolation."""
        return Level(self * (1.0 - t) + other * t)


RAMP = 0.25
"""The share of a fade in which it gathers speed, and in which it comes to rest."""


def ease(t: float) -> float:
    """Starts and ends at rest and moves at one speed between, 4/3 of its mean: no frame of a fade stands out."""
    t = min(1.0, max(0.0, t))
    if t > 0.5:
        return 1.0 - ease(1.0 - t)
    speed = 1.0 / (1.0 - RAMP)
    return speed * t * t / (2.0 * RAMP) if t < RAMP else speed * (t - RAMP / 2.0)


class Fade(NamedTuple, Generic[M]):
    """An immutable plan of motion: threads share it without a lock and ask where it is at their own moment."""

    start: M
    end: M
    began: float = 0.0
    """Clock seconds at which it leaves `start`."""
    seconds: float = 0.0

    def progress(self, now: float) -> float:
        """0 before it began .. 1 when it has arrived, linear in time."""
        if now >= self.began + self.seconds:
            return 1.0
        return (now - self.began) / self.seconds if now > self.began else 0.0

    def at(self, now: float) -> M:
        """The value at a moment."""
        return self.start.toward(self.end, ease(self.progress(now)))

    def to(self, end: M, now: float, seconds: float, began: float | None = None) -> Fade[M]:
        """A new fade that starts from wherever this one is, so that nothing ever jumps.

        With `began` in the future the present value is held until then.
        """
        return Fade(self.at(now), end, now if began is None else began, max(0.0, seconds))


def still(value: M) -> Fade[M]:
    """A fade that has arrived."""
    return Fade(value, value)
