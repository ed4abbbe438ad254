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

from live_style.training.data.filmed import filmed
from live_style.training.data.pictures import Photographs, Pictures, Pixels, to_tensor
from live_style.training.methods.run import Run
from live_style.training.networks.ours import SQUARE

Paint = Callable[[Tensor, Tensor], Tensor]
# px by which the teacher's window is shifted at most, and the number of shifts in a mean.
REACH, SHIFTS = 8, 4
# px of real picture around a crop, so that the teacher's padding at the edges is out of sight.
EDGE = 8
# Shares of the embeddings that are mixtures of two, and of those at less than full strength.
MIXED, WEAKER = 0.3, 0.1
# Weights of the sizes that `unlike` compares, and the deviation in 0..1 below which nothing is distinguished.
STROKES, FAINT = ((1, 0.5), (2, 0.5), (4, 0.25), (16, 0.25)), 0.008
# Weight of the differences of colours relative to their mean: a student that finds no place for a colour paints grey.
CHROMA = 2.0
# How much of its difference to a mean over 5x5 px is added to a target.
SHARPENED = 0.5


class Lesson(NamedTuple):
    """Windows EDGE + REACH px larger than the crops, what a student sees, and what they are to be painted in."""

    windows: Pixels
    views: Pixels
    """[2N,H,W,3] the crops as two frames of a camera that differ by noise; the first N, then the second."""
    style: NDArray[np.float32]
    """[N,100] embeddings."""
    colours: NDArray[np.float32]
    """[N,3,4] maps of colours (see palette)."""
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


class Styles(NamedTuple):
    """Embeddings [M,100] of paintings, and the maps [M,3,4] of their colours."""

    embeddings: NDArray[np.float32]
    colours: NDArray[np.float32]

    def mixed(self, numbers: NDArray[np.int64], share: NDArray[np.float32],
              strength: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Embeddings and maps of N mixtures of two paintings each; at strength 0 all are alike.

        numbers: [2,N] of the paintings; share of the second and strength: [N,1].
        """
        first, second = numbers
        style = (self.embeddings[first] * (1 - share) + self.embeddings[second] * share) * strength
        flat = self.colours.reshape(len(self.colours), -1)
        mean = flat.mean(0)
        colours = mean + (flat[first] * (1 - share) + flat[second] * share - mean) * strength
        return style, colours.reshape(-1, *self.colours.shape[1:])


class Lessons:
    """Makes lessons; with a teacher, which needs a process of its own, their targets too.

    Two processes of one thread each do more on two cores than one of two threads, whose threads wait for each other
    after every operation, long where the machine does anything else.
    """

    def __init__(self, photos: Photographs, styles: Styles, count: int, size: int,
                 teacher: OpenTeacher | None = None, pictures: Pictures | None = None) -> None:
        self._photos, self._styles, self._count, self._size = photos, styles, count, size
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
        count, numbers = self._count, chance.integers(len(self._styles.embeddings), size=(2, self._count))
        windows = np.stack([self._photos.draw(self._size + 2 * EDGE + REACH, chance) for _ in range(count)])
        share = np.where(chance.random(count) < MIXED, chance.random(count), 0.0).astype(np.float32)[:, None]
        strength = np.where(chance.random(count) < WEAKER, chance.uniform(0.3, 1.0, count), 1.0)
        strength = strength.astype(np.float32)[:, None]
        style, colours = self._styles.mixed(numbers, share, strength)
        views = np.concatenate([_inside(filmed(windows, chance)) for _ in "ab"])
        shifts = np.stack([chance.permutation(REACH + 1)[:SHIFTS] for _ in "yx"], axis=1)
        if self._pictures is None:
            return Lesson(windows, views, style, colours, shifts)
        one, other = (np.stack([self._pictures.square(int(i), SQUARE) for i in row]) for row in numbers)
        return Lesson(windows, views, style, colours, shifts, (one, other), share, strength)


OpenTeacher = Callable[[], "Teach"]


class Teach:
    """The target of a lesson [N,3,H,W] in 0..1: what `teacher` paints on average, in the painting's colours, sharpened.

    Our embeddings are the teacher's less `middle` [100].
    """

    def __init__(self, teacher: Paint, middle: Tensor) -> None:
        self._teacher, self._middle = teacher, middle

    @torch.no_grad()
    def __call__(self, lesson: Lesson, device: torch.device) -> Tensor:
        style = torch.from_numpy(lesson.style).to(device) + self._middle
        with torch.autocast(device.type, torch.bfloat16):
            mean = average(self._teacher, to_tensor(lesson.windows, device), style, lesson.shifts)
        return sharpened(recoloured(mean, torch.from_numpy(lesson.colours).to(device)))


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


def _inside(windows: Pixels) -> Pixels:
    """The crops that lie in the middle of windows [N,S,S,3]."""
    inset = EDGE + REACH // 2
    return windows[:, inset:-inset, inset:-inset]


def recoloured(picture: Tensor, colours: Tensor) -> Tensor:
    """Pictures [N,3,H,W] through maps [N,3,4] of their colours."""
    return torch.einsum("nij,njhw->nihw", colours[:, :, :3], picture) + colours[:, :, 3, None, None]


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


def distance(ours: Tensor, again: Tensor, theirs: Tensor) -> Tensor:
    """What a student shall lessen; `again` is its answer to the same frame with other noise."""
    return difference(ours, theirs) + unlike(ours, again, theirs)


def unlike(ours: Tensor, again: Tensor, theirs: Tensor) -> Tensor:
    """L1 of the local deviations of luma and colours at some sizes.

    A network that cannot know where a stroke lies paints the mean of all places, which is blur, and grey. This term
    asks for as much stroke and colour as the target has, wherever it lies. Of ours only what both answers have in
    common counts: strokes that hang on the noise would dance.
    """
    planes = [_opponent(picture) for picture in (ours, again, theirs)]
    total = torch.zeros((), device=theirs.device)
    for side, weight in STROKES:
        if side * 8 > theirs.shape[-1]:
            break
        one, other, target = (F.avg_pool2d(picture, side) for picture in planes)
        total = total + weight * (_deviation(one, other) - _deviation(target, target)).abs().mean()
    return total


def _opponent(picture: Tensor) -> Tensor:
    """Grey, and red and blue less green by their weight."""
    red, green, blue = picture.unbind(1)
    return torch.stack([(red + green + blue) / 3, CHROMA * (red - green), CHROMA * (blue - green)], dim=1)


def _deviation(one: Tensor, other: Tensor) -> Tensor:
    """The square root of the local covariance of two pictures, whose sides are at least 8 px."""
    shared = _mean(one * other) - _mean(one) * _mean(other)
    return (shared.clamp(min=0) + FAINT * FAINT).sqrt()


def _mean(planes: Tensor) -> Tensor:
    # Of squares of 8 px, 4 px apart; in two steps, which cost a tenth of one.
    return F.avg_pool2d(F.avg_pool2d(planes, 4), 2, 1)


def _steps(picture: Tensor) -> Tensor:
    across, down = picture[..., 1:] - picture[..., :-1], picture[..., 1:, :] - picture[..., :-1, :]
    return across.abs().mean() + down.abs().mean()


def learn(run: Run, students: Mapping[str, Paint], lessons: Iterator[Lesson], teach: Teach | None = None,
          predict: Callable[[Tensor], Tensor] | None = None, compiled: bool = False) -> None:
    """Train students until the run has seen all its crops, all on the same targets.

    teach: for lessons that bring no target along. predict: gives the embeddings, of lessons that bring pictures.
    """
    compare = torch.compile(distance) if compiled else distance
    device = next(run.net.parameters()).device
    while run.unfinished:
        lesson = next(lessons)
        target = teach(lesson, device) if teach else torch.from_numpy(cast(Any, lesson.target)).to(device).float()
        one, other = to_tensor(lesson.views, device).chunk(2)
        with torch.autocast(device.type, torch.bfloat16):
            style = _style(lesson, predict, device)
            made = {name: student(one, style).float() for name, student in students.items()}
            with torch.no_grad():
                again = {name: student(other, style).float() for name, student in students.items()}
        shown = {name: (picture - target).abs().mean() for name, picture in made.items()}
        shown |= {f"{name} unsteady": (made[name] - again[name]).abs().mean() for name in made}
        losses = [compare(made[name], again[name], target) for name in made]
        run.step(torch.stack(losses).sum(), len(target), shown)


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
