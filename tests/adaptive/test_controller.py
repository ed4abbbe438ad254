"""The controller in front of simulated machines: frames keep coming, and quality does not flap."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from live_style.adaptive.controller import FIRST_WAIT
from live_style.adaptive.controller import QualityController
from tests.support.loads import BUSY

COSTS = (1.0, 1.45, 2.1, 3.0, 4.4, 6.3, 9.0)
"""Seven steps, each dearer by 1.45."""
RATE = 1 / 30
EVEN = (RATE,) * len(COSTS)
WARMING = 0.2
"""Seconds that it takes to get a step ready, during which frames take half as long again."""


class Run(NamedTuple):
    """What a simulated show did."""

    late: float
    """Share of frames, after the first 3 s, that took longer than the time to the next one."""
    moves: list[tuple[float, int]]
    """Clock times, and the steps moved to."""
    held: list[int]
    """The step of every frame."""


def play(seconds: float, load: Callable[[float], float], start: int = 3, fading: Callable[[float], bool] | None = None,
         costs: tuple[float, ...] = COSTS, real: tuple[float, ...] = COSTS, noise: float = 0.0, seed: int = 0,
         controller: QualityController | None = None) -> Run:
    """A show on a machine where a frame of the step of cost 1 takes `load(now)` milliseconds.

    `costs` is what the controller believes, `real` what is true.
    """
    grain = np.exp(np.random.default_rng(seed).normal(0.0, noise, math.ceil(seconds / RATE) + 1)).tolist()
    state = controller or QualityController.at(start, costs, [RATE] * len(costs))
    now, ready, late, frames = 0.0, math.inf, 0, 0
    moves: list[tuple[float, int]] = []
    held: list[int] = []
    while now < seconds:
        warming = ready < math.inf
        took = real[state.level] * load(now) / 1000 * grain.pop() * (1.5 if warming else 1.0)
        done, faded = now + took, fading is not None and fading(now)
        state = state.heard(done, took, fading=faded, paused=warming)
        held.append(state.level)
        if now > 3.0:
            frames += 1
            late += took > RATE
        if state.wanted > state.level and not warming:
            ready = done + WARMING
        if state.wanted < state.level or state.wanted > state.level and done >= ready:
            state = state.moved(state.wanted, done)
            moves.append((done, state.level))
        if state.wanted == state.level:
            ready = math.inf
        now = max(now + RATE, math.ceil(done / RATE - 1e-9) * RATE)
    return Run(late / max(1, frames), moves, held)


def test_it_climbs_to_what_the_machine_can_do_and_stays_there():
    run = play(120, lambda now: 4.0, start=0, noise=0.05)
    assert run.held[-1] == 4  # 17.6 ms of the 25 that a frame may take; the next one would take 25.2
    assert len(run.moves) <= 2
    assert run.late == 0.0


def test_it_goes_down_at_once_and_as_far_as_it_must():
    run = play(20, lambda now: 4.0 if now < 10 else 16.0, start=4, noise=0.05)
    assert [level for _, level in run.moves] == [1] or [level for _, level in run.moves] == [0]
    assert 10 < run.moves[0][0] < 10.6


def test_a_load_that_comes_and_goes_costs_few_frames_and_is_followed_less_and_less():
    run = play(600, lambda now: 4.0 if now % 40 < 20 else 9.0, start=4, noise=0.08)
    assert run.late <= 0.02
    first, last = (sum(a <= t < b for t, _ in run.moves) for a, b in ((0, 300), (300, 600)))
    assert last <= first / 2 and last <= 4
    assert first <= 14


def test_a_fast_changing_load_does_not_make_it_flap():
    run = play(300, lambda now: 4.0 if now % 6 < 3 else 9.0, start=4, noise=0.08)
    assert run.late <= 0.02
    assert len(run.moves) <= 14


@pytest.mark.parametrize("noise", [0.1, 0.2, 0.3])
def test_noise_alone_does_not_move_it(noise):
    run = play(300, lambda now: 4.0, start=3, noise=noise)
    assert len(run.moves) <= 3
    assert run.late <= 0.02


def test_single_stalls_are_forgiven():
    def stalls(now: float) -> float:
        return 60.0 if now % 2 < RATE else 4.0

    run = play(60, stalls, start=4)
    assert run.moves == []


def test_a_machine_that_grows_hot_is_followed_down_and_back():
    def heat(now: float) -> float:
        return 4.0 + 6.0 * min(1.0, max(0.0, (now - 30) / 120)) - 6.0 * min(1.0, max(0.0, (now - 240) / 60))

    run = play(400, heat, start=4, noise=0.08)
    assert run.late <= 0.02
    assert min(run.held) <= 2 and run.held[-1] == 4
    assert len(run.moves) <= 8


def test_what_a_step_costs_in_truth_beats_what_was_expected():
    """The next step is three times as dear as believed: each trial fails, and they become rare."""
    real = (1.0, 1.45, 2.1, 6.5, 9.4, 13.0, 20.0)
    run = play(900, lambda now: 4.5, start=2, real=real, noise=0.05)
    assert run.late <= 0.02
    climbs = [t for t, level in run.moves if level > 2]
    assert 3 <= len(climbs) <= 9
    gaps = np.diff(climbs)
    assert all(later > 1.5 * sooner for sooner, later in zip(gaps, gaps[1:]))


def test_in_the_middle_of_a_fade_nothing_changes_unless_frames_are_dropped():
    always = (lambda now: True)
    assert play(30, lambda now: 2.0, start=2, fading=always).moves == []
    assert play(30, lambda now: 10.0, start=3, fading=always).moves == []  # 30 ms: over the budget, none dropped
    assert play(30, lambda now: 14.0, start=3, fading=always).moves[0][0] < 1.0


def test_a_fade_stops_a_climb_that_was_not_made_yet():
    controller = QualityController.at(0, COSTS, EVEN)
    now = 0.0
    while controller.wanted == 0:
        controller, now = controller.heard(now, 0.004), now + RATE
    assert controller.heard(now, 0.004, fading=True).wanted == 0


def test_a_pause_proves_nothing():
    controller = QualityController.at(0, COSTS, EVEN)
    for i in range(300):
        controller = controller.heard(i * RATE, 0.004, paused=i % 30 == 0)
    assert controller.wanted == 0


def test_the_lowest_step_has_nowhere_to_go():
    run = play(60, lambda now: 50.0, start=0)
    assert run.moves == []


def test_a_step_that_cannot_be_opened_is_given_up():
    controller = QualityController.at(2, COSTS, EVEN)
    for i in range(120):
        controller = controller.heard(i * RATE, 0.002)
    assert controller.wanted > 2
    controller = controller.over(COSTS[:4], EVEN[:4])
    for i in range(120, 600):
        controller = controller.heard(i * RATE, 0.002)
    assert controller.wanted == 3


def test_a_smaller_share_asks_for_less():
    thrifty = QualityController(COSTS, EVEN, 4, 4, share=0.3)
    run = play(60, lambda now: 4.0, controller=thrifty)
    assert run.held[-1] == 2


@settings(max_examples=30, deadline=None)
@given(speed=st.integers(5, 120), start=st.integers(0, 6), seed=st.integers(0, 1000),
       error=st.lists(st.integers(75, 135), min_size=7, max_size=7))
def test_any_steady_machine_comes_to_rest_without_late_frames(speed, start, seed, error):
    """Whatever its speed, and however wrong the expectations are within reason."""
    real = tuple(np.maximum.accumulate([c * e / 100 for c, e in zip(COSTS, error)]).tolist())
    run = play(60, lambda now: speed / 10, start=start, real=real, noise=0.06, seed=seed)
    assert run.late <= 0.02
    assert len(run.moves) <= 12
    assert len([t for t, _ in run.moves if t > 30]) <= 5


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 500), st.booleans(), st.booleans()), max_size=200), st.integers(0, 6))
def test_whatever_it_hears_it_wants_a_step_that_there_is(frames, start):
    controller, now = QualityController.at(start, COSTS, EVEN), 0.0
    for thousandths, fading, paused in frames:
        seconds = thousandths / 1000
        now += max(RATE, seconds)
        controller = controller.heard(now, seconds, fading, paused)
        assert 0 <= controller.wanted < len(COSTS)
        if controller.wanted != controller.level:
            controller = controller.moved(controller.wanted, now)
        assert controller.wait >= FIRST_WAIT


@pytest.mark.sampled(2)
@pytest.mark.parametrize("speed", [0.3, 0.5, 0.7, 1.0])
def test_a_recorded_show_on_a_busy_machine_keeps_its_pace(speed):
    """Its frame times over and over, on machines of several speeds."""
    frames = [ms * speed for ms in BUSY * 8]
    times = iter(frames)
    run = play(len(frames) * RATE * 0.9, lambda now: next(times), start=2)
    assert run.late <= 0.02
    assert len(run.moves) <= 16  # in 170 s


def test_a_show_that_rests_is_not_judged_by_its_rare_frames() -> None:
    """One frame a second finds cold caches and sleeping cores: it takes long, and says nothing of a show at pace."""
    state = QualityController.at(3, COSTS, EVEN)
    for second in range(60):
        state = state.heard(second + 0.08, 0.08)
        assert state.wanted == 3
    for frame in range(60):
        state = state.heard(60 + frame * 0.08, 0.08)
    assert state.wanted < 3


FLOOR_COSTS, FLOOR_INTERVALS = (1.0, 1.0, 1.0, 1.45, 2.1), (1 / 20, 1 / 24, RATE, RATE, RATE)
"""The lowest step at three rates, then two better ones."""


def paced(seconds: float, load: Callable[[float], float], start: int = 4) -> list[tuple[float, int]]:
    """A show whose frames come at the rate of its step; clock times and steps."""
    state, now, held = QualityController.at(start, FLOOR_COSTS, FLOOR_INTERVALS), 0.0, []
    while now < seconds:
        took = FLOOR_COSTS[state.level] * load(now) / 1000
        now += max(took, state.interval)
        state = state.heard(now, took)
        if state.wanted != state.level:
            state = state.moved(state.wanted, now)
        held.append((now, state.level))
    return held


@pytest.mark.parametrize(("ms", "level"), [(15.0, 3), (21.0, 2), (28.0, 1), (35.0, 0), (45.0, 0), (200.0, 0)])
def test_at_the_floor_the_rate_goes_down_as_far_as_it_must(ms: float, level: int) -> None:
    """A frame may take three quarters of its time: 25 ms at 30 frames a second, 31 at 24, 37 at 20."""
    assert {held for now, held in paced(60, lambda now: 10.0 if now < 10 else ms) if now > 20} == {level}


def test_a_load_that_has_ended_holds_nothing_back() -> None:
    state = QualityController.at(4, FLOOR_COSTS, FLOOR_INTERVALS)
    now = 0.0
    for trial in range(6):  # each one that does not last doubles the wait for the next
        for took in (0.080, 0.005):
            end = now + (1.0 if took > 0.05 else 700.0)
            while now < end:
                now += state.interval
                state = state.heard(now, took)
                state = state.moved(state.wanted, now) if state.wanted != state.level else state
                if took < 0.05 and state.level == 4:
                    break
    for _ in range(10):
        now += 0.08
        state = state.heard(now, 0.080)
        state = state.moved(state.wanted, now) if state.wanted != state.level else state
    assert state.quiet > now + 60 and state.level < 4
    state, began = state.relieved(now), now
    while state.level < 4:
        now += state.interval
        state = state.heard(now, 0.005)
        state = state.moved(state.wanted, now) if state.wanted != state.level else state
    assert now - began < 3.0


def test_a_second_pass_is_made_room_for_before_a_frame_is_late() -> None:
    quiet = play(10, lambda now: 3.4, start=5)
    assert not quiet.moves
    state = QualityController.at(5, COSTS, EVEN)
    for frame in range(60):
        state = state.heard(frame * RATE, 3.4 * COSTS[5] / 1000)
    burdened = state.burdened(2.0, 2.0)
    assert 2 * 3.4 * COSTS[burdened.wanted] / 1000 <= RATE * 0.75 < 2 * 3.4 * COSTS[burdened.wanted + 1] / 1000
    assert QualityController.at(5, COSTS, EVEN).burdened(2.0, 2.0).wanted == 5, "nothing was measured yet"
