"""Training runs put together from their parts: what the commands of `live-style train` do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from live_style.style import dump_style, make_style
from live_style.training.methods import averaged, masking, predicting
from live_style.training.methods.averaged import OpenTeacher, Teach, learn
from live_style.training.data.batches import batches
from live_style.training.data.people import MaskLessons
from live_style.training.data.pictures import Photographs, Pictures, find, square
from live_style.training.export.onnx_files import (SPACE, export_mask, export_predictor, export_transformer,
                                                   write_checksums)
from live_style.training.methods.gatys import paint
from live_style.training.methods.palette import palettes
from live_style.training.metrics.losses import Vgg
from live_style.training.metrics.painters import Teacher
from live_style.training.networks.magenta import Magenta
from live_style.training.networks.mask import MaskNet
from live_style.training.networks.ours import SQUARE, PredictorNet, Transformer
from live_style.training.networks.reading import mark_of, read_networks, read_predictor, read_transformer
from live_style.training.networks.reading import size_name, started
from live_style.training.methods.run import Run, best_device
from live_style.training.methods.specialise import Wanted, specialise

N = TypeVar("N", bound=nn.Module)
VGG_FILE = "vgg/vgg16-conv1_1-conv4_3-f16.npz"
TEACHER_FILES = ("magenta-mobile-transform-384-f32.onnx", "magenta-mobile-predict-f32.onnx")
# The predictor moves all pictures of a style at once: a part of the transformers' rate.
PREDICTOR_PACE = 0.1


@dataclass(frozen=True)
class Training:
    """The options of the commands that train networks."""

    data: Path
    teacher: Path
    """Folder with Magenta's mobile networks."""
    folder: Path
    """Of the run."""
    start: Path | None
    """Folder with networks of ours to begin from."""
    crops: int
    pixels: int
    batch: int
    rate: float
    workers: int
    """Processes that prepare crops; on a CPU one, which paints the targets too, and none on a GPU."""
    compiled: bool


class _Material:
    """What networks learn from, on the device: photographs, paintings, the teacher's embeddings and their middle."""

    def __init__(self, given: Training) -> None:
        self.device = best_device()
        self.photos = Pictures(find(given.data, "content")[0])
        self.paintings = Pictures(find(given.data, "style")[0])
        self.predict_file = given.teacher / TEACHER_FILES[1]
        given.folder.mkdir(parents=True, exist_ok=True)
        # Next to the runs, as all of them have the same.
        file = given.folder.parent / f"teacher-embeddings-{len(self.paintings)}.npy"
        self.embeddings = predicting.embeddings(self.paintings, predicting.opened(self.predict_file), file)
        self.middle = torch.from_numpy(self.embeddings.mean(0))
        self._teacher = given.teacher
        self._palettes = file.with_name(f"teacher-palettes-{len(self.paintings)}.npy")

    def styles(self) -> averaged.Styles:
        """The teacher's embeddings as ours, and the colours of the paintings."""
        found = palettes(self.paintings, self.embeddings, self.photos, Teacher(self._teacher), self._palettes)
        return averaged.Styles(np.asarray(self.embeddings - self.middle.numpy(), np.float32), found)


def _placed(net: N, device: torch.device) -> N:
    """The network on the device, its weights channels last."""
    return net.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def vgg_on(data: Path, device: torch.device) -> Vgg:
    """The loss network in bfloat16, channels last."""
    return _placed(Vgg(data / VGG_FILE).to(torch.bfloat16), device)


def teaching(file: Path, middle: Tensor, compiled: bool, device: torch.device) -> Teach:
    """What Magenta's transformer of a file teaches."""
    teacher = _placed(Magenta(file).eval(), device)
    return Teach(torch.compile(teacher) if compiled else teacher, middle.to(device))


def _lessons(given: Training, material: _Material, run: Run, pictures: Pictures | None) -> Iterator[averaged.Lesson]:
    """With their targets where a process makes them; one thread here and one there (see averaged.Lessons)."""
    teacher: OpenTeacher | None = None
    if material.device.type == "cpu" and given.workers:
        torch.set_num_threads(1)
        teacher = partial(teaching, given.teacher / TEACHER_FILES[0], material.middle, given.compiled, material.device)
    photos, styles = Photographs(material.photos), material.styles()
    make = averaged.Lessons(photos, styles, given.batch, given.pixels, teacher, pictures)
    return batches(make, run.seed(), given.workers)


def networks(sizes: Sequence[str], given: Training) -> None:
    """Train transformers on what the teacher paints on average, all on the same targets."""
    material = _Material(given)
    nets = _placed(nn.ModuleDict(started(sizes, given.start)), material.device)
    run = Run(nets, given.folder, given.crops, given.rate, clip=1.0, keep=0.998)
    _learnt(given, material, run, nets, None)


def together(sizes: Sequence[str], predictor: Path, given: Training) -> None:
    """Train the predictor and transformers by the same pixels."""
    material = _Material(given)
    nets: dict[str, nn.Module] = {**started(sizes, given.start), "predictor": read_predictor(predictor)}
    whole = _placed(nn.ModuleDict(nets), material.device)
    paces = [(net, PREDICTOR_PACE if name == "predictor" else 1.0) for name, net in whole.items()]
    run = Run(whole, given.folder, given.crops, given.rate, clip=1.0, keep=0.998, paces=paces)
    _learnt(given, material, run, whole, whole["predictor"])


def _learnt(given: Training, material: _Material, run: Run, nets: nn.ModuleDict, predictor: nn.Module | None) -> None:
    students = {name: _quick(net, given.compiled) for name, net in nets.items() if name != "predictor"}
    lessons = _lessons(given, material, run, material.paintings if predictor else None)
    at_hand = material.device.type == "cpu" and given.workers
    file = given.teacher / TEACHER_FILES[0]
    teach = None if at_hand else teaching(file, material.middle, given.compiled, material.device)
    predict = _quick(predictor, given.compiled) if predictor else None
    learn(run, students, lessons, teach, predict, given.compiled)


def _quick(net: nn.Module, compiled: bool) -> Any:
    return torch.compile(net) if compiled else net


def predictor(start: Path | None, judge: Path, given: Training) -> str:
    """Train a predictor to give the teacher's embeddings; `judge` is a transformer that says what matters in them."""
    material = _Material(given)
    net = _placed(read_predictor(start) if start else PredictorNet(), material.device)
    run = Run(net, given.folder, given.crops, given.rate, clip=1.0, keep=0.998)
    make = predicting.PredictorLessons(material.paintings, material.photos, material.predict_file, given.batch)
    affine = read_transformer(judge).affine.to(material.device)
    predicting.imitate(run, _quick(net, given.compiled), batches(make, run.seed(), given.workers),
                       material.middle.to(material.device), affine)
    held = Pictures(find(given.data, "style")[1])
    share = predicting.told(cast(PredictorNet, run.average.cpu()), held, predicting.opened(material.predict_file),
                            material.middle.numpy())
    return f"\n{share:.1%} of the variation of the teacher's embeddings, on {len(held)} held-out paintings"


@dataclass(frozen=True)
class MaskTraining:
    """What the command that trains a mask network is given."""

    data: Path
    teacher: Path
    """Folder with MediaPipe's selfie segmentation."""
    folder: Path
    """Of the run."""
    pictures: int
    batch: int
    width: int
    """Of a frame of 16:9."""
    rate: float
    workers: int


def mask(given: MaskTraining) -> None:
    """Train the network that finds people."""
    device = best_device()
    given.folder.mkdir(parents=True, exist_ok=True)
    photos, found = masking.kept_examples(given.data, given.teacher, given.folder / "teacher-masks.npz")
    net = _placed(MaskNet(), device)
    run = Run(net, given.folder, given.pictures, given.rate, clip=1.0, keep=0.998)
    make = MaskLessons(photos, found, given.batch, given.width)
    masking.find_people(run, net, batches(make, run.seed(), given.workers), device)


@dataclass(frozen=True)
class Fit:
    """How a style is fitted."""

    data: Path
    predictor: Path
    transformers: tuple[Path, ...]
    steps: int
    middle: float
    """Share of the picture's shorter side that is seen, from its middle."""
    wanted: Wanted


def style(picture: Path, fit: Fit, out: Path, about: Mapping[str, str]) -> str:
    """Fit the style of one picture on some networks, write its style file, and say how near its target it comes.

    about: name, artist, year, credit and licence.
    """
    device = best_device()
    painting = square(Image.open(picture), SQUARE, fit.middle)
    vgg = vgg_on(fit.data, device) if fit.wanted.closer else None
    nets = {mark_of(file): read_transformer(file).to(device) for file in fit.transformers}
    predict = read_predictor(fit.predictor).to(device)
    photos = Photographs(Pictures(find(fit.data, "content")[0]))
    fitted = specialise(nets, predict, vgg, painting, photos, fit.steps, fit.wanted, _shown(fit.steps, "loss"))
    made = make_style(space=SPACE, embedding=fitted.embedding, norms=fitted.offsets, **about)
    out.write_text(dump_style(made), encoding="utf-8")
    lines = [f"{file.stem}: {one:.1f} levels from the target in one pass, {two:.1f} now"
             for file, one, two in zip(fit.transformers, fitted.before, fitted.after)]
    return "\n".join(["", *lines, str(out)])


def gatys(photo: Path, picture: Path, data: Path, out: Path, pixels: int, steps: int, content: float) -> str:
    """Paint one photograph by optimisation."""
    vgg = vgg_on(data, best_device())
    squares = square(Image.open(photo), pixels), square(Image.open(picture), pixels)
    Image.fromarray(paint(vgg, *squares, steps, content, _shown(steps, "style", "content"))).save(out)
    return f"\n{out}"


def _shown(steps: int, *names: str) -> Callable[..., None]:
    """Shows a step and the values of those names."""
    def show(step: int, *values: float) -> None:
        figures = "  ".join(f"{name} {value:.3f}" for name, value in zip(names, values))
        print(f"\r{step}/{steps}  {figures} ", end="", flush=True)

    return show


def export(sources: Sequence[Path], folder: Path) -> list[Path]:
    """Write the files of all networks of a checkpoint or file, and the folder's checksums.

    Gives what was written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [file for source in sources for net in read_networks(source) for file in _exported(net, folder)]
    write_checksums(folder)
    return files


def _exported(net: PredictorNet | Transformer | MaskNet, folder: Path) -> list[Path]:
    if isinstance(net, MaskNet):
        file = folder / "mask-fp32.onnx"
        export_mask(net, file)
        return [file]
    if isinstance(net, PredictorNet):
        file = folder / "predictor-fp32.onnx"
        export_predictor(net, file)
        return [file]
    files = [folder / f"transformer-{size_name(net)}-{precision}.onnx" for precision in ("fp32", "fp16")]
    for file, half in zip(files, (False, True)):
        export_transformer(net, size_name(net), file, half)
    return files
