"""`live-style styles mix`: a style mixed from others."""

from __future__ import annotations

from pathlib import Path

import click

from live_style.cli.options import INTO
from live_style.cli.options import WORDS
from live_style.cli.options import MixPart
from live_style.cli.options import MixPartType
from live_style.styles.library import Library
from live_style.styles.mixing import mixed_style
from live_style.styles.preview import default_painting
from live_style.styles.user_folder import UserFolder
from live_style.system import paths


@click.command()
@click.argument("parts", nargs=-1, required=True, metavar="STYLE[:WEIGHT]...", type=MixPartType())
@click.option("--name", required=True, type=WORDS, help="Name of the new style.")
@INTO
def mix(parts: tuple[MixPart, ...], name: str, into: Path | None) -> None:
    """Mix styles into a new one, by weight. It keeps their credits."""
    paint = default_painting(paths.models_folder())
    library = Library(paint.space)
    mixed = mixed_style([(library.style(part.style), part.weight) for part in parts], name)
    file = UserFolder(into or paths.user_styles_folder(), paint).put(mixed)
    click.echo(f"{file.stem}: {file}")
