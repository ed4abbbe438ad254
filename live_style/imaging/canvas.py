"""A canvas for panels and cards, with smooth edges, translucent colours and text."""

from __future__ import annotations

import functools
from copy import copy

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.geometry import Box
from live_style.imaging.read import scaled
from live_style.imaging.text import letter
from live_style.imaging.text import shorten

Color = tuple[int, int, int, int]
"""Red, green, blue and opacity, 0..255, straight alpha."""

FINE = 4
"""Curved edges are drawn this many times larger, then averaged."""


class Canvas:
    """A picture to draw on, from back to front; parts outside are cut off."""

    def __init__(self, size: Size, under: Image | None = None) -> None:
        """Transparent, or with an RGB picture of the same size as background."""
        clear = Pillow.new("RGBA", size, (0, 0, 0, 0))
        self._picture = clear if under is None else Pillow.fromarray(under).convert("RGBA")

    def copy(self) -> Canvas:
        """A copy."""
        other = copy(self)
        other._picture = self._picture.copy()
        return other

    def image(self) -> Image:
        """RGBA uint8 [height, width, 4], straight alpha."""
        return np.array(self._picture, np.uint8)

    def box(self, box: Box, color: Color, radius: int = 0) -> None:
        """A filled box with round corners."""
        if box.width > 0 and box.height > 0:
            self._lay(_round_mask((box.width, box.height), min(radius, box.width // 2, box.height // 2)),
                      color, (box.x, box.y))

    def frame(self, box: Box, color: Color, radius: int, thickness: int) -> None:
        """The outline of a box with round corners, drawn inside it."""
        self._lay(_ring_mask((box.width, box.height), radius, thickness), color, (box.x, box.y))

    def shape(self, points: tuple[tuple[float, float], ...], color: Color) -> None:
        """A filled polygon."""
        left, top = (int(min(p[i] for p in points)) - 1 for i in (0, 1))
        width, height = (int(max(p[i] for p in points)) + 2 - low for i, low in ((0, left), (1, top)))
        fine = Pillow.new("L", (width * FINE, height * FINE), 0)
        ImageDraw.Draw(fine).polygon([((x - left) * FINE, (y - top) * FINE) for x, y in points], 255)
        self._lay(fine.reduce(FINE), color, (left, top))

    def stroke(self, points: tuple[tuple[float, float], ...], width: float, color: Color) -> None:
        """A line through all points, drawn with a round pen."""
        half = width / 2
        left, top = (int(min(p[i] for p in points) - half) - 1 for i in (0, 1))
        reach = tuple(int(max(p[i] for p in points) + half) + 2 for i in (0, 1))
        fine = Pillow.new("L", ((reach[0] - left) * FINE, (reach[1] - top) * FINE), 0)
        draw, path = ImageDraw.Draw(fine), [((x - left) * FINE, (y - top) * FINE) for x, y in points]
        draw.line(path, 255, round(width * FINE))
        for point in path:
            draw.circle(point, half * FINE, 255)
        self._lay(fine.reduce(FINE), color, (left, top))

    def dot(self, x: float, y: float, radius: float, color: Color) -> None:
        """A filled circle around a point."""
        left, top, side = int(x - radius) - 1, int(y - radius) - 1, int(2 * radius) + 4
        fine = Pillow.new("L", (side * FINE, side * FINE), 0)
        ImageDraw.Draw(fine).circle(((x - left) * FINE, (y - top) * FINE), radius * FINE, 255)
        self._lay(fine.reduce(FINE), color, (left, top))

    def text(self, x: int, baseline: int, text: str, size: int, color: Color, *, bold: bool = False,
             align: float = 0.0, width: int | None = None) -> int:
        """A line of text, shortened to `width` pixels; returns its width in pixels.

        `x` is its left end, its middle (`align` 0.5) or its right end (1).
        """
        line = letter(text if width is None else shorten(text, size, width), size, bold)
        start = x - round(line.width * align)
        self._lay(line.mask, color, (start - line.left, baseline - line.ascent))
        return line.width

    def picture(self, box: Box, picture: Image, radius: int = 0, opacity: int = 255) -> None:
        """An RGB picture, its centre scaled and cropped into a box with round corners."""
        small = Pillow.fromarray(scaled(picture, (box.width, box.height)))
        self._blend(small, _round_mask((box.width, box.height), radius), opacity, (box.x, box.y))

    def _lay(self, mask: Pillow.Image, color: Color, at: tuple[int, int]) -> None:
        self._blend(Pillow.new("RGB", mask.size, color[:3]), mask, color[3], at)

    def _blend(self, layer: Pillow.Image, mask: Pillow.Image, opacity: int, at: tuple[int, int]) -> None:
        layer.putalpha(mask if opacity == 255 else mask.point(_share(opacity)))
        left, top = max(0, -at[0]), max(0, -at[1])
        if left < layer.width and top < layer.height:
            self._picture.alpha_composite(layer, (at[0] + left, at[1] + top), (left, top))


@functools.lru_cache(maxsize=256)
def _share(opacity: int) -> list[int]:
    """The lookup table that scales 255 to an opacity."""
    return [round(i * opacity / 255) for i in range(256)]


@functools.lru_cache(maxsize=256)
def _round_mask(size: Size, radius: int) -> Pillow.Image:
    mask = Pillow.new("L", size, 255)
    if radius > 0:
        corner = _corner(radius)
        right, bottom = size[0] - radius, size[1] - radius
        for turn, place in enumerate(((0, 0), (0, bottom), (right, bottom), (right, 0))):
            mask.paste(corner.rotate(90 * turn), place)
    return mask


@functools.lru_cache(maxsize=64)
def _corner(radius: int) -> Pillow.Image:
    """The upper left quarter of a disc."""
    fine = Pillow.new("L", (radius * FINE * 2, radius * FINE * 2), 0)
    ImageDraw.Draw(fine).circle((radius * FINE * 2, radius * FINE * 2), radius * FINE * 2, 255)
    return fine.reduce(FINE * 2)


@functools.lru_cache(maxsize=64)
def _ring_mask(size: Size, radius: int, thickness: int) -> Pillow.Image:
    mask = _round_mask(size, radius).copy()
    inner = (size[0] - 2 * thickness, size[1] - 2 * thickness)
    if inner[0] > 0 and inner[1] > 0:
        hole = _round_mask(inner, max(0, radius - thickness))
        mask.paste(0, (thickness, thickness), hole)
    return mask
