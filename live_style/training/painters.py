"""Anything that paints a photograph in the style of a picture: our files, our checkpoints, the teacher, nobody."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray

from live_style.look import NORMS
from live_style.training.data import Pixels
from live_style.training.export import export_transformer
from live_style.training.reading import read_transformer

Embedding = NDArray[np.float32]


class Painter(Protocol):
    """`look` turns a style picture [256,256,3] into what `paint` wants beside a frame [H,W,3], both uint8 RGB."""

    name: str

    def look(self, picture: Pixels) -> Embedding: ...

    def paint(self, frame: Pixels, look: Embedding) -> Pixels: ...


def session(source: str | bytes, threads: int = 0) -> ort.InferenceSession:
    """A quiet ONNX Runtime session on the CPU."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])


class Ours:
    """One of our transformers, from a .onnx file or a checkpoint, with our predictor."""

    def __init__(self, file: Path, predictor: Path, strength: float = 1.0) -> None:
        self.name = file.stem.removeprefix("transformer-") if file.suffix == ".onnx" else file.parent.name
        self._predictor = session(str(predictor))
        self._controls = {"strength": np.array([strength], np.float32), "color": np.zeros(1, np.float32),
                          "norms": np.zeros((1, NORMS), np.float32)}
        if file.suffix == ".onnx":
            self._net = session(str(file))
            return
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "net.onnx"
            export_transformer(read_transformer(file), "checkpoint", made, half=False)
            self._net = session(made.read_bytes())

    def look(self, picture: Pixels) -> Embedding:
        return np.asarray(self._predictor.run(None, {"picture": picture[None]})[0])

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        flat = look.reshape(1, -1)  # the teacher's are [1,1,1,100]
        return np.asarray(self._net.run(None, {"frame": frame[None], "style": flat, **self._controls})[0][0])


class Teacher:
    """Magenta's mobile networks: they are fully convolutional, so their fixed size is taken out of the file."""

    name = "teacher"

    def __init__(self, folder: Path) -> None:
        self._predictor = session(str(folder / "magenta-mobile-predict-f32.onnx"))
        model = onnx.load(str(folder / "magenta-mobile-transform-384-f32.onnx"))
        for value in (model.graph.input[0], model.graph.output[0]):
            for i, side in ((1, "height"), (2, "width")):
                value.type.tensor_type.shape.dim[i].dim_param = side
        del model.graph.value_info[:]
        self._net = session(model.SerializeToString())
        self._inputs = [value.name for value in self._net.get_inputs()]

    def look(self, picture: Pixels) -> Embedding:
        return np.asarray(self._predictor.run(None, {"style_image": picture[None].astype(np.float32) / 255})[0])

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        feed: dict[str, Any] = dict(zip(self._inputs, (frame[None].astype(np.float32) / 255, look)))
        made = np.asarray(self._net.run(None, feed)[0][0])
        return (made * 255 + 0.5).clip(0, 255).astype(np.uint8)


class Crossed:
    """One painter with the looks of another: what a predictor is worth to the same network."""

    def __init__(self, hand: Painter, eye: Painter) -> None:
        self.name = f"{hand.name}, {eye.name}'s looks"
        self.paint, self.look = hand.paint, eye.look


class Photograph:
    """Nobody paints: the far end of every scale."""

    name = "photograph"

    def look(self, picture: Pixels) -> Embedding:
        return np.zeros((1, 100), np.float32)

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        return frame
