"""Splits networks where a norm needs the whole picture, so that the pieces can run strip by strip.

It also counts the work of a network for a frame.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import NamedTuple

import onnx
from onnx import NodeProto
from onnx import TensorProto
from onnx import ValueInfoProto
from onnx import helper

_NORM = "InstanceNormalization"


class Piece(NamedTuple):
    """A part of a network, between two norms."""

    model: bytes
    """An ONNX file, to be run at any shape. Its outputs are `gives`, then `measures`."""
    takes: tuple[str, ...]
    """Inputs that cover the picture: the network's own, and what earlier pieces gave."""
    gives: tuple[str, ...]
    """What later pieces take, float16 [1, channels, height, width]; of the last piece the network's output."""
    measures: tuple[str, ...]
    """Values that a norm of the next piece works on: it takes x.mean and x.variance, float32[channels], of each x."""


def cut(network: Path) -> list[Piece]:
    """The pieces of a network in their order; its instance norms take the statistics they are given.

    What is kept between pieces is kept in float16, as a GPU would: it costs 0.02 levels.
    """
    plan = _Plan(onnx.load(str(network)))
    return [plan.piece(stage) for stage in range(plan.stages)]


class _Plan:
    """A network whose nodes are sorted into stages, each of which ends where a norm begins."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self._model = model
        self._types = {value.name: value.type.tensor_type.elem_type
                       for value in onnx.shape_inference.infer_shapes(model).graph.value_info}
        self._stage: dict[str, int] = {}
        """Number of norms before a value; -1: not even a convolution, so that it is cheap to compute again."""
        self._nodes: list[tuple[int, NodeProto]] = []
        self._measured: set[str] = set()
        for node in model.graph.node:
            self._place(node)
        self.stages = 1 + max(0, *(stage for stage, _ in self._nodes))
        self._kept = {name for stage, node in self._nodes for name in node.input if 0 <= self._of(name) < stage}

    def _of(self, name: str) -> int:
        return self._stage.get(name, -1)

    def _place(self, node: NodeProto) -> None:
        stage = max((self._of(name) for name in node.input), default=-1)
        nodes = [node]
        if node.op_type == _NORM:
            stage += 1
            self._measured.add(node.input[0])
            nodes = self._given_norm(node)
        elif node.op_type == "Conv":
            stage = max(stage, 0)
        for part in nodes:
            self._nodes.append((stage, part))
            self._stage.update(dict.fromkeys(part.output, stage))

    def _given_norm(self, norm: NodeProto) -> list[NodeProto]:
        """The norm with given statistics; in float32, since a variance may be too large for float16."""
        x, out = norm.input[0], norm.output[0]
        wide = [_cast(name, f"{name}.{out}", TensorProto.FLOAT) for name in norm.input]
        inputs = [node.output[0] for node in wide] + [f"{x}.mean", f"{x}.variance"]
        epsilon = next(a.f for a in norm.attribute if a.name == "epsilon")
        apart = helper.make_node("BatchNormalization", inputs, [f"{out}.wide"], name=out, epsilon=epsilon)
        return [*wide, apart, _cast(f"{out}.wide", out, self._types[out])]

    def piece(self, stage: int) -> Piece:
        """One stage as a network of its own."""
        graph = self._model.graph
        kept = [name for name in sorted(self._kept) if self._of(name) == stage]
        measures = [name for name in kept if name in self._measured]
        nodes, needed = self._needed(stage, kept or [value.name for value in graph.output])
        taken = [name for name in sorted(self._kept & needed) if self._of(name) < stage]
        inputs = [value for value in graph.input if value.name in needed]
        frames = [value.name for value in inputs if len(value.type.tensor_type.shape.dim) == 4]
        inputs += [_value(_half(name), TensorProto.FLOAT16, 4) for name in taken]
        inputs += [_value(f"{name}.{what}", TensorProto.FLOAT, 1) for name in taken if name in self._measured
                   for what in ("mean", "variance")]
        outputs = [_value(_half(name), TensorProto.FLOAT16, 4) for name in kept] or list(graph.output)
        raw = [_value(name, self._types[name], 4) for name in measures]
        whole = [_cast(_half(name), name, self._types[name]) for name in taken] + nodes
        whole += [_cast(name, _half(name), TensorProto.FLOAT16) for name in kept]
        weights = [weight for weight in graph.initializer if weight.name in needed]
        part = helper.make_model(helper.make_graph(whole, f"stage_{stage}", inputs, outputs + raw, weights),
                                 opset_imports=self._model.opset_import, ir_version=self._model.ir_version)
        return Piece(part.SerializeToString(), (*frames, *map(_half, taken)),
                     tuple(value.name for value in outputs), tuple(measures))

    def _needed(self, stage: int, wanted: Iterable[str]) -> tuple[list[NodeProto], set[str]]:
        """The nodes of a stage that compute the wanted values, and those before any convolution; all names in them."""
        needed, nodes = set(wanted), []
        for own, node in reversed(self._nodes):
            if own in (-1, stage) and needed.intersection(node.output):
                nodes.append(node)
                needed.update(node.input)
        return nodes[::-1], needed


def _half(name: str) -> str:
    """The name of a value that is kept."""
    return f"{name}.half"


def _cast(name: str, result: str, kind: int) -> NodeProto:
    return helper.make_node("Cast", [name], [result], to=kind)


def _value(name: str, kind: int, rank: int) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, [None] * rank)


class Operation(NamedTuple):
    """One step of a network at a fixed size, with the shapes of what it reads and writes."""

    kind: str
    reads: tuple[tuple[int, ...], ...]
    writes: tuple[tuple[int, ...], ...]
    moved: int
    """Bytes of all these."""


def operations(network: Path, dims: Mapping[str, int]) -> list[Operation]:
    """The steps of a network for a frame at those sizes, in order, without steps on constants."""
    model = onnx.load(str(network))
    constant = {weight.name for weight in model.graph.initializer}
    known = {weight.name: (tuple(weight.dims), weight.data_type) for weight in model.graph.initializer}
    for value in (*model.graph.input, *model.graph.output):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in dims:
                dim.dim_value = dims[dim.dim_param]
    graph = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    for value in (*graph.input, *graph.value_info, *graph.output):
        kind = value.type.tensor_type
        known[value.name] = (tuple(dim.dim_value for dim in kind.shape.dim), kind.elem_type)
    found = []
    for node in graph.node:
        if constant.issuperset(node.input):
            constant.update(node.output)
            continue
        read = [name for name in node.input if name]  # an input that is not given has no name
        values = [known[name] for name in (*read, *node.output)]
        moved = sum(prod(shape) * helper.tensor_dtype_to_np_dtype(kind).itemsize for shape, kind in values)
        shapes = [shape for shape, _ in values]
        found.append(Operation(node.op_type, tuple(shapes[:len(read)]), tuple(shapes[len(read):]), moved))
    return found
