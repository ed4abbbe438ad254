"""`live-style styles`: lists styles, makes new ones from pictures and mixes, and shares them."""

from __future__ import annotations

import click

from live_style.cli.output.groups import Group
from live_style.cli.styles.add import add
from live_style.cli.styles.export import export
from live_style.cli.styles.import_ import import_
from live_style.cli.styles.list import list_
from live_style.cli.styles.map import map_
from live_style.cli.styles.mix import mix
from live_style.cli.styles.preview import preview
from live_style.cli.styles.remove import remove
from live_style.cli.styles.show import show


@click.group(cls=Group)
def styles() -> None:
    """List, make, mix and share styles."""


for command in (list_, show, add, mix, remove, export, import_, map_, preview):
    styles.add_command(command)
