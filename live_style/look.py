"""A look: a point of the style space, whose origin is the real picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]
DIMENSIONS = 100
"""Length of a style embedding (Ghiasi et al. 2017)."""


@dataclass(frozen=True, eq=False)
class Look:
    """How the picture is to be painted; looks add and scale like vectors, so that mixing them is arithmetic.

    `point` is strength x embedding, kept beside `strength` as homogeneous coordinates: on the line from the real
    picture (0, 0) to a style (e, 1) the embedding stays e and only the strength grows, while between two styles at
    full strength only the embedding moves. One formula so serves crossfade, bypass, mix and strength.
    """

    point: Vector
    """float32[100]: strength times the style embedding."""
    strength: float
    """0 (the real picture) to 1 (the full style)."""
    color: float = 0.0
    """0 (the style's colours) to 1 (the picture's own)."""

    @classmethod
    def of(cls, embedding: npt.ArrayLike, strength: float = 1.0, color: float = 0.0) -> Look:
        """A style at a strength."""
        return cls(np.asarray(embedding, np.float32) * np.float32(strength), float(strength), float(color))

    @cached_property
    def embedding(self) -> Vector:
        """float32[100]: what the network is given; zeros where the strength is zero."""
        if self.strength < 1e-6:
            return np.zeros_like(self.point)
        return self.point / np.float32(self.strength)

    def toward(self, other: Look, t: float) -> Look:
        """The look at `t` (0 here .. 1 there) on the straight line to another."""
        if t <= 0.0:
            return self
        if t >= 1.0:
            return other
        s, o = np.float32(1.0 - t), np.float32(t)
        return Look(
            self.point * s + other.point * o,
            self.strength * (1.0 - t) + other.strength * t,
            self.color * (1.0 - t) + other.color * t,
        )


REAL = Look(np.zeros(DIMENSIONS, np.float32), 0.0)
"""The real picture."""


def mix(parts: list[tuple[Look, float]]) -> Look:
    """The weighted mean of looks; weights are >= 0 and need not add up to one."""
    total = sum(weight for _, weight in parts)
    if total <= 0.0:
        return REAL
    shares = [(look, weight / total) for look, weight in parts]
    point = np.asarray(np.sum([look.point * np.float32(share) for look, share in shares], axis=0), np.float32)
    return Look(point, sum(k.strength * w for k, w in shares), sum(k.color * w for k, w in shares))
