"""The help panel: every key and what it does, from the key table itself."""

from __future__ import annotations

import functools
from typing import NamedTuple

from live_style.control.keys import HelpLine
from live_style.control.keys import KeyTable
from live_style.control.keys import hints
from live_style.control.surface import Command
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.canvas import Canvas
from live_style.imaging.geometry import Box
from live_style.imaging.text import width_of
from live_style.imaging.text import wrap
from live_style.interfaces import Layer
from live_style.ui.panels.theme import ACCENT
from live_style.ui.panels.theme import DEEP
from live_style.ui.panels.theme import EDGE
from live_style.ui.panels.theme import FAINT
from live_style.ui.panels.theme import SOFT
from live_style.ui.panels.theme import TEXT
from live_style.ui.panels.theme import Unit
from live_style.ui.panels.theme import ground
from live_style.ui.panels.theme import unit_of

COLUMN, GAP, EDGES, ROW, HEAD, FOOT, LINE = 330, 12, 48, 29, 66, 18, 17
"""Column, gap between columns, side margin, row, space above and below the rows, and a further line of a text, in
pixels of the design."""
COLUMNS = 5
"""The most columns; the number with the largest text is used."""
LEAST, PAGED = 0.6, 0.75
"""The smallest scale at which everything is shown at once, and the scale of pages where that would be smaller."""
ARROWS = {"Right": "→", "Left": "←", "Up": "↑", "Down": "↓"}


class KeyLayout(NamedTuple):
    """How the keys are spread; lengths in pixels of the design."""

    unit: Unit
    columns: int
    rows: int
    width: int
    """Of a column."""
    lines: int
    """Of a text."""
    pages: int

    @property
    def row(self) -> int:
        """Height of a row."""
        return ROW + LINE * (self.lines - 1)


class HelpPage(NamedTuple):
    """A page of the panel."""

    layer: Layer
    pages: int
    """How many there are."""


def help_panel(table: KeyTable, size: Size, page: int = 1, top: int = 0) -> HelpPage:
    """The panel in the middle of a window below `top`, as large as the design or as the window lets it be."""
    keys = hints(table)
    layout = _layout(len(keys), (size[0] - 8, size[1] - 8 - top), unit_of(size).scale)
    page = min(page, layout.pages)
    many = layout.columns * layout.rows
    key = next((row.keys[0] for row in table.rows if row.action.command is Command.HELP and row.keys), "")
    does = f"{key}: {'close' if page == layout.pages else 'more'}" if key else ""
    place = f"{page} / {layout.pages}" if layout.pages > 1 else ""
    image = _panel(keys[(page - 1) * many:page * many], "  ·  ".join(filter(None, (place, does))), layout)
    y = top + (size[1] - top - image.shape[0]) // 2
    return HelpPage(Layer(image, (size[0] - image.shape[1]) // 2, y), layout.pages)


def _layout(count: int, room: Size, most: float) -> KeyLayout:
    """Everything at once if the text is large enough then, else as few pages as possible."""
    def scale(columns: int) -> float:
        height = HEAD + ROW * -(-count // columns) + FOOT
        return min(most, room[0] / _across(columns), room[1] / height)

    columns = max((2, 1, *range(3, COLUMNS + 1)), key=scale)
    if scale(columns) >= LEAST:
        return KeyLayout(Unit(scale(columns)), columns, -(-count // columns), COLUMN, 1, 1)
    columns = max(1, *(n for n in range(1, COLUMNS + 1) if room[0] / _across(n) >= LEAST), 1)
    unit = Unit(max(LEAST, min(PAGED, room[0] / _across(columns))))
    width = min(COLUMN, round(room[0] / unit.scale) - EDGES)
    layout = KeyLayout(unit, columns, 1, max(1, width), 1 if width == COLUMN else 2, 1)
    rows = max(1, int((room[1] / unit.scale - HEAD - FOOT) // layout.row))
    pages = -(-count // (columns * rows))
    return layout._replace(pages=pages, rows=-(-count // (pages * columns)))


def _across(columns: int) -> int:
    return EDGES + columns * COLUMN + (columns - 1) * GAP


@functools.lru_cache(maxsize=8)
def _panel(keys: tuple[HelpLine, ...], aside: str, layout: KeyLayout) -> Image:
    unit, columns, rows = layout.unit, layout.columns, layout.rows
    width = EDGES + columns * layout.width + (columns - 1) * GAP
    size = unit(width), unit(HEAD + layout.row * rows + FOOT)
    canvas, pad = ground(size, unit, DEEP), unit(24)
    canvas.text(pad, unit(40), "Keys", unit(20), ACCENT, bold=True)
    if aside:
        canvas.text(size[0] - pad, unit(40), aside, unit(13), SOFT, align=1.0)
    # The texts of a column stand under each other, as near to the keys as its widest row allows.
    for column in range(columns):
        part, left = keys[column * rows:(column + 1) * rows], pad + column * unit(layout.width + GAP)
        widths = [sum(_cap_width(cap, unit) for cap in _caps(hint)) for hint in part]
        beside = max(widths, default=0) + unit(12)
        for row, hint in enumerate(part):
            _line(canvas, hint, (left, unit(HEAD) + round(row * layout.row * unit.scale)), beside, layout)
    return canvas.image()


def _line(canvas: Canvas, hint: HelpLine, place: tuple[int, int], beside: int, layout: KeyLayout) -> None:
    (x, y), unit = place, layout.unit
    for cap in _caps(hint):
        width = _cap_width(cap, unit)
        if cap == "+":
            canvas.text(x + width // 2 - unit(2), y + unit(16), cap, unit(12), SOFT, align=0.5)
        else:
            box = Box(x, y, width - unit(5), unit(23))
            canvas.box(box, FAINT, unit(5))
            canvas.frame(box, EDGE, unit(5), unit(1))
            canvas.text(box.x + box.width // 2, y + unit(16.5), cap, unit(13), TEXT, bold=True, align=0.5)
        x += width
    for number, line in enumerate(wrap(hint.text, unit(14), unit(layout.width) - beside, layout.lines)):
        canvas.text(place[0] + beside, y + unit(16.5) + number * unit(LINE), line, unit(14), TEXT)


def _caps(hint: HelpLine) -> tuple[str, ...]:
    """The caps of a row: "Shift+Right" is two with a plus between them."""
    caps: list[str] = []
    for key in hint.keys:
        shift, _, bare = key.rpartition("Shift+")
        caps += ["Shift", "+"] if "Shift+" in key else []
        caps.append(ARROWS.get(bare or shift, bare or shift))
    return tuple(caps)


def _cap_width(cap: str, unit: Unit) -> int:
    """With the space behind it."""
    if cap == "+":
        return unit(13)
    return max(unit(25), width_of(cap, unit(13)) + unit(14)) + unit(5)
