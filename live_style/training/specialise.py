"""Johnson 2016 within our system: one picture's embedding, and what it adds to the conditional norms of some networks.

The networks stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from live_style.training.data import Pictures, Pixels
from live_style.training.export import in_graph, mark
from live_style.training.finetune import TEACHER_CONTENT, Weights, make_batch, measure
from live_style.training.looks import SIZE, to_tensor
from live_style.training.losses import Vgg, distances, gram
from live_style.training.networks import Predictor, Transformer

# Numbers of an embedding move by hundredths: each has a deviation of 0.3 over pictures. Scales are about 1.
RATE, NORMS_RATE = 0.05, 0.02
# Photographs in a step, and those that judge; the mean distance of these is reported before and after. One in a step
# and twice the steps bring more in the same time: a style hard to fit came 15 and 20 % closer in place of 13 and 18.
BATCH, JUDGES = 1, 8


class Distances(NamedTuple):
    """Means over the photographs that judge."""

    style: float
    content: float


class Fitted(NamedTuple):
    """An embedding, norms by the marks of their networks; what one pass (before) and these (after) reach on each."""

    embedding: NDArray[np.float32]
    norms: dict[str, NDArray[np.float32]]
    before: list[Distances]
    after: list[Distances]


@torch.no_grad()
def _judged(net: Callable[[Tensor, Tensor], Tensor], vgg: Vgg, style: Tensor, frames: Tensor,
            grams: list[Tensor]) -> Distances:
    """Means over the photographs [N,3,H,W], painted in the look [1,100]."""
    with torch.autocast(frames.device.type, torch.bfloat16):
        made = net(frames, style.expand(len(frames), -1))
    near, kept = distances(vgg, made.float(), frames, grams)
    return Distances(float(near.mean()), float(kept.mean()))


def specialise(nets: Sequence[Transformer], predictor: Predictor, vgg: Vgg, painting: Pixels, photos: Pictures,
               steps: int, weights: Weights, report: Callable[[int, float, float], None]) -> Fitted:
    """Fit the look of `painting` [256,256,3] on crops of photographs, by the whole loss that networks learn by."""
    # On style and content alone it comes closer still, but paints meshes over walls, and flickers half as much again.
    device = next(vgg.parameters()).device
    chance = np.random.default_rng(0)
    picture = to_tensor(painting[None], device)
    chosen = chance.integers(len(photos), size=JUDGES)
    judges = to_tensor(np.stack([photos.square(int(i), SIZE) for i in chosen]), device)
    with torch.no_grad():
        style, aim = predictor(picture), [gram(f) for f in vgg(picture)]
    norms = [torch.zeros(1, net.look.out_features, device=device) for net in nets]

    def judged() -> list[Distances]:
        return [_judged(partial(net.forward, fitted=added), vgg, style, judges, aim) for net, added in zip(nets, norms)]

    before = judged()
    for net in nets:
        net.requires_grad_(False)
    optimiser = torch.optim.Adam([{"params": [style.requires_grad_(True)], "lr": RATE},
                                  {"params": [added.requires_grad_(True) for added in norms], "lr": NORMS_RATE}],
                                 betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for step in range(steps):
        batch = make_batch(photos, [0], (BATCH, 1), SIZE, chance)._replace(strength=np.ones(BATCH, np.float32))
        parts = [measure(partial(net.forward, fitted=added), vgg, style.expand(2 * BATCH, -1), aim, batch)
                 for net, added in zip(nets, norms)]
        near, kept = (torch.stack([getattr(each, term) for each in parts]).mean() for term in ("style", "content"))
        loss = torch.stack([weights.loss(each) for each in parts]).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        # The loss has the logarithm of content; a person reads distances.
        report(step + 1, float(near.detach()), TEACHER_CONTENT * float(kept.detach().expm1()))
    # Levelled, as the graph adds them as they are.
    own = {mark(net): net.level(added.detach()[0]).float().cpu().numpy()[in_graph(net)]
           for net, added in zip(nets, norms)}
    return Fitted(style.detach()[0].float().cpu().numpy(), own, before, judged())
