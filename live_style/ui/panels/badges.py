"""Badges: what is on, such as recording, virtual camera, tempo, black or freeze."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.canvas import Color
from live_style.imaging.text import width_of
from live_style.interfaces import Layer
from live_style.ui.panels.theme import ACCENT
from live_style.ui.panels.theme import ALARM
from live_style.ui.panels.theme import FAINT
from live_style.ui.panels.theme import TEXT
from live_style.ui.panels.theme import Unit
from live_style.ui.panels.theme import ground
from live_style.ui.panels.theme import unit_of


@dataclass(frozen=True)
class Badges:
    """What is on."""

    recording: int | None = None
    """Seconds that are recorded; None: not recording."""
    vcam: bool = False
    tempo: int | None = None
    """Beats a minute."""
    modes: tuple[str, ...] = ()
    """Words for what else is on: "bypass", "black", "freeze", "own colours"."""
    beat: bool = False
    """Whether a beat of the tempo has just been."""


def badge_layers(badges: Badges, size: Size, in_line: bool = False, top: int | None = None,
                 bottom: int | None = None) -> tuple[Layer, ...]:
    """Badges from the upper right corner of a window downwards to `bottom`, or side by side to the left.

    The rest goes into another column or line.
    """
    unit = unit_of(size)
    items: list[tuple[str, Color | None]] = []
    if badges.recording is not None:
        items.append((f"REC {badges.recording // 60:02d}:{badges.recording % 60:02d}", ALARM))
    if badges.vcam:
        items.append(("VCAM", ACCENT))
    if badges.tempo is not None:
        items.append((f"{badges.tempo} bpm", ACCENT if badges.beat else FAINT))
    items += [(mode.upper(), None) for mode in badges.modes]
    images = [_badge(text, color, unit) for text, color in items]
    right, first = size[0] - unit(16), unit(16) if top is None else top
    layers: list[Layer] = []
    x, y, widest = right, first, 0
    for image in images:
        height, width = image.shape[:2]
        if in_line and x - width < unit(16) and x < right:
            x, y = right, y + height + unit(6)
        elif not in_line and y + height > (size[1] if bottom is None else bottom) and y > first:
            x, y, widest = x - widest - unit(6), first, 0
        layers.append(Layer(image, x - width, y))
        x, y, widest = (x - width - unit(6), y, 0) if in_line else (x, y + height + unit(6), max(widest, width))
    return tuple(layers)


@functools.lru_cache(maxsize=32)
def _badge(text: str, color: Color | None, unit: Unit) -> Image:
    pad, dot = unit(12), unit(16) if color else 0
    canvas = ground((2 * pad + dot + width_of(text, unit(13)), unit(30)), unit)
    if color:
        canvas.dot(pad + unit(4), unit(30) / 2, unit(4.5), color)
    canvas.text(pad + dot, unit(20), text, unit(13), TEXT, bold=True)
    return canvas.image()
