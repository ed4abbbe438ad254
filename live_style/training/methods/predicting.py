"""The style predictor learns the teacher's embeddings; then, with the transformers, what they are to paint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from live_style.training.data.pictures import Pictures, Pixels, square, to_tensor
from live_style.training.networks.ours import SQUARE, PredictorNet
from live_style.inference.onnxruntime import plain_session
from live_style.training.methods.run import Run

# Photographs among the pictures, and parts of pictures: a user's picture is not always a whole painting.
PHOTOGRAPHS, PARTS, SMALLEST_PART = 0.15, 0.6, 0.55
Embed = Callable[[Pixels], NDArray[np.float32]]
"""The teacher's embedding [100] of a square picture [256,256,3]."""


def opened(file: Path) -> Embed:
    """Magenta's style predictor, on one thread."""
    network = plain_session(str(file), threads=1)
    name = network.get_inputs()[0].name
    return lambda picture: np.asarray(network.run(None, {name: picture[None].astype(np.float32) / 255})[0]).reshape(-1)


def embeddings(paintings: Pictures, embed: Embed, file: Path) -> NDArray[np.float32]:
    """The teacher's embeddings [M,100] of all pictures, worked out once and kept in a file."""
    if not file.exists():
        np.save(file, np.stack([embed(paintings.square(i, SQUARE)) for i in range(len(paintings))]))
    return np.asarray(np.load(file), np.float32)


class PredictorLesson(NamedTuple):
    """Pictures [N,256,256,3] and the teacher's embeddings of them [N,100]."""

    pictures: Pixels
    embeddings: NDArray[np.float32]


class PredictorLessons:
    """Makes lessons of whole pictures and parts of them, some mirrored, some brighter or darker."""

    def __init__(self, paintings: Pictures, photos: Pictures, file: Path, count: int) -> None:
        self._sources, self._file, self._count = (paintings, photos), file, count
        self._embed: Embed | None = None

    def __call__(self, chance: np.random.Generator) -> PredictorLesson:
        self._embed = self._embed or opened(self._file)
        pictures = [self._drawn(chance) for _ in range(self._count)]
        return PredictorLesson(np.stack(pictures), np.stack([self._embed(picture) for picture in pictures]))

    def _drawn(self, chance: np.random.Generator) -> Pixels:
        source = self._sources[int(chance.random() < PHOTOGRAPHS)]
        picture = source.decode(int(chance.integers(len(source))))
        if chance.random() < PARTS:
            side = int(min(picture.size) * chance.uniform(SMALLEST_PART, 1))
            left, top = (int(chance.integers(whole - side + 1)) for whole in picture.size)
            picture = picture.crop((left, top, left + side, top + side))
        pixels = square(picture, SQUARE)
        pixels = pixels[:, ::-1] if chance.random() < 0.5 else pixels
        if chance.random() < 0.3:
            gains = chance.normal(1, 0.08) * chance.normal(1, 0.04, 3)
            pixels = (pixels * gains + 0.5).clip(0, 255).astype(np.uint8)
        return np.ascontiguousarray(pixels)


def imitate(run: Run, predict: Callable[[Tensor], Tensor], lessons: Iterator[PredictorLesson], middle: Tensor,
            affine: nn.Linear) -> None:
    """Train a predictor until the run has seen all its pictures.

    The loss is the mean square of what differs in the embeddings and in the gammas, betas and gates that `affine`
    makes of them, each in its own deviations.
    """
    device = middle.device
    rows = affine.weight.detach().float()
    rows = rows / rows.norm(dim=1).mean()
    while run.unfinished:
        lesson = next(lessons)
        wanted = (torch.from_numpy(lesson.embeddings).to(device) - middle)
        with torch.autocast(device.type, torch.bfloat16):
            found = predict(to_tensor(lesson.pictures, device)).float()
        apart = found - wanted
        own, felt = apart.square().mean(), (apart @ rows.T).square().mean()
        run.step(0.5 * own + felt, len(wanted), {"embedding": own, "affine": felt})


def told(predictor: PredictorNet, pictures: Pictures, embed: Embed, middle: NDArray[np.float32]) -> float:
    """The share of what lies between the teacher's embeddings of some pictures and `middle` that a predictor knows."""
    squares = [pictures.square(i, SQUARE) for i in range(len(pictures))]
    wanted = (np.stack([embed(picture) for picture in squares]) - middle)
    with torch.no_grad():
        found = predictor(to_tensor(np.stack(squares), torch.device("cpu"))).numpy()
    return float(1 - np.square(found - wanted).sum() / np.square(wanted).sum())
