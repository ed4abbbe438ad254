"""The style strip in a show: which styles it offers, and what the hands on it do."""

from __future__ import annotations

from dataclasses import replace

from live_style.control.mixer import BANK
from live_style.control.mixer import Mixer
from live_style.control.search import Search
from live_style.errors import StyleError
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.read import read_picture
from live_style.styles.collection import StyleEntry
from live_style.ui.panels.strip import Strip
from live_style.ui.panels.strip import Tile
from live_style.ui.panels.strip import scrolled
from live_style.ui.panels.strip import settled
from live_style.ui.panels.strip import strip_arrow
from live_style.ui.panels.strip import strip_hit

NOTCH, PAGE = 0.25, 0.9
"""How far it moves for a notch of the wheel and for an arrow, as a share of its visible part."""


class StyleStrip:
    """Keeps what the strip shows, how far it is scrolled, and the tile that a hand moves; main thread only."""

    def __init__(self) -> None:
        self.entries: tuple[StyleEntry, ...] = ()
        """All styles, in order."""
        self.shown = Strip(())
        self._tiles: dict[StyleEntry, Tile] = {}
        self._places: tuple[int, ...] = ()
        """The index of the style of each tile."""
        self._watched: tuple[object, ...] = (None,) * 5
        """What the strip moves for, when it changes."""
        self._carried: tuple[int, int] | None = None
        """The index of the style that is being moved, and the place where it would be put."""

    def use(self, entries: tuple[StyleEntry, ...]) -> None:
        """Other styles from now on."""
        self._tiles = {entry: self._tiles.get(entry) or _tile(entry) for entry in entries}
        self.entries, self._carried = entries, None

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """One for each style."""
        return tuple(self._tiles.values())

    @property
    def previews(self) -> tuple[Image | None, ...]:
        """The small picture of each style, in their order; None for one that has none."""
        return tuple(tile.preview for tile in self.tiles)

    def follow(self, mixer: Mixer, search: Search | None) -> None:
        """Show what the mixer offers, or what a search has found; what is chosen becomes visible where that changed."""
        places = search.found(mixer.styles) if search else mixer.offered
        focus = search.at if search and places else None
        if self._carried is not None and not search:
            index, focus = self._carried
            rest = [place for place in places if place != index]
            places = (*rest[:focus], index, *rest[focus:])
        tiles, at = self.tiles, {index: place for place, index in enumerate(places)}
        ready = mixer.find(mixer.preview.nearest.slug) if mixer.preview else None
        bank = range(0) if search else range(mixer.first, mixer.first + len(mixer.bank))
        fresh = Strip(tuple(tiles[index] for index in places), None if mixer.real else at.get(mixer.position),
                      self.shown.first, None if ready is None else at.get(ready), focus,
                      frozenset(place for place, i in enumerate(places) if mixer.styles[i].slug in mixer.favourites),
                      bank, "" if search else _head(mixer))
        watched = search, mixer.preview, mixer.style, mixer.real, mixer.favourites_only
        if any(one is not other for one, other in zip(watched, self._watched)):
            fresh = replace(fresh, first=None)
        elif fresh.bank != self.shown.bank:
            fresh = replace(fresh, first=mixer.first)
        self.shown, self._places, self._watched = fresh, places, watched

    def hit(self, size: Size, x: int, y: int) -> int | None:
        """The index of the style at a point of a window of `size`."""
        place = strip_hit(self.shown, size, x, y)
        return None if place is None else self._places[place]

    def turn(self, size: Size, notches: int) -> None:
        """Move the strip as the wheel is turned: up, or to the right, goes back."""
        self.shown = scrolled(self.shown, size, -NOTCH * notches)

    def arrow(self, size: Size, x: int, y: int) -> bool:
        """Move the strip, where one of its arrows is at a point of the window."""
        side = strip_arrow(self.shown, size, x, y)
        if side:
            self.shown = scrolled(self.shown, size, PAGE * side)
        return side != 0

    def carry(self, index: int, size: Size, x: int, y: int) -> None:
        """Take the tile of a style along to the tile at a point of the window; over an arrow the strip moves on."""
        self.shown = settled(self.shown, size)
        side = strip_arrow(self.shown, size, x, y)
        if side:
            self.shown = scrolled(self.shown, size, side / len(self.shown.tiles))
        place = strip_hit(self.shown, size, x, y)
        if place is not None and index in self._places and place != self._places.index(index):
            self._carried = index, place

    @property
    def moving(self) -> bool:
        """Whether a hand has moved a tile, and holds it."""
        return self._carried is not None

    def put_down(self) -> tuple[str, ...]:
        """Let go of the tile that is being moved; returns the new order of all styles, by slug, () if it is the old."""
        if self._carried is None:
            return ()
        (index, _), self._carried = self._carried, None
        return self._moved(index, self._places)

    def shifted(self, mixer: Mixer, steps: int) -> tuple[str, ...]:
        """The order of all styles with the chosen one moved by so many steps among those that are offered."""
        index = mixer.find(mixer.chosen.nearest.slug)
        if index not in mixer.offered:
            return ()
        rest = [place for place in mixer.offered if place != index]
        at = min(len(rest), max(0, mixer.offered.index(index) + steps))
        return self._moved(index, (*rest[:at], index, *rest[at:]))

    def _moved(self, index: int, places: tuple[int, ...]) -> tuple[str, ...]:
        """All slugs, with the style put next to the neighbour that it has in these places."""
        slugs = [entry.style.slug for entry in self.entries]
        own, at = slugs.pop(index), places.index(index)
        if at + 1 < len(places):
            slugs.insert(slugs.index(self.entries[places[at + 1]].style.slug), own)
        elif at:
            slugs.insert(slugs.index(self.entries[places[at - 1]].style.slug) + 1, own)
        return () if slugs == [entry.style.slug for entry in self.entries] else tuple(slugs)


def _head(mixer: Mixer) -> str:
    banks = -(-len(mixer.offered) // BANK)
    words = [f"bank {mixer.first // BANK + 1} of {banks}"] * (banks > 1)
    return "  ·  ".join(["favourites"] * mixer.favourites_only + words)


def _tile(entry: StyleEntry) -> Tile:
    try:
        return Tile(entry.style.name, read_picture(entry.preview) if entry.preview else None)
    except StyleError:
        return Tile(entry.style.name)  # a style without a preview still works
