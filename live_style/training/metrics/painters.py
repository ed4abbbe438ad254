"""Anything that paints a photograph in the style of a picture: our files, our checkpoints, the teacher."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnx
from numpy.typing import NDArray

from live_style.errors import ModelError
from live_style.inference.onnxruntime import plain_session
from live_style.look import NORMS
from live_style.training.data.pictures import Pixels
from live_style.training.export.onnx_files import export_transformer
from live_style.training.networks.reading import read_transformer

Embedding = NDArray[np.float32]


class PicturePainter(Protocol):
    """`look` turns a style picture [256,256,3] into what `paint` takes with a frame [H,W,3], both uint8 RGB."""

    name: str

    def look(self, picture: Pixels) -> Embedding: ...

    def paint(self, frame: Pixels, look: Embedding) -> Pixels: ...


def is_ours(file: Path) -> bool:
    """Whether an ONNX file says that it is a network of live-style."""
    try:
        model = onnx.load(str(file), load_external_data=False)
        return any(each.key == "live_style.model" for each in model.metadata_props)
    except Exception as error:
        raise ModelError(f"{file} cannot be read: {error}", "Give an ONNX file or a folder.") from error


class Ours:
    """One of our transformers, from a .onnx file or a checkpoint, with our predictor."""

    def __init__(self, file: Path, predictor: Path, strength: float = 1.0) -> None:
        self.name = file.stem.removeprefix("transformer-") if file.suffix == ".onnx" else file.parent.name
        self._predictor = plain_session(str(predictor))
        self._controls = {"strength": np.array([strength], np.float32), "color": np.zeros(1, np.float32),
                          "norms": np.zeros((1, NORMS), np.float32)}
        if file.suffix == ".onnx":
            self._net = plain_session(str(file))
            return
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "net.onnx"
            export_transformer(read_transformer(file), "checkpoint", made, half=False)
            self._net = plain_session(made.read_bytes())

    def look(self, picture: Pixels) -> Embedding:
        return np.asarray(self._predictor.run(None, {"picture": picture[None]})[0])

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        return np.asarray(self._net.run(None, {"frame": frame[None], "style": look, **self._controls})[0][0])


class Teacher:
    """Magenta's mobile networks: they are fully convolutional, so their fixed size is taken out of the file."""

    name = "teacher"

    def __init__(self, folder: Path) -> None:
        self._predictor = plain_session(str(folder / "magenta-mobile-predict-f32.onnx"))
        model = onnx.load(str(folder / "magenta-mobile-transform-384-f32.onnx"))
        for value in (model.graph.input[0], model.graph.output[0]):
            for i, side in ((1, "height"), (2, "width")):
                value.type.tensor_type.shape.dim[i].dim_param = side
        del model.graph.value_info[:]
        self._net = plain_session(model.SerializeToString())
        self._inputs = [value.name for value in self._net.get_inputs()]

    def look(self, picture: Pixels) -> Embedding:
        return np.asarray(self._predictor.run(None, {"style_image": picture[None].astype(np.float32) / 255})[0])

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        feed: dict[str, Any] = dict(zip(self._inputs, (frame[None].astype(np.float32) / 255, look)))
        made = np.asarray(self._net.run(None, feed)[0][0])
        return (made * 255 + 0.5).clip(0, 255).astype(np.uint8)


class Foreign:
    """Any ONNX network that takes one picture and gives one; other inputs are given zeros, and styles do nothing."""

    def __init__(self, file: Path) -> None:
        self.name = file.stem
        self._net = plain_session(str(file))
        pictures = [value for value in self._net.get_inputs() if len(value.shape) == 4 and 3 in value.shape[1::2]]
        if len(pictures) != 1:
            raise ModelError(f"{file} is not an image network: it takes {len(pictures)} pictures, not one",
                             "Give an ONNX file whose input is one picture of three colours.")
        self._picture = pictures[0]
        self._others = {value.name: np.zeros([side if isinstance(side, int) else 1 for side in value.shape], np.float32)
                        for value in self._net.get_inputs() if value.name != self._picture.name}

    def look(self, picture: Pixels) -> Embedding:
        return np.zeros(0, np.float32)

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        last, bytes_ = self._picture.shape[3] == 3, "uint8" in self._picture.type
        kind = np.float16 if "16" in self._picture.type else np.float32
        scaled: NDArray[Any] = frame if bytes_ else (frame / np.float32(255)).astype(kind)
        feed = scaled[None] if last else np.ascontiguousarray(scaled.transpose(2, 0, 1))[None]
        made = np.asarray(self._net.run(None, {self._picture.name: feed, **self._others})[0])[0]
        made = made if made.shape[-1] == 3 else made.transpose(1, 2, 0)
        # Networks give bytes, levels 0..255 or 0..1.
        scale = 1 if made.dtype == np.uint8 or float(made.max()) > 2 else 255
        return (made.astype(np.float32) * scale + 0.5).clip(0, 255).astype(np.uint8)


class Photograph:
    """The photograph unchanged: the far end of every scale."""

    name = "photograph"

    def look(self, picture: Pixels) -> Embedding:
        return np.zeros((1, 100), np.float32)

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        return frame
