"""`live-style image`: photographs, painted one by one or side by side on a sheet."""

from __future__ import annotations

import sys
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

from live_style import __version__
from live_style.cli.files import PIPE
from live_style.cli.files import PictureJob
from live_style.cli.files import check_apart
from live_style.cli.files import check_file
from live_style.cli.files import check_free
from live_style.cli.files import deliver
from live_style.cli.files import fetch
from live_style.cli.files import first_only
from live_style.cli.files import pictures
from live_style.cli.files import plan
from live_style.cli.options import LONGEST
from live_style.cli.options import MODEL
from live_style.cli.options import PLACE
from live_style.cli.options import PERSON
from live_style.cli.options import PROVIDER
from live_style.cli.options import ROOM
from live_style.cli.options import STYLES
from live_style.cli.options import Checked
from live_style.cli.options import MixPart
from live_style.cli.options import Pixels
from live_style.cli.options import part_look
from live_style.cli.options import told
from live_style.errors import LiveStyleError
from live_style.errors import SettingsError
from live_style.errors import SinkError
from live_style.errors import StyleError
from live_style.frame import size_of
from live_style.imaging.contact_sheet import Cell
from live_style.imaging.contact_sheet import columns_for
from live_style.imaging.contact_sheet import draw_sheet
from live_style.imaging.geometry import scaled_to
from live_style.imaging.read import Photo
from live_style.inference.providers import Wanted
from live_style.offline.photo import LARGEST
from live_style.offline.photo import SMALLEST
from live_style.offline.photo import STROKE
from live_style.offline.photo import PictureStylizer
from live_style.offline.photo import load_stylizer
from live_style.look import Look
from live_style.look import TwoLooks
from live_style.settings import PartLook
from live_style.style import Style
from live_style.styles.library import mix_styles

Mix = Sequence[tuple[Style, float]]
"""Styles and their weights."""
Write = Callable[[Photo, Mapping[str, str]], None]
"""Writes a painting, with its metadata, to the chosen file."""


class PaintedPhoto(NamedTuple):
    """A painting, and how it was made: what is written into its file."""

    photo: Photo
    facts: dict[str, str]


class PhotoPainter(NamedTuple):
    """A stylizer and the options of the user."""

    stylizer: PictureStylizer
    strength: float
    preserve_color: bool
    size: int | None
    """The longer side of a painting; None: the photograph's."""
    split: tuple[PartLook | None, PartLook | None]
    """The looks of the person and of the room, where they are not the mix."""
    stroke: int | None
    """The longer side at which the network sees a photograph; None: the painting's, up to the stylizer's limit."""

    def paint(self, photo: Photo, mix: Mix) -> PaintedPhoto:
        """The photograph in a mix of styles."""
        shape = size_of(photo.image)
        final = self.size or max(shape)
        # Strokes finer than a small painting are painted larger, then scaled down with it.
        work = photo.resized(scaled_to(shape, max(final, min(self.stroke or 0, max(shape)))))
        painted = Photo(self.stylizer.paint(work.image, self._look(mix)), work.alpha).resized(scaled_to(shape, final))
        names = ", ".join([*(f"{style.name}:{weight:g}" for style, weight in mix), *told(*self.split)])
        seen = min(self.stylizer.resolution, max(size_of(work.image)))
        return PaintedPhoto(painted, {**self.facts(), "style": names, "stroke": str(seen)})

    def _look(self, mix: Mix) -> Look | TwoLooks:
        if self.split == (None, None):
            return mix_styles(mix, self.strength, self.preserve_color)
        person, room = (mix_styles(mix, self.strength, self.preserve_color) if part is None else
                        part_look(part, self.stylizer.style).scaled(self.strength, float(self.preserve_color))
                        for part in self.split)
        return TwoLooks(person, room)

    def facts(self) -> dict[str, str]:
        """The metadata that all its paintings share."""
        return {"Software": f"live-style {__version__}", "strength": f"{self.strength:g}",
                "preserve-color": "yes" if self.preserve_color else "no", "model": self.stylizer.model}


LONG = 480
"""Pixels of the longer side of each picture on a sheet, by default."""


def lay_sheet(source: Path, styles: Sequence[Style], painter: PhotoPainter, write: Write) -> int:
    """One photograph, then its paintings, in rows that make a sheet of good shape."""
    cells = _painted([source], styles, painter)
    return _deliver(cells, columns_for(len(cells), size_of(cells[0].picture)), styles, painter, write)


def lay_grid(sources: Sequence[Path], styles: Sequence[Style], painter: PhotoPainter, write: Write) -> int:
    """A row for each photograph, a column for each style."""
    return _deliver(_painted(sources, styles, painter), 1 + len(styles), styles, painter, write)


def _painted(sources: Sequence[Path], styles: Sequence[Style], painter: PhotoPainter) -> list[Cell]:
    """Each photograph, followed by its paintings; transparent parts become white."""
    if not styles:
        raise StyleError("there are no styles to paint with", "Make one from a picture: live-style styles add PICTURE.")
    cells: list[Cell] = []
    with click.progressbar(length=len(sources) * len(styles), label="painting", file=sys.stderr) as bar:
        for source in sources:
            photo = fetch(source)
            shape = size_of(photo.image)
            small = painter._replace(size=painter.size or min(LONG, max(shape)))
            shown = photo.resized(scaled_to(shape, small.size or LONG))
            name = "The photograph" if source == PIPE else source.stem.replace("_", " ")
            cells.append(Cell(shown.over_white(), name))
            for style in styles:
                painted = small.paint(photo if painter.stroke else shown, [(style, 1.0)]).photo
                cells.append(Cell(painted.over_white(), style.name, style.credit_line))
                bar.update(1)
    return cells


def _deliver(cells: Sequence[Cell], columns: int, styles: Sequence[Style], painter: PhotoPainter, write: Write) -> int:
    facts = {**painter.facts(), "style": ", ".join(style.name for style in styles)}
    write(Photo(draw_sheet(cells, columns)), facts)
    return 0


@click.command()
@click.argument("contents", nargs=-1, required=True, metavar="CONTENT...", type=PLACE)
@STYLES
@click.option("-o", "--out", required=True, type=PLACE,
              help="The file to write (.jpg, .png, .webp), a folder for several, or - for a PNG on standard output.")
@click.option("--strength", type=Checked("strength", "0..1"), metavar="0..1", default=1.0,
              help="Strength of the style: 0 is the photograph, 1 the full style.  [default: 1]")
@click.option("--preserve-color", is_flag=True, help="Keep the photograph's own colours.")
@click.option("--size", type=Pixels(1, LONGEST, "original"), metavar="LONG|original", default="original",
              help="Longer side of the painting, in pixels.  [default: original]")
@click.option("--stroke", type=Pixels(SMALLEST, LARGEST), metavar="LONG",
              help=f"Longer side, in pixels, at which the network works; fewer pixels make larger brush strokes.  "
                   f"[default: the painting's, at most {STROKE}]")
@PERSON
@ROOM
@MODEL
@PROVIDER
@click.option("--sheet", is_flag=True,
              help="Write one labelled sheet of the photograph in each style given by -s, or in all styles.")
@click.option("--grid", is_flag=True,
              help="Write one labelled sheet with a row for each photograph and a column for each style.")
@click.option("--overwrite", is_flag=True, help="Overwrite existing files.")
def image(contents: tuple[Path, ...], parts: tuple[MixPart, ...], out: Path, strength: float, preserve_color: bool,
          size: int | None, stroke: int | None, model: str | None, provider: Wanted, sheet: bool, grid: bool,
          overwrite: bool, **split: PartLook | None) -> int:
    """Paint photographs: files, folders, or - for standard input."""
    _check(parts, (split["person"], split["room"]), sheet, grid)
    jobs = [] if sheet or grid else plan(contents, out)
    if sheet or grid:
        check_file(out)
    sources = list(pictures(contents)) if sheet or grid else [job.source for job in jobs]
    if sheet and len(sources) > 1:
        raise SettingsError("--sheet shows one photograph only", "Use --grid for several.")
    into_file = not jobs or jobs[0].target == out
    named = [*(part.style for part in parts), *(part.style for part in split.values() if part)]
    read = [*([] if into_file and jobs else sources), *map(Path, named)]
    for target in ([out] if into_file else [job.target for job in jobs]) if overwrite else []:
        check_apart(target, read)
    if into_file:
        check_free(out, overwrite)
    if told := first_only(sources):
        click.echo(f"live-style: {told}", err=True)
    write = partial(deliver, out, overwrite=overwrite)
    painter = PhotoPainter(load_stylizer(model, stroke or STROKE, provider), strength, preserve_color, size,
                           (split["person"], split["room"]), stroke)
    mix = [(painter.stylizer.style(part.style), part.weight) for part in parts]
    if sheet or grid:
        styles = [style for style, _ in mix] or painter.stylizer.styles
        return lay_sheet(sources[0], styles, painter, write) if sheet else lay_grid(sources, styles, painter, write)
    if into_file:
        write(*painter.paint(fetch(contents[0]), mix))
        return 0
    return _paint_all(jobs, painter, mix, overwrite)


def _check(parts: tuple[MixPart, ...], split: tuple[PartLook | None, PartLook | None], sheet: bool, grid: bool) -> None:
    """Raise SettingsError for options that cannot be combined."""
    if split != (None, None) and (sheet or grid):
        raise SettingsError("--person and --room cannot be combined with --sheet and --grid", "Paint without a sheet.")
    if None not in split and parts:
        raise SettingsError("with both --person and --room nothing is left for -s to paint",
                            "Omit one of the three.")
    if sheet and grid:
        raise SettingsError("--sheet and --grid cannot be combined", "Use one of them.")
    if not parts and None in split and not sheet and not grid:
        raise SettingsError("no style was given", 'Name one: -s "Water Lilies"; `live-style styles list` shows all.')
    if (sheet or grid) and any(part.weight != 1.0 for part in parts):
        raise SettingsError("a sheet shows each style on its own and takes no weights", "Omit the weights.")
    if parts and sum(part.weight for part in parts) <= 0.0:
        raise SettingsError("the weights of all styles are 0", 'Give one of them a weight: "Neon:0.5".')


def _paint_all(jobs: list[PictureJob], painter: PhotoPainter, mix: Mix, overwrite: bool) -> int:
    """Paint what can be painted, then report what could not."""
    failures: list[LiveStyleError] = []
    with click.progressbar(jobs, label="painting", file=sys.stderr) as bar:
        for job in bar:
            try:
                check_free(job.target, overwrite)
                deliver(job.target, *painter.paint(fetch(job.source), mix), overwrite)
            except (StyleError, SinkError) as e:
                failures.append(e)
    for failure in failures:
        click.echo(f"live-style: {failure.cause}\n  {failure.cure}", err=True)
    done = len(jobs) - len(failures)
    click.echo(f"{done} painting{'s' * (done != 1)} in {jobs[0].target.parent}")
    return 2 if failures else 0
