"""A folder of a user's styles: adds and removes styles, and finds changes."""

from __future__ import annotations

import contextlib
import filecmp
import io
import os
import shutil
import stat
from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from live_style.errors import StyleError
from live_style.frame import Image
from live_style.imaging.read import SUFFIXES
from live_style.imaging.write import write_preview
from live_style.look import Look
from live_style.style import Style
from live_style.style import dump_style
from live_style.style import parse_style
from live_style.style import slug_of
from live_style.styles.collection import PREVIEWS
from live_style.styles.collection import StyleEntry
from live_style.styles.collection import load_folder
from live_style.styles.collection import numbered
from live_style.styles.collection import picture_files
from live_style.styles.collection import style_files
from live_style.system import paths
from live_style.system.atomic_file import write_whole

ALIKE = 1e-4
"""Smaller differences of numbers, absolute or relative, are due to rounding."""


class UserFolder:
    """A folder of style files and their previews; nothing is overwritten, and no name of an included style reused."""

    def __init__(self, folder: Path, paint: Callable[[Look], Image]) -> None:
        """`paint` makes the previews."""
        self._folder, self._paint = folder, paint
        shipped = paths.styles_folder()
        self._styles = [entry.style for where in (shipped, folder) for entry in load_folder(where, None)[0]]
        files = [*style_files(shipped), *style_files(folder), *picture_files(folder)]
        self._slugs = {slug_of(file.stem) for file in files}

    def named(self, name: str) -> Style | None:
        """The style with this name in the folder or among the included ones, ignoring case."""
        return next((style for style in self._styles if style.name.casefold() == name.casefold()), None)

    def twin(self, style: Style) -> Style | None:
        """The style with the same numbers in the folder or among the included ones."""
        return next((other for other in self._styles if other.space == style.space
                     and np.allclose(other.embedding, style.embedding, ALIKE, ALIKE)), None)

    def free_name(self, name: str) -> str:
        """The name, or if it is taken the first of "NAME 2", "NAME 3" that is free."""
        return next(free for free in numbered(name, " ") if self.named(free) is None)

    def put(self, style: Style) -> Path:
        """Write a style to a new file with a free slug; raises StyleError if its name is taken."""
        slug = next(slug for slug in numbered(slug_of(style.name)) if slug not in self._slugs)
        file = self._folder / f"{slug}.json"
        # Parsed as it will be read: an invalid name or a credit that is too long is refused before it is written.
        style = parse_style(dump_style(style), file)
        twin = self.named(style.name)
        if twin is not None:
            raise StyleError(f"a style named {twin.name} already exists", "Give it another --name, or remove that one.")
        # The preview first: a running show loads the style as soon as its file exists.
        write_preview(preview_of(file), self._paint(style.look()))
        try:
            write_whole(file, dump_style(style).encode())
        except OSError as e:
            raise StyleError(f"{file} cannot be written: {e.strerror}", "Check the folder and its permissions.") from e
        self._styles.append(style)
        self._slugs.add(slug)
        return file


def preview_of(file: Path) -> Path:
    """Where the preview of a style file is written."""
    return file.parent / PREVIEWS / f"{file.stem}.webp"


def take_away(entries: Sequence[StyleEntry]) -> None:
    """Delete the files and previews of a user's own styles, all or none; raises StyleError."""
    for entry in entries:
        _check_own(entry)
    for entry in entries:
        try:
            for file in (entry.file, entry.preview):
                if file is not None:
                    file.unlink(missing_ok=True)
        except OSError as e:
            raise StyleError(f"{e.filename} cannot be removed: {e.strerror}", "Check its permissions.") from e


def _check_own(entry: StyleEntry) -> None:
    slug, file = entry.style.slug, entry.file
    if file is None or file.parent != paths.user_styles_folder():
        raise StyleError(f"{slug} is an included style", "Only your own styles can be removed.")
    if file.suffix.lower() != ".json":
        raise StyleError(f"{slug} is a picture file, which may be your only copy: {file}",
                         "Move it out of that folder to remove the style.")


class FileStamp(NamedTuple):
    """What identifies a version of a file."""

    changed: int
    size: int


def same_content(a: Path, b: Path) -> bool:
    """Whether two files are equal, byte by byte."""
    try:
        return a.stat().st_size == b.stat().st_size and filecmp.cmp(a, b, shallow=False)
    except OSError:
        return False


def stamps(folder: Path) -> dict[str, FileStamp]:
    """The pictures and styles of a folder by name; empty when there is no folder."""
    found = {}
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        names = []
    for name in names:
        if Path(name).suffix.lower() in SUFFIXES | {".json"} and not name.startswith("."):
            # A file that was deleted during the scan is noticed by the next one.
            with contextlib.suppress(OSError):
                facts = (folder / name).stat()
                if stat.S_ISREG(facts.st_mode):
                    found[name] = FileStamp(facts.st_mtime_ns, facts.st_size)
    return found


def put_free(source: Path | bytes, name: str, folder: Path) -> str:
    """Write a file, or bytes, to a folder under `name` or a free similar name; returns the path, raises StyleError."""
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
                         "Check the folder, its permissions and its free space.") from e
    raise AssertionError("there is always a free number")
