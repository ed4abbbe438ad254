"""Learning what a teacher paints on average over small shifts.

Averaging over shifts takes away what hangs on the pixel grid of the teacher (mesh, dots, stair-steps) and leaves what
follows the form. A network that learns from pixels learns that mean anyway, so the target costs it nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from live_style.training.data.pictures import Photographs, Pictures, Pixels, to_tensor
from live_style.training.methods.run import Run
from live_style.training.networks.ours import SQUARE

Paint = Callable[[Tensor, Tensor], Tensor]
# px by which the teacher's window is shifted at most, and the number of shifts in a mean.
REACH, SHIFTS = 8, 4
# px of real picture around a crop, so that the teacher's padding at the edges is out of sight.
EDGE = 8
# Noise of a camera on the student's frames alone, as a deviation in 0..1: it learns to answer as if they were clean.
NOISE = 0.02
# Shares of the embeddings that are mixtures of two, and of those at less than full strength.
MIXED, WEAKER = 0.3, 0.1
# Weight of `unlike`, the side of its windows, and the deviation in 0..1 below which nothing is distinguished.
STROKES, WINDOW, FAINT = 0.5, 7, 0.008
# How much of its difference to a mean over 5x5 px is added to a target.
SHARPENED = 0.5


class Lesson(NamedTuple):
    """Windows EDGE + REACH px larger than the crops, noise for the crops, and what they are to be painted in."""

    windows: Pixels
    noise: NDArray[np.float32]
    """[N,1,1,1] deviations in 0..1."""
    style: NDArray[np.float32]
    """[N,100] embeddings."""
    shifts: NDArray[np.int64]
    """[SHIFTS,2] px down and right."""
    pictures: tuple[Pixels, Pixels] | None = None
    """[N,256,256,3] each: the two pictures that the embeddings are of, where a predictor learns too."""
    share: NDArray[np.float32] | None = None
    """[N,1] of the second picture."""
    strength: NDArray[np.float32] | None = None
    """[N,1]"""
    target: NDArray[np.float16] | None = None
    """[N,3,H,W] in 0..1, where the lesson brings it along."""


class Lessons:
    """Makes lessons; with a teacher, which needs a process of its own, their targets too.

    Two processes of one thread each do more on two cores than one of two threads, whose threads wait for each other
    after every operation, long where the machine does anything else.
    """

    def __init__(self, photos: Photographs, embeddings: NDArray[np.float32], count: int, size: int,
                 teacher: OpenTeacher | None = None, pictures: Pictures | None = None) -> None:
        self._photos, self._embeddings, self._count, self._size = photos, embeddings, count, size
        self._open, self._pictures = teacher, pictures
        self._teacher: Teach | None = None

    def __call__(self, chance: np.random.Generator) -> Lesson:
        lesson = self._drawn(chance)
        if self._open is None:
            return lesson
        if self._teacher is None:
            torch.set_num_threads(1)
            self._teacher = self._open()
        target = self._teacher(lesson, torch.device("cpu"))
        return lesson._replace(target=target.numpy().astype(np.float16))

    def _drawn(self, chance: np.random.Generator) -> Lesson:
        count, numbers = self._count, chance.integers(len(self._embeddings), size=(2, self._count))
        windows = np.stack([self._photos.draw(self._size + 2 * EDGE + REACH, chance) for _ in range(count)])
        share = np.where(chance.random(count) < MIXED, chance.random(count), 0.0).astype(np.float32)[:, None]
        strength = np.where(chance.random(count) < WEAKER, chance.uniform(0.3, 1.0, count), 1.0)
        strength = strength.astype(np.float32)[:, None]
        first, second = self._embeddings[numbers]
        style = (first * (1 - share) + second * share) * strength
        noise = (NOISE * chance.random((count, 1, 1, 1))).astype(np.float32)
        shifts = np.stack([chance.permutation(REACH + 1)[:SHIFTS] for _ in "yx"], axis=1)
        if self._pictures is None:
            return Lesson(windows, noise, style, shifts)
        one, other = (np.stack([self._pictures.square(int(i), SQUARE) for i in row]) for row in numbers)
        return Lesson(windows, noise, style, shifts, (one, other), share, strength)


OpenTeacher = Callable[[], "Teach"]


class Teach:
    """The target of a lesson [N,3,H,W] in 0..1: what `teacher` paints on average, sharpened.

    Our embeddings are the teacher's less `middle` [100].
    """

    def __init__(self, teacher: Paint, middle: Tensor) -> None:
        self._teacher, self._middle = teacher, middle

    @torch.no_grad()
    def __call__(self, lesson: Lesson, device: torch.device) -> Tensor:
        style = torch.from_numpy(lesson.style).to(device) + self._middle
        with torch.autocast(device.type, torch.bfloat16):
            return sharpened(average(self._teacher, to_tensor(lesson.windows, device), style, lesson.shifts))


def average(teacher: Paint, windows: Tensor, style: Tensor, shifts: NDArray[np.int64]) -> Tensor:
    """Mean of what the teacher paints over shifts of its window, for the crops inside the windows [N,3,S,S]."""
    side = windows.shape[-1] - REACH
    size = side - 2 * EDGE
    total = torch.zeros(())
    for down, right in shifts.tolist():
        seen = windows[:, :, down:down + side, right:right + side].contiguous(memory_format=torch.channels_last)
        # The crop starts EDGE + REACH / 2 px inside the window, wherever the teacher's own window starts.
        top, left = EDGE + REACH // 2 - down, EDGE + REACH // 2 - right
        total = total + teacher(seen, style).float()[:, :, top:top + size, left:left + size] / len(shifts)
    return total


def crops_of(windows: Tensor) -> Tensor:
    """The crops that lie in the middle of windows [N,3,S,S]."""
    inset = EDGE + REACH // 2
    return windows[:, :, inset:windows.shape[2] - inset, inset:windows.shape[3] - inset]


def sharpened(target: Tensor) -> Tensor:
    """The target with some of what a mean takes from it, in 0..1."""
    return (target + SHARPENED * (target - F.avg_pool2d(F.pad(target, [2] * 4, mode="replicate"), 5, 1))).clamp(0, 1)


def difference(ours: Tensor, theirs: Tensor) -> Tensor:
    """L1 of pictures, of their steps at two sizes, of their Laplacians, and of their means over 4x4 and 16x16 px."""
    apart = ours - theirs
    half = F.avg_pool2d(apart, 2)
    total = apart.abs().mean() + _steps(apart) + 0.5 * _steps(half)
    total = total + 0.3 * (4 * apart[..., 1:-1, 1:-1] - apart[..., :-2, 1:-1] - apart[..., 2:, 1:-1]
                           - apart[..., 1:-1, :-2] - apart[..., 1:-1, 2:]).abs().mean()
    return total + sum((0.5 * F.avg_pool2d(apart, side).abs().mean() for side in (4, 16)), torch.zeros(()).to(apart))


def unlike(ours: Tensor, theirs: Tensor) -> Tensor:
    """L1 of the local deviations of two pictures at two sizes.

    A network that cannot know where a stroke lies paints the mean of all places, which is blur. This term asks for as
    much stroke as the target has, wherever it lies.
    """
    total = torch.zeros((), device=ours.device)
    for side in (1, 2):
        ours, theirs = (F.avg_pool2d(picture, side) for picture in (ours, theirs))
        total = total + (_deviation(ours) - _deviation(theirs)).abs().mean()
    return total


def _deviation(picture: Tensor) -> Tensor:
    mean = F.avg_pool2d(picture, WINDOW, 2)
    spread = F.avg_pool2d(picture * picture, WINDOW, 2) - mean * mean
    return (spread.clamp(min=0) + FAINT * FAINT).sqrt()


def _steps(picture: Tensor) -> Tensor:
    across, down = picture[..., 1:] - picture[..., :-1], picture[..., 1:, :] - picture[..., :-1, :]
    return across.abs().mean() + down.abs().mean()


def learn(run: Run, students: Mapping[str, Paint], lessons: Iterator[Lesson], teach: Teach | None = None,
          predict: Callable[[Tensor], Tensor] | None = None) -> None:
    """Train students until the run has seen all its crops, all on the same targets.

    teach: for lessons that bring no target along. predict: gives the embeddings, of lessons that bring pictures.
    """
    device = next(run.net.parameters()).device
    while run.unfinished:
        lesson = next(lessons)
        target = teach(lesson, device) if teach else torch.from_numpy(cast(Any, lesson.target)).to(device).float()
        clean = crops_of(to_tensor(lesson.windows, device))
        noise = torch.from_numpy(lesson.noise).to(device) * torch.randn_like(clean)
        noisy = (clean + noise).clamp(0, 1).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16):
            style = _style(lesson, predict, device)
            made = {name: student(noisy, style).float() for name, student in students.items()}
        shown = {name: (picture - target).abs().mean() for name, picture in made.items()}
        loss = sum((difference(picture, target) + STROKES * unlike(picture, target) for picture in made.values()),
                   torch.zeros((), device=device))
        run.step(loss, len(clean), shown)


def _style(lesson: Lesson, predict: Callable[[Tensor], Tensor] | None, device: torch.device) -> Tensor:
    if predict is None or lesson.pictures is None:
        return torch.from_numpy(lesson.style).to(device)
    share, strength = (torch.from_numpy(cast(Any, v)).to(device) for v in (lesson.share, lesson.strength))
    one, other = (to_tensor(pixels, device) for pixels in lesson.pictures)
    style = predict(one).float()
    mixed = share[:, 0] > 0
    if bool(mixed.any()):
        style = torch.where(mixed[:, None], torch.lerp(style, predict(other).float(), share), style)
    return style * strength
