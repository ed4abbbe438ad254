"""Frames as a camera and a codec give them: what differs from frame to frame although nothing moves."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from live_style.training.data.pictures import Pixels

# Largest deviation of the noise, in levels, by the side of its squares in px. A sensor's noise is fine, but a codec
# keeps or drops what fills its blocks: networks that knew fine noise only answered a codec's with five times as much.
NOISE = ((16, 1.5), (8, 2.0), (4, 2.5), (2, 3.0), (1, 5.0))
BLOCK = 16
# Share of the frames that are compressed, and how well.
COMPRESSED, QUALITY = 0.5, (40, 96)


def filmed(pictures: Pixels, chance: np.random.Generator) -> Pixels:
    """Pictures [N,H,W,3] with noise, and some compressed; H and W are multiples of 4."""
    noisy = (pictures + _noise(pictures.shape, chance) + 0.5).clip(0, 255).astype(np.uint8)
    return np.stack([_compressed(each, chance) if chance.random() < COMPRESSED else each for each in noisy])


def _noise(shape: tuple[int, ...], chance: np.random.Generator) -> NDArray[np.float32]:
    count, height, width, colours = shape
    planes = np.zeros((count, -(-height // BLOCK), -(-width // BLOCK), colours), np.float32)
    # A codec changes some of its blocks at a time.
    changed = chance.random((*planes.shape[:3], 1)) < chance.random((count, 1, 1, 1))
    for side, most in NOISE:
        if side < BLOCK:
            planes = planes.repeat(2, axis=1).repeat(2, axis=2)[:, :-(-height // side), :-(-width // side)]
            changed = changed.repeat(2, axis=1).repeat(2, axis=2)[:, :planes.shape[1], :planes.shape[2]]
        share = (most * chance.random((count, 1, 1, 1))).astype(np.float32)
        planes += chance.standard_normal(planes.shape, np.float32) * (share if side == 1 else share * changed)
    return planes


def _compressed(picture: Pixels, chance: np.random.Generator) -> Pixels:
    """As JPEG, its blocks anywhere."""
    down, right = (int(v) for v in chance.integers(0, 8, 2))
    file = io.BytesIO()
    Image.fromarray(picture[down:, right:]).save(file, "JPEG", quality=int(chance.integers(*QUALITY)))
    out = picture.copy()
    out[down:, right:] = np.asarray(Image.open(file))
    return out
