"""The panel of the settings: a row for each, the cameras as pictures, and what is saved."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.canvas import Canvas
from live_style.imaging.canvas import Color
from live_style.imaging.geometry import Box
from live_style.imaging.text import width_of
from live_style.interfaces import Layer
from live_style.ui.panels.strip import Tile
from live_style.ui.panels.strip import small
from live_style.ui.panels.theme import ACCENT
from live_style.ui.panels.theme import DEEP
from live_style.ui.panels.theme import FAINT
from live_style.ui.panels.theme import SOFT
from live_style.ui.panels.theme import TEXT
from live_style.ui.panels.theme import Unit
from live_style.ui.panels.theme import ground
from live_style.ui.panels.theme import unit_of

WIDTH, HEAD, FOOT, PAD, ROW = 560, 52, 36, 20, 34
NARROW, DEEP_ROW = 330, 48
"""The width below which a value stands under its label, and the height of a row then."""
THUMB: Size = (112, 63)
PICTURES = THUMB[1] + 58
"""The height of the row of the cameras: its label, the pictures and their names."""
ARROW = 26
"""The width of an arrow next to a value."""


@dataclass(frozen=True)
class SettingLine:
    """A setting."""

    label: str
    value: str
    changed: bool = False
    """Whether it was changed in this show and is not saved."""
    pressed: bool = False
    """Whether it is a button, which has nothing to choose from."""


@dataclass(frozen=True)
class Board:
    """What the panel shows."""

    lines: tuple[SettingLine, ...]
    at: int
    """The line in focus."""
    tiles: tuple[Tile, ...]
    """The pictures that the first line has to choose from."""
    tile: int
    """The tile in focus."""
    current: int
    """The tile that is in use; -1: none of them."""
    hint: str
    closing: str = ""
    """The key that closes it."""


class Hit(NamedTuple):
    """What is at a point of the panel."""

    line: int
    side: int = 0
    """-1: the arrow to the value before, 1: to the value after, 0: the line itself."""
    tile: int | None = None


class _Layout(NamedTuple):
    panel: Box
    rows: tuple[tuple[int, Box], ...]
    """The lines that are seen, with their places in the panel."""
    tiles: tuple[tuple[int, Box], ...]


def settings_panel(board: Board, size: Size) -> tuple[Layer, ...]:
    """The panel in the middle of a window; where not all lines fit, those around the one in focus."""
    panel = _layout(len(board.lines), board.at, len(board.tiles), board.tile, size).panel
    return (Layer(_draw(board, size), panel.x, panel.y),)


def settings_hit(board: Board, size: Size, x: int, y: int) -> Hit | None:
    """What is at a point of the window; None outside of the lines."""
    layout = _layout(len(board.lines), board.at, len(board.tiles), board.tile, size)
    x, y = x - layout.panel.x, y - layout.panel.y
    for i, box in layout.tiles:
        if _in(box, x, y):
            return Hit(0, tile=i)
    for i, row in layout.rows:
        if _in(row, x, y):
            sides = () if i == 0 or board.lines[i].pressed else _arrows(row, unit_of(size))
            return Hit(i, next((side for side, box in zip((-1, 1), sides) if _in(box, x, y)), 0))
    return None


def _in(box: Box, x: int, y: int) -> bool:
    return box.x <= x < box.x + box.width and box.y <= y < box.y + box.height


@functools.lru_cache(maxsize=8)
def _layout(count: int, at: int, tiles: int, tile: int, size: Size) -> _Layout:
    unit = unit_of(size)
    width = max(unit(80), min(unit(WIDTH), size[0] - 2 * unit(8)))
    heights = [unit(PICTURES), *[unit(DEEP_ROW if width < unit(NARROW) else ROW)] * (count - 1)]
    room = size[1] - 2 * unit(8) - unit(HEAD) - unit(FOOT)
    first = 0
    while first < at and sum(heights[first:at + 1]) > room:
        first += 1
    last = first
    while last + 1 < count and sum(heights[first:last + 2]) <= room:
        last += 1
    while first > 0 and sum(heights[first - 1:last + 1]) <= room:
        first -= 1
    height = unit(HEAD) + max(heights[at], sum(heights[first:last + 1])) + unit(FOOT)
    panel = Box((size[0] - width) // 2, max(0, (size[1] - height) // 2), width, min(height, size[1]))
    tops = [unit(HEAD) + sum(heights[first:i]) for i in range(first, last + 1)]
    rows = tuple((i, Box(unit(8), top, width - 2 * unit(8), heights[i]))
                 for i, top in zip(range(first, last + 1), tops, strict=True))
    return _Layout(panel, rows, _tiles(tiles, tile, rows[0][1], unit) if first == 0 else ())


def _tiles(count: int, tile: int, row: Box, unit: Unit) -> tuple[tuple[int, Box], ...]:
    """The places of the pictures that fit, the one in focus among them."""
    wide, high, gap = unit(THUMB[0]), unit(THUMB[1]), unit(12)
    left, seen = row.x + unit(12), max(1, (row.width - unit(12)) // (wide + gap))
    first = max(0, min(count - seen, tile - seen // 2))
    return tuple((first + i, Box(left + i * (wide + gap), row.y + unit(30), wide, high))
                 for i in range(min(seen, count)))


def _arrows(row: Box, unit: Unit) -> tuple[Box, Box]:
    """The places of the arrows: at the ends of the value, in the right half of a row or under its label."""
    left, wide = row.x + round(row.width * 0.44), unit(ARROW)
    if _deep(row, unit):
        left, row = row.x + unit(4), row._replace(y=row.y + unit(18), height=row.height - unit(18))
    return Box(left, row.y, wide, row.height), Box(row.x + row.width - wide, row.y, wide, row.height)


def _deep(row: Box, unit: Unit) -> bool:
    return row.width < unit(NARROW) - 2 * unit(8)


@functools.lru_cache(maxsize=2)
def _draw(board: Board, size: Size) -> Image:
    unit = unit_of(size)
    layout = _layout(len(board.lines), board.at, len(board.tiles), board.tile, size)
    panel, pad = layout.panel, unit(PAD)
    canvas = ground((panel.width, panel.height), unit, DEEP)
    title = canvas.text(pad, unit(34), "Settings", unit(20), ACCENT, bold=True)
    if board.closing:
        canvas.text(panel.width - pad, unit(33), f"{board.closing}: close", unit(13), SOFT, align=1.0,
                    width=max(1, panel.width - 2 * pad - title - unit(12)))
    for i, row in layout.rows:
        if i == board.at:
            canvas.box(row, (*TEXT[:3], 22), unit(8))
            canvas.frame(row, ACCENT, unit(8), unit(2))
        if i == 0:
            _cameras(canvas, board, layout, row, unit)
        else:
            _line(canvas, board.lines[i], row, i == board.at, unit)
    seen = [i for i, _ in layout.rows]
    for side, there in ((-1, seen[0] > 0), (1, seen[-1] < len(board.lines) - 1)):
        if there:
            y = unit(HEAD) - unit(6) if side < 0 else panel.height - unit(FOOT) + unit(5)
            tip = unit(3) * side
            canvas.stroke(((panel.width / 2 - unit(7), y - tip), (panel.width / 2, y + tip),
                           (panel.width / 2 + unit(7), y - tip)), unit(2), SOFT)
    canvas.text(pad, panel.height - unit(13), board.hint, unit(13), SOFT, width=panel.width - 2 * pad)
    return canvas.image()


def _line(canvas: Canvas, line: SettingLine, row: Box, focus: bool, unit: Unit) -> None:
    left, deep = row.x + unit(12), _deep(row, unit)
    back, forth = _arrows(row, unit)
    middle = back.y + back.height / 2
    y = round(middle) + unit(5)
    if line.pressed:
        canvas.text(left, row.y + row.height // 2 + unit(5), line.label, unit(15), ACCENT if line.changed else SOFT,
                    bold=True, width=row.width - unit(24))
        return
    if line.changed:
        canvas.dot(row.x + unit(6), row.y + unit(13) if deep else middle, unit(2.5), ACCENT)
    canvas.text(left, row.y + unit(17) if deep else y, line.label, unit(13 if deep else 14), TEXT if focus else SOFT,
                width=row.width - unit(24) if deep else max(1, back.x - left - unit(4)))
    canvas.text((back.x + forth.x + forth.width) // 2, y, line.value, unit(14), TEXT, bold=True, align=0.5,
                width=max(1, forth.x - back.x - back.width))
    for box, side in ((back, -1), (forth, 1)):
        x, tip = box.x + box.width / 2, unit(3) * side
        canvas.stroke(((x - tip / 2, middle - unit(5)), (x + tip, middle), (x - tip / 2, middle + unit(5))), unit(2),
                      TEXT if focus else SOFT)


def _cameras(canvas: Canvas, board: Board, layout: _Layout, row: Box, unit: Unit) -> None:
    line = board.lines[0]
    left = row.x + unit(12)
    if line.changed:
        canvas.dot(row.x + unit(6), row.y + unit(16), unit(2.5), ACCENT)
    canvas.text(left, row.y + unit(20), line.label, unit(14), TEXT if board.at == 0 else SOFT)
    canvas.text(row.x + row.width - unit(12), row.y + unit(20), line.value, unit(13), SOFT, align=1.0,
                width=max(1, row.width - 2 * unit(12) - width_of(line.label, unit(14)) - unit(12)))
    for i, box in layout.tiles:
        tile, radius = board.tiles[i], unit(6)
        if tile.preview is None:
            canvas.box(box, FAINT, radius)
            canvas.text(box.x + box.width // 2, box.y + box.height // 2 + unit(8), tile.name[:1], unit(22), SOFT,
                        align=0.5)
        else:
            canvas.picture(box, small(tile, (box.width, box.height)), radius)
        focus = board.at == 0 and i == board.tile
        rings: tuple[tuple[Color, bool], ...] = ((ACCENT, i == board.current), (TEXT, focus))
        for turn, color in enumerate(color for color, there in rings if there):
            edge = unit(2.5) * (turn + 1)
            canvas.frame(Box(box.x - edge, box.y - edge, box.width + 2 * edge, box.height + 2 * edge), color,
                         radius + edge, unit(2.5))
        canvas.text(box.x + box.width // 2, box.y + box.height + unit(17), tile.name, unit(12),
                    TEXT if i == board.current else SOFT, bold=i == board.current, align=0.5, width=box.width)
