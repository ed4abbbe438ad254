"""The person mask: where people are in a frame, steady over time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging.opencv import Plane
from live_style.imaging.opencv import quick_resize
from live_style.inference.onnxruntime import Session
from live_style.inference.onnxruntime import Signature
from live_style.inference.onnxruntime import open_session
from live_style.inference.temporal_filter import FilterState
from live_style.inference.temporal_filter import TemporalFilter

AREA = 256 * 144
"""Pixels of the frames that the network sees, as many as it was trained on, in the shape of the picture."""
STEP = 16
"""Both sides are multiples of it."""
REST, MOST = 0.1, 0.75
"""The share of a new mask where the picture stands still, and where it moves."""


def mask_size(picture: Size) -> Size:
    """The size at which the network sees a picture."""
    factor = (AREA / (picture[0] * picture[1])) ** 0.5
    width, height = (max(STEP, round(side * factor / STEP) * STEP) for side in picture)
    return width, height


class PersonMask:
    """Finds people in a stream of frames; made for one stream, run by one thread at a time.

    It runs on the CPU with one thread, whatever paints: it takes about 2 ms.
    """

    def __init__(self, file: Path, steady: bool) -> None:
        """`steady`: where the picture stands still, its masks are averaged over time."""
        self._file = file
        self._temporal_filter = TemporalFilter(REST, MOST) if steady else None
        self._session: tuple[Size, Session] | None = None

    @property
    def memory(self) -> FilterState | None:
        """What the next mask is averaged with; None if it is not."""
        return None if self._temporal_filter is None else self._temporal_filter.memory

    @memory.setter
    def memory(self, memory: FilterState | None) -> None:
        if self._temporal_filter is not None:
            self._temporal_filter.memory = memory

    def find(self, image: Image) -> Plane:
        """How much (0 to 255) each place of a picture belongs to a person, at `mask_size`."""
        size = mask_size(size_of(image))
        seen = quick_resize(image, size)
        found = np.asarray(self._ready(size).run({"frame": seen[np.newaxis]}), np.uint8)[0]
        return found if self._temporal_filter is None else self._temporal_filter.settle(seen, found)

    def _ready(self, size: Size) -> Session:
        if self._session is None or self._session[0] != size:
            width, height = size
            signature = Signature({"frame": np.zeros((1, height, width, 3), np.uint8)}, "mask",
                                  {"width": width, "height": height})
            self._session = size, open_session(self._file, "cpu", signature, threads=1)
        return self._session[1]
