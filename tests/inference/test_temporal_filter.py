"""The filter: still areas stand still, moving ones are let through at once, and nothing is left behind."""

import numpy as np
import pytest

from live_style.frame import Image
from live_style.inference.temporal_filter import TemporalFilter
from live_style.look import Look

LOOK = Look.of(np.ones(100))
SIZE = (120, 160, 3)


def noisy(image: Image, seed: int, sigma: float) -> Image:
    noise = np.random.default_rng(seed).normal(0, sigma, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def scene(x: int = -100) -> Image:
    """A grey room, with a bright block at `x`."""
    image = np.full(SIZE, 90, np.uint8)
    image[40:80, max(0, x):max(0, x + 30)] = 200
    return image


def painted(seen: Image, seed: int) -> Image:
    """A painting that dances by 8 levels of its own."""
    return noisy(255 - seen, seed, 8)


def change(frames: list[Image], rows: slice = slice(None), columns: slice = slice(None)) -> float:
    return float(np.mean([np.abs(b[rows, columns].astype(int) - a[rows, columns]).mean()
                          for a, b in zip(frames[5:], frames[6:], strict=False)]))


def test_a_still_picture_with_a_noisy_sensor_stands_still():
    temporal_filter = TemporalFilter(0.9)
    seen = [noisy(scene(), seed, 2) for seed in range(30)]
    raw = [painted(frame, seed) for seed, frame in enumerate(seen)]
    shown = [temporal_filter.settle(a, b, LOOK) for a, b in zip(seen, raw, strict=True)]
    assert change(shown) < 0.3 * change(raw)
    assert abs(float(shown[-1].mean()) - 165) < 2


def test_what_moves_is_let_through_at_once_and_leaves_no_ghost():
    temporal_filter = TemporalFilter(0.9)
    for x in range(0, 120, 6):
        seen = scene(x)
        shown = temporal_filter.settle(seen, 255 - seen, LOOK)
        assert np.abs(shown.astype(int) - (255 - seen)).max() <= 1


def test_a_still_wall_stays_still_beside_a_waving_hand():
    temporal_filter = TemporalFilter(0.9)
    seen = [scene(20 + 6 * (t % 5)) for t in range(30)]
    raw = [painted(frame, seed) for seed, frame in enumerate(seen)]
    shown = [temporal_filter.settle(a, b, LOOK) for a, b in zip(seen, raw, strict=True)]
    assert change(shown, columns=slice(110, 160)) < 0.3 * change(raw, columns=slice(110, 160))


def test_bold_strokes_that_dance_on_a_still_wall_stand_still_too_beside_a_waving_hand():
    temporal_filter = TemporalFilter(0.9)
    seen = [scene(20 + 6 * (t % 5)) for t in range(30)]
    raw = [noisy(255 - frame, t, 2) for t, frame in enumerate(seen)]
    for t, paint in enumerate(raw):  # blotches of 8 px, of two colours by chance
        blotches = np.random.default_rng(t).integers(0, 2, (15, 7, 1), np.uint8).repeat(8, 0).repeat(8, 1)
        paint[:, 104:] = 130 + 40 * blotches
    shown = [temporal_filter.settle(a, b, LOOK) for a, b in zip(seen, raw, strict=True)]
    assert change(shown, columns=slice(110, 160)) < 0.4 * change(raw, columns=slice(110, 160))


def test_what_the_last_motion_left_is_painted_over_when_nothing_moves_any_more():
    temporal_filter = TemporalFilter(0.9)
    for x in range(0, 160, 8):
        seen = scene(x)
        paint = 255 - seen
        paint[:, ::2] -= 40  # other strokes all over, as long as the block is there
        temporal_filter.settle(seen, paint, LOOK)
    for _ in range(6):
        shown = temporal_filter.settle(scene(), 255 - scene(), LOOK)
    assert np.abs(shown.astype(int) - (255 - scene()))[:, :140].max() <= 4


def test_strokes_that_hang_on_something_far_leave_no_trail():
    """What moves changes the strokes around it, over ground that stands still."""
    temporal_filter = TemporalFilter(0.9)
    ground = np.full((120, 320, 3), 120, np.uint8)
    for edge in range(30, 300, 8):
        seen = ground.copy()
        seen[40:80, edge - 30:edge] = 220
        paint = seen.copy()
        paint[:, max(0, edge - 70):edge - 30][:, ::2] = 170  # stripes behind it, as a network paints them
        shown = temporal_filter.settle(seen, paint, LOOK)
    behind = shown[20:100, 40:200].astype(int)
    assert behind.max() - behind.min() <= 4


def test_a_cut_to_another_scene_is_seen_whole():
    temporal_filter = TemporalFilter(1.0)
    temporal_filter.settle(scene(), 255 - scene(), LOOK)
    other = np.full(SIZE, 20, np.uint8)
    assert np.array_equal(temporal_filter.settle(other, 255 - other, LOOK), 255 - other)


def test_slow_light_is_followed():
    temporal_filter = TemporalFilter(0.9)
    for t in range(120):
        seen = np.full(SIZE, 60 + t, np.uint8)
        shown = temporal_filter.settle(seen, seen, LOOK)
    assert abs(float(shown.mean()) - 179) < 8


def test_a_new_look_is_taken_whole():
    temporal_filter = TemporalFilter(0.9)
    seen = scene()
    temporal_filter.settle(seen, seen, LOOK)
    assert np.array_equal(temporal_filter.settle(seen, 255 - seen, Look.of(np.zeros(100))), 255 - seen)


@pytest.mark.parametrize("amount", [0.3, 0.6, 0.9])
def test_more_is_steadier(amount):
    def rest(amount: float) -> float:
        temporal_filter = TemporalFilter(amount)
        seen = scene()
        return change([temporal_filter.settle(seen, painted(seen, seed), LOOK) for seed in range(20)])

    assert rest(amount) < 0.9 * rest(amount - 0.3)


def test_one_that_recalls_goes_on_to_the_bit():
    first, second = TemporalFilter(0.9), TemporalFilter(0.9)
    seen = [noisy(scene(4 * t), t, 2) for t in range(12)]
    whole = [first.settle(frame, painted(frame, t), LOOK) for t, frame in enumerate(seen)]
    fresh = TemporalFilter(0.9)
    for t, frame in enumerate(seen[:7]):
        fresh.settle(frame, painted(frame, t), LOOK)
    second.recall(fresh.memory, LOOK)
    for t in range(7, 12):
        assert np.array_equal(second.settle(seen[t], painted(seen[t], t), LOOK), whole[t])


@pytest.mark.parametrize("size", [(120, 160), (150, 200)])
@pytest.mark.parametrize("fading", [False, True])
def test_another_network_melts_in_without_a_jump(size, fading):
    """In a third of a second, at its own size, also while the look moves."""
    temporal_filter = TemporalFilter(0.9)
    old, new = np.full((*SIZE[:2], 3), 60, np.uint8), np.full((*size, 3), 160, np.uint8)
    seen = np.full((*size, 3), 90, np.uint8)
    for _ in range(5):
        temporal_filter.settle(scene(), old, LOOK)
    temporal_filter.melt()
    shown = [temporal_filter.settle(seen, new, Look.of(np.ones(100)) if fading else LOOK) for _ in range(12)]
    levels = [60, *(int(image.mean()) for image in shown)]
    assert levels[-1] == 160 and levels[1] < 80
    assert max(b - a for a, b in zip(levels, levels[1:])) <= 45
    assert levels == sorted(levels)


def test_after_a_change_of_network_what_moves_is_let_through_at_once():
    temporal_filter = TemporalFilter(0.9)
    temporal_filter.settle(scene(20), 255 - scene(20), LOOK)
    temporal_filter.melt()
    temporal_filter.settle(scene(20), 250 - scene(20), LOOK)
    shown = temporal_filter.settle(scene(60), 250 - scene(60), LOOK)
    assert abs(int(shown[60, 75, 0]) - 50) <= 1
