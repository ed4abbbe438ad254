"""Fades start from where the value is, never jump, and come to rest."""

import itertools

import numpy as np
import pytest

from live_style.control.fade import Fade
from live_style.control.fade import Level
from live_style.control.fade import ease
from live_style.control.fade import still


def test_a_still_fade_stays():
    assert still(Level(0.4)).at(0.0) == still(Level(0.4)).at(1e9) == 0.4


def test_it_leaves_and_arrives_on_time():
    fade = Fade(Level(0.0), Level(1.0), 10.0, 2.0)
    assert fade.at(9.0) == 0.0
    assert fade.at(10.0) == 0.0
    assert fade.at(11.0) == pytest.approx(0.5)
    assert fade.at(12.0) == 1.0
    assert fade.progress(11.0) == pytest.approx(0.5)


def test_a_new_target_in_the_middle_starts_from_the_current_value():
    fade = Fade(Level(0.0), Level(1.0), 0.0, 1.0)
    turned = fade.to(Level(0.2), 0.6, 1.0)
    assert turned.at(0.6) == pytest.approx(fade.at(0.6))
    assert turned.at(1.6) == pytest.approx(0.2)


def test_a_fade_of_no_time_is_a_cut():
    assert still(Level(0.0)).to(Level(1.0), 5.0, 0.0).at(5.0) == 1.0


def test_a_cut_in_the_future_holds_until_then():
    cut = Fade(Level(0.2), Level(1.0), 5.0, 0.0)
    assert (cut.at(4.9), cut.at(5.0)) == (0.2, 1.0)


def test_one_that_begins_later_holds_until_then():
    fade = still(Level(0.3)).to(Level(1.0), 0.0, 1.0, began=4.0)
    assert fade.at(3.9) == pytest.approx(0.3)
    assert fade.at(5.0) == 1.0


def test_no_step_of_thirty_frames_a_second_is_above_one_and_a_half_times_the_mean():
    fade = Fade(Level(0.0), Level(1.0), 0.0, 1.0)
    values = [fade.at(i / 30) for i in range(31)]
    steps = [b - a for a, b in itertools.pairwise(values)]
    assert min(steps) >= 0.0
    assert max(steps) <= 1.5 * float(np.mean(steps))
    assert max(steps) <= 1.1 * float(np.median(steps))
    assert steps[0] < 0.2 * max(steps)


def test_ease_is_bounded():
    assert [ease(t) for t in (-1, 0, 0.5, 1, 2)] == [0.0, 0.0, 0.5, 1.0, 1.0]
