"""`live-style styles remove`: deletes styles of the user."""

from __future__ import annotations

import click

from live_style.cli.options import completed_styles
from live_style.errors import StyleError
from live_style.styles.collection import StyleCollection
from live_style.styles.collection import StyleEntry
from live_style.styles.library import Library
from live_style.styles.user_folder import take_away


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=completed_styles)
def remove(names: tuple[str, ...]) -> None:
    """Delete your own styles, by their full names. Included styles cannot be deleted."""
    collection = Library().collection
    entries = list(dict.fromkeys(_full_name(collection, name) for name in names))
    take_away(entries)
    for entry in entries:
        click.echo(f"removed {entry.style.slug}: {entry.file}")


def _full_name(collection: StyleCollection, name: str) -> StyleEntry:
    """The one style with that name; nothing is guessed, since files will be deleted."""
    found = collection.named(name)
    if len(found) > 1:
        some = ", ".join(entry.style.slug for entry in found)
        raise StyleError(f'{len(found)} styles are called "{name}"', f"Choose one: {some}.")
    if not found:
        near = collection.find(name)
        raise StyleError(f'there is no style called "{name}"', f"Did you mean {near.slug}? Give the full name.")
    return found[0]
