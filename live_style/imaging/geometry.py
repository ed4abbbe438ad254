"""Fits a picture into a frame of another aspect ratio: cropped or letterboxed, never stretched."""

from __future__ import annotations

from typing import Literal
from typing import NamedTuple

import numpy as np

from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging.opencv import resize

Fit = Literal["crop", "letterbox"]


class Box(NamedTuple):
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int


def crop_box(size: Size, shape: Size) -> Box:
    """The largest central part of a picture of `size` with the aspect ratio of `shape`."""
    width, height = size
    if width * shape[1] > height * shape[0]:
        inner = max(1, round(height * shape[0] / shape[1]))
        return Box((width - inner) // 2, 0, inner, height)
    inner = max(1, round(width * shape[1] / shape[0]))
    return Box(0, (height - inner) // 2, width, inner)


def letterbox(size: Size, into: Size) -> Box:
    """The largest centred place inside `into` with the aspect ratio of `size`."""
    scale = min(into[0] / size[0], into[1] / size[1])
    width, height = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    return Box((into[0] - width) // 2, (into[1] - height) // 2, width, height)


def scaled_to(shape: Size, long: int) -> Size:
    """The size with the same aspect ratio whose longer side is `long`."""
    width, height = (max(1, round(side * long / max(shape))) for side in shape)
    return width, height


def fit(image: Image, size: Size, how: Fit = "crop") -> Image:
    """The picture at `size` with its aspect ratio kept: the centre cropped, or black bars around it."""
    if size_of(image) == size:
        return image
    if how == "crop":
        box = crop_box(size_of(image), size)
        return resize(np.ascontiguousarray(image[box.y:box.y + box.height, box.x:box.x + box.width]), size)
    box = letterbox(size_of(image), size)
    out = np.zeros((size[1], size[0], 3), np.uint8)
    out[box.y:box.y + box.height, box.x:box.x + box.width] = resize(image, (box.width, box.height))
    return out
