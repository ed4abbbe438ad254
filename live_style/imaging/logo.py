"""The logo of live-style: a lens of three brush strokes."""

from __future__ import annotations

import math

from live_style.frame import Image
from live_style.imaging.canvas import Canvas
from live_style.imaging.canvas import Color
from live_style.imaging.geometry import Box

STROKES: tuple[tuple[float, float, float, float, Color], ...] = (
    (0.365, 0.09, 140, 400, (255, 178, 92, 255)),
    (0.225, 0.09, 10, 275, (240, 104, 96, 255)),
    (0.095, 0.08, 190, 400, (104, 196, 198, 255)),
)
"""Radius and width in sides of the logo, from and to in degrees clockwise, colour."""
INK: Color = (24, 23, 34, 255)


def draw_mark(canvas: Canvas, x: float, y: float, side: float) -> None:
    """The brush strokes, in the square of that side whose upper left corner is at x, y."""
    for radius, width, start, end, color in STROKES:
        turn = [math.radians(start + (end - start) * i / 96) for i in range(97)]
        middle = (x + side / 2, y + side / 2)
        # Like a stroke by hand, not a circle: it ends nearer to the middle by a twelfth of its radius.
        points = tuple((middle[0] + side * radius * (1 - i / 1152) * math.cos(a),
                        middle[1] + side * radius * (1 - i / 1152) * math.sin(a)) for i, a in enumerate(turn))
        canvas.stroke(points, side * width, color)


def icon(side: int) -> Image:
    """The logo on a dark background with round corners, RGBA: for windows and task bars."""
    canvas = Canvas((side, side))
    canvas.box(Box(0, 0, side, side), INK, round(side * 0.22))
    draw_mark(canvas, 0, 0, side)
    return canvas.image()
