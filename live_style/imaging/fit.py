"""Fitting a frame to the show's size."""

from __future__ import annotations

from typing import Literal

import numpy as np

from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging.geometry import crop_box
from live_style.imaging.geometry import letterbox
from live_style.imaging.opencv import resize

Fit = Literal["crop", "letterbox"]


def fit(image: Image, size: Size, how: Fit = "crop") -> Image:
    """The picture at `size`, its shape kept: the centre cut out, or black bars around it."""
    if size_of(image) == size:
        return image
    if how == "crop":
        box = crop_box(size_of(image), size)
        return resize(np.ascontiguousarray(image[box.y:box.y + box.height, box.x:box.x + box.width]), size)
    box = letterbox(size_of(image), size)
    out = np.zeros((size[1], size[0], 3), np.uint8)
    out[box.y:box.y + box.height, box.x:box.x + box.width] = resize(image, (box.width, box.height))
    return out
