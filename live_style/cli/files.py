"""Picture files: which ones to read, and where to write each painting."""

from __future__ import annotations

import os
import sys
from collections.abc import Container
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
from live_style.system.atomic_file import is_special

PIPE = Path("-")
"""Standard input, standard output."""
ENDINGS = ".jpg, .png or .webp"


class PictureJob(NamedTuple):
    """One picture to paint; either path may be PIPE."""

    source: Path
    target: Path


def plan(contents: tuple[Path, ...], out: Path) -> list[PictureJob]:
    """The pictures to paint for CONTENT (files, folders or PIPE) and OUT; raises LiveStyleError if they do not fit.

    One file or the pipe is written to a file or the pipe. A folder or several files are written to a folder.
    """
    if len(contents) == 1 and not os.path.isdir(contents[0]):
        check_file(out)
        return [PictureJob(contents[0], out)]
    if PIPE in contents or out == PIPE:
        raise SettingsError("- can be used for one picture only", "Paint one picture, or choose a folder for OUT.")
    if os.path.isfile(out) or out.suffix.lower() in SUFFIXES and not os.path.isdir(out):
        raise SettingsError(f"several pictures cannot be written to one file, {out}", "Choose a folder for OUT.")
    return [PictureJob(source, out / name) for source, name in _named(pictures(contents))]


def check_free(target: Path, overwrite: bool) -> None:
    """Raise SinkError if a file exists that would be overwritten, or what is no file and cannot be replaced."""
    if target != PIPE and is_special(target):
        raise SinkError(f"{target} is a pipe or a device, not a file", "Choose another name for OUT.")
    if target != PIPE and os.path.exists(target) and not overwrite:
        raise SinkError(f"{target} already exists", "Use --overwrite, or another name.")


def check_apart(target: Path, inputs: Iterable[Path]) -> None:
    """Raise SettingsError if an output is also an input, whatever its name."""
    if target == PIPE or not os.path.exists(target):
        return
    for one in inputs:
        if os.path.exists(one) and os.path.samefile(one, target):
            raise SettingsError(f"IN and OUT are the same file: {target}", "Choose another name for OUT.")


def check_file(out: Path) -> None:
    """Raise SettingsError if the name cannot be that of a painting."""
    if out != PIPE:
        check_name(out, f"Name the painting: -o {out / 'painted.png'}", FORMATS,
                   f"pictures can be written as {ENDINGS}")


def check_name(out: Path, example: str, suffixes: Container[str], rule: str) -> None:
    """Raise SettingsError for a folder, with the `example` as its cure, and for other extensions, with the `rule`."""
    if os.path.isdir(out):
        raise SettingsError(f"{out} is a folder", example)
    if out.suffix.lower() not in suffixes:
        ending = f"not as {out.suffix}" if out.suffix else "but the name of OUT has no extension"
        raise SettingsError(f"{rule}, {ending}: {out}", "Use one of these extensions for OUT.")


def pictures(contents: Iterable[Path]) -> Iterator[Path]:
    """All pictures, with those of folders in their places; raises StyleError for a folder without pictures."""
    for content in contents:
        if not os.path.isdir(content):
            yield content
            continue
        try:
            # A name that begins with a dot is an unfinished file, or one of the notes that macOS writes about files.
            found = sorted(file for file in content.iterdir() if file.suffix.lower() in SUFFIXES
                           and not file.name.startswith(".") and not file.is_dir())
        except OSError as e:
            raise StyleError(f"the folder {content} cannot be read: {e.strerror}", "Check its permissions.") from e
        if not found:
            raise StyleError(f"the folder {content} contains no pictures", "Check the name.")
        yield from found


def first_only(sources: Iterable[Path]) -> str:
    """A note about files with several pictures, of which only the first is painted; empty without such files."""
    several = [source for source in sources if source != PIPE and not is_special(source) and pictures_in(source) > 1]
    if not several:
        return ""
    what = f"{several[0].name} " + ("contains" if len(several) == 1 else f"and {len(several) - 1} more contain")
    films = all(source.suffix.lower() in (".gif", ".png", ".apng") for source in several)
    return (f"{what} several pictures: only the first is painted\n  "
            + ("Use `live-style video` to paint all of them." if films else
               "To paint all of them, save them as GIF, APNG or MP4 and use `live-style video`."))


def fetch(source: Path) -> Photo:
    """The photograph in a file or on standard input; raises StyleError."""
    if source != PIPE:
        return read_photo(source)
    try:
        data = sys.stdin.buffer.read()
    except OSError as e:
        raise StyleError(streams.why(e, "input"), "Name a file, or pipe a picture into the command.") from e
    return read_photo(data)


def deliver(target: Path, photo: Photo, facts: Mapping[str, str], overwrite: bool) -> None:
    """Write a painting to a file, or as PNG to standard output; raises SinkError."""
    if target != PIPE:
        write_picture(target, encoded(photo, FORMATS[target.suffix.lower()], facts), fresh=not overwrite)
        return
    if sys.stdout.isatty():
        raise SinkError("a terminal cannot show pictures", "Name a file: -o painted.png")
    try:
        sys.stdout.buffer.write(encoded(photo, "PNG", facts))
        sys.stdout.buffer.flush()
    except OSError as e:
        raise SinkError(streams.why(e, "output"), "Name a file, or check the program that reads the output.") from e


def _named(found: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each picture and the name of its painting; all names differ, even where the system ignores case."""
    taken: set[str] = set()
    for picture in found:
        suffix = picture.suffix if picture.suffix.lower() in FORMATS else ".png"
        name, number = f"{picture.stem}{suffix}", 2
        while name.casefold() in taken:
            name, number = f"{picture.stem}-{number}{suffix}", number + 1
        taken.add(name.casefold())
        yield picture, name
