"""Figures of painters on held-out photographs, paintings and clips. They warn; blind choices decide (see blind)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from live_style.inference.temporal_filter import TemporalFilter, share_at_rest
from live_style.training.data.pictures import Pictures, Pixels, find, to_tensor
from live_style.training.metrics.flicker import Steadiness, frames_of, steadiness
from live_style.training.metrics.losses import CONTENT, Vgg, content_distance, gram, sliced_wasserstein, style_distance
from live_style.training.metrics.luma import luma
from live_style.training.metrics.painters import PicturePainter

SIZE = 256
# Frames of a clip, each painted in all styles, and their size.
CLIP_FRAMES = 16
CLIP_SIZE = (480, 360)
# The share of a new frame where nothing moves, of a show's filter by default.
REST = share_at_rest(0.9)
# A place is flat where the photograph's luma has a lower deviation than this over 9x9 px, levels.
FLAT = 3.0
# A white block of WIDTH x HEIGHT px over a grey ground, moved by STEP px a frame; its trail is the unevenness of what
# it has passed, between NEAR and FAR px behind it.
GROUND, WIDTH, HEIGHT, STEP, NEAR, FAR = (640, 384), 96, 240, 24, 54, 234


class Pair(NamedTuple):
    """Figures of a photograph painted in the style of a picture.

    palette, strokes: sliced Wasserstein distances of colours and of VGG-16 features. style, content: relative
    distances of Gram matrices and of relu3_3. wall: deviation of the luma over flat places, over that of the style
    picture at large. noise: deviation of the colours at the finest scale, levels.
    """

    palette: float
    strokes: float
    style: float
    content: float
    wall: float
    noise: float


class Result(NamedTuple):
    """All figures of one painter: means over the pairs, then over the clips.

    `filtered` and `filtered_motion` are flicker and motion behind the filter of a show, `trail` its worst trail.
    """

    name: str
    palette: float
    strokes: float
    style: float
    content: float
    wall: float
    noise: float
    flicker: float
    motion: float
    filtered: float
    filtered_motion: float
    trail: float


class Material(NamedTuple):
    """What painters are tried on: squares of SIZE px, and clips as lists of frames."""

    photographs: list[Pixels]
    paintings: list[Pixels]
    clips: dict[str, list[Pixels]]


def held_out(data: Path, count: int, clips: list[Path]) -> Material:
    """`count` photographs and paintings that training never sees, spread over their sources."""
    photographs, paintings = (Pictures(find(data, kind)[1]) for kind in ("content", "style"))
    return Material(_spread(photographs, count), _spread(paintings, count),
                    {file.name: frames_of(file, *CLIP_SIZE, CLIP_FRAMES) for file in clips})


def _spread(pictures: Pictures, count: int) -> list[Pixels]:
    return [pictures.square(int(i), SIZE) for i in np.linspace(0, len(pictures) - 1, count).round()]


def pairs_of(material: Material, turns: int) -> list[tuple[int, int]]:
    """Each photograph with `turns` different paintings, all used equally often."""
    photos, styles = len(material.photographs), len(material.paintings)
    step = max(1, styles // turns)
    return [(i, (i + k * step) % styles) for k in range(turns) for i in range(photos)]


class Judge:
    """Measures paintings against the photographs and style pictures of some material, whose features it keeps."""

    @torch.no_grad()
    def __init__(self, material: Material, vgg: Vgg) -> None:
        self._vgg, self._photographs, self._paintings = vgg, material.photographs, material.paintings
        self._device = next(vgg.parameters()).device
        self._aims = [vgg(self._tensor(painting)) for painting in material.paintings]
        self._truths = [vgg(self._tensor(photo), CONTENT + 1)[CONTENT] for photo in material.photographs]

    def _tensor(self, picture: Pixels) -> Tensor:
        return to_tensor(picture[None], self._device)

    @torch.no_grad()
    def pair(self, made: Pixels, photo: int, style: int) -> Pair:
        """A painting of one photograph in the style of one picture, by its numbers."""
        torch.manual_seed(0)  # the same directions for all
        picture, aim = self._tensor(made), self._aims[style]
        features = self._vgg(picture)
        palette = sliced_wasserstein([picture], [self._tensor(self._paintings[style])])
        near = style_distance([gram(f) for f in features], [gram(f) for f in aim])
        kept = content_distance(features[CONTENT], self._truths[photo])
        fine = picture - F.avg_pool2d(F.pad(picture, [1] * 4, mode="replicate"), 3, 1)
        colours = (fine - fine.mean(1, keepdim=True)).std() * 255
        return Pair(float(palette), float(sliced_wasserstein(features, aim)), float(near), float(kept),
                    wall(self._photographs[photo], made), float(colours))


def wall(photograph: Pixels, made: Pixels) -> float:
    """Deviation of a painting's luma around its mean over 9x9 px where the photograph is flat, levels; NaN without."""
    flat = _deviation(photograph) < FLAT
    return float(_deviation(made)[flat].mean()) if flat.any() else float("nan")


def _deviation(picture: Pixels) -> np.ndarray:
    plane = torch.from_numpy(luma(picture))[None, None]
    mean = F.avg_pool2d(plane, 9, 1)
    return np.asarray((F.avg_pool2d(plane * plane, 9, 1) - mean * mean).clamp(min=0).sqrt()[0, 0])


def evaluate(painter: PicturePainter, material: Material, judge: Judge, turns: int) -> Result:
    """Measure one painter."""
    looks = [painter.look(painting) for painting in material.paintings]
    pairs = [judge.pair(painter.paint(material.photographs[photo], looks[style]), photo, style)
             for photo, style in pairs_of(material, turns)]
    steady = [clip_figures(painter, frames, material.paintings) for frames in material.clips.values()]
    bare, filtered = (_together([found[i] for found in steady]) for i in (0, 1))
    trails = [trail(painter, painting) for painting in material.paintings] if steady else []
    means = Pair(*map(_mean, zip(*pairs)))
    return Result(painter.name, *means, *bare, *filtered, max(trails, default=float("nan")))


def clip_figures(painter: PicturePainter, frames: list[Pixels],
                 paintings: list[Pixels]) -> tuple[Steadiness, Steadiness]:
    """Means over all styles: as the painter gives it, and behind the filter of a show."""
    bare, filtered = [], []
    for painting in paintings:
        look, filter_ = painter.look(painting), TemporalFilter(REST)
        bare.append(steadiness(frames, (painter.paint(frame, look) for frame in frames)))
        filtered.append(steadiness(frames, (painter.paint(filter_.settle(frame, frame), look) for frame in frames)))
    return _together(bare), _together(filtered)


def trail(painter: PicturePainter, painting: Pixels) -> float:
    """Levels between the darkest and the lightest column behind a block that moves over a plain ground, filtered."""
    look, filter_ = painter.look(painting), TemporalFilter(REST)
    shown, edge = np.zeros(0, np.uint8), 0
    for edge in range(0, GROUND[0] - WIDTH // 2, STEP):
        frame = np.full((GROUND[1], GROUND[0], 3), 128, np.uint8)
        frame[72:72 + HEIGHT, max(0, edge - WIDTH):edge] = 255
        shown = painter.paint(filter_.settle(frame, frame), look)
    last = edge - WIDTH
    columns = shown[100:290, max(0, last - FAR):last - NEAR].astype(np.float32).mean(0)
    return float((columns.max(0) - columns.min(0)).max())


def _together(found: list[Steadiness]) -> Steadiness:
    return Steadiness(_mean([f.flicker for f in found]), _mean([f.motion for f in found]))


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if value == value]
    return statistics.fmean(known) if known else float("nan")


def table(results: list[Result]) -> str:
    """The figures as lines of markdown."""
    names = ["painter", *Result._fields[1:]]
    lines = [f"| {' | '.join(name.replace('_', ' ') for name in names)} |", "|---" * len(names) + "|"]
    for r in results:
        figures = [f"{value:.{digits}f}".replace("nan", "–")
                   for value, digits in zip(r[1:], (3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 1))]
        lines.append("| " + " | ".join([r.name, *figures]) + " |")
    return "\n".join(lines)
