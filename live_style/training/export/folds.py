"""Folds of a graph: each 2x2 square of a picture as channels of one position, and back.

SpaceToDepth and DepthToSpace do it in one operator, which ONNX Runtime's CPU provider moves value by value. There it is
written as two transposes, one of whole rows and one of a single axis, both of which that provider has a quick way for:
a frame of `fast` takes 9 % less time (28.1 against 30.9 ms for 384x384 on one core). The single axis is moved over
whole planes, not row by row: two threads would lose more than one saves (0.41 against 0.95 ms for 64x96x96 values).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import TensorProto
from torch import Tensor

from live_style.training.export.graph import Graph


def fold_frame(g: Graph) -> str:
    """The input `frame` uint8 [1,H,W,3] as levels [1,12,H/2,W/2], (place, colour)."""
    if g.half:
        levels = g.cast(g.add("Transpose", "frame", name="planes", perm=[0, 3, 1, 2]), "levels_flat")
        return str(g.add("SpaceToDepth", levels, name="levels", blocksize=2))
    x = shaped(g, "frame", "frame_rows", [0, 0, -1])
    x = g.add("Transpose", shaped(g, x, "frame_row_pairs", [-1, 2, 0]), name="frame_halves", perm=[1, 0, 2])
    x = g.add("Transpose", shaped(g, x, "frame_squares", [2, 0, -1, 6]), name="frame_places", perm=[0, 3, 1, 2])
    return g.cast(shaped(g, x, "planes", [1, 12, 0, 0]), "levels")


def unfold_frame(g: Graph, levels: str) -> None:
    """Levels [1,12,H/2,W/2], (place, colour), as the output `stylized` uint8 [1,H,W,3]."""
    if g.half:
        full = g.add("DepthToSpace", levels, name="levels_full", blocksize=2, mode="DCR")
        g.add("Transpose", _bytes(g, full), name="stylized", perm=[0, 2, 3, 1])
        return
    x = shaped(g, _bytes(g, levels), "bytes_places", [2, 6, 0, 0])
    x = g.add("Transpose", x, name="bytes_squares", perm=[0, 2, 3, 1])
    x = g.add("Transpose", shaped(g, x, "bytes_halves", [2, 0, -1]), name="bytes_row_pairs", perm=[1, 0, 2])
    shaped(g, shaped(g, x, "bytes_rows", [1, -1, 0]), "stylized", [0, 0, -1, 3])


def doubled_conv(g: Graph, name: str, x: str, weight: NDArray[Any], like: str, rows: int) -> str:
    """A 3x3 convolution [O,I,3,3] of x after nearest-neighbour upsampling by two.

    On the CPU it is four convolutions of 2x2, one for each place of a 2x2 square, which see the same values with 4/9
    of the multiply-adds. `like` is a value of the graph that is `rows` times as high and wide as the result.
    """
    if g.half:
        scales = g.constant(f"{name}_scales", np.array([1, 1, 2, 2], np.float32))
        x = g.add("Resize", x, "", scales, name=f"{name}_doubled", mode="nearest", nearest_mode="floor",
                  coordinate_transformation_mode="asymmetric")
        return str(g.add("Conv", x, g.weight(f"{name}_weight", weight), name=name, kernel_shape=[3, 3], pads=[1] * 4))
    places = [g.add("Conv", x, g.constant(f"{name}_weight_{down}{right}", _summed(weight, down, right)),
                    name=f"{name}_{down}{right}", kernel_shape=[2, 2], pads=[1 - down, 1 - right, down, right])
              for down in (0, 1) for right in (0, 1)]
    return _interleaved(g, name, str(g.add("Concat", *places, name=f"{name}_places", axis=1)), len(weight), like, rows)


# Rows (or columns) of a 3x3 kernel that the two rows of a 2x2 kernel sum up, for the first and the second place.
_SUMS = np.array([[[1, 0, 0], [0, 1, 1]], [[1, 1, 0], [0, 0, 1]]], np.float32)


def _summed(weight: NDArray[Any], down: int, right: int) -> NDArray[np.float32]:
    """The 2x2 kernel that one place of each 2x2 square sees of a 3x3 kernel on doubled values."""
    return np.einsum("oiyx,ay,bx->oiab", weight.astype(np.float32), _SUMS[down], _SUMS[right])


def whole_kernel(found: Mapping[str, Tensor], name: str) -> Tensor:
    """The 3x3 kernel [O,I,3,3] whose sums the four small ones of `doubled_conv` are."""
    small = torch.stack([torch.stack([found[f"{name}_weight_{down}{right}"] for right in (0, 1)]) for down in (0, 1)])
    back = torch.from_numpy(np.linalg.pinv(_SUMS.reshape(4, 3)).reshape(3, 2, 2))
    return torch.einsum("drioab,yda,xrb->ioyx", small, back, back)


def _interleaved(g: Graph, name: str, x: str, channels: int, like: str, rows: int) -> str:
    """[1,4C,h,w], (place, channel), as [1,C,2h,2w]."""
    x = g.add("Transpose", shaped(g, x, f"{name}_squares", [2, 2, -1]), name=f"{name}_pairs", perm=[0, 2, 1])
    ends = [_places(g, f"{name}_{key}", value) for key, value in (("from", 3), ("to", 4))]
    width = g.add("Slice", g.add("Shape", like, name=f"{name}_like"), *ends, name=f"{name}_like_width")
    width = g.add("Div", width, _places(g, f"{name}_share", rows), name=f"{name}_width")
    wide = g.add("Concat", _places(g, f"{name}_two", 2, -1), width, name=f"{name}_row_shape", axis=0)
    x = g.add("Transpose", g.add("Reshape", x, wide, name=f"{name}_rows"), name=f"{name}_row_pairs", perm=[1, 0, 2])
    shape = g.add("Concat", _places(g, f"{name}_channels", 1, channels, -1), width, name=f"{name}_shape", axis=0)
    return str(g.add("Reshape", x, shape, name=name))


def _places(g: Graph, name: str, *values: int) -> str:
    return str(g.constant(name, np.array(values, np.int64)))


def shaped(g: Graph, x: str, name: str, shape: list[int]) -> str:
    """Reshaped; the shape is a constant called after it."""
    return str(g.add("Reshape", x, g.constant(f"{name}_shape", np.array(shape, np.int64)), name=name))


def _bytes(g: Graph, x: str) -> str:
    return str(g.add("Cast", x, name="bytes", to=TensorProto.UINT8))
