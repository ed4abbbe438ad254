"""Keys by name, the table, its remaps and scripts of key presses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from live_style.cli.keys import keys as keys_command
from live_style.control.keys import KEYS
from live_style.control.keys import hints
from live_style.control.keys import key_name
from live_style.control.keys import parse_script
from live_style.control.keys import remap
from live_style.control.surface import Action
from live_style.control.surface import ArgumentKind
from live_style.control.surface import Command
from live_style.errors import LiveStyleError
from live_style.errors import SettingsError
from live_style.system import paths


@pytest.mark.parametrize(("key", "action"), [
    ("Right", Action(Command.NEXT)), ("N", Action(Command.NEXT)),
    ("Left", Action(Command.PREVIOUS)), ("P", Action(Command.PREVIOUS)),
    ("Shift+Right", Action(Command.NEXT, cut=True)), ("Shift+P", Action(Command.PREVIOUS, cut=True)),
    ("1", Action(Command.SLOT, 1)), ("9", Action(Command.SLOT, 9)),
    ("Shift+3", Action(Command.SLOT, 3, cut=True)), ("0", Action(Command.BYPASS)),
    ("Up", Action(Command.STRONGER)), ("Down", Action(Command.WEAKER)),
    ("[", Action(Command.FADE_SHORTER)), ("]", Action(Command.FADE_LONGER)),
    ("C", Action(Command.KEEP_COLORS)),
    ("Y", Action(Command.TWO_LOOKS)), ("J", Action(Command.HAND)),
    ("Shift+Y", Action(Command.PERSON_REAL)), ("Shift+J", Action(Command.ROOM_REAL)),
    ("M", Action(Command.MIRROR)), ("Shift+M", Action(Command.MIRROR_OUTPUT)),
    ("F", Action(Command.FULLSCREEN)), ("I", Action(Command.STATS)), ("Tab", Action(Command.STRIP)),
    ("V", Action(Command.VCAM)), ("R", Action(Command.RECORD)), ("S", Action(Command.SNAPSHOT)),
    ("Shift+T", Action(Command.BEAT)),
    ("B", Action(Command.BLACK)), ("Z", Action(Command.FREEZE)), ("T", Action(Command.TAP)),
    ("L", Action(Command.RELOAD)), ("H", Action(Command.HELP)), ("?", Action(Command.HELP)),
    ("A", Action(Command.MAP)), ("D", Action(Command.DRIFT)), ("W", Action(Command.PATH)),
    ("Shift+S", Action(Command.KEEP_STYLE)), ("E", Action(Command.CAMERA_STYLE)), ("Backspace", Action(Command.UNDO)),
    (".", Action(Command.BANK_NEXT)), (",", Action(Command.BANK_PREVIOUS)), ("/", Action(Command.SEARCH)),
    ("Q", Action(Command.PREVIEW)), ("Enter", Action(Command.TAKE)), ("Shift+Enter", Action(Command.TAKE, cut=True)),
    ("Space", Action(Command.TAKE_CUT)), ("X", Action(Command.FAVOURITE)), ("Shift+X", Action(Command.FAVOURITES)),
    ("<", Action(Command.EARLIER)), (">", Action(Command.LATER)),
    ("Esc", Action(Command.QUIT)),
])
def test_every_key_of_the_field_does_what_people_expect(key: str, action: Action) -> None:
    assert KEYS.action(key) == action


@pytest.mark.parametrize("key", ["F6", "Shift+0", "Shift+F", "Shift+Shift+3", "F1", ""])
def test_other_keys_do_nothing(key: str) -> None:
    assert KEYS.action(key) is None


def test_every_command_has_a_key_and_no_key_two() -> None:
    pressed = {command for command in Command if command.takes in (ArgumentKind.NOTHING, ArgumentKind.SWITCH)}
    assert {action.command for action in KEYS.actions.values()} == pressed | {Command.SLOT}
    keys = [key for row in KEYS.rows for key in row.keys]
    assert len(keys) == len(set(keys))
    assert all(key_name(key) == key for key in KEYS.actions)


def test_the_table_cannot_be_changed_in_place() -> None:
    with pytest.raises(TypeError):
        KEYS.actions["Q"] = Action(Command.QUIT)  # type: ignore[index]


@pytest.mark.parametrize(("text", "name"), [
    ("c", "C"), ("C", "C"), ("right", "Right"), ("shift+right", "Shift+Right"), ("SHIFT + c", "Shift+C"),
    ("Escape", "Esc"), ("esc", "Esc"), ("return", "Enter"), ("pgup", "PageUp"), ("f11", "F11"),
    ("space", "Space"), (" ", "Space"), ("?", "?"), ("Shift+?", "?"), ("[", "["), ("é", "É"),
    ("+", "+"), ("plus", "+"), ("Shift++", "+"),
])
def test_a_key_has_one_name(text: str, name: str) -> None:
    assert key_name(text) == name
    assert key_name(name) == name


@pytest.mark.parametrize(("text", "cure"), [
    ("rigth", 'Did you mean "Right"?'), ("excape", 'Did you mean "Esc"?'), ("Ctrl+C", "Shift+Right"),
    ("", "A key's name is"), ("Shift+", ""), ("\x07", "A key's name is"), ("Shift+Shift+A", ""),
])
def test_what_is_no_key_is_told_with_a_cure(text: str, cure: str) -> None:
    with pytest.raises(SettingsError) as e:
        key_name(text)
    assert cure in e.value.cure


def test_remapped_keys_replace_the_old_ones_and_cut_with_shift() -> None:
    table = remap(KEYS, {"next": ["PageDown", "home"], "freeze": "F5", "style-1": "f6", "bypass": 0})
    assert table.action("PageDown") == Action(Command.NEXT)
    assert table.action("Shift+Home") == Action(Command.NEXT, cut=True)
    assert table.action("Right") is None
    assert table.action("F5") == Action(Command.FREEZE)
    assert table.action("Z") is None
    assert table.action("Shift+F6") == Action(Command.SLOT, 1, cut=True)
    assert table.action("0") == Action(Command.BYPASS)
    assert KEYS.action("Right") == Action(Command.NEXT)


def test_two_commands_can_exchange_their_keys_and_one_can_lose_them() -> None:
    table = remap(KEYS, {"black": "Z", "freeze": "B", "tap": []})
    assert table.action("Z") == Action(Command.BLACK)
    assert table.action("B") == Action(Command.FREEZE)
    assert table.action("T") is None


def test_a_key_of_its_own_goes_before_the_cut_of_another() -> None:
    table = remap(KEYS, {"mirror": "F6", "next": "M"})
    assert table.action("M") == Action(Command.NEXT)
    assert table.action("Shift+M") == Action(Command.MIRROR_OUTPUT)


@pytest.mark.parametrize(("mapping", "cause", "cure"), [
    ({"nxt": "G"}, 'unknown command "nxt"', 'Did you mean "next"?'),
    ({"style-10": "G"}, "style-10", 'Did you mean "style-1"?'),
    ({"zzzzzz": "G"}, "zzzzzz", "live-style keys"),
    ({"next": "Rigth"}, '"Rigth"', 'Did you mean "Right"?'),
    ({"next": "C"}, "the key C would do both next and keep-colors", "another key"),
    ({"next": ["G", "J"], "black": "j"}, "the key J", "another key"),
    ({"next": True}, "True", 'next = "G"'),
    ({"next": 1.5}, "1.5", 'next = "G"'),
    ({"next": {"key": "G"}}, "next needs a key", 'next = "G"'),
    ({"next": [["G"]]}, "next needs a key", 'next = "G"'),
])
def test_a_typo_in_the_remaps_is_told_with_a_cure(mapping: dict[str, object], cause: str, cure: str) -> None:
    with pytest.raises(SettingsError) as e:
        remap(KEYS, mapping)
    assert cause in e.value.cause
    assert cure in e.value.cure


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_subnormal=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5)


@given(st.dictionaries(st.sampled_from([r.name for r in KEYS.rows]) | st.text(max_size=8), JSON, max_size=4))
def test_no_remap_ends_in_anything_but_a_table_or_our_error(mapping: dict[str, object]) -> None:
    try:
        table = remap(KEYS, mapping)
    except SettingsError as e:
        assert e.cause and e.cure
    else:
        assert len(table.rows) == len(KEYS.rows)


@given(st.text(max_size=30))
def test_no_script_ends_in_anything_but_presses_or_our_error(text: str) -> None:
    try:
        presses = parse_script(text)
    except SettingsError as e:
        assert e.cause and e.cure
    else:
        assert all(press.seconds >= 0 and key_name(press.key) == press.key for press in presses)


def test_a_script_of_keys_is_played_in_time_order() -> None:
    assert parse_script("2.5:3 1.0:right  4:0 1:?") == ((1.0, "Right"), (1.0, "?"), (2.5, "3"), (4.0, "0"))
    assert parse_script("1::") == ((1.0, ":"),)
    assert parse_script("") == ()


@pytest.mark.parametrize("text", [
    "Right", "1.0", "1.0:", ":Right", "one:Right", "-1:Right", "nan:Right", "inf:A", "1.0:Rigth", "1.0;Right",
    "1.0:Right,2.5:3"])
def test_a_script_that_is_none_is_told_with_a_cure(text: str) -> None:
    with pytest.raises(SettingsError) as e:
        parse_script(text)
    assert e.value.cure


def test_help_has_every_key_of_the_table() -> None:
    lines = hints(KEYS)
    said = {key for line in lines for key in line.keys}
    keys = {key for row in KEYS.rows for key in row.keys if row.action.command is not Command.SLOT}
    assert keys <= said
    assert "1 – 9" in said and "Shift" in said


def test_help_lists_remapped_styles_one_by_one_and_leaves_out_what_has_no_key() -> None:
    lines = hints(remap(KEYS, {"style-2": "F6", "tap": ""}))
    texts = {line.keys: line.text for line in lines}
    assert texts[("F6",)] == "style 2"
    assert texts[("3",)] == "style 3"
    assert "tap the tempo" not in texts.values()


@pytest.fixture
def config(home: Path) -> Path:
    """The config.toml of a fresh user, not there yet; its folder is."""
    file = paths.config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def test_the_command_lists_the_table(config: Path) -> None:
    result = CliRunner().invoke(keys_command)
    assert result.exit_code == 0
    for row in KEYS.rows:
        assert any(row.name in line and row.help in line and all(key in line for key in row.keys)
                   for line in result.output.splitlines()), row
    assert str(config) in result.output


def test_the_command_knows_the_remaps_of_the_config(config: Path) -> None:
    config.write_text('[keys]\nfreeze = ["F5", "Home"]\n')
    result = CliRunner().invoke(keys_command, ["--json"])
    rows = {row["command"]: row["keys"] for row in json.loads(result.output)["keys"]}
    assert rows["freeze"] == ["F5", "Home"]
    assert rows["next"] == ["Right", "N"]


def test_the_command_tells_a_typo_in_the_config(config: Path) -> None:
    config.write_text('[keys]\nfreze = "F5"\n')
    result = CliRunner().invoke(keys_command)
    assert isinstance(result.exception, LiveStyleError)
    assert "freze" in result.exception.cause and "freeze" in result.exception.cure
