"""MIDI at the library's door: a controller that is scripted, and a console that is real."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_style.cli import main
from live_style.cli.midi import teach
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import Console
from live_style.errors import RemoteError
from live_style.errors import SettingsError
from live_style.remote.midi.bindings import Binding
from live_style.remote.midi.bindings import Kind
from live_style.remote.midi.bindings import bound
from live_style.remote.midi.bindings import learned
from live_style.remote.midi.bindings import load
from live_style.remote.midi.bindings import parse_label
from live_style.remote.midi.bindings import save
from live_style.remote.midi.controller import MidiController
from live_style.remote.midi.messages import Control
from live_style.remote.midi.messages import Touch
from live_style.remote.midi.messages import message_of
from live_style.remote.midi.messages import touch_of
from live_style.remote.midi.player import MidiPlayer
from live_style.remote.midi.rtmidi import RtMidi
from live_style.remote.midi.rtmidi import output_like
from live_style.system import paths

KNOB, BUTTON, KEY, BEND = Control("cc", 1, 7), Control("cc", 1, 41), Control("note", 10, 36), Control("pitch", 1, 0)
NAME = "nanoKONTROL2 28:0"


class Desk:
    """A simulated controller: whether it is plugged in, what it sends and what it receives."""

    def __init__(self, *names: str) -> None:
        self.plugged, self.told = list(names), list[bytes]()
        self.got: Callable[[bytes], None] | None = None

    def names(self) -> tuple[str, ...]:
        return tuple(self.plugged)

    def open(self, name: str, got: Callable[[bytes], None]) -> Desk:
        self.got = got
        return self

    def send(self, message: bytes) -> None:
        self.told.append(message)

    def close(self) -> None:
        self.got = None


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 10.0
    while not done():
        assert time.monotonic() < end
        threading.Event().wait(0.005)


class Clock:
    """A second goes by between two looks."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 0.5
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    kept = tmp_path / "midi.json"
    save(kept, {"nanoKONTROL2": (Binding(KNOB, Command.STRENGTH, kind=Kind.FADER), Binding(BUTTON, Command.BLACK),
                                 Binding(KEY, Command.STYLE, 3))})
    return kept


@pytest.fixture
def played(file: Path) -> Iterator[tuple[Desk, Console]]:
    desk, console = Desk("Midi Through 14:0", NAME), Console()
    door = MidiController(console, desk, "KONTROL", file, Clock())
    door.start()
    until(lambda: desk.got is not None)
    yield desk, console
    door.close()
    assert desk.got is None, "it let go"


def touch(desk: Desk, source: Control, *values: int) -> None:
    assert desk.got is not None
    for value in values:
        desk.got(message_of(source, value))


def taken(console: Console, count: int) -> list[Action]:
    found: list[Action] = []
    until(lambda: bool(found.extend(console.take()) or len(found) >= count))
    return found


def test_keys_buttons_and_faders_play_the_console(played: tuple[Desk, Console]) -> None:
    desk, console = played
    for strength in (90, 100):
        touch(desk, KEY, strength, 0)
        assert taken(console, 1) == [Action(Command.STYLE, 3)]
    touch(desk, BUTTON, 127, 0, 127)
    assert taken(console, 2) == [Action(Command.BLACK)] * 2
    assert any("3 controls are bound" in line for line in console.lines())


def test_lights_show_how_everything_stands(played: tuple[Desk, Console]) -> None:
    desk, console = played
    console.tell({"black": 1.0, "style": 3.0, "strength": 1.0})
    until(lambda: len(desk.told) >= 3)
    assert {message_of(BUTTON, 127), message_of(KEY, 127), message_of(KNOB, 127)} == set(desk.told)
    desk.told.clear()
    console.tell({"black": 0.0, "style": 3.0, "strength": 1.0})
    until(lambda: bool(desk.told))
    assert desk.told == [message_of(BUTTON, 0)]


def test_a_controller_that_is_pulled_comes_back_by_itself_under_another_number(played: tuple[Desk, Console]) -> None:
    desk, console = played
    console.lines()
    desk.plugged.remove(NAME)
    lines: list[str] = []
    until(lambda: bool(console.tell({"black": float(len(lines) + time.monotonic())})
                       or lines.extend(console.lines()) or desk.got is None and lines))
    assert "was disconnected" in lines[-1]
    desk.plugged.append("nanoKONTROL2 32:0")
    until(lambda: bool(console.tell({"black": time.monotonic()}) or desk.got is not None))
    touch(desk, KEY, 90)
    assert taken(console, 1) == [Action(Command.STYLE, 3)]


def test_nonsense_and_system_messages_change_nothing(played: tuple[Desk, Console]) -> None:
    desk, console = played
    assert desk.got is not None
    for number in range(1000):
        desk.got(bytes(np.random.default_rng(number).integers(0, 256, number % 5, np.uint8)) + b"\xff")
    touch(desk, KEY, 90)
    assert taken(console, 1) == [Action(Command.STYLE, 3)]


@given(st.binary(max_size=6))
def test_no_message_ends_in_anything_but_a_touch_or_nothing(data: bytes) -> None:
    touch = touch_of(data)
    if touch is not None and touch.value <= 127 and data[0] & 0xF0 not in (0x80, 0xE0):
        assert message_of(touch.source, touch.value) == data


def moves(kind: Kind, values: list[int], start: float = 0.5, source: Control = KNOB) -> list[float]:
    """Where a fader of 0..1 is led: the state follows 50 ms late."""
    player, state, asked = MidiPlayer([Binding(source, Command.COLOR, kind=kind)]), {"color": start}, list[float]()
    for step, value in enumerate(values):
        actions = player.touched(Touch(source, value), state, step * 0.005)
        asked += [action.value for action in actions if action.value is not None]
        if step % 10 == 9 and asked:
            state = {"color": asked[-1]}
    return asked


def test_a_fader_moves_nothing_before_it_meets_the_value() -> None:
    assert moves(Kind.FADER, [0, 10, 20, 50]) == []
    led = moves(Kind.FADER, list(range(0, 128, 2)))
    assert led[0] == pytest.approx(0.5, abs=0.02) and led[-1] == pytest.approx(126 / 127)
    assert max(np.abs(np.diff([0.5, *led]))) < 0.03, "nothing jumps, though the state lags behind"


def test_a_fader_that_jumps_over_the_value_takes_it() -> None:
    assert moves(Kind.FADER, [10, 120]) == [pytest.approx(120 / 127)]


def test_another_hand_takes_the_value_from_a_fader() -> None:
    player = MidiPlayer([Binding(KNOB, Command.COLOR, kind=Kind.FADER)])
    assert player.touched(Touch(KNOB, 64), {"color": 0.5}, 0.0)
    assert player.touched(Touch(KNOB, 70), {"color": 0.5}, 0.1)
    assert not player.touched(Touch(KNOB, 71), {"color": 0.1}, 5.0), "somebody else moved it"
    assert player.touched(Touch(KNOB, 12), {"color": 0.1}, 6.0)


def test_fine_faders_have_fourteen_bits() -> None:
    player, low = MidiPlayer([Binding(KNOB, Command.COLOR, kind=Kind.FINE)]), KNOB._replace(number=39)
    assert player.touched(Touch(KNOB, 64), {"color": 0.5}, 0.0) == ()
    action, = player.touched(Touch(low, 5), {"color": 0.5}, 0.0)
    assert action.value == pytest.approx((64 * 128 + 5) / 16383)
    bend = MidiPlayer([Binding(BEND, Command.COLOR, kind=Kind.FADER)])
    action, = bend.touched(Touch(BEND, 8200), {"color": 0.5}, 0.0)
    assert action.value == pytest.approx(8200 / 16383)


@pytest.mark.parametrize(("kind", "right", "left"), [
    (Kind.ENCODER, 1, 127), (Kind.ENCODER_MIDDLE, 65, 63), (Kind.ENCODER_SIGN, 1, 65)])
def test_encoders_go_on_from_where_the_value_is(kind: Kind, right: int, left: int) -> None:
    assert moves(kind, [right] * 12, 0.25)[-1] == pytest.approx(0.25 + 12 / 127)
    assert moves(kind, [left] * 500)[-1] == 0.0
    player = MidiPlayer([Binding(KNOB, Command.STYLE, kind=kind)])
    assert player.touched(Touch(KNOB, right), {}, 0.0) == (Action(Command.NEXT),)
    assert player.touched(Touch(KNOB, left), {}, 0.0) == (Action(Command.PREVIOUS),)


def cc(*values: int, number: int = 7) -> list[Touch]:
    return [Touch(Control("cc", 1, number), value) for value in values]


@pytest.mark.parametrize(("touches", "label", "kind"), [
    (cc(10, 12, 15, 19, 30), "strength", Kind.FADER),
    (cc(60, 61, 62, 63, 64, 65), "strength", Kind.FADER),
    (cc(1, 1, 2, 1, 127, 127), "strength", Kind.ENCODER),
    (cc(65, 65, 66, 63, 63), "strength", Kind.ENCODER_MIDDLE),
    (cc(1, 1, 65, 65), "strength", Kind.ENCODER_SIGN),
    ([*cc(10), *cc(3, number=39), *cc(10), *cc(9, number=39)], "strength", Kind.FINE),
    ([Touch(BEND, 8000), Touch(BEND, 9000)], "strength", Kind.FADER),
    (cc(127, 0), "black", Kind.BUTTON),
    ([Touch(KEY, 90), Touch(KEY, 0)], "style:3", Kind.BUTTON),
])
def test_what_is_touched_is_learned(touches: list[Touch], label: str, kind: Kind) -> None:
    one = learned(touches, *parse_label(label))
    assert one is not None and one.kind is kind and one.label == label
    assert one.source == touches[0].source


@pytest.mark.parametrize(("touches", "label"), [
    ([], "strength"), ([Touch(KEY, 90)], "strength"), ([Touch(KEY, 0)], "black"), ([Touch(BEND, 9)], "black")])
def test_what_cannot_play_it_is_not_learned(touches: list[Touch], label: str) -> None:
    assert learned(touches, *parse_label(label)) is None


@pytest.mark.parametrize("label", ["", "nothing", "style:0", "style:x", "strength:1", "pin", "style:²"])
def test_a_name_that_is_none_is_told_with_a_cure(label: str) -> None:
    with pytest.raises(SettingsError) as e:
        parse_label(label)
    assert e.value.cure


def test_a_part_plays_one_thing_and_a_thing_is_played_by_one_part() -> None:
    first = bound((), Binding(KNOB, Command.STRENGTH, kind=Kind.FADER))
    other = Binding(KNOB, Command.COLOR, kind=Kind.FADER)
    assert bound(first, other) == (other,)
    assert len(bound(first, Binding(KEY, Command.STYLE, 1))) == 2
    assert bound(first, Binding(BUTTON, Command.STRENGTH)) == (Binding(BUTTON, Command.STRENGTH),)


def test_bindings_are_kept(file: Path) -> None:
    again = load(file)
    save(file, again)
    assert load(file) == again and len(again["nanoKONTROL2"]) == 3


@given(text=st.binary(max_size=60) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["controllers", "plays", "message", "kind", "x"]), inner, max_size=4),
    max_leaves=8).map(lambda value: json.dumps({"format": "live-style-midi/1", "controllers": value}).encode()))
def test_no_file_ends_in_anything_but_bindings_or_our_error(text: bytes, tmp_path_factory: pytest.TempPathFactory
                                                            ) -> None:
    broken = tmp_path_factory.getbasetemp() / "broken.json"
    broken.write_bytes(text)
    try:
        load(broken)
    except RemoteError as e:
        assert e.cause and e.cure


@pytest.mark.parametrize(("plays", "kind"), [("next", "fader"), ("record", "encoder"), ("style:3", "fine")])
def test_what_is_no_fader_is_not_bound_to_one(plays: str, kind: str, tmp_path: Path) -> None:
    row = {"plays": plays, "message": "cc", "channel": 1, "number": 7, "kind": kind}
    (tmp_path / "m.json").write_text(json.dumps({"format": "live-style-midi/1", "controllers": {"x": [row]}}))
    with pytest.raises(RemoteError, match=f"{plays} is no fader"):
        load(tmp_path / "m.json")


def test_a_controller_is_taught(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(NAME)

    def hand() -> None:
        until(lambda: desk.got is not None)
        touch(desk, KNOB, 3, 9, 20)

    thread = threading.Thread(target=hand)
    thread.start()
    teach(desk, ("strength",), "nano")
    thread.join()
    assert load(paths.midi_file()) == {"nanoKONTROL2": (Binding(KNOB, Command.STRENGTH, kind=Kind.FADER),)}
    assert "cc 7, channel 1, fader" in capsys.readouterr().out and desk.got is None
    with pytest.raises(RemoteError, match="no MIDI controller"):
        teach(desk, ("strength",), "akai")


def test_all_names_are_listed_without_a_controller(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["midi", "list"]) == 0
    out = capsys.readouterr().out
    assert all(command.value in out and command.help in out for command in Command)


def test_the_real_library_plays_a_virtual_port_or_tells_that_there_is_no_midi() -> None:
    library = pytest.importorskip("rtmidi2", reason="rtmidi2 is not installed")
    try:
        system = RtMidi()
    except RemoteError as e:
        assert "MIDI is not available" in e.cause and e.cure
        return
    far = library.MidiOut()
    try:
        far.open_virtual_port("live-style test")
    except RuntimeError:
        pytest.skip("this system has no virtual MIDI ports")
    got: list[bytes] = []
    connection = system.open(next(name for name in system.names() if "live-style test" in name), got.append)
    far.send_raw(*message_of(KEY, 90))
    until(lambda: bool(got))
    assert got == [message_of(KEY, 90)]
    connection.close()


def test_the_output_of_a_controller_is_known_by_its_name() -> None:
    assert output_like("nanoKONTROL2 28:0", ("Midi Through 14:0", "nanoKONTROL2 29:1")) == 1
    assert output_like("nanoKONTROL2 1", ("Other 2",)) is None
