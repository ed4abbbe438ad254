"""The help panel: every key and what it does, from the key table itself."""

from __future__ import annotations

import functools

from live_style.control.keys import HelpLine
from live_style.control.keys import KeyTable
from live_style.control.keys import hints
from live_style.control.surface import Command
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.canvas import Canvas
from live_style.imaging.geometry import Box
from live_style.imaging.text import width_of
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

COLUMN, GAP, EDGES, ROW, HEAD, FOOT = 330, 12, 48, 29, 66, 18
"""Column, gap between columns, side margin, row, and space above and below the rows, in pixels of the design."""
COLUMNS = 5
"""The most columns; the number with the largest text is used."""
ARROWS = {"Right": "→", "Left": "←", "Up": "↑", "Down": "↓"}


def help_panel(table: KeyTable, size: Size) -> tuple[Layer, ...]:
    """The panel in the middle of a window, as large as the design or as the window lets it be."""
    lines = hints(table)

    def scale(columns: int) -> float:
        width, height = _design(len(lines), columns)
        return min(unit_of(size).scale, (size[0] - 8) / width, (size[1] - 8) / height)

    columns = max((2, 1, *range(3, COLUMNS + 1)), key=scale)
    unit = Unit(max(0.01, scale(columns)))
    closing = next((row.keys[0] for row in table.rows if row.action.command is Command.HELP and row.keys), "")
    width, height = _design(len(lines), columns)
    image = _panel(lines, closing, unit, (unit(width), unit(height)), columns)
    return (Layer(image, (size[0] - image.shape[1]) // 2, (size[1] - image.shape[0]) // 2),)


def _design(lines: int, columns: int) -> Size:
    """The panel's size, in pixels of the design."""
    return EDGES + columns * COLUMN + (columns - 1) * GAP, HEAD + ROW * -(-lines // columns) + FOOT


@functools.lru_cache(maxsize=2)
def _panel(lines: tuple[HelpLine, ...], closing: str, unit: Unit, size: Size, columns: int) -> Image:
    canvas = ground(size, unit, DEEP)
    pad = unit(24)
    canvas.text(pad, unit(40), "Keys", unit(20), ACCENT, bold=True)
    if closing:
        canvas.text(size[0] - pad, unit(40), f"{closing} closes this", unit(13), SOFT, align=1.0)
    rows = -(-len(lines) // columns)
    # The texts of a column stand under each other, as near to the keys as its widest row allows.
    for column in range(columns):
        part, left = lines[column * rows:(column + 1) * rows], pad + column * unit(COLUMN + GAP)
        widths = [sum(_cap_width(cap, unit) for cap in _caps(hint)) for hint in part]
        beside = max(widths, default=0) + unit(12)
        for row, hint in enumerate(part):
            _line(canvas, hint, left, unit(HEAD) + round(row * ROW * unit.scale), beside, unit)
    return canvas.image()


def _line(canvas: Canvas, hint: HelpLine, x: int, y: int, beside: int, unit: Unit) -> None:
    start = x
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
    canvas.text(start + beside, y + unit(16.5), hint.text, unit(14), TEXT, width=unit(COLUMN) - beside)


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
