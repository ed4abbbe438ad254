"""Meters count intervals and keep percentiles in constant memory."""

import pytest

from live_style.stats import Meter


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
