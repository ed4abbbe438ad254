"""The layout of the panels over the preview: each whole, without overlaps, in a window of any size."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

from live_style.control.keys import KeyTable
from live_style.frame import Size
from live_style.interfaces import Layer
from live_style.ui.panels.badges import Badges
from live_style.ui.panels.badges import badge_layers
from live_style.ui.panels.help import help_panel
from live_style.ui.panels.notice import Notice
from live_style.ui.panels.notice import notice_layers
from live_style.ui.panels.now_playing import NowPlaying
from live_style.ui.panels.now_playing import now_panel
from live_style.ui.panels.stats import Stats
from live_style.ui.panels.stats import stats_panel
from live_style.ui.panels.strip import Strip
from live_style.ui.panels.strip import strip_height
from live_style.ui.panels.strip import strip_panel
from live_style.ui.panels.theme import unit_of

BESIDE = 300
"""Width next to the figures from which on notices are shown there, in pixels of the design."""
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


class Arranged(NamedTuple):
    """What is shown."""

    layers: tuple[Layer, ...]
    now: bool
    """Whether the panel of the style is there."""
    strip: bool
    """Whether the strip is there."""


def arranged(content: Content, size: Size) -> Arranged:
    """Everything if there is room; else the figures are left out first, then strip, name and notices; badges stay."""
    ceiling = round(CEILING * size[1])
    for fewer, least in ((content, ceiling), (content := content._replace(stats=None), ceiling),
                         (content := content._replace(strip=None), ceiling),
                         (content := content._replace(now=None), 0), (content := content._replace(notices=()), 0)):
        panels = _laid(fewer, size, least)
        if panels is not None:
            break
    else:
        panels = {"badges": badge_layers(content.badges, size, in_line=True)}
    layers = tuple(layer for panel in panels.values() for layer in panel)
    return Arranged(layers, bool(panels.get("now")), bool(panels.get("strip")))


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
    notices = notice_layers(content.notices, size, band if beside else size[1] - stats[0].y,
                            left if beside else unit(16), ceiling)
    if band and stats and any(notice.y < ceiling for notice in notices):
        # For the time of a notice it stands where the strip is, and the figures stay.
        notices, strip = notice_layers(content.notices, size, 0, unit(16), size[1] - band), ()
    lowest = min((layer.y for layer in (*stats, *strip, *notices)), default=size[1])
    badges = badge_layers(content.badges, size, bottom=lowest)
    if now and any(not apart(now[0], badge) for badge in badges):
        badges = badge_layers(content.badges, size, in_line=True, top=now[0].y + now[0].image.shape[0] + unit(6))
    panels = {"strip": strip, "stats": stats, "now": now, "badges": badges, "notices": notices}
    solid = [layer for panel in (strip, stats, now[:1], badges, notices) for layer in panel]
    fits = all(_inside(layer, size) for layer in solid) and all(apart(*two) for two in combinations(solid, 2))
    return panels if fits and all(notice.y >= ceiling for notice in notices) else None


def _inside(layer: Layer, size: Size) -> bool:
    height, width = layer.image.shape[:2]
    return layer.x >= 0 and layer.y >= 0 and layer.x + width <= size[0] and layer.y + height <= size[1]


def apart(one: Layer, two: Layer) -> bool:
    """Whether neither covers a part of the other."""
    (high, wide), (height, width) = one.image.shape[:2], two.image.shape[:2]
    return bool(one.x + wide <= two.x or two.x + width <= one.x or one.y + high <= two.y or two.y + height <= one.y)
