"""A look: a point of the style space, whose origin is the real picture."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property
from types import MappingProxyType
from typing import Literal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from live_style.errors import StyleError

Vector = npt.NDArray[np.float32]
DIMENSIONS = 100
"""Length of a style embedding (Ghiasi et al. 2017)."""
NORMS = 1500
"""Number of gammas, betas and gates of the largest network; smaller networks have fewer."""
Norms = Mapping[str, Vector]
"""By the weights id of a network, the offsets of gamma and beta of a style that was fitted to it: float32[NORMS], of
which a network takes as many as it has."""
NONE: Norms = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Look:
    """How to paint a picture; looks can be added and scaled like vectors, so mixing them is arithmetic.

    `point` is strength x embedding; with `strength` it forms homogeneous coordinates. On the line from the real
    picture (0, 0) to a style (e, 1) the embedding stays e and only the strength grows; between two styles at full
    strength only the embedding moves. So one formula serves crossfade, bypass, mix and strength.
    """

    point: Vector
    """float32[100]: strength times the style embedding."""
    strength: float
    """0 (the real picture) to 1 (the full style)."""
    color: float = 0.0
    """0 (the style's colours) to 1 (the picture's own)."""
    norms: Norms = field(default_factory=lambda: NONE)
    """Strength times the style's offsets of gamma and beta, in the same coordinates."""

    @classmethod
    def of(cls, embedding: npt.ArrayLike, strength: float = 1.0, color: float = 0.0, norms: Norms = NONE) -> Look:
        """A style at a strength."""
        return cls(np.asarray(embedding, np.float32), 1.0, 0.0, norms).scaled(strength, color)

    def scaled(self, share: float, color: float) -> Look:
        """The look at `share` of its strength, with `color` of the picture's own colours."""
        return Look(self.point * np.float32(share), self.strength * share, float(color), _sum([(self, share)]))

    @cached_property
    def embedding(self) -> Vector:
        """float32[100]: the network's input; zeros if the strength is zero."""
        if self.strength < 1e-6:
            return np.zeros_like(self.point)
        return self.point / np.float32(self.strength)

    def fitted(self, mark: str) -> Vector:
        """float32[NORMS]: the offsets for the network with that weights id; zeros if no style was fitted to it."""
        if mark not in self.norms or self.strength < 1e-6:
            return np.zeros(NORMS, np.float32)
        return self.norms[mark] / np.float32(self.strength)

    def toward(self, other: Look, t: float) -> Look:
        """The look at `t` (0 to 1) on the straight line from this one to another."""
        if t <= 0.0:
            return self
        if t >= 1.0:
            return other
        s, o = np.float32(1.0 - t), np.float32(t)
        return Look(
            self.point * s + other.point * o,
            self.strength * (1.0 - t) + other.strength * t,
            self.color * (1.0 - t) + other.color * t,
            _sum([(self, 1.0 - t), (other, t)]),
        )

    def same(self, other: Look) -> bool:
        """Whether both paint the same picture."""
        return self is other or (
            (self.strength, self.color, self.norms.keys()) == (other.strength, other.color, other.norms.keys())
            and np.array_equal(self.point, other.point)
            and all(np.array_equal(values, other.norms[mark]) for mark, values in self.norms.items()))


Part = Literal["both", "person", "room"]
"""What a look is for."""
REAL = Look(np.zeros(DIMENSIONS, np.float32), 0.0)
"""The real picture."""


class TwoLooks(NamedTuple):
    """One look for the person, and one for the room behind."""

    person: Look
    room: Look

    @property
    def strength(self) -> float:
        """That of the stronger one: 0 is the real picture everywhere."""
        return max(self.person.strength, self.room.strength)

    @property
    def stronger(self) -> Look:
        """The one for both where there is no person mask: never the real picture, unless both are."""
        return self.person if self.person.strength >= self.room.strength else self.room


def mix(parts: list[tuple[Look, float]]) -> Look:
    """The weighted mean of looks; weights are >= 0 and need not add up to one.

    Raises StyleError if all weights are 0, since choosing nothing must not show the real picture.
    """
    total = sum(weight for _, weight in parts)
    if total <= 0.0:
        raise StyleError("there is nothing to mix", "Name at least one style with a weight above 0.")
    shares = [(look, weight / total) for look, weight in parts]
    point = np.asarray(np.sum([look.point * np.float32(share) for look, share in shares], axis=0), np.float32)
    # Computed as differences from the first, so that what all have in common is not changed by rounding.
    strength, color = parts[0][0].strength, parts[0][0].color
    return Look(point, strength + sum((look.strength - strength) * share for look, share in shares),
                color + sum((look.color - color) * share for look, share in shares), _sum(shares))


def _sum(parts: Iterable[tuple[Look, float]]) -> Norms:
    total: dict[str, Vector] = {}
    for look, share in parts:
        for mark, values in look.norms.items():
            part = values * np.float32(share)
            total[mark] = total[mark] + part if mark in total else part
    return total or NONE
