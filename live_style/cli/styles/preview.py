"""`live-style styles preview`: paints the small pictures of a folder's styles again."""

from __future__ import annotations

from pathlib import Path

import click

from live_style.imaging.write import write_preview
from live_style.styles.collection import PREVIEWS
from live_style.styles.collection import load_folder
from live_style.styles.preview import default_painting
from live_style.styles.user_folder import preview_of
from live_style.system import paths


@click.command()
@click.option("--into", type=click.Path(file_okay=False, path_type=Path),
              help="Folder of styles.  [default: your own styles]")
def preview(into: Path | None) -> None:
    """Repaint the small preview pictures of a folder's styles."""
    folder = into or paths.user_styles_folder()
    paint = default_painting(paths.models_folder())
    entries, problems = load_folder(folder, paint.space)
    for problem in problems:
        click.echo(f"live-style: {problem}", err=True)
    for entry in entries:
        assert entry.file is not None
        write_preview(preview_of(entry.file), paint(entry.style.look()))
    click.echo(f"{len(entries)} preview{'s' * (len(entries) != 1)} in {folder / PREVIEWS}")
