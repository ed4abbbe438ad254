"""A growing ONNX graph: operators are appended by name, weights are kept as float16 where that is enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
# The first IR version with all of opset 17; ONNX Runtime from 1.12 on reads it.
IR_VERSION = 8


class Graph:
    """Nodes and initialisers of one model; `add` appends an operator and returns the name of its output."""

    def __init__(self, half: bool) -> None:
        self.half = half
        self.type = TensorProto.FLOAT16 if half else TensorProto.FLOAT
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str, outputs: int = 1, name: str = "", **attributes: Any) -> Any:
        """Append a node; gives its output's name, or a list of names for several outputs."""
        stem = name or f"{operator.lower()}_{len(self.nodes)}"
        names = [stem] if outputs == 1 else [f"{stem}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, name=stem, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """An initialiser as it is."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def number(self, name: str, value: float | list[float], full: bool = False) -> str:
        """A small constant in the graph's own precision (`full`: float32 always)."""
        return self.constant(name, np.array(value, np.float16 if self.half and not full else np.float32))

    def weight(self, name: str, value: NDArray[Any], full: bool = False) -> str:
        """A weight stored as float16; a graph (or a part, `full`) that computes in float32 casts it once, at load."""
        stored = self.constant(name, value.astype(np.float16))
        return stored if self.half and not full else self.add("Cast", stored, name=f"{name}_f32", to=TensorProto.FLOAT)

    def cast(self, value: str, name: str = "") -> str:
        """Into the graph's own precision."""
        return str(self.add("Cast", value, name=name, to=self.type))

    def save(self, path: Path, inputs: list[onnx.ValueInfoProto], output: onnx.ValueInfoProto,
             about: dict[str, str]) -> None:
        """Check the model and write it."""
        graph = helper.make_graph(self.nodes, path.stem, inputs, [output], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
                                  producer_name="live-style")
        helper.set_model_props(model, about)
        onnx.checker.check_model(model, full_check=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(model, str(path))
