"""The panel of the preview: the style that is chosen but not live yet, on the current frame."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging.geometry import Box
from live_style.imaging.read import scaled
from live_style.imaging.text import width_of
from live_style.interfaces import Layer
from live_style.ui.panels.theme import ON_ACCENT
from live_style.ui.panels.theme import READY
from live_style.ui.panels.theme import SOFT
from live_style.ui.panels.theme import TEXT
from live_style.ui.panels.theme import Unit
from live_style.ui.panels.theme import ground
from live_style.ui.panels.theme import unit_of

HEAD, EDGE = 36, 6
LEAST = 96
"""The narrowest picture that is of use, in pixels of the design."""


@dataclass(frozen=True, eq=False)
class Ready:
    """What the panel shows; compared by identity, because of the picture."""

    name: str
    hint: str
    """The keys that take it."""
    picture: Image
    """RGB."""


def preview_panel(ready: Ready, room: Box, unit: Unit) -> tuple[Layer, ...]:
    """The panel in the upper left corner of a room, as large as fits; () where that is too small."""
    width, height = size_of(ready.picture)
    edge, head = unit(EDGE), unit(HEAD)
    share = min((room.width - 2 * edge) / width, (room.height - head - edge) / height)
    size = round(width * share), round(height * share)
    if size[0] < unit(LEAST):
        return ()
    panel = _panel(ready.name, ready.hint, (size[0] + 2 * edge, size[1] + head + edge), unit)
    opaque = np.full((size[1], size[0], 1), 255, np.uint8)
    picture = np.concatenate((scaled(ready.picture, size), opaque), axis=2)
    return Layer(panel, room.x, room.y), Layer(picture, room.x + edge, room.y + head)


def preview_over(ready: Ready, size: Size, left: bool, bottom: int) -> tuple[Layer, ...]:
    """The panel in a lower corner of a window, `bottom` pixels above its edge, over a map."""
    unit = unit_of(size)
    edge, width = unit(16), max(unit(LEAST + 2 * EDGE), min(unit(300), size[0] // 3))
    layers = preview_panel(ready, Box(edge, 0, width, size[1] // 2), unit)
    if not layers:
        return ()
    right = size[0] - edge - layers[0].image.shape[1] - layers[0].x
    down = size[1] - bottom - layers[0].image.shape[0]
    return tuple(layer._replace(x=layer.x + (0 if left else right), y=layer.y + down) for layer in layers)


@functools.lru_cache(maxsize=4)
def _panel(name: str, hint: str, size: Size, unit: Unit) -> Image:
    canvas, edge = ground(size, unit), unit(EDGE)
    canvas.frame(Box(0, 0, *size), READY, unit(12), unit(1.5))
    chip = Box(edge + unit(4), unit(9), width_of("NEXT", unit(11)) + unit(12), unit(19))
    canvas.box(chip, READY, unit(5))
    canvas.text(chip.x + chip.width // 2, unit(22.5), "NEXT", unit(11), ON_ACCENT, bold=True, align=0.5)
    x = chip.x + chip.width + unit(9)
    right = size[0] - edge - unit(4)
    hinted = width_of(hint, unit(12)) + unit(14)
    if width_of(name, unit(14)) <= right - x - hinted:
        canvas.text(right, unit(23), hint, unit(12), SOFT, align=1.0)
    canvas.text(x, unit(23), name, unit(14), TEXT, bold=True, width=max(1, right - x))
    return canvas.image()
