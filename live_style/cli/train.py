"""`live-style train` and `live-style evaluate`: make networks and styles, and measure them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
SIZE = click.Choice(["fast", "balanced", "fine"])


@click.group()
def train() -> None:
    """Train networks, or fit a style to one picture (needs `pip install live-style[train]`)."""


def _with(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """One decorator made of several, in their order."""
    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_DATA = click.option("--data", type=FOLDER, required=True, help="Folder with content-*.tar, style-*.tar and vgg/.")
_PREDICTOR = click.option("--predictor", type=FILE, default=Path("models/predictor-fp32.onnx"), show_default=True,
                          help="The network that turns pictures into styles.")
_COMMON = _with(
    _DATA,
    click.option("--run", "folder", type=FOLDER, required=True, help="Folder of the run; one that exists goes on."),
    _PREDICTOR,
    click.option("--threads", type=int, default=0, help="CPU threads; 0 is all."),
    click.option("--workers", type=click.IntRange(0), default=0, show_default=True,
                 help="Processes that prepare crops, each some hundred a second; 0: it is done in between."),
    click.option("--compile/--no-compile", "compiled", default=True, show_default=True,
                 help="torch.compile: twice as fast, half a minute to start."),
)
_START = click.option("--start", type=FILE, required=True,
                      help="A .onnx file or checkpoint.pt to begin from; one of another size is made to fit.")
_PERCEPTUAL = _with(
    click.option("--crops", type=int, default=12_000, show_default=True, help="Crops to learn from."),
    click.option("--batch", type=(click.IntRange(1), click.IntRange(1)), default=(2, 2), show_default=True,
                 metavar="PHOTOGRAPHS LOOKS", help="Photographs in a step, and looks that each is painted in."),
    click.option("--pixels", type=int, default=208, show_default=True, help="Side of a crop."),
    click.option("--rate", type=float, default=5e-4, show_default=True, help="Learning rate at its highest."),
    click.option("--content", type=float, default=0.55, show_default=True,
                 help="Weight of the content term, the logarithm of a distance."),
    click.option("--steady", type=float, default=8.0, show_default=True, help="Weight of the steadiness term."),
    click.option("--styles", type=int, default=4000, show_default=True,
                 help="Pictures to learn from; each costs VGG-16 once and 0.7 MB of disk."),
)


@train.command()
@click.argument("size", type=SIZE)
@_START
@_COMMON
@click.option("--teacher", type=FILE, required=True,
              help="The network to learn from: ours, or magenta-*.onnx.")
@click.option("--crops", type=int, default=40_000, show_default=True, help="Crops to learn from.")
@click.option("--pixels", type=int, default=192, show_default=True, help="Side of a crop.")
@click.option("--rate", type=float, default=2e-3, show_default=True, help="Learning rate at its highest.")
def distil(size: str, teacher: Path, **options: Any) -> None:
    """Teach a transformer of SIZE to paint as another one does."""
    from live_style.training import recipe

    recipe.distil(size, teacher, **options)


@train.command()
@click.argument("size", type=SIZE)
@_START
@_COMMON
@_PERCEPTUAL
def perceptual(size: str, **options: Any) -> None:
    """Fine-tune a transformer of SIZE on the perceptual loss."""
    from live_style.training import recipe

    recipe.perceptual(size, **options)


@train.command()
@click.argument("transformers", nargs=-1, required=True, type=FILE)
@_COMMON
@_PERCEPTUAL
def together(**options: Any) -> None:
    """Train the predictor and TRANSFORMERS together on the perceptual loss; a file given twice has two turns."""
    from live_style.training import recipe

    recipe.together(**options)


@train.command()
@click.argument("picture", type=FILE)
@_DATA
@_PREDICTOR
@click.option("--transformer", "transformers", type=FILE, multiple=True, show_default=True,
              default=[Path(f"models/transformer-{size}-fp32.onnx") for size in ("fast", "balanced")],
              help="A network that is to paint the style; may be repeated. Others paint it by its embedding.")
@click.option("-o", "--out", type=NEW_FILE, required=True, help="The .json to write.")
@click.option("--name", required=True, help="What the style is called.")
@click.option("--artist", default="", help="Who made the picture.")
@click.option("--year", default="", help="When.")
@click.option("--credit", default="", help="Where the picture is from.")
@click.option("--licence", default="", help="Under which terms the style may be passed on.")
@click.option("--steps", type=int, default=240, show_default=True, help="Steps of the search.")
@click.option("--content", type=float, default=0.45, show_default=True,
              help="Weight of the content term: less is bolder and further from the photograph.")
@click.option("--steady", type=float, default=4.0, show_default=True, help="Weight of the steadiness term.")
def style(picture: Path, **options: Any) -> None:
    """Fit a style to PICTURE: closer to it than its embedding in one pass; minutes on a CPU."""
    from live_style.training import recipe

    click.echo(recipe.style(picture, **options))


@train.command()
@click.argument("photo", type=FILE)
@click.argument("picture", type=FILE)
@_DATA
@click.option("-o", "--out", type=NEW_FILE, required=True, help="The .png to write.")
@click.option("--pixels", type=int, default=256, show_default=True, help="Side of the square that is painted.")
@click.option("--steps", type=int, default=300, show_default=True, help="Steps of the search.")
@click.option("--content", type=float, default=0.25, show_default=True, help="Weight of the content distance.")
def gatys(photo: Path, picture: Path, **options: Any) -> None:
    """Optimise one picture as Gatys 2015 did: PHOTO in the style of PICTURE."""
    from live_style.training import recipe

    click.echo(recipe.gatys(photo, picture, **options))


@train.command()
@click.argument("networks", nargs=-1, required=True, type=FILE)
@click.option("-o", "--out", "folder", type=FOLDER, default=Path("models"), show_default=True,
              help="Folder for the new files.")
def export(networks: tuple[Path, ...], folder: Path) -> None:
    """Write NETWORKS (a checkpoint.pt or a .onnx file of ours) as FP32 and FP16 files, with new checksums.

    Of several, as of a run and of one that went on from it, the mean is written.
    """
    from live_style.training import recipe

    for file in recipe.export(networks, folder):
        click.echo(file)


@click.command()
@click.argument("networks", nargs=-1, type=FILE)
@_DATA
@_PREDICTOR
@click.option("--teacher", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder with Magenta's mobile networks, to be measured too.")
@click.option("--cross", is_flag=True, help="Measure NETWORKS with the embeddings of the teacher's predictor too.")
@click.option("--gatys", "gatys_steps", type=int, default=0, help="Measure Gatys with so many steps too (slow).")
@click.option("--photographs", type=FOLDER, help="Folder of photographs instead of those held out.")
@click.option("--paintings", type=FOLDER, help="Folder of style pictures instead of those held out.")
@click.option("--clip", "clips", multiple=True, help="A clip (a file, or a name in DATA/clips); may be repeated.")
@click.option("--count", type=int, default=24, show_default=True, help="Held-out photographs and paintings.")
@click.option("--turns", type=int, default=4, show_default=True, help="Paintings tried on each photograph.")
@click.option("--json", "json_file", type=NEW_FILE, help="Write the figures here.")
@click.option("--sheet", "sheet_file", type=NEW_FILE, help="Write a contact sheet (.png) here.")
def evaluate(**options: Any) -> None:
    """Measure NETWORKS (.onnx files or checkpoints): style and content distances, flicker, motion."""
    from live_style.training import measuring

    measuring.run(echo=click.echo, **options)
