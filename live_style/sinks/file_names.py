"""Names of new files: the time they were made, never one that is taken."""

from __future__ import annotations

import itertools
from datetime import datetime
from pathlib import Path

from live_style.errors import SinkError


def fresh_path(folder: Path, suffix: str, now: datetime) -> Path:
    """A free name such as "live-style 2026-11-23 20.15.07.mp4" in the folder, made when it is missing.

    `suffix` with its dot. Raises SinkError when the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise SinkError(f"the folder {folder} cannot be made: {e.strerror or e}",
                        "Choose another folder, one of your own.") from e
    # Dots between the numbers, because Windows allows no colon in a name.
    stem = f"live-style {now:%Y-%m-%d %H.%M.%S}"
    names = itertools.chain([stem], (f"{stem} ({n})" for n in itertools.count(2)))
    return next(path for path in (folder / (name + suffix) for name in names) if not path.exists())
