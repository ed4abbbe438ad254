"""Converts high dynamic range and wide gamuts to BT.709, which networks and windows use."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane

from live_style.frame import Image
from live_style.imaging import opencv

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
_MOST = 1023
"""The largest number of 10 bits."""
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
    """The picture in BT.709, RGB, at a width."""
    deep = frame.reformat(format="gbrp10le", width=width, src_colorspace=matrix)
    green, blue, red = (_rows(plane, deep.width) for plane in deep.planes)
    return opencv.relight((red, green, blue), *_tables(light))


def _rows(plane: VideoPlane, width: int) -> npt.NDArray[np.uint16]:
    # Mypy does not know that a plane is a buffer.
    buffer: Any = plane
    return np.frombuffer(buffer, "<u2").reshape(plane.height, -1)[:, :width]


class Tables(NamedTuple):
    """How `relight` gets from numbers of one kind to those of BT.709."""

    linear: npt.NDArray[np.float32]
    """The light of each number of 10 bits; as long as OpenCV wants it."""
    matrix: npt.NDArray[np.float32]
    """From light of the file's primaries to that of BT.709's."""
    shown: npt.NDArray[np.uint8]
    """What shows a light, by the upper half of its float32: to 0.4 % of the light, 0.3 of a level."""


@lru_cache(maxsize=4)
def _tables(light: LightEncoding) -> Tables:
    numbers = np.minimum(np.arange(1 << 16), _MOST) / _MOST
    halves = ((np.arange(1 << 16, dtype=np.uint32) << 16) + 0x8000).view(np.float32)
    bright = np.where(halves > 0.0, np.minimum(halves, np.float32(1e6)), 0.0).astype(np.float64)
    levels = np.round(255.0 * _shown(bright, light.transfer)).astype(np.uint8)
    return Tables(_light(numbers, light.transfer).astype(np.float32), _between(light.primaries).astype(np.float32),
                  levels)


def _shown(linear: Floats, transfer: int) -> Floats:
    """Numbers 0..1 of BT.709 for light; HDR also has light above 1."""
    if transfer:
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
