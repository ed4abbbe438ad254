"""Badges: what is on - recording, virtual camera, tempo - and what holds the picture."""

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


def badge_layers(badges: Badges, size: Size, in_line: bool = False) -> tuple[Layer, ...]:
    """Badges from the upper right corner of a window downwards, or side by side to the left."""
    unit = unit_of(size)
    items: list[tuple[str, Color | None]] = []
    if badges.recording is not None:
        items.append((f"REC {badges.recording // 60:02d}:{badges.recording % 60:02d}", ALARM))
    if badges.vcam:
        items.append(("VCAM", ACCENT))
    if badges.tempo is not None:
        items.append((f"{badges.tempo} bpm", None))
    items += [(mode.upper(), None) for mode in badges.modes]
    layers, x, y = [], size[0] - unit(16), unit(16)
    for text, color in items:
        image = _badge(text, color, unit)
        layers.append(Layer(image, x - image.shape[1], y))
        x, y = (x - image.shape[1] - unit(6), y) if in_line else (x, y + image.shape[0] + unit(6))
    return tuple(layers)


@functools.lru_cache(maxsize=32)
def _badge(text: str, color: Color | None, unit: Unit) -> Image:
    pad, dot = unit(12), unit(16) if color else 0
    canvas = ground((2 * pad + dot + width_of(text, unit(13)), unit(30)), unit)
    if color:
        canvas.dot(pad + unit(4), unit(30) / 2, unit(4.5), color)
    canvas.text(pad + dot, unit(20), text, unit(13), TEXT, bold=True)
    return canvas.image()
