"""Perceptual training of the predictor: what the transformers paint with its embeddings comes closer to the picture."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from itertools import cycle
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from live_style.training.data import Pictures, Pixels
from live_style.training.finetune import TEACHER_CONTENT, TEACHER_STYLE
from live_style.training.looks import SIZE, Looks, to_tensor
from live_style.training.losses import distances
from live_style.training.networks import Transformer
from live_style.training.run import Run, ahead

# Transformers know only embeddings like those they were trained on: how dear it is to leave the first ones.
LEASH = 0.02


class Sitting(NamedTuple):
    """Windows of photographs and, for each, as many style pictures in a row."""

    photographs: Pixels
    pictures: Pixels
    looks: list[int]


def make_sitting(photos: Pictures, looks: Looks, pairs: tuple[int, int], size: int,
                 chance: np.random.Generator) -> Sitting:
    """pairs = (photographs, style pictures for each)."""
    crops = [photos.crop(int(i), size, chance) for i in chance.integers(len(photos), size=pairs[0])]
    chosen = chance.choice(looks.order, size=pairs[0] * pairs[1]).tolist()
    return Sitting(np.stack(crops), np.stack([looks.pictures.square(i, SIZE) for i in chosen]), chosen)


class Answer(NamedTuple):
    """The terms of the loss, each a scalar."""

    style: Tensor
    content: Tensor
    moved: Tensor


def measure(run: Run, net: Transformer, looks: Looks, sitting: Sitting) -> Answer:
    """Embed the style pictures, paint the photographs with them, and measure what comes out."""
    device = looks.device
    each = len(sitting.looks) // len(sitting.photographs)
    style = run.net(to_tensor(sitting.pictures, device))
    frames = to_tensor(sitting.photographs, device)
    with torch.autocast(device.type, torch.bfloat16):
        made = net(frames.repeat_interleave(each, 0), style).float()
    near, kept = distances(looks.vgg, made, frames, looks.grams(sitting.looks))
    return Answer(near.mean(), kept.mean(), (style - looks.embeddings[sitting.looks]).square().mean())


def embed(run: Run, nets: Sequence[Transformer], photos: Pictures, looks: Looks, content: float, size: int,
          pairs: tuple[int, int]) -> None:
    """Train the predictor `run.net` until the run has seen all its crops; the transformers take turns, and stay."""
    chance = np.random.default_rng(run.crops + 1)
    for net in nets:
        net.requires_grad_(False)
    with closing(ahead(lambda: make_sitting(photos, looks, pairs, size, chance))) as sittings:
        for net, sitting in zip(cycle(nets), sittings):
            if not run.unfinished:
                break
            parts = measure(run, net, looks, sitting)
            loss = parts.style / TEACHER_STYLE + content * parts.content / TEACHER_CONTENT + LEASH * parts.moved
            run.step(loss, len(sitting.looks), parts._asdict())
