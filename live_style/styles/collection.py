"""The collection of a show: its styles, in order."""

from __future__ import annotations

import difflib
import itertools
import unicodedata
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from live_style.errors import LiveStyleError
from live_style.errors import StyleError
from live_style.imaging.read import SUFFIXES
from live_style.style import MAX_BYTES
from live_style.style import Style
from live_style.style import parse_style

ORDER = "order.txt"
"""A file in a styles folder: the slugs that come first, in order, one a line."""
FAVOURITES = "favourites.txt"
"""A file in the user's styles folder: the slugs of the favourites, one a line."""
PREVIEWS = "previews"
"""The folder, inside a styles folder, with a preview <slug>.webp (or .png, .jpg) for each style."""


class StyleEntry(NamedTuple):
    """A style, its preview, and its file: a style file or a picture."""

    style: Style
    preview: Path | None = None
    file: Path | None = None


@dataclass(frozen=True)
class StyleCollection:
    """An ordered set of styles with different slugs."""

    entries: tuple[StyleEntry, ...] = ()
    favourites: frozenset[str] = frozenset()
    """The slugs of the user's favourites."""

    @cached_property
    def styles(self) -> tuple[Style, ...]:
        """Its styles, in order."""
        return tuple(entry.style for entry in self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def named(self, name: str) -> tuple[StyleEntry, ...]:
        """The entry with that slug, or all with that name, ignoring case and accents.

        If names differ only in accents, the one with the exact spelling.
        """
        wanted, spelt = folded(name), _composed(name)
        slugs = tuple(entry for entry in self.entries if entry.style.slug == wanted)
        same = tuple(entry for entry in self.entries if _composed(entry.style.name) == spelt)
        return slugs or same or tuple(entry for entry in self.entries if folded(entry.style.name) == wanted)

    def find(self, name: str) -> Style:
        """A style by its slug, its name, a unique part of either, or its number; raises StyleError with a suggestion.

        The number is its place in this collection, from 1, as `live-style styles list` shows it.
        """
        return self.entry(name).style

    def entry(self, name: str) -> StyleEntry:
        """The entry of the style that `find` finds."""
        for entry in self.named(name):
            return entry
        wanted = folded(name)
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 and 1 <= int(wanted) <= len(self.entries):
            return self.entries[int(wanted) - 1]
        parts = [entry for entry in self.entries if wanted and wanted in words_of(entry.style)]
        if len(parts) == 1:
            return parts[0]
        if parts:
            some = ", ".join(entry.style.slug for entry in parts[:5]) + (", ..." if len(parts) > 5 else "")
            raise StyleError(f'"{name}" matches {len(parts)} styles', f"Choose one: {some}.")
        names = {key: style.slug for style in self.styles for key in (folded(style.name), style.slug)}
        near = difflib.get_close_matches(wanted[:100], names, 1, 0.5)
        cure = f"Did you mean {names[near[0]]}?" if near else "`live-style styles list` shows them all."
        raise StyleError(f'no style matches "{name}"', cure)

    def joined(self, others: Iterable[StyleEntry]) -> tuple[StyleCollection, tuple[str, ...]]:
        """This collection with more styles at its end, and a line for each that had to be renamed.

        No style is ever replaced: a new one whose slug is taken gets a number.
        """
        entries, taken, renamed = list(self.entries), {style.slug for style in self.styles}, []
        for entry in others:
            slug = entry.style.slug
            free = next(name for name in numbered(slug) if name not in taken)
            if free != slug:
                renamed.append(f"the name {slug} is taken: your style is now called {free}")
                entry = entry._replace(style=replace(entry.style, slug=free))
            taken.add(free)
            entries.append(entry)
        return replace(self, entries=tuple(entries)), tuple(renamed)

    def arranged(self, folder: Path) -> StyleCollection:
        """This collection in the order, and with the favourites, that a user's folder says."""
        rank = _rank(folder)
        entries = sorted(self.entries, key=lambda entry: rank.get(entry.style.slug, len(rank)))
        return StyleCollection(tuple(entries), frozenset(slugs_in(folder / FAVOURITES)))


def load_collection(folders: Iterable[Path], space: str | None) -> tuple[StyleCollection, tuple[str, ...]]:
    """The styles in some folders, folder by folder, and a line for each faulty file.

    With `space`, styles of other style spaces count as faulty.
    """
    collection, problems = StyleCollection(), []
    for folder in folders:
        entries, broken = load_folder(folder, space)
        collection, renamed = collection.joined(entries)
        problems += [*broken, *renamed]
    return collection, tuple(problems)


def load_folder(folder: Path, space: str | None,
                make: Callable[[Path], Style] | None = None) -> tuple[list[StyleEntry], list[str]]:
    """The styles in a folder, in its order, and a line for each faulty file.

    With `make`, pictures in the folder are styles too: it makes the style of a picture, or raises LiveStyleError.
    """
    entries, problems = [], []
    for file in [*style_files(folder), *(picture_files(folder) if make else [])]:
        try:
            entries.append(StyleEntry(make(file), file=file) if make and is_picture(file) else load_entry(file, space))
        except LiveStyleError as e:
            problems.append(f"{e.cause} - {e.cure}")
    return in_order(folder, entries), list(dict.fromkeys(problems))


def style_files(folder: Path) -> list[Path]:
    """The .json files of a folder by name; none where there is no folder."""
    return _files(folder, lambda file: file.suffix.lower() == ".json")


def picture_files(folder: Path) -> list[Path]:
    """The pictures of a folder by name; none where there is no folder."""
    return _files(folder, is_picture)


def is_picture(file: Path) -> bool:
    """Whether a file has the name of a picture."""
    return file.suffix.lower() in SUFFIXES


def load_entry(file: Path, space: str | None) -> StyleEntry:
    """The style in a file, with its preview if there is one; raises StyleError, for another space too."""
    try:
        with file.open("rb") as opened:
            style = parse_style(opened.read(MAX_BYTES + 1), file)
    except OSError as e:
        raise StyleError(f"{file.name} cannot be read: {e.strerror}", "Check its permissions.") from e
    if space is not None:
        check_space(style, space)
    previews = (file.parent / PREVIEWS / f"{file.stem}{suffix}" for suffix in (".webp", ".png", ".jpg"))
    return StyleEntry(style, next((preview for preview in previews if preview.is_file()), None), file)


def check_space(style: Style, space: str) -> None:
    """Raise StyleError for a style of another style space."""
    if style.space != space:
        raise StyleError(f'the style "{style.name}" belongs to the style space "{style.space}", '
                         f'but these networks need "{space}"',
                         "Make it again from its picture: live-style styles add.")


def in_order(folder: Path, entries: Iterable[StyleEntry]) -> list[StyleEntry]:
    """Entries in the order of the folder's order.txt, then the others by slug."""
    rank = _rank(folder)
    return sorted(entries, key=lambda entry: (rank.get(entry.style.slug, len(rank)), entry.style.slug))


def slugs_in(file: Path) -> tuple[str, ...]:
    """The slugs in a file, one a line; () without the file."""
    try:
        lines = file.read_bytes()[:MAX_BYTES].decode("utf-8", "replace").splitlines()
    except OSError:
        return ()
    return tuple(dict.fromkeys(line.strip() for line in lines))


def _rank(folder: Path) -> dict[str, int]:
    return {slug: place for place, slug in enumerate(slugs_in(folder / ORDER))}


def _files(folder: Path, wanted: Callable[[Path], bool]) -> list[Path]:
    try:
        # A name that begins with a dot is an unfinished file, or one of the notes that macOS writes about files.
        return sorted(file for file in folder.iterdir()
                      if not file.name.startswith(".") and wanted(file) and file.is_file())
    except OSError:
        return []


def words_of(style: Style) -> str:
    """What a style can be found by, for comparison with a `folded` text."""
    return folded(f"{style.slug} {style.name} {style.artist}")


def folded(text: str) -> str:
    """Text for comparison: lower case, without accents, however those are composed."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


# Letters that do not decompose into a plain one and an accent, and signs that keyboards lack.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
                          "\u2019": "'", "\u2018": "'", "\u2013": "-", "\u2014": "-", "\u2010": "-"})


def _composed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def numbered(name: str, between: str = "-") -> Iterator[str]:
    """A name, then the same name with the numbers 2, 3 and so on."""
    yield name
    yield from (f"{name}{between}{number}" for number in itertools.count(2))
