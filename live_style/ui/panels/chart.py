"""The chart: the map of styles over the painting, their small pictures placed by likeness."""

from __future__ import annotations

import functools

from live_style.control.explorer import MapState
from live_style.control.pad import pad_places
from live_style.control.style_map import Point
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.canvas import Canvas
from live_style.imaging.geometry import Box
from live_style.imaging.text import width_of
from live_style.interfaces import Layer
from live_style.ui.panels.notice import Notice
from live_style.ui.panels.notice import notice_layers
from live_style.ui.panels.strip import Tile
from live_style.ui.panels.strip import small
from live_style.ui.panels.theme import ACCENT
from live_style.ui.panels.theme import DEEP
from live_style.ui.panels.theme import FAINT
from live_style.ui.panels.theme import ON_ACCENT
from live_style.ui.panels.theme import SOFT
from live_style.ui.panels.theme import TEXT
from live_style.ui.panels.theme import Unit
from live_style.ui.panels.theme import ground
from live_style.ui.panels.theme import unit_of

HEAD, FOOT, MARGIN = 58, 48, 16
"""Margins above, below and at the sides of the map, in pixels of the design."""
SHARE = 0.82
"""Share of its room that a preview takes: the painting is visible between previews."""
LARGEST = 150
"""The width of a preview at most, where there are few; of a pinned one too."""
WIDE = 16 / 9
"""The shape of a preview: that of the picture which was painted for it."""
BETWEEN = "  ·  "
"""Separator in the help line."""
BETWEEN_CORNERS = 150
"""Pixels of the design from which a notice is said between the corners of a pad."""
RINGS = 12
"""The strength of a ring has so many steps: each is drawn once."""


def chart_area(size: Size) -> Box:
    """The place of the map in a window."""
    unit = unit_of(size)
    width, height = size[0] - 2 * unit(MARGIN), size[1] - unit(HEAD) - unit(FOOT)
    return Box(unit(MARGIN), unit(HEAD), max(1, width), max(1, height))


def chart_notices(chart: MapState, notices: tuple[Notice, ...], size: Size) -> tuple[Layer, ...]:
    """The newest notice below the map, in place of the help line: between the corners of a pad, or above them."""
    corners, unit = _corner_boxes(chart, size).values(), unit_of(size)
    side = max((box.x + box.width for box in corners if 2 * box.x < size[0]), default=0)
    if not corners or size[0] - 2 * side > unit(BETWEEN_CORNERS):
        return notice_layers(notices[-1:], (size[0] - side, size[1]), 0, side + unit(6))
    return notice_layers(notices[-1:], size, size[1] - min(box.y for box in corners if 2 * box.y > size[1]))


def chart_point(size: Size, x: int, y: int) -> Point:
    """The place on the map at a pixel of the window; outside the map, the nearest place."""
    area = chart_area(size)
    across, down = (x + 0.5 - area.x) / area.width, (y + 0.5 - area.y) / area.height
    return Point(min(1.0, max(0.0, across)), min(1.0, max(0.0, down)))


def chart_hit(chart: MapState, size: Size, at: Point) -> int | None:
    """The style whose preview is at a place on the map, or None."""
    area = chart_area(size)
    x, y = area.x + at.x * area.width, area.y + at.y * area.height
    for i, box in [*_corner_boxes(chart, size).items(), *enumerate(_boxes(chart, size))]:
        if box.x <= x < box.x + box.width and box.y <= y < box.y + box.height:
            return i
    return None


def chart_layers(chart: MapState, tiles: tuple[Tile, ...], hint: str, size: Size,
                 free: int | None = None) -> tuple[Layer, ...]:
    """The map over a window: previews, rings around what plays, where it is, names, and a line of help below, if any.

    `free`: how many pixels of the window's width, from the left, are free for the name of what plays.
    """
    unit, layers = unit_of(size), []
    corners = _corner_boxes(chart, size)
    boxes = dict(enumerate(_boxes(chart, size)))
    for i, box in boxes.items():
        number = chart.pins.index(i) + 1 if i in chart.pins else 0
        layers.append(Layer(_picture(tiles[i], (box.width, box.height), bool(corners), number, unit), box.x, box.y))
    for i, box in corners.items():
        number = chart.pins.index(i) + 1
        layers.append(Layer(_picture(tiles[i], (box.width, box.height), False, number, unit), box.x, box.y))
    for i, share in chart.shares:
        layers += _ring((corners or boxes).get(i, boxes[i]), share, unit)
    area = chart_area(size)
    x, y = area.x + round(chart.here.x * area.width), area.y + round(chart.here.y * area.height)
    mark = _mark(unit, chart.held)
    layers.append(Layer(mark, x - mark.shape[1] // 2, y - mark.shape[0] // 2))
    under = chart_hit(chart, size, chart.pointer) if chart.pointer else None
    if under is not None:
        layers.append(_tag(tiles[under].name, {**boxes, **corners}[under], size, unit))
    return (*layers, *_lines(chart.name, hint, size, size[0] if free is None else free, unit))


def _tile_size(chart: MapState, size: Size) -> Size:
    area, unit = chart_area(size), unit_of(size)
    width = min(area.width * chart.side * SHARE, area.height * chart.side * SHARE * WIDE, unit(LARGEST))
    return max(8, round(width)), max(5, round(width / WIDE))


def _boxes(chart: MapState, size: Size) -> list[Box]:
    area, (width, height) = chart_area(size), _tile_size(chart, size)
    return [Box(area.x + round(x * area.width) - width // 2, area.y + round(y * area.height) - height // 2, width,
                height) for x, y in chart.points]


def _corner_boxes(chart: MapState, size: Size) -> dict[int, Box]:
    """The larger pictures of a pad, inside the map's corners."""
    area, unit = chart_area(size), unit_of(size)
    width = min(unit(LARGEST), area.width // 4, round(area.height / 4 * WIDE))
    height = round(width / WIDE)
    places = pad_places(len(chart.pad)) if chart.pad else ()
    return {i: Box(area.x + round(x * (area.width - width)), area.y + round(y * (area.height - height)), width, height)
            for i, (x, y) in zip(chart.pad, places, strict=True)}


@functools.lru_cache(maxsize=512)
def _picture(tile: Tile, size: Size, faint: bool, number: int, unit: Unit) -> Image:
    canvas, radius = Canvas(size), unit(6)
    whole = Box(0, 0, *size)
    if tile.preview is None:
        canvas.box(whole, FAINT, radius)
        canvas.text(size[0] // 2, size[1] // 2 + unit(6), tile.name[:1], unit(18), SOFT, align=0.5)
    else:
        canvas.picture(whole, small(tile, size), radius, 90 if faint else 255)
    if number:
        chip = Box(unit(4), unit(4), unit(17), unit(16))
        canvas.box(chip, ACCENT, unit(5))
        canvas.text(chip.x + chip.width // 2, chip.y + unit(12.5), str(number), unit(12), ON_ACCENT, bold=True,
                    align=0.5)
    return canvas.image()


def _ring(box: Box, share: float, unit: Unit) -> list[Layer]:
    step = round(share**0.5 * RINGS)
    if not step:
        return []
    image = _frame((box.width, box.height), step, unit)
    edge = (image.shape[1] - box.width) // 2
    return [Layer(image, box.x - edge, box.y - edge)]


@functools.lru_cache(maxsize=64)
def _frame(size: Size, step: int, unit: Unit) -> Image:
    edge = unit(4)
    opacity, whole = round(255 * step / RINGS), Box(0, 0, size[0] + 2 * edge, size[1] + 2 * edge)
    canvas = Canvas((whole.width, whole.height))
    # Dark on both sides of it, so that it is seen on a preview and a painting of its own colour.
    canvas.frame(whole, (*DEEP[:3], opacity), unit(6) + edge, edge + unit(1))
    inner = whole._replace(x=unit(1), y=unit(1), width=whole.width - 2 * unit(1), height=whole.height - 2 * unit(1))
    canvas.frame(inner, (*ACCENT[:3], opacity), unit(5) + edge, edge - unit(1))
    return canvas.image()


@functools.lru_cache(maxsize=8)
def _mark(unit: Unit, held: bool) -> Image:
    side = 2 * unit(10) + 1
    canvas, middle = Canvas((side, side)), side / 2
    canvas.dot(middle, middle, unit(9), DEEP)
    canvas.dot(middle, middle, unit(7), TEXT if held else ACCENT)
    canvas.dot(middle, middle, unit(3), DEEP)
    return canvas.image()


def _tag(name: str, box: Box, size: Size, unit: Unit) -> Layer:
    image = _label(name, unit, max(unit(60), size[0] - 2 * unit(MARGIN)))
    height, width = image.shape[:2]
    x = min(max(unit(4), box.x + box.width // 2 - width // 2), size[0] - unit(4) - width)
    below = box.y + box.height + unit(5)
    # Not over the help line, nor over a notice there.
    return Layer(image, x, below if below + height <= size[1] - unit(FOOT) else box.y - unit(5) - height)


def _lines(name: str, hint: str, size: Size, free: int, unit: Unit) -> tuple[Layer, ...]:
    space, head = free - 2 * unit(MARGIN), list[Layer]()
    if space >= unit(100):  # less would be of no use
        title = _title(name, unit, space)
        head = [Layer(title, unit(MARGIN), max(0, unit(MARGIN) + (unit(30) - title.shape[0]) // 2))]
    if not hint:
        return tuple(head)
    room = max(unit(60), size[0] - 2 * unit(MARGIN))
    while BETWEEN in hint and width_of(hint, unit(13)) > room - 2 * unit(12):
        hint = hint.rpartition(BETWEEN)[0]  # fewer words, but whole ones
    help_ = _label(hint, unit, room)
    return *head, Layer(help_, (size[0] - help_.shape[1]) // 2, size[1] - (unit(FOOT) + help_.shape[0]) // 2)


@functools.lru_cache(maxsize=8)
def _title(name: str, unit: Unit, width: int) -> Image:
    return _words(name, unit, width, 18, 38)


@functools.lru_cache(maxsize=8)
def _label(name: str, unit: Unit, width: int) -> Image:
    return _words(name, unit, width, 13, 26)


def _words(name: str, unit: Unit, width: int, em: float, height: float) -> Image:
    pad = unit(12)
    taken = min(width, width_of(name, unit(em)) + 2 * pad)
    canvas = ground((taken, unit(height)), unit, DEEP)
    canvas.text(taken // 2, unit(height / 2 + em * 0.36), name, unit(em), TEXT, bold=em > 15, align=0.5,
                width=max(1, taken - 2 * pad))
    return canvas.image()
