"""A poster: all styles on one dark sheet, similar ones next to each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from live_style.control.style_map import StyleMap
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.canvas import Canvas
from live_style.imaging.geometry import Box
from live_style.imaging.logo import draw_mark
from live_style.style import Style
from live_style.ui.panels.theme import ACCENT
from live_style.ui.panels.theme import DEEP
from live_style.ui.panels.theme import EDGE
from live_style.ui.panels.theme import SOFT
from live_style.ui.panels.theme import TEXT
from live_style.ui.panels.theme import Unit

PREVIEW: Size = (240, 135)
"""A preview, in pixels of the design."""
ROOM: Size = (268, 204)
"""The room of a preview, its two lines and the gap to the next one."""
LEAST: Size = (1280, 800)
"""The room of the previews at least, in pixels of the design: a few styles do not fill a poster."""
LONGEST = 6000
"""Pixels of the longer side: where there are more than 200 styles, everything is drawn smaller."""
HEAD, EDGES = 168, 64
GLOW, REACH = 0.5, 0.85
"""How much of the previews' colours the ground takes at most, and how far around them, in their widths."""

DARK = np.array(DEEP[:3], np.float32)
BAND = 128
"""Rows of the ground that are made at once."""
Shares = npt.NDArray[np.float32]


class PosterItem(NamedTuple):
    """A style on a poster."""

    style: Style
    preview: Image
    """RGB, any size."""
    own: bool
    """Whether it is the user's own, which gets a frame."""


def draw_poster(items: Sequence[PosterItem]) -> Image:
    """The poster of some styles, RGB; there must be at least one."""
    style_map = StyleMap.of([one.style.embedding for one in items])
    room = [max(least, pixels / style_map.side) for least, pixels in zip(LEAST, ROOM)]
    unit = Unit(min(1.0, LONGEST / (max(room) + 2 * EDGES)))
    area = Box(unit(EDGES), unit(HEAD), unit(room[0]), unit(room[1]))
    places = [_place(area, x, y, unit) for x, y in style_map.points]
    size = (area.width + 2 * area.x, area.y + area.height + unit(EDGES))
    canvas = Canvas(size, _ground(size, places, [one.preview for one in items]))
    _head(canvas, items, unit)
    for one, place in zip(items, places):
        _hang(canvas, one, place, unit)
    return np.ascontiguousarray(canvas.image()[..., :3])


def _place(area: Box, x: float, y: float, unit: Unit) -> Box:
    """Where a preview is: above the middle of its room, for the lines below it."""
    width, height = unit(PREVIEW[0]), unit(PREVIEW[1])
    middle = area.x + round(x * area.width), area.y + round(y * area.height)
    return Box(middle[0] - width // 2, middle[1] - unit(ROOM[1] / 2 - 6), width, height)


def _hang(canvas: Canvas, one: PosterItem, place: Box, unit: Unit) -> None:
    radius = unit(10)
    canvas.picture(place, one.preview, radius)
    canvas.frame(place, ACCENT if one.own else EDGE, radius, unit(3) if one.own else unit(1))
    left, below = place.x + unit(2), place.y + place.height
    canvas.text(left, below + unit(25), one.style.name, unit(19), TEXT, bold=True, width=place.width - unit(4))
    canvas.text(left, below + unit(46), one.style.credit_line, unit(15), SOFT, width=place.width - unit(4))


def _head(canvas: Canvas, items: Sequence[PosterItem], unit: Unit) -> None:
    side = unit(76)
    draw_mark(canvas, unit(EDGES), unit(46), side)
    left = unit(EDGES) + side + unit(24)
    canvas.text(left, unit(84), f"{len(items)} style{'s' * (len(items) != 1)}", unit(44), TEXT, bold=True)
    word = "Similar styles are next to each other." if len(items) > 1 else ""
    framed = " Your own have a gold frame." if any(one.own for one in items) else ""
    canvas.text(left, unit(116), word + framed, unit(20), SOFT)


def _ground(size: Size, places: Sequence[Box], previews: Sequence[Image]) -> Image:
    """Dark, with a glow of each preview's colour around it."""
    colors = np.array([preview.reshape(-1, 3).mean(axis=0) for preview in previews], np.float32)
    reach = REACH * places[0].width
    across, down = (np.exp(-((np.arange(length) - middles[:, None]) / reach) ** 2).astype(np.float32)
                    for length, middles in zip(size, np.array([_middle(place) for place in places]).T))
    noise = np.random.default_rng(0)
    # Band by band: all at once, 300 styles would take 1.5 GB.
    return np.concatenate([_glow(across, down[:, top:top + BAND], colors, noise) for top in range(0, size[1], BAND)])


def _glow(across: Shares, down: Shares, colors: Shares, noise: np.random.Generator) -> Image:
    """A band of the ground: what of each style reaches its columns and rows, of its colour."""
    light = down.T @ across
    tint = np.stack([(down * color[:, None]).T @ across for color in colors.T], axis=2)
    tint /= np.maximum(light, 1e-9)[..., None]
    band = DARK + (GLOW * light / (light + 0.5))[..., None] * (tint - DARK)
    # Half a level of fixed noise hides banding between the few dark levels.
    return np.asarray(np.clip(band + noise.random((*light.shape, 1), np.float32), 0, 255), np.uint8)


def _middle(place: Box) -> tuple[float, float]:
    return place.x + place.width / 2, place.y + place.height / 2
