"""What all panels share: colours, units and backgrounds."""

from __future__ import annotations

import functools
from typing import NamedTuple

from live_style.frame import Size
from live_style.imaging.canvas import Canvas
from live_style.imaging.canvas import Color
from live_style.imaging.geometry import Box

GROUND: Color = (14, 15, 20, 212)
DEEP: Color = (14, 15, 20, 242)
"""The background of text that must be readable over any picture."""
EDGE: Color = (255, 255, 255, 26)
TEXT: Color = (246, 246, 248, 255)
SOFT: Color = (246, 246, 248, 170)
FAINT: Color = (246, 246, 248, 48)
ACCENT: Color = (255, 178, 92, 255)
READY: Color = (124, 216, 158, 255)
"""What is chosen but not live yet: green, as on video mixers."""
ON_ACCENT: Color = (30, 20, 8, 255)
ALARM: Color = (255, 92, 92, 255)


class Unit(NamedTuple):
    """How large a pixel of the design (drawn for 1280x720) is in a window."""

    scale: float

    def __call__(self, length: float) -> int:
        """A length of the design in window pixels, at least 1."""
        return max(1, round(length * self.scale))


@functools.lru_cache(maxsize=8)
def unit_of(size: Size) -> Unit:
    """The unit for a window: text stays legible in small windows and does not grow too large in large ones."""
    return Unit(max(0.8, min(size[0] / 1280, size[1] / 720) ** 0.85))


def room(size: Size, unit: Unit, wanted: float) -> int:
    """Width for a panel that would like `wanted`: what the window has between its margins, never nothing."""
    return max(unit(160), min(unit(wanted), size[0] - 2 * unit(16)))


def ground(size: Size, unit: Unit, color: Color = GROUND) -> Canvas:
    """A canvas with a translucent dark panel over all of it."""
    return _ground(size, unit, color).copy()


@functools.lru_cache(maxsize=16)
def _ground(size: Size, unit: Unit, color: Color) -> Canvas:
    canvas = Canvas(size)
    radius = unit(12)
    canvas.box(Box(0, 0, *size), color, radius)
    canvas.frame(Box(0, 0, *size), EDGE, radius, unit(1))
    return canvas


def meter(canvas: Canvas, box: Box, share: float, color: Color) -> None:
    """A thin bar that is filled to a share of 0..1."""
    canvas.box(box, FAINT, box.height // 2)
    filled = round(box.width * min(1.0, max(0.0, share)))
    if filled > 0:
        canvas.box(box._replace(width=max(box.height, filled)), color, box.height // 2)
