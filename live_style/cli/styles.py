"""`live-style styles`: what styles there are, and new ones out of pictures."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from live_style import places
from live_style.errors import StyleError
from live_style.gallery import PREVIEWS
from live_style.gallery import Entry
from live_style.gallery import Gallery
from live_style.gallery import load_entry
from live_style.gallery import load_gallery
from live_style.gallery import style_files
from live_style.look import Look
from live_style.maker import Maker
from live_style.models import default_model
from live_style.painting import Painting
from live_style.pictures.previews import write_preview
from live_style.predictor import Predictor
from live_style.style import Style
from live_style.style import dump_style
from live_style.style import make_style

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def styles() -> None:
    """List the styles, and make styles of pictures."""


@styles.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_(as_json: bool) -> None:
    """List the styles: those that came with the program, then your own."""
    shipped, problems = load_gallery([places.styles_folder()], None)
    both, more = load_gallery([places.styles_folder(), places.user_styles_folder()], None)
    for problem in problems + more[len(problems):]:
        click.echo(f"live-style: {problem}", err=True)
    if as_json:
        rows = [_facts(entry, i < len(shipped)) for i, entry in enumerate(both.entries)]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _table(both, len(shipped))


def _facts(entry: Entry, shipped: bool) -> dict[str, object]:
    style = entry.style
    return {"slug": style.slug, "name": style.name, "artist": style.artist, "year": style.year,
            "credit": style.credit, "licence": style.licence, "space": style.space,
            "preview": str(entry.preview) if entry.preview else None, "shipped": shipped}


def _table(gallery: Gallery, shipped: int) -> None:
    width = max((len(style.slug) for style in gallery.styles), default=0)
    for number, style in enumerate(gallery.styles, 1):
        credit = ", ".join(text for text in (style.artist, style.year) if text)
        own = "" if number <= shipped else "  (yours)"
        click.echo(f"{number:3}  {style.slug:<{width}}  {style.name}" + (f" - {credit}" if credit else "") + own)


@styles.command()
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE...", type=click.Path(path_type=Path))
@click.option("--name", help="What to call it; else as the picture's file is called.")
@click.option("--artist", default="", help="Who made the picture.")
@click.option("--year", default="", help="When.")
@click.option("--licence", default="", help="Under which terms the style may be passed on.")
@click.option("--into", type=FOLDER, help="Folder for the new style; else that of your own styles.")
def add(pictures: tuple[Path, ...], name: str | None, artist: str, year: str, licence: str,
        into: Path | None) -> None:
    """Make styles of pictures. Only numbers and your words about them are kept, not the picture."""
    if name and len(pictures) > 1:
        raise StyleError("one --name cannot be given to several pictures", "Add them one by one.")
    folder = into or places.user_styles_folder()
    predictor = Predictor(places.models_folder())
    maker = Maker(lambda: predictor, predictor.space, places.cache_folder())
    paint = _painting()
    for picture in pictures:
        found = maker.make(picture)
        style = make_style(name or found.name, found.space, found.embedding, artist, year, found.credit, licence)
        file = _write(style, folder)
        write_preview(folder / PREVIEWS / f"{style.slug}.webp", paint(Look.of(style.embedding)))
        click.echo(f"{style.slug}: {file}")


def _painting() -> Painting:
    folder = places.models_folder()
    model, _ = default_model(folder, gpu=True)
    return Painting(folder, model)


def _write(style: Style, folder: Path) -> Path:
    """A new file for a style; one that is there is never overwritten."""
    file = folder / f"{style.slug}.json"
    taken = {file.stem for file in style_files(places.styles_folder())} if folder != places.styles_folder() else {}
    if style.slug in taken or file.exists():
        raise StyleError(f"there is a style {style.slug} already", "Give it another --name, or remove that one.")
    part = file.with_name(f".{file.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(dump_style(style), encoding="utf-8")
        os.replace(part, file)
    except OSError as e:
        raise StyleError(f"{file} cannot be written: {e.strerror}", "Check the folder, or use --into.") from e
    return file


@styles.command()
@click.option("--into", type=FOLDER, help="Folder of styles; else that of your own styles.")
def preview(into: Path | None) -> None:
    """Paint the small preview pictures of a folder's styles again."""
    folder = into or places.user_styles_folder()
    paint = _painting()
    files = style_files(folder)
    for file in files:
        style = load_entry(file, None).style
        write_preview(folder / PREVIEWS / f"{file.stem}.webp", paint(Look.of(style.embedding)))
    click.echo(f"{len(files)} preview{'s' * (len(files) != 1)} in {folder / PREVIEWS}")
