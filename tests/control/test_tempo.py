"""A tapped tempo finds the next beat."""

import pytest

from live_style.control.tempo import Tempo


def tapped(*times: float) -> Tempo:
    tempo = Tempo()
    for t in times:
        tempo = tempo.tap(t)
    return tempo


def test_without_taps_now_is_the_beat():
    assert Tempo().next_beat(3.25) == 3.25
    assert tapped(1.0).beat is None


def test_the_beat_is_the_mean_interval():
    assert tapped(0.0, 0.52, 0.98, 1.5).beat == pytest.approx(0.5)


def test_the_next_beat_lies_on_the_grid_and_not_in_the_past():
    tempo = tapped(0.0, 0.5, 1.0)
    assert tempo.next_beat(1.2) == pytest.approx(1.5)
    assert tempo.next_beat(7.3) == pytest.approx(7.5)
    assert tempo.next_beat(7.51) == pytest.approx(7.51)  # a finger 10 ms late meant this beat


def test_a_pause_starts_anew_and_a_lone_tap_takes_the_beat_away():
    assert tapped(0.0, 0.5, 10.0).beat is None
    assert tapped(0.0, 0.5, 10.0, 11.0).beat == pytest.approx(1.0)
