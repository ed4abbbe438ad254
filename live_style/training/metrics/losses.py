"""Perceptual distances on VGG-16 features with average pooling: sliced Wasserstein and Gram for style, one for content.

Average pooling in place of the published maximum: a picture optimised through maxima gets dirty faces and a weave.
"""

from __future__ import annotations

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
# What Magenta's mobile network reaches on held-out pairs: terms of a loss are given as shares of it.
USUAL_STYLE, USUAL_CONTENT = 0.272, 0.774


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
            x = F.avg_pool2d(x, 2) if block else x
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


def sliced_wasserstein(features: list[Tensor], targets: list[Tensor], directions: int = 32,
                       points: int = 2048) -> Tensor:
    """Mean over the layers of the sliced Wasserstein distance (Heitz et al. 2021) to the features of one picture.

    features, targets: [N,C,H,W] and [1,C,H',W'] for each layer. A layer's distance is divided by the variance of its
    targets; each call draws new directions and places.
    """
    total = torch.zeros((), device=features[0].device)
    for ours, theirs in zip(features, targets):
        ours, theirs = ours.float().flatten(2), theirs.float().flatten(2)
        count = min(points, ours.shape[2], theirs.shape[2])
        onto = F.normalize(torch.randn(directions, ours.shape[1], device=ours.device), dim=1)
        sides = [torch.sort(onto @ x[:, :, torch.randperm(x.shape[2], device=x.device)[:count]], dim=2).values
                 for x in (ours, theirs)]
        total = total + (sides[0] - sides[1]).square().mean() / theirs.var(2).mean()
    return total / len(features)


def patches(picture: Tensor, sides: tuple[int, ...] = (1, 2, 4)) -> list[Tensor]:
    """All 5x5 patches of colours of a picture [N,3,H,W] at some sizes (halved, quartered ...), [N,75,H',W'] each."""
    found = []
    for side in sides:
        small = F.avg_pool2d(picture, side) if side > 1 else picture
        n, _, height, width = small.shape
        found.append(F.unfold(small, 5).reshape(n, 75, height - 4, width - 4))
    return found


def variation(picture: Tensor) -> Tensor:
    """Mean absolute step between neighbours, across plus down."""
    across = (picture[..., :, 1:] - picture[..., :, :-1]).abs().mean()
    return across + (picture[..., 1:, :] - picture[..., :-1, :]).abs().mean()
