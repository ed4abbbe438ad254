"""The demo scene: the same for the same moment, moving, at any size, cheap, at a camera's pace."""

from __future__ import annotations

import time

import numpy as np
import pytest

from live_style.sources.demo import DemoSource
from live_style.sources.demo import draw_scene


def test_the_same_moment_gives_the_same_pixels() -> None:
    first = draw_scene((640, 360), 4.2)
    draw_scene((640, 360), 9.0)
    assert np.array_equal(first, draw_scene((640, 360), 4.2))


def test_it_moves_from_frame_to_frame_without_jumps() -> None:
    frames = [draw_scene((640, 360), 3 + i / 30).astype(np.int16) for i in range(30)]
    changes = [float(np.abs(a - b).mean()) for a, b in zip(frames, frames[1:])]
    assert min(changes) > 0.02
    assert max(changes) < 3.0


@pytest.mark.parametrize("size", [(320, 180), (640, 480), (480, 640), (1281, 721), (33, 17)])
def test_any_size_is_filled_to_its_edges(size: tuple[int, int]) -> None:
    image = draw_scene(size, 1.0)
    assert image.shape == (size[1], size[0], 3)
    assert image.dtype == np.uint8 and image.flags.c_contiguous
    edges = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    assert edges.max(1).min() > 5


def test_a_frame_costs_little_of_one_core() -> None:
    draw_scene((1280, 720), 0.0)
    costs = []
    for i in range(30):
        began = time.process_time()
        draw_scene((1280, 720), i / 30)
        costs.append(time.process_time() - began)
    # 4 to 6 ms on an idle core; shared cores of a busy machine take up to twice that.
    assert np.mean(costs) < 0.015


def test_it_keeps_a_cameras_pace_and_skips_what_a_slow_reader_missed() -> None:
    source = DemoSource((320, 180), 50.0)
    source.open()
    began = time.perf_counter()
    frames = [source.read() for _ in range(20)]
    time.sleep(0.3)
    late = source.read()
    assert time.perf_counter() - began < 0.9
    assert [f.number for f in [*frames, late]] == list(range(21))
    steps = np.diff([f.born for f in frames])
    assert 0.35 < frames[-1].born - frames[0].born < 0.6
    assert steps.min() >= 0.0
    source.close()
