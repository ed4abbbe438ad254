"""What a network paints along the border because the picture ends there."""

from __future__ import annotations

import numpy as np

from live_style.training.data import Pixels
from live_style.training.luma import luma

# How much more of the scene the whole frame shows on each side, and how far from the border is looked at, px.
MORE, DEEP = 32, 32


def inner(frame: Pixels) -> Pixels:
    """A frame without its outermost MORE px."""
    return np.ascontiguousarray(frame[MORE:-MORE, MORE:-MORE])


def border(whole: Pixels, cut: Pixels) -> float:
    """Mean absolute luma difference, levels, of the paintings of a frame and of its `inner`, within DEEP px of the
    border of the latter: a network that paints as if the picture went on has none but for its instance norms."""
    apart = np.abs(luma(inner(whole)) - luma(cut))
    beside = np.ones(apart.shape, np.bool_)
    beside[DEEP:-DEEP, DEEP:-DEEP] = False
    return float(apart[beside].mean())
