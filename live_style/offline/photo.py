"""Paints pictures of any size, one by one, quality before speed."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np

from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.inference import model_files
from live_style.inference.net_size import shaped
from live_style.inference.providers import Wanted
from live_style.inference.stylizer import OnnxStylizer
from live_style.inference.stylizer import open_stylizer
from live_style.inference.tiling import too_large
from live_style.look import Look
from live_style.look import TwoLooks
from live_style.settings import RunSettings
from live_style.style import Style
from live_style.styles.library import Library
from live_style.system import paths

STROKE = 1024
"""Pixels of the longer side at which the network sees a larger picture: near the size of its training its strokes look
like the painting's; at a larger size they only get thinner."""
SMALLEST, LARGEST = 64, 8192
"""Allowed values of `resolution`; a picture of 24 megapixels takes 0.6 GB of memory at 1024, 1.1 at its own 6000."""
_PROBE: Size = (64, 64)
_KEPT = 2
"""Network sessions that are kept: the pictures of a folder mostly have two orientations."""


class PictureStylizer:
    """A network that paints at the size of each picture; made by `load_stylizer`, used by one thread at a time."""

    def __init__(self, stylizer: OnnxStylizer, resolution: int) -> None:
        self.resolution = resolution
        """The longest side at which the network sees a picture."""
        self.model = stylizer.model
        self.space = stylizer.space
        self._stylizers = {stylizer.net_size: stylizer}

    def style(self, what: str | Path) -> Style:
        """The style with a name, in a style file or of any picture file; raises StyleError."""
        return self._library.style(what)

    @property
    def styles(self) -> tuple[Style, ...]:
        """All styles with a name: the included ones, then the user's own."""
        return self._library.collection.styles

    def paint(self, image: Image, look: Look | TwoLooks) -> Image:
        """A new picture of the same size in that look; strength 0 gives a copy.

        `image` is uint8 [height, width, 3], RGB, of any size; anything else is a ValueError. Raises ProviderError if
        the processor is out of memory, or was lost.
        """
        return _painted(self._for(image), image, look)

    def paint_all(self, frames: Iterable[Image], look: Look | TwoLooks,
                  smooth: float = RunSettings.smooth) -> Iterator[Image]:
        """Each frame of a stream in that look, in order, one at a time.

        `smooth` (0..1): strength of the temporal filter, which reduces flicker where the frames stand still.
        """
        steady: OnnxStylizer | None = None
        for image in frames:
            stylizer = self._for(image)
            if steady is None or steady.net_size != stylizer.net_size:
                steady = stylizer.steadied(smooth)
            yield _painted(steady, image, look)

    def steadied(self, size: Size, smooth: float = RunSettings.smooth) -> OnnxStylizer:
        """The stylizer of `paint_all`, for streams whose look changes, or that are continued later."""
        return self._at(shaped(size, self.resolution)).steadied(smooth)

    @cached_property
    def _library(self) -> Library:
        return Library(self.space)

    def _for(self, image: Image) -> OnnxStylizer:
        """The network, ready at the size for a picture; the least recently used ones are closed."""
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
            raise ValueError(f"a picture is uint8 [height, width, 3]; this is {image.dtype} {list(image.shape)}")
        return self._at(shaped(size_of(image), self.resolution))

    def _at(self, size: Size) -> OnnxStylizer:
        found = self._stylizers.pop(size, None)
        if found is None:
            last = next(reversed(self._stylizers.values()))
            found = last.banded(size) if too_large(size) else last.resized(size)
            while len(self._stylizers) >= _KEPT:
                del self._stylizers[next(iter(self._stylizers))]
        self._stylizers[size] = found
        return found


def _painted(stylizer: OnnxStylizer, image: Image, look: Look | TwoLooks) -> Image:
    painted = stylizer.stylize(np.ascontiguousarray(image), look)
    return painted.copy() if np.shares_memory(painted, image) else painted


def load_stylizer(model: str | None = None, resolution: int = STROKE, provider: Wanted = "auto") -> PictureStylizer:
    """A stylizer with the network `balanced`, whose pictures are the best today (models/README.md), or a named one.

    `resolution`: pixels of the longer side at which the network sees a picture; fewer make larger brush strokes.
    Raises ModelError, or ProviderError when a named provider does not work.
    """
    folder = paths.models_folder()
    chosen = model or model_files.default_model(folder, gpu=True)[0]
    return PictureStylizer(open_stylizer(folder, _PROBE, 1.0, chosen, _PROBE, provider), resolution)
