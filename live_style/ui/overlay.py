"""The overlay: which panels are shown over the painting, and their content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from live_style.control.explorer import MapState
from live_style.control.fade import fade_share
from live_style.control.keys import KeyTable
from live_style.control.mixer import Mixer
from live_style.control.search import Search
from live_style.control.style_map import Point
from live_style.control.surface import Command
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.opencv import flip
from live_style.imaging.placeholder import calm_card
from live_style.interfaces import Layer
from live_style.redact import without_secrets
from live_style.styles.collection import StyleCollection
from live_style.styles.collection import StyleEntry
from live_style.ui.panels.arrangement import Content
from live_style.ui.panels.arrangement import always
from live_style.ui.panels.arrangement import apart
from live_style.ui.panels.arrangement import arranged
from live_style.ui.panels.arrangement import helped
from live_style.ui.panels.badges import Badges
from live_style.ui.panels.badges import badge_layers
from live_style.ui.panels.chart import BETWEEN
from live_style.ui.panels.chart import FOOT
from live_style.ui.panels.chart import chart_hit
from live_style.ui.panels.chart import chart_layers
from live_style.ui.panels.chart import chart_notices
from live_style.ui.panels.chart import chart_point
from live_style.ui.panels.notice import Notice
from live_style.ui.panels.notice import notice_layers
from live_style.ui.panels.now_playing import NowPlaying
from live_style.ui.panels.now_playing import Slider
from live_style.ui.panels.now_playing import slider_at
from live_style.ui.panels.now_playing import slider_share
from live_style.ui.panels.preview import Ready
from live_style.ui.panels.preview import preview_over
from live_style.ui.panels.search import Searching
from live_style.ui.panels.settings import Board
from live_style.ui.panels.settings import settings_panel
from live_style.ui.panels.stats import Stats
from live_style.ui.panels.theme import unit_of
from live_style.ui.style_strip import StyleStrip

REFRESH = 1.0
"""Seconds between updates of the figures, unless a key or the pointer is used: drawing them takes 3 ms."""
SHOWN = 6.0
"""Seconds that a notice stays."""
MOST = 3
"""Notices that are shown at once."""


class Measurements(NamedTuple):
    """Measurements for the panels."""

    stats: Stats
    recording: int | None
    """Seconds recorded so far; None: not recording."""
    vcam: bool


HANDS = {"both": "both", "person": "you", "room": "the room"}
"""What the keys act on, in words."""


class Indicators(NamedTuple):
    """What is on, besides the state of the mixer."""

    led: str = ""
    """What moves the look, if not a hand, in a word."""
    bare: tuple[bool, bool] = (False, False)
    """Whether the person and the room are the real picture now, even during a fade."""
    mirrored: bool = False
    """Whether the audience's picture is mirrored."""
    busy: bool = False
    """Whether other programs keep the computer busy and the quality is reduced."""
    more: tuple[str, ...] = ()
    """More texts that are always shown, such as the PIN of the remote page."""
    settings: Board | None = None
    """The settings panel, if it is open."""


class Overlay:
    """Keeps the open panels and the notices; main thread only. Its layers are for the window alone."""

    def __init__(self, keys: KeyTable, collection: StyleCollection) -> None:
        self._keys = keys
        self.key_of = {row.action.command: row.keys[0] for row in reversed(keys.rows) if row.keys}
        """The first key of each command that has one."""
        self._stats, self._strip = True, True
        self._page, self._pages = 0, 1
        """Of the keys; 0: they are not shown."""
        self.panels_shown = True
        """Whether panels are shown, apart from help and map, which are there when they are asked for."""
        self._notices: tuple[tuple[float, Notice], ...] = ()
        self._measures: Measurements | None = None
        self._read = self._drawn = 0.0
        self._size: Size = (1, 1)
        self._head = 0
        """How far lines of badges push the map down, in pixels."""
        self.strip = StyleStrip()
        self.search: Search | None = None
        """What is being typed to find a style; None: nothing is searched."""
        self.preview: Image | None = None
        """What is chosen but not live yet, on the current frame."""
        self._chart: MapState | None = None
        self._told: tuple[object, ...] = ()
        """The content of the current layers."""
        self._layers: tuple[Layer, ...] = ()
        self._sliders = self._strip_there = False
        """Whether they are visible, so that they can be clicked."""
        self.use(collection)

    def use(self, collection: StyleCollection) -> None:
        """Show these styles from now on."""
        self.strip.use(collection.entries)
        self._drawn = 0.0

    @property
    def entries(self) -> tuple[StyleEntry, ...]:
        """The styles that are shown."""
        return self.strip.entries

    @property
    def previews(self) -> tuple[Image | None, ...]:
        """The small picture of each style, in their order; None for one that has none."""
        return self.strip.previews

    def toggle_search(self) -> None:
        """Begin or end a search."""
        self.search, self._drawn = None if self.search else Search(), 0.0

    def toggle_stats(self) -> None:
        """Show or hide the panels of name and figures."""
        self._stats, self._drawn = not self._stats, 0.0

    def toggle_strip(self) -> None:
        """Show or hide the style strip."""
        self._strip, self._drawn = not self._strip, 0.0

    def toggle_panels(self) -> None:
        """Hide every panel and notice, and all badges but those that always stay, or show them again."""
        self.panels_shown, self._drawn = not self.panels_shown, 0.0

    @property
    def figures_shown(self) -> bool:
        """Whether the panels of name and figures are shown."""
        return self._stats

    @property
    def strip_shown(self) -> bool:
        """Whether the style strip is shown."""
        return self._strip

    @property
    def helping(self) -> bool:
        """Whether the keys are shown."""
        return self._page > 0

    def toggle_help(self) -> None:
        """Show or hide the keys."""
        self._page, self._drawn = 0 if self._page else 1, 0.0

    def turn_help(self) -> bool:
        """Turn to the next page of the keys; False if they are not shown, or this was the last."""
        turned = 0 < self._page < self._pages
        self._page, self._drawn = self._page + turned, 0.0
        return turned

    def notice(self, cause: str, cure: str, now: float) -> None:
        """Show a notice for a while; a repeated one moves to the front."""
        fresh = Notice(without_secrets(cause), without_secrets(cure))
        kept = tuple((since, notice) for since, notice in self._notices if notice != fresh)
        self._notices = (*kept, (now, fresh))[-MOST:]
        self._drawn = 0.0

    def look_again(self) -> None:
        """Update the figures with the next frame, after user input."""
        self._read = self._drawn = 0.0

    def changed(self, now: float, chart: MapState | None) -> bool:
        """Whether the panels must be drawn again even without a new frame."""
        return now - self._drawn >= REFRESH or chart != self._chart

    def place(self, x: int, y: int) -> Point:
        """The place on the map at a point of the window."""
        return chart_point(self._room, x, y - self._head)

    @property
    def _room(self) -> Size:
        """The part of the window that the map has."""
        return self._size[0], self._size[1] - self._head

    def hit(self, x: int, y: int) -> int | None:
        """The place of the style on the map, or in the strip where that is not open, at a point of the window."""
        if self._chart is not None:
            return chart_hit(self._chart, self._room, self.place(x, y))
        return self.strip.hit(self._size, x, y) if self._strip_there else None

    def turn(self, notches: int) -> None:
        """Move the strip as the wheel is turned: up, or to the right, goes back."""
        if self._strip_there:
            self.strip.turn(self._size, notches)
            self._drawn = 0.0

    def arrow(self, x: int, y: int) -> bool:
        """Move the strip, where one of its arrows is at a point of the window."""
        moved = self._strip_there and self.strip.arrow(self._size, x, y)
        self._drawn = 0.0 if moved else self._drawn
        return moved

    def carry(self, index: int, x: int, y: int) -> None:
        """Take the tile of a style along with the pointer."""
        if self._strip_there:
            self.strip.carry(index, self._size, x, y)
            self._drawn = 0.0

    def slider(self, x: int, y: int) -> Slider | None:
        """The slider at a point of the window."""
        return slider_at(self._size, x, y) if self._sliders else None

    def share(self, slider: Slider, x: int) -> float:
        """Where a slider stands, 0..1, when a hand has it at a column of the window."""
        return slider_share(self._size, slider, x)

    def waiting(self, size: Size) -> Image:
        """What to show before the first frame."""
        return calm_card(size, "live-style", "waiting for the first frame")

    def layers(self, size: Size, mixer: Mixer, now: float, measure: Callable[[], Measurements],
               chart: MapState | None = None, indicators: Indicators = Indicators()) -> tuple[Layer, ...]:
        """The panels over a window of `size`, bottom first; with the map, if there is a chart to show."""
        if self._measures is None or now - self._read >= REFRESH:
            self._measures, self._read = measure(), now
        if any(now - since >= SHOWN for since, _ in self._notices):
            self._notices = tuple((since, notice) for since, notice in self._notices if now - since < SHOWN)
        moves = mixer.moving(now)
        told = (mixer, chart, self._measures, self._notices, moves, mixer.tempo.beats(now), self.search, self.preview,
                *indicators)
        # Most frames bring nothing new: to find that out by what is drawn takes 0.1 ms.
        if (not self._drawn or moves or size != self._size
                or any(one is not other for one, other in zip(told, self._told))):
            self._layers = self._drawn_layers(size, mixer, now, self._measures, chart, indicators)
        self._drawn, self._size, self._chart, self._told = now, size, chart, told
        return self._layers

    def _drawn_layers(self, size: Size, mixer: Mixer, now: float, measures: Measurements, chart: MapState | None,
                      indicators: Indicators) -> tuple[Layer, ...]:
        self.strip.follow(mixer.part, self.search)
        self._sliders = self._strip_there = False
        shown = _badges(mixer, measures, indicators, now, chart is not None and chart.held)
        if self._page:
            layers, self._pages = helped(self._keys, shown, size, self._page)
            return layers
        said = tuple(notice for _, notice in self._notices)
        if indicators.settings is not None:
            panel = settings_panel(indicators.settings, size)
            clear = all(apart(panel[0], badge) for badge in badge_layers(shown, size))
            return (*panel, *badge_layers(shown if clear else always(shown), size), *notice_layers(said[-1:], size))
        if chart is not None:
            badges = badge_layers(shown, size, in_line=True)
            self._head = max((badge.y for badge in badges), default=0) - min((badge.y for badge in badges), default=0)
            free = min((badge.x for badge in badges if badge.y > self._head), default=size[0])
            room = size[0], size[1] - self._head
            ready, away = self._ready(mixer), chart.pointer is not None and chart.pointer.x > 0.5
            over = (*chart_layers(chart, self.strip.tiles, "" if said else self._hint(chart), room, free),
                    *(preview_over(ready, room, away, unit_of(size)(FOOT)) if ready else ()),
                    *chart_notices(chart, said, room))
            return (*(layer._replace(y=layer.y + self._head) for layer in over), *badges)
        if not self.panels_shown and not self.search:
            return badge_layers(always(shown), size)
        found = _searching(self.search, mixer) if self.search else None
        layers, self._sliders, self._strip_there = arranged(
            Content(_now(mixer.part, now) if self._stats else None,
                    measures.stats if self._stats and not found else None,
                    self.strip.shown if self._strip or found else None, shown, said, found, self._ready(mixer)),
            size)
        return layers

    def _ready(self, mixer: Mixer) -> Ready | None:
        preview = mixer.part.preview
        if preview is None or self.preview is None:
            return None
        keys = self.key_of
        hint = BETWEEN.join(f"{keys[key]}: {word}" for key, word in ((Command.TAKE, "take"), (Command.TAKE_CUT, "cut"))
                            if key in keys)
        return Ready(preview.name, hint, flip(self.preview) if mixer.mirror_window else self.preview)

    def _hint(self, chart: MapState) -> str:
        """The help line of the map, with the keys of this table."""
        words = {Command.PATH: "path", Command.DRIFT: "drift", Command.KEEP_STYLE: "keep", Command.MAP: "close"}
        keys = self.key_of
        hands = ("click: continue" if chart.held else "click: hold", "right click: pin")
        return BETWEEN.join((*hands, *(f"{keys[key]}: {word}" for key, word in words.items() if key in keys)))


def _searching(search: Search, mixer: Mixer) -> Searching:
    place = search.chosen(mixer.styles)
    if place is None:
        return Searching(search.text, 0, 0)
    style = mixer.styles[place]
    return Searching(search.text, search.at + 1, len(search.found(mixer.styles)), style.name, style.credit_line)


def _now(mixer: Mixer, now: float) -> NowPlaying:
    style = mixer.style
    upcoming = "" if mixer.preview else mixer.upcoming.name
    shown = NowPlaying(mixer.position + 1, style.name, style.artist, style.year, upcoming, mixer.strength,
                       mixer.look.progress(now), mixer.seconds, fade_share(mixer.seconds), now < mixer.look.began)
    if mixer.real:
        return replace(shown, number=0, name=mixer.title, artist="", year="")
    if mixer.blend:
        name, other = mixer.blend.words
        return replace(shown, number=None, name=name, artist=other, year="")
    return shown


def _badges(mixer: Mixer, measures: Measurements, indicators: Indicators, now: float, held: bool) -> Badges:
    beat = mixer.tempo.beat
    person, room = (bare or part.real for bare, part in zip(indicators.bare, (mixer, mixer.parts[-1])))
    modes = {"held": held, "real picture": person and room, "real person": person and not room,
             "real room": room and not person, f"two looks: {HANDS[mixer.hand]}": mixer.two_looks,
             "black": mixer.blacked, "freeze": mixer.frozen, "output mirrored": indicators.mirrored,
             "own colours": mixer.part.color, "computer busy": indicators.busy}
    return Badges(measures.recording, measures.vcam, round(60 / beat) if beat else None,
                  (*(word for word, on in modes.items() if on), *filter(None, [indicators.led]), *indicators.more),
                  mixer.tempo.beats(now))
