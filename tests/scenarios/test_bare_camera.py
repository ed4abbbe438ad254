"""The bare camera is never on air without a badge: what hands do is compared with the camera's own pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from live_style.control.keys import KEYS
from live_style.control.mixer import Desk
from live_style.control.surface import Command
from live_style.control.surface import LEAST
from live_style.interfaces import Click
from live_style.interfaces import Event
from live_style.interfaces import Key
from live_style.interfaces import Pointer
from tests.support.stage import STYLES
from tests.support.stage import Moment
from tests.support.stage import Stage

ALONE = {Command.QUIT, Command.VCAM, Command.RECORD, Command.SNAPSHOT, Command.RELOAD, Command.KEEP_STYLE,
         Command.CAMERA_STYLE}
"""What has to do with devices, files and the end, not with the picture."""
HANDS = st.one_of(
    st.sampled_from([key for key, action in KEYS.actions.items() if action.command not in ALONE]).map(Key),
    st.sampled_from(["0", "Down", "Z", "B", "Shift+M", "T", "Right"]).map(Key),
    st.builds(Pointer, st.integers(0, 639), st.integers(0, 359)),
    st.builds(Click, st.integers(0, 639), st.integers(0, 359), st.booleans()),
    st.none(),
)


def bare(moment: Moment) -> bool:
    """Whether the feed shows what the camera saw, or its mirror image, in place of a painting of it."""
    feed = moment.feed.astype(int)
    return min(np.abs(feed - seen).mean() for seen in (moment.input, moment.input[:, ::-1])) < 0.9 * LEAST * 127


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(HANDS, min_size=1, max_size=30), st.sampled_from([1.0, 1.0, 0.06, 0.0]))
def test_no_hand_brings_the_bare_camera_on_air_without_a_badge(tmp_path: Path, hands: list[Event | None],
                                                               strength: float) -> None:
    moments = Stage(tmp_path, Desk(STYLES, strength=strength, seconds=0.2)).play(hands, 8)
    asked = strength == 0.0
    for hand, moment in zip([*hands, *[None] * 8], moments, strict=True):
        assert not bare(moment) or asked and moment.badge("real picture")
        asked = asked or hand == Key("0") or hand == Key("Shift+0")


def test_the_weakest_painting_is_a_painting(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.play(["Down"] * 40, 20)
    assert not bare(stage.moments[-1]) and not stage.moments[-1].badge("real picture")
    assert stage.painter.desk.strength == LEAST


@pytest.mark.parametrize("strength", [0.0, 0.01])
def test_an_explicit_strength_of_nothing_is_badged_and_reported_like_the_key(tmp_path: Path, strength: float) -> None:
    stage = Stage(tmp_path, Desk(STYLES, strength=strength, seconds=0.2))
    stage.play([], 3)
    assert all(bare(moment) and moment.badge("real picture") for moment in stage.moments)
    assert any("the real picture is shown" in line for line in stage.said)
    stage.play(["Right", "Up"], 12)
    assert not bare(stage.moments[-1]) and not stage.moments[-1].badge("real picture")
    facts = stage.show.tally.facts()["style_changes"]
    assert isinstance(facts, list)
    assert [(change["action"], change["style"]) for change in facts] == \
        [("bypass", "real picture"), ("next", "real picture"), ("stronger", "other")]


def test_the_badge_is_there_as_long_as_the_picture_is_bare(tmp_path: Path) -> None:
    """Also while a style that was chosen waits for its beat, and while a real picture is held."""
    stage = Stage(tmp_path)
    stage.play(["0"], 10)
    assert bare(stage.moments[-1]) and stage.moments[-1].badge("real picture")
    stage.play(["Z", None, "2"], 20)
    held = stage.moments[-1]
    assert np.array_equal(held.feed, stage.moments[-5].feed) and held.badge("real picture")
    stage.play(["Z"], 30)
    assert not bare(stage.moments[-1]) and not stage.moments[-1].badge("real picture")
