"""Previews: the small pictures that show what a style does."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image as Pillow

from live_style.errors import SinkError
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.read import scaled
from live_style.system.atomic_file import write_whole

PREVIEW: Size = (240, 135)
MAX_BYTES = 12_000
"""Two dozen styles shall add less than 300 KB to a download."""


def write_preview(path: Path, image: Image) -> None:
    """The picture as a WebP file of 240x135 and at most 12 KB; whole or not at all. Raises SinkError."""
    small = Pillow.fromarray(scaled(image, PREVIEW))
    try:
        write_whole(path, _encoded(small))
    except OSError as e:
        raise SinkError(f"the preview {path} cannot be written: {e.strerror}", "Free some disk space.") from e


def _encoded(picture: Pillow.Image) -> bytes:
    data = b""
    for quality in range(90, 10, -8):
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=4)
        data = buffer.getvalue()
        if len(data) <= MAX_BYTES:
            break
    return data
