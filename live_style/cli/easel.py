"""The easel: how every picture of a command is painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from live_style import __version__
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging.read import Photo
from live_style.offline.photo import Brush
from live_style.style import Style
from live_style.styles.library import mix_styles

Mix = Sequence[tuple[Style, float]]
"""Styles and their weights."""


class Painting(NamedTuple):
    """A painting, and how it was made: what is written into its file."""

    photo: Photo
    facts: dict[str, str]


class Easel(NamedTuple):
    """A brush and what was asked for."""

    brush: Brush
    strength: float
    preserve_color: bool
    size: int | None
    """The longer side of a painting; None: the photograph's."""
    stroke: int | None
    """The longer side at which the network sees a photograph; None: the painting's, as far as the brush goes."""

    def paint(self, photo: Photo, mix: Mix) -> Painting:
        """The photograph in a mix of styles."""
        shape = size_of(photo.image)
        final = self.size or max(shape)
        # Strokes finer than a small painting are painted larger, then scaled down with it.
        work = photo.resized(scaled_to(shape, max(final, min(self.stroke or 0, max(shape)))))
        look = mix_styles(mix, self.strength, self.preserve_color)
        painted = Photo(self.brush.paint(work.image, look), work.alpha).resized(scaled_to(shape, final))
        names = ", ".join(f"{style.name}:{weight:g}" for style, weight in mix)
        seen = min(self.brush.stroke, max(size_of(work.image)))
        return Painting(painted, {**self.facts(), "style": names, "stroke": str(seen)})

    def facts(self) -> dict[str, str]:
        """What all its paintings have in common."""
        return {"Software": f"live-style {__version__}", "strength": f"{self.strength:g}",
                "preserve-color": "yes" if self.preserve_color else "no", "model": self.brush.model}


def scaled_to(shape: Size, long: int) -> Size:
    """The size of that shape whose longer side is `long`."""
    width, height = (max(1, round(side * long / max(shape))) for side in shape)
    return width, height
