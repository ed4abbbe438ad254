"""ONNX files of the networks: one builder for FP32 and FP16, uint8 pictures in and out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper
from torch import Tensor, nn

from live_style.look import NORMS
from live_style.training.folds import fold_frame, shaped, unfold, unfold_frame
from live_style.training.graph import Graph
from live_style.training.luma import LUMA
from live_style.training.networks import NORM_EPSILON, STYLE_LENGTH, Predictor, Transformer

SPACE = "live-style-1"
BLOCK = 16
"""Channels that ONNX Runtime's convolutions take at a time on a CPU; fewer cost as much."""
# The graph has the twelve planes of a folded picture as (place in its 2x2 square, colour), PyTorch as (colour, place).
TURN = np.arange(12).reshape(3, 4).T.ravel()


def _array(tensor: Tensor) -> NDArray[Any]:
    return tensor.detach().float().cpu().numpy()


def _about(model: str, half: bool) -> dict[str, str]:
    return {"live_style.space": SPACE, "live_style.model": model, "live_style.precision": "fp16" if half else "fp32"}


def _conv(g: Graph, name: str, x: str, conv: nn.Conv2d) -> str:
    bias = None if conv.bias is None else _array(conv.bias)
    return _conv_by(g, name, x, _array(conv.weight), bias, conv.stride[0])


def _conv_by(g: Graph, name: str, x: str, weight: NDArray[Any], bias: NDArray[Any] | None, stride: int) -> str:
    inputs = [x, g.weight(f"{name}_weight", weight)]
    if bias is not None:
        inputs.append(g.weight(f"{name}_bias", bias))
    side = weight.shape[-1]
    return str(g.add("Conv", *inputs, name=name, kernel_shape=[side] * 2, pads=[side // 2] * 4, strides=[stride] * 2))


def _norm(g: Graph, name: str, x: str, scale: str, bias: str) -> str:
    # Scale and bias given at run time: one pass over the tensor less than constants followed by Mul and Add.
    return str(g.add("InstanceNormalization", x, scale, bias, name=name, epsilon=NORM_EPSILON))


def _look(g: Graph, net: Transformer) -> list[str]:
    """Every conditional scale and bias and the gates, as vectors from one product, computed in float32."""
    look = g.add("Mul", "style", "strength", name="look")
    flat = g.add("Reshape", look, g.constant("look_shape", np.array([STYLE_LENGTH], np.int64)), name="look_flat")
    rows, biases = (_array(part) for part in net.levelled())
    order = in_graph(net)
    matrix = g.weight("look_weight", rows[order].T, full=True)
    product = g.add("MatMul", flat, matrix, name="look_product")
    # The biases hold the ones of the scales: kept in float32, they are few.
    total = g.add("Add", product, g.constant("look_bias", biases[order]), name="look_sum")
    # What a style that was fitted to this network adds; the input is as long as the largest network's.
    ends = [g.constant(f"norms_{key}", np.array([value], np.int64)) for key, value in
            (("first", 0), ("last", len(biases)), ("axis", 1))]
    fitted = g.add("Mul", g.add("Slice", "norms", *ends, name="norms_own"), "strength", name="norms_weighed")
    fitted = g.add("Reshape", fitted, g.constant("norms_shape", np.array([-1], np.int64)), name="norms_flat")
    values = g.cast(g.add("Add", total, fitted, name="look_fitted"), "look_values")
    parts = net.parts()
    cuts = g.constant("look_parts", np.array(parts, np.int64))
    return list(g.add("Split", values, cuts, outputs=len(parts), name="p"))


def in_graph(net: Transformer) -> NDArray[np.int64]:
    """The order in which the graph has the outputs of `look`: its folded pictures are (place, colour)."""
    order = np.arange(sum(net.parts()))
    order[-36:] = order[-36:].reshape(3, 12)[:, TURN].ravel()  # scale and bias of the last norm, and the gates
    return order


def mark(net: Transformer) -> str:
    """A short name of its weights, which a style that was fitted to them refers to."""
    return hashlib.sha256(_array(net.up1.weight).astype(np.float16).tobytes()).hexdigest()[:12]


def _network(g: Graph, net: Transformer, picture: str) -> str:
    """The network proper: the folded, cored picture - 0.5 -> the folded painting 0..1."""
    pieces = _look(g, net)
    gate = pieces.pop()
    norms = iter(zip(pieces[0::2], pieces[1::2]))
    (half, half_bias), (quarter, quarter_bias) = ((_array(weight), _array(bias)) for weight, bias in net.encoder())
    x = _conv_by(g, "down1", picture, blocked(folded_weight(half), 0), blocked(half_bias, 0), 1)
    x = g.add("Relu", x, name="down1_relu")
    x = _conv_by(g, "down2", x, blocked(quarter, 1), quarter_bias, net.down2.stride[0])
    x = g.add("Relu", x, name="down2_relu")
    for i, (first, second) in enumerate(net.blocks()):
        y = _norm(g, f"block{i}a_norm", _conv(g, f"block{i}a", x, first), *next(norms))
        y = _conv(g, f"block{i}b", g.add("Relu", y, name=f"block{i}_relu"), second)
        x = g.add("Add", x, _norm(g, f"block{i}b_norm", y, *next(norms)), name=f"block{i}")
    x = g.add("Relu", _norm(g, "up1_norm", _conv(g, "up1", x, net.up1), *next(norms)), name="up1_relu")
    x = unfold(g, "up1_full", x, net.widths.up, picture)
    gates = g.add("Reshape", gate, g.constant("gate_shape", np.array([1, 12, 1, 1], np.int64)), name="gate")
    x = g.add("Concat", x, g.add("Mul", picture, gates, name="skip"), name="joined", axis=1)
    up = net.widths.up
    weight = _array(net.up2.weight)[TURN]
    weight = np.concatenate([weight[:, :up], weight[:, up:][:, TURN]], axis=1)
    x = _norm(g, "up2_norm", _conv_by(g, "up2", x, weight, None, 1), *next(norms))
    return str(g.add("Sigmoid", x, name="painting"))


def _cored(g: Graph, picture: str, faint: float) -> str:
    """What `networks.cored` computes, on the folded picture [1,12,h,w]."""
    bounds = g.number("faint_below", -faint), g.number("faint", faint)
    places = shaped(g, picture, "places", [4, 3, 0, 0])
    fine = g.add("ReduceMean", places, name="fine", axes=[0], keepdims=1)
    # Halved by Resize too, which is the mean of four: pooling would have OpenVINO put the planes in another order.
    coarse = _resized(g, fine, "coarse", 0.5)
    around = _resized(g, _resized(g, coarse, "coarser", 0.5), "coarse_around", 2.0)
    noise = g.add("Clip", g.add("Sub", coarse, around, name="coarse_detail"), *bounds, name="coarse_noise")
    around = _resized(g, g.add("Sub", coarse, noise, name="coarse_cored"), "fine_around", 2.0)
    noise = g.add("Clip", g.add("Sub", fine, around, name="fine_detail"), *bounds, name="fine_noise")
    return shaped(g, g.add("Sub", places, noise, name="cored_places"), "cored", [1, 12, 0, 0])


def _resized(g: Graph, x: str, name: str, scale: float) -> str:
    scales = g.constant(f"{name}_scales", np.array([1, 1, scale, scale], np.float32))
    return str(g.add("Resize", x, "", scales, name=name, mode="linear"))


def blocked(values: NDArray[Any], axis: int) -> NDArray[Any]:
    """With zeros for channels up to a multiple of BLOCK: between two convolutions nothing is put in order then."""
    empty = [(0, -size % BLOCK if i == axis else 0) for i, size in enumerate(values.shape)]
    return np.pad(values, empty)


def folded_weight(weight: NDArray[Any]) -> NDArray[Any]:
    """A 5x5 convolution of stride 2 on a picture [C,3,5,5] as one of 3x3 on the folded picture [C,12,3,3]."""
    wide = np.pad(weight, ((0, 0), (0, 0), (0, 1), (0, 1)))
    return wide.reshape(-1, 3, 3, 2, 3, 2).transpose(0, 3, 5, 1, 2, 4).reshape(-1, 12, 3, 3)


def _mixed(g: Graph, levels: str, painting: str) -> str:
    """frame + w ((1 - color) change + color luma(change)), in levels 0..255: with w = 0 it is the frame to the bit."""
    zero, one = g.number("zero", 0.0, full=True), g.number("one", 1.0, full=True)
    weight = g.add("Clip", "strength", zero, one, name="weight")
    kept = g.add("Mul", weight, "color", name="weight_luma")
    free = g.cast(g.add("Sub", weight, kept, name="weight_change"), "change_share")
    kind = np.float16 if g.half else np.float32
    all_of_it = g.add("Mul", free, g.constant("change_matrix", np.eye(12, dtype=kind)), name="change_part")
    luma = g.constant("luma_matrix", np.kron(np.eye(4), np.tile(LUMA, (3, 1))).astype(kind))
    matrix = g.add("Add", all_of_it, g.add("Mul", g.cast(kept, "luma_share"), luma, name="luma_part"), name="matrix")
    change = g.add("Sub", g.add("Mul", painting, g.number("white", 255.0), name="painted"), levels, name="change")
    flat = g.add("Reshape", change, g.constant("flat_shape", np.array([12, -1], np.int64)), name="change_flat")
    step = g.add("Reshape", g.add("MatMul", matrix, flat, name="step_flat"), g.add("Shape", change), name="step")
    return str(g.add("Add", levels, step, name="mixed"))


def export_transformer(net: Transformer, model: str, path: Path, half: bool) -> None:
    """Write `net` as frame, style, norms, strength, color -> stylized."""
    g = Graph(half)
    levels = fold_frame(g)
    picture = g.add("Mul", levels, g.number("level", 1 / 255), name="picture")
    picture = _cored(g, g.add("Sub", picture, g.number("middle", 0.5), name="centred"), float(net.faint))
    mixed = _mixed(g, levels, _network(g, net, picture))
    # Cast cuts off: half a level makes it round.
    rounded = g.add("Add", mixed, g.number("half_level", 0.5), name="raised")
    unfold_frame(g, g.add("Clip", rounded, g.number("black", 0.0), g.number("top", 255.0), name="clipped"))
    shape: list[str | int | None] = [1, "height", "width", 3]
    inputs = [helper.make_tensor_value_info("frame", TensorProto.UINT8, shape),
              helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, STYLE_LENGTH]),
              helper.make_tensor_value_info("norms", TensorProto.FLOAT, [1, NORMS]),
              helper.make_tensor_value_info("strength", TensorProto.FLOAT, [1]),
              helper.make_tensor_value_info("color", TensorProto.FLOAT, [1])]
    g.save(path, inputs, helper.make_tensor_value_info("stylized", TensorProto.UINT8, shape),
           _about(model, half) | {"live_style.mark": mark(net)})


def export_predictor(net: Predictor, path: Path) -> None:
    """Write `net` as picture -> style, in FP32."""
    g = Graph(half=False)
    levels = g.cast(g.add("Transpose", "picture", name="planes", perm=[0, 3, 1, 2]), "levels")
    scaled = g.add("Mul", levels, g.number("two_levels", 2 / 255), name="scaled")
    x = g.add("Sub", scaled, g.number("one", 1.0), name="centred")
    x = g.add("Relu", _conv(g, "down0", x, cast(nn.Conv2d, net.down[0])), name="down0_relu")
    pooled = []
    for i, (down, first, second) in enumerate(net.stages(), start=1):
        x = g.add("Relu", _conv(g, f"down{i}", x, down), name=f"down{i}_relu")
        y = g.add("Relu", _conv(g, f"inner{i}a", x, first), name=f"inner{i}a_relu")
        x = g.add("Relu", g.add("Add", x, _conv(g, f"inner{i}b", y, second), name=f"sum{i}"), name=f"stage{i}")
        pooled += _pooled(g, i, x)
    g.add("Flatten", g.add("Concat", *pooled, name="pooled", axis=1), name="features", axis=1)
    hidden = g.add("Gemm", "features", g.weight("hidden_weight", _array(net.hidden.weight)),
                   g.weight("hidden_bias", _array(net.hidden.bias)), name="hidden", transB=1)
    g.add("Gemm", g.add("Relu", hidden, name="hidden_relu"), g.weight("out_weight", _array(net.out.weight)),
          g.weight("out_bias", _array(net.out.bias)), name="style", transB=1)
    picture = helper.make_tensor_value_info("picture", TensorProto.UINT8, [1, 256, 256, 3])
    style = helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, STYLE_LENGTH])
    g.save(path, [picture], style, _about("predictor", half=False))


def _pooled(g: Graph, stage: int, x: str) -> list[str]:
    """Mean and sample deviation of each channel of a stage, [1,C,1,1] each."""
    count = (256 >> (stage + 1)) ** 2
    mean = g.add("GlobalAveragePool", x, name=f"mean{stage}")
    apart = g.add("Sub", x, mean, name=f"apart{stage}")
    square = g.add("GlobalAveragePool", g.add("Mul", apart, apart, name=f"square{stage}"), name=f"spread{stage}")
    return [mean, g.add("Mul", g.add("Sqrt", square, name=f"root{stage}"),
                        g.number(f"bessel{stage}", (count / (count - 1)) ** 0.5), name=f"deviation{stage}")]


def write_checksums(folder: Path) -> None:
    """Write SHA256SUMS for every .onnx file of `folder`, as `sha256sum` does."""
    files = sorted(folder.glob("*.onnx"))
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii")
