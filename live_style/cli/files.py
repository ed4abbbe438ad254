"""Pictures as files: which are read, and where each painting goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from live_style.cli.output import streams
from live_style.errors import SettingsError
from live_style.errors import SinkError
from live_style.errors import StyleError
from live_style.imaging.read import SUFFIXES
from live_style.imaging.read import Photo
from live_style.imaging.read import pictures_in
from live_style.imaging.read import read_photo
from live_style.imaging.write import FORMATS
from live_style.imaging.write import encoded
from live_style.imaging.write import write_picture

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
        check_file(out)
        return [Errand(contents[0], out)]
    if PIPE in contents or out == PIPE:
        raise SettingsError("- stands for one picture, not for several", "Give one picture, or a folder as OUT.")
    if os.path.isfile(out) or out.suffix.lower() in SUFFIXES and not os.path.isdir(out):
        raise SettingsError(f"several pictures cannot go into the one file {out}", "Give a folder as OUT.")
    return [Errand(source, out / name) for source, name in _named(pictures(contents))]


def check_free(target: Path, overwrite: bool) -> None:
    """Refuse to write over what is there; raises SinkError."""
    if target != PIPE and os.path.exists(target) and not overwrite:
        raise SinkError(f"{target} is there already", "Use --overwrite, or another name.")


def check_apart(target: Path, inputs: Iterable[Path]) -> None:
    """Refuse to write over what is read, whatever it is called; raises SettingsError."""
    if target == PIPE or not os.path.exists(target):
        return
    for one in inputs:
        if os.path.exists(one) and os.path.samefile(one, target):
            raise SettingsError(f"IN and OUT are the same file: {target}", "Give OUT another name.")


def check_file(out: Path) -> None:
    """Refuse what cannot be the name of a painting; raises SettingsError."""
    if out == PIPE:
        return
    if os.path.isdir(out):
        raise SettingsError(f"{out} is a folder", f"Name the painting: -o {out / 'painted.png'}")
    if out.suffix.lower() not in FORMATS:
        ending = f"not as {out.suffix}" if out.suffix else "and the name of OUT has no ending"
        raise SettingsError(f"pictures are written as {ENDINGS}, {ending}: {out}", "Give OUT one of these endings.")


def pictures(contents: Iterable[Path]) -> Iterator[Path]:
    """The contents, those of folders in their places; raises StyleError for a folder without any."""
    for content in contents:
        if not os.path.isdir(content):
            yield content
            continue
        try:
            # What begins with a dot is half a file, or a note of a Mac about one.
            found = sorted(file for file in content.iterdir() if file.suffix.lower() in SUFFIXES
                           and not file.name.startswith(".") and not file.is_dir())
        except OSError as e:
            raise StyleError(f"the folder {content} cannot be read: {e.strerror}", "Check its rights.") from e
        if not found:
            raise StyleError(f"there is no picture in the folder {content}", "Check the name.")
        yield from found


def first_only(sources: Iterable[Path]) -> str:
    """What to say of files that hold several pictures, of which the first is painted; empty where none does."""
    several = [source for source in sources if source != PIPE and pictures_in(source) > 1]
    if not several:
        return ""
    what = f"{several[0].name} holds" if len(several) == 1 else f"{several[0].name} and {len(several) - 1} more hold"
    films = all(source.suffix.lower() in (".gif", ".png", ".apng") for source in several)
    return (f"{what} several pictures: only the first is painted\n  "
            + ("`live-style video` paints all of them." if films else
               "`live-style video` paints all of them, if they are saved as GIF, APNG or MP4."))


def fetch(source: Path) -> Photo:
    """The photograph in a file or on standard input; raises StyleError."""
    if source != PIPE:
        return read_photo(source)
    try:
        data = sys.stdin.buffer.read()
    except OSError as e:
        raise StyleError(streams.why(e, "input"), "Give a file, or let another program write a picture into it.") from e
    return read_photo(data)


def deliver(target: Path, photo: Photo, facts: Mapping[str, str], overwrite: bool) -> None:
    """Write a painting into a file, or as PNG to standard output; raises SinkError."""
    if target != PIPE:
        write_picture(target, encoded(photo, FORMATS[target.suffix.lower()], facts), fresh=not overwrite)
        return
    if sys.stdout.isatty():
        raise SinkError("a terminal shows no pictures", "Give a file: -o painted.png")
    try:
        sys.stdout.buffer.write(encoded(photo, "PNG", facts))
        sys.stdout.buffer.flush()
    except OSError as e:
        raise SinkError(streams.why(e, "output"), "Give a file, or check the program behind it.") from e


def _named(found: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each picture and what its painting is called; no two alike, whatever the system thinks of capital letters."""
    taken: set[str] = set()
    for picture in found:
        suffix = picture.suffix if picture.suffix.lower() in FORMATS else ".png"
        name, number = f"{picture.stem}{suffix}", 2
        while name.casefold() in taken:
            name, number = f"{picture.stem}-{number}{suffix}", number + 1
        taken.add(name.casefold())
        yield picture, name
