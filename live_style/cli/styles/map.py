"""`live-style styles map`: all styles on one picture, placed by similarity."""

from __future__ import annotations

from pathlib import Path

import click

from live_style import __version__
from live_style.cli.files import check_file
from live_style.cli.files import check_free
from live_style.cli.files import deliver
from live_style.errors import StyleError
from live_style.imaging.read import Photo
from live_style.styles.library import Library
from live_style.styles.library import is_shipped
from live_style.styles.preview import default_painting
from live_style.styles.preview import picture_of
from live_style.system import paths
from live_style.ui.map_poster import PosterItem
from live_style.ui.map_poster import draw_poster


@click.command("map")
@click.option("-o", "--out", required=True, type=click.Path(readable=False, path_type=Path),
              help="The picture to write (.png, .jpg, .webp), or - for a PNG on standard output.")
@click.option("--overwrite", is_flag=True, help="Overwrite an existing file.")
def map_(out: Path, overwrite: bool) -> None:
    """Draw all styles in one picture, similar ones next to each other."""
    check_file(out)
    check_free(out, overwrite)
    paint = default_painting(paths.models_folder())
    library = Library(paint.space)
    for problem in library.problems:
        click.echo(f"live-style: {problem}", err=True)
    items = [PosterItem(entry.style, picture_of(entry, paint), not is_shipped(entry))
             for entry in library.collection.entries]
    if not items:
        raise StyleError("there are no styles to draw", "Make one from a picture: live-style styles add PICTURE.")
    facts = {"Software": f"live-style {__version__}", "styles": str(len(items))}
    deliver(out, Photo(draw_poster(items)), facts, overwrite)
