"""`live-style evaluate`: painters named on the command line, their figures as a table and JSON, and blind sheets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from live_style.errors import SettingsError
from live_style.frame import Size
from live_style.training import blind as sheets
from live_style.training.data import Pixels
from live_style.training.evaluate import Judge, Result, evaluate, held_out, table
from live_style.training.gatys import paint
from live_style.training.losses import Vgg
from live_style.training.painters import Embedding, Foreign, Ours, Painter, Photograph, Teacher, is_ours
from live_style.training.recipe import TEACHER_FILES, vgg_on
from live_style.training.run import best_device

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


def painter_of(source: Path, predictor: Path) -> Painter:
    """What paints for a name: the teacher's folder, a folder of pictures, a network of ours or of others."""
    if source.is_dir():
        return Teacher(source) if (source / TEACHER_FILES[0]).exists() else sheets.Folder(source)
    return Ours(source, predictor) if source.suffix == ".pt" or is_ours(source) else Foreign(source)


def run(networks: tuple[Path, ...], data: Path, predictor: Path, teacher: Path | None, gatys_steps: int,
        clips: tuple[str, ...], count: int, turns: int, json_file: Path | None, blind: tuple[Path, Path] | None,
        sheet: Path | None, seed: int, size: Size, choices: tuple[Path, ...], echo: Callable[[str], None]) -> None:
    """Measure everything that was named, the photograph itself first; or draw a blind sheet, or count its choices."""
    if (blind or choices) and sheet is None:
        raise SettingsError("a blind sheet needs a folder", "Add --sheet FOLDER.")
    if blind and sheet:
        _draw(blind, data, predictor, sheet, count, seed, size, echo)
    elif choices and sheet:
        for question, found in sheets.score(sheet, choices).items():
            echo(f"{question}: {found.chosen} of {found.of} ({found.share:.0%}), at least {found.least:.0%}")
    else:
        _measure(networks, data, predictor, teacher, gatys_steps, clips, count, turns, json_file, echo)


def _draw(blind: tuple[Path, Path], data: Path, predictor: Path, sheet: Path, count: int, seed: int, size: Size,
          echo: Callable[[str], None]) -> None:
    width, height = size
    if width % STEP or height % STEP:
        raise SettingsError(f"networks cannot paint {width}x{height}",
                            f"Give a size whose sides are multiples of {STEP}.")
    pair = painter_of(blind[0], predictor), painter_of(blind[1], predictor)
    for page in sheets.draw(pair, sheets.subjects(data, count, size, seed), sheet, seed):
        echo(str(page))


def _measure(networks: tuple[Path, ...], data: Path, predictor: Path, teacher: Path | None, gatys_steps: int,
             clips: tuple[str, ...], count: int, turns: int, json_file: Path | None,
             echo: Callable[[str], None]) -> None:
    files = [Path(clip) if Path(clip).exists() else data / "clips" / clip for clip in clips]
    for file in files:
        if not file.exists():
            raise SettingsError(f"there is no clip {file}", "Name a file, or one that lies in DATA/clips.")
    material = held_out(data, count, files)
    vgg = vgg_on(data, best_device())
    judge = Judge(material, vgg)
    painters: list[Painter] = [Photograph(), *([Teacher(teacher)] if teacher else []),
                               *(Ours(network, predictor) for network in networks)]
    results = []
    for painter in painters:
        results.append(evaluate(painter, material, judge, turns))
        echo(table(results).splitlines()[-1])
    if gatys_steps:
        # Minutes a picture: one painting for each photograph, and no clips.
        results.append(evaluate(Gatys(vgg, gatys_steps), material._replace(clips={}), judge, 1))
    echo(table(results))
    if json_file:
        json_file.write_text(json.dumps([_plain(result) for result in results], indent=1) + "\n", encoding="utf-8")
