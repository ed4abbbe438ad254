"""The control surface: one table for keys and remote hands, and what a message may carry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_style.control.keys import KEYS
from live_style.control.mixer import Mixer
from live_style.control.moves import MOVES
from live_style.control.surface import LEAST
from live_style.control.surface import Action
from live_style.control.surface import ArgumentKind
from live_style.control.surface import Command
from live_style.control.surface import Console
from live_style.control.surface import action_of
from live_style.control.surface import released
from live_style.errors import SettingsError
from tests.support.scripted import style

STYLES = (style("one"), style("other"), style("a third"))
MIXER = Mixer(STYLES, seconds=0.5, favourites=frozenset({"other"}))


def test_keys_are_a_view_of_the_table() -> None:
    pressed = [command for command in Command if command.takes in (ArgumentKind.NOTHING, ArgumentKind.SWITCH)]
    assert [row.action.command for row in KEYS.rows if row.action.number == 0] == pressed
    assert all(row.keys == row.action.command.keys for row in KEYS.rows if row.action.number == 0)


def test_every_row_has_a_name_of_its_own_and_says_what_it_does() -> None:
    assert len({command.value for command in Command}) == len(Command)
    assert all(command.help and command.range.low < command.range.high for command in Command)


@pytest.mark.parametrize(("command", "told", "action"), [
    (Command.NEXT, None, Action(Command.NEXT)),
    (Command.NEXT, 1, Action(Command.NEXT, value=1.0)),
    (Command.BLACK, None, Action(Command.BLACK)),
    (Command.BLACK, True, Action(Command.BLACK, value=1.0)),
    (Command.STRENGTH, 0.5, Action(Command.STRENGTH, value=0.5)),
    (Command.STRENGTH, -3, Action(Command.STRENGTH, value=LEAST)),
    (Command.FADE, 1e30, Action(Command.FADE, value=20.0)),
    (Command.STYLE, 3.0, Action(Command.STYLE, 3)),
    (Command.STYLE, "Neon", Action(Command.STYLE, name="Neon")),
    (Command.STYLE, "\x1b]0;x\x07Neon\ud800\n", Action(Command.STYLE, name="]0;x Neon")),
])
def test_a_message_becomes_an_action(command: Command, told: object, action: Action) -> None:
    assert action_of(command, told) == action


@pytest.mark.parametrize(("command", "told"), [
    (Command.STRENGTH, None), (Command.STRENGTH, "0.5"), (Command.STRENGTH, math.nan), (Command.STRENGTH, math.inf),
    (Command.STYLE, None), (Command.STYLE, 0), (Command.STYLE, 1.5), (Command.STYLE, ""), (Command.STYLE, "x" * 301),
    (Command.STRENGTH, 10 ** 400), (Command.STYLE, -10 ** 400), (Command.STYLE, "\ud800"), (Command.CUE, "finale"),
    (Command.NEXT, "now"), (Command.BLACK, [1]), (Command.FADE, b"1"),
])
def test_what_a_command_cannot_be_told_is_refused_with_a_cure(command: Command, told: object) -> None:
    with pytest.raises(SettingsError) as e:
        action_of(command, told)
    assert command.value in e.value.cause and e.value.cure


# A process that has run ONNX Runtime knows no subnormal numbers.
@given(st.sampled_from(Command), st.none() | st.booleans() | st.integers() | st.just(10 ** 400)
       | st.floats(allow_subnormal=False) | st.text() | st.binary())
def test_nothing_that_is_told_ends_in_anything_but_an_action_or_our_error(command: Command, told: object) -> None:
    try:
        action = action_of(command, told)
    except SettingsError as e:
        assert e.cause and e.cure
    else:
        assert action.value is None or command.range.low <= action.value <= command.range.high


def test_a_button_that_is_let_go_does_nothing() -> None:
    assert released(action_of(Command.NEXT, 0))
    assert not released(action_of(Command.NEXT, 1)) and not released(action_of(Command.BLACK, 0))


@pytest.mark.parametrize("command", [command for command in Command if command.takes is ArgumentKind.SWITCH
                                     and command in MOVES])
def test_a_switch_is_where_it_is_told_to_be_however_often(command: Command) -> None:
    def stands(mixer: Mixer) -> tuple[object, ...]:
        return (mixer.bypassed, mixer.color, mixer.blacked, mixer.frozen, mixer.mirror_window, mixer.mirror_output,
                mixer.preview is None, mixer.favourites, mixer.favourites_only, mixer.follows_sound,
                mixer.two_looks, mixer.real_part)

    move = MOVES[command]
    over = move(MIXER, Action(command), 1.0)
    assert stands(over) != stands(MIXER)
    told = {stands(move(MIXER, Action(command, value=value), 1.0)) for value in (0.0, 1.0)}
    assert told == {stands(over), stands(MIXER)}
    for value in (0.0, 1.0):
        once = move(MIXER, Action(command, value=value), 1.0)
        assert move(once, Action(command, value=value), 1.0) is once


@pytest.mark.parametrize("command", [Command.STRENGTH, Command.COLOR])
def test_a_fader_that_is_swept_makes_no_jump(command: Command) -> None:
    mixer, seen, now = MIXER, [], 10.0
    for frame in range(60):
        now += 0.04
        value = min(1.0, max(0.0, (frame - 5) / 40))
        mixer = MOVES[command](mixer, action_of(command, value), now)
        look = mixer.look.at(now + 0.02)
        seen.append(look.strength if command is Command.STRENGTH else look.color)
    start = 6 if command is Command.COLOR else 12  # the strength first falls from 1 to where the hand is
    steps = np.abs(np.diff(seen[start:]))
    moving = steps[steps > 1e-4]
    assert len(moving) > 30 and steps.max() < 1.5 * np.median(moving)
    assert seen[-1] == pytest.approx(1.0, abs=0.01)


def test_a_fader_does_not_hurry_a_crossfade() -> None:
    mixer = MOVES[Command.STYLE](Mixer(STYLES, seconds=4.0), Action(Command.STYLE, 2), 0.0)
    for step in range(20):
        mixer = mixer.with_strength(0.5 + step / 100, 1.0 + step * 0.04)
    ends = mixer.look.began + mixer.look.seconds
    assert ends == pytest.approx(4.0) and not np.allclose(mixer.look.at(2.0).embedding, STYLES[1].embedding, atol=0.05)


def test_the_tempo_can_be_set() -> None:
    mixer = MOVES[Command.TEMPO](MIXER, action_of(Command.TEMPO, 120), 5.0)
    assert mixer.tempo.bpm == pytest.approx(120.0) and mixer.tempo.next_beat(5.2) == pytest.approx(5.5)


def test_a_state_is_told_when_it_changes_and_only_to_who_listens() -> None:
    console, heard = Console(), []
    assert not console.heard
    console.listen(heard.append)
    for state in ({"a": 1.0}, {"a": 1.0}, {"a": 2.0}):
        console.tell(state)
    assert console.heard and heard == [{"a": 1.0}, {"a": 2.0}]


def test_of_what_is_told_where_to_stand_or_takes_long_a_storm_leaves_the_newest() -> None:
    console, once = Console(), (Command.STYLE, Command.CUE, Command.SNAPSHOT, Command.RECORD, Command.STRENGTH)
    for number in range(1, 501):
        for command in once:
            console.put(Action(command, number, value=number / 500 if command is Command.STRENGTH else None))
    assert [(action.command, action.number) for action in console.take()] == [(command, 500) for command in once]
    for _ in range(3):
        console.put(Action(Command.NEXT))
    assert len(console.take()) == 3, "steps are counted"
