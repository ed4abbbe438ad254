"""Training runs put together from their parts: what the commands of `live-style train` do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import torch
from PIL import Image
from torch import nn

from live_style.style import dump_style, make_style
from live_style.training.data import Pictures, find, square
from live_style.training.distil import distil as distil_run
from live_style.training.export import SPACE, export_predictor, export_transformer, write_checksums
from live_style.training.finetune import Weights, finetune
from live_style.training.gatys import paint
from live_style.training.looks import SIZE, Looks
from live_style.training.losses import Vgg
from live_style.training.magenta import Magenta
from live_style.training.networks import Predictor, Transformer
from live_style.training.reading import read_mean, read_predictor, read_transformer, size_name, started
from live_style.training.run import Run, best_device
from live_style.training.specialise import specialise
from live_style.training.together import System, together as together_run

N = TypeVar("N", bound=nn.Module)
VGG_FILE = "vgg/vgg16-conv1_1-conv4_3-f16.npz"
# Crops in a batch of distillation.
LESSONS = 8
# The predictor's numbers move all pictures of a look at once: a third of the transformers' rate.
SEER_PACE = 0.3


def _placed(net: N, device: torch.device) -> N:
    """The network on the device, its weights channels last."""
    return net.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def vgg_on(data: Path, device: torch.device) -> Vgg:
    """The loss network in bfloat16, channels last."""
    return _placed(Vgg(data / VGG_FILE).to(torch.bfloat16), device)


def _threads(count: int) -> None:
    if count:
        torch.set_num_threads(count)


def _begun(size: str, start: Path) -> Transformer:
    return _placed(started(size, start), best_device())


def _teacher(file: Path) -> nn.Module:
    """One of our transformers, or Magenta's."""
    return Magenta(file) if file.name.startswith("magenta") else read_transformer(file)


def _looks(data: Path, predictor: Path, folder: Path, count: int) -> Looks:
    device = best_device()
    paintings = Pictures(find(data, "style")[0])
    return Looks(paintings, read_predictor(predictor).to(device), vgg_on(data, device), folder.parent / "looks", count)


def distil(size: str, teacher: Path, data: Path, start: Path, folder: Path, predictor: Path, threads: int,
           workers: int, compiled: bool, crops: int, pixels: int, rate: float) -> None:
    """Distil `teacher` into a network of `size`."""
    _threads(threads)
    net = _begun(size, start)
    master = _placed(_teacher(teacher), best_device())
    run = Run(net, folder, crops, rate, clip=1.0, keep=0.998)
    looks = _looks(data, predictor, folder, 0)
    paint, show = (torch.compile(net), torch.compile(master)) if compiled else (net, master)
    distil_run(run, paint, show, Pictures(find(data, "content")[0]), looks.embeddings, pixels, LESSONS, workers)


def perceptual(size: str, data: Path, start: Path, folder: Path, predictor: Path, threads: int, workers: int,
               compiled: bool, crops: int, batch: tuple[int, int], pixels: int, rate: float, content: float,
               steady: float, styles: int) -> None:
    """Fine-tune a network of `size` on the perceptual loss."""
    _threads(threads)
    net = _begun(size, start)
    run = Run(net, folder, crops, rate, clip=0.5, keep=0.998)
    looks = _looks(data, predictor, folder, styles)
    paint = torch.compile(net) if compiled else net
    finetune(run, paint, Pictures(find(data, "content")[0]), looks, Weights(content, steady=steady), pixels,
             batch, workers)


def together(transformers: tuple[Path, ...], data: Path, predictor: Path, folder: Path, threads: int, workers: int,
             compiled: bool, crops: int, batch: tuple[int, int], pixels: int, rate: float, content: float,
             steady: float, styles: int) -> None:
    """Train the predictor and the transformers on the perceptual loss; a file given twice has two turns."""
    _threads(threads)
    read = {file: read_transformer(file) for file in transformers}
    seer = read_predictor(predictor)
    system = _placed(System(seer, {size_name(net): net for net in read.values()}), best_device())
    run = Run(system, folder, crops, rate, clip=0.5, keep=0.998, paces=[(system.transformers, 1.0), (seer, SEER_PACE)])
    looks = _looks(data, predictor, folder, styles)
    nets = {file: torch.compile(net) if compiled else net for file, net in read.items()}
    together_run(run, seer, [nets[file] for file in transformers], Pictures(find(data, "content")[0]), looks,
                 Weights(content, steady=steady), pixels, batch, workers)


def style(picture: Path, data: Path, predictor: Path, transformers: tuple[Path, ...], out: Path, name: str, artist: str,
          year: str, credit: str, licence: str, steps: int, content: float, steady: float) -> str:
    """Fit the look of one picture on some networks, write its style file, and tell what was gained."""
    device = best_device()
    painting = square(Image.open(picture), SIZE)
    vgg = vgg_on(data, device)
    nets, seer = [read_transformer(file).to(device) for file in transformers], read_predictor(predictor).to(device)
    photos = Pictures(find(data, "content")[0])
    fitted = specialise(nets, seer, vgg, painting, photos, steps, Weights(content, steady=steady), _told(steps))
    made = make_style(name, SPACE, fitted.embedding, artist=artist, year=year, credit=credit, licence=licence,
                      norms=fitted.norms)
    out.write_text(dump_style(made), encoding="utf-8")
    lines = [f"{file.stem}: style distance {one.style:.3f} -> {two.style:.3f} "
             f"({1 - two.style / one.style:.0%} closer), content {one.content:.3f} -> {two.content:.3f}"
             for file, one, two in zip(transformers, fitted.before, fitted.after)]
    return "\n".join(["", *lines, str(out)])


def gatys(photo: Path, picture: Path, data: Path, out: Path, pixels: int, steps: int, content: float) -> str:
    """Paint one photograph by optimisation."""
    vgg = vgg_on(data, best_device())
    squares = square(Image.open(photo), pixels), square(Image.open(picture), pixels)
    Image.fromarray(paint(vgg, *squares, steps, content, _told(steps))).save(out)
    return f"\n{out}"


def _told(steps: int) -> Callable[[int, float, float], None]:
    def tell(step: int, near: float, kept: float) -> None:
        print(f"\r{step}/{steps}  style {near:.3f}  content {kept:.3f} ", end="", flush=True)

    return tell


def export(networks: Sequence[Path], folder: Path) -> list[Path]:
    """Write the files of all networks of a checkpoint or file, or of the mean of several, and the folder's checksums.

    Gives what was written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [file for net in read_mean(networks) for file in _exported(net, folder)]
    write_checksums(folder)
    return files


def _exported(net: Predictor | Transformer, folder: Path) -> list[Path]:
    if isinstance(net, Predictor):
        file = folder / "predictor-fp32.onnx"
        export_predictor(net, file)
        return [file]
    files = [folder / f"transformer-{size_name(net)}-{precision}.onnx" for precision in ("fp32", "fp16")]
    for file, half in zip(files, (False, True)):
        export_transformer(net, size_name(net), file, half)
    return files
