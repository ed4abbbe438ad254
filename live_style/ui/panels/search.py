"""The panel of the search: what is typed, and the style that it has chosen."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.geometry import Box
from live_style.imaging.text import width_of
from live_style.interfaces import Layer
from live_style.ui.panels.theme import ACCENT
from live_style.ui.panels.theme import DEEP
from live_style.ui.panels.theme import SOFT
from live_style.ui.panels.theme import TEXT
from live_style.ui.panels.theme import Unit
from live_style.ui.panels.theme import ground
from live_style.ui.panels.theme import room
from live_style.ui.panels.theme import unit_of

WIDTH, HEIGHT = 460, 66


@dataclass(frozen=True)
class Searching:
    """What the panel shows."""

    text: str
    at: int
    """Number of the chosen style among those that are found, from 1; 0: nothing is found."""
    found: int
    name: str = ""
    credit: str = ""


def search_panel(searching: Searching, size: Size, bottom: int) -> tuple[Layer, ...]:
    """The panel in the middle of a window, `bottom` pixels above its lower edge."""
    unit = unit_of(size)
    image = _panel(searching, unit, room(size, unit, WIDTH))
    return (Layer(image, (size[0] - image.shape[1]) // 2, size[1] - bottom - image.shape[0] - unit(8)),)


@functools.lru_cache(maxsize=2)
def _panel(searching: Searching, unit: Unit, width: int) -> Image:
    canvas, pad = ground((width, unit(HEIGHT)), unit, DEEP), unit(16)
    canvas.frame(Box(0, 0, width, unit(HEIGHT)), ACCENT, unit(12), unit(1.5))
    counted = f"{searching.at} of {searching.found}" if searching.found else "nothing found"
    right = width - pad - width_of(counted, unit(12)) - unit(10)
    canvas.text(width - pad, unit(28), counted, unit(12), SOFT, align=1.0)
    x = pad
    if searching.text:
        shown = searching.text
        while width_of(shown, unit(18)) > right - pad - unit(6) and len(shown) > 1:
            shown = shown[1:]  # the end is where a hand types
        x += canvas.text(pad, unit(29), shown, unit(18), TEXT, bold=True) + unit(2)
        x += (len(shown) - len(shown.rstrip())) * unit(5)
    canvas.box(Box(x, unit(12), unit(2), unit(22)), ACCENT, unit(1))
    if not searching.text:
        canvas.text(x + unit(8), unit(29), "type a title or an artist", unit(15), SOFT,
                    width=max(1, right - x - unit(8)))
    used = canvas.text(pad, unit(53), searching.name, unit(13), TEXT, width=width - 2 * pad)
    if searching.credit and (left := width - 2 * pad - used - unit(10)) > unit(40):
        canvas.text(pad + used + unit(10), unit(53), searching.credit, unit(13), SOFT, width=left)
    return canvas.image()
