"""`live-style image`: photographs, painted."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from live_style.cli.easel import Easel
from live_style.cli.easel import Mix
from live_style.cli.errands import Errand
from live_style.cli.errands import check_file
from live_style.cli.errands import check_free
from live_style.cli.errands import deliver
from live_style.cli.errands import fetch
from live_style.cli.errands import pictures
from live_style.cli.errands import plan
from live_style.cli.options import LONGEST
from live_style.cli.options import MODEL
from live_style.cli.options import PLACE
from live_style.cli.options import PROVIDER
from live_style.cli.options import STYLES
from live_style.cli.options import Checked
from live_style.cli.options import Part
from live_style.cli.options import Pixels
from live_style.cli.sheets import lay_grid
from live_style.cli.sheets import lay_sheet
from live_style.errors import LiveStyleError
from live_style.errors import SettingsError
from live_style.errors import SinkError
from live_style.errors import StyleError
from live_style.inference.providers import Wanted
from live_style.offline.photo import LARGEST
from live_style.offline.photo import SMALLEST
from live_style.offline.photo import STROKE
from live_style.offline.photo import load_brush


@click.command()
@click.argument("contents", nargs=-1, required=True, metavar="CONTENT...", type=PLACE)
@STYLES
@click.option("-o", "--out", required=True, type=PLACE,
              help="The file to write (.jpg, .png, .webp), the folder for several, or - for a PNG on standard output.")
@click.option("--strength", type=Checked("strength", "0..1"), metavar="0..1", default=1.0,
              help="From the photograph to the full style.  [default: 1]")
@click.option("--preserve-color", is_flag=True, help="Keep the photograph's own colours.")
@click.option("--size", type=Pixels(1, LONGEST, "original"), metavar="LONG|original", default="original",
              help="Longer side of the painting, in pixels.  [default: original]")
@click.option("--stroke", type=Pixels(SMALLEST, LARGEST), metavar="LONG",
              help=f"Longer side at which the network sees the picture; fewer pixels make larger brush strokes.  "
                   f"[default: the painting's, {STROKE} at most]")
@MODEL
@PROVIDER
@click.option("--sheet", is_flag=True, help="One labelled sheet of the photograph in each style; without -s in all.")
@click.option("--grid", is_flag=True, help="One labelled sheet: a row for each photograph, a column for each style.")
@click.option("--overwrite", is_flag=True, help="Write over files that are there.")
def image(contents: tuple[Path, ...], parts: tuple[Part, ...], out: Path, strength: float, preserve_color: bool,
          size: int | None, stroke: int | None, model: str | None, provider: Wanted, sheet: bool, grid: bool,
          overwrite: bool) -> int:
    """Paint photographs: files, folders, or - for standard input."""
    _check(parts, sheet, grid)
    errands = [] if sheet or grid else plan(contents, out)
    if sheet or grid:
        check_file(out)
    sources = list(pictures(contents)) if sheet or grid else []
    if sheet and len(sources) > 1:
        raise SettingsError("a sheet shows one photograph", "Use --grid for several.")
    into_file = not errands or errands[0].target == out
    if into_file:
        check_free(out, overwrite)
    easel = Easel(load_brush(model, stroke or STROKE, provider), strength, preserve_color, size, stroke)
    mix = [(easel.brush.style(part.style), part.weight) for part in parts]
    if sheet or grid:
        styles = [style for style, _ in mix] or easel.brush.styles
        return lay_sheet(sources[0], styles, easel, out) if sheet else lay_grid(sources, styles, easel, out)
    if into_file:
        deliver(out, *easel.paint(fetch(contents[0]), mix))
        return 0
    return _paint_all(errands, easel, mix, overwrite)


def _check(parts: tuple[Part, ...], sheet: bool, grid: bool) -> None:
    """Refuse what makes no sense together; raises SettingsError."""
    if sheet and grid:
        raise SettingsError("--sheet and --grid are two different pictures", "Use one of them.")
    if not parts and not sheet and not grid:
        raise SettingsError("no style was named", 'Name one: -s "Water Lilies"; `live-style styles list` shows all.')
    if (sheet or grid) and any(part.weight != 1.0 for part in parts):
        raise SettingsError("a sheet shows styles one by one, not by weight", "Leave the weights away.")
    if parts and sum(part.weight for part in parts) <= 0.0:
        raise SettingsError("the weights of all styles are 0", 'Give one of them a weight: "Neon:0.5".')


def _paint_all(errands: list[Errand], easel: Easel, mix: Mix, overwrite: bool) -> int:
    """Paint what can be painted, then tell what could not."""
    failures: list[LiveStyleError] = []
    with click.progressbar(errands, label="painting", file=sys.stderr) as bar:
        for errand in bar:
            try:
                check_free(errand.target, overwrite)
                deliver(errand.target, *easel.paint(fetch(errand.source), mix))
            except (StyleError, SinkError) as e:
                failures.append(e)
    for failure in failures:
        click.echo(f"live-style: {failure.cause}\n  {failure.cure}", err=True)
    done = len(errands) - len(failures)
    click.echo(f"{done} painting{'s' * (done != 1)} in {errands[0].target.parent}")
    return 2 if failures else 0
