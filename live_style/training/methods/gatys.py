"""Gatys 2015: one picture optimised until its features fit; no network can come closer, none is slower."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from live_style.training.data.pictures import Pixels, to_tensor
from live_style.training.metrics.losses import CONTENT, USUAL_CONTENT, USUAL_STYLE, Vgg, content_distance, gram
from live_style.training.metrics.losses import style_distance

# Adam on the pixels, 0..1: large steps first, then small ones.
RATE = 0.03


def paint(vgg: Vgg, photograph: Pixels, painting: Pixels, steps: int, content: float,
          report: Callable[[int, float, float], None] = lambda step, style, content: None) -> Pixels:
    """The photograph [H,W,3] in the style of the painting [H',W',3]; `report` gets step, style and content distance."""
    device = next(vgg.parameters()).device
    start = to_tensor(photograph[None], device)
    with torch.no_grad():
        aims = [gram(f) for f in vgg(to_tensor(painting[None], device))]
        truth = vgg(start, CONTENT + 1)[CONTENT]
    picture = start.clone().requires_grad_(True)
    optimiser = torch.optim.Adam([picture], lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for step in range(steps):
        optimiser.zero_grad()
        features = vgg(picture)
        style = style_distance([gram(f) for f in features], aims).mean()
        kept = content_distance(features[CONTENT], truth).mean()
        loss = style / USUAL_STYLE + content * kept / USUAL_CONTENT
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            picture.clamp_(0, 1)
        report(step + 1, float(style.detach()), float(kept.detach()))
    levels = picture.detach()[0].permute(1, 2, 0).float().cpu().numpy() * 255 + 0.5
    return np.asarray(levels.clip(0, 255).astype(np.uint8))
