"""`live-style evaluate`: painters named on the command line, their figures as a table and JSON, and blind sheets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from live_style.errors import SettingsError
from live_style.frame import Size
from live_style.training.metrics import blind as sheets
from live_style.training.data.pictures import Pixels
from live_style.training.metrics.figures import Judge, Result, evaluate, held_out, table
from live_style.training.methods.gatys import paint
from live_style.training.metrics.losses import Vgg
from live_style.training.metrics.masks import mask_table, measure_masks
from live_style.training.metrics.painters import Embedding, Foreign, Ours, PicturePainter, Photograph, Teacher, is_ours
from live_style.training.recipe import TEACHER_FILES, vgg_on
from live_style.training.methods.run import best_device

# Both sides of a picture that networks paint are multiples of it, px.
STEP = 8


class Gatys:
    """Optimises every picture; its look is the style picture itself."""

    name = "gatys"

    def __init__(self, vgg: Vgg, steps: int) -> None:
        self._vgg, self._steps = vgg, steps

    def look(self, picture: Pixels) -> Embedding:
        return picture.astype(np.float32)

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        return paint(self._vgg, frame, look.astype(np.uint8), self._steps, content=0.25)


def _plain(result: Result) -> dict[str, str | float | None]:
    """For JSON, which knows no NaN: without clips there is no flicker."""
    return {key: None if value != value else value for key, value in result._asdict().items()}


def painter_of(source: Path, predictor: Path) -> PicturePainter:
    """What paints for a name: the teacher's folder, a folder of pictures, a network of ours or of others."""
    if source.is_dir():
        return Teacher(source) if (source / TEACHER_FILES[0]).exists() else sheets.Folder(source)
    return Ours(source, predictor) if source.suffix == ".pt" or is_ours(source) else Foreign(source)


@dataclass(frozen=True)
class Figures:
    """What is to be measured, and on what."""

    networks: tuple[Path, ...]
    data: Path
    predictor: Path
    teacher: Path | None
    gatys_steps: int
    """Steps of Gatys; 0: it is not measured."""
    clips: tuple[str, ...]
    """Files, or names in DATA/clips."""
    count: int
    """Held-out photographs and paintings."""
    turns: int
    """Paintings tried on each photograph."""
    json_file: Path | None


@dataclass(frozen=True)
class BlindSheet:
    """A blind sheet that is to be drawn."""

    pair: tuple[Path, Path]
    folder: Path
    data: Path
    predictor: Path
    count: int
    seed: int
    size: Size


def choose(folder: Path, choices: tuple[Path, ...], echo: Callable[[str], None]) -> None:
    """Count the choices that were made on a blind sheet."""
    for question, found in sheets.score(folder, choices).items():
        echo(f"{question}: {found.chosen} of {found.of} ({found.share:.0%}), at least {found.least:.0%}")


def draw(sheet: BlindSheet, echo: Callable[[str], None]) -> None:
    """Draw a blind sheet by two painters."""
    width, height = sheet.size
    if width % STEP or height % STEP:
        raise SettingsError(f"networks cannot paint {width}x{height}",
                            f"Give a size whose sides are multiples of {STEP}.")
    first, second = (painter_of(source, sheet.predictor) for source in sheet.pair)
    subjects = sheets.subjects(sheet.data, sheet.count, sheet.size, sheet.seed)
    for page in sheets.draw((first, second), subjects, sheet.folder, sheet.seed):
        echo(str(page))


def _clips(wanted: Figures) -> list[Path]:
    files = [Path(clip) if Path(clip).exists() else wanted.data / "clips" / clip for clip in wanted.clips]
    for file in files:
        if not file.exists():
            raise SettingsError(f"there is no clip {file}", "Name a file, or one in DATA/clips.")
    return files


def measure_mask(mask: Path, wanted: Figures, echo: Callable[[str], None]) -> None:
    """Measure a mask network next to its teacher."""
    if wanted.teacher is None:
        raise SettingsError("a mask is measured next to its teacher", "Add --teacher FOLDER.")
    echo(mask_table(measure_masks(wanted.data, wanted.teacher, mask, _clips(wanted))))


def measure(wanted: Figures, echo: Callable[[str], None]) -> None:
    """Measure everything that was named, the photograph itself first."""
    files = _clips(wanted)
    material = held_out(wanted.data, wanted.count, files)
    vgg = vgg_on(wanted.data, best_device())
    judge = Judge(material, vgg)
    painters: list[PicturePainter] = [Photograph(), *([Teacher(wanted.teacher)] if wanted.teacher else []),
                                      *(Ours(network, wanted.predictor) for network in wanted.networks)]
    results = []
    for painter in painters:
        results.append(evaluate(painter, material, judge, wanted.turns))
        echo(table(results).splitlines()[-1])
    if wanted.gatys_steps:
        # Minutes a picture: one painting for each photograph, and no clips.
        results.append(evaluate(Gatys(vgg, wanted.gatys_steps), material._replace(clips={}), judge, 1))
    echo(table(results))
    if wanted.json_file:
        rows = [_plain(result) for result in results]
        wanted.json_file.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
