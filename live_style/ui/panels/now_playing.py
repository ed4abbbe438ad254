"""The panel of the style that plays now: name, artist, strength, fade, and what comes next."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from dataclasses import replace
from typing import Literal

from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.canvas import Canvas
from live_style.imaging.geometry import Box
from live_style.imaging.text import width_of
from live_style.interfaces import Layer
from live_style.ui.panels.theme import ACCENT
from live_style.ui.panels.theme import ON_ACCENT
from live_style.ui.panels.theme import SOFT
from live_style.ui.panels.theme import TEXT
from live_style.ui.panels.theme import Unit
from live_style.ui.panels.theme import ground
from live_style.ui.panels.theme import meter
from live_style.ui.panels.theme import room
from live_style.ui.panels.theme import unit_of

STEPS = 100
"""The bar of a fade moves in so many steps: while it stands still nothing is drawn again."""
HEIGHT, SHORT, ROW, NARROW = 148, 122, 44, 250
"""Of the panel, and without its last line; what it is higher by, and the width below which that is so: there one slider
is below the other."""
REACH = 12
"""Pixels of the design around a slider in which a hand takes hold of it."""

Slider = Literal["strength", "fade"]
SLIDERS: tuple[Slider, ...] = ("strength", "fade")


@dataclass(frozen=True)
class NowPlaying:
    """What the panel shows."""

    number: int | None
    """Place of the style in the strip, from 1; 0 for the real picture, None for a place between styles."""
    name: str
    artist: str = ""
    year: str = ""
    upcoming: str = ""
    """Name of the style that "next" would choose; "" while the preview shows it."""
    strength: float = 1.0
    """0..1."""
    fade: float = 1.0
    """How far the running fade is, 0..1; 1: none runs."""
    seconds: float = 1.0
    """How long a fade takes."""
    length: float = 0.5
    """Where the slider of that stands, 0..1."""
    waiting: bool = False
    """Whether the fade begins on the next beat."""


def now_panel(now: NowPlaying, size: Size) -> tuple[Layer, ...]:
    """The panel in the upper left corner of a window, and along its lower edge the bar of a running fade."""
    unit = unit_of(size)
    margin, width = unit(16), room(size, unit, 340)
    panel = Layer(_panel(replace(now, fade=1.0), unit, width), margin, margin)
    step = round(now.fade * STEPS)
    if step >= STEPS:
        return (panel,)
    left, high = unit(16), unit(3)
    below = margin + panel.image.shape[0] - 2 * high
    return panel, Layer(_fade_bar(width - 2 * left, high, step), margin + left, below)


def slider_at(size: Size, x: int, y: int) -> Slider | None:
    """The slider at a point of the window."""
    unit = unit_of(size)
    margin, width, reach = unit(16), room(size, unit, 340), unit(REACH)
    for column, slider in enumerate(SLIDERS):
        box = _half(unit, width, column)
        if (-reach <= x - margin - box.x < box.width + reach
                and -2 * reach <= y - margin - box.y < box.height + reach):
            return slider
    return None


def slider_share(size: Size, slider: Slider, x: int) -> float:
    """Where a slider stands (0..1) when a hand has it at a column of the window."""
    unit = unit_of(size)
    box = _half(unit, room(size, unit, 340), SLIDERS.index(slider))
    return min(1.0, max(0.0, (x + 0.5 - unit(16) - box.x) / box.width))


@functools.lru_cache(maxsize=8)
def _panel(now: NowPlaying, unit: Unit, width: int) -> Image:
    deeper = unit(ROW) if width < unit(NARROW) else 0
    last = unit(130) + deeper
    canvas = ground((width, unit(HEIGHT if now.waiting or now.upcoming else SHORT) + deeper), unit)
    pad, inner = unit(16), width - 2 * unit(16)
    chip = Box(pad, pad, unit(30), unit(30))
    canvas.box(chip, ACCENT, unit(8))
    number = "~" if now.number is None else str(now.number)
    canvas.text(chip.x + chip.width // 2, chip.y + unit(21), number, unit(16), ON_ACCENT, bold=True, align=0.5)
    beside, left = pad + unit(42), inner - unit(42)
    credit = " · ".join(part for part in (now.artist, now.year) if part)
    # A long name is set smaller before it is cut.
    em = next((unit(n) for n in (20, 18) if width_of(now.name, unit(n)) <= left), unit(16))
    canvas.text(beside, pad + unit(15 if credit else 22), now.name, em, TEXT, bold=True, width=left)
    canvas.text(beside, pad + unit(34), credit, unit(13), SOFT, width=left)
    _slider(canvas, _half(unit, width, 0), unit, "strength", f"{now.strength * 100:.0f} %", now.strength)
    _slider(canvas, _half(unit, width, 1), unit, "fade", f"{now.seconds:g} s" if now.seconds > 0 else "cut", now.length)
    if now.waiting:
        canvas.text(pad, last, "on the next beat", unit(13), ACCENT, bold=True, width=inner)
    elif now.upcoming:
        used = canvas.text(pad, last, "next", unit(12), SOFT)
        canvas.text(pad + used + unit(8), last, f"→ {now.upcoming}", unit(13), TEXT,
                    width=inner - used - unit(8))
    return canvas.image()


def _slider(canvas: Canvas, bar: Box, unit: Unit, name: str, value: str, share: float) -> None:
    left = bar.width - width_of(value, unit(12)) - unit(6)
    canvas.text(bar.x, bar.y - unit(12), name, unit(12), SOFT, width=max(1, left))
    canvas.text(bar.x + bar.width, bar.y - unit(12), value, unit(12), TEXT, align=1.0)
    meter(canvas, bar, share, TEXT)
    canvas.dot(bar.x + share * bar.width, bar.y + bar.height / 2, unit(6), TEXT)


def _half(unit: Unit, width: int, column: int) -> Box:
    if width < unit(NARROW):
        return Box(unit(16), unit(96) + column * unit(ROW), width - 2 * unit(16), unit(4))
    gap = unit(20)
    half = (width - 2 * unit(16) - gap) // 2
    return Box(unit(16) + column * (half + gap), unit(96), half, unit(4))


@functools.lru_cache(maxsize=STEPS)
def _fade_bar(width: int, height: int, step: int) -> Image:
    canvas = Canvas((width, height))
    meter(canvas, Box(0, 0, width, height), step / STEPS, ACCENT)
    return canvas.image()
