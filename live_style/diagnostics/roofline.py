"""The bound: the least time that a GPU needs for a frame, by what a network does and what the GPU can do."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import NamedTuple

from live_style.inference.cuda import Speed
from live_style.inference.graph_split import Operation
from live_style.inference.graph_split import operations

FREE = frozenset({"Reshape", "Shape", "Split"})
"""Steps that are words for other shapes of the same values, or for a few hundred of them."""


class Work(NamedTuple):
    """What a network does to one frame."""

    multiply_adds: int
    """Of its convolutions and matrix products."""
    moved: int
    """Bytes between memory and processor if each step reads what it takes and writes what it gives once; a norm reads
    its input twice, for what it divides by is known only after the first time."""


def work(network: Path, dims: Mapping[str, int]) -> Work:
    """Of an ONNX file at a size of its frame."""
    steps = [step for step in operations(network, dims) if step.kind not in FREE]
    return Work(sum(map(_multiply_adds, steps)), sum(map(_moved, steps)))


def least_ms(done: Work, speed: Speed) -> float:
    """Milliseconds for the arithmetic and then for the memory: what runs one step after another cannot overlap them."""
    return 1000.0 * (2.0 * done.multiply_adds / speed.flops + done.moved / speed.bandwidth)


def _multiply_adds(step: Operation) -> int:
    if step.kind == "Conv":
        return prod(step.writes[0]) * prod(step.reads[1][1:])
    return prod(step.writes[0]) * step.reads[0][-1] if step.kind == "MatMul" else 0


def _moved(step: Operation) -> int:
    if step.kind != "InstanceNormalization":
        return step.moved
    return step.moved + step.moved * prod(step.reads[0]) // sum(map(prod, (*step.reads, *step.writes)))
