"""Mixes of styles: a blend plays in a show, a mixture is a new style with the credits of its parts."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from live_style.errors import StyleError
from live_style.look import Look
from live_style.look import mix
from live_style.style import MAX_TEXT
from live_style.style import Style
from live_style.style import make_style
from live_style.styles.collection import check_space

NEAR = 0.85
"""The share of a style above which a blend has the name of that style alone."""


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
        """Its look, like that of a style; exactly the style's if there is only one."""
        if self.pure:
            return self.nearest.look(strength, color)
        return mix([(style.look(strength, color), share) for style, share in self.parts])


FREE = "CC0-1.0"
"""A licence that imposes no condition on a mixture."""


def mixed_style(parts: Iterable[tuple[Style, float]], name: str) -> Style:
    """The mixture of styles by their weights (>= 0, of any sum); raises StyleError with fewer than two.

    Artists and licences of its parts are kept; its licence is empty if that of a part is.
    """
    kept = sorted(((style, weight) for style, weight in parts if weight > 0.0), key=lambda part: -part[1])
    if len(kept) < 2:
        raise StyleError("a mix needs at least two styles with weights above 0",
                         'Name them with their weights: "Water Lilies:0.6" "Neon:0.4".')
    styles = [style for style, _ in kept]
    for style in styles:
        check_space(style, styles[0].space)
    total = sum(weight for _, weight in kept)
    look = mix([(style.look(), weight) for style, weight in kept])
    shares = [f"{weight / total:.0%} {_told(style)}" for style, weight in kept]
    return make_style(name, styles[0].space, look.embedding, artist=_line([style.artist for style in styles]),
                      credit=_line(shares), licence=_licence([style.licence for style in styles]), norms=look.norms)


def _told(style: Style) -> str:
    return f"{style.name} ({style.credit_line})" if style.credit_line else style.name


def _licence(licences: Sequence[str]) -> str:
    """The licence of a mixture: the conditions of all its parts; empty if one part has no licence."""
    if not all(licences):
        return ""
    return _line([licence for licence in licences if licence != FREE], " and ") or FREE


def _line(words: Iterable[str], comma: str = ", ") -> str:
    """Each item once, up to the length limit of a style file."""
    text = comma.join(dict.fromkeys(word for word in words if word))
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT - 1] + "…"
