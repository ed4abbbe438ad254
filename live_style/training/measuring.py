"""`live-style evaluate`: painters named on the command line, their figures as a table and JSON, and a contact sheet."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from live_style.errors import SettingsError
from live_style.training.data import Pixels
from live_style.training.evaluate import Judge, Material, Result, evaluate, from_folders, held_out, sheet, table
from live_style.training.gatys import paint
from live_style.training.losses import Vgg
from live_style.training.painters import Crossed, Embedding, Ours, Painter, Photograph, Teacher
from live_style.training.recipe import vgg_on
from live_style.training.run import best_device

# Rows (photographs) and columns (styles) of a contact sheet.
SHEET = (6, 4)


class Gatys:
    """Optimises every picture; its look is the style picture itself."""

    name = "gatys"

    def __init__(self, vgg: Vgg, steps: int) -> None:
        self._vgg, self._steps = vgg, steps

    def look(self, picture: Pixels) -> Embedding:
        return picture.astype(np.float32)

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        return paint(self._vgg, frame, look.astype(np.uint8), self._steps, content=0.25)


def progress(results: list[Result]) -> dict[str, float]:
    """How much of the way from the photograph's style distance to that of Gatys each painter goes, 0..1."""
    named = {result.name: result.style for result in results}
    if "gatys" not in named:
        return {}
    whole = named["photograph"] - named["gatys"]
    return {name: (named["photograph"] - style) / whole for name, style in named.items()}


def _plain(result: Result) -> dict[str, str | float | None]:
    """For JSON, which knows no NaN: without clips there is no flicker."""
    return {key: None if value != value else value for key, value in result._asdict().items()}


def _material(data: Path, photographs: Path | None, paintings: Path | None, clips: tuple[str, ...],
              count: int) -> Material:
    files = [Path(clip) if Path(clip).exists() else data / "clips" / clip for clip in clips]
    for file in files:
        if not file.exists():
            raise SettingsError(f"there is no clip {file}", "name a file, or one that lies in DATA/clips")
    if photographs and paintings:
        return from_folders(photographs, paintings, files)
    if photographs or paintings:
        raise SettingsError("--photographs and --paintings go together", "give both folders, or neither")
    return held_out(data, count, files)


def run(networks: tuple[Path, ...], data: Path, predictor: Path, teacher: Path | None, cross: bool, gatys_steps: int,
        photographs: Path | None, paintings: Path | None, clips: tuple[str, ...], count: int, turns: int,
        json_file: Path | None, sheet_file: Path | None, echo: Callable[[str], None]) -> list[Result]:
    """Measure everything that was named, the photograph itself first."""
    material = _material(data, photographs, paintings, clips, count)
    vgg = vgg_on(data, best_device())
    judge = Judge(material, vgg)
    ours = [Ours(network, predictor) for network in networks]
    painters: list[Painter] = [Photograph(), *ours]
    if teacher:
        painters.insert(1, master := Teacher(teacher))
        # Our own space of styles began as the teacher's: its predictor's numbers mean the same to our networks.
        painters += [Crossed(hand, master) for hand in ours] if cross else []
    results = []
    for painter in painters:
        results.append(evaluate(painter, material, judge, turns))
        echo(table(results).splitlines()[-1])
    if gatys_steps:
        # Minutes a picture: one painting for each photograph, and no clips.
        painters.append(Gatys(vgg, gatys_steps))
        results.append(evaluate(painters[-1], material._replace(clips={}), judge, 1))
    way = progress(results)
    echo(table(results))
    for name, part in way.items():
        echo(f"{name} goes {part:.0%} of the way from the photograph to Gatys")
    if json_file:
        rows = [_plain(result) | ({"way": way[result.name]} if way else {}) for result in results]
        json_file.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    if sheet_file:
        sheet(painters, material, *SHEET).save(sheet_file)
    return results
