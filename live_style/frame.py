"""A frame: one picture of a stream and the time at which it was taken; and a piece of sound, likewise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""RGB, uint8, [height, width, 3], C-contiguous; never changed after its creation."""

Size = tuple[int, int]
"""(width, height) in pixels."""


class Frame(NamedTuple):
    """One picture of the stream; it keeps its birth time through every change of its pixels."""

    image: Image
    number: int
    """Count of frames from this source, from 0."""
    born: float
    """`time.perf_counter()` seconds when the driver handed it over."""

    def with_image(self, image: Image) -> Frame:
        """The same frame with another image."""
        return self._replace(image=image)


class SoundPiece(NamedTuple):
    """A piece of sound."""

    samples: npt.NDArray[np.float32]
    """float32 [samples, channels], -1 to 1."""
    born: float
    """`time.perf_counter()` seconds at which its first sample was heard."""


class SoundFormat(NamedTuple):
    """What the pieces of one device have in common."""

    rate: int
    """Samples a second."""
    channels: int


def size_text(size: Size) -> str:
    """A size as text: 1280x720."""
    return f"{size[0]}x{size[1]}"


def size_of(image: Image) -> Size:
    """(width, height) of a picture."""
    return image.shape[1], image.shape[0]
