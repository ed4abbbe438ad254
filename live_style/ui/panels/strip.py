"""The style strip: previews with numbers and names along the lower edge, which can be clicked."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from dataclasses import replace
from typing import NamedTuple

from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.canvas import Canvas
from live_style.imaging.canvas import Color
from live_style.imaging.geometry import Box
from live_style.imaging.read import scaled
from live_style.interfaces import Layer
from live_style.ui.panels.theme import ACCENT
from live_style.ui.panels.theme import FAINT
from live_style.ui.panels.theme import GROUND
from live_style.ui.panels.theme import ON_ACCENT
from live_style.ui.panels.theme import READY
from live_style.ui.panels.theme import SOFT
from live_style.ui.panels.theme import TEXT
from live_style.ui.panels.theme import Unit
from live_style.ui.panels.theme import ground
from live_style.ui.panels.theme import unit_of

TILE: Size = (122, 69)
"""A preview, in pixels of the design, so that a bank of nine fits in a window of 1280x720; smaller in windows that are
less than 450 pixels high."""
GAP, PAD, HEAD, NAME = 10, 12, 24, 22
"""Between previews, around them, and the room over them for the bank and under them for the name."""
ARROW = 30
"""The width of an arrow at either end, where there are more styles than are seen."""


@dataclass(frozen=True, eq=False)
class Tile:
    """A style of the strip; compared by identity, because of the picture."""

    name: str
    preview: Image | None = None
    """RGB, any size."""


@dataclass(frozen=True)
class Strip:
    """What the strip shows; places are counted from 0."""

    tiles: tuple[Tile, ...]
    current: int | None = None
    """Place of the style that plays; None: the real picture, or a style that is not in the strip."""
    first: int | None = None
    """The first tile that is seen; None: what is chosen is seen, with its whole bank, or else in the middle."""
    ready: int | None = None
    """Place of the style in the preview."""
    focus: int | None = None
    """Place of the tile that a search has chosen, or that is being moved."""
    stars: frozenset[int] = frozenset()
    """Places of the favourites."""
    bank: range = range(0)
    """Places of the tiles that the keys 1 to 9 choose."""
    head: str = ""
    """A line over the bank."""

    @property
    def chosen(self) -> int:
        """Place of what is to be visible."""
        return next((place for place in (self.focus, self.ready, self.current) if place is not None), 0)


class Layout(NamedTuple):
    """Where things are, in window pixels."""

    panel: Box
    first: int
    """The first tile that is seen."""
    places: tuple[Box, ...]
    """Of the tiles that are seen, from the first; the names lie below."""
    arrows: tuple[Box, ...]
    """To the left and to the right; () where all tiles are seen."""


def strip_height(size: Size) -> int:
    """Pixels from the window's lower edge that the strip takes, its margin included."""
    unit = unit_of(size)
    return _panel_height(size) + unit(16)


def strip_panel(strip: Strip, size: Size) -> tuple[Layer, ...]:
    """The strip along the lower edge of a window."""
    if not strip.tiles:
        return ()
    layout = _layout_of(strip, size)
    return (Layer(_draw(strip, layout, unit_of(size)), layout.panel.x, layout.panel.y),)


def strip_hit(strip: Strip, size: Size, x: int, y: int) -> int | None:
    """Place (from 0) of the style at a point of the window; None: no style is there."""
    layout = _layout_of(strip, size)
    reach = unit_of(size)(NAME)
    for i, box in enumerate(layout.places):
        if box.x <= x < box.x + box.width and box.y <= y < box.y + box.height + reach:
            return layout.first + i
    return None


def strip_arrow(strip: Strip, size: Size, x: int, y: int) -> int:
    """Which arrow is at a point of the window: -1 to the left, 1 to the right, 0 none."""
    for box, side in zip(_layout_of(strip, size).arrows, (-1, 1)):
        if box.x <= x < box.x + box.width and box.y <= y < box.y + box.height:
            return side
    return 0


def scrolled(strip: Strip, size: Size, pages: float) -> Strip:
    """The strip after it was moved by so many times what is seen of it, and by one tile at least."""
    layout = _layout_of(strip, size)
    seen = len(layout.places)
    by = round(pages * seen) or (1 if pages > 0 else -1)
    return replace(strip, first=max(0, min(len(strip.tiles) - seen, layout.first + by)))


def settled(strip: Strip, size: Size) -> Strip:
    """The strip as it is seen, which stays where it is though something else is chosen."""
    return replace(strip, first=_layout_of(strip, size).first)


def _layout_of(strip: Strip, size: Size) -> Layout:
    return _layout(len(strip.tiles), strip.chosen, strip.first, strip.bank, size)


def _tile_size(size: Size) -> Size:
    unit, share = unit_of(size), min(1.0, size[1] / 450)
    return unit(TILE[0] * share), unit(TILE[1] * share)


def _panel_height(size: Size) -> int:
    unit = unit_of(size)
    return unit(HEAD) + _tile_size(size)[1] + unit(NAME) + unit(PAD)


@functools.lru_cache(maxsize=8)
def _layout(count: int, chosen: int, first: int | None, bank: range, size: Size) -> Layout:
    unit = unit_of(size)
    wide, high = _tile_size(size)
    pitch = wide + unit(GAP)
    room = size[0] - 2 * unit(16) + unit(GAP)
    side = unit(PAD) if count * pitch <= room - 2 * unit(PAD) else unit(ARROW)
    seen = min(count, max(1, (room - 2 * side) // pitch))
    if first is None:
        first = bank.start if chosen in bank and len(bank) <= seen else chosen - seen // 2
    first = max(0, min(count - seen, first))
    height = _panel_height(size)
    width = seen * pitch - unit(GAP) + 2 * side
    panel = Box((size[0] - width) // 2, size[1] - unit(16) - height, width, height)
    left, top = panel.x + side, panel.y + unit(HEAD)
    places = tuple(Box(left + i * pitch, top, wide, high) for i in range(seen))
    ends = (panel._replace(width=side), panel._replace(x=panel.x + width - side, width=side))
    return Layout(panel, first, places, ends if seen < count else ())


@functools.lru_cache(maxsize=4)
def _draw(strip: Strip, layout: Layout, unit: Unit) -> Image:
    panel = layout.panel
    canvas = ground((panel.width, panel.height), unit)
    for i, place in enumerate(layout.places):
        box = place._replace(x=place.x - panel.x, y=place.y - panel.y)
        _tile(canvas, strip, layout.first + i, box, unit)
    _head(canvas, strip, layout, unit)
    more = (layout.first > 0, layout.first + len(layout.places) < len(strip.tiles))
    for box, side, there in zip(layout.arrows, (-1, 1), more):
        _arrow(canvas, box.x - panel.x + box.width // 2, panel.height // 2, side, TEXT if there else FAINT, unit)
    return canvas.image()


def _tile(canvas: Canvas, strip: Strip, place: int, box: Box, unit: Unit) -> None:
    tile, radius = strip.tiles[place], unit(7)
    rings = [color for color, at in ((ACCENT, strip.current), (READY, strip.ready), (TEXT, strip.focus)) if at == place]
    if tile.preview is None:
        canvas.box(box, FAINT, radius)
        canvas.text(box.x + box.width // 2, box.y + box.height // 2 + unit(10), tile.name[:1], unit(28), SOFT,
                    align=0.5)
    else:
        canvas.picture(box, small(tile, (box.width, box.height)), radius, 255 if rings else 205)
    for turn, color in enumerate(rings):
        ring = unit(3)
        edge = ring * (turn + 1)
        canvas.frame(Box(box.x - edge, box.y - edge, box.width + 2 * edge, box.height + 2 * edge), color,
                     radius + edge, ring)
    if place in strip.bank:
        chip = Box(box.x + unit(5), box.y + unit(5), unit(20), unit(18))
        canvas.box(chip, rings[0] if rings else GROUND, unit(5))
        canvas.text(chip.x + chip.width // 2, chip.y + unit(13.5), str(strip.bank.index(place) + 1), unit(12),
                    ON_ACCENT if rings else TEXT, bold=True, align=0.5)
    if place in strip.stars:
        _star(canvas, box.x + box.width - unit(14), box.y + unit(14), unit)
    canvas.text(box.x + box.width // 2, box.y + box.height + unit(18), tile.name, unit(12),
                TEXT if rings else SOFT, bold=bool(rings), align=0.5, width=box.width)


def _star(canvas: Canvas, x: int, y: int, unit: Unit) -> None:
    for radius, color in ((unit(9.5), GROUND), (unit(6.5), ACCENT)):
        # Ten corners, in turns on two circles.
        canvas.shape(tuple((x + radius * (1.0 if i % 2 == 0 else 0.45) * math.sin(i * math.pi / 5),
                            y - radius * (1.0 if i % 2 == 0 else 0.45) * math.cos(i * math.pi / 5))
                           for i in range(10)), color)


def _head(canvas: Canvas, strip: Strip, layout: Layout, unit: Unit) -> None:
    """The line over the tiles of the bank, as far as they are seen, and its words."""
    panel = layout.panel
    there = [box for i, box in enumerate(layout.places) if layout.first + i in strip.bank]
    left, right = (there[0].x, there[-1].x + there[-1].width) if there else (layout.places[0].x, 0)
    taken = canvas.text(left - panel.x, unit(16), strip.head, unit(12), SOFT, width=layout.places[-1].x
                        + layout.places[-1].width - left) if strip.head else -unit(8)
    start = left - panel.x + taken + unit(8)
    if there and right - panel.x > start:
        canvas.box(Box(start, unit(11), right - panel.x - start, unit(2)), FAINT, unit(1))


def _arrow(canvas: Canvas, x: int, y: int, side: int, color: Color, unit: Unit) -> None:
    """An arrowhead at the end; bright where there are more styles on that side."""
    tip = unit(5) * side
    canvas.stroke(((x - tip / 2, y - unit(8)), (x + tip / 2, y), (x - tip / 2, y + unit(8))), unit(2.5), color)


@functools.lru_cache(maxsize=256)
def small(tile: Tile, size: Size) -> Image:
    """The preview of a tile that has one, at a size."""
    assert tile.preview is not None
    return scaled(tile.preview, size)
