"""The atlas: likeness kept, previews apart, every point a mix of few, and every style exactly at its dot."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from live_style.control.style_map import Plane
from live_style.control.style_map import Point
from live_style.control.style_map import StyleMap
from live_style.control.style_map import lay_out
from live_style.styles.collection import load_collection
from live_style.system import paths

STYLES = np.stack([style.embedding for style in load_collection((paths.styles_folder(),), None)[0].styles])
STYLE_MAP = StyleMap.of(STYLES)


@cache
def style_map_of(count: int) -> StyleMap:
    return StyleMap.of(drawn(count))


def drawn(count: int, seed: int = 0) -> Plane:
    return np.random.default_rng(seed).normal(size=(count, 100))


def ranks(points: Plane) -> Plane:
    """How near each point is to each, 0 (itself) to n - 1."""
    away = np.linalg.norm(points[:, None] - points[None], axis=2)
    return away.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")


def trustworthiness(space: Plane, plane: Plane, k: int = 5) -> float:
    """1 when all neighbours on the plane are neighbours in the space (Venna and Kaski 2001)."""
    n, true, seen = len(space), ranks(space), ranks(plane)
    wrong = np.maximum(0, true - k)[(seen >= 1) & (seen <= k)].sum()
    return float(1 - 2 * wrong / (n * k * (2 * n - 3 * k - 1)))


def components(space: Plane) -> Plane:
    centred = space - space.mean(axis=0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T


def test_neighbours_on_the_map_are_alike() -> None:
    """Spread as they are, our styles keep their neighbours as well as bare principal components do (0.82)."""
    found = trustworthiness(STYLES, np.array(STYLE_MAP.points))
    assert found >= trustworthiness(STYLES, components(STYLES))
    assert found > 0.8
    shuffled = np.random.default_rng(1).permutation(np.array(STYLE_MAP.points))
    assert trustworthiness(STYLES, shuffled) < 0.6


@pytest.mark.parametrize("count", [1, 2, 3, 7, 40, 60, 150])
def test_previews_do_not_overlap_and_are_not_small(count: int) -> None:
    style_map = style_map_of(count)
    assert style_map.side > 0.6 / count**0.5
    for one, two in itertools.combinations(style_map.points, 2):
        assert max(abs(one.x - two.x), abs(one.y - two.y)) >= style_map.side - 1e-9
    for x, y in style_map.points:
        assert style_map.side / 2 <= x + 1e-9 and x <= 1 - style_map.side / 2 + 1e-9
        assert style_map.side / 2 <= y + 1e-9 and y <= 1 - style_map.side / 2 + 1e-9


def test_the_same_styles_lie_at_the_same_places() -> None:
    assert lay_out(list(STYLES)) == STYLE_MAP.points
    assert lay_out([]) == ()


def test_one_style_is_in_the_middle_and_two_at_both_sides() -> None:
    assert lay_out(drawn(1)) == (Point(0.5, 0.5),)
    one, two = lay_out(drawn(2))
    assert {round(one.x, 2), round(two.x, 2)} == {0.23, 0.77} and one.y == pytest.approx(two.y) == 0.5


def test_twins_lie_beside_each_other() -> None:
    style_map = StyleMap.of(np.concatenate([STYLES[:5], STYLES[:1], STYLES[:1]]))
    assert style_map.side > 0.1
    assert len({style_map.nearest(point) for point in style_map.points}) == 7


@pytest.mark.parametrize("count", [1, 2, 40, 60])
def test_a_dot_is_exactly_its_style(count: int) -> None:
    style_map = style_map_of(count)
    for i, (x, y) in enumerate(style_map.points):
        for aside in (0.0, 0.004 / count**0.5):
            weights = style_map.weights(Point(x + aside, y))
            assert weights[i] == 1.0 and weights.sum() == 1.0
            assert style_map.nearest(Point(x + aside, y)) == i


# ONNX Runtime has this thread round numbers below 1e-38 to zero, once another test painted in it.
POINTS = st.floats(-0.5, 1.5, allow_subnormal=False)


@settings(deadline=None)
@given(POINTS, POINTS, st.sampled_from([1, 2, 9, 60]))
def test_every_point_is_a_mix(x: float, y: float, count: int) -> None:
    weights = style_map_of(count).weights(Point(x, y))
    assert weights.dtype == np.float32 and weights.shape == (count,)
    assert weights.min() >= 0.0 and weights.sum() == pytest.approx(1.0, abs=1e-5)


def walks() -> list[Plane]:
    """What is mixed on the way from style to style and across the map, every 1/400 of its width."""
    rng = np.random.default_rng(0)
    dots, found = np.array(STYLE_MAP.points), []
    for i in range(60):
        a, b = dots[rng.choice(len(dots), 2, False)] if i % 2 else rng.uniform(0, 1, (2, 2))
        steps = max(20, int(np.linalg.norm(b - a) * 400))
        found.append(np.array([STYLE_MAP.weights(Point(*(a + (b - a) * t))) for t in np.linspace(0, 1, steps)]))
    return found


def test_a_look_is_a_mix_of_few_neighbours_and_moves_evenly() -> None:
    few, unevenness = [], []
    for weights in walks():
        few.append((1 / (weights**2).sum(axis=1)).mean())
        steps = np.linalg.norm(np.diff(weights @ STYLES, axis=0), axis=1)
        unevenness.append(steps.max() / np.median(steps))
    assert 1.5 < np.mean(few) < 3.0
    assert np.median(unevenness) < 2.0


def test_there_is_no_jump_anywhere() -> None:
    """A step of a ten-thousandth of the map moves no weight by more than two hundredths, on any way."""
    rng = np.random.default_rng(2)
    for _ in range(12):
        a, b = rng.uniform(0, 1, (2, 2))
        steps = np.arange(0.0, 0.05, 0.0001)[:, None]
        weights = np.array([STYLE_MAP.weights(Point(*place)) for place in a + (b - a) / np.linalg.norm(b - a) * steps])
        assert np.abs(np.diff(weights, axis=0)).max() < 0.02


def test_far_from_everything_the_nearest_counts_most() -> None:
    style_map = StyleMap.of(np.concatenate([drawn(20) * 0.01, drawn(1) + 100.0]))
    lone = style_map.points[20]
    x, y = np.round(lone)
    assert style_map.weights(Point(float(x), float(y))).argmax() == 20
