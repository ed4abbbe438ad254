"""The inbox: a folder of pictures and styles, by what in it changed, and how something new is put there."""

from __future__ import annotations

import contextlib
import filecmp
import io
import os
import shutil
import stat
from pathlib import Path
from typing import NamedTuple

from live_style.errors import StyleError
from live_style.imaging.read import SUFFIXES
from live_style.styles.collection import numbered


class Stamp(NamedTuple):
    """By what a changed file is known."""

    changed: int
    size: int


def same_content(a: Path, b: Path) -> bool:
    """Whether two files are equal, byte by byte."""
    try:
        return a.stat().st_size == b.stat().st_size and filecmp.cmp(a, b, shallow=False)
    except OSError:
        return False


def stamps(folder: Path) -> dict[str, Stamp]:
    """The pictures and styles of a folder by name; empty when there is no folder."""
    found = {}
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        names = []
    for name in names:
        if Path(name).suffix.lower() in SUFFIXES | {".json"} and not name.startswith("."):
            # A file that went while we looked is found gone; the next look tells.
            with contextlib.suppress(OSError):
                facts = (folder / name).stat()
                if stat.S_ISREG(facts.st_mode):
                    found[name] = Stamp(facts.st_mtime_ns, facts.st_size)
    return found


def put_free(source: Path | bytes, name: str, folder: Path) -> str:
    """Write a file, or bytes, into a folder under `name` or one like it that was free; gives it, raises StyleError."""
    stem, suffix = Path(name).stem, Path(name).suffix
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for free in numbered(stem):
            target = folder / f"{free}{suffix}"
            try:
                with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as content, \
                        target.open("xb") as copy:
                    shutil.copyfileobj(content, copy)
                return target.name
            except FileExistsError:
                continue
            except OSError:
                with contextlib.suppress(OSError):
                    target.unlink()
                raise
    except OSError as e:
        raise StyleError(f"{name} cannot be copied to {folder}: {e.strerror}",
                         "Free some disk space, or check the folder's rights.") from e
    raise AssertionError("there is always another number")
