"""`live-style styles`: what styles there are, and new ones out of pictures, of others, and of friends."""

from __future__ import annotations

import click

from live_style.cli.styles.keeping import preview
from live_style.cli.styles.keeping import remove
from live_style.cli.styles.making import add
from live_style.cli.styles.making import mix
from live_style.cli.styles.map import map_
from live_style.cli.styles.sharing import export
from live_style.cli.styles.sharing import import_
from live_style.cli.styles.showing import list_
from live_style.cli.styles.showing import show


@click.group()
def styles() -> None:
    """List, make, mix and share styles."""


for command in (list_, show, add, mix, remove, export, import_, map_, preview):
    styles.add_command(command)
