"""The eye: what is seen to change counts, whatever the numbers do."""

from __future__ import annotations

import numpy as np
import pytest

from live_style.control.perceptual_distance import PLAIN
from live_style.control.perceptual_distance import PerceptualMetric
from live_style.look import REAL
from live_style.look import Look

RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=(40, 100))
PAINTS = RNG.normal(size=(100, 18 * 32 * 3))
PAINTS[50:] = 0.0


def pictures(numbers: np.ndarray) -> np.ndarray:
    """What a network paints that takes no notice of the second half of its numbers."""
    return np.clip(128 + 3 * numbers @ PAINTS, 0, 255).astype(np.uint8).reshape(-1, 18, 32, 3)


def test_what_changes_the_picture_is_farther_than_what_does_not() -> None:
    metric = PerceptualMetric.of(list(NUMBERS), list(pictures(NUMBERS)))
    seen, unseen = np.zeros(100), np.zeros(100)
    seen[:50], unseen[50:] = RNG.normal(size=50), RNG.normal(size=50)
    seen, unseen = seen / np.linalg.norm(seen), unseen / np.linalg.norm(unseen)
    far, near = (metric.between(REAL, Look.of(step)) for step in (seen, unseen))
    assert far > 1.1 * near > 0.0


def test_styles_are_as_far_apart_on_the_average_as_by_their_numbers() -> None:
    metric = PerceptualMetric.of(list(NUMBERS), list(pictures(NUMBERS)))
    looks = [Look.of(numbers) for numbers in NUMBERS]
    ratios = [metric.between(a, b) / PLAIN.between(a, b) for a in looks for b in looks if a is not b]
    assert np.median(ratios) == pytest.approx(1.0, abs=0.1)


def test_equal_steps_of_the_eye_are_more_equal_steps_of_the_picture() -> None:
    metric = PerceptualMetric.of(list(NUMBERS[:30]), list(pictures(NUMBERS[:30])))
    spread = {}
    for name, measure in (("eye", metric), ("numbers", PLAIN)):
        steps = []
        for a, b in zip(NUMBERS[:29], NUMBERS[1:30], strict=True):
            changed = np.abs(pictures(b[None]).astype(float) - pictures(a[None])).mean()
            steps.append(changed / measure.between(Look.of(a), Look.of(b)))
        spread[name] = np.std(steps) / np.mean(steps)
    assert spread["eye"] < 0.8 * spread["numbers"]


def test_colours_are_seen_and_a_look_is_at_no_distance_of_itself() -> None:
    look = Look.of(NUMBERS[0])
    assert PLAIN.between(look, look) == 0.0
    assert PLAIN.between(look, Look.of(NUMBERS[0], color=1.0)) > 2.0


def test_too_few_pictures_or_all_the_same_teach_nothing_wrong() -> None:
    assert PerceptualMetric.of(list(NUMBERS[:3]), list(pictures(NUMBERS[:3]))) is PLAIN
    grey = [np.full((18, 32, 3), 128, np.uint8)] * 40
    blind = PerceptualMetric.of(list(NUMBERS), grey)
    assert np.isfinite(blind.axes).all()
    assert blind.between(REAL, Look.of(NUMBERS[0])) > 0.0
    twins = PerceptualMetric.of([NUMBERS[0]] * 10, grey[:10])
    assert np.isfinite(twins.axes).all()
