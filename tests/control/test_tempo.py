"""A tapped tempo finds the next beat."""

import numpy as np
import pytest

from live_style.control.tempo import FLASHES
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


def heard(bpm: float, at: float = 100.0) -> Tempo:
    return Tempo().follow(bpm, at, at)


def test_the_sound_sets_the_tempo_until_a_hand_taps_and_again_after_a_single_tap() -> None:
    tempo = heard(120.0)
    assert tempo.bpm == pytest.approx(120.0) and tempo.next_beat(100.1) == pytest.approx(100.5)
    tempo = tempo.tap(101.0)
    assert tempo.bpm is None, "the beat of the sound is left"
    assert tempo.follow(120.0, 101.0, 101.2) == tempo, "in the middle of tapping"
    tempo = tempo.tap(101.4).tap(101.8)
    assert tempo.bpm == pytest.approx(150.0)
    for beat in (120.0, None):
        assert tempo.follow(beat, 130.0, 130.0) == tempo, "tap tempo is master"
    ended = tempo.tap(140.0)
    assert ended.follow(120.0, 141.0, 141.0) == ended
    assert ended.follow(120.0, 142.5, 142.5).bpm == pytest.approx(120.0)
    assert heard(120.0).follow(None, 0.0, 110.0).bpm is None


@pytest.mark.parametrize("bpm", [60.0, 100.0, 128.0, 170.0, 179.9, 180.0, 200.0, 240.0, 400.0])
@pytest.mark.parametrize("quick", [False, True])
def test_pulses_come_less_than_three_times_a_second_unless_quick_ones_are_wanted(bpm: float, quick: bool) -> None:
    """The sound's tempo comes four times a second, a little different each time, always with the latest beat."""
    draw, tempo, levels = np.random.default_rng(0), Tempo(), []
    for frame in range(30 * 60):
        now = 100.0 + frame / 30
        if frame % 8 == 0:
            at = 100.0 + np.floor((now - 100.0) * bpm / 60) * 60 / bpm + draw.normal() * 0.002
            tempo = tempo.follow(bpm * (1 + draw.normal() * 0.0005), at, now)
        levels.append(tempo.pulse(now, quick))
    flashes = np.flatnonzero(np.diff(levels) > 0.2)
    most = max(int(((flashes >= start) & (flashes < start + 30)).sum()) for start in range(0, 30 * 60 - 30))
    assert most <= 3 and len(flashes) < 3 * 60 or quick
    assert len(flashes) == pytest.approx(bpm if quick or bpm < 60.0 * FLASHES else bpm / 2, rel=0.02) or bpm > 240.0


def test_a_pushed_clock_never_runs_backwards_and_loses_nothing() -> None:
    tempo = heard(120.0)
    clock = [tempo.pushed(now, 1.0) for now in np.arange(100.0, 110.0, 0.01)]
    assert np.diff(clock).min() >= 0.0 and np.diff(clock).max() > 0.015
    for beat in np.arange(100.0, 110.0, 0.5):
        assert tempo.pushed(beat, 1.0) == pytest.approx(beat)
    assert Tempo().pushed(7.0, 1.0) == 7.0 and Tempo().pulse(7.0, False) == 1.0
