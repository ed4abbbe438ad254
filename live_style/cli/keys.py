"""`live-style keys`: what each key does, config.toml included."""

from __future__ import annotations

import json

import click

from live_style.control.keys import KEYS
from live_style.control.keys import KeyTable
from live_style.control.keys import Row
from live_style.settings import load_config
from live_style.system import paths


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
def keys(as_json: bool) -> None:
    """List the keys and what they do; the names are those for [keys] in config.toml."""
    table: KeyTable = load_config(paths.config_file()).get("key_table", KEYS)
    if as_json:
        rows = [{"command": row.name, "keys": list(row.keys), "help": row.help} for row in table.rows]
        click.echo(json.dumps({"keys": rows, "config": str(paths.config_file())}, indent=2))
        return
    click.echo(_text(table))
    click.echo("\nShift with a key for a style cuts instead of fading."
               f"\nChange them in {paths.config_file()}:\n\n    [keys]\n    freeze = [\"Z\", \"Space\"]")


def _text(table: KeyTable) -> str:
    keys = {row: "  ".join(row.keys) or "-" for row in table.rows}
    first, second = max(map(len, keys.values())), max(len(row.name) for row in table.rows)

    def line(row: Row) -> str:
        return f"{keys[row]:<{first}}   {row.name:<{second}}   {row.help}"
    return "\n".join(line(row) for row in table.rows)
