"""A notice: one line of cause and one of cure, for a moment."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.geometry import Box
from live_style.imaging.text import width_of
from live_style.imaging.text import wrap
from live_style.interfaces import Layer
from live_style.ui.panels.theme import ACCENT
from live_style.ui.panels.theme import SOFT
from live_style.ui.panels.theme import TEXT
from live_style.ui.panels.theme import Unit
from live_style.ui.panels.theme import ground
from live_style.ui.panels.theme import room
from live_style.ui.panels.theme import unit_of

LINES, NARROW = 2, 240
"""The most lines of a cause or a cure; in narrower windows, in pixels of the design, a cause may take twice as many."""


@dataclass(frozen=True)
class Notice:
    """What happened, and how to fix it."""

    cause: str
    cure: str = ""


def notice_layers(notices: tuple[Notice, ...], size: Size, bottom: int = 0, side: int = 0,
                  ceiling: int = 0) -> tuple[Layer, ...]:
    """Notices, the newest (last) lowest, `bottom` pixels above the window's edge, in the middle of what `side` leaves.

    Old ones that would reach over the ceiling, a row of the window, are left out.
    """
    unit = unit_of(size)
    layers: list[Layer] = []
    left, y = max(side, unit(16)), size[1] - bottom - unit(16)
    width = size[0] - unit(16) - left
    for notice in reversed(notices):
        image = _panel(notice, unit, room((width + 2 * unit(16), size[1]), unit, 620))
        y -= image.shape[0]
        if layers and y < ceiling:
            break
        layers.append(Layer(image, left + (width - image.shape[1]) // 2, y))
        y -= unit(8)
    return tuple(layers)


@functools.lru_cache(maxsize=16)
def _panel(notice: Notice, unit: Unit, width: int) -> Image:
    left, pad = unit(22), unit(16)
    inner = width - left - pad
    most = LINES if width >= unit(NARROW) else 2 * LINES
    rows = [(line, unit(15), TEXT, True) for line in wrap(notice.cause, unit(15), inner, most)]
    rows += [(line, unit(13), SOFT, False) for line in wrap(notice.cure, unit(13), inner, LINES)]
    taken = left + pad + max((width_of(line, size) for line, size, _, bold in rows), default=0)
    height = 2 * unit(11) + len(rows) * unit(20)
    canvas = ground((taken, height), unit)
    canvas.box(Box(unit(10), unit(12), unit(3), height - 2 * unit(12)), ACCENT, unit(2))
    for row, (line, size, color, bold) in enumerate(rows):
        canvas.text(left, unit(11) + row * unit(20) + unit(15), line, size, color, bold=bold)
    return canvas.image()
