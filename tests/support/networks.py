"""Networks for tests: those that come with the program, and small broken ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto
from onnx import helper

from live_style.errors import ProviderError
from live_style.frame import Image
from live_style.frame import Size
from live_style.inference.engine import check_provider
from live_style.look import NORMS
from live_style.system.paths import models_folder

MODELS = models_folder()
SHAPE = [1, "height", "width", 3]


def has(provider: str) -> bool:
    """Whether networks can run on that here."""
    try:
        check_provider(provider)  # type: ignore[arg-type]
    except ProviderError:
        return False
    return True


def picture(size: Size, seed: int = 0) -> Image:
    """A picture with soft and sharp parts, no two seeds alike."""
    rng = np.random.default_rng(seed)
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = [np.sin(x / rng.uniform(5, 40)) * np.cos(y / rng.uniform(5, 40)) for _ in "rgb"]
    grain = rng.normal(0, 6, (height, width, 3))
    return np.clip(np.stack(waves, axis=2) * 90 + 128 + grain, 0, 255).astype(np.uint8)


def write_network(path: Path, space: str = "live-style-2", output: str = "stylized",
                  inputs: tuple[str, ...] = ("style", "norms", "strength", "color"),
                  kind: int = TensorProto.UINT8) -> Path:
    """An ONNX file that gives its frame back, with the inputs named."""
    shapes = {"style": [1, 100], "norms": [1, NORMS], "strength": [1], "color": [1]}
    values = [helper.make_tensor_value_info("frame", kind, SHAPE)]
    values += [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes.get(name, [1]))
               for name in inputs]
    out = helper.make_tensor_value_info(output, kind, SHAPE)
    graph = helper.make_graph([helper.make_node("Identity", ["frame"], [output])], "g", values, [out])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"live_style.space": space, "live_style.model": "tiny",
                                   "live_style.precision": "fp32"})
    onnx.save(model, str(path))
    return path
