"""A style of one picture: its embedding, and what it adds to the gammas, betas and gates of networks.

The networks stay as they are (Dumoulin et al. 2017 have such rows). A pixel loss leads to what a network paints of the
picture in one pass, graded: people choose it over one pass. With a weight, a perceptual loss draws closer to the
picture itself (Johnson et al. 2016), at the cost of faces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from live_style.training.methods.averaged import difference
from live_style.training.methods.grading import Grade, Name, grade, partly
from live_style.training.data.filmed import filmed
from live_style.training.data.pictures import Photographs, Pixels, to_tensor
from live_style.training.export.onnx_files import in_graph
from live_style.training.metrics.losses import CONTENT, USUAL_CONTENT, Vgg, content_distance, gram, patches
from live_style.training.metrics.losses import sliced_wasserstein
from live_style.training.networks.ours import PredictorNet, Transformer

# Gammas are about one.
RATE = 0.01
# Photographs in a step, side of a crop, photographs that judge and that a grade is worked out from, px by which the
# perceptual loss sees a painting shifted at most.
BATCH, SIZE, JUDGES, SHIFT = 2, 224, 8, 16
PATCHES = 0.5
CONTENT_WEIGHT = 0.05


class Wanted(NamedTuple):
    """What a style is fitted to."""

    grade: Name
    amount: float
    """Of the grade: 0 leaves the pictures of one pass, 1 grades them fully."""
    closer: float
    """Weight of the perceptual loss; 0: none, and `Vgg` is not needed."""


class Fitted(NamedTuple):
    """An embedding, offsets by the marks of their networks, and how far from the target, in levels, each network paints
    in one pass (before) and with the offsets (after)."""

    embedding: NDArray[np.float32]
    offsets: dict[str, NDArray[np.float32]]
    before: list[float]
    after: list[float]


class _Aim:
    """The picture as the perceptual loss sees it."""

    @torch.no_grad()
    def __init__(self, vgg: Vgg, picture: Tensor) -> None:
        self.vgg, self.features = vgg, vgg(picture)
        self.grams, self.patches = [gram(f) for f in self.features], patches(picture)

    def loss(self, made: Tensor, frames: Tensor, chance: np.random.Generator) -> Tensor:
        """Distance of features and patches, and the logarithm of the content distance, of a shifted and scaled part."""
        down, right = chance.integers(0, SHIFT + 1, 2)
        zoom = float(chance.choice([0.75, 1.0, 1.0, 1.25]))
        made, frames = (F.interpolate(x[:, :, down:SIZE - SHIFT + down, right:SIZE - SHIFT + right], scale_factor=zoom,
                                      mode="bilinear", antialias=zoom < 1) for x in (made, frames))
        found = self.vgg(made)
        with torch.no_grad():
            truth = self.vgg(frames, CONTENT + 1)[CONTENT]
        near = sliced_wasserstein(found, self.features) + PATCHES * sliced_wasserstein(patches(made), self.patches)
        return near + CONTENT_WEIGHT * torch.log1p(content_distance(found[CONTENT], truth) / USUAL_CONTENT).mean()


class _Row:
    """The offsets of one network, and its target."""

    def __init__(self, net: Transformer, style: Tensor, wanted: Wanted, painting: Tensor, sheet: Tensor) -> None:
        self.net, self.style = net.requires_grad_(False), style
        self.offsets = torch.zeros(1, net.affine.out_features, device=style.device, requires_grad=True)
        self._grade: Grade = partly(grade(wanted.grade, self.once(sheet), painting), wanted.amount)

    @torch.no_grad()
    def once(self, frames: Tensor) -> Tensor:
        """What one pass paints."""
        return self.net(frames, self.style.expand(len(frames), -1))

    def made(self, frames: Tensor) -> Tensor:
        """What the offsets paint."""
        return self.net(frames, self.style.expand(len(frames), -1), self.offsets)

    @torch.no_grad()
    def target(self, frames: Tensor) -> Tensor:
        """What they shall paint."""
        return self._grade(self.once(frames))

    @torch.no_grad()
    def apart(self, frames: Tensor) -> float:
        """Mean difference of both, in levels."""
        return 255 * float((self.made(frames) - self.target(frames)).abs().mean())


def specialise(nets: Mapping[str, Transformer], predictor: PredictorNet, vgg: Vgg | None, painting: Pixels,
               photos: Photographs, steps: int, wanted: Wanted, report: Callable[[int, float], None]) -> Fitted:
    """Fit the style of `painting` [256,256,3], for networks by their marks, on crops of photographs."""
    device = next(predictor.parameters()).device
    chance = np.random.default_rng(0)
    picture = to_tensor(painting[None], device)
    aim = _Aim(vgg, picture) if vgg is not None else None
    sheet = to_tensor(np.stack([photos.draw(SIZE, chance) for _ in range(JUDGES)]), device)
    with torch.no_grad():
        style = predictor(picture)
    rows = [_Row(net, style, wanted, picture, sheet) for net in nets.values()]
    before = [row.apart(sheet) for row in rows]
    optimiser = torch.optim.Adam([row.offsets for row in rows], RATE, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for step in range(steps):
        clean = np.stack([photos.draw(SIZE, chance) for _ in range(BATCH)])
        frames, noisy = (to_tensor(pixels, device) for pixels in (clean, filmed(clean, chance)))
        loss = torch.stack([_loss(row, aim, frames, noisy, wanted.closer, chance) for row in rows]).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        report(step + 1, float(loss.detach()))
    own = {mark: row.offsets.detach()[0].float().cpu().numpy()[in_graph(row.net)] for mark, row in zip(nets, rows)}
    return Fitted(style[0].float().cpu().numpy(), own, before, [row.apart(sheet) for row in rows])


def _loss(row: _Row, aim: _Aim | None, frames: Tensor, noisy: Tensor, closer: float,
          chance: np.random.Generator) -> Tensor:
    with torch.autocast(frames.device.type, torch.bfloat16):
        made = row.made(noisy)
        loss = difference(made, row.target(frames))
        return loss if aim is None else loss + closer * aim.loss(made, frames, chance)
