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
from live_style.training.export.folds import doubled_conv, fold_frame, unfold_frame
from live_style.training.export.graph import Graph
from live_style.training.metrics.luma import LUMA
from live_style.training.networks.mask import Block, MaskNet, joined
from live_style.training.networks.ours import FOLDED, NORM_EPSILON, STYLE_LENGTH, PredictorNet, Transformer

SPACE = "live-style-2"
# The graph has the twelve planes of a folded picture as (place in its 2x2 square, colour), PyTorch as (colour, place).
TURN = np.arange(FOLDED).reshape(3, 4).T.ravel()


def _array(tensor: Tensor) -> NDArray[Any]:
    return tensor.detach().float().cpu().numpy()


def _about(model: str, half: bool) -> dict[str, str]:
    return {"live_style.space": SPACE, "live_style.model": model, "live_style.precision": "fp16" if half else "fp32"}


def _conv(g: Graph, name: str, x: str, conv: nn.Conv2d) -> str:
    bias = None if conv.bias is None else _array(conv.bias)
    return _conv_by(g, name, x, _array(conv.weight), bias, conv.stride[0], conv.groups)


def _conv_by(g: Graph, name: str, x: str, weight: NDArray[Any], bias: NDArray[Any] | None, stride: int,
             groups: int = 1) -> str:
    inputs = [x, g.weight(f"{name}_weight", weight)]
    if bias is not None:
        inputs.append(g.weight(f"{name}_bias", bias))
    side = weight.shape[-1]
    return str(g.add("Conv", *inputs, name=name, kernel_shape=[side] * 2, pads=[side // 2] * 4, strides=[stride] * 2,
                     group=groups))


def _norm(g: Graph, name: str, x: str, scale: str, bias: str) -> str:
    # Scale and bias given at run time: one pass over the tensor less than constants followed by Mul and Add.
    return str(g.add("InstanceNormalization", x, scale, bias, name=name, epsilon=NORM_EPSILON))


def _affine(g: Graph, net: Transformer) -> list[str]:
    """Every gamma and beta and the gates, as vectors from one product, computed in float32."""
    point = g.add("Mul", "style", "strength", name="point")
    flat = g.add("Reshape", point, g.constant("point_shape", np.array([STYLE_LENGTH], np.int64)), name="point_flat")
    order = in_graph(net)
    weight, bias = _array(net.affine.weight)[order], _array(net.affine.bias)[order]
    product = g.add("MatMul", flat, g.weight("affine_weight", weight.T, full=True), name="affine_product")
    # The biases hold the ones of the gammas: kept in float32, they are few.
    total = g.add("Add", product, g.constant("affine_bias", bias), name="affine_sum")
    # What a style that was fitted to this network adds; the input is as long as the longest of any network.
    ends = [g.constant(f"norms_{key}", np.array([value], np.int64)) for key, value in
            (("first", 0), ("last", len(bias)), ("axis", 1))]
    offsets = g.add("Mul", g.add("Slice", "norms", *ends, name="norms_own"), "strength", name="norms_weighed")
    offsets = g.add("Reshape", offsets, g.constant("norms_shape", np.array([-1], np.int64)), name="norms_flat")
    values = g.cast(g.add("Add", total, offsets, name="affine_fitted"), "affine_values")
    parts = net.parts()
    return list(g.add("Split", values, g.constant("affine_parts", np.array(parts, np.int64)), outputs=len(parts),
                      name="p"))


def in_graph(net: Transformer) -> NDArray[np.int64]:
    """The order in which the graph has the outputs of `affine`: its folded frames are (place, colour)."""
    order = np.arange(sum(net.parts()))
    order[-FOLDED:] = order[-FOLDED:][TURN]
    return order


def mark(net: Transformer) -> str:
    """A short name of its weights, which a style that was fitted to them refers to."""
    return hashlib.sha256(_array(net.up1.weight).astype(np.float16).tobytes()).hexdigest()[:12]


def _network(g: Graph, net: Transformer, picture: str) -> str:
    """The network proper: the folded picture - 0.5 -> the folded painting 0..1."""
    *pieces, quarter_gate, gate = _affine(g, net)
    norms = iter(zip(pieces[0::2], pieces[1::2]))
    weight = _array(net.down1.weight)[:, TURN]
    x = g.add("Relu", _conv_by(g, "down1", picture, weight, _array(cast(Tensor, net.down1.bias)), 1), name="down1_relu")
    quarter = g.add("Relu", _conv(g, "down2", x, net.down2), name="down2_relu")
    x = g.add("Relu", _conv(g, "down3", quarter, net.down3), name="down3_relu")
    for i, (first, second) in enumerate(net.blocks()):
        y = _norm(g, f"block{i}a_norm", _conv(g, f"block{i}a", x, first), *next(norms))
        y = _conv(g, f"block{i}b", g.add("Relu", y, name=f"block{i}_relu"), second)
        x = g.add("Add", x, _norm(g, f"block{i}b_norm", y, *next(norms)), name=f"block{i}")
    x = _norm(g, "up1_norm", doubled_conv(g, "up1", x, _array(net.up1.weight), picture, 2), *next(norms))
    x = g.add("Add", x, _gated(g, "quarter_skip", quarter, quarter_gate), name="up1_sum")
    x = g.add("Relu", x, name="up1_relu")
    # A convolution of what was joined is the sum of one of each.
    weight, own = _array(net.up2.weight), net.widths.quarter
    above = doubled_conv(g, "up2", x, weight[:, :own], picture, 1)
    beside = _conv_by(g, "skip", _gated(g, "frame_skip", picture, gate), weight[:, own:][:, TURN], None, 1)
    x = g.add("Add", above, beside, name="up2_sum")
    x = g.add("Relu", _norm(g, "up2_norm", x, *next(norms)), name="up2_relu")
    bias = _array(cast(Tensor, net.out.bias))[TURN]
    x = _conv_by(g, "out", x, _array(net.out.weight)[TURN], bias, 1)
    return str(g.add("Sigmoid", x, name="painting"))


def _gated(g: Graph, name: str, x: str, gate: str) -> str:
    shape = g.constant(f"{name}_gate_shape", np.array([1, -1, 1, 1], np.int64))
    return str(g.add("Mul", x, g.add("Reshape", gate, shape, name=f"{name}_gate"), name=name))


def _mixed(g: Graph, levels: str, painting: str) -> str:
    """frame + w ((1 - color) change + color luma(change)), in levels 0..255: with w = 0 it is the frame to the bit."""
    zero, one = g.number("zero", 0.0, full=True), g.number("one", 1.0, full=True)
    weight = g.add("Clip", "strength", zero, one, name="weight")
    kept = g.add("Mul", weight, "color", name="weight_luma")
    free = g.cast(g.add("Sub", weight, kept, name="weight_change"), "change_share")
    kind = np.float16 if g.half else np.float32
    all_of_it = g.add("Mul", free, g.constant("change_matrix", np.eye(FOLDED, dtype=kind)), name="change_part")
    luma = g.constant("luma_matrix", np.kron(np.eye(4), np.tile(LUMA, (3, 1))).astype(kind))
    matrix = g.add("Add", all_of_it, g.add("Mul", g.cast(kept, "luma_share"), luma, name="luma_part"), name="matrix")
    change = g.add("Sub", g.add("Mul", painting, g.number("white", 255.0), name="painted"), levels, name="change")
    flat = g.add("Reshape", change, g.constant("flat_shape", np.array([FOLDED, -1], np.int64)), name="change_flat")
    step = g.add("Reshape", g.add("MatMul", matrix, flat, name="step_flat"), g.add("Shape", change), name="step")
    return str(g.add("Add", levels, step, name="mixed"))


def export_transformer(net: Transformer, model: str, path: Path, half: bool) -> None:
    """Write `net` as frame, style, norms, strength, color -> stylized."""
    g = Graph(half)
    levels = fold_frame(g)
    picture = g.add("Mul", levels, g.number("level", 1 / 255), name="picture")
    picture = g.add("Sub", picture, g.number("middle", 0.5), name="centred")
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


def export_predictor(net: PredictorNet, path: Path) -> None:
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


def export_mask(net: MaskNet, path: Path) -> None:
    """Write `net` as frame -> mask, in FP32: it runs on the CPU."""
    g = Graph(half=False)
    levels = g.cast(g.add("Transpose", "frame", name="planes", perm=[0, 3, 1, 2]), "levels")
    scaled = g.add("Mul", levels, g.number("two_levels", 2 / 255), name="scaled")
    x, skips = g.add("Sub", scaled, g.number("one", 1.0), name="centred"), list[str]()
    for name in ("down1", "down2", "down3"):
        x = g.add("Relu", _conv(g, name, x, joined(getattr(net, name))), name=f"{name}_relu")
        skips.insert(0, x)
    x = g.add("Relu", _conv(g, "deepen", _conv(g, "down4", x, net.down4), joined(net.deepen)), name="deepen_relu")
    for i, block in enumerate(cast("list[Block]", list(net.blocks))):
        y = _conv(g, f"block{i}_widen", _conv(g, f"block{i}_spread", x, joined(block.spread)), block.widen)
        y = _conv(g, f"block{i}_narrow", g.add("Relu", y, name=f"block{i}_relu"), block.narrow)
        x = g.add("Add", x, y, name=f"block{i}")
    whole = _conv(g, "whole", g.add("GlobalAveragePool", x, name="mean"), net.whole)
    x = g.add("Relu", g.add("Add", x, whole, name="whole_sum"), name="whole_relu")
    twice = g.constant("twice", np.array([1, 1, 2, 2], np.float32))
    for i, seen in enumerate(skips):
        rise, skip = joined(net.rise[i]), joined(net.skip[i])
        y = g.add("Resize", _conv(g, f"rise{i}", x, rise), "", twice, name=f"rise{i}_twice", mode="linear")
        y = g.add("Add", y, _conv(g, f"skip{i}", seen, skip), name=f"rise{i}_sum")
        x = g.add("Relu", y, name=f"rise{i}_relu")
        if i < len(net.merge):
            merged = _conv(g, f"merge{i}", x, joined(net.merge[i]))
            x = g.add("Relu", g.add("Add", x, merged, name=f"merge{i}_sum"), name=f"merge{i}_relu")
    shares = g.add("Sigmoid", _conv(g, "out", x, net.out), name="squares")
    full = g.add("Mul", g.add("DepthToSpace", shares, name="full", blocksize=2, mode="CRD"), g.number("white", 255.0))
    rounded = g.add("Cast", g.add("Add", full, g.number("half_level", 0.5)), name="bytes", to=TensorProto.UINT8)
    g.add("Squeeze", rounded, g.constant("channel", np.array([1], np.int64)), name="mask")
    frame = helper.make_tensor_value_info("frame", TensorProto.UINT8, [1, "height", "width", 3])
    g.save(path, [frame], helper.make_tensor_value_info("mask", TensorProto.UINT8, [1, "height", "width"]),
           _about("mask", half=False))


def write_checksums(folder: Path) -> None:
    """Write SHA256SUMS for every .onnx file of `folder`, as `sha256sum` does."""
    files = sorted(folder.glob("*.onnx"))
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii")
