"""Errands: which pictures are read, and where each painting goes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from live_style.errors import SettingsError
from live_style.errors import SinkError
from live_style.errors import StyleError
from live_style.pictures.files import SUFFIXES
from live_style.pictures.formats import FORMATS

PIPE = Path("-")
"""Standard input, standard output."""
ENDINGS = ".jpg, .png or .webp"


class Errand(NamedTuple):
    """One picture to paint; both paths may be PIPE."""

    source: Path
    target: Path


def plan(contents: tuple[Path, ...], out: Path) -> list[Errand]:
    """What to do for contents (files, folders or PIPE) and OUT; raises LiveStyleError where that makes no sense.

    One file, or the pipe, goes into a file or the pipe. A folder, or several files, go into a folder.
    """
    if len(contents) == 1 and not os.path.isdir(contents[0]):
        _check_file(out, contents[0])
        return [Errand(contents[0], out)]
    if PIPE in contents or out == PIPE:
        raise SettingsError("- stands for one picture, not for several", "Give one picture, or a folder as OUT.")
    if os.path.isfile(out) or out.suffix.lower() in SUFFIXES and not os.path.isdir(out):
        raise SettingsError(f"several pictures cannot go into the one file {out}", "Give a folder as OUT.")
    return [Errand(source, out / name) for source, name in _named(_pictures(contents))]


def check_free(target: Path, overwrite: bool) -> None:
    """Refuse to write over what is there; raises SinkError."""
    if target != PIPE and os.path.exists(target) and not overwrite:
        raise SinkError(f"{target} is there already", "Use --overwrite, or another name.")


def format_of(target: Path) -> str:
    """The format of a file to write; PNG for the pipe."""
    return FORMATS[target.suffix.lower()] if target != PIPE else "PNG"


def _check_file(out: Path, content: Path) -> None:
    if out == PIPE:
        return
    if os.path.isdir(out):
        name = content.name if content != PIPE else "painted.png"
        raise SettingsError(f"{out} is a folder", f"Name the painting: -o {out / name}")
    if out.suffix.lower() not in FORMATS:
        ending = f"not as {out.suffix}" if out.suffix else "and the name of OUT has no ending"
        raise SettingsError(f"pictures are written as {ENDINGS}, {ending}: {out}", "Give OUT one of these endings.")


def _pictures(contents: Iterable[Path]) -> Iterator[Path]:
    for content in contents:
        if not os.path.isdir(content):
            yield content
            continue
        try:
            found = sorted(file for file in content.iterdir() if file.suffix.lower() in SUFFIXES)
        except OSError as e:
            raise StyleError(f"the folder {content} cannot be read: {e.strerror}", "Check its rights.") from e
        if not found:
            raise StyleError(f"there is no picture in the folder {content}", "Check the name.")
        yield from found


def _named(pictures: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each picture and what its painting is called; no two alike, whatever the system thinks of capital letters."""
    taken: set[str] = set()
    for picture in pictures:
        suffix = picture.suffix if picture.suffix.lower() in FORMATS else ".png"
        name, number = f"{picture.stem}{suffix}", 2
        while name.casefold() in taken:
            name, number = f"{picture.stem}-{number}{suffix}", number + 1
        taken.add(name.casefold())
        yield picture, name
