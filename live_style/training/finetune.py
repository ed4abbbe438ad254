"""Perceptual fine-tuning of a transformer: style, content and steadiness, as Johnson 2016 and Ghiasi 2017 do it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from live_style.training.batches import batches
from live_style.training.data import Pictures
from live_style.training.grid import lattice
from live_style.training.looks import Looks, to_tensor
from live_style.training.losses import Vgg, distances, variation
from live_style.training.run import Run
from live_style.training.steady import REACH, Twin, twins, unsteadiness
from live_style.training.tone import tone

# Distances of the network to beat: they bring the terms of the loss to one scale.
TEACHER_STYLE, TEACHER_CONTENT = 0.272, 0.774


class Batch(NamedTuple):
    """Windows of photographs and, for each, as many looks in a row: two mixed by `share`, times `strength`."""

    twin: Twin
    looks: list[int]
    others: list[int]
    share: NDArray[np.float32]
    strength: NDArray[np.float32]


def make_batch(photos: Pictures, looks: list[int], pairs: tuple[int, int], size: int,
               chance: np.random.Generator) -> Batch:
    """pairs = (photographs, looks for each). One look in six is a mix of two, one in six is weaker than 1."""
    count = pairs[0] * pairs[1]
    chosen = chance.integers(len(photos), size=pairs[0])
    crops = np.stack([photos.crop(int(i), size + REACH, chance) for i in chosen])
    twin = twins(crops, chance)
    mixed = chance.random(count) < 1 / 6
    weaker = chance.random(count) < 1 / 6
    share = np.where(mixed, chance.random(count), 0.0).astype(np.float32)
    strength = np.where(weaker, chance.uniform(0.3, 1.0, count), 1.0).astype(np.float32)
    first, second = (chance.choice(looks, size=count).tolist() for _ in range(2))
    return Batch(twin, first, [b if m else a for a, b, m in zip(first, second, mixed)], share, strength)


class Answer(NamedTuple):
    """The terms of the loss, each a scalar, named as their weights; content as log(1 + distance / the teacher's)."""

    style: Tensor
    content: Tensor
    variation: Tensor
    steady: Tensor
    grid: Tensor
    tone: Tensor


class Weights(NamedTuple):
    """What each term of the loss counts."""

    content: float = 0.55
    variation: float = 0.3
    steady: float = 8.0
    grid: float = 20.0
    tone: float = 0.3

    def loss(self, parts: Answer) -> Tensor:
        """The one number that training lowers."""
        return (parts.style / TEACHER_STYLE + self.content * parts.content
                + self.variation * parts.variation + self.steady * parts.steady
                + self.grid * parts.grid + self.tone * parts.tone)


def aims(looks: Looks, batch: Batch) -> list[Tensor]:
    """The Gram matrices that a batch's paintings are to have, one tensor [N,C,C] for each layer."""
    share = torch.from_numpy(batch.share).to(looks.device)[:, None, None]
    return [torch.lerp(a.float(), b.float(), share)
            for a, b in zip(looks.grams(batch.looks), looks.grams(batch.others))]


def measure(net: Callable[[Tensor, Tensor], Tensor], vgg: Vgg, styles: Tensor, grams: list[Tensor],
            batch: Batch) -> Answer:
    """Run the network on the photographs and measure what comes out.

    styles: embeddings [2 N,100] of the batch's looks, then of its others; grams: those they are to have, see `aims`.
    Only the first look of each photograph is tried on its second window too: steadiness costs no VGG, but a whole
    pass of the network.
    """
    device = styles.device
    each = len(batch.looks) // len(batch.twin.first)
    share = torch.from_numpy(batch.share).to(device)[:, None]
    strength = torch.from_numpy(batch.strength).to(device)
    own, other = styles.chunk(2)
    style = torch.lerp(own, other, share) * strength[:, None]
    frames, disturbed = to_tensor(batch.twin.first, device), to_tensor(batch.twin.second, device)
    with torch.autocast(device.type, torch.bfloat16):
        shown = torch.cat([frames.repeat_interleave(each, 0), disturbed])
        made = net(shown.contiguous(memory_format=torch.channels_last), torch.cat([style, style[::each]])).float()
    first, second = torch.split(made, [len(style), len(disturbed)])
    near, kept = distances(vgg, first, frames, grams)
    # Any stroke outweighs the few features of an empty photograph, ten times and more: as they are, such pairs would
    # carry the mean, and the others leave their photographs for the style's sake. The logarithm asks shares of all.
    # A weaker look asks less of the style and more of the content.
    kept = torch.log1p(kept / TEACHER_CONTENT) * (1 + 4 * (1 - strength))
    steady = unsteadiness(first[::each], second, batch.twin)
    truth = shown[:len(style)]
    return Answer((near * strength).mean(), kept.mean(), variation(first), steady, lattice(truth, first),
                  tone(truth, first).mean())


def finetune(run: Run, net: Callable[[Tensor, Tensor], Tensor], photos: Pictures, looks: Looks, weights: Weights,
             size: int, pairs: tuple[int, int], workers: int = 0) -> None:
    """Train until the run has seen all its crops. `net` is run.net, or its compiled form."""
    made = batches(partial(make_batch, photos, looks.order, pairs, size), run.seed(), workers)
    while run.unfinished:
        batch = next(made)
        styles = looks.embeddings[batch.looks + batch.others]
        parts = measure(net, looks.vgg, styles, aims(looks, batch), batch)
        run.step(weights.loss(parts), len(batch.looks), parts._asdict())
