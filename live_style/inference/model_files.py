"""The networks on disk: which file is which, and whether it is the one that was published."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal
from typing import NamedTuple

from live_style.errors import ModelError
from live_style.system.install_hints import again


class ModelInfo(NamedTuple):
    """What is known about a transformer on all processors."""

    work: float
    """Time per pixel, relative to the fastest network."""
    former: tuple[str, ...] = ()
    """Models of earlier versions that it replaces."""


MODELS = {
    "fast": ModelInfo(1.0),
    # Medians at 384x384 on two cores: 2.2 times as long with ONNX Runtime, 2.1 with OpenVINO.
    "balanced": ModelInfo(2.2, former=("fine",)),
}
"""Transformers from the quickest to the best; each is a file in FP32 and one in FP16."""
FORMER = {former: name for name, info in MODELS.items() for former in info.former}
"""The model that replaces a model of an earlier version."""
SUMS = "SHA256SUMS"
State = Literal["good", "damaged", "missing", "unlisted"]


class FileState(NamedTuple):
    """A file of the models folder against its published checksum."""

    name: str
    state: State


def transformer(folder: Path, model: str, half: bool) -> Path:
    """The file of a transformer, its FP16 twin if wanted and there; ModelError lists the others."""
    files = [folder / f"transformer-{model}-{precision}.onnx" for precision in ("fp16", "fp32")]
    for file in files if half else files[1:]:
        if file.is_file():
            return file
    raise _missing(folder, f"the model {model}")


def predictor(folder: Path) -> Path:
    """The file that turns a picture into a style; raises ModelError when it is missing."""
    file = folder / "predictor-fp32.onnx"
    if not file.is_file():
        raise _missing(folder, "the style predictor")
    return file


def mask(folder: Path) -> Path:
    """The file that finds people; raises ModelError when it is missing."""
    file = folder / "mask-fp32.onnx"
    if not file.is_file():
        raise ModelError(f"the person mask is missing from {folder}", again(folder))
    return file


def available(folder: Path) -> tuple[str, ...]:
    """The transformers that can run on every processor, from the quickest to the best."""
    return tuple(model for model in MODELS if (folder / f"transformer-{model}-fp32.onnx").is_file())


def default_model(folder: Path, gpu: bool) -> tuple[str, str]:
    """The default model, and a note if the intended one is missing."""
    order = tuple(reversed(MODELS)) if gpu else tuple(MODELS)
    there = [model for model in order if model in available(folder)]
    if not there:
        raise _missing(folder, f"the model {order[0]}")
    word = "" if there[0] == order[0] else f"the model {order[0]} is missing, so {there[0]} is used"
    return there[0], word


def _missing(folder: Path, what: str) -> ModelError:
    there = ", ".join(available(folder))
    if not folder.is_dir():
        return ModelError(f"the folder of networks {folder} does not exist", again(folder))
    others = f"Available: {there}. " if there else ""
    return ModelError(f"{what} is missing from {folder}", others + again(folder))


def check_files(folder: Path) -> list[FileState]:
    """Every network of the folder, compared with SHA256SUMS; raises ModelError if that list cannot be read."""
    published = _published(folder)
    states = []
    for name in sorted(published | {file.name: "" for file in folder.glob("*.onnx")}):
        states.append(FileState(name, _state(folder / name, published.get(name))))
    return states


def _state(file: Path, published: str | None) -> State:
    if not file.is_file():
        return "missing"
    if published is None:
        return "unlisted"
    return "good" if hashlib.sha256(file.read_bytes()).hexdigest() == published else "damaged"


def _published(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / SUMS).read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise ModelError(f"{folder / SUMS} cannot be read", again(folder)) from e
    pairs = [line.split() for line in lines]
    return {pair[1].lstrip("*"): pair[0].lower() for pair in pairs if len(pair) == 2}
