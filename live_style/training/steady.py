"""Frames disturbed as a camera disturbs them, for teaching a network to answer as if nothing had happened."""

from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

# Largest shift between the two windows, px: as far as what a network paints may hang on a border. With 4 px, a network
# that is to be steady paints a bright band along the border, the only thing in front of a wall that holds still.
REACH = 32
# The deviation of noise at 1, 2, 4, 8 and 16 px, in levels: video codecs leave much in squares, where white noise has
# nothing. Networks that had learned to bear white noise painted it 2.5 times as strong as it was, a clip's 7 times.
GRAIN = (0.5, 0.3, 0.25, 0.2, 0.2)
# How often the second window is shifted anyhow, how often by multiples of STEP, and how often something moves into a
# picture. Shifted by multiples, networks paint the same by themselves but near a border, and the term asks for the
# border alone; to answer any shift alike costs style: half of the pictures so gave 4 % of it for a border of 4.9 in
# place of 6.1 levels. What moves changes what is painted up to 60 px around, which is a tenth of what flickers in a
# clip, and with half of the pictures was a third of this term.
SHIFTED, STEPPED, ENTERED = 0.15, 0.35, 0.15
# What the sides of a network's pictures are multiples of, px: coring halves them three times.
STEP = 8
# How far around something that moved the answer may change, px.
MARGIN = 16


class Twin(NamedTuple):
    """Two windows of the same scenes: second[y, x] shows what first[y + down, x + right] shows, where `still`."""

    first: NDArray[np.uint8]
    second: NDArray[np.uint8]
    still: NDArray[np.bool_]
    down: int
    right: int


def compressed(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """The picture after a JPEG round trip."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def grain(size: int, chance: np.random.Generator) -> NDArray[np.float32]:
    """What two frames of a still scene differ by, [size,size,3] in levels: noise at five scales, in squares.

    Half to four times as strong as in the clips that GRAIN was measured on.
    """
    total = np.zeros((size, size, 3), np.float32)
    strength = 2 ** chance.uniform(-1, 2)
    for i, deviation in enumerate(GRAIN):
        side, count = 2 ** i, size // 2 ** i + 2
        light = chance.standard_normal((count, count, 1), np.float32)
        color = chance.standard_normal((count, count, 3), np.float32)
        down, right = (int(v) for v in chance.integers(0, side, 2))
        squares = (light + color).repeat(side, 0).repeat(side, 1)[down:down + size, right:right + size]
        total += squares * np.float32(deviation * strength)
    return total


def twins(crops: NDArray[np.uint8], chance: np.random.Generator) -> Twin:
    """Two windows REACH px smaller than the crops [N,S,S,3].

    The second is noisy, compressed, a little brighter or darker, sometimes shifted: about as much as between two
    frames of a webcam, as larger disturbances would drown these. In some pictures something else moves into
    view, as instance norms carry that into areas that did not change.
    """
    size = crops.shape[1] - REACH
    down, right = _shift(chance)
    first = crops[:, :size, :size]
    second = crops[:, down:down + size, right:right + size].astype(np.float32)
    still = np.ones((len(crops), size, size), np.bool_)
    for i in range(len(crops)):
        if chance.random() < ENTERED:
            _enter(second[i], crops[(i + 1) % len(crops)], still[i], chance)
        second[i] *= 1 + chance.normal(0, 0.003)
        second[i] += grain(size, chance)
    bytes_ = (second + 0.5).clip(0, 255).astype(np.uint8)
    for i in range(len(crops)):
        if chance.random() < 0.35:
            bytes_[i] = compressed(bytes_[i], int(chance.integers(80, 97)))
    return Twin(first, bytes_, still, down, right)


def _shift(chance: np.random.Generator) -> tuple[int, int]:
    kind = chance.random()
    if kind >= SHIFTED + STEPPED:
        return 0, 0
    step = 1 if kind < SHIFTED else STEP
    down, right = (step * int(v) for v in chance.integers(0, REACH // step + 1, 2))
    return down, right


def _enter(frame: NDArray[np.float32], other: NDArray[np.uint8], still: NDArray[np.bool_],
           chance: np.random.Generator) -> None:
    """Put an ellipse of another picture into the frame and mark it, with its margin, as not still."""
    size = frame.shape[0]
    y, x = np.ogrid[:size, :size]
    cy, cx = chance.uniform(0, size, 2)
    ry, rx = chance.uniform(0.1, 0.35, 2) * size
    inside = ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2 < 1
    frame[inside] = other[:size, :size][inside]
    still[((y - cy) / (ry + MARGIN)) ** 2 + ((x - cx) / (rx + MARGIN)) ** 2 < 1] = False


def unsteadiness(first: Tensor, second: Tensor, twin: Twin) -> Tensor:
    """Mean absolute difference of the two answers where the scene is still, compared place by place."""
    down, right = twin.down, twin.right
    height, width = first.shape[2] - down, first.shape[3] - right
    change = (first[:, :, down:, right:] - second[:, :, :height, :width]).abs().mean(1)
    still = torch.from_numpy(twin.still[:, :height, :width].astype(np.float32)).to(first.device)
    # Up to the border: what one window ends at is the middle of the other, and is to be painted alike.
    return (change * still).sum() / still.sum().clamp(min=1)
