"""Brightness as eyes weigh the colours: what flicker, borders and grids are measured in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live_style.training.data.pictures import Pixels

# Shares of red, green and blue (ITU-R BT.601).
LUMA = (0.299, 0.587, 0.114)


def luma(frame: Pixels) -> NDArray[np.float32]:
    """Brightness [H,W] of a frame [H,W,3], levels 0..255."""
    return np.asarray(frame.astype(np.float32) @ np.array(LUMA, np.float32))
