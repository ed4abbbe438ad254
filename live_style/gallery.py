"""The gallery: the styles of a show, in order."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from live_style.errors import StyleError
from live_style.style import MAX_BYTES
from live_style.style import Style
from live_style.style import parse_style

ORDER = "order.txt"
"""A file of a styles folder: slugs, one a line, that come first and in this order."""
PREVIEWS = "previews"
"""The folder of a styles folder in which <slug>.webp (or .png, .jpg) shows each style."""


class Entry(NamedTuple):
    """A style and the small picture that shows it."""

    style: Style
    preview: Path | None = None


@dataclass(frozen=True)
class Gallery:
    """An ordered set of styles with different slugs."""

    entries: tuple[Entry, ...] = ()

    @cached_property
    def styles(self) -> tuple[Style, ...]:
        """Its styles, in order."""
        return tuple(entry.style for entry in self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def find(self, name: str) -> Style:
        """A style by its slug, its name or an unmistakable part of either; raises StyleError with a guess."""
        wanted = name.strip().casefold()
        for style in self.styles:
            if wanted in (style.slug, style.name.casefold()):
                return style
        parts = [style for style in self.styles if wanted and wanted in f"{style.slug} {_words(style)}"]
        if len(parts) == 1:
            return parts[0]
        if parts:
            some = ", ".join(style.slug for style in parts[:5]) + (", ..." if len(parts) > 5 else "")
            raise StyleError(f'"{name}" fits {len(parts)} styles', f"Say which: {some}.")
        names = {key: style.slug for style in self.styles for key in (style.name.casefold(), style.slug)}
        near = difflib.get_close_matches(wanted[:100], names, 1, 0.5)
        cure = f"Did you mean {names[near[0]]}?" if near else "`live-style styles list` shows them all."
        raise StyleError(f'there is no style "{name}"', cure)

    def joined(self, others: Iterable[Entry]) -> tuple[Gallery, tuple[str, ...]]:
        """This gallery with more at its end, and a line for each that had to be called otherwise.

        What is here is never replaced: a newcomer whose slug is taken gets a number.
        """
        entries, taken, renamed = list(self.entries), {style.slug for style in self.styles}, []
        for entry in others:
            slug = entry.style.slug
            free = next(name for name in _numbered(slug) if name not in taken)
            if free != slug:
                renamed.append(f"the name {slug} is taken: your style is called {free}")
                entry = entry._replace(style=replace(entry.style, slug=free))
            taken.add(free)
            entries.append(entry)
        return Gallery(tuple(entries)), tuple(renamed)


def load_gallery(folders: Iterable[Path], space: str | None) -> tuple[Gallery, tuple[str, ...]]:
    """The styles in some folders, folder by folder, and a line for each file that is not as it should be.

    With `space`, styles of other style spaces are among the latter.
    """
    gallery, problems = Gallery(), []
    for folder in folders:
        entries = []
        for file in style_files(folder):
            try:
                entries.append(load_entry(file, space))
            except StyleError as e:
                problems.append(f"{e.cause} - {e.cure}")
        gallery, renamed = gallery.joined(in_order(folder, entries))
        problems += renamed
    return gallery, tuple(problems)


def style_files(folder: Path) -> list[Path]:
    """The .json files of a folder by name; none where there is no folder."""
    try:
        return sorted(file for file in folder.iterdir() if file.suffix.lower() == ".json" and file.is_file())
    except OSError:
        return []


def load_entry(file: Path, space: str | None) -> Entry:
    """The style in a file, with its preview if there is one; raises StyleError, for another space too."""
    try:
        with file.open("rb") as opened:
            style = parse_style(opened.read(MAX_BYTES + 1), file)
    except OSError as e:
        raise StyleError(f"{file.name} cannot be read: {e.strerror}", "Check its rights.") from e
    if space is not None:
        check_space(style, space)
    previews = (file.parent / PREVIEWS / f"{file.stem}{suffix}" for suffix in (".webp", ".png", ".jpg"))
    return Entry(style, next((preview for preview in previews if preview.is_file()), None))


def check_space(style: Style, space: str) -> None:
    """Refuse a style of another style space, by name."""
    if style.space != space:
        raise StyleError(f'the style "{style.name}" is of the style space "{style.space}", '
                         f'the networks here paint "{space}"',
                         "Make it again from its picture: live-style styles add.")


def in_order(folder: Path, entries: Iterable[Entry]) -> list[Entry]:
    """Entries as the folder's order.txt has them, the others after them by slug."""
    try:
        lines = (folder / ORDER).read_bytes()[:MAX_BYTES].decode("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    rank = {line.strip(): i for i, line in reversed(list(enumerate(lines)))}
    return sorted(entries, key=lambda entry: (rank.get(entry.style.slug, len(lines)), entry.style.slug))


def _words(style: Style) -> str:
    return f"{style.name} {style.artist}".casefold()


def _numbered(slug: str) -> Iterable[str]:
    yield slug
    number = 2
    while True:
        yield f"{slug}-{number}"
        number += 1
