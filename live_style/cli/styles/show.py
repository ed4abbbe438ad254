"""`live-style styles show`: shows a style, or the style of any picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import click
import numpy as np

from live_style.cli.options import completed_styles
from live_style.cli.output.terminal import portrait
from live_style.cli.output.terminal import swatch
from live_style.cli.styles.list import facts_of
from live_style.cli.styles.list import with_credit
from live_style.imaging.palette import Rgb
from live_style.imaging.palette import palette_of
from live_style.style import Style
from live_style.styles.collection import StyleEntry
from live_style.styles.library import Library
from live_style.styles.preview import default_painting
from live_style.styles.preview import picture_of
from live_style.system import paths

NEAREST = 5


class NearStyle(NamedTuple):
    """Another style, and how far away it is in the style space."""

    style: Style
    distance: float


@click.command()
@click.argument("name", metavar="NAME", shell_complete=completed_styles)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
def show(name: str, as_json: bool) -> None:
    """Show a style, or the style of any picture: its credit, its colours and the most similar styles."""
    library = Library()
    entry = library.entry(name)
    seen = picture_of(entry, default_painting(paths.models_folder()))
    palette = palette_of(seen)
    near = _nearest(entry.style, library.collection.styles)
    if as_json:
        facts = facts_of(entry) | {"file": str(entry.file), "palette": [_hex(color) for color in palette],
                                   "nearest": [{"slug": other.slug, "name": other.name, "distance": round(distance, 3)}
                                               for other, distance in near]}
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for line in portrait(seen):
        click.echo(line)
    _tell(entry, palette, near)


def _tell(entry: StyleEntry, palette: Sequence[Rgb], near: Sequence[NearStyle]) -> None:
    style = entry.style
    rows = [("name", style.name), ("artist", style.artist), ("year", style.year), ("credit", style.credit),
            ("licence", style.licence), ("file", str(entry.file)), ("preview", str(entry.preview or "")),
            ("colours", "  ".join(f"{swatch(color)}{_hex(color)}" for color in palette))]
    for label, text in rows:
        if text:
            click.echo(f"{label:<9}{text}")
    width = max((len(other.slug) for other, _ in near), default=0)
    for place, (other, distance) in enumerate(near):
        click.echo(f"{'' if place else 'alike':<9}{distance:5.2f}  {other.slug:<{width}}  {with_credit(other)}")


def _nearest(style: Style, others: Sequence[Style]) -> list[NearStyle]:
    """The most similar styles of the same style space, the nearest first."""
    found = [NearStyle(other, float(np.linalg.norm(other.embedding - style.embedding)))
             for other in others if other.space == style.space and other.slug != style.slug]
    return sorted(found, key=lambda near: near.distance)[:NEAREST]


def _hex(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
