"""The capture thread: newest wins, and a pulled cable is only a pause."""

import time
from collections.abc import Callable
from collections.abc import Iterator

import pytest

from live_style.frame import size_of
from live_style.pipeline.capture import Capture
from tests.support.scripted import ScriptedSource


RESTING = "resting"


def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something that must come true."""
    end = time.perf_counter() + seconds
    while not condition():
        assert time.perf_counter() < end, "it did not come true"
        time.sleep(0.005)


@pytest.fixture
def source() -> ScriptedSource:
    source = ScriptedSource()
    source.open()
    return source


@pytest.fixture
def capture(source: ScriptedSource) -> Iterator[Capture]:
    capture = Capture(source, (32, 18), resting=lambda: RESTING in source.label)
    capture.start()
    yield capture
    source.flowing.set()
    assert capture.stop()
    assert source.closes == source.opens


def test_frames_arrive_fitted_and_the_newest_wins(capture):
    time.sleep(0.2)
    first = capture.frames.take(1)
    second = capture.frames.take(1)
    assert size_of(first.image) == (32, 18)
    assert first.number > 5
    assert second.number == first.number + 1
    assert capture.frames.dropped >= first.number - 2


def test_a_pulled_cable_closes_the_handle_and_is_mended_by_plugging_in(capture, source):
    until(lambda: capture.meter.count > 3)
    assert not capture.lost(time.perf_counter())
    source.plugged.clear()
    until(lambda: capture.trouble is not None)
    assert capture.lost(time.perf_counter())
    assert source.closes == 1
    count = capture.meter.count
    source.plugged.set()
    until(lambda: capture.meter.count > count + 3)
    assert capture.reconnects == 1
    assert not capture.lost(time.perf_counter())


def test_twenty_pulls_are_twenty_pauses(source, monkeypatch):
    monkeypatch.setattr("live_style.pipeline.capture.RETRY", 0.02)
    capture = Capture(source, (32, 18), resting=lambda: RESTING in source.label)
    capture.start()
    for pull in range(20):
        source.plugged.clear()
        until(lambda: capture.trouble is not None)
        source.plugged.set()
        until(lambda: capture.reconnects == pull + 1)
    assert capture.stop()
    assert source.opens == source.closes == 21


def test_a_source_that_hangs_counts_as_lost_by_the_clock(capture, source):
    until(lambda: capture.meter.count > 0)
    source.flowing.clear()
    time.sleep(0.1)
    now = time.perf_counter()
    assert not capture.lost(now)
    assert capture.lost(now + 2.5)
    source.flowing.set()
    count = capture.meter.count
    until(lambda: capture.meter.count > count)
    assert not capture.lost(time.perf_counter())


def test_a_bug_in_a_source_is_kept_and_raised_on_the_main_thread(source):
    capture = Capture(source, (32, 18), resting=lambda: RESTING in source.label)
    source.read = lambda: 1 / 0  # type: ignore[assignment,method-assign,return-value]
    capture.start()
    with pytest.raises(ZeroDivisionError):
        until(lambda: bool(capture.check()))
    assert capture.stop()


def test_black_pictures_are_told_after_a_while_and_cheaply(capture, source):
    until(lambda: capture.newest is not None)
    assert not capture.dark(time.perf_counter())
    source.dark_since = 100.0
    assert not capture.dark(101.0) and capture.dark(102.5)


def test_while_nothing_new_would_be_seen_the_source_is_let_be_and_wakes_at_once(capture, source):
    until(lambda: capture.meter.count > 3)
    source.label = RESTING
    time.sleep(0.1)
    count = capture.meter.count
    time.sleep(1.7)
    assert 1 <= capture.meter.count - count <= 2
    assert not capture.lost(time.perf_counter())
    capture.frames.take(0)
    source.label = ""
    waking = time.perf_counter()
    until(lambda: capture.meter.count > count + 4)
    assert time.perf_counter() - waking < 0.5
    assert source.closes == 0


def test_a_pulled_cable_is_noticed_while_it_rests(capture, source):
    until(lambda: capture.meter.count > 3)
    source.label = RESTING
    source.plugged.clear()
    until(lambda: capture.lost(time.perf_counter()))
    source.plugged.set()
    until(lambda: not capture.lost(time.perf_counter()))


def test_another_source_takes_over_and_the_old_one_is_closed(capture: Capture, source: ScriptedSource) -> None:
    until(lambda: capture.meter.count > 3)
    other = ScriptedSource()
    other.open()
    capture.switch(other)
    until(lambda: source.closes == 1)
    count = capture.meter.count
    until(lambda: capture.meter.count > count + 3)
    assert capture.source is other and capture.reconnects == 0
    assert capture.stop() and other.closes == 1


def test_a_camera_that_is_lost_gives_way_to_another_one(capture: Capture, source: ScriptedSource) -> None:
    source.plugged.clear()
    until(lambda: capture.trouble is not None)
    other = ScriptedSource()
    other.open()
    capture.switch(other)
    until(lambda: capture.source is other)
    count = capture.meter.count
    until(lambda: capture.meter.count > count + 3)
    assert capture.trouble is None and capture.stop() and other.closes == 1
