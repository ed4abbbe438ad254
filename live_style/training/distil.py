"""Distillation: a small transformer learns to paint what a larger one paints."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from live_style.training.batches import batches
from live_style.training.data import Pictures, Pixels
from live_style.training.looks import to_tensor
from live_style.training.run import Run

Paint = Callable[[Tensor, Tensor], Tensor]


class Lesson(NamedTuple):
    """Photographs as they are and as a camera would give them, and their looks (two mixed, times a strength)."""

    clean: Pixels
    noisy: Pixels
    looks: NDArray[np.int64]
    share: NDArray[np.float32]
    strength: NDArray[np.float32]


def make_lesson(photos: Pictures, looks: int, count: int, size: int, chance: np.random.Generator) -> Lesson:
    """Four looks in ten are mixes of two; one in five is weaker than 1."""
    clean = np.stack([photos.crop(int(i), size, chance) for i in chance.integers(len(photos), size=count)])
    noise = chance.normal(0, 255 * 0.02, clean.shape) * chance.random((count, 1, 1, 1))
    noisy = (clean + noise + 0.5).clip(0, 255).astype(np.uint8)
    share = np.where(chance.random(count) < 0.4, chance.random(count), 0.0).astype(np.float32)
    strength = np.where(chance.random(count) < 0.2, chance.uniform(0.25, 1.0, count), 1.0).astype(np.float32)
    return Lesson(clean, noisy, chance.integers(looks, size=(2, count)), share, strength)


def difference(ours: Tensor, theirs: Tensor) -> Tensor:
    """L1 of the pictures, of their steps across and down, and of their means over 4x4 and 16x16 pixels."""
    apart = ours - theirs
    total = apart.abs().mean() + (apart[..., 1:] - apart[..., :-1]).abs().mean()
    total = total + (apart[..., 1:, :] - apart[..., :-1, :]).abs().mean()
    return total + sum((0.5 * F.avg_pool2d(apart, side).abs().mean() for side in (4, 16)), torch.zeros(()).to(apart))


def distil(run: Run, net: Paint, teacher: Paint, photos: Pictures, embeddings: Tensor, size: int, count: int,
           workers: int = 0) -> None:
    """Train until the run has seen all its crops; the student sees noise, the teacher does not."""
    device = embeddings.device
    lessons = batches(partial(make_lesson, photos, len(embeddings), count, size), run.seed(), workers)
    while run.unfinished:
        lesson = next(lessons)
        share, strength = (torch.from_numpy(v).to(device)[:, None] for v in (lesson.share, lesson.strength))
        first, second = (embeddings[torch.from_numpy(i).to(device)] for i in lesson.looks)
        style = torch.lerp(first, second, share) * strength
        with torch.autocast(device.type, torch.bfloat16):
            with torch.no_grad():
                target = teacher(to_tensor(lesson.clean, device), style).float()
            made = net(to_tensor(lesson.noisy, device), style).float()
        run.step(difference(made, target), count, {"error": (made - target).abs().mean()})
