"""Pictures on disk: read as people see them, written with what made them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.photo import Photo
from live_style.imaging.photo import read_photo
from live_style.imaging.write import encoded
from live_style.imaging.write import write_picture

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
"""Endings of files that are taken for pictures."""


def read_picture(path: Path | str, shorter: int | None = None) -> Image:
    """The picture in a file: upright (EXIF), sRGB, transparency over white; raises StyleError if it is none.

    `shorter`: pixels of the shorter side that are enough; 24 megapixels are then read in 0.2 s, not in 2.5.
    """
    return read_photo(Path(path), shorter).over_white()


def square(image: Image, side: int) -> Image:
    """The centre of a picture as a square of `side` pixels, scaled with a Lanczos filter."""
    return scaled(image, (side, side))


def scaled(image: Image, size: Size) -> Image:
    """The centre of a picture at `size`, cropped to its shape, scaled with a Lanczos filter (slow, good)."""
    return np.asarray(ImageOps.fit(Pillow.fromarray(image), size, Pillow.Resampling.LANCZOS), np.uint8).copy()


def write_png(path: Path, image: Image, facts: dict[str, str]) -> None:
    """A PNG whose text chunks hold `facts`; whole or not at all. Raises SinkError."""
    write_picture(path, encoded(Photo(image), "PNG", facts))
