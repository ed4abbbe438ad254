"""New styles: of pictures, and of other styles."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from live_style.cli.errands import pictures as pictures_in
from live_style.cli.options import Part
from live_style.cli.options import StylePart
from live_style.errors import LiveStyleError
from live_style.errors import SettingsError
from live_style.errors import StyleError
from live_style.inference.style_predictor import Predictor
from live_style.style import MAX_TEXT
from live_style.style import make_style
from live_style.style import tidy
from live_style.styles.library import Library
from live_style.styles.mixing import mixed_style
from live_style.styles.predict import Maker
from live_style.styles.preview import default_painting
from live_style.styles.user_folder import Shelf
from live_style.system import paths


class Words(click.ParamType[Any]):
    """A line of text that a style file can hold."""

    name = "words"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        words = tidy(str(value))
        assert param is not None
        if len(words) > MAX_TEXT:
            raise SettingsError(f"{param.opts[0]}: that is longer than {MAX_TEXT} letters", "Say it shorter.")
        if value and not words:
            raise SettingsError(f"{param.opts[0]}: there is nothing to read in it", "Use letters.")
        return words


WORDS = Words()
INTO = click.option("--into", type=click.Path(file_okay=False, path_type=Path),
                    help="Folder for the new style; else that of your own styles.")


@click.command()
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE...",
                type=click.Path(readable=False, path_type=Path))
@click.option("--name", type=WORDS, help="What to call it; else as the picture's file is called.")
@click.option("--artist", type=WORDS, default="", help="Who made the picture.")
@click.option("--year", type=WORDS, default="", help="When.")
@click.option("--licence", type=WORDS, default="", help="Under which terms the style may be passed on.")
@INTO
def add(pictures: tuple[Path, ...], name: str | None, artist: str, year: str, licence: str, into: Path | None) -> int:
    """Make styles of pictures, and of folders of them. Only numbers and your words are kept, not the picture."""
    sources = list(pictures_in(pictures))
    if name and len(sources) > 1:
        raise StyleError("one --name cannot be given to several pictures", "Add them one by one.")
    for source in sources:
        if source.suffix.lower() in (".json", ".zip"):
            raise StyleError(f"{source.name} is no picture", f"Take in a style with: live-style styles import {source}")
    predictor = Predictor(paths.models_folder())
    maker = Maker(lambda: predictor, predictor.space, paths.cache_folder())
    shelf = Shelf(into or paths.user_styles_folder(), default_painting(paths.models_folder()))

    def made(picture: Path) -> Path:
        found = maker.make(picture)
        return shelf.put(make_style(name or found.name, found.space, found.embedding, artist, year, found.credit,
                                    licence))

    if len(sources) > 1:
        return _add_all(sources, made)
    _say(made(sources[0]))
    return 0


def _add_all(sources: list[Path], made: Any) -> int:
    """Add what can be added, then tell what could not."""
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


@click.command()
@click.argument("parts", nargs=-1, required=True, metavar="STYLE[:WEIGHT]...", type=StylePart())
@click.option("--name", required=True, type=WORDS, help="What to call it.")
@INTO
def mix(parts: tuple[Part, ...], name: str, into: Path | None) -> None:
    """Make a style between others, by their weights. It keeps their credits."""
    paint = default_painting(paths.models_folder())
    library = Library(paint.space)
    mixed = mixed_style([(library.style(part.style), part.weight) for part in parts], name)
    _say(Shelf(into or paths.user_styles_folder(), paint).put(mixed))


def _say(file: Path) -> None:
    click.echo(f"{file.stem}: {file}")
