"""Two looks in a show: what the feed shows, and which badges say so. The stylizer's person is the left half."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from live_style.control.surface import Command
from live_style.control.surface import action_of
from tests.support.stage import Moment
from tests.support.stage import Stage


def real(moment: Moment) -> tuple[bool, bool]:
    """Whether the person and the room are the real picture."""
    halves = zip(np.hsplit(moment.feed, 2), np.hsplit(moment.input, 2))
    person, room = (bool(np.array_equal(*half)) for half in halves)
    return person, room


def test_a_real_room_is_in_the_feed_and_has_a_badge(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert real(stage.play(["Y"], 3)[-1]) == (False, False)
    last = stage.play(["Shift+J"], 8)[-1]
    assert real(last) == (False, True)
    assert last.badge("real room") and last.badge("two looks: you") and not last.badge("real picture")
    last = stage.play(["0"], 8)[-1]
    assert real(last) == (True, True) and last.badge("real picture") and not last.badge("real room")
    last = stage.play(["Shift+J", "J"], 8)[-1]
    assert real(last) == (True, False) and last.badge("real person") and last.badge("two looks: the room")
    hidden = stage.play(["Shift+Tab"], 2)[-1]
    assert hidden.badge("real person") and not hidden.badge("two looks: the room")


def test_the_panels_and_remote_hands_show_what_is_in_hand(tmp_path: Path) -> None:
    stage, told = Stage(tmp_path), []
    stage.console.listen(told.append)
    stage.play(["Y", "J", "2"], 8)
    assert (told[-1]["style"], told[-1]["title"]) == (2, "other")
    assert (told[-1]["person-style"], told[-1]["room-style"], told[-1]["hand"]) == (1, 2, 2)
    stage.console.put(action_of(Command.PERSON_STRENGTH, 0.5))
    stage.play([], 3)
    assert (told[-1]["person-strength"], told[-1]["room-strength"]) == (0.5, 1.0)
    moment = stage.play(["Y"], 8)[-1]
    assert stage.show.mixer.real_part is None and told[-1]["two-looks"] == 0
    assert np.allclose(*(np.abs(half.astype(int)).mean() for half in np.hsplit(moment.feed, 2)), atol=20)
