"""Sheets: photographs in many styles, side by side with their names."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from live_style.cli.easel import Easel
from live_style.cli.easel import scaled_to
from live_style.cli.errands import PIPE
from live_style.cli.errands import deliver
from live_style.cli.errands import fetch
from live_style.errors import StyleError
from live_style.frame import size_of
from live_style.imaging.contact_sheet import Cell
from live_style.imaging.contact_sheet import columns_for
from live_style.imaging.contact_sheet import draw_sheet
from live_style.imaging.read import Photo
from live_style.style import Style

LONG = 480
"""Pixels of the longer side of each picture on a sheet, where nothing else was asked for."""


def lay_sheet(source: Path, styles: Sequence[Style], easel: Easel, out: Path) -> int:
    """One photograph, then its paintings, in rows that make a sheet of good shape."""
    cells = _painted([source], styles, easel)
    return _deliver(cells, columns_for(len(cells), size_of(cells[0].picture)), styles, easel, out)


def lay_grid(sources: Sequence[Path], styles: Sequence[Style], easel: Easel, out: Path) -> int:
    """A row for each photograph, a column for each style."""
    return _deliver(_painted(sources, styles, easel), 1 + len(styles), styles, easel, out)


def _painted(sources: Sequence[Path], styles: Sequence[Style], easel: Easel) -> list[Cell]:
    """Each photograph, followed by its paintings; on white where something is transparent."""
    if not styles:
        raise StyleError("there is no style to paint with", "Make one of a picture: live-style styles add PICTURE.")
    cells: list[Cell] = []
    with click.progressbar(length=len(sources) * len(styles), label="painting", file=sys.stderr) as bar:
        for source in sources:
            photo = fetch(source)
            shape = size_of(photo.image)
            small = easel._replace(size=easel.size or min(LONG, max(shape)))
            shown = photo.resized(scaled_to(shape, small.size or LONG))
            name = "The photograph" if source == PIPE else source.stem.replace("_", " ")
            cells.append(Cell(shown.over_white(), name))
            for style in styles:
                painted = small.paint(photo if easel.stroke else shown, [(style, 1.0)]).photo
                credit = ", ".join(word for word in (style.artist, style.year) if word)
                cells.append(Cell(painted.over_white(), style.name, credit))
                bar.update(1)
    return cells


def _deliver(cells: Sequence[Cell], columns: int, styles: Sequence[Style], easel: Easel, out: Path) -> int:
    facts = {**easel.facts(), "style": ", ".join(style.name for style in styles)}
    deliver(out, Photo(draw_sheet(cells, columns)), facts)
    return 0
