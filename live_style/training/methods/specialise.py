"""Johnson 2016 within our system: one picture's embedding, and what it adds to the gammas, betas and gates of networks.

The networks stay as they are. A perceptual loss draws the painting towards the picture, while a pixel loss holds it by
what the network paints of the picture in one pass, whose faces people like (Dumoulin et al. 2017 have such rows).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from live_style.training.methods.averaged import difference
from live_style.training.data.filmed import filmed
from live_style.training.data.pictures import Photographs, Pixels, to_tensor
from live_style.training.export.onnx_files import in_graph, mark
from live_style.training.metrics.losses import CONTENT, USUAL_CONTENT, Vgg, content_distance, gram, patches
from live_style.training.metrics.losses import sliced_wasserstein, style_distance
from live_style.training.networks.ours import PredictorNet, Transformer

# Embeddings have a deviation of about one, gammas are about one.
RATE, OFFSETS_RATE = 0.02, 0.01
# Photographs in a step, side of a crop, photographs that judge, px by which the loss sees a painting shifted at most.
BATCH, SIZE, JUDGES, SHIFT = 2, 224, 8, 16
PATCHES = 0.5


class Weights(NamedTuple):
    """Weights of the terms that are added to the distance of features."""

    content: float
    anchor: float


class Distances(NamedTuple):
    """Means over the photographs that judge."""

    style: float
    content: float


class Fitted(NamedTuple):
    """An embedding, offsets by the marks of their networks; what one pass (before) and these (after) reach on each."""

    embedding: NDArray[np.float32]
    offsets: dict[str, NDArray[np.float32]]
    before: list[Distances]
    after: list[Distances]


class _Aim:
    """The picture as the loss sees it."""

    @torch.no_grad()
    def __init__(self, vgg: Vgg, picture: Tensor) -> None:
        self.vgg, self.features = vgg, vgg(picture)
        self.grams, self.patches = [gram(f) for f in self.features], patches(picture)

    @torch.no_grad()
    def judged(self, net: Transformer, style: Tensor, offsets: Tensor, frames: Tensor) -> Distances:
        """Gram and content distance, means over frames [N,3,H,W]."""
        with torch.autocast(frames.device.type, torch.bfloat16):
            made = net(frames, style.expand(len(frames), -1), offsets)
        found, truth = self.vgg(made), self.vgg(frames, CONTENT + 1)[CONTENT]
        return Distances(float(style_distance([gram(f) for f in found], self.grams).mean()),
                         float(content_distance(found[CONTENT], truth).mean()))

    def terms(self, made: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Distance of features and patches, and the logarithm of the content distance."""
        found = self.vgg(made)
        with torch.no_grad():
            truth = self.vgg(frames, CONTENT + 1)[CONTENT]
        near = sliced_wasserstein(found, self.features) + PATCHES * sliced_wasserstein(patches(made), self.patches)
        return near, torch.log1p(content_distance(found[CONTENT], truth) / USUAL_CONTENT).mean()


def specialise(nets: Sequence[Transformer], predictor: PredictorNet, vgg: Vgg, painting: Pixels, photos: Photographs,
               steps: int, weights: Weights, report: Callable[[int, float, float], None]) -> Fitted:
    """Fit the style of `painting` [256,256,3] on crops of photographs."""
    device = next(vgg.parameters()).device
    chance = np.random.default_rng(0)
    picture = to_tensor(painting[None], device)
    aim = _Aim(vgg, picture)
    judges = to_tensor(np.stack([photos.draw(SIZE, chance) for _ in range(JUDGES)]), device)
    with torch.no_grad():
        start = predictor(picture)
    style = start.clone().requires_grad_(True)
    offsets = [torch.zeros(1, net.affine.out_features, device=device, requires_grad=True) for net in nets]

    def judged() -> list[Distances]:
        return [aim.judged(net, style.detach(), own.detach(), judges) for net, own in zip(nets, offsets)]

    before = judged()
    for net in nets:
        net.requires_grad_(False)
    optimiser = torch.optim.Adam([{"params": [style], "lr": RATE}, {"params": offsets, "lr": OFFSETS_RATE}],
                                 betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for step in range(steps):
        near, kept, loss = _step(nets, aim, start, style, offsets, photos, weights, chance)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        report(step + 1, float(near.detach()), USUAL_CONTENT * float(kept.detach().expm1()))
    own = {mark(net): row.detach()[0].float().cpu().numpy()[in_graph(net)] for net, row in zip(nets, offsets)}
    return Fitted(style.detach()[0].float().cpu().numpy(), own, before, judged())


def _step(nets: Sequence[Transformer], aim: _Aim, start: Tensor, style: Tensor, offsets: Sequence[Tensor],
          photos: Photographs, weights: Weights, chance: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Distance, logarithm of content, and loss of one batch, means over the networks."""
    clean = np.stack([photos.draw(SIZE, chance) for _ in range(BATCH)])
    frames, noisy = (to_tensor(pixels, start.device) for pixels in (clean, filmed(clean, chance)))
    down, right = chance.integers(0, SHIFT + 1, 2)
    zoom = float(chance.choice([0.75, 1.0, 1.0, 1.25]))
    found = []
    for net, own in zip(nets, offsets):
        with torch.autocast(start.device.type, torch.bfloat16):
            made = net(noisy, style.expand(BATCH, -1), own)
            with torch.no_grad():
                once = net(frames, start.expand(BATCH, -1))
        views = [F.interpolate(x[:, :, down:SIZE - SHIFT + down, right:SIZE - SHIFT + right], scale_factor=zoom,
                               mode="bilinear", antialias=zoom < 1) for x in (made, frames)]
        near, kept = aim.terms(*views)
        found.append((near, kept, near + weights.content * kept + weights.anchor * difference(made, once)))
    near, kept, loss = (torch.stack(each).mean() for each in zip(*found))
    return near, kept, loss
