"""Perceptual distances on VGG-16 features: Gram matrices for style, relu3_3 for content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

# Convolutions of each of the four blocks; features are read after the last ReLU of a block.
BLOCKS = (2, 2, 3, 3)
CONTENT = 2
# Channel means of the training pictures, RGB, 0..255.
MEANS = (123.68, 116.779, 103.939)


class Vgg(nn.Module):
    """Picture [N,3,H,W] RGB 0..1 -> features after relu1_2, relu2_2, relu3_3, relu4_3."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.convs = nn.ModuleList()
        inputs = 3
        with np.load(file) as found:
            for block, count in enumerate(BLOCKS, start=1):
                for i in range(1, count + 1):
                    weight = torch.from_numpy(found[f"conv{block}_{i}_w"].astype(np.float32))
                    bias = torch.from_numpy(found[f"conv{block}_{i}_b"].astype(np.float32))
                    if inputs == 3:
                        weight = weight.flip(1)
                    conv = nn.Conv2d(inputs, len(bias), 3, padding=1)
                    conv.load_state_dict({"weight": weight, "bias": bias})
                    self.convs.append(conv)
                    inputs = len(bias)
        self.register_buffer("means", torch.tensor(MEANS)[:, None, None], persistent=False)
        self.requires_grad_(False)

    def forward(self, picture: Tensor, depth: int = len(BLOCKS)) -> list[Tensor]:
        x = (picture * 255 - cast(Tensor, self.means)).to(cast(nn.Conv2d, self.convs[0]).weight.dtype)
        features, convs = [], iter(self.convs)
        for block, count in enumerate(BLOCKS[:depth]):
            x = F.max_pool2d(x, 2) if block else x
            for _ in range(count):
                x = F.relu(next(convs)(x))
            features.append(x)
        return features


def gram(features: Tensor) -> Tensor:
    """F F^T / (h w) of each picture, [N,C,C] float32."""
    flat = features.flatten(2) * (features.shape[2] * features.shape[3]) ** -0.5
    return torch.bmm(flat, flat.transpose(1, 2)).float()


def style_distance(grams: list[Tensor], targets: list[Tensor]) -> Tensor:
    """Mean over the layers of |G - T|^2 / |T|^2, for each picture [N]."""
    parts = []
    for ours, theirs in zip(grams, targets):
        theirs = theirs.float()
        parts.append((ours - theirs).square().sum((1, 2)) / theirs.square().sum((1, 2)))
    return torch.stack(parts).mean(0)


def content_distance(features: Tensor, targets: Tensor) -> Tensor:
    """|F - T|^2 / |T|^2 of relu3_3 features, for each picture [N]."""
    targets = targets.float()
    return (features.float() - targets).square().sum((1, 2, 3)) / targets.square().sum((1, 2, 3))


def distances(vgg: Callable[..., list[Tensor]], made: Tensor, frames: Tensor,
              aims: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Style distance to Gram matrices and content distance to the frames, for each painting [N].

    made: the same number of paintings for each frame, one after the other.
    """
    features = vgg(made)
    with torch.no_grad():
        truth = vgg(frames, CONTENT + 1)[CONTENT].repeat_interleave(len(made) // len(frames), 0)
    return style_distance([gram(f) for f in features], aims), content_distance(features[CONTENT], truth)


def variation(picture: Tensor) -> Tensor:
    """Mean absolute step between neighbours, across plus down."""
    across = (picture[..., :, 1:] - picture[..., :, :-1]).abs().mean()
    return across + (picture[..., 1:, :] - picture[..., :-1, :]).abs().mean()
