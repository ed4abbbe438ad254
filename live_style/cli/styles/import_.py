"""`live-style styles import`: adds styles that somebody shared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from live_style.cli.options import PLACE
from live_style.style import Style
from live_style.styles.archive import read_pack
from live_style.styles.collection import check_space
from live_style.styles.preview import default_painting
from live_style.styles.user_folder import UserFolder
from live_style.system import paths


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=PLACE)
def import_(files: tuple[Path, ...]) -> None:
    """Import styles that somebody shared: style files, or packs made by export. Nothing is overwritten."""
    paint = default_painting(paths.models_folder())
    styles = [style for file in files for style in read_pack(file)]
    for style in styles:
        check_space(style, paint.space)
    shelf = UserFolder(paths.user_styles_folder(), paint)
    for style in styles:
        click.echo(_taken_in(style, shelf))


def _taken_in(style: Style, shelf: UserFolder) -> str:
    known = shelf.twin(style)
    if known is not None:
        return f"{known.slug}: you already have it" + (f", as {known.name}" if known.name != style.name else "")
    name = shelf.free_name(style.name)
    file = shelf.put(replace(style, name=name))
    return f"{file.stem}: {file}" + (f" ({style.name} is the name of another style: this one is called {name})"
                                     if name != style.name else "")
