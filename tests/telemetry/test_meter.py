"""Meters count intervals and keep percentiles in constant memory."""

import time

import pytest

from live_style.pipeline.report import late
from live_style.pipeline.session_stats import SessionStats
from live_style.telemetry.meter import Meter
from live_style.telemetry.meter import time_of


def test_rate_is_from_intervals():
    meter = Meter()
    for i in range(11):
        meter.add(i * 0.1)
    assert meter.fps(1.0) == pytest.approx(10.0)


def test_rate_of_nothing_and_of_long_ago_is_zero():
    meter = Meter()
    assert meter.fps(0.0) == 0.0
    meter.add(0.0)
    meter.add(0.1)
    assert meter.fps(60.0) == 0.0


def test_percentiles():
    meter = Meter()
    assert meter.spread() == (0.0, 0.0, 0.0)
    for ms in range(1, 101):
        meter.add(0.0, ms / 1000)
    spread = meter.spread()
    assert spread.p50 == pytest.approx(50, abs=1)
    assert spread.p95 == pytest.approx(95, abs=1)
    assert spread.max == 100


def test_what_is_longer_than_the_histogram_still_counts_as_the_maximum():
    meter = Meter()
    meter.add(0.0, 60.0)
    assert meter.spread().max == 60_000


def test_the_share_above_counts_what_took_longer():
    meter = Meter()
    assert meter.share_above(10) == 0
    for i in range(100):
        meter.add(i / 10, 0.033 if i < 97 else 0.066)
    assert meter.share_above(50) == 0.03
    assert meter.share_above(20) == 1
    assert meter.share_above(1e9) == 0


def test_late_frames_are_counted_once_the_show_has_settled():
    stats, now = SessionStats(), 0.0
    for i in range(200):
        now += 1 / 30 if i % 20 or i < 100 else 3 / 30
        stats.shown(now, now - 0.02, 0.001, fading=False)
    settled = sum(1 for i in range(200) if i > 91)
    assert late(stats, 30) == pytest.approx(5 / settled, abs=0.005)
    assert stats.facts()["gap_ms"]["max"] == pytest.approx(100, abs=0.2)
    assert late(stats, None) is None and late(stats, 0) is None


def test_frames_that_are_skipped_on_purpose_make_none_late():
    """A camera of 30 frames a second, of which 20 are painted: every second wait is of two frame times."""
    stats, skipped = SessionStats(), 0
    for i in range(300):
        if i % 3 == 1:
            skipped += 1
        else:
            stats.shown(i / 30, i / 30 - 0.02, 0.001, fading=False, skipped=skipped)
    assert late(stats, 30) == 0.0
    stats.shown(304 / 30, 0.0, 0.001, fading=False, skipped=skipped)
    assert late(stats, 30) > 0.0


@pytest.mark.parametrize("least, seconds, most, runs", [(3, 0.0, None, 3), (1, 60.0, 2, 2), (1, 0.0, 3, 1)])
def test_a_call_is_timed_as_often_as_asked(least, seconds, most, runs):
    calls = []
    assert 0.002 <= time_of(lambda: calls.append(time.sleep(0.002)), least, seconds, most) < 1.0
    assert len(calls) == runs
