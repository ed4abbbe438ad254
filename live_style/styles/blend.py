"""A blend: a place between styles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from live_style.look import Look
from live_style.look import mix
from live_style.style import Style

NEAR = 0.85
"""The share of a style from which on a blend is called after that one alone."""


class Blend(NamedTuple):
    """Styles by their shares, the largest first; shares are above 0 and add up to 1."""

    parts: tuple[tuple[Style, float], ...]

    @classmethod
    def of(cls, styles: Sequence[Style], weights: npt.ArrayLike) -> Blend:
        """The blend of styles by weights >= 0, of any sum above 0; those without weight are left out."""
        shares = np.asarray(weights, float) / np.sum(weights)
        order = np.argsort(-shares, kind="stable")
        return cls(tuple((styles[i], float(shares[i])) for i in order if shares[i] > 0.0))

    @property
    def nearest(self) -> Style:
        """The style with the largest share."""
        return self.parts[0][0]

    @property
    def pure(self) -> bool:
        """Whether it is one style and nothing else."""
        return len(self.parts) == 1

    @property
    def words(self) -> tuple[str, str]:
        """Its name in two lines: "Between Water Lilies", "and Neon"; the second may be empty."""
        style, share = self.parts[0]
        if self.pure or share >= NEAR:
            return style.name if self.pure else f"Near {style.name}", ""
        return f"Between {style.name}", f"and {self.parts[1][0].name}"

    @property
    def name(self) -> str:
        """"Between Water Lilies and Neon", "Near Neon", or the name of the one style."""
        return " ".join(self.words).strip()

    def look(self, strength: float = 1.0, color: float = 0.0) -> Look:
        """As a style's; exactly that of the style where it is pure."""
        if self.pure:
            return self.nearest.look(strength, color)
        return mix([(style.look(strength, color), share) for style, share in self.parts])
