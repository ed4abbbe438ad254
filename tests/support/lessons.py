"""Pictures, data folders and teachers for the tests of training: all drawn or invented here."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from live_style.training.metrics.losses import BLOCKS
from live_style.training.recipe import TEACHER_FILES, VGG_FILE


def drawn(seed: int, size: int = 96) -> np.ndarray:
    """Discs and stripes in random colours."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size]
    picture = np.empty((size, size, 3))
    picture[:] = chance.uniform(0, 255, 3)
    for _ in range(6):
        cy, cx, r = chance.uniform(0, size), chance.uniform(0, size), chance.uniform(6, 24)
        picture[(y - cy) ** 2 + (x - cx) ** 2 < r * r] = chance.uniform(0, 255, 3)
    picture += 20 * np.sin((x * chance.normal() + y * chance.normal()) / 3)[..., None]
    return picture.clip(0, 255).astype(np.uint8)


def write_data(folder: Path) -> Path:
    """A data folder as `live-style train` wants it: shards of drawn pictures, a VGG-16 of random weights."""
    for number, kind in enumerate(("content", "style")):
        with tarfile.open(folder / f"{kind}-0.tar", "w") as tar:
            for i in range(12):
                buffer = io.BytesIO()
                Image.fromarray(drawn(100 * number + i)).save(buffer, "JPEG", quality=95)
                member = tarfile.TarInfo(f"drawn/{i:05}.jpg")
                member.size = buffer.tell()
                tar.addfile(member, io.BytesIO(buffer.getvalue()))
    chance, inputs, weights = np.random.default_rng(0), 3, {}
    for block, count in enumerate(BLOCKS, start=1):
        for i in range(1, count + 1):
            outputs = 32 << block
            spread = (2 / (9 * inputs)) ** 0.5 * (0.02 if inputs == 3 else 1)
            weights[f"conv{block}_{i}_w"] = chance.normal(0, spread, (outputs, inputs, 3, 3)).astype(np.float16)
            weights[f"conv{block}_{i}_b"] = np.zeros(outputs, np.float16)
            inputs = outputs
    (folder / VGG_FILE).parent.mkdir()
    np.savez(folder / VGG_FILE, **weights)
    return folder


def write_teacher(folder: Path) -> Path:
    """A folder with networks of the shape of Magenta's, of random weights and a few channels."""
    folder.mkdir()
    chance, found = np.random.default_rng(1), {}

    def weights(name: str, outputs: int, inputs: int, side: int) -> None:
        spread = (2 / (inputs * side * side)) ** 0.5
        found[f"transformer/{name}/weights"] = chance.normal(0, spread, (outputs, inputs, side, side))
        for part, middle in (("Conv_1", 1.0), ("Conv", 0.0)):
            style = f"style_params/transformer/{name}/StyleNorm/{part}"
            found[f"{style}/weights"] = chance.normal(0, 0.1, (outputs, 100, 1, 1))
            found[f"{style}/Conv2D_bias"] = np.full(outputs, middle)

    for i, (outputs, inputs, side) in enumerate(((4, 3, 9), (4, 4, 3), (4, 4, 3)), start=1):
        weights(f"contract/conv{i}", outputs, inputs, side)
        found[f"transformer/contract/conv{i}/Conv2D_bias"] = np.zeros(outputs)
    for i in range(1, 6):
        for j in (1, 2):
            weights(f"residual/residual{i}/conv{j}", 4, 4, 3)
    weights("expand/conv1/conv", 4, 4, 3)
    weights("expand/conv2/conv", 4, 4, 3)
    weights("expand/conv3/conv", 3, 4, 9)
    constants = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in found.items()]
    shape = [1, 384, 384, 3]
    _save(folder / TEACHER_FILES[0], [helper.make_node("Identity", ["content_image"], ["painting"])], constants,
          ("content_image", shape), ("painting", shape))
    matrix = numpy_helper.from_array(chance.normal(size=(3, 100)).astype(np.float32), "matrix")
    nodes = [helper.make_node("ReduceMean", ["style_image"], ["mean"], axes=[1, 2], keepdims=1),
             helper.make_node("MatMul", ["mean", "matrix"], ["embedding"])]
    _save(folder / TEACHER_FILES[1], nodes, [matrix], ("style_image", [1, 256, 256, 3]),
          ("embedding", [1, 1, 1, 100]))
    return folder


def _save(file: Path, nodes: list[onnx.NodeProto], constants: list[onnx.TensorProto], given: tuple[str, list[int]],
          made: tuple[str, list[int]]) -> None:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in (given, made)]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(file))
