"""Pixel work: what was made quick gives the picture that it gave when it was slow."""

from __future__ import annotations

import numpy as np
import pytest

from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging import opencv
from live_style.sources.demo import draw_scene

SHOW = (1280, 720)


def apart(a: Image, b: Image) -> float:
    return float(np.abs(a.astype(int) - b).mean())


def noisy(image: Image, seed: int) -> Image:
    noise = np.random.default_rng(seed).normal(0.0, 6.0, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def scene() -> Image:
    return draw_scene(SHOW, 1.5)


@pytest.mark.parametrize("size", [(256, 144), (328, 184), (360, 200), (432, 240), (512, 288), (640, 360), (960, 544),
                                  (1152, 648)])
def test_a_quick_resize_is_the_slow_one_within_two_levels(scene: Image, size: Size) -> None:
    quick, slow = opencv.quick_resize(scene, size), opencv.resize(scene, size)
    assert size_of(quick) == size and quick.flags.c_contiguous
    assert apart(quick, slow) < 2.0
    # Nor does it take less of the noise away, which the network would paint as dancing strokes.
    first, second = (noisy(scene, seed) for seed in (0, 1))
    left = apart(opencv.quick_resize(first, size), opencv.quick_resize(second, size))
    assert left < 1.15 * apart(opencv.resize(first, size), opencv.resize(second, size))


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (90, 720), (1280, 90), (1, 1), (639, 359)])
def test_a_quick_resize_takes_any_size(scene: Image, size: Size) -> None:
    assert apart(opencv.quick_resize(scene, size), opencv.resize(scene, size)) < 3.0


def test_a_quick_resize_to_its_own_size_is_the_picture_itself(scene: Image) -> None:
    assert opencv.quick_resize(scene, SHOW) is scene


def test_weights_lead_from_the_old_to_the_new_by_the_nearest_level() -> None:
    old, new, weights = np.random.default_rng(0).integers(0, 256, (3, 90, 160)).astype(np.uint8)
    exact = old + weights / 255.0 * (new.astype(float) - old)
    assert np.abs(opencv.weigh(old, new, weights) - exact).max() <= 0.51
    colours = opencv.weigh(np.dstack([old] * 3), np.dstack([new] * 3), weights)
    np.testing.assert_array_equal(colours, np.dstack([opencv.weigh(old, new, weights)] * 3))


def test_weights_change_nothing_where_nothing_has_changed() -> None:
    levels, weights = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8))
    np.testing.assert_array_equal(opencv.weigh(levels, levels, weights), levels)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_screen_gets_the_picture_where_it_lies_and_nowhere_else(mirrored: bool) -> None:
    image = np.random.default_rng(0).integers(0, 256, (30, 40, 3)).astype(np.uint8)
    screen = np.zeros((50, 60, 4), np.uint8)
    opencv.show_on(screen[10:40, 5:45], image, mirrored)
    np.testing.assert_array_equal(screen[10:40, 5:45, 2::-1], image[:, ::-1] if mirrored else image)
    screen[10:40, 5:45] = 0
    assert not screen.any()
