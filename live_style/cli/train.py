"""`live-style train` and `live-style evaluate`: make networks and styles, and measure them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import live_style.inference.onnxruntime  # noqa: F401 - first, so that it is silent for whatever training loads it
from live_style.errors import SettingsError
from live_style.settings import parse_size

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
SIZES = ("balanced", "fast")
GRADES = ("vivid", "palette", "contrast", "plain")


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
_SIZES = click.argument("sizes", nargs=-1, type=click.Choice(SIZES))


def _training(crops: int, rate: float, unit: str = "Crops") -> Callable[[Any], Any]:
    return _with(
        _DATA,
        click.option("--teacher", type=FOLDER, required=True, help="Folder with Magenta's mobile networks."),
        click.option("--run", "folder", type=FOLDER, required=True,
                     help="Folder of the run; an existing run is continued."),
        click.option("--crops", type=click.IntRange(1), default=crops, show_default=True,
                     help=f"{unit} to train on."),
        click.option("--batch", type=click.IntRange(1), default=8, show_default=True, help=f"{unit} in each step."),
        click.option("--pixels", type=click.IntRange(64), default=192, show_default=True,
                     help="Side of a crop, in pixels."),
        click.option("--rate", type=float, default=rate, show_default=True, help="Highest learning rate."),
        click.option("--workers", type=click.IntRange(0), default=1, show_default=True,
                     help="Processes that prepare crops. On a CPU use one, which also paints the targets; "
                          "on a GPU use several."),
        click.option("--compile/--no-compile", "compiled", default=True, show_default=True,
                     help="Use torch.compile: twice as fast, but it takes a minute to start."),
    )


_START = click.option("--start", type=click.Path(exists=True, file_okay=False, path_type=Path),
                      help="Folder with our networks to start from, such as models. Default: new networks.")


@train.command()
@_SIZES
@_START
@_training(200_000, 2.5e-3)
def networks(sizes: tuple[str, ...], **options: Any) -> None:
    """Train transformers of the given sizes (default: both) on the teacher's paintings, averaged over small shifts."""
    from live_style.training import recipe

    recipe.networks(sizes or SIZES, recipe.Training(**options))


@train.command()
@click.option("--start", type=FILE, help="One of our predictors to start from. Default: a new one.")
@click.option("--judge", type=FILE, default=Path("models/transformer-balanced-fp32.onnx"), show_default=True,
              help="A transformer, which decides what matters in an embedding.")
@_training(60_000, 1e-3, "Pictures")
def predictor(start: Path | None, judge: Path, **options: Any) -> None:
    """Train a style predictor on the embeddings of the teacher's predictor."""
    from live_style.training import recipe

    click.echo(recipe.predictor(start, judge, recipe.Training(start=None, **options)))


@train.command()
@_SIZES
@_START
@_PREDICTOR
@_training(20_000, 1e-3)
def together(sizes: tuple[str, ...], predictor: Path, **options: Any) -> None:
    """Train the predictor and transformers of the given sizes (default: both) on the same pictures."""
    from live_style.training import recipe

    recipe.together(sizes or SIZES, predictor, recipe.Training(**options))


@train.command()
@_DATA
@click.option("--teacher", type=FOLDER, required=True, help="Folder with MediaPipe's selfie segmentation.")
@click.option("--run", "folder", type=FOLDER, required=True, help="Folder of the run; an existing run is continued.")
@click.option("--pictures", type=click.IntRange(1), default=40_000, show_default=True, help="Frames to learn from.")
@click.option("--batch", type=click.IntRange(1), default=16, show_default=True, help="Frames in a step.")
@click.option("--width", type=click.IntRange(64), default=256, show_default=True,
              help="Width of a 16:9 frame; a run may start with a smaller width, which is faster.")
@click.option("--rate", type=float, default=2e-3, show_default=True, help="Highest learning rate.")
@click.option("--workers", type=click.IntRange(0), default=0, show_default=True,
              help="Processes that prepare frames.")
def mask(**options: Any) -> None:
    """Train a small network to find people, from true masks and from those of a larger network."""
    from live_style.training import recipe

    recipe.mask(recipe.MaskTraining(**options))


_FIT = ("data", "predictor", "transformers", "steps", "middle")


@train.command()
@click.argument("picture", type=FILE)
@_DATA
@_PREDICTOR
@click.option("--transformer", "transformers", type=FILE, multiple=True, show_default=True,
              default=[Path(f"models/transformer-{size}-fp32.onnx") for size in ("fast", "balanced")],
              help="A network to fit the style to; can be repeated. Other networks use its embedding.")
@click.option("-o", "--out", type=NEW_FILE, required=True, help="The .json to write.")
@click.option("--name", required=True, help="Name of the style.")
@click.option("--artist", default="", help="Artist of the picture.")
@click.option("--year", default="", help="Year of the picture.")
@click.option("--credit", default="", help="Source of the picture.")
@click.option("--licence", default="", help="Licence of the style.")
@click.option("--grade", type=click.Choice(GRADES), default="vivid", show_default=True,
              help="Light and colours. vivid: more of both; palette: the picture's own; contrast: its contrast only; "
                   "plain: as the embedding alone paints them.")
@click.option("--amount", type=click.FloatRange(0, 1), default=0.5, show_default=True,
              help="How much of the grade to apply; 1 looks harsh on some faces.")
@click.option("--middle", type=click.FloatRange(0.1, 1), default=1, show_default=True,
              help="How much of the picture to use, from its centre: a smaller share gives larger strokes.")
@click.option("--closer", type=click.FloatRange(0), default=0, show_default=True,
              help="Weight of a perceptual loss that draws the style closer to the picture; faces suffer.")
@click.option("--steps", type=click.IntRange(1), default=120, show_default=True, help="Steps of the optimisation.")
def style(picture: Path, out: Path, grade: Any, amount: float, closer: float, **options: Any) -> None:
    """Fit a style to PICTURE, with a stronger effect than its embedding alone. This takes a minute on a CPU."""
    from live_style.training import recipe
    from live_style.training.methods.specialise import Wanted

    fit = recipe.Fit(wanted=Wanted(grade, amount, closer), **{key: options.pop(key) for key in _FIT})
    click.echo(recipe.style(picture, fit, out, options))


@train.command()
@click.argument("photo", type=FILE)
@click.argument("picture", type=FILE)
@_DATA
@click.option("-o", "--out", type=NEW_FILE, required=True, help="The .png to write.")
@click.option("--pixels", type=int, default=256, show_default=True, help="Side of the square to paint, in pixels.")
@click.option("--steps", type=int, default=300, show_default=True, help="Steps of the optimisation.")
@click.option("--content", type=float, default=0.25, show_default=True, help="Weight of the content distance.")
def gatys(photo: Path, picture: Path, **options: Any) -> None:
    """Paint PHOTO in the style of PICTURE by optimisation, as in Gatys 2015."""
    from live_style.training import recipe

    click.echo(recipe.gatys(photo, picture, **options))


@train.command()
@click.argument("networks", nargs=-1, required=True, type=FILE)
@click.option("-o", "--out", "folder", type=FOLDER, default=Path("models"), show_default=True,
              help="Folder for the new files.")
def export(networks: tuple[Path, ...], folder: Path) -> None:
    """Write NETWORKS (a checkpoint.pt or one of our .onnx files) as FP32 and FP16 files, with new checksums."""
    from live_style.training import recipe

    for file in recipe.export(networks, folder):
        click.echo(file)


@click.command()
@click.argument("networks", nargs=-1, type=FILE)
@_DATA
@_PREDICTOR
@click.option("--teacher", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder with Magenta's mobile networks, to measure them too.")
@click.option("--gatys", "gatys_steps", type=int, default=0, help="Also measure Gatys with this many steps (slow).")
@click.option("--mask", type=FILE, help="Measure this person mask instead (mask-fp32.onnx), next to its teacher.")
@click.option("--clip", "clips", multiple=True, help="A clip (a file, or a name in DATA/clips); can be repeated.")
@click.option("--count", type=click.IntRange(1), default=24, show_default=True,
              help="Held-out photographs and paintings.")
@click.option("--turns", type=click.IntRange(1), default=4, show_default=True,
              help="Styles to try on each photograph.")
@click.option("--json", "json_file", type=NEW_FILE, help="Write the figures to this file.")
@click.option("--blind", nargs=2, type=click.Path(exists=True, path_type=Path), metavar="A B",
              help="Draw a sheet of pairs by two painters in random order (one of our networks, TEACHER, another ONNX "
                   "image network, or a folder of pictures).")
@click.option("--sheet", type=FOLDER, help="Folder of a blind sheet: a new one with --blind, otherwise one to score.")
@click.option("--seed", type=int, default=0, show_default=True,
              help="Random seed of a blind sheet; use a new one for each sheet.")
@click.option("--size", default="384x384", show_default=True, metavar="WxH",
              help="Size of the pictures of a blind sheet.")
@click.option("--choices", type=FILE, multiple=True, help="Choices on the blind sheet (JSON); can be repeated.")
def evaluate(blind: tuple[Path, Path] | None, sheet: Path | None, seed: int, size: str, choices: tuple[Path, ...],
             mask: Path | None, **options: Any) -> None:
    """Measure NETWORKS (.onnx files or checkpoints), or let people choose between two painters.

    \b
    live-style evaluate --blind A B --sheet FOLDER --data DATA   draws FOLDER/page-*.png and FOLDER/key.json
    live-style evaluate --sheet FOLDER --choices FILE --data DATA   counts the choices
    """
    from live_style.training import measuring

    if choices and sheet:
        measuring.choose(sheet, choices, click.echo)
    elif blind and sheet:
        given = {key: options[key] for key in ("data", "predictor", "count")}
        measuring.draw(measuring.BlindSheet(blind, sheet, seed=seed, size=parse_size(size), **given), click.echo)
    elif choices or blind:
        raise SettingsError("a blind sheet needs a folder", "Add --sheet FOLDER.")
    elif mask:
        measuring.measure_mask(mask, measuring.Figures(**options), click.echo)
    else:
        measuring.measure(measuring.Figures(**options), click.echo)
