"""The filter: still areas stand still, moving ones are let through at once, and nothing is left behind."""

import numpy as np
import pytest

from live_style.frame import Image
from live_style.inference.temporal_filter import NetworkFade
from live_style.inference.temporal_filter import TemporalFilter
from live_style.inference.temporal_filter import share_at_rest

REST = share_at_rest(0.9)
SIZE = (120, 160, 3)


def noisy(image: Image, seed: int, sigma: float = 2) -> Image:
    noise = np.random.default_rng(seed).normal(0, sigma, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def scene(x: int = -100) -> Image:
    """A grey room, with a bright block at `x`."""
    image = np.full(SIZE, 90, np.uint8)
    image[40:80, max(0, x):max(0, x + 30)] = 200
    return image


def change(frames: list[Image], columns: slice = slice(None)) -> float:
    return float(np.mean([np.abs(b[:, columns].astype(int) - a[:, columns]).mean()
                          for a, b in zip(frames[5:], frames[6:], strict=False)]))


def settled(frames: list[Image], rest: float = REST) -> list[Image]:
    temporal_filter = TemporalFilter(rest)
    return [temporal_filter.settle(frame, frame) for frame in frames]


def test_a_still_picture_with_a_noisy_sensor_stands_still():
    seen = [noisy(scene(), seed) for seed in range(30)]
    shown = settled(seen)
    assert change(shown) < 0.3 * change(seen)
    assert abs(float(shown[-1].mean()) - 90) < 2


def test_what_moves_is_let_through_at_once_and_leaves_no_ghost():
    for frame, shown in zip(seen := [scene(x) for x in range(0, 120, 6)], settled(seen), strict=True):
        assert np.abs(shown.astype(int) - frame).max() <= 1


def test_a_still_wall_stays_still_beside_a_waving_hand():
    seen = [noisy(scene(20 + 6 * (t % 5)), t) for t in range(30)]
    wall = slice(110, 160)
    assert change(settled(seen), wall) < 0.3 * change(seen, wall)


def test_a_cut_to_another_scene_is_seen_whole():
    other = np.full(SIZE, 20, np.uint8)
    assert np.array_equal(settled([scene(), other], share_at_rest(1.0))[-1], other)


def test_slow_light_is_followed():
    shown = settled([np.full(SIZE, 60 + t, np.uint8) for t in range(120)])
    assert abs(float(shown[-1].mean()) - 179) < 8


@pytest.mark.parametrize("amount", [0.3, 0.6, 0.9])
def test_more_is_steadier(amount):
    seen = [noisy(scene(), seed, 4) for seed in range(20)]
    more, less = (change(settled(seen, share_at_rest(each))) for each in (amount, amount - 0.3))
    assert more < 0.9 * less


def test_a_frame_of_another_size_goes_on_where_the_last_one_stood():
    temporal_filter = TemporalFilter(REST)
    for seed in range(20):
        temporal_filter.settle(frame := noisy(scene(), seed, 4), frame)
    large = noisy(np.full((150, 200, 3), 90, np.uint8), 99, 4)
    shown = temporal_filter.settle(large, large)
    assert shown.shape == large.shape and float(shown.std()) < 0.5 * float(large.std())


def test_one_that_recalls_goes_on_to_the_bit():
    seen = [noisy(scene(4 * t), t) for t in range(12)]
    whole = settled(seen)
    first, second = TemporalFilter(REST), TemporalFilter(REST)
    for frame in seen[:7]:
        first.settle(frame, frame)
    second.memory = first.memory
    for t in range(7, 12):
        assert np.array_equal(second.settle(seen[t], seen[t]), whole[t])


@pytest.mark.parametrize("size", [(120, 160), (150, 200)])
def test_another_network_fades_in_without_a_jump(size):
    """In a third of a second, at its own size."""
    fade = NetworkFade()
    old, new = np.full((*SIZE[:2], 3), 60, np.uint8), np.full((*size, 3), 160, np.uint8)
    seen = np.full((*size, 3), 90, np.uint8)
    for _ in range(5):
        assert fade.blend(np.full(SIZE, 90, np.uint8), old) is old
    fade.begin()
    levels = [60, *(int(fade.blend(seen, new).mean()) for _ in range(12))]
    assert levels[-1] == 160 and levels[1] < 80
    assert max(b - a for a, b in zip(levels, levels[1:])) <= 45
    assert levels == sorted(levels)


def test_after_a_change_of_network_what_moves_is_let_through_at_once():
    fade = NetworkFade()
    fade.blend(scene(20), 255 - scene(20))
    fade.begin()
    shown = fade.blend(scene(60), 250 - scene(60))
    assert abs(int(shown[60, 75, 0]) - 50) <= 1
