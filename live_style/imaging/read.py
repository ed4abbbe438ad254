"""Reads pictures as viewers show them: upright, in sRGB, with their transparency."""

from __future__ import annotations

import functools
import io
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageCms
from PIL import ImageOps
from PIL import UnidentifiedImageError

from live_style.errors import StyleError
from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of

SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".bmp", ".dib", ".gif", ".tif",
                      ".tiff", ".avif", ".jp2", ".j2k", ".jpf", ".jpx", ".jpc", ".ppm", ".pgm", ".pbm", ".pnm",
                      ".tga", ".ico"})
"""Extensions of picture files that can be read."""
KINDS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "AVIF", "BMP", "JPEG2000", "PPM", "TGA", "ICO")
"""Formats that are read. Pillow knows more, but some are programs: an EPS file would be run by Ghostscript."""
MAX_PIXELS = 178_956_970
"""Pillow's own limit against decompression bombs: at four bytes a pixel this is 0.7 GB."""
STDIN = "standard input"
_CURE = "Use a JPEG, PNG or WebP file that opens in a picture viewer."
_TURNS = {2: Pillow.Transpose.FLIP_LEFT_RIGHT, 3: Pillow.Transpose.ROTATE_180, 4: Pillow.Transpose.FLIP_TOP_BOTTOM,
          5: Pillow.Transpose.TRANSPOSE, 6: Pillow.Transpose.ROTATE_270, 7: Pillow.Transpose.TRANSVERSE,
          8: Pillow.Transpose.ROTATE_90}
"""By EXIF's orientation."""


class Photo(NamedTuple):
    """A picture, upright and in sRGB."""

    image: Image
    """RGB; white where it is fully transparent."""
    alpha: npt.NDArray[np.uint8] | None = None
    """[height, width], 0 (transparent) to 255; None: opaque."""

    def over_white(self) -> Image:
        """The picture on white paper."""
        if self.alpha is None:
            return self.image
        white = Pillow.new("RGBA", size_of(self.image), "white")
        return _array(Pillow.alpha_composite(white, self.pillow()).convert("RGB"))

    def resized(self, size: Size) -> Photo:
        """The picture at another size, scaled with a Lanczos filter; transparent parts do not bleed into others."""
        if size == size_of(self.image):
            return self
        return _parted(self.pillow().resize(size, Pillow.Resampling.LANCZOS))

    def pillow(self) -> Pillow.Image:
        """RGB, or RGBA where something is transparent."""
        picture = Pillow.fromarray(self.image)
        if self.alpha is not None:
            picture.putalpha(Pillow.fromarray(self.alpha))
        return picture


def read_photo(source: Path | bytes, shorter: int | None = None) -> Photo:
    """The picture in a file or in its bytes, the first of several. Raises StyleError.

    EXIF orientation is obeyed, colours are converted to sRGB by the file's ICC profile, 16 bits become 8.
    `shorter`: pixels of the shorter side that are enough; 24 megapixels are then read in 0.2 s, not in 2.5.
    """
    name = source.name if isinstance(source, Path) else STDIN
    try:
        if isinstance(source, Path) and source.is_fifo():
            source = source.read_bytes()  # what is read of a pipe cannot be read again
        with warnings.catch_warnings():
            # Warnings of readers about minor faults, and about sizes, which we check ourselves.
            warnings.simplefilter("ignore")
            with Pillow.open(source if isinstance(source, Path) else io.BytesIO(source), formats=KINDS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise Pillow.DecompressionBombError
                if opened.mode == "F" or opened.mode == "I" and opened.format == "TIFF":
                    raise StyleError(f"{name} does not say which of its numbers is white: it has 32 bits a channel",
                                     "Save it with 8 or 16 bits a channel in the program that made it.")
                if shorter:
                    opened.draft(None, (shorter, shorter))
                opened.load()
                return _parted(_reduced(_upright(opened), shorter))
    except StyleError:
        raise
    except FileNotFoundError as e:
        raise StyleError(f"the picture {source!s} does not exist", "Check the name and the folder.") from e
    except PermissionError as e:
        raise StyleError(f"{name} cannot be read as a picture: {e.strerror}", "Check its rights.") from e
    except IsADirectoryError as e:
        raise StyleError(f"{name} cannot be read as a picture: it is a folder", "Name a picture in the folder.") from e
    except Pillow.DecompressionBombError as e:
        raise StyleError(f"{name} is too large: more than {MAX_PIXELS // 1_000_000} megapixels",
                         "Scale it down first.") from e
    except Exception as e:  # Pillow's readers raise all kinds of errors on a damaged file
        raise StyleError(f"{name} cannot be read as a picture: {reason(e)}", _CURE) from e


def pictures_in(path: Path) -> int:
    """The number of pictures in an animated or multi-page file; 1 if it is not known."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Not in JPEG files, where cameras add a small copy or a depth map.
            with Pillow.open(path, formats=("GIF", "PNG", "WEBP", "TIFF", "AVIF")) as opened:
                return int(getattr(opened, "n_frames", 1))
    except Exception:  # the error is reported when the file is read
        return 1


def read_picture(path: Path | str, shorter: int | None = None) -> Image:
    """The picture in a file: upright (EXIF), sRGB, transparency over white; raises StyleError.

    `shorter`: pixels of the shorter side that are enough; 24 megapixels are then read in 0.2 s, not in 2.5.
    """
    return read_photo(Path(path), shorter).over_white()


def square(image: Image, side: int) -> Image:
    """The central square of a picture at `side` pixels, scaled with a Lanczos filter."""
    return scaled(image, (side, side))


def scaled(image: Image, size: Size) -> Image:
    """The centre of a picture at `size`, cropped to its shape, scaled with a Lanczos filter (slow, good)."""
    return np.asarray(ImageOps.fit(Pillow.fromarray(image), size, Pillow.Resampling.LANCZOS), np.uint8).copy()


def reason(error: BaseException) -> str:
    """A library's message, short enough for a line."""
    if isinstance(error, UnidentifiedImageError):
        return "it is not a picture, or of an unknown format"
    if isinstance(error, MemoryError):
        return "there is not enough memory for it"
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 120 else text[:117] + "..."


def _upright(picture: Pillow.Image) -> Pillow.Image:
    """The picture turned upright; EXIF data that cannot be read is ignored."""
    try:
        turn = _TURNS.get(picture.getexif().get(0x0112, 1))
    except Exception:
        return picture
    return picture if turn is None else picture.transpose(turn)


def _reduced(picture: Pillow.Image, shorter: int | None) -> Pillow.Image:
    factor = min(picture.size) // shorter if shorter else 1
    small = picture.reduce(factor) if factor > 1 and picture.mode in ("L", "RGB", "RGBA", "CMYK") else picture
    small.info = picture.info
    return small


def _parted(picture: Pillow.Image) -> Photo:
    profile = picture.info.get("icc_profile")
    if picture.mode in ("I", "I;16", "I;16B", "I;16L"):
        picture = _eight_bits(picture)
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return Photo(_array(_srgb(picture, profile)))
    picture = picture.convert("RGBA")
    alpha = _array(picture.getchannel("A"))
    image = _array(_srgb(picture.convert("RGB"), profile))
    # Fully transparent pixels have any colour, often black, which would darken the painting next to them.
    return Photo(image) if alpha.min(initial=255) == 255 else Photo(
        np.where(alpha[..., np.newaxis] == 0, np.uint8(255), image), alpha)


def _eight_bits(picture: Pillow.Image) -> Pillow.Image:
    return Pillow.fromarray(np.clip(np.asarray(picture, np.float32) / 257.0, 0, 255).astype(np.uint8))


def _srgb(picture: Pillow.Image, profile: object) -> Pillow.Image:
    """Colours in sRGB; a profile that is damaged or has other channels is ignored."""
    if isinstance(profile, bytes) and profile:
        plain = picture if picture.mode in ("L", "CMYK") else picture.convert("RGB")
        try:
            # Most profiles are sRGB itself: converting would only add rounding errors.
            if plain.mode != "RGB" or not _is_srgb(profile):
                return _converted(plain, profile)
        except (ImageCms.PyCMSError, ImportError, OSError, ValueError, TypeError):
            return picture.convert("RGB")
    return picture.convert("RGB")


@functools.lru_cache(maxsize=8)
def _is_srgb(profile: bytes) -> bool:
    """Whether it changes no colour by more than a level or two, whatever its name."""
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    colors = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(1, -1, 3)
    changed = _array(_converted(Pillow.fromarray(colors), profile))
    return bool(np.abs(changed.astype(int) - colors).max() <= 2)


def _converted(picture: Pillow.Image, profile: bytes) -> Pillow.Image:
    found, own = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    return ImageCms.profileToProfile(picture, found, own, outputMode="RGB") or picture.convert("RGB")


def _array(picture: Pillow.Image) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(np.asarray(picture, np.uint8))
