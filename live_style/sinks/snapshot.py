"""Snapshots: one picture of the clean feed as a PNG, with metadata about how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from live_style.errors import SinkError
from live_style.frame import Image
from live_style.imaging.write import write_png
from live_style.system.paths import fresh_path


def save_snapshot(folder: Path, image: Image, facts: Mapping[str, object], now: datetime) -> Path:
    """Save the picture under a fresh name and return it; `facts` become the PNG's text. Raises SinkError."""
    while True:
        path = fresh_path(folder, ".png", now)
        try:
            path.touch(exist_ok=False)  # takes the name, so that two snapshots of one second never meet
        except FileExistsError:
            continue
        except OSError as e:
            raise SinkError(f"the folder {folder} is not writable: {e.strerror or e}",
                            "Choose another folder.") from e
        break
    try:
        write_png(path, image, {key: str(value) for key, value in facts.items()})
    except SinkError:
        path.unlink(missing_ok=True)
        raise
    return path
