"""Converts high dynamic range and wide gamuts to BT.709, which networks and windows use."""

from __future__ import annotations

import os
import tempfile
import threading
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import av
import numpy as np
import numpy.typing as npt
from av.filter import Graph
from av.video.frame import VideoFrame

from live_style.frame import Image

_PQ, _HLG = 16, 18
_RED_GREEN_BLUE = {
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),  # BT.2020
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # DCI-P3, its white taken for that of Display P3
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # Display P3
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))}  # BT.709
_WHITE = (0.3127, 0.3290)
_PAPER = 203.0
"""Candela a square metre of white paper in HDR (BT.2408), where BT.709 has its white."""
_KNEE = 0.8
"""Share of that level above which highlights are compressed; paper white is then 244 of 255."""
_GAMMA = 2.4
"""Of a BT.709 display (BT.1886)."""
_SIDE = 49
"""Of the table: between its points a level is 0.4 off at most, on greys of PQ."""
Floats = npt.NDArray[np.float64]


class LightEncoding(NamedTuple):
    """How the numbers of a picture mean light, as numbered in ITU-T H.273."""

    transfer: int
    """0: as BT.709's, whatever its name."""
    primaries: int


def light_of(frame: VideoFrame) -> LightEncoding | None:
    """None: a picture that BT.709 can hold as it is."""
    high = frame.color_trc in (_PQ, _HLG)
    wide = frame.color_primaries in (9, 11, 12)
    if not high and not wide:
        return None
    return LightEncoding(frame.color_trc if high else 0, frame.color_primaries if wide else 9)


def narrowed(frame: VideoFrame, light: LightEncoding, width: int, matrix: int | None) -> Image:
    """The picture in BT.709, RGB, at a width; of a size that comes again, by the same table."""
    deep = frame.reformat(format="gbrp10le", width=width, src_colorspace=matrix)
    graph = _graph(light, deep.width, deep.height, threading.get_ident())
    deep.pts = None
    graph.push(deep)
    done = graph.pull()
    assert isinstance(done, VideoFrame)
    return np.ascontiguousarray(done.to_ndarray(format="rgb24"), np.uint8)


@lru_cache(maxsize=4)
def _graph(light: LightEncoding, width: int, height: int, thread: int) -> Graph:
    """A filter that looks colours up; one for each thread."""
    with tempfile.NamedTemporaryFile("w", suffix=".cube", delete=False, encoding="ascii") as file:
        file.write(_cube(light))
    try:
        graph = Graph()
        graph.threads = 2
        kind = av.VideoFormat("gbrp10le")
        source = graph.add_buffer(width=width, height=height, format=kind, time_base=Fraction(1, 1000))
        table = graph.add("lut3d", file=file.name, interp="tetrahedral")
        sink = graph.add("buffersink")
        source.link_to(table)
        table.link_to(sink)
        graph.configure()
        return graph
    finally:
        os.unlink(file.name)


@lru_cache(maxsize=4)
def _cube(light: LightEncoding) -> str:
    """The table as text: what becomes of each colour, red counting fastest."""
    steps = np.linspace(0.0, 1.0, _SIDE)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colors = _shown(np.stack([red, green, blue], -1).reshape(-1, 3), light)
    return f"LUT_3D_SIZE {_SIDE}\n" + "\n".join("%.5f %.5f %.5f" % (r, g, b) for r, g, b in colors.tolist()) + "\n"


def _shown(values: Floats, light: LightEncoding) -> Floats:
    """Numbers of BT.709 for numbers of another kind; both 0..1."""
    linear = _light(values, light.transfer) @ _between(light.primaries).T
    if light.transfer:
        over = np.maximum(linear - _KNEE, 0.0) / (1.0 - _KNEE)
        linear = np.minimum(linear, _KNEE) + (1.0 - _KNEE) * over / (1.0 + over)
    shown: Floats = np.clip(linear, 0.0, 1.0) ** (1.0 / _GAMMA)
    return shown


def _light(values: Floats, transfer: int) -> Floats:
    """Light of each channel, 1 for white paper (BT.2100)."""
    if transfer == _PQ:
        root = values ** (32 / 2523)
        nits: Floats = 10000.0 * (np.maximum(root - 107 / 128, 0.0) / (2413 / 128 - 2392 / 128 * root)) ** (8192 / 1305)
        return nits / _PAPER
    if transfer == _HLG:
        bright = (np.exp((values - 0.55991073) / 0.17883277) + 0.28466892) / 12.0
        scene = np.where(values <= 0.5, values**2 / 3.0, bright)
        # The display's own gamma of 1.2, by channel: saturated colours stay as bright as PQ has them.
        light: Floats = 1000.0 * scene**1.2 / _PAPER
        return light
    plain: Floats = values**_GAMMA
    return plain


def _between(primaries: int) -> Floats:
    """The matrix from light of some primaries to that of BT.709."""
    matrix: Floats = np.linalg.inv(_to_xyz(1)) @ _to_xyz(primaries)
    return matrix


def _to_xyz(primaries: int) -> Floats:
    columns = np.array([(x / y, 1.0, (1.0 - x - y) / y) for x, y in _RED_GREEN_BLUE[primaries]]).T
    x, y = _WHITE
    scaled: Floats = columns * np.linalg.solve(columns, np.array([x / y, 1.0, (1.0 - x - y) / y]))
    return scaled
