"""The bound: the least time that a GPU needs for a frame, from the work of the network and the speed of the GPU."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import NamedTuple

from live_style.inference.cuda import Speed
from live_style.inference.graph_split import Operation
from live_style.inference.graph_split import operations

FREE = frozenset({"Reshape", "Shape", "Split"})
"""Operators that only reshape values, or that work on a few hundred of them."""


class Work(NamedTuple):
    """The work of a network for one frame."""

    multiply_adds: int
    """Operations of its convolutions and matrix products."""
    moved: int
    """Bytes between memory and processor if each operator reads its inputs and writes its outputs once; a norm reads
    its input twice, since its statistics are known only after the first pass."""


def work(network: Path, dims: Mapping[str, int]) -> Work:
    """The work of an ONNX file at a frame size."""
    steps = [step for step in operations(network, dims) if step.kind not in FREE]
    return Work(sum(map(_multiply_adds, steps)), sum(map(_moved, steps)))


def least_ms(done: Work, speed: Speed) -> float:
    """Milliseconds for arithmetic plus memory: operators that run one after another cannot overlap them."""
    return 1000.0 * (2.0 * done.multiply_adds / speed.flops + done.moved / speed.bandwidth)


def _multiply_adds(step: Operation) -> int:
    if step.kind == "Conv":
        return prod(step.writes[0]) * prod(step.reads[1][1:])
    return prod(step.writes[0]) * step.reads[0][-1] if step.kind == "MatMul" else 0


def _moved(step: Operation) -> int:
    if step.kind != "InstanceNormalization":
        return step.moved
    return step.moved + step.moved * prod(step.reads[0]) // sum(map(prod, (*step.reads, *step.writes)))
