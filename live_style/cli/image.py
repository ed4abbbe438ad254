"""`live-style image`: photographs, painted."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

import click

from live_style import __version__
from live_style.brush import LARGEST
from live_style.brush import SMALLEST
from live_style.brush import STROKE
from live_style.brush import Brush
from live_style.brush import load_brush
from live_style.cli.errands import PIPE
from live_style.cli.errands import Errand
from live_style.cli.errands import check_free
from live_style.cli.errands import format_of
from live_style.cli.errands import plan
from live_style.cli.options import Checked
from live_style.cli.values import Part
from live_style.cli.values import Pixels
from live_style.cli.values import StylePart
from live_style.errors import LiveStyleError
from live_style.errors import SettingsError
from live_style.errors import SinkError
from live_style.errors import StyleError
from live_style.frame import Size
from live_style.frame import size_of
from live_style.library import mix_styles
from live_style.look import Look
from live_style.pictures.formats import encoded
from live_style.pictures.formats import write_whole
from live_style.pictures.photo import Photo
from live_style.pictures.photo import read_photo
from live_style.runtime import Wanted

LONGEST = 16384
"""Pixels of the longer side; WebP ends there, and so does the patience of most programs."""


class Job(NamedTuple):
    """What is done to every picture."""

    brush: Brush
    look: Look
    size: int | None
    """The longer side of the painting; None: as it is."""
    stroke: int | None
    facts: dict[str, str]


@click.command()
@click.argument("contents", nargs=-1, required=True, metavar="CONTENT...", type=click.Path(path_type=Path))
@click.option("-s", "--style", "parts", multiple=True, required=True, metavar="STYLE[:WEIGHT]", type=StylePart(),
              help="A style by name, a style file or any picture; several are mixed by their weights.")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path),
              help="The file to write (.jpg, .png, .webp), the folder for several, or - for a PNG on standard output.")
@click.option("--strength", type=Checked("strength", "0..1"), metavar="0..1", default=1.0,
              help="From the photograph to the full style.  [default: 1]")
@click.option("--preserve-color", is_flag=True, help="Keep the photograph's own colours.")
@click.option("--size", type=Pixels(1, LONGEST, "original"), metavar="LONG|original", default="original",
              help="Longer side of the painting, in pixels.  [default: original]")
@click.option("--stroke", type=Pixels(SMALLEST, LARGEST), metavar="LONG",
              help=f"Longer side at which the network sees the picture; fewer pixels make larger brush strokes.  "
                   f"[default: the painting's, {STROKE} at most]")
@click.option("--model", type=Checked("model", "fast|balanced|fine"), metavar="fast|balanced|fine",
              help="Which network paints.  [default: the best that is there]")
@click.option("--provider", type=Checked("provider", "auto|cuda|tensorrt|cpu"), metavar="auto|cuda|tensorrt|cpu",
              default="auto", help="Which processor paints.  [default: auto]")
@click.option("--overwrite", is_flag=True, help="Write over files that are there.")
def image(contents: tuple[Path, ...], parts: tuple[Part, ...], out: Path, strength: float, preserve_color: bool,
          size: int | None, stroke: int | None, model: str | None, provider: Wanted, overwrite: bool) -> int:
    """Paint photographs: files, folders, or - for standard input."""
    errands = plan(contents, out)
    alone = len(contents) == 1 and not os.path.isdir(contents[0])
    if alone:
        check_free(out, overwrite)
    if sum(part.weight for part in parts) <= 0.0:
        raise SettingsError("the weights of all styles are 0", 'Give one of them a weight: "Neon:0.5".')
    brush = load_brush(model, stroke or STROKE, provider)
    styles = [brush.style(part.style) for part in parts]
    mixed = list(zip(styles, (part.weight for part in parts)))
    facts = {"Software": f"live-style {__version__}",
             "style": ", ".join(f"{style.name}:{weight:g}" for style, weight in mixed),
             "strength": f"{strength:g}", "preserve-color": "yes" if preserve_color else "no", "model": brush.model}
    job = Job(brush, mix_styles(mixed, strength, preserve_color), size, stroke, facts)
    if alone:
        _paint(errands[0], job)
        return 0
    return _paint_all(errands, job, overwrite)


def _paint_all(errands: list[Errand], job: Job, overwrite: bool) -> int:
    """Paint what can be painted, then tell what could not."""
    failures: list[LiveStyleError] = []
    with click.progressbar(errands, label="painting", file=sys.stderr) as bar:
        for errand in bar:
            try:
                check_free(errand.target, overwrite)
                _paint(errand, job)
            except (StyleError, SinkError) as e:
                failures.append(e)
    for failure in failures:
        click.echo(f"live-style: {failure.cause}\n  {failure.cure}", err=True)
    done = len(errands) - len(failures)
    click.echo(f"{done} painting{'s' * (done != 1)} in {errands[0].target.parent}")
    return 2 if failures else 0


def _paint(errand: Errand, job: Job) -> None:
    source = sys.stdin.buffer.read() if errand.source == PIPE else errand.source
    painted, seen = painting(read_photo(source), job)
    facts = {**job.facts, "stroke": str(seen)}
    data = encoded(painted, format_of(errand.target), facts)
    if errand.target == PIPE:
        _pour(data)
    else:
        write_whole(errand.target, data)


def painting(photo: Photo, job: Job) -> tuple[Photo, int]:
    """The painting of a photograph, and the longer side at which the network saw it."""
    shape = size_of(photo.image)
    final = job.size or max(shape)
    # Strokes finer than a small painting are painted larger, then scaled down with it.
    work = photo.resized(_scaled(shape, max(final, min(job.stroke or 0, max(shape)))))
    painted = Photo(job.brush.paint(work.image, job.look), work.alpha)
    return painted.resized(_scaled(shape, final)), min(job.brush.stroke, max(size_of(work.image)))


def _scaled(shape: Size, long: int) -> Size:
    width, height = (max(1, round(side * long / max(shape))) for side in shape)
    return width, height


def _pour(data: bytes) -> None:
    if sys.stdout.isatty():
        raise SinkError("a terminal shows no pictures", "Give a file: -o painted.png")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as e:
        raise SinkError(f"standard output took no picture: {e.strerror}", "Check the program behind it.") from e
