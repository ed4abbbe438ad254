"""Tiling: paints a picture that is too large for memory strip by strip, without seams."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import NamedTuple

import numpy as np

from live_style.frame import Size
from live_style.inference.engine import Network
from live_style.inference.onnxruntime import Array
from live_style.inference.onnxruntime import GraphPart

if TYPE_CHECKING:
    from live_style.inference.graph_split import Piece

UNIT = 8
"""Rows of a picture that are one row to the trunk of a network, which works at an eighth of the size."""
HALO = 3
"""Units above and below a band on which it depends, from one norm to the next: the encoder's three convolutions reach
8 pixels far, the first of the trunk 8 more."""
BUDGET = 800_000_000
"""Bytes that a network may take for a picture in one piece; a `PictureStylizer` keeps two of them warm."""
COST = 400
"""Bytes that it takes for each pixel, at most."""
AT_ONCE = 1_000_000
"""Pixels of a band: more are not faster."""


def too_large(size: Size) -> bool:
    """Whether a picture of this size, seen in one piece, would take more memory than a network may."""
    return size[0] * size[1] * COST > BUDGET


class Band(NamedTuple):
    """A strip of a picture, in units from its top."""

    first: int
    last: int
    top: int
    """Where what the network sees of it begins: above the strip, but at the top."""
    bottom: int


def bands(height: int, thickness: int) -> list[Band]:
    """Strips that cover so many units, all seen through windows of one size: a network always meets one shape."""
    window = min(height, thickness + 2 * HALO)
    tops = {first: max(0, min(first - HALO, height - window)) for first in range(0, height, thickness)}
    return [Band(first, min(first + thickness, height), top, top + window) for first, top in tops.items()]


class TiledNetwork:
    """A network that runs stage by stage, each over the whole picture before the next; used by one thread at a time.

    Between two stages the statistics of the whole picture are computed, which is all that a norm uses of other strips:
    so the painting equals that of one run, within a level. Stages keep their outputs in float16.
    """

    def __init__(self, session: Network, at_once: int = AT_ONCE) -> None:
        # Its library takes 0.3 s to load, which shows and small pictures do not need.
        from live_style.inference.graph_split import cut
        self.path, self.choice, self.metadata = session.path, session.choice, session.metadata
        self._pieces, self._at_once = cut(session.path), at_once

    def run(self, feeds: Mapping[str, Array]) -> Array:
        """The network's output for a frame, uint8 [1, height, width, 3], whose sides are multiples of 8.

        Raises ProviderError when the processor was lost or is out of memory.
        """
        small = {name: value for name, value in feeds.items() if name != "frame"}
        arrays = {"frame": feeds["frame"]}
        _, height, width, _ = arrays["frame"].shape
        strips = bands(height // UNIT, max(HALO, self._at_once // (UNIT * width)))
        for number, piece in enumerate(self._pieces):
            later = {name for other in self._pieces[number + 1:] for name in other.takes}
            spare = [arrays[name] for name in piece.takes if name not in later and name != "frame"]
            given, facts = _swept(piece, GraphPart(piece.model, self.choice), strips, arrays, small, spare)
            arrays = {name: array for name, array in arrays.items() if name in later} | given
            small |= facts
        return arrays[self._pieces[-1].gives[0]]


def _swept(piece: Piece, part: GraphPart, strips: Sequence[Band], arrays: Mapping[str, Array],
           small: Mapping[str, Array], spare: list[Array]) -> tuple[dict[str, Array], dict[str, Array]]:
    """The outputs of a piece for the whole picture, and the statistics that the next norm needs.

    Arrays of `spare` are written over, where one has the shape that is needed.
    """
    height = strips[-1].last
    given: dict[str, Array] = {}
    moments = {name: Moments() for name in piece.measures}
    for band, made in _painted(part, strips, {name: arrays[name] for name in piece.takes}, small):
        cores = [_rows(array, band.first - band.top, band.last - band.top, band.bottom - band.top) for array in made]
        for name, core, array in zip(piece.gives, cores, made):
            if name not in given:
                given[name] = _whole(array, height, band.bottom - band.top, spare)
            _rows(given[name], band.first, band.last, height)[...] = core
        for name, core in zip(piece.measures, cores[len(piece.gives):]):
            moments[name].add(core[0])
    return given, {key: value for name in moments for key, value in moments[name].facts(name).items()}


def _painted(part: GraphPart, strips: Sequence[Band], taken: Mapping[str, Array],
             small: Mapping[str, Array]) -> Iterator[tuple[Band, list[Array]]]:
    """Each strip and what the part makes of its window.

    It comes after the next window was copied, so that it may be written over what was taken.
    """
    before: tuple[Band, list[Array]] | None = None
    for band in strips:
        seen = {name: _rows(array, band.top, band.bottom, strips[-1].last).copy() for name, array in taken.items()}
        if before:
            yield before
        before = band, part.run({**small, **seen})
    if before:
        yield before


def _whole(window: Array, height: int, units: int, spare: list[Array]) -> Array:
    """An array over the whole picture like one over a window of so many units."""
    axis = _axis(window)
    shape = tuple(length * height // units if i == axis else length for i, length in enumerate(window.shape))
    for number, array in enumerate(spare):
        if (array.shape, array.dtype) == (shape, window.dtype):
            return spare.pop(number)
    return np.empty(shape, window.dtype)


def _rows(array: Array, first: int, last: int, height: int) -> Array:
    """The units `first` to `last` of an array over `height` units, as a view."""
    axis = _axis(array)
    scale = array.shape[axis] // height
    place: list[slice] = [slice(None)] * axis
    return np.asarray(array[(*place, slice(first * scale, last * scale))])


def _axis(array: Array) -> int:
    """Pictures are [1, height, width, 3], the values of a network [1, channels, height, width]."""
    return 1 if array.dtype == np.uint8 else 2


class Moments:
    """Mean and variance of each channel of what comes strip by strip."""

    def __init__(self) -> None:
        self._count = 0
        self._mean = self._spread = np.zeros(1)

    def add(self, strip: Array) -> None:
        """Take in [channels, height, width]."""
        values = strip.reshape(len(strip), -1).astype(np.float32, copy=False)
        count, mean = values.shape[1], values.mean(1)
        apart = values - mean[:, np.newaxis]
        step, total = mean - self._mean, self._count + count
        # Chan et al. 1979: no small difference of large sums.
        self._spread = self._spread + np.einsum("cn,cn->c", apart, apart) + step ** 2 * (self._count * count / total)
        self._mean, self._count = self._mean + step * (count / total), total

    def facts(self, name: str) -> dict[str, Array]:
        """Under the names by which a piece takes them."""
        return {f"{name}.mean": self._mean.astype(np.float32),
                f"{name}.variance": (self._spread / self._count).astype(np.float32)}
