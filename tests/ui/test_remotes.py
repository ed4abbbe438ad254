"""Remote controls of a real show: an action happens in the next frame, and the state is published."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from live_style.control.perceptual_distance import PerceptualMetric
from live_style.control.style_map import StyleMap
from live_style.control.surface import Action
from live_style.control.surface import ArgumentKind
from live_style.control.surface import Command
from live_style.control.surface import action_of
from tests.support.stage import Moment
from tests.support.stage import Stage


def ask(stage: Stage, command: Command, told: object = None) -> None:
    stage.console.put(action_of(command, told))
    stage.play([None])


def strength_of(moment: Moment) -> float:
    """How much of the negative is in a picture of the feed."""
    way = 255.0 - 2.0 * moment.input
    return float(((moment.feed.astype(float) - moment.input) * way).sum() / (way * way).sum())


def test_every_command_can_be_played_from_afar(stage: Stage) -> None:
    left_out = {Command.RELOAD, Command.KEEP_STYLE, Command.CAMERA_STYLE}  # this stage has no style watcher
    for command in set(Command) - left_out - {Command.QUIT}:
        ask(stage, command, {ArgumentKind.LEVEL: 0.5, ArgumentKind.STYLE: 2, ArgumentKind.CUE: 1}.get(command.takes))
    ask(stage, Command.QUIT)
    assert not stage.overlay.helping, "it closed what was on top"


def test_who_reaches_for_the_map_finds_it_laid_out(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.console.listen(lambda state: None)
    stage.play([None])
    for thread in threading.enumerate():
        if thread.name == "map":
            thread.join(10.0)
    stage.play([None])
    monkeypatch.setattr(StyleMap, "of", lambda embeddings: pytest.fail("laid out by the thread that holds the window"))
    monkeypatch.setattr(PerceptualMetric, "of", lambda numbers, pictures: pytest.fail("as above"))
    ask(stage, Command.MAP_X, 0.25)
    assert stage.explorer.here is not None and stage.show.mixer.blend is not None


def test_the_state_tells_of_every_fader_and_switch(stage: Stage) -> None:
    heard = []
    stage.console.listen(heard.append)
    stage.play([None])
    told = {command.value for command in Command if command.takes in (ArgumentKind.LEVEL, ArgumentKind.SWITCH)}
    assert told - {Command.CUE_AUTO.value} <= set(stage.console.state), "there is no set list"
    ask(stage, Command.STYLE, "other")
    ask(stage, Command.STRENGTH, 0.4)
    ask(stage, Command.BLACK, 1)
    state = stage.console.state
    assert (state["style"], state["strength"], state["black"], state["title"]) == (2.0, 0.4, 1.0, "other")
    assert heard[-1] is state
    count = len(heard)
    stage.play([None] * 5)
    assert len(heard) == count, "nothing changed"


def test_nobody_who_listens_costs_nothing(stage: Stage) -> None:
    stage.play(["Right", None])
    assert stage.console.state == {}


def test_a_switch_of_the_show_stays_where_it_is_told_to_be(stage: Stage) -> None:
    for told, drifts in ((1, True), (1, True), (0, False), (0, False), (None, True)):
        ask(stage, Command.DRIFT, told)
        assert (stage.explorer.word == "drift") is drifts
    ask(stage, Command.FULLSCREEN, 0)
    assert not stage.window.fills_screen
    ask(stage, Command.FULLSCREEN, 1)
    ask(stage, Command.FULLSCREEN, 1)
    assert stage.window.fills_screen


def test_the_map_is_led_by_two_faders_and_a_drift_gives_way(stage: Stage) -> None:
    stage.console.listen(lambda state: None)
    ask(stage, Command.DRIFT, 1)
    stage.console.put(Action(Command.MAP_X, value=0.25))
    ask(stage, Command.MAP_Y, 0.75)
    assert not stage.explorer.leading and stage.explorer.here == (0.25, 0.75)
    stage.play([None] * 60)
    blend = stage.show.mixer.blend
    assert blend is None or len(blend.parts) > 1
    assert (stage.console.state["map-x"], stage.console.state["map-y"]) == (0.25, 0.75)


def test_pins_make_a_pad_that_the_faders_play(stage: Stage) -> None:
    stage.console.listen(lambda state: None)
    for told in (1, "other"):
        ask(stage, Command.PIN, told)
    ask(stage, Command.MAP_X, 1.0)
    stage.play([None])
    assert stage.console.state["pins"] == "1,2"
    assert stage.show.mixer.title == "other"


def test_what_is_wrong_is_told_and_the_show_goes_on(stage: Stage) -> None:
    ask(stage, Command.STYLE, "nobody")
    ask(stage, Command.STYLE, 99)
    assert any('no style matches "nobody"' in line for line in stage.said)
    assert len(stage.moments) == 2 and stage.show.mixer.position == 0


def test_a_storm_of_messages_moves_a_fader_once_a_frame(stage: Stage) -> None:
    strengths = []
    for frame in range(30):
        for message in range(200):
            stage.console.put(action_of(Command.STRENGTH, 0.2 + 0.6 * (frame + message / 200) / 30))
        strengths.append(strength_of(stage.play([None])[-1]))
    steps = np.diff(strengths[12:])
    assert stage.show.mixer.strength == pytest.approx(0.8, abs=0.01) and len(stage.moments) == 30
    assert 0.0 < steps.min() and steps.max() < 1.5 * np.median(steps)
