"""Styles for friends, and from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from live_style.cli.errands import check_free
from live_style.cli.options import PLACE
from live_style.errors import SettingsError
from live_style.errors import SinkError
from live_style.style import Style
from live_style.style import dump_style
from live_style.styles.archive import packed
from live_style.styles.archive import read_pack
from live_style.styles.collection import Entry
from live_style.styles.collection import Gallery
from live_style.styles.collection import check_space
from live_style.styles.library import Library
from live_style.styles.preview import default_painting
from live_style.styles.user_folder import Shelf
from live_style.system import paths
from live_style.system.atomic_file import write_whole


@click.command("export")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("-o", "--out", required=True, type=PLACE,
              help="The file to write: .json for one style, .zip for any number.")
@click.option("--overwrite", is_flag=True, help="Write over a file that is there.")
def export(names: tuple[str, ...], out: Path, overwrite: bool) -> None:
    """Write styles into one file for a friend."""
    if out.suffix.lower() not in (".json", ".zip"):
        raise SettingsError(f"{out} is neither .json nor .zip", "Give a .json for one style, a .zip for several.")
    check_free(out, overwrite)
    library = Library()
    chosen = list(dict.fromkeys(library.style(name) for name in names))
    if out.suffix.lower() == ".zip":
        # Two files of one name may hold two styles: both get into the archive.
        data = packed(Gallery().joined(Entry(style) for style in chosen)[0].styles)
    elif len(chosen) == 1:
        data = dump_style(chosen[0]).encode()
    else:
        raise SettingsError(f"{len(chosen)} styles cannot go into the one style file {out}", "Write a .zip.")
    try:
        write_whole(out, data)
    except OSError as e:
        raise SinkError(f"{out} cannot be written: {e.strerror}", "Choose another folder.") from e
    click.echo(f"{len(chosen)} style{'s' * (len(chosen) != 1)}: {out}")


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=PLACE)
def import_(files: tuple[Path, ...]) -> None:
    """Take in styles of a friend: style files, or archives that export made. Nothing is overwritten."""
    paint = default_painting(paths.models_folder())
    styles = [style for file in files for style in read_pack(file)]
    for style in styles:
        check_space(style, paint.space)
    shelf = Shelf(paths.user_styles_folder(), paint)
    for style in styles:
        click.echo(_taken_in(style, shelf))


def _taken_in(style: Style, shelf: Shelf) -> str:
    known = shelf.twin(style)
    if known is not None:
        return f"{known.slug}: here already" + (f", as {known.name}" if known.name != style.name else "")
    name = shelf.free_name(style.name)
    file = shelf.put(replace(style, name=name))
    return f"{file.stem}: {file}" + (f" ({style.name} is another style here: this one is called {name})"
                                     if name != style.name else "")
