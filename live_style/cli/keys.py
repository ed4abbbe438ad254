"""`live-style keys`: what each key does, with the changes of config.toml."""

from __future__ import annotations

import json

import click

from live_style.cli.output.lines import styled
from live_style.cli.output.lines import wrapped
from live_style.control.keys import KEYS
from live_style.control.keys import KeyTable
from live_style.settings import load_config
from live_style.system import paths


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
def keys(as_json: bool) -> None:
    """List the keys and what they do. Use these names in the table [keys] of config.toml."""
    table: KeyTable = load_config(paths.config_file()).get("key_table", KEYS)
    if as_json:
        rows = [{"command": row.name, "keys": list(row.keys), "help": row.help} for row in table.rows]
        click.echo(json.dumps({"keys": rows, "config": str(paths.config_file())}, indent=2))
        return
    click.echo(_text(table))
    click.echo("\nWith Shift, the style keys cut instead of fading.\n"
               + wrapped(f"To change them, edit {paths.config_file()}:")
               + "\n\n    [keys]\n    freeze = [\"Z\", \"F5\"]")


def _text(table: KeyTable) -> str:
    keys = {row: "  ".join(row.keys) or "-" for row in table.rows}
    first, second = max(map(len, keys.values())), max(len(row.name) for row in table.rows)

    lines = [(keys[row], row.name, row.help) for row in table.rows]
    return "\n".join(styled(f"{a:<{first}}   {b:<{second}}   {c}", bold=True) if place == 0 else
                     f"{styled(f'{a:<{first}}', fg='yellow')}   {b:<{second}}   {c}"
                     for place, (a, b, c) in enumerate([("Keys", "Name", "What it does"), *lines]))
