"""Colour grading: paintings of one pass with the light, dark and colours in which people would rather show them.

A grade belongs to the style and not to the frame: it is worked out once, from the painting and from what the network
paints of a sheet of photographs, so that the same grey becomes the same colour in every frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from live_style.training.methods.averaged import recoloured
from live_style.training.methods.palette import colour_map
from live_style.training.metrics.luma import LUMA

Name = Literal["vivid", "palette", "contrast", "plain"]
Grade = Callable[[Tensor], Tensor]
"""Pictures [N,3,H,W] in 0..1 -> the same, graded."""

# Luma, and blue and red less luma (ITU-R BT.601).
_YCC = torch.tensor([LUMA, (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)])
# Shares of the stretch to full light and dark, of an S-curve, and of all chroma, in `vivid`.
LEVELS, CURVE, CHROMA = 0.5, 0.3, 1.25
# No range of luma is stretched as if it were narrower.
NARROWEST = 0.35
# Share of the way to the painting's colours in `palette`.
PALETTE = 0.7
# Least and most luma that is left as it is; what is beyond comes closer and closer to 0 and 1.
DARK, LIGHT = 0.07, 0.92
# How much steeper logits become in dark places, if the painting's luma deviates by 0.22 or more; in light places 0.4 of
# it, as skin is light.
STEEPER, IN_LIGHT = 0.4, 0.4


def grade(name: Name, painted: Tensor, painting: Tensor) -> Grade:
    """The grade for a painting [1,3,H,W], from what a network paints of photographs [N,3,H,W] in its style."""
    if name == "vivid":
        return _vivid(painted)
    if name == "palette":
        return _palette(painted, painting)
    return _contrast(painting, STEEPER) if name == "contrast" else lambda pictures: pictures


def partly(full: Grade, amount: float) -> Grade:
    """Some of a grade: 0 leaves pictures as they are, 1 grades them fully."""
    return lambda pictures: pictures + amount * (full(pictures) - pictures)


def _vivid(painted: Tensor) -> Grade:
    low, high = torch.quantile(_ycc(painted)[:, 0].flatten()[::4], torch.tensor([0.01, 0.99]).to(painted)).tolist()

    def graded(pictures: Tensor) -> Tensor:
        luma, *chroma = _ycc(pictures).unbind(1)
        stretched = luma + LEVELS * ((luma - low) / max(high - low, NARROWEST) - luma)
        light = _kneed(stretched).clamp(0, 1)
        light = light + CURVE * (light * light * (3 - 2 * light) - light)
        return _rgb(torch.stack([light, *(CHROMA * plane for plane in chroma)], dim=1))

    return graded


def _palette(painted: Tensor, painting: Tensor) -> Grade:
    ours, theirs = (_levels(picture) for picture in (painted, painting))
    moves = torch.from_numpy(colour_map(ours, theirs))[None].to(painted)
    contrast = _contrast(painting, STEEPER / 2)

    def graded(pictures: Tensor) -> Tensor:
        moved = pictures + PALETTE * (recoloured(pictures, moves) - pictures)
        luma, *chroma = _ycc(moved).unbind(1)
        return contrast(_rgb(torch.stack([_kneed(luma), *chroma], dim=1)))

    return graded


def _contrast(painting: Tensor, steeper: float) -> Grade:
    luma = _ycc(painting)[:, 0]
    middle = 0.5 * float(torch.logit(luma.median(), eps=0.05).clamp(-0.8, 0.8))
    more = steeper * float(((luma.std() - 0.1) / 0.12).clamp(0, 1))

    def graded(pictures: Tensor) -> Tensor:
        apart = torch.logit(pictures, eps=0.002) - middle
        return torch.sigmoid(middle + apart * torch.where(apart > 0, 1 + IN_LIGHT * more, 1 + more))

    return graded


def _ycc(pictures: Tensor) -> Tensor:
    return torch.einsum("ij,njhw->nihw", _YCC.to(pictures), pictures)


def _rgb(planes: Tensor) -> Tensor:
    return torch.einsum("ij,njhw->nihw", torch.linalg.inv(_YCC).to(planes), planes).clamp(0, 1)


def _kneed(luma: Tensor) -> Tensor:
    luma = torch.where(luma > LIGHT, LIGHT + (1 - LIGHT) * torch.tanh((luma - LIGHT) / (1 - LIGHT)), luma)
    return torch.where(luma < DARK, DARK + DARK * torch.tanh((luma - DARK) / DARK), luma)


def _levels(pictures: Tensor) -> np.ndarray:
    """[N*H,W,3] uint8"""
    return (pictures.permute(0, 2, 3, 1).flatten(0, 1).cpu().numpy() * 255).round().astype(np.uint8)
