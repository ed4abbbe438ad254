"""Writes pictures with metadata about how they were made, and the small previews of styles."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from live_style.errors import SinkError
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.read import Photo
from live_style.imaging.read import reason
from live_style.imaging.read import scaled
from live_style.system.atomic_file import write_whole

FORMATS: Mapping[str, str] = MappingProxyType({".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"})
"""Extensions of files that can be written, with their formats."""
QUALITY = 95
"""Of JPEG and WebP, 0..100: brush strokes show no blocks, at a third of a PNG's bytes."""
DESCRIPTION = 0x010E
"""EXIF's ImageDescription: it holds the facts of a JPEG or a WebP, as JSON in ASCII."""


def encoded(photo: Photo, format: str, facts: Mapping[str, str]) -> bytes:
    """The bytes of a file. Transparency is kept, except in JPEG, where it becomes white. Raises SinkError."""
    picture = Pillow.fromarray(photo.over_white()) if format == "JPEG" else photo.pillow()
    options: dict[str, object] = {"quality": QUALITY, "exif": _exif(facts)}
    if format == "JPEG":
        options["subsampling"] = 0
    if format == "PNG":
        options = {"pnginfo": _chunks(facts), "compress_level": 4}
    buffer = io.BytesIO()
    try:
        picture.save(buffer, format, **options)
    except (OSError, ValueError) as e:
        raise SinkError(f"a picture of {picture.width}x{picture.height} cannot be written as {format}: {reason(e)}",
                        "Write a PNG, or use a smaller --size.") from e
    return buffer.getvalue()


def write_picture(path: Path, data: bytes, fresh: bool = False) -> None:
    """Write a file completely or not at all; `fresh`: without replacing another. Raises SinkError."""
    try:
        write_whole(path, data, fresh)
    except FileExistsError as e:
        raise SinkError(f"{path} already exists", "Use --overwrite, or another name.") from e
    except OSError as e:
        raise SinkError(f"the picture {path} cannot be written: {e.strerror or reason(e)}",
                        "Check the folder, its permissions and its free space.") from e


def write_png(path: Path, image: Image, facts: dict[str, str]) -> None:
    """Write a PNG whose text chunks hold `facts`, completely or not at all. Raises SinkError."""
    write_picture(path, encoded(Photo(image), "PNG", facts))


def read_facts(path: Path) -> dict[str, str]:
    """The facts in a file made by `encoded`; empty for other files."""
    with Pillow.open(path) as opened:
        if opened.format == "PNG":
            return {str(key): str(value) for key, value in opened.info.items() if isinstance(value, str)}
        try:
            facts = json.loads(str(opened.getexif().get(DESCRIPTION, "")))
        except ValueError:
            return {}
    return {str(key): str(value) for key, value in facts.items()} if isinstance(facts, dict) else {}


def _chunks(facts: Mapping[str, str]) -> PngInfo:
    info = PngInfo()
    for key, value in facts.items():
        info.add_itxt(key, value)
    return info


def _exif(facts: Mapping[str, str]) -> bytes:
    exif = Pillow.Exif()
    if facts:
        exif[DESCRIPTION] = json.dumps(dict(facts))
    return exif.tobytes()


PREVIEW: Size = (240, 135)
MAX_BYTES = 12_000
"""Two dozen previews shall add less than 300 KB to a download."""


def write_preview(path: Path, image: Image) -> None:
    """Write a WebP file of 240x135 pixels and at most 12 KB, completely or not at all. Raises SinkError."""
    small = Pillow.fromarray(scaled(image, PREVIEW))
    try:
        write_whole(path, _encoded(small))
    except OSError as e:
        raise SinkError(f"the preview {path} cannot be written: {e.strerror}",
                        "Check the folder, its permissions and its free space.") from e


def _encoded(picture: Pillow.Image) -> bytes:
    data = b""
    for quality in range(90, 10, -8):
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=4)
        data = buffer.getvalue()
        if len(data) <= MAX_BYTES:
            break
    return data
