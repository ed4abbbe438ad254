"""The styles as lists and one by one."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from typing import NamedTuple

import click
import numpy as np

from live_style.cli.terminal import portrait
from live_style.cli.terminal import swatch
from live_style.errors import StyleError
from live_style.frame import Image
from live_style.imaging.palette import Rgb
from live_style.imaging.palette import palette_of
from live_style.imaging.read import read_picture
from live_style.style import Style
from live_style.styles.collection import Entry
from live_style.styles.library import Library
from live_style.styles.preview import Painting
from live_style.styles.preview import default_painting
from live_style.system import paths

NEAREST = 5


class Near(NamedTuple):
    """Another style, and how far away it is in the style space."""

    style: Style
    distance: float


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_(as_json: bool) -> None:
    """List the styles: those that came with the program, then your own."""
    library = Library()
    for problem in library.problems:
        click.echo(f"live-style: {problem}", err=True)
    if as_json:
        click.echo(json.dumps([_facts(entry) for entry in library.gallery.entries], indent=2, ensure_ascii=False))
        return
    width = max((len(style.slug) for style in library.gallery.styles), default=0)
    for number, entry in enumerate(library.gallery.entries, 1):
        own = "" if is_shipped(entry) else "  (yours)"
        click.echo(f"{number:3}  {entry.style.slug:<{width}}  {_told(entry.style)}{own}")


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def show(name: str, as_json: bool) -> None:
    """Show a style, or any picture as one: credit, colours, which styles are alike."""
    library = Library()
    entry = library.entry(name)
    seen = picture_of(entry, default_painting(paths.models_folder()))
    palette = palette_of(seen)
    near = _nearest(entry.style, library.gallery.styles)
    if as_json:
        facts = _facts(entry) | {"file": str(entry.file), "palette": [_hex(color) for color in palette],
                                 "nearest": [{"slug": other.slug, "name": other.name, "distance": round(distance, 3)}
                                             for other, distance in near]}
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for line in portrait(seen):
        click.echo(line)
    _tell(entry, palette, near)


def _tell(entry: Entry, palette: Sequence[Rgb], near: Sequence[Near]) -> None:
    style = entry.style
    rows = [("name", style.name), ("artist", style.artist), ("year", style.year), ("credit", style.credit),
            ("licence", style.licence), ("file", str(entry.file)), ("preview", str(entry.preview or "")),
            ("colours", "  ".join(f"{swatch(color)}{_hex(color)}" for color in palette))]
    for label, text in rows:
        if text:
            click.echo(f"{label:<9}{text}")
    width = max((len(other.slug) for other, _ in near), default=0)
    for place, (other, distance) in enumerate(near):
        click.echo(f"{'' if place else 'alike':<9}{distance:5.2f}  {other.slug:<{width}}  {_told(other)}")


def _facts(entry: Entry) -> dict[str, object]:
    style = entry.style
    return {"slug": style.slug, "name": style.name, "artist": style.artist, "year": style.year,
            "credit": style.credit, "licence": style.licence, "space": style.space,
            "preview": str(entry.preview) if entry.preview else None, "shipped": is_shipped(entry)}


def _told(style: Style) -> str:
    credit = ", ".join(text for text in (style.artist, style.year) if text)
    return f"{style.name} - {credit}" if credit else style.name


def is_shipped(entry: Entry) -> bool:
    """Whether a style came with the program."""
    return entry.file is not None and entry.file.parent == paths.styles_folder()


def picture_of(entry: Entry, paint: Painting) -> Image:
    """Its preview, or where there is none that can be read one that is painted now."""
    if entry.preview is not None:
        with contextlib.suppress(StyleError):
            return read_picture(entry.preview)
    return paint(entry.style.look())


def _nearest(style: Style, others: Sequence[Style]) -> list[Near]:
    """The styles of the same style space that are most alike, the nearest first."""
    found = [Near(other, float(np.linalg.norm(other.embedding - style.embedding)))
             for other in others if other.space == style.space and other.slug != style.slug]
    return sorted(found, key=lambda near: near.distance)[:NEAREST]


def _hex(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
