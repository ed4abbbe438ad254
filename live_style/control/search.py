"""The search: finds styles while their names are typed; immutable."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from dataclasses import replace

from live_style.style import Style
from live_style.styles.collection import folded
from live_style.styles.collection import words_of

MOST = 40
"""The most characters that are typed."""
STEPS = {"Left": -1, "Up": -1, "Right": 1, "Down": 1}


@dataclass(frozen=True)
class Search:
    """What was typed, and which of the found styles is chosen."""

    text: str = ""
    at: int = 0
    """The place of the chosen one among those that are found, from 0."""

    def found(self, styles: tuple[Style, ...]) -> tuple[int, ...]:
        """The indexes of the styles that have every typed word in their title or artist; the best first."""
        return _found(folded(self.text), styles)

    def chosen(self, styles: tuple[Style, ...]) -> int | None:
        """The index of the chosen style; None if nothing is found."""
        found = self.found(styles)
        return found[self.at] if found else None

    def typed(self, key: str, styles: tuple[Style, ...]) -> Search | None:
        """The search after a key was pressed; None if that key types nothing."""
        letter = " " if key == "Space" else key.removeprefix("Shift+")
        if len(letter) == 1:
            return Search((self.text + letter.lower())[:MOST].lstrip())
        if key == "Backspace":
            return Search(self.text[:-1])
        if key in STEPS:
            return replace(self, at=(self.at + STEPS[key]) % max(1, len(self.found(styles))))
        return None


@functools.lru_cache(maxsize=8)
def _found(wanted: str, styles: tuple[Style, ...]) -> tuple[int, ...]:
    words = wanted.split()
    texts = [words_of(style) for style in styles]
    hits = [i for i, text in enumerate(texts) if all(word in text for word in words)]
    # A title that begins like it before one that has it inside, and both before an artist.
    names = [folded(style.name) for style in styles]
    return tuple(sorted(hits, key=lambda i: (not names[i].startswith(wanted), f" {wanted}" not in f" {names[i]}",
                                             wanted not in names[i])))
