"""A pad: up to four styles at the corners of a plane, mixed by where a point lies between them."""

from __future__ import annotations

import numpy as np

from live_style.control.style_map import Point
from live_style.look import Vector

MOST = 4
"""Styles on a pad."""
RIM = 0.04
"""A point this close to an edge is on it, so that a hand can hit a corner without looking."""
CORNERS = ((), ((0, 1, 2, 3),), ((0, 3), (1, 2)), ((0,), (1,), (2, 3)), ((0,), (1,), (2,), (3,)))
"""The corners of each style, by the number of styles: upper left, upper right, lower right, lower left."""
PLACES = (Point(0.0, 0.0), Point(1.0, 0.0), Point(1.0, 1.0), Point(0.0, 1.0))
"""The corners."""


def pad_weights(count: int, at: Point) -> Vector:
    """float32[count] that adds up to 1: the share of each of 1 to 4 styles at a point of 0..1 each; bilinear."""
    x, y = (min(1.0, max(0.0, (value - RIM) / (1.0 - 2.0 * RIM))) for value in at)
    corners = ((1.0 - x) * (1.0 - y), x * (1.0 - y), x * y, (1.0 - x) * y)
    return np.array([sum(corners[i] for i in own) for own in CORNERS[count]], np.float32)


def pad_places(count: int) -> tuple[Point, ...]:
    """The place to show each style: its corner, or the middle of its edge."""
    return tuple(Point(*np.mean([PLACES[i] for i in own], axis=0).tolist()) for own in CORNERS[count])
