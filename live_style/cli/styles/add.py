"""`live-style styles add`: styles made from pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from live_style.cli.files import pictures as pictures_in
from live_style.cli.options import INTO
from live_style.cli.options import WORDS
from live_style.errors import LiveStyleError
from live_style.errors import StyleError
from live_style.inference.style_predictor import Predictor
from live_style.style import make_style
from live_style.styles.predict import StyleMaker
from live_style.styles.preview import default_painting
from live_style.styles.user_folder import UserFolder
from live_style.system import paths


@click.command()
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE...",
                type=click.Path(readable=False, path_type=Path))
@click.option("--name", type=WORDS, help="Name of the style.  [default: the name of the picture file]")
@click.option("--artist", type=WORDS, default="", help="Who made the picture.")
@click.option("--year", type=WORDS, default="", help="When it was made.")
@click.option("--licence", type=WORDS, default="", help="Licence under which the style may be shared.")
@INTO
def add(pictures: tuple[Path, ...], name: str | None, artist: str, year: str, licence: str, into: Path | None) -> int:
    """Make styles from pictures or folders of pictures. A style keeps numbers, name and credit, not the picture."""
    sources = list(pictures_in(pictures))
    if name and len(sources) > 1:
        raise StyleError("--name can be used for one picture only", "Add them one by one.")
    for source in sources:
        if source.suffix.lower() in (".json", ".zip"):
            raise StyleError(f"{source.name} is not a picture",
                             f"To import a style, run: live-style styles import {source}")
    predictor = Predictor(paths.models_folder())
    maker = StyleMaker(lambda: predictor, predictor.space, paths.cache_folder())
    shelf = UserFolder(into or paths.user_styles_folder(), default_painting(paths.models_folder()))

    def made(picture: Path) -> Path:
        found = maker.make(picture)
        return shelf.put(make_style(name or found.name, found.space, found.embedding, artist, year, found.credit,
                                    licence))

    if len(sources) > 1:
        return _add_all(sources, made)
    _say(made(sources[0]))
    return 0


def _add_all(sources: list[Path], made: Any) -> int:
    """Add what can be added, then report what could not."""
    files: list[Path] = []
    failures: list[LiveStyleError] = []
    with click.progressbar(sources, label="adding", file=sys.stderr) as bar:
        for source in bar:
            try:
                files.append(made(source))
            except StyleError as e:
                failures.append(StyleError(f"{source.name}: {e.cause}", e.cure))
    for file in files:
        _say(file)
    for failure in failures:
        click.echo(f"live-style: {failure.cause}\n  {failure.cure}", err=True)
    return 2 if failures else 0


def _say(file: Path) -> None:
    click.echo(f"{file.stem}: {file}")
