"""The user's own styles: taken away, and their previews painted again."""

from __future__ import annotations

from pathlib import Path

import click

from live_style.errors import StyleError
from live_style.imaging.write import write_preview
from live_style.styles.collection import PREVIEWS
from live_style.styles.collection import Entry
from live_style.styles.collection import Gallery
from live_style.styles.collection import load_folder
from live_style.styles.library import Library
from live_style.styles.preview import default_painting
from live_style.styles.user_folder import preview_of
from live_style.styles.user_folder import take_away
from live_style.system import paths


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def remove(names: tuple[str, ...]) -> None:
    """Delete styles of your own, by their full names. Those that came with live-style stay."""
    gallery = Library().gallery
    entries = list(dict.fromkeys(_full_name(gallery, name) for name in names))
    take_away(entries)
    for entry in entries:
        click.echo(f"removed {entry.style.slug}: {entry.file}")


def _full_name(gallery: Gallery, name: str) -> Entry:
    """The one style of that name: where something is deleted, nothing is guessed."""
    found = gallery.named(name)
    if len(found) > 1:
        some = ", ".join(entry.style.slug for entry in found)
        raise StyleError(f'{len(found)} styles are called "{name}"', f"Say which: {some}.")
    if not found:
        near = gallery.find(name)
        raise StyleError(f'there is no style called "{name}"', f"If you mean {near.slug}, say so in full.")
    return found[0]


@click.command()
@click.option("--into", type=click.Path(file_okay=False, path_type=Path),
              help="Folder of styles; else that of your own styles.")
def preview(into: Path | None) -> None:
    """Paint the small preview pictures of a folder's styles again."""
    folder = into or paths.user_styles_folder()
    paint = default_painting(paths.models_folder())
    entries, problems = load_folder(folder, paint.space)
    for problem in problems:
        click.echo(f"live-style: {problem}", err=True)
    for entry in entries:
        assert entry.file is not None
        write_preview(preview_of(entry.file), paint(entry.style.look()))
    click.echo(f"{len(entries)} preview{'s' * (len(entries) != 1)} in {folder / PREVIEWS}")
