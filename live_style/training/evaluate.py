"""Figures and pictures of painters on held-out photographs, paintings and clips."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from live_style.look import REAL
from live_style.inference.temporal_filter import Steadier
from live_style.training.border import border, inner
from live_style.training.data import Pictures, Pixels, find, square
from live_style.training.flicker import Steadiness, frames_of, steadiness
from live_style.training.grid import grid
from live_style.training.looks import SIZE, to_tensor
from live_style.training.losses import CONTENT, Vgg, content_distance, gram, style_distance
from live_style.training.painters import Painter
from live_style.training.tone import tone

# Frames of a clip, each painted in all styles: of three of them the flicker of `fast` was 0.37 of the teacher's, of
# twelve 0.43, of all twenty-four 0.50.
CLIP_FRAMES = 16
CLIP_SIZE = (480, 360)
# How much a show's filter averages over time where nothing moves, if nobody says otherwise.
SMOOTH = 0.9


class Pair(NamedTuple):
    """A photograph painted in the style of a picture.

    Its two distances, the grid in flat places, and the loss of light and dark.
    """

    style: float
    content: float
    grid: float
    tone: float


class Result(NamedTuple):
    """All figures of one painter; distances, grid and tone are means over the pairs, the others over the clips.

    `filtered` and `filtered_motion` are flicker and motion behind the filter of a show. Distances have medians too: a
    mean of content hangs on the few pairs in which little is left of an empty photograph (13 where others have 0.7).
    """

    name: str
    style: float
    style_median: float
    content: float
    content_median: float
    grid: float
    tone: float
    flicker: float
    motion: float
    filtered: float
    filtered_motion: float
    border: float


class Material(NamedTuple):
    """What painters are tried on: squares of SIZE px, and clips as lists of frames."""

    photographs: list[Pixels]
    paintings: list[Pixels]
    clips: dict[str, list[Pixels]]


def held_out(data: Path, count: int, clips: list[Path]) -> Material:
    """`count` photographs and paintings that training never sees, spread over their sources."""
    photographs, paintings = (Pictures(find(data, kind)[1]) for kind in ("content", "style"))
    chosen = [_spread(pictures, count) for pictures in (photographs, paintings)]
    return Material(chosen[0], chosen[1], _clips(clips))


def _clips(files: list[Path]) -> dict[str, list[Pixels]]:
    return {file.name: frames_of(file, *CLIP_SIZE, CLIP_FRAMES) for file in files}


def _spread(pictures: Pictures, count: int) -> list[Pixels]:
    return [pictures.square(int(i), SIZE) for i in np.linspace(0, len(pictures) - 1, count).round()]


def from_folders(photographs: Path, paintings: Path, clips: list[Path]) -> Material:
    """Every picture of two folders, and some clips."""
    found = [[square(Image.open(f), SIZE) for f in sorted(folder.iterdir()) if f.suffix.lower() in PICTURES]
             for folder in (photographs, paintings)]
    return Material(found[0], found[1], _clips(clips))


PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}


def pairs_of(material: Material, turns: int) -> list[tuple[int, int]]:
    """Each photograph with `turns` different paintings, all used equally often."""
    photos, styles = len(material.photographs), len(material.paintings)
    step = max(1, styles // turns)
    return [(i, (i + k * step) % styles) for k in range(turns) for i in range(photos)]


class Judge:
    """Measures paintings against the photographs and style pictures of some material, whose features it keeps."""

    @torch.no_grad()
    def __init__(self, material: Material, vgg: Vgg) -> None:
        self._vgg, self._photographs = vgg, material.photographs
        self._device = next(vgg.parameters()).device
        self._aims = [[gram(f) for f in vgg(self._tensor(painting))] for painting in material.paintings]
        self._truths = [vgg(self._tensor(photo), CONTENT + 1)[CONTENT] for photo in material.photographs]

    def _tensor(self, picture: Pixels) -> Tensor:
        return to_tensor(picture[None], self._device)

    @torch.no_grad()
    def pair(self, made: Pixels, photo: int, style: int) -> Pair:
        """A painting of one photograph in the style of one picture, by their numbers."""
        features = self._vgg(self._tensor(made))
        near = style_distance([gram(f) for f in features], self._aims[style])
        kept = content_distance(features[CONTENT], self._truths[photo])
        frame = self._photographs[photo]
        return Pair(float(near), float(kept), grid(frame, made), float(tone(self._tensor(frame), self._tensor(made))))


def evaluate(painter: Painter, material: Material, judge: Judge, turns: int) -> Result:
    """Measure one painter."""
    looks = [painter.look(painting) for painting in material.paintings]
    pairs = [judge.pair(painter.paint(material.photographs[photo], looks[style]), photo, style)
             for photo, style in pairs_of(material, turns)]
    steady = [clip_figures(painter, frames, material.paintings) for frames in material.clips.values()]
    bare, filtered = _together([found.bare for found in steady]), _together([found.filtered for found in steady])
    means, medians = Pair(*map(statistics.fmean, zip(*pairs))), Pair(*map(statistics.median, zip(*pairs)))
    return Result(painter.name, means.style, medians.style, means.content, medians.content, means.grid, means.tone,
                  *bare, *filtered, _mean([found.border for found in steady]))


class ClipFigures(NamedTuple):
    """Steadiness as a painter gives it and behind the filter of a show, and the border of the first frame."""

    bare: Steadiness
    filtered: Steadiness
    border: float


def clip_figures(painter: Painter, frames: list[Pixels], paintings: list[Pixels]) -> ClipFigures:
    """Means over all styles."""
    bare, filtered, borders = [], [], []
    for painting in paintings:
        look, filter_ = painter.look(painting), Steadier(SMOOTH)
        painted = [painter.paint(frame, look) for frame in frames]
        bare.append(steadiness(frames, painted))
        filtered.append(steadiness(frames, (filter_.settle(*pair, REAL) for pair in zip(frames, painted))))
        borders.append(border(painted[0], painter.paint(inner(frames[0]), look)))
    return ClipFigures(_together(bare), _together(filtered), _mean(borders))


def _together(found: list[Steadiness]) -> Steadiness:
    return Steadiness(_mean([f.flicker for f in found]), _mean([f.motion for f in found]))


def _mean(values: list[float]) -> float:
    return statistics.fmean(values) if values else float("nan")


def table(results: list[Result]) -> str:
    """The figures as lines of markdown."""
    names = ["painter", "style", "median", "content", "median", "grid", "tone", "flicker", "motion", "filtered",
             "motion", "border"]
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    for r in results:
        figures = [f"{value:.{digits}f}".replace("nan", "–")
                   for value, digits in zip(r[1:], (3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 1))]
        lines.append("| " + " | ".join([r.name, *figures]) + " |")
    return "\n".join(lines)


def sheet(painters: list[Painter], material: Material, rows: int, columns: int) -> Image.Image:
    """Photographs against styles; in each cell the painters side by side. The first row shows the styles."""
    paintings = [material.paintings[int(i)] for i in np.linspace(0, len(material.paintings) - 1, columns).round()]
    photos = [material.photographs[int(i)] for i in np.linspace(0, len(material.photographs) - 1, rows).round()]
    wide = SIZE * len(painters)
    page = Image.new("RGB", (SIZE + wide * columns, SIZE * (rows + 1)), "white")
    for column, painting in enumerate(paintings):
        page.paste(Image.fromarray(painting), (SIZE + wide * column, 0))
        for number, painter in enumerate(painters):
            look = painter.look(painting)
            for row, photo in enumerate(photos):
                made = Image.fromarray(painter.paint(photo, look))
                page.paste(made, (SIZE + wide * column + SIZE * number, SIZE * (row + 1)))
    for row, photo in enumerate(photos):
        page.paste(Image.fromarray(photo), (0, SIZE * (row + 1)))
    return page
