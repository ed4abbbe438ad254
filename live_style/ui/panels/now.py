"""The panel of the style that plays now: name, artist, strength, fade, and what comes next."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from dataclasses import replace

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


@dataclass(frozen=True)
class Now:
    """What the panel shows."""

    number: int | None
    """Place of the style in the strip, from 1; 0 for the real picture, None for a place between styles."""
    name: str
    artist: str = ""
    year: str = ""
    upcoming: str = ""
    """Name of the style that "next" would choose."""
    strength: float = 1.0
    """0..1."""
    fade: float = 1.0
    """How far the running fade is, 0..1; 1: none runs."""
    seconds: float = 1.0
    """How long a fade takes."""


def now_panel(now: Now, size: Size) -> tuple[Layer, ...]:
    """The panel in the upper left corner of a window, and over it the bar of a running fade."""
    unit = unit_of(size)
    margin, width = unit(16), room(size, unit, 340)
    panel = Layer(_panel(replace(now, fade=1.0), unit, width), margin, margin)
    step = round(now.fade * STEPS)
    if step >= STEPS:
        return (panel,)
    place = _fade_box(unit, width)
    return panel, Layer(_fade_bar(place.width, place.height, step), margin + place.x, margin + place.y)


@functools.lru_cache(maxsize=8)
def _panel(now: Now, unit: Unit, width: int) -> Image:
    canvas = ground((width, unit(148)), unit)
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
    strength = _half(unit, width, 0)
    _label(canvas, strength, unit, "strength", f"{now.strength * 100:.0f} %")
    meter(canvas, strength, now.strength, TEXT)
    fade = _fade_box(unit, width)
    _label(canvas, fade, unit, "fade", f"{now.seconds:g} s" if now.seconds > 0 else "cut")
    meter(canvas, fade, 0.0, ACCENT)
    if now.upcoming:
        used = canvas.text(pad, unit(130), "next", unit(12), SOFT)
        canvas.text(pad + used + unit(8), unit(130), f"→ {now.upcoming}", unit(13), TEXT,
                    width=inner - used - unit(8))
    return canvas.image()


def _label(canvas: Canvas, bar: Box, unit: Unit, name: str, value: str) -> None:
    canvas.text(bar.x, bar.y - unit(8), name, unit(12), SOFT)
    canvas.text(bar.x + bar.width, bar.y - unit(8), value, unit(12), TEXT, align=1.0)


def _half(unit: Unit, width: int, column: int) -> Box:
    gap = unit(20)
    half = (width - 2 * unit(16) - gap) // 2
    return Box(unit(16) + column * (half + gap), unit(96), half, unit(4))


def _fade_box(unit: Unit, width: int) -> Box:
    return _half(unit, width, 1)


@functools.lru_cache(maxsize=STEPS)
def _fade_bar(width: int, height: int, step: int) -> Image:
    canvas = Canvas((width, height))
    meter(canvas, Box(0, 0, width, height), step / STEPS, ACCENT)
    return canvas.image()
