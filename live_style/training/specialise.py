"""Johnson 2016 within our system: the hundred numbers of one picture, optimised while the network stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from live_style.training.data import Pictures, Pixels
from live_style.training.finetune import TEACHER_CONTENT, TEACHER_STYLE
from live_style.training.looks import SIZE, to_tensor
from live_style.training.losses import Vgg, distances, gram
from live_style.training.networks import Predictor, Transformer

# Numbers move by hundredths: each has a deviation of 0.3 over pictures.
RATE = 0.05
# Photographs in a step, and those that judge; the mean distance of these is reported before and after.
BATCH, JUDGES = 2, 8


class Fitted(NamedTuple):
    """An embedding and the mean style and content distances of one pass (before) and of itself (after)."""

    embedding: NDArray[np.float32]
    before: tuple[float, float]
    after: tuple[float, float]


class _Aim:
    """The loss of one look against one picture."""

    def __init__(self, net: Transformer, vgg: Vgg, painting: Tensor, content: float) -> None:
        self.net, self.vgg, self.content = net, vgg, content
        with torch.no_grad():
            self.grams = [gram(f) for f in vgg(painting)]

    def __call__(self, frames: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
        with torch.autocast(frames.device.type, torch.bfloat16):
            made = self.net(frames, style.expand(len(frames), -1)).float()
        near, kept = distances(self.vgg, made, frames, self.grams)
        return near.mean(), kept.mean()


def specialise(net: Transformer, predictor: Predictor, vgg: Vgg, painting: Pixels, photos: Pictures, steps: int,
               content: float, report: Callable[[int, float, float], None]) -> Fitted:
    """Fit the embedding of `painting` [256,256,3] on crops of photographs."""
    device = next(vgg.parameters()).device
    net.requires_grad_(False)
    chance = np.random.default_rng(0)
    picture = to_tensor(painting[None], device)
    aim = _Aim(net, vgg, picture, content)
    chosen = chance.integers(len(photos), size=JUDGES)
    judges = to_tensor(np.stack([photos.square(int(i), SIZE) for i in chosen]), device)
    with torch.no_grad():
        style = predictor(picture)
        before = aim(judges, style)
    style.requires_grad_(True)
    optimiser = torch.optim.Adam([style], lr=RATE, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for step in range(steps):
        crops = np.stack([photos.crop(int(i), 192, chance) for i in chance.integers(len(photos), size=BATCH)])
        near, kept = aim(to_tensor(crops, device), style)
        loss = near / TEACHER_STYLE + content * kept / TEACHER_CONTENT
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        report(step + 1, float(near.detach()), float(kept.detach()))
    with torch.no_grad():
        after = aim(judges, style)
    numbers = style.detach()[0].float().cpu().numpy()
    return Fitted(numbers, (float(before[0]), float(before[1])), (float(after[0]), float(after[1])))
