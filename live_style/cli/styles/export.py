"""`live-style styles export`: styles in one file, to share."""

from __future__ import annotations

from pathlib import Path

import click

from live_style.cli.files import check_free
from live_style.cli.options import PLACE
from live_style.cli.options import completed_styles
from live_style.errors import SettingsError
from live_style.errors import SinkError
from live_style.style import dump_style
from live_style.styles.archive import packed
from live_style.styles.collection import StyleCollection
from live_style.styles.collection import StyleEntry
from live_style.styles.library import Library
from live_style.system.atomic_file import write_whole


@click.command("export")
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=completed_styles)
@click.option("-o", "--out", required=True, type=PLACE,
              help="The file to write: .json for one style, .zip for any number.")
@click.option("--overwrite", is_flag=True, help="Overwrite an existing file.")
def export(names: tuple[str, ...], out: Path, overwrite: bool) -> None:
    """Write styles to one file, to share them."""
    if out.suffix.lower() not in (".json", ".zip"):
        raise SettingsError(f"{out} is neither .json nor .zip", "Use .json for one style, .zip for several.")
    check_free(out, overwrite)
    library = Library()
    chosen = list(dict.fromkeys(library.style(name) for name in names))
    if out.suffix.lower() == ".zip":
        # Two files with the same name may be two styles: the archive gets both.
        data = packed(StyleCollection().joined(StyleEntry(style) for style in chosen)[0].styles)
    elif len(chosen) == 1:
        data = dump_style(chosen[0]).encode()
    else:
        raise SettingsError(f"{len(chosen)} styles cannot be written to one style file, {out}", "Write a .zip.")
    try:
        write_whole(out, data, fresh=not overwrite)
    except OSError as e:
        raise SinkError(f"{out} cannot be written: {e.strerror}", "Choose another folder.") from e
    click.echo(f"{len(chosen)} style{'s' * (len(chosen) != 1)}: {out}")
