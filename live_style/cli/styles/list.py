"""`live-style styles list`: lists the styles, the included ones first."""

from __future__ import annotations

import json

import click

from live_style.cli.output.lines import styled
from live_style.cli.output.lines import wrapped
from live_style.style import Style
from live_style.styles.collection import StyleEntry
from live_style.styles.library import Library
from live_style.styles.library import is_shipped


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
def list_(as_json: bool) -> None:
    """List the styles: the included ones, then your own."""
    library = Library()
    for problem in library.problems:
        click.echo(f"live-style: {problem}", err=True)
    if as_json:
        click.echo(json.dumps([facts_of(entry) for entry in library.collection.entries], indent=2, ensure_ascii=False))
        return
    numbered = list(enumerate(library.collection.entries, 1))
    for heading, shipped in (("Included styles", True), ("Your own", False)):
        rows = [(number, entry.style) for number, entry in numbered if is_shipped(entry) is shipped]
        if rows:
            click.echo(styled(f"{'' if shipped else chr(10)}{heading}", bold=True))
        wide = max((len(style.name) for _, style in rows), default=0)
        for number, style in rows:
            name = f"{number:3}  {style.name:<{wide}}"
            click.echo(f"{name}  {wrapped(style.credit_line, 7, len(name) + 2)}".rstrip())


def facts_of(entry: StyleEntry) -> dict[str, object]:
    """A style as JSON, for other programs."""
    style = entry.style
    return {"slug": style.slug, "name": style.name, "artist": style.artist, "year": style.year,
            "credit": style.credit, "licence": style.licence, "space": style.space,
            "preview": str(entry.preview) if entry.preview else None, "shipped": is_shipped(entry)}


def with_credit(style: Style) -> str:
    """Its name and its credit."""
    return f"{style.name} - {style.credit_line}" if style.credit_line else style.name
