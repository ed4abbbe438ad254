"""Panels: inside the window, legible, drawn once for each state; the strip knows what is clicked."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from live_style.control.explorer import MapState
from live_style.control.fade import FADES
from live_style.control.fade import fade_seconds
from live_style.control.fade import fade_share
from live_style.control.keys import KEYS
from live_style.control.keys import remap
from live_style.control.style_map import Point
from live_style.control.style_map import StyleMap
from live_style.frame import Size
from live_style.interfaces import Layer
from live_style.ui.panels.arrangement import Content
from live_style.ui.panels.arrangement import arranged
from live_style.ui.panels.arrangement import helped
from live_style.ui.panels.badges import Badges
from live_style.ui.panels.badges import badge_layers
from live_style.ui.panels.chart import BETWEEN
from live_style.ui.panels.chart import chart_area
from live_style.ui.panels.chart import chart_hit
from live_style.ui.panels.chart import chart_layers
from live_style.ui.panels.chart import chart_notices
from live_style.ui.panels.chart import chart_point
from live_style.ui.panels.help import help_panel
from live_style.ui.panels.notice import Notice
from live_style.ui.panels.notice import notice_layers
from live_style.ui.panels.now_playing import SLIDERS
from live_style.ui.panels.now_playing import NowPlaying
from live_style.ui.panels.now_playing import Slider
from live_style.ui.panels.now_playing import now_panel
from live_style.ui.panels.now_playing import slider_at
from live_style.ui.panels.now_playing import slider_share
from live_style.ui.panels.preview import Ready
from live_style.ui.panels.preview import preview_over
from live_style.ui.panels.search import Searching
from live_style.ui.panels.settings import Board
from live_style.ui.panels.settings import SettingLine
from live_style.ui.panels.settings import settings_hit
from live_style.ui.panels.settings import settings_panel
from live_style.ui.panels.stats import Stats
from live_style.ui.panels.stats import stats_panel
from live_style.ui.panels.strip import Strip
from live_style.ui.panels.strip import Tile
from live_style.ui.panels.strip import scrolled
from live_style.ui.panels.strip import strip_arrow
from live_style.ui.panels.strip import strip_height
from live_style.ui.panels.strip import strip_hit
from live_style.ui.panels.strip import strip_panel
from live_style.ui.panels.theme import ACCENT
from live_style.ui.panels.theme import ALARM
from live_style.ui.panels.theme import READY as GREEN

SIZES = [(640, 360), (960, 540), (1280, 720), (1920, 1080), (2560, 1080), (3840, 2160), (640, 900)]
ODD = [(320, 240), (480, 270), (1900, 300), (200, 600), (360, 640), (800, 600)]
"""Small, wide and tall ones."""
LONG = "A very long name of a style that nobody would ever give to a painting, é"
NOW = NowPlaying(12, LONG, LONG, "1831", LONG, 0.8, 0.5, 1.0)
STATS = Stats(29.9, 41, 58, 12345, 678, 141, "TensorRT", "balanced", "1280x720")
BADGES = Badges(3601, True, 124, ("real picture", "black", "freeze", "own colours"))
NOTICES = (Notice(LONG, LONG), Notice(LONG * 5, LONG * 5), Notice("recording kept"))
TILES = tuple(
    Tile(f"style {i}" if i else LONG, np.full((50, 80, 3), (i * 9, 200, 99), np.uint8) if i % 3 else None)
    for i in range(20))


STYLE_MAP = StyleMap.of(np.random.default_rng(0).normal(size=(len(TILES), 100)))
CHART = MapState(STYLE_MAP.points, STYLE_MAP.side, Point(0.3, 0.4), ((2, 0.6), (5, 0.4)), (), LONG, STYLE_MAP.points[7])
PAD = replace(CHART, pins=(3, 8, 1, 0))
BOARD = Board((SettingLine("Camera", LONG), *(SettingLine(LONG, LONG, i % 2 == 0) for i in range(11)),
               SettingLine(LONG, "", True, pressed=True)), 0, TILES[:4], 1, 0, LONG, "K")
HINT = "click: hold  ·  right click: pin"


def has(layer: Layer, color: tuple[int, int, int, int]) -> int:
    """How many pixels have exactly that colour."""
    return int((layer.image == color).all(axis=2).sum())


def inside(layer: Layer, size: tuple[int, int]) -> bool:
    height, width = layer.image.shape[:2]
    return layer.x >= 0 and layer.y >= 0 and layer.x + width <= size[0] and layer.y + height <= size[1]


def apart(one: Layer, two: Layer) -> bool:
    return (one.x + one.image.shape[1] <= two.x or two.x + two.image.shape[1] <= one.x
            or one.y + one.image.shape[0] <= two.y or two.y + two.image.shape[0] <= one.y)


def everything(size: tuple[int, int]) -> tuple[tuple[Layer, ...], ...]:
    bottom = strip_height(size)
    figures = stats_panel(STATS, size, bottom)
    return (now_panel(NOW, size), badge_layers(BADGES, size), figures,
            notice_layers(NOTICES, size, size[1] - figures[0].y), strip_panel(Strip(TILES, 0), size),
            (help_panel(KEYS, size).layer,), settings_panel(BOARD, size),
            settings_panel(replace(BOARD, at=12), size), chart_layers(CHART, TILES, HINT, size),
            chart_layers(PAD, TILES, HINT, size))


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off(size: tuple[int, int]) -> None:
    for layers in everything(size):
        assert layers
        for layer in layers:
            assert layer.image.dtype == np.uint8 and layer.image.shape[2] == 4
            assert inside(layer, size)


@pytest.mark.parametrize("size", [(640, 360), (1280, 720)])
def test_what_is_always_there_does_not_overlap(size: tuple[int, int]) -> None:
    now, badges, stats, _, strip, *_ = everything(size)
    layers = (now[0], *badges, *stats, *strip)
    for i, one in enumerate(layers):
        assert all(apart(one, two) for two in layers[i + 1:])


@pytest.mark.parametrize("size", [(320, 180), (64, 64), (1, 1), (5000, 100)])
def test_even_a_silly_window_is_drawn(size: tuple[int, int]) -> None:
    everything(size)


def test_the_same_state_is_the_same_array() -> None:
    for first, again in zip(everything((1280, 720)), everything((1280, 720)), strict=True):
        assert all(one.image is two.image for one, two in zip(first, again, strict=True))


def test_only_the_bar_is_drawn_while_a_fade_runs() -> None:
    panels = [now_panel(replace(NOW, fade=fade), (1280, 720)) for fade in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert all(panel[0].image is panels[0][0].image for panel in panels)
    filled = [has(panel[1], ACCENT) for panel in panels[:-1]]
    assert filled[0] == 0 and filled == sorted(set(filled))
    assert len(panels[-1]) == 1


def test_strength_can_be_read_from_its_bar() -> None:
    def difference(one: float, two: float) -> int:
        pictures = [now_panel(replace(NOW, strength=s), (1280, 720))[0].image.astype(int) for s in (one, two)]
        return int((np.abs(pictures[0] - pictures[1]).max(axis=2) > 60).sum())

    assert difference(0.0, 1.0) > 2 * difference(0.8, 1.0) > 0


def test_badges_are_there_for_what_is_on_and_for_nothing_else() -> None:
    assert badge_layers(Badges(), (1280, 720)) == ()
    recording, = badge_layers(Badges(recording=75), (1280, 720))
    assert has(recording, ALARM) > 20
    vcam, = badge_layers(Badges(vcam=True), (1280, 720))
    assert has(vcam, ACCENT) > 20
    assert len(badge_layers(BADGES, (1280, 720))) == 7
    rights = {layer.x + layer.image.shape[1] for layer in badge_layers(BADGES, (1280, 720))}
    assert len(rights) == 1


def test_the_newest_notice_is_the_lowest_and_old_ones_give_way() -> None:
    one, two = notice_layers((Notice("first"), Notice("second", "with its cure")), (1280, 720))[::-1]
    assert one.y + one.image.shape[0] < two.y
    assert two.image.shape[0] > one.image.shape[0]
    load = notice_layers(NOTICES * 5, (640, 360))
    assert 1 <= len(load) < 15 and all(inside(layer, (640, 360)) for layer in load)
    assert notice_layers((), (640, 360)) == ()


def test_the_stats_do_not_tremble_with_their_digits() -> None:
    widths = {stats_panel(replace(STATS, fps=fps, p50=p50, dropped=drops), (1280, 720))[0].image.shape[1]
              for fps, p50, drops in ((9.9, 41, 0), (29.9, 9, 9), (60.0, 38, 999))}
    assert len(widths) == 1


def test_help_follows_the_remaps() -> None:
    plain = help_panel(KEYS, (1280, 720)).layer
    moved = help_panel(remap(KEYS, {"freeze": "F5"}), (1280, 720)).layer
    assert plain.image.shape == moved.image.shape
    rows = np.nonzero((plain.image != moved.image).any(axis=(1, 2)))[0]
    assert rows.size and rows.max() - rows.min() < 40  # one row of the panel
    many = help_panel(remap(KEYS, {"style-1": ["F6", "PageUp"]}), (640, 360)).layer
    assert inside(many, (640, 360))


@pytest.mark.parametrize("size", [*SIZES, *ODD])
@pytest.mark.parametrize("badges", [Badges(), BADGES, replace(BADGES, modes=("black", "computer busy"))])
def test_help_can_be_read_in_any_window(size: Size, badges: Badges) -> None:
    """Letters of 8 pixels at least, on several pages if need be; badges are next to it, and some always stay."""
    _, pages = helped(KEYS, badges, size, 1)
    assert pages == 1 or min(size[0] / 16, size[1] / 9) <= 40
    shown: list[Layer] = []
    for page in range(1, pages + 1):
        layers, _ = helped(KEYS, badges, size, page)
        assert all(inside(layer, size) for layer in layers)
        assert all(apart(*two) for two in combinations(layers, 2))
        stays = badge_layers(Badges(modes=("real picture",)), size)[0].image
        assert any(layer.image is stays for layer in layers) or "real picture" not in badges.modes
        shown.append(layers[0])
    assert len({layer.image.tobytes() for layer in shown}) == pages, "each page shows other keys"
    title = shown[0].image[..., 0].astype(int) - shown[0].image[..., 2] > 60
    rows = np.nonzero(title.any(axis=1))[0]
    assert rows.max() - rows.min() >= 8, "the title has letters of 20 pixels of the design, a key of 14"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("current", [None, 0, 7, 13, 19])
def test_the_current_style_is_seen_and_highlighted(size: tuple[int, int], current: int | None) -> None:
    strip = Strip(TILES, current)
    panel, = strip_panel(strip, size)
    hits = {strip_hit(strip, size, x, panel.y + panel.image.shape[0] // 2) for x in range(size[0])}
    assert (current or 0) in hits
    highlighted = has(panel, ACCENT)
    assert highlighted > 100 if current is not None else highlighted == 0


def test_a_click_finds_the_style_under_it() -> None:
    size, strip = (1280, 720), Strip(TILES, 10)
    panel, = strip_panel(strip, size)
    middle = panel.y + panel.image.shape[0] // 2
    seen = [strip_hit(strip, size, x, middle) for x in range(size[0])]
    found = [place for place in dict.fromkeys(seen) if place is not None]
    assert found == list(range(found[0], found[-1] + 1)) and 10 in found
    for place in found:
        x = seen.index(place) + seen.count(place) // 2
        shown = panel.image[30, x - panel.x, :3]
        if place % 3 and place != 10:
            # The preview's own colour, as translucent as the panel makes it.
            assert np.abs(shown.astype(int) - TILES[place].preview[0, 0]).max() < 70  # type: ignore[index]
    assert strip_hit(strip, size, 640, 10) is None
    assert strip_hit(strip, size, panel.x + 3, middle) is None


def test_the_bank_what_is_next_and_the_favourites_are_seen() -> None:
    size = (1280, 720)
    plain, = strip_panel(Strip(TILES, 0, 0), size)
    ready, = strip_panel(Strip(TILES, 0, 0, ready=3), size)
    starred, = strip_panel(Strip(TILES, 0, 0, stars=frozenset({2})), size)
    second, = strip_panel(Strip(TILES, 0, 9, bank=range(9, 18), head="bank 2 of 3"), size)
    none, = strip_panel(Strip(TILES, 0, 9), size)
    assert has(ready, GREEN) > 200 and not has(plain, GREEN)
    assert has(starred, ACCENT) > has(plain, ACCENT) + 20
    assert second.image[:20].any() and (second.image[:20] != none.image[:20]).any(), "its line and its words"
    assert (second.image[30:50] != none.image[30:50]).any(), "the numbers of its keys"


def test_all_nine_styles_of_a_bank_are_seen_at_720p_and_1080p() -> None:
    for size in ((1280, 720), (1920, 1080)):
        strip = Strip(TILES, 16, bank=range(9, 18))
        panel, = strip_panel(strip, size)
        middle = panel.y + panel.image.shape[0] // 2
        assert {strip_hit(strip, size, x, middle) for x in range(size[0])} >= set(strip.bank)


def test_a_strip_without_styles_is_no_strip() -> None:
    assert strip_panel(Strip(()), (1280, 720)) == ()
    assert strip_hit(Strip(()), (1280, 720), 640, 650) is None


def test_a_few_styles_are_centred() -> None:
    panel, = strip_panel(Strip(TILES[:3], 1), (1280, 720))
    assert abs(panel.x * 2 + panel.image.shape[1] - 1280) <= 1


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_name_and_any_notice_can_be_drawn(name: str, line: str) -> None:
    size = (640, 360)
    layers = (*now_panel(NowPlaying(1, name, line, line, name), size), *notice_layers((Notice(name, line),), size),
              *strip_panel(Strip((Tile(name),), 0), size))
    assert all(inside(layer, size) for layer in layers)


@pytest.mark.parametrize("size", SIZES)
def test_previews_of_the_map_lie_beside_each_other(size: tuple[int, int]) -> None:
    layers = chart_layers(CHART, TILES, HINT, size)[:len(TILES)]
    for i, one in enumerate(layers):
        assert all(apart(one, two) for two in layers[i + 1:])


@pytest.mark.parametrize("size", SIZES)
def test_a_point_of_the_map_is_a_pixel_of_the_window(size: tuple[int, int]) -> None:
    area = chart_area(size)
    for place, (x, y) in enumerate(CHART.points):
        at = chart_point(size, area.x + int(x * area.width), area.y + int(y * area.height))
        assert at == pytest.approx((x, y), abs=2 / min(area.width, area.height))
        assert chart_hit(CHART, size, at) == place
    assert chart_point(size, -50, 10 * size[1]) == (0.0, 1.0)
    assert chart_hit(CHART, size, Point(0.0, 0.0)) is None


def test_a_pad_has_its_styles_at_the_corners_and_the_others_step_back() -> None:
    size = (1280, 720)
    corners = [chart_hit(PAD, size, Point(*at)) for at in ((0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99))]
    assert corners == [3, 8, 1, 0]
    plain, faint = (chart_layers(chart, TILES, HINT, size)[2].image[..., 3].max() for chart in (CHART, PAD))
    assert plain == 255 and faint < 120


def test_what_plays_has_a_ring_by_its_share() -> None:
    size = (1280, 720)
    alone = chart_layers(replace(CHART, shares=((2, 1.0),)), TILES, HINT, size)
    ring = alone[len(TILES)]
    assert has(ring, ACCENT) > 200 and not ring.image[20, 20, 3], "the preview is seen through it"
    mixed = chart_layers(CHART, TILES, HINT, size)
    assert len(mixed) == len(alone) + 1 and has(mixed[len(TILES)], ACCENT) == 0


def test_the_name_under_the_pointer_is_told_and_a_crowded_line_gives_way_to_badges() -> None:
    size = (640, 360)
    nobody = chart_layers(replace(CHART, pointer=Point(0.0, 0.0)), TILES, HINT, size)
    assert len(chart_layers(CHART, TILES, HINT, size)) == len(nobody) + 1
    badges = badge_layers(BADGES, (1280, 720), in_line=True)
    assert len({badge.y for badge in badges}) == 1 and all(inside(badge, (1280, 720)) for badge in badges)
    assert all(apart(one, two) for i, one in enumerate(badges) for two in badges[i + 1:])
    title = chart_layers(CHART, TILES, HINT, (1280, 720), min(badge.x for badge in badges))[-2]
    assert all(apart(title, badge) for badge in badges)


NONE = Content(NOW, STATS, Strip(TILES, 7), Badges(), ())
READY = Ready(LONG, "Enter: take", np.full((144, 256, 3), 90, np.uint8))
SEARCHING = Searching(LONG, 3, 12, LONG, LONG)
FULL = NONE._replace(badges=replace(BADGES, modes=(*BADGES.modes, "output mirrored", "computer busy", "drift")))


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), *ODD])
@pytest.mark.parametrize("notices", [(), NOTICES[:1], NOTICES[1:2], NOTICES])
@pytest.mark.parametrize("content", [
    NONE, FULL, FULL._replace(strip=None), FULL._replace(stats=None, now=None), NONE._replace(search=SEARCHING),
    FULL._replace(ready=READY), NONE._replace(ready=READY, search=Searching("", 0, 0))])
def test_panels_are_whole_and_apart_in_any_window(size: Size, notices: tuple[Notice, ...], content: Content) -> None:
    shown = arranged(content._replace(notices=notices), size)
    assert all(inside(layer, size) for layer in shown.layers)
    solid = [layer for layer in shown.layers if layer.image.shape[0] > 10 and not is_preview(layer)]
    assert all(apart(*two) for two in combinations(solid, 2))
    badges = badge_layers(content.badges, size)
    assert sum(any(layer.image is badge.image for layer in solid) for badge in badges) == len(badges), "none is lost"


def is_preview(layer: Layer) -> bool:
    """Whether it is the picture of the preview, which lies on its panel."""
    return bool((layer.image == (90, 90, 90, 255)).all())


@pytest.mark.parametrize("size", [*SIZES, *ODD])
def test_what_is_asked_for_is_there_in_any_window_and_can_be_read(size: Size) -> None:
    shown = arranged(NONE._replace(ready=READY), size)
    picture, = filter(is_preview, shown.layers)
    assert picture.image.shape[1] >= 75 and shown.strip
    for left in (True, False):
        assert all(inside(layer, size) for layer in preview_over(READY, size, left, 40))
    searched = arranged(NONE._replace(search=SEARCHING), size)
    assert searched.strip and any(has(layer, ACCENT) > 100 and layer.image.shape[0] < 110 for layer in searched.layers)


@pytest.mark.parametrize("size", [*SIZES, *ODD])
def test_a_notice_never_covers_a_face_or_a_corner_that_is_in_use(size: Size) -> None:
    """A face is in the upper part of the picture, figures and names in the corners."""
    before = arranged(NONE, size)
    said = arranged(NONE._replace(notices=NOTICES[:1]), size)
    notice = next(layer for layer in said.layers if all(layer.image is not other.image for other in before.layers))
    assert notice.y >= size[1] / 2
    for layer in said.layers:
        assert layer is notice or layer.image.shape[0] < 10 or apart(layer, notice)


@pytest.mark.parametrize("size", ODD)
def test_a_small_window_keeps_what_is_touched_before_the_figures(size: Size) -> None:
    shown = arranged(NONE, size)
    assert shown.now and shown.strip


@pytest.mark.sampled(20)
@pytest.mark.parametrize("size", [*SIZES, *ODD])
@pytest.mark.parametrize("line", [0, 1, 6, 12])
def test_the_setting_in_focus_is_seen_and_can_be_clicked_in_any_window(size: Size, line: int) -> None:
    board = replace(BOARD, at=line)
    panel, = settings_panel(board, size)
    assert inside(panel, size) and has(panel, ACCENT) > 200, "its ring"
    height, width = panel.image.shape[:2]
    hits = {settings_hit(board, size, x, y) for x in range(panel.x, panel.x + width, max(4, width // 120))
            for y in range(panel.y, panel.y + height, max(4, height // 100))} - {None}
    found = {(hit.line, hit.side) for hit in hits if hit}
    wanted = {(line, 0)} if line in (0, 12) else {(line, -1), (line, 0), (line, 1)}
    assert wanted <= found
    if line == 0:
        assert {hit.tile for hit in hits if hit and hit.tile is not None} >= {1}


@pytest.mark.parametrize("size", [*SIZES, *ODD])
def test_help_and_map_are_whole_in_any_window(size: Size) -> None:
    badges = badge_layers(Badges(modes=("held",)), size, in_line=True)
    free = min(badge.x for badge in badges)
    for layers in ((help_panel(KEYS, size).layer,), (*chart_layers(CHART, TILES, HINT, size, free), *badges),
                   chart_layers(PAD, TILES, HINT, size)):
        assert all(inside(layer, size) for layer in layers)


@pytest.mark.parametrize("size", [*SIZES, *ODD])
def test_previews_of_the_map_and_of_a_pad_keep_their_shape(size: Size) -> None:
    for layer in (*chart_layers(CHART, TILES, HINT, size)[:len(TILES)],
                  *chart_layers(PAD, TILES, HINT, size)[len(TILES):len(TILES) + 4]):
        height, width = layer.image.shape[:2]
        assert abs(width - height * 16 / 9) <= 1


@pytest.mark.parametrize("size", [*SIZES, *ODD])
def test_a_notice_on_the_map_covers_no_corner_of_a_pad(size: Size) -> None:
    corners = chart_layers(PAD, TILES, HINT, size)[len(TILES):len(TILES) + 4]
    for notice in chart_notices(PAD, NOTICES, size):
        assert all(apart(notice, corner) for corner in corners) and inside(notice, size)
    assert all(inside(notice, size) for notice in chart_notices(CHART, NOTICES, size))


@pytest.mark.parametrize("size", [*SIZES, *ODD])
@pytest.mark.parametrize("slider", SLIDERS)
def test_a_slider_is_taken_where_it_is_drawn_and_goes_as_far_as_its_ends(size: Size, slider: Slider) -> None:
    places = [(x, y) for x in range(0, size[0], max(2, size[0] // 640))
              for y in range(0, min(250, size[1]), max(6, size[1] // 90))
              if slider_at(size, x, y) == slider]
    panel = now_panel(NOW, size)[0]
    assert places and all(panel.x <= x < panel.x + panel.image.shape[1] + 2 for x, _ in places)
    shares = [slider_share(size, slider, x) for x, _ in sorted(places)]
    assert shares[0] == 0.0 and shares[-1] == 1.0 and shares == sorted(shares)


def test_the_slider_of_the_fade_stands_at_its_time_while_none_runs() -> None:
    assert fade_share(0.0) == 0.0 and fade_share(20.0) == 1.0
    for seconds in FADES:
        assert fade_seconds(fade_share(seconds)) == seconds
    quick, slow = (now_panel(replace(NOW, fade=1.0, length=fade_share(s)), (1280, 720))[0].image for s in (0.2, 8.0))
    assert (quick != slow).any()


def test_the_strip_is_moved_by_its_arrows_and_shows_where_there_is_more() -> None:
    size, strip = (1280, 720), Strip(TILES, 0)
    panel, = strip_panel(strip, size)
    ends = (panel.x + 5, panel.x + panel.image.shape[1] - 5)
    middle = panel.y + panel.image.shape[0] // 2
    assert [strip_arrow(strip, size, x, middle) for x in (*ends, 640)] == [-1, 1, 0]
    assert [strip_hit(strip, size, x, middle) for x in ends] == [None, None]
    moved = scrolled(strip, size, 0.9)
    assert moved.first and moved.current == 0
    assert scrolled(moved, size, 99.0).first == scrolled(moved, size, 100.0).first < len(TILES)
    assert scrolled(moved, size, -99.0).first == 0
    assert scrolled(strip, (200, 600), 0.1).first == 1, "one at least"
    few = Strip(TILES[:3], 1)
    assert {strip_arrow(few, size, x, middle) for x in range(0, 1280, 5)} == {0}


def test_a_narrow_line_of_help_has_fewer_words_but_whole_ones() -> None:
    hint = BETWEEN.join(("click: hold", "right click: pin", "W: path", "D: drift", "A: close"))
    wide, narrow = (chart_layers(CHART, TILES, hint, size)[-1].image.shape[1] for size in ((1280, 720), (200, 600)))
    assert narrow < 175 < wide


def test_the_beat_is_seen() -> None:
    lit, dark = (badge_layers(Badges(tempo=120, beat=beat), (1280, 720))[0] for beat in (True, False))
    assert lit.image.shape == dark.image.shape and has(lit, ACCENT) > 20 and has(dark, ACCENT) == 0
