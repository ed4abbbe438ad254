"""The bare camera is never on air without a badge: what hands do is compared with the camera's own pixels."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from live_style.control.keys import KEYS
from live_style.control.mixer import Mixer
from live_style.control.surface import FROM_AFAR
from live_style.control.surface import LEAST
from live_style.control.surface import Action
from live_style.control.surface import ArgumentKind
from live_style.control.surface import Command
from live_style.control.surface import action_of
from live_style.frame import Image
from live_style.interfaces import Click
from live_style.interfaces import Event
from live_style.interfaces import Key
from live_style.interfaces import Pointer
from live_style.ui.set_list_player import CUES
from tests.support.films import frames_of
from tests.support.paper_camera import PaperCamera
from tests.support.paper_camera import paper_cameras
from tests.support.stage import STYLES
from tests.support.stage import Moment
from tests.support.stage import Stage

ALONE = {Command.RELOAD, Command.KEEP_STYLE, Command.CAMERA_STYLE}
"""What has to do with the styles folder, not with the picture."""
HANDS = st.one_of(
    st.sampled_from([key for key, action in KEYS.actions.items() if action.command not in ALONE]).map(Key),
    st.sampled_from(["0", "Down", "Z", "B", "Shift+M", "T", "Right", "V", "R"]).map(Key),
    st.builds(Pointer, st.integers(0, 639), st.integers(0, 359)),
    st.builds(Click, st.integers(0, 639), st.integers(0, 359), st.booleans()),
    st.none(),
)
REAL_COMMANDS = (Command.BYPASS, Command.PERSON_REAL, Command.ROOM_REAL)
REAL_KEYS = [Key(name) for name in ("0", "Shift+0", "Shift+Y", "Shift+J")]
WEIGHTS = (0.299, 0.587, 0.114)
SEQUENCES = given(st.lists(HANDS, min_size=1, max_size=30), st.sampled_from([1.0, 1.0, 0.06, 0.0]))
FREELY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def said(moment: Moment) -> bool:
    """Whether a badge says that the real picture is on air, or a part of it: one look may cover all of a frame."""
    return any(moment.badge(f"real {part}") for part in ("picture", "person", "room"))


def bare(moment: Moment) -> bool:
    """Whether the feed shows what the camera saw, or its mirror image, in place of a painting of it."""
    feed = moment.feed.astype(int)
    return min(np.abs(feed - seen).mean() for seen in (moment.input, moment.input[:, ::-1])) < 0.9 * LEAST * 127


Greys = npt.NDArray[np.float64]


def alike(a: Greys, b: Greys) -> float:
    """How much two pictures are of the same thing, whatever their contrast: -1 (one is the other's negative) to 1."""
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1]) if a.std() and b.std() else 0.0


def recorded_bare(image: Image, moments: list[Moment]) -> list[Moment]:
    """The moments, if any, of whose bare picture a recorded one is nearer than of their painting.

    The encoder keeps grey and blurs colour: greys are compared. What shows nothing shows no camera.
    """
    grey = image @ WEIGHTS
    if grey.std() < 12.0:
        return []
    candidates = [(moment, picture @ WEIGHTS, moment.feed @ WEIGHTS) for moment in moments
                  for picture in (moment.input, moment.input[:, ::-1])]
    moment, seen, feed = max(candidates, key=lambda one: alike(grey, one[1]))
    if alike(grey, seen) < 0.5:
        return []
    way = feed - seen
    # A weak painting is as near to the picture as the encoder is to either.
    weak = not bare(moment) and np.abs(way).mean() < 20.0
    return [moment] if not weak and ((grey - seen) * way).sum() < 0.5 * (way * way).sum() or bare(moment) else []


def perform(folder: Path, hands: list[Event | None], strength: float) -> None:
    """Play it with a recording and a virtual camera, and look at every picture of the window, the camera, the file."""
    folder = Path(tempfile.mkdtemp(dir=folder))
    with paper_cameras():
        stage = Stage(folder, Mixer(STYLES, strength=strength, seconds=0.2))
        hands = [Key("V"), Key("R"), *hands]
        moments = stage.play(hands, 8)
        stage.close()
        sent = list(PaperCamera.sent)
    assert not stage.outputs.failures
    asked = strength == 0.0
    for hand, moment in zip([*hands, *[None] * 8], moments, strict=False):
        assert not bare(moment) or asked and said(moment)
        asked = asked or hand in REAL_KEYS
    feeds = {moment.feed.tobytes() for moment in moments}
    assert sent and all(image.tobytes() in feeds for image in sent)
    films = list(folder.glob("*.mp4"))
    assert films
    shown = [moment for film in films for image in frames_of(film) for moment in recorded_bare(image, moments)]
    assert all(said(moment) for moment in shown)


@settings(FREELY)
@SEQUENCES
def test_no_hand_brings_the_bare_camera_on_air_without_a_badge(tmp_path: Path, hands: list[Event | None],
                                                               strength: float) -> None:
    perform(tmp_path, hands, strength)


TOLD = {ArgumentKind.NOTHING: st.none(), ArgumentKind.SWITCH: st.sampled_from([None, 0, 1]),
        ArgumentKind.LEVEL: st.floats(-1e9, 1e9, allow_subnormal=False) | st.floats(0.0, 1.0, allow_subnormal=False),
        ArgumentKind.STYLE: st.integers(1, len(STYLES) + 1), ArgumentKind.NUMBER: st.integers(1, 5)}
PLAYED = sorted(set(FROM_AFAR) - ALONE - {Command.VCAM, Command.RECORD, Command.SNAPSHOT}, key=lambda one: one.value)
FROM_ELSEWHERE = st.sampled_from(PLAYED).flatmap(
    lambda command: TOLD[command.takes].map(lambda told: action_of(command, told)))
LIST = "0:00 other\n0:01 strength 0.04 in 0.1s\n0:02 strength 0.3\n0:03 real in 0.1s\n0:04 one\n"


@settings(FREELY, max_examples=60)
@given(st.lists(FROM_ELSEWHERE, min_size=1, max_size=30))
def test_nor_does_any_hand_from_afar_but_by_the_real_picture_or_a_cue(tmp_path: Path, actions: list[Action]) -> None:
    (tmp_path / "list.txt").write_text(LIST)
    stage, asked = Stage(tmp_path, Mixer(STYLES, seconds=0.1), tmp_path / "list.txt"), False
    for action in [*actions, *[Action(Command.TAP)] * 6]:
        stage.console.put(action)
        asked = asked or action.command in REAL_COMMANDS or action.command in CUES
        moment, = stage.play([None])
        assert not bare(moment) or asked and said(moment)
    stage.close()


def test_a_recording_of_the_bare_camera_would_be_seen(tmp_path: Path) -> None:
    """What the test above looks for in recordings is found where it is: after key 0, and only then."""
    stage = Stage(tmp_path)
    moments = stage.play(["R", *[None] * 12, "0", *[None] * 12], 4)
    stage.close()
    film, = tmp_path.glob("*.mp4")
    found = [moment for image in frames_of(film) for moment in recorded_bare(image, moments)]
    assert found and all(moment.badge("real picture") for moment in found)


def test_the_weakest_painting_is_a_painting(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.play(["Down"] * 40, 20)
    assert not bare(stage.moments[-1]) and not stage.moments[-1].badge("real picture")
    assert stage.painter.mixer.strength == LEAST


@pytest.mark.parametrize("strength", [0.0, 0.01])
def test_an_explicit_strength_of_nothing_is_badged_and_reported_like_the_key(tmp_path: Path, strength: float) -> None:
    stage = Stage(tmp_path, Mixer(STYLES, strength=strength, seconds=0.2))
    stage.play([], 3)
    assert all(bare(moment) and moment.badge("real picture") for moment in stage.moments)
    assert any("the real picture is shown" in line for line in stage.said)
    stage.play(["Right", "Up"], 12)
    assert not bare(stage.moments[-1]) and not stage.moments[-1].badge("real picture")
    facts = stage.show.stats.facts()["style_changes"]
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
