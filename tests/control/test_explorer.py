"""Roaming over the map: the pointer is the look, paths and drifts lead it, and it never jumps."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from live_style.control.explorer import MapExplorer
from live_style.control.follow import Follower
from live_style.control.mixer import STRIDE
from live_style.control.mixer import Mixer
from live_style.control.pad import pad_weights
from live_style.control.paths import Drift
from live_style.control.paths import Path
from live_style.control.paths import Sample
from live_style.control.paths import wander
from live_style.control.style_map import Point
from live_style.imaging.read import read_picture
from live_style.look import Look
from live_style.style import make_style
from live_style.styles.collection import load_collection
from live_style.styles.mixing import Blend
from live_style.system import paths

COLLECTION = load_collection((paths.styles_folder(),), None)[0]
STYLES = COLLECTION.styles
PREVIEWS = [read_picture(entry.preview) if entry.preview else None for entry in COLLECTION.entries]
LAYOUT = MapExplorer(STYLES, PREVIEWS, 4.0).survey()()
METRIC, STYLE_MAP = LAYOUT.metric, LAYOUT.style_map
EMBEDDINGS = np.array([style.embedding for style in STYLES])
TICK = 1 / 60


def steps(looks: list[Look]) -> np.ndarray:
    return np.array([METRIC.between(a, b) for a, b in itertools.pairwise(looks)])


class Hand:
    """Somebody at the map, and a painter that looks at the mixer at its own moments."""

    def __init__(self) -> None:
        self.mixer = Mixer(STYLES).cut(0.0)
        self.explorer = MapExplorer(STYLES, PREVIEWS, 4.0)
        self.explorer.know(LAYOUT)
        self.explorer.toggle()
        self.now = 100.0
        self.seen: list[Look] = []

    def wait(self, seconds: float, to: Point | None = None, start: Point | None = None) -> None:
        """Let time go by, in ticks that are not even; the pointer may go from `start` to a point meanwhile."""
        until, began, rng = self.now + seconds, self.now, np.random.default_rng(5)
        frame = self.now
        while self.now < until:
            self.now = min(until, self.now + TICK * rng.uniform(0.5, 1.6))
            while frame <= self.now:
                self.seen.append(self.mixer.look.at(frame))
                frame += 1 / 30
            if to is not None:
                share = (self.now - began) / seconds
                origin = start or to
                self.explorer.point(Point(*(a + (b - a) * share for a, b in zip(origin, to, strict=True))), self.now)
            blend = self.explorer.needs(self.now)
            if blend is not None:
                self.mixer = self.mixer.lead(blend, self.now, self.explorer.metric)


@pytest.fixture
def hand() -> Hand:
    return Hand()


def test_the_pointer_lands_exactly_on_a_style_at_its_dot(hand: Hand) -> None:
    hand.wait(3.0, STYLE_MAP.points[7])
    assert hand.mixer.blend is None and hand.mixer.style is STYLES[7]
    assert hand.mixer.title == STYLES[7].name
    assert np.array_equal(hand.mixer.look.at(hand.now).embedding, STYLES[7].embedding)


def test_between_dots_it_is_a_mix_and_says_so(hand: Hand) -> None:
    a, b = STYLE_MAP.points[7], STYLE_MAP.points[8]
    hand.wait(3.0, Point((a.x + b.x) / 2, (a.y + b.y) / 2))
    assert hand.mixer.blend is not None and len(hand.mixer.blend.parts) > 1
    assert hand.mixer.title.startswith(("Between ", "Near ")) and hand.mixer.style.name in hand.mixer.title
    np.testing.assert_allclose(hand.mixer.look.at(hand.now).embedding, hand.mixer.blend.look().embedding)


def test_opening_the_map_changes_nothing(hand: Hand) -> None:
    hand.wait(1.0)
    assert hand.mixer.look.at(hand.now).embedding is not None and hand.mixer.style is STYLES[0]
    assert hand.explorer.chart(hand.mixer).here == STYLE_MAP.points[0]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("seed", range(6))
def test_however_the_pointer_moves_no_step_of_the_look_is_above_the_pace(hand: Hand, seed: int) -> None:
    rng = np.random.default_rng(seed)
    at = Point(*rng.uniform(0, 1, 2))
    for _ in range(8):
        there = Point(*rng.uniform(0, 1, 2))
        hand.wait(float(rng.choice([0.05, 0.3, 0.8])), there, at if rng.random() < 0.7 else None)
        at = there
    hand.wait(2.0)
    moved = steps(hand.seen)
    assert moved.max() <= 1.02 * STRIDE / 30
    moving = moved[moved > 0.3 * np.percentile(moved, 90)]
    assert moving.max() <= 1.5 * np.median(moving)


def test_a_jump_across_the_map_gathers_speed_and_comes_to_rest(hand: Hand) -> None:
    far = max(range(len(STYLES)), key=lambda i: float(np.linalg.norm(STYLES[i].embedding - STYLES[0].embedding)))
    hand.wait(4.0, STYLE_MAP.points[far])
    moved = steps(hand.seen)
    assert moved[0] < 0.5 * moved.max() and moved[-1] == 0.0
    assert hand.mixer.style is STYLES[far]


def test_a_shorter_fade_is_a_quicker_hand(hand: Hand) -> None:
    hand.mixer = replace(hand.mixer, seconds=0.5)
    hand.wait(4.0, STYLE_MAP.points[20])
    assert STRIDE / 30 * 1.5 < steps(hand.seen).max() <= STRIDE / 30 * 2.04


def test_a_style_key_leaves_the_map_by_a_crossfade(hand: Hand) -> None:
    hand.wait(2.0, Point(0.4, 0.6))
    before = hand.mixer.look.at(hand.now)
    hand.mixer = hand.mixer.select(3, hand.now)
    hand.explorer.leave()
    assert np.allclose(hand.mixer.look.at(hand.now).point, before.point, atol=1e-5)
    hand.wait(2.0)
    assert hand.mixer.title == STYLES[3].name and hand.mixer.blend is None
    assert hand.explorer.chart(hand.mixer).here == STYLE_MAP.points[3]


def test_a_click_holds_the_look_and_another_takes_it_up(hand: Hand) -> None:
    hand.wait(2.0, STYLE_MAP.points[5])
    hand.explorer.click(STYLE_MAP.points[5], hand.now)
    hand.wait(2.0, STYLE_MAP.points[6])
    assert hand.mixer.style is STYLES[5] and hand.explorer.chart(hand.mixer).held
    hand.explorer.click(STYLE_MAP.points[6], hand.now)
    hand.wait(2.0)
    assert hand.mixer.style is STYLES[6]


def test_what_is_closed_is_not_played(hand: Hand) -> None:
    hand.wait(2.0, STYLE_MAP.points[5])
    hand.explorer.toggle()
    hand.wait(2.0, STYLE_MAP.points[6])
    assert hand.mixer.style is STYLES[5]


def test_behind_the_real_picture_the_pointer_shows_nothing(hand: Hand) -> None:
    hand.mixer = hand.mixer.bypass(hand.now)
    hand.wait(2.0, STYLE_MAP.points[5])
    assert hand.mixer.look.at(hand.now).strength == 0.0
    hand.mixer = hand.mixer.bypass(hand.now)
    hand.wait(2.0)
    np.testing.assert_allclose(hand.mixer.look.at(hand.now).embedding, STYLES[5].embedding, rtol=1e-5)


def test_colours_go_with_the_look_and_do_not_jump(hand: Hand) -> None:
    hand.wait(2.0, STYLE_MAP.points[5])
    hand.mixer = hand.mixer.toggle_color(hand.now)
    hand.wait(0.05)
    hand.seen.clear()
    hand.wait(2.0, Point(STYLE_MAP.points[5].x + 0.02, STYLE_MAP.points[5].y))
    colors = [look.color for look in hand.seen]
    assert colors[-1] == 1.0 and max(np.diff(colors)) < 0.1


class TestPad:
    def test_corners_are_their_styles_and_the_middle_is_an_even_mix(self, hand: Hand) -> None:
        for place in (4, 9, 14, 19):
            assert hand.explorer.pin(place)
        for at, place in ((Point(0, 0), 4), (Point(1, 0), 9), (Point(1, 1), 14), (Point(0, 1), 19)):
            hand.wait(3.0, at)
            assert hand.mixer.style is STYLES[place] and hand.mixer.blend is None
        hand.wait(3.0, Point(0.5, 0.5))
        assert hand.mixer.blend is not None
        assert dict(hand.mixer.blend.parts) == {STYLES[i]: pytest.approx(0.25) for i in (4, 9, 14, 19)}

    def test_a_fifth_has_no_corner_and_the_right_button_again_unpins(self, hand: Hand) -> None:
        assert [hand.explorer.pin(i) for i in (1, 2, 3, 4, 5)] == [True, True, True, True, False]
        assert hand.explorer.pin(2)
        assert hand.explorer.chart(hand.mixer).pins == (1, 3, 4)
        for place in (1, 3, 4):
            hand.explorer.pin(place)
        assert hand.explorer.chart(hand.mixer).pins == ()

    def test_one_pin_is_no_pad_yet(self, hand: Hand) -> None:
        hand.explorer.pin(4)
        hand.wait(3.0, STYLE_MAP.points[8])
        assert hand.mixer.style is STYLES[8]

    @pytest.mark.parametrize("count", [1, 2, 3, 4])
    def test_shares_add_up_to_one_and_move_smoothly(self, count: int) -> None:
        line = np.linspace(-0.1, 1.1, 241)
        weights = np.array([pad_weights(count, Point(t, 0.3 + 0.4 * t)) for t in line])
        assert weights.min() >= 0 and np.allclose(weights.sum(axis=1), 1)
        assert np.abs(np.diff(weights, axis=0)).max() < 0.02


class TestPath:
    def test_it_is_replayed_in_its_time_round_and_round(self) -> None:
        way = Path((Sample(10.0, Point(0.2, 0.5)), Sample(11.0, Point(0.6, 0.5)), Sample(12.0, Point(0.6, 0.9))), 50.0)
        assert way.at(50.0) == Point(0.2, 0.5) and way.at(51.0) == Point(0.6, 0.5)
        assert way.at(51.5) == pytest.approx((0.6, 0.7))
        places = np.array([way.at(50.0 + t / 100) for t in range(2000)])
        assert np.hypot(*np.diff(places, axis=0).T).max() < 0.02, "it goes back to its beginning, it does not jump"
        home = np.abs(places - (0.2, 0.5)).max(axis=1) < 1e-3
        assert home[200:].any()

    def test_w_move_w_plays_until_w(self, hand: Hand) -> None:
        a, b = STYLE_MAP.points[5], STYLE_MAP.points[25]
        hand.wait(2.0, a)
        assert hand.explorer.record(hand.now) and hand.explorer.word == "recording a path"
        hand.wait(4.0, b, a)
        hand.explorer.record(hand.now)
        assert hand.explorer.word == "path" and hand.explorer.leading
        hand.wait(0.5)
        hand.seen.clear()
        hand.wait(20.0, Point(0.9, 0.1))  # what the mouse does meanwhile is nothing to it
        for end in (STYLES[5], STYLES[25]):
            assert min(np.linalg.norm(look.embedding - end.embedding) for look in hand.seen) < 0.5, end.name
        hand.explorer.record(hand.now)
        assert not hand.explorer.leading
        here = hand.explorer.chart(hand.mixer).here
        hand.wait(2.0)
        assert hand.explorer.chart(hand.mixer).here == here

    def test_a_pointer_that_did_not_move_is_no_path(self, hand: Hand) -> None:
        hand.wait(1.0, Point(0.5, 0.5))
        hand.explorer.record(hand.now)
        hand.wait(1.0)
        assert "no path" in hand.explorer.record(hand.now) and not hand.explorer.leading

    def test_it_opens_the_map_to_be_shown_one(self) -> None:
        explorer = MapExplorer(STYLES, PREVIEWS, 4.0)
        explorer.record(0.0)
        assert explorer.open and explorer.word == "recording a path"


class TestDrift:
    def test_it_is_at_a_style_every_few_seconds_and_visits_all(self) -> None:
        stops = wander(STYLE_MAP.points, STYLE_MAP.points[0], 1)
        assert sorted(stops) == list(range(len(STYLES))) and stops[-1] == 0
        way = Drift(STYLE_MAP.points[0], tuple(STYLE_MAP.points[i] for i in stops), 4.0, 100.0, seen)
        for number, stop in enumerate(stops):
            assert way.at(100.0 + 4.0 * (number + 1)) == pytest.approx(STYLE_MAP.points[stop], abs=1e-6)

    def test_it_wanders_on_smoothly(self, hand: Hand) -> None:
        hand.explorer.drift(hand.mixer, hand.now)
        assert hand.explorer.word == "drift"
        hand.wait(20.0)
        moved = steps(hand.seen)
        assert moved.max() < 0.5 * STRIDE / 30 and np.median(moved) > 0.0
        far = hand.explorer.chart(hand.mixer).here
        hand.explorer.drift(hand.mixer, hand.now)
        hand.wait(1.0)
        assert hand.explorer.chart(hand.mixer).here == far and not hand.explorer.leading

    @pytest.mark.sampled(1)
    @pytest.mark.parametrize("first", [1, 2, 3])
    def test_the_look_moves_at_one_speed_between_two_styles(self, first: int) -> None:
        """Within a leg the fastest step is at most 1.5 times the median, as the painter sees it."""
        stops = wander(STYLE_MAP.points, STYLE_MAP.points[0], 3)
        way = Drift(STYLE_MAP.points[0], tuple(STYLE_MAP.points[i] for i in stops), 4.0, 0.0, seen)
        for leg in range(first, len(stops), 3):
            looks = [Look.of(embedding(way.at(4.0 * leg + t))) for t in np.arange(0.02, 3.98, 1 / 30)]
            moved = steps(looks)
            assert moved.max() <= 1.5 * np.median(moved), leg

    def test_another_seed_is_another_way(self) -> None:
        assert len({wander(STYLE_MAP.points, Point(0.5, 0.5), seed) for seed in range(5)}) == 5

    def test_a_click_takes_over(self, hand: Hand) -> None:
        hand.explorer.drift(hand.mixer, hand.now)
        hand.wait(1.0)
        hand.explorer.click(STYLE_MAP.points[9], hand.now)
        hand.wait(3.0)
        assert not hand.explorer.leading and hand.mixer.style is STYLES[9]
        assert not hand.explorer.chart(hand.mixer).held

    def test_one_style_is_enough(self) -> None:
        explorer, mixer = MapExplorer(STYLES[:1], PREVIEWS[:1], 1.0), Mixer(STYLES[:1]).cut(0.0)
        explorer.drift(mixer, 0.0)
        for t in np.arange(0.0, 3.0, 0.1):
            blend = explorer.needs(float(t))
            assert blend is None or blend.nearest is STYLES[0]


def embedding(at: Point) -> np.ndarray:
    return Blend.of(STYLES, STYLE_MAP.weights(at)).look().embedding


def seen(at: Point) -> np.ndarray:
    return STYLE_MAP.weights(at) @ EMBEDDINGS @ METRIC.axes


class TestOtherStyles:
    def test_the_look_stays_when_a_style_comes(self, hand: Hand) -> None:
        hand.wait(3.0, Point(0.4, 0.4))
        before = hand.mixer.look.at(hand.now)
        new = make_style("New", STYLES[0].space, STYLES[3].embedding * 0.5)
        hand.mixer = hand.mixer.with_styles((*STYLES, new))
        hand.explorer.use(hand.mixer, [None] * len(hand.mixer.styles), hand.now)
        hand.wait(2.0)
        assert hand.mixer.look.at(hand.now) is before
        assert len(hand.explorer.chart(hand.mixer).points) == len(STYLES) + 1

    def test_pins_stay_and_those_of_gone_styles_go(self, hand: Hand) -> None:
        for place in (1, 5, 8):
            hand.explorer.pin(place)
        hand.mixer = hand.mixer.with_styles((*STYLES[2:], *STYLES[:2]))
        hand.explorer.use(hand.mixer, [None] * len(hand.mixer.styles), hand.now)
        assert [hand.mixer.styles[i] for i in hand.explorer.chart(hand.mixer).pins] == [STYLES[1], STYLES[5], STYLES[8]]
        hand.mixer = hand.mixer.with_styles(STYLES[2:6])
        hand.explorer.use(hand.mixer, [None] * len(hand.mixer.styles), hand.now)
        assert [hand.mixer.styles[i] for i in hand.explorer.chart(hand.mixer).pins] == [STYLES[5]]

    def test_a_drift_goes_on_from_where_it_is(self, hand: Hand) -> None:
        hand.explorer.drift(hand.mixer, hand.now)
        hand.wait(6.0)
        hand.mixer = hand.mixer.with_styles(STYLES[:30])
        hand.explorer.use(hand.mixer, [None] * len(hand.mixer.styles), hand.now)
        hand.wait(6.0)
        assert hand.explorer.word == "drift"
        assert steps(hand.seen).max() <= 1.02 * STRIDE / 30

    def test_the_eye_remembers_styles_that_are_gone(self, hand: Hand) -> None:
        """A look that comes from one is still on its way through what the others never showed."""
        before = hand.explorer.metric
        hand.mixer = hand.mixer.with_styles(STYLES[:30])
        hand.explorer.use(hand.mixer, PREVIEWS[:30], hand.now)
        away = [Look.of(style.embedding) for style in STYLES[30:]]
        assert [hand.explorer.metric.between(a, b) for a, b in itertools.pairwise(away)] == pytest.approx(
            [before.between(a, b) for a, b in itertools.pairwise(away)])


class TestChase:
    def test_it_arrives_exactly_in_the_time_that_it_says(self) -> None:
        a, b = Look.of(STYLES[0].embedding), Look.of(STYLES[1].embedding)
        follower = Follower(a, b, 5.0, 6.0)
        assert np.array_equal(follower.at(5.0).point, a.point)
        assert follower.at(5.0 + follower.seconds) is b and follower.at(1e9) is b
        assert follower.at(5.0 + follower.seconds - 1e-3) is not b

    def test_moved_on_it_keeps_its_speed(self) -> None:
        looks = [Look.of(style.embedding) for style in STYLES[:3]]
        follower = Follower(looks[0], looks[1], 0.0, 6.0)
        on = follower.to(looks[2], 0.3, 6.0)
        assert on.speed == pytest.approx(6.0)
        before = np.linalg.norm(follower.at(0.3).point - follower.at(0.299).point)
        after = np.linalg.norm(on.at(0.301).point - on.at(0.3).point)
        assert after == pytest.approx(before, rel=0.02)

    def test_to_where_it_is_takes_no_time(self) -> None:
        look = Look.of(STYLES[0].embedding)
        assert Follower(look, look, 0.0, 6.0).seconds == 0.0
        assert Follower(look, look, 0.0, 6.0, speed=6.0).at(0.0) is look


def test_a_blend_is_called_after_its_nearest() -> None:
    a, b, c = STYLES[:3]
    assert Blend.of([a], [2.0]).name == a.name and np.array_equal(Blend.of([a], [2.0]).look().embedding, a.embedding)
    assert Blend.of([a, b, c], [0.3, 0.5, 0.2]).name == f"Between {b.name} and {a.name}"
    assert Blend.of([a, b, c], [0.05, 0.9, 0.05]).name == f"Near {b.name}"
    assert Blend.of([a, b, c], [0.0, 1.0, 0.0]).pure
