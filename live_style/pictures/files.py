"""Pictures on disk: read as people see them, written with what made them."""

from __future__ import annotations

import contextlib
import os
import warnings
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps
from PIL.PngImagePlugin import PngInfo

from live_style.errors import SinkError
from live_style.errors import StyleError
from live_style.frame import Image
from live_style.frame import Size

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
"""Endings of files that are taken for pictures."""
MAX_PIXELS = 200_000_000


def read_picture(path: Path, shorter: int | None = None) -> Image:
    """The picture in a file: upright (EXIF), RGB, transparency over white; raises StyleError if it is none.

    `shorter`: pixels of the shorter side that are enough; 24 megapixels are then read in 0.2 s, not in 2.5.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            with Pillow.open(path) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise StyleError(f"{path.name} is too large: {opened.width}x{opened.height} pixels",
                                     "Scale it down first.")
                if shorter:
                    opened.draft(None, (shorter, shorter))
                return _rgb(_reduced(ImageOps.exif_transpose(opened), shorter))
    except StyleError:
        raise
    except FileNotFoundError as e:
        raise StyleError(f"there is no picture {path}", "Check the name and the folder.") from e
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Warning,
            Pillow.DecompressionBombError) as e:
        raise StyleError(f"{path.name} cannot be read as a picture: {_reason(e)}",
                         "Use a JPEG, PNG or WebP file that opens in a picture viewer.") from e


def _reduced(picture: Pillow.Image, shorter: int | None) -> Pillow.Image:
    factor = min(picture.size) // shorter if shorter else 1
    return picture.reduce(factor) if factor > 1 and picture.mode in ("L", "RGB", "RGBA", "CMYK") else picture


def _rgb(picture: Pillow.Image) -> Image:
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        values = np.asarray(picture, np.float32)
        top = 65535.0 if picture.mode != "F" or values.max(initial=0.0) > 255.0 else 255.0
        picture = Pillow.fromarray(np.clip(values * (255.0 / top), 0, 255).astype(np.uint8))
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Pillow.new("RGBA", picture.size, "white")
        picture = Pillow.alpha_composite(white, picture)
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"), np.uint8))


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 120 else text[:117] + "..."


def square(image: Image, side: int) -> Image:
    """The centre of a picture as a square of `side` pixels, scaled with a Lanczos filter."""
    return scaled(image, (side, side))


def scaled(image: Image, size: Size) -> Image:
    """The centre of a picture at `size`, cropped to its shape, scaled with a Lanczos filter (slow, good)."""
    return np.asarray(ImageOps.fit(Pillow.fromarray(image), size, Pillow.Resampling.LANCZOS), np.uint8).copy()


def write_png(path: Path, image: Image, facts: dict[str, str]) -> None:
    """A PNG whose text chunks hold `facts`; whole or not at all. Raises SinkError."""
    info = PngInfo()
    for key, value in facts.items():
        info.add_itxt(key, value)
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Pillow.fromarray(image).save(part, "PNG", pnginfo=info, compress_level=4)
        os.replace(part, path)
    except (OSError, ValueError) as e:
        with contextlib.suppress(OSError):
            part.unlink()
        raise SinkError(f"the picture {path} cannot be written: {_reason(e)}",
                        "Free some disk space, or choose another folder.") from e


def read_png_facts(path: Path) -> dict[str, str]:
    """The text chunks of a PNG that `write_png` made."""
    with Pillow.open(path) as opened:
        return {str(key): str(value) for key, value in opened.info.items() if isinstance(value, str)}
