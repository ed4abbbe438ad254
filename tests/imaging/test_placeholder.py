"""Calm cards: what a camera's silence looks like."""

from __future__ import annotations

import numpy as np
import pytest

from live_style.imaging.placeholder import calm_card


@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (720, 1280), (1920, 1080), (64, 64)])
def test_a_card_is_a_frame_of_the_feed(size: tuple[int, int]) -> None:
    card = calm_card(size, "Waiting for the camera", "Logitech C920 sends nothing")
    assert card.shape == (size[1], size[0], 3) and card.dtype == np.uint8 and card.flags.c_contiguous


def test_it_is_dark_and_quiet_with_its_words_in_the_middle() -> None:
    card = calm_card((1280, 720), "Waiting for the camera", "Logitech C920 sends nothing").astype(int)
    assert card.mean() < 60
    bright = np.argwhere(card.min(axis=2) > 200)
    assert 200 < len(bright) and bright[:, 0].min() > 200 and bright[:, 0].max() < 500
    assert abs(bright[:, 1].mean() - 640) < 20
    # The ground has no edge: neighbours differ by what the noise adds.
    assert np.abs(np.diff(card[:200], axis=0)).max() <= 2 and np.abs(np.diff(card[:200], axis=1)).max() <= 2


def test_long_words_stay_inside() -> None:
    words = "The camera with the very long name at the end of the very long cable " * 4
    card, empty = calm_card((640, 360), words, words).astype(int), calm_card((640, 360), "").astype(int)
    changed = np.argwhere(np.abs(card - empty).max(axis=2) > 0)
    assert changed[:, 1].min() > 30 and changed[:, 1].max() < 610


def test_the_same_words_are_the_same_array_which_nobody_can_change() -> None:
    card = calm_card((320, 180), "a", "b")
    assert calm_card((320, 180), "a", "b") is card
    with pytest.raises(ValueError):
        card[:] = 0
