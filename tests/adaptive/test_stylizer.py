"""The adaptive stylizer: it prepares networks during the show, and finds the level of the last show again."""

from __future__ import annotations

import json
import math
import time
import weakref
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from live_style.adaptive.levels import Prefer
from live_style.adaptive.levels import QualityLevel
from live_style.adaptive.levels import points_of
from live_style.adaptive.levels import quality_levels
from live_style.adaptive.other_load import OtherLoad
from live_style.adaptive.pool import AHEAD
from live_style.adaptive.pool import held
from live_style.adaptive.stylizer import AdaptiveStylizer
from live_style.adaptive.stylizer import Requirements
from live_style.adaptive.stylizer import open_adaptive
from live_style.errors import LiveStyleError
from live_style.errors import ProviderError
from live_style.look import Look
from live_style.system import paths
from live_style.system.calibration_cache import remember
from live_style.system.calibration_cache import remembered
from live_style.system.cpu import CpuTimes
from tests.support.networks import MODELS
from tests.support.networks import picture

NEEDS = Requirements(MODELS, (480, 270), 30.0, provider="cpu", smooth=0.9)
FLOOR = {"provider": "cpu", "model": "fast", "net_size": "384x216", "fps": "30"}
LOOK = Look.of(np.full(100, 0.1))
PATIENCE = 60
"""Seconds within which a thread has done what it is waited for, on the busiest machine."""


class Clock:
    """An adaptive stylizer in a show whose frames take as long as the test says."""

    def __init__(self, adaptive: AdaptiveStylizer) -> None:
        self.adaptive, self.now = adaptive, 0.0
        self.taken, self._core_seconds, self._busy_seconds = 0.0, 0.0, 0.0
        """What other programs take of the processor, 0..1."""
        adaptive.spent = self._spent
        adaptive._load = adaptive._load.seen(0.0)
        self.seen: list[tuple[str, str]] = []

    def play(self, seconds: float, took: float, until: str = "", fading: bool = False) -> None:
        """Frames for so long on the show's clock, and on until a step paints."""
        end, patience = self.now + seconds, time.monotonic() + PATIENCE
        while self.now < end or until and self.level != until and time.monotonic() < patience:
            self.now += 1 / 30
            shifted = self.adaptive.after(self.now, took, fading)
            if shifted is not None:
                assert shifted is self.adaptive.stylizer
                self.seen.append((shifted.model, self.level))
            time.sleep(0.002)

    def _spent(self) -> CpuTimes:
        self._core_seconds += 1.0
        self._busy_seconds += self.taken
        return CpuTimes(self._core_seconds, self._busy_seconds)

    @property
    def level(self) -> str:
        width, height = self.adaptive.stylizer.net_size
        return f"{self.adaptive.stylizer.model} {width}x{height}"


@pytest.fixture
def clock() -> Iterator[Clock]:
    adaptive = open_adaptive(NEEDS, FLOOR)
    adaptive.start()
    yield Clock(adaptive)
    assert adaptive.stop()


def test_steps_go_from_quick_to_good_and_each_costs_more():
    for output in ((1280, 720), (1920, 1080), (640, 480), (720, 1280), (320, 180), (64, 64)):
        levels = quality_levels(("fast", "balanced"), output)
        costs = [level.cost for level in levels]
        assert costs == sorted(costs)
        assert all(b > 1.18 * a for a, b in zip(costs, costs[1:]))
        assert all(level.size[0] <= output[0] and level.size[1] <= output[1] for level in levels if min(output) >= 144)
        assert [level.model for level in levels] == sorted((level.model for level in levels), reverse=True)
    assert quality_levels(("fast", "balanced"), (1280, 720))[-1][:2] == ("balanced", (1280, 720))
    assert len(quality_levels(("fast",), (1280, 720), (128, 72))) == 1


@pytest.mark.parametrize("battery", [False, True])
def test_on_a_battery_it_works_a_third_less(battery):
    """A frame of 20 ms is right for the mains, at 30 frames a second, and too much for a battery."""
    adaptive = open_adaptive(NEEDS, {**FLOOR, "net_size": "480x272", "fps": "30"})
    adaptive.battery = lambda: battery
    adaptive.start()
    clock = Clock(adaptive)
    clock.play(4, 0.020, until="fast 384x216" if battery else "")
    assert clock.level == ("fast 384x216" if battery else "fast 480x272")
    assert adaptive.facts()["on_battery"] == battery
    assert adaptive.stop()


def test_a_known_machine_begins_where_it_was(clock):
    assert clock.level == "fast 384x216"
    assert clock.adaptive.stylizer.stylize(picture((320, 180)), LOOK).shape == (180, 320, 3)


def test_it_climbs_when_there_is_time_and_comes_down_when_there_is_none(clock):
    clock.play(3, 0.004, until="balanced 480x272")
    assert clock.level == "balanced 480x272"
    clock.play(0.5, 0.050, until="fast 384x216")
    assert clock.level == "fast 384x216"
    facts = clock.adaptive.facts()
    painted = [f"{change['model']} {change['net_size']}" for change in facts["step_changes"]]
    assert list(dict.fromkeys(painted)) == [level for _, level in clock.seen]
    used = {(level["model"], level["net_size"]) for level in facts["steps"]}
    assert used >= {("fast", "384x216"), ("balanced", "480x272")}
    assert next(level["ms"] for level in facts["steps"] if {**level, **FLOOR} == level) == pytest.approx(4, abs=0.1)


def test_what_may_be_needed_is_opened_in_the_first_second_and_not_when_the_load_changes(clock, monkeypatch):
    """To open a network, and to take one down, is felt in a show."""
    clock.play(0.5, 0.022)
    opened, deadline = [], time.monotonic() + PATIENCE
    while len(clock.adaptive._pool.warm) < 2 and time.monotonic() < deadline:
        clock.play(0.1, 0.022)
    assert sorted(clock.adaptive._pool.warm) == [0, 1], "the one in use, the one above"
    clock.play(0, 0.004, until="balanced 480x272")
    monkeypatch.setattr("live_style.adaptive.stylizer.open_level", lambda needs, level, like: opened.append(level))
    for _ in range(3):
        clock.play(0.5, 0.050, until="fast 384x216")
        clock.now += 700.0  # until a climb that did not last is tried again
        clock.play(0, 0.004, until="balanced 480x272")
    assert [level for _, level in clock.seen].count("balanced 480x272") == 4
    assert opened == []


def test_one_frame_is_enough_to_have_everything_opened():
    """An unwatched show paints a frame in 1.5 s: opening a network must not take ten."""
    adaptive = open_adaptive(NEEDS, {"provider": "cpu", "model": "balanced", "net_size": "480x272", "fps": "30"})
    adaptive.start()
    Clock(adaptive).play(1 / 30, 0.02)
    deadline = time.monotonic() + PATIENCE
    while len(adaptive._pool.warm) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert adaptive.stop()
    assert sorted(adaptive._pool.warm) == [0, 1, 2]


def test_where_a_network_is_slow_to_open_only_what_is_needed_is_opened(monkeypatch):
    """As on a graphics chip, for which it is compiled for seconds."""
    monkeypatch.setattr("live_style.adaptive.pool.SLOW", 0.0)
    adaptive = open_adaptive(NEEDS._replace(output=(1280, 720)), {**FLOOR, "net_size": "640x360"})
    adaptive.start()
    clock = Clock(adaptive)
    clock.play(1, 0.022)
    deadline = time.monotonic() + PATIENCE
    while len(adaptive._pool.warm) < 3 and time.monotonic() < deadline:
        clock.play(0.1, 0.022)
    clock.play(1, 0.022)
    assert adaptive.stop()
    assert sorted(adaptive._pool.warm) == [0, 2, 3]


def test_a_network_that_would_take_memory_and_is_not_needed_is_let_go_of(clock, monkeypatch):
    """On its way up a show warms many; back on the lowest step it holds that one only."""
    monkeypatch.setattr("live_style.adaptive.pool.AHEAD", 0)
    monkeypatch.setattr("live_style.adaptive.pool.KEPT", 0)
    clock.play(3, 0.004, until="balanced 480x272")
    played(clock, 0.016, lambda: len(clock.adaptive._pool.warm) == 3)
    clock.play(2, 0.016)
    networks = [weakref.ref(warm) for warm in clock.adaptive._pool.warm.values()]
    assert len(networks) == 3, "the one in use, the one below, the lowest"
    clock.play(0.5, 0.050, until="fast 384x216")
    deadline = time.monotonic() + PATIENCE
    while sum(net() is not None for net in networks) > 1 and time.monotonic() < deadline:
        clock.play(0.1, 0.022)
    assert [net() for net in networks if net() is not None] == [clock.adaptive.stylizer]


@pytest.mark.parametrize("output", [(640, 360), (1280, 720), (1920, 1080), (3840, 2160)])
def test_what_is_held_has_a_step_to_fall_to_and_a_bound(output):
    areas = [math.prod(level.size) for level in quality_levels(("fast", "balanced"), output)]
    for level in range(len(areas)):
        chosen = held(areas, level, AHEAD)
        assert {0, max(0, level - 1), level} <= set(chosen) and len(set(chosen)) == len(chosen)
        assert max(chosen) <= level + 1
        beyond = [place for place in chosen if place not in (0, level - 1, level)]
        assert not beyond or sum(areas[place] for place in chosen) <= AHEAD
        assert set(held(areas, level, 0)) == {0, max(0, level - 1), level}


def test_nothing_changes_in_a_fade(clock):
    clock.play(4, 0.004, fading=True)
    assert clock.seen == []


def test_the_next_lower_step_is_warm_before_it_is_needed():
    adaptive = open_adaptive(NEEDS, {"provider": "cpu", "model": "balanced", "net_size": "480x272", "fps": "30"})
    adaptive.start()
    clock = Clock(adaptive)
    try:
        clock.play(2, 0.016)
        deadline = time.monotonic() + PATIENCE
        while len(adaptive._pool.warm) < 3 and time.monotonic() < deadline:
            clock.play(0.1, 0.016)
        frames = len(clock.seen)
        clock.play(0.5, 0.060)
        assert len(clock.seen) == frames + 1, "at once, within half a second"
    finally:
        assert adaptive.stop()


def test_what_was_asked_for_is_kept():
    pinned = open_adaptive(NEEDS._replace(model="balanced", net_size=(64, 40)), {})
    assert len(pinned.levels) == 1 and pinned.chosen() == {} and pinned.proven() == {}
    size = open_adaptive(NEEDS._replace(net_size=(64, 40)), {})
    assert {level.size for level in size.levels} == {(64, 40)}
    assert {level.model for level in size.levels} == {"fast", "balanced"}
    model = open_adaptive(NEEDS._replace(model="balanced"), {})
    assert {level.model for level in model.levels} == {"balanced"}
    assert len(model.levels) > 1


def test_the_step_that_painted_most_is_remembered(clock):
    clock.play(1, 0.02)
    assert clock.adaptive.proven() == {}, "a second proves nothing"
    clock.play(3, 0.02)
    assert clock.adaptive.proven() == FLOOR


@pytest.mark.parametrize("known", [
    {}, {"provider": "cuda", "model": "fast", "net_size": "384x216", "fps": "30"},
    {"provider": "cpu", "model": "gone", "net_size": "384x216", "fps": "30"},
    {"provider": "cpu", "model": "fast", "net_size": "9999x9999", "fps": "30"},
    {"provider": "cpu", "model": "fast", "net_size": "256x144", "fps": "30"},
    {**FLOOR, "fps": "29"},
])
def test_without_good_knowledge_a_trial_finds_the_step(known):
    adaptive = open_adaptive(NEEDS, known)
    assert adaptive.level in adaptive.levels
    assert adaptive.stylizer.net_size == adaptive.level.size and adaptive.stylizer.model == adaptive.level.model


LOST = ProviderError("the GPU was lost", "Restart it.")


def test_a_lost_processor_is_replaced_whole(clock):
    lost, told = clock.adaptive.stylizer, []
    clock.adaptive.needs, clock.adaptive.tell = NEEDS._replace(provider="auto"), told.append
    assert clock.adaptive.rescue(LOST) is clock.adaptive.stylizer is not lost
    assert [error.cause for error in told] == ["the GPU was lost - the show continues on the CPU"]
    with pytest.raises(ProviderError, match="the GPU was lost"):
        clock.adaptive.rescue(LOST)  # now that it was asked for
    clock.now = 0.0
    clock.play(0.2, 0.02)


def test_what_steps_did_before_a_rescue_stays_in_the_report(clock):
    clock.play(1, 0.02)
    before = clock.adaptive.facts()["steps"]
    clock.adaptive.needs = NEEDS._replace(provider="auto")
    clock.adaptive.rescue(LOST)
    assert clock.adaptive.facts()["steps"] == before, "what painted until then"
    *_, change = clock.adaptive.facts()["step_changes"]
    assert change["at"] == pytest.approx(1, abs=0.1) and change["provider"] == "cpu"
    clock.play(1, 0.02)
    levels = clock.adaptive.facts()["steps"]
    assert levels[:len(before)] == before
    assert sum(level["frames"] for level in levels) == pytest.approx(60, abs=2)


def unlucky(*arguments: object) -> None:
    raise ZeroDivisionError("of the driver's own")


def test_an_error_that_nobody_expects_is_told_once_and_auto_quality_goes_on(monkeypatch):
    """The pool's thread died of it, and the show kept the step that it had, without a word."""
    told = []
    adaptive = open_adaptive(NEEDS, FLOOR)
    adaptive.tell, adaptive.battery = told.append, unlucky
    monkeypatch.setattr("live_style.adaptive.pool.malloc.tidy", unlucky)
    adaptive.start()
    clock = Clock(adaptive)
    clock.play(3, 0.004, until="balanced 480x272")
    clock.play(0.5, 0.050, until="fast 384x216")
    assert clock.level == "fast 384x216" and adaptive.stop()
    assert [error.cause for error in told] == \
        ["automatic quality ran into an unexpected error: ZeroDivisionError: of the driver's own"]
    assert told[0].cure


def test_a_network_that_fails_as_nobody_expects_is_given_up_with_a_word(monkeypatch):
    told = []
    adaptive = open_adaptive(NEEDS, FLOOR)
    adaptive.tell = told.append
    monkeypatch.setattr("live_style.adaptive.stylizer.open_level", unlucky)
    adaptive.start()
    clock = Clock(adaptive)
    clock.play(20, 0.004)
    assert adaptive.stop() and len(told) == 1 and clock.seen == []


@pytest.mark.parametrize("known", [FLOOR, {"provider": "cpu", "model": "balanced", "net_size": "480x272", "fps": "30"}])
@pytest.mark.parametrize("took", [0.004, 0.050])
def test_a_step_that_cannot_be_opened_is_given_up(known, took, monkeypatch):
    """It is not tried repeatedly during the show, whether the level is above or below."""
    tried = []

    def broken(needs: Requirements, level: QualityLevel, like: object) -> None:
        tried.append(level)
        raise ProviderError("the computer is out of memory", "Close other programs.")

    adaptive = open_adaptive(NEEDS, known)
    monkeypatch.setattr("live_style.adaptive.stylizer.open_level", broken)
    adaptive.start()
    clock = Clock(adaptive)
    clock.play(20, took)
    assert adaptive.stop()
    assert clock.seen == [] and len(tried) <= 4


def test_what_is_remembered_is_bounded_and_mends_itself(home: Path):
    assert remembered("here") == {}
    for number in range(80):
        remember(f"place {number}", FLOOR)
    remember("here", FLOOR)
    assert remembered("here") == FLOOR
    file = paths.cache_folder() / "steps.json"
    assert len(json.loads(file.read_text())) == 50
    assert remembered("place 0") == {} and remembered("place 79") == FLOOR
    for text in ("", "[]", "{", '{"here": 3}', "\0", '{"here": {"model": 7}}', "[" * 50_000):
        file.write_text(text)
        assert isinstance(remembered("here"), dict)
    remember("here", FLOOR)
    assert remembered("here") == FLOOR
    assert [each.name for each in file.parent.iterdir()] == ["steps.json"]


def test_where_nothing_can_be_written_nothing_is_kept(home: Path):
    (home / "cache").write_text("a file where the folder should be")
    remember("here", FLOOR)
    assert remembered("here") == {}


BEST = {"provider": "cpu", "model": "balanced", "net_size": "480x272", "fps": "30"}


@pytest.fixture
def crowded(monkeypatch) -> Iterator[Clock]:
    """A show on a machine that other programs keep busy as the test says; it has played at its best."""
    monkeypatch.setattr("live_style.adaptive.stylizer.LOAD_LOOK", 0.0)
    adaptive = open_adaptive(NEEDS, BEST)
    adaptive.start()
    clock = Clock(adaptive)
    clock.play(4, 0.018)
    yield clock
    assert adaptive.stop()


def played(clock: Clock, took: float, until: Callable[[], bool]) -> None:
    """Frames until something is so."""
    patience = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < patience
        clock.play(1 / 30, took)


def test_beside_other_programs_it_falls_no_lower_than_the_floor_and_slows_down_there(crowded: Clock) -> None:
    adaptive = crowded.adaptive
    crowded.taken = 0.5
    played(crowded, 0.060, lambda: adaptive.rate == 20.0 and adaptive.busy)
    crowded.play(10, 0.060)
    assert crowded.level == "fast 384x216" and adaptive.busy and adaptive.rate == 20.0
    assert [change["busy"] for change in adaptive.facts()["busy"]] == [True]
    assert {change["net_size"] for change in adaptive.facts()["step_changes"]} == {"384x216"}


def test_what_was_reached_beside_other_programs_is_not_remembered(crowded: Clock) -> None:
    crowded.taken = 0.5
    played(crowded, 0.060, lambda: crowded.adaptive.busy)
    crowded.play(10, 0.060)
    assert crowded.adaptive.proven() == BEST and crowded.adaptive.chosen() == {}
    again = open_adaptive(NEEDS, crowded.adaptive.proven())
    assert again.chosen() == BEST and not again.busy


def test_once_the_others_have_ended_the_former_quality_is_back_within_three_seconds(crowded: Clock) -> None:
    """However often it was tried under the load, after which the next trial comes late."""
    adaptive = crowded.adaptive
    crowded.taken = 0.5
    played(crowded, 0.060, lambda: adaptive.busy)
    for _ in range(6):
        crowded.now += 700.0
        crowded.play(0, 0.005, until="balanced 480x272")
        crowded.play(0.5, 0.060, until="fast 384x216")
    crowded.taken = 0.0
    played(crowded, 0.005, lambda: not adaptive.facts()["busy"][-1]["busy"])
    crowded.play(3, 0.005, until="balanced 480x272")
    assert not adaptive.busy
    *_, free = adaptive.facts()["busy"]
    *_, back = adaptive.facts()["step_changes"]
    assert {**back, **BEST} == back and 0 < back["frame"] - free["frame"] <= 90


def test_a_show_that_starts_beside_other_programs_falls_with_a_badge(monkeypatch) -> None:
    """It steps down before a check reports them: its level then is not that of a quiet machine."""
    adaptive = open_adaptive(NEEDS, BEST)
    clock = Clock(adaptive)
    adaptive._load, clock.taken = OtherLoad(), 0.5
    adaptive.start()
    clock.play(1, 0.060, until="fast 384x216")
    monkeypatch.setattr("live_style.adaptive.stylizer.LOAD_LOOK", 0.0)
    played(clock, 0.060, lambda: adaptive.busy)
    clock.play(5, 0.060)
    assert adaptive.busy and adaptive.proven() == {}
    assert adaptive.stop()


def test_a_first_show_beside_other_programs_is_not_remembered_either(monkeypatch) -> None:
    readings = iter([CpuTimes(0, 0, 0), CpuTimes(10, 9, 1)])
    monkeypatch.setattr("live_style.adaptive.stylizer.spent", lambda: next(readings))
    adaptive = open_adaptive(NEEDS, {})
    assert adaptive.chosen() == {} and adaptive.proven() == {}
    assert adaptive.busy is (adaptive.level != adaptive.levels[-1] or adaptive.rate is not None)


@pytest.mark.parametrize(("prefer", "rate", "level"), [("smooth", None, "fast 480x272"),
                                                       ("sharp", 20.0, "balanced 480x272")])
def test_a_slow_machine_keeps_what_is_preferred(prefer: Prefer, rate: float | None, level: str) -> None:
    """One that paints balanced in 31 ms: too slow for 30 frames a second, quick enough for 20."""
    adaptive = open_adaptive(NEEDS._replace(prefer=prefer), {**FLOOR, "fps": "30" if prefer == "smooth" else "20"})
    adaptive.start()
    clock = Clock(adaptive)
    for _ in range(1000):
        clock.play(1 / 30, {"fast 384x216": 0.010, "fast 480x272": 0.014}.get(clock.level, 0.031))
    assert (adaptive.rate, clock.level) == (rate, level)
    assert adaptive.stop()


def test_a_rate_that_was_asked_for_is_never_exceeded_and_each_gear_is_more_work() -> None:
    levels = quality_levels(("fast", "balanced"), (1280, 720))
    for fps in (10.0, 15.0, 20.0, 24.0, 25.0, 30.0, 60.0):
        for prefer in get_args(Prefer):
            points = points_of(levels, fps, prefer)
            work = [levels[point.place].cost * point.fps for point in points]
            assert work == sorted(set(work))
            assert points[0].place == 0 and points[-1] == (len(levels) - 1, fps)
            assert all(point.fps <= fps for point in points) and min(20.0, fps) <= points[0].fps


def test_other_requirements_paint_as_soon_as_their_network_is_ready(clock: Clock) -> None:
    clock.play(1, 0.010)
    told: list[LiveStyleError] = []
    clock.adaptive.tell = told.append
    clock.adaptive.change(NEEDS._replace(model="balanced", net_size=(256, 144)))
    clock.play(0.5, 0.010, until="balanced 256x144")
    assert clock.level == "balanced 256x144" and clock.adaptive.needs.model == "balanced"
    clock.play(0.5, 0.010)
    used = clock.adaptive.facts()["steps"]
    assert isinstance(used, list) and {"fast", "balanced"} == {each["model"] for each in used}
    clock.adaptive.change(NEEDS._replace(folder=Path("nowhere")))
    end = time.monotonic() + PATIENCE
    while not told and time.monotonic() < end:
        time.sleep(0.005)
    clock.play(0.5, 0.010)
    assert told and clock.level == "balanced 256x144", "what cannot be opened changes nothing"


def test_two_looks_go_down_a_level_at_once_and_one_look_goes_back(clock: Clock) -> None:
    """A frame of `balanced` takes 20 ms: one look keeps up with 30 frames a second, two do not."""
    def frames_in(passes: int, took: float, until: str) -> int:
        for frames in range(30 * PATIENCE):
            if clock.level == until:
                return frames
            clock.adaptive.stylizer.passes = passes
            clock.play(1 / 60, took)
        raise AssertionError(f"{until} was not reached")

    clock.play(3, 0.004, until="balanced 480x272")
    clock.play(2, 0.020)
    assert clock.level == "balanced 480x272"
    assert frames_in(2, 0.040, "fast 480x272") <= 2
    assert frames_in(1, 0.009, "balanced 480x272") > 30, "it is measured first"
