"""The layout of the panels over the painting: each whole, without overlaps, in a window of any size."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from live_style.control.keys import KeyTable
from live_style.frame import Size
from live_style.imaging.geometry import Box
from live_style.interfaces import Layer
from live_style.ui.panels.badges import Badges
from live_style.ui.panels.badges import badge_layers
from live_style.ui.panels.help import help_panel
from live_style.ui.panels.notice import Notice
from live_style.ui.panels.notice import notice_layers
from live_style.ui.panels.now_playing import NowPlaying
from live_style.ui.panels.now_playing import now_panel
from live_style.ui.panels.preview import Ready
from live_style.ui.panels.preview import preview_panel
from live_style.ui.panels.search import Searching
from live_style.ui.panels.search import search_panel
from live_style.ui.panels.stats import Stats
from live_style.ui.panels.stats import stats_panel
from live_style.ui.panels.strip import Strip
from live_style.ui.panels.strip import strip_height
from live_style.ui.panels.strip import strip_panel
from live_style.ui.panels.theme import room
from live_style.ui.panels.theme import unit_of

BESIDE = 300
"""Width next to the figures from which on notices are shown there, in pixels of the design."""
PREVIEW, ROOMY = 340, 200
"""The width of the preview at most, and with figures at least, in pixels of the design."""
CEILING = 0.55
"""The share of a window's height that notices leave free at the top, for faces."""


HEAD = 0.25
"""The share of a window's height that badges above the keys may take."""
ALWAYS = ("real picture", "real person", "real room", "output mirrored")
"""The badges that stay when the panels are hidden."""


class Content(NamedTuple):
    """The content of the panels; None: switched off."""

    now: NowPlaying | None
    stats: Stats | None
    strip: Strip | None
    badges: Badges
    notices: tuple[Notice, ...]
    """The newest last."""
    search: Searching | None = None
    ready: Ready | None = None
    """The preview."""


class Arranged(NamedTuple):
    """What is shown."""

    layers: tuple[Layer, ...]
    now: bool
    """Whether the panel of the style is there."""
    strip: bool
    """Whether the strip is there."""


def arranged(content: Content, size: Size) -> Arranged:
    """Everything if there is room; else the figures are left out first, then strip, name and notices; badges stay.

    With a search or a preview the name is left out before the strip.
    """
    ceiling = round(CEILING * size[1])
    for fewer, least in _fewer(content):
        panels = _laid(fewer, size, ceiling if least else 0)
        if panels is not None:
            break
    else:
        panels = {"badges": badge_layers(content.badges, size, in_line=True)}
    layers = tuple(layer for panel in panels.values() for layer in panel)
    return Arranged(layers, bool(panels.get("now")), bool(panels.get("strip")))


def _fewer(content: Content) -> Iterator[tuple[Content, bool]]:
    """Less and less of it, and whether notices must leave the upper part of the window free."""
    yield content, True
    yield (content := content._replace(stats=None)), True
    if content.search or content.ready:
        yield (content := content._replace(now=None)), True
        yield (content := content._replace(notices=())), True
        yield (content := content._replace(strip=None)), True
        yield content._replace(ready=None), True
    else:
        yield (content := content._replace(strip=None)), True
        yield (content := content._replace(now=None)), False
        yield content._replace(notices=()), False


def always(badges: Badges) -> Badges:
    """Those that are never hidden: what the audience sees otherwise than painted, or mirrored."""
    return Badges(modes=tuple(word for word in badges.modes if word in ALWAYS))


def helped(table: KeyTable, badges: Badges, size: Size, page: int) -> tuple[tuple[Layer, ...], int]:
    """A page of the keys with the badges next to it or above it, and the number of pages.

    Where all badges would leave the keys too little of the window, only those that are never hidden stay.
    """
    panel, shown, top = help_panel(table, size, page), badge_layers(badges, size), 0
    if not all(apart(panel.layer, badge) for badge in shown):
        for some in (badges, always(badges)):
            shown = badge_layers(some, size, in_line=True)
            top = max((badge.y + badge.image.shape[0] for badge in shown), default=0)
            if top <= HEAD * size[1]:
                break
        panel = help_panel(table, size, page, top)
    return (panel.layer, *shown), panel.pages


def _laid(content: Content, size: Size, ceiling: int) -> dict[str, tuple[Layer, ...]] | None:
    """The panels from bottom to top, by name; None without room."""
    unit = unit_of(size)
    now = now_panel(content.now, size) if content.now else ()
    band = strip_height(size) if content.strip and content.strip.tiles else 0
    strip = strip_panel(content.strip, size) if content.strip else ()
    stats = stats_panel(content.stats, size, band) if content.stats else ()
    left = stats[0].x + stats[0].image.shape[1] + unit(16) if stats else unit(16)
    beside = not stats or size[0] - unit(16) - left >= unit(BESIDE)
    search = search_panel(content.search, size, band) if content.search else ()
    base = size[1] - search[0].y if search else band if beside else size[1] - stats[0].y
    notices = notice_layers(content.notices, size, base, left if beside and not search else unit(16), ceiling)
    if band and stats and not search and any(notice.y < ceiling for notice in notices):
        # For the time of a notice it stands where the strip is, and the figures stay.
        notices, strip = notice_layers(content.notices, size, 0, unit(16), size[1] - band), ()
    lowest = min((layer.y for layer in (*stats, *strip, *search, *notices)), default=size[1])
    badges = badge_layers(content.badges, size, bottom=lowest)
    if now and any(not apart(now[0], badge) for badge in badges):
        badges = badge_layers(content.badges, size, in_line=True, top=now[0].y + now[0].image.shape[0] + unit(6))
    ready = _ready(content.ready, size, (*now[:1], *badges), lowest) if content.ready else ()
    panels = {"strip": strip, "stats": stats, "now": now, "ready": ready, "badges": badges, "search": search,
              "notices": notices}
    solid = [layer for panel in (strip, stats, now[:1], ready[:1], badges, search, notices) for layer in panel]
    # Figures are not worth a preview in which nothing is seen.
    seen = bool(ready) is bool(content.ready) and not (stats and ready and ready[-1].image.shape[1] < unit(ROOMY))
    fits = all(_inside(layer, size) for layer in solid) and all(apart(*two) for two in combinations(solid, 2))
    return panels if seen and fits and all(notice.y >= ceiling for notice in notices) else None


def _ready(ready: Ready, size: Size, above: tuple[Layer, ...], lowest: int) -> tuple[Layer, ...]:
    """The preview below the name, or in the right corner where it is larger there; () without room."""
    unit = unit_of(size)
    edge, gap, width = unit(16), unit(10), room(size, unit, PREVIEW)
    floor = lowest - gap if lowest < size[1] else lowest - edge
    corner = [layer for layer in above if layer.x == edge]
    right = max((layer.x + layer.image.shape[1] + gap for layer in corner), default=edge)
    places = []
    for left in dict.fromkeys((edge, right)):
        most = min(width, size[0] - edge - left)
        over = (layer.y + layer.image.shape[0] + gap for layer in above
                if layer.x < left + most and layer.x + layer.image.shape[1] > left)
        top = max(over, default=edge)
        panel = preview_panel(ready, Box(left, top, most, floor - top), unit)
        aside = size[0] - edge - left - panel[0].image.shape[1] if panel and left > edge else 0
        places.append(tuple(layer._replace(x=layer.x + aside) for layer in panel))
    return max(places, key=lambda panel: panel[0].image.size if panel else 0)


def _inside(layer: Layer, size: Size) -> bool:
    height, width = layer.image.shape[:2]
    return layer.x >= 0 and layer.y >= 0 and layer.x + width <= size[0] and layer.y + height <= size[1]


def apart(one: Layer, two: Layer) -> bool:
    """Whether neither covers a part of the other."""
    (high, wide), (height, width) = one.image.shape[:2], two.image.shape[:2]
    return bool(one.x + wide <= two.x or two.x + width <= one.x or one.y + high <= two.y or two.y + height <= one.y)
