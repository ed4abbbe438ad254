"""Keys: their names, and the command of the control surface that each of them plays."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from live_style.control.surface import Action
from live_style.control.surface import ArgumentKind
from live_style.control.surface import Command
from live_style.errors import SettingsError


CUTTABLE = frozenset({Command.NEXT, Command.PREVIOUS, Command.SLOT, Command.TAKE})
"""Commands that fade to another style; Shift with their keys cuts to it instead."""


class KeyRow(NamedTuple):
    """A line of the key table."""

    name: str
    """As in config.toml: "next", "style-3"."""
    action: Action
    keys: tuple[str, ...]
    help: str
    """What it does, in a few words."""


@dataclass(frozen=True)
class KeyTable:
    """All rows, in the order of the help panel."""

    rows: tuple[KeyRow, ...]

    @cached_property
    def actions(self) -> Mapping[str, Action]:
        """Key name -> what it does, the Shift keys of the fading commands included."""
        actions = {"Shift+" + key: row.action._replace(cut=True)
                   for row in self.rows if row.action.command in CUTTABLE for key in row.keys if _shiftable(key)}
        actions.update((key, row.action) for row in self.rows for key in row.keys)
        return MappingProxyType(actions)

    def action(self, key: str) -> Action | None:
        """What the key does; None for a key that does nothing."""
        return self.actions.get(key)


class HelpLine(NamedTuple):
    """A line of help: keys, as people write them, and what they do."""

    keys: tuple[str, ...]
    text: str


def hints(table: KeyTable) -> tuple[HelpLine, ...]:
    """The table for the help: 1 to 9 on one line, no unbound commands, and a line about Shift."""
    styles = [row for row in table.rows if row.action.command is Command.SLOT]
    plain = all(row.keys == (str(row.action.number),) for row in styles)
    lines: list[HelpLine] = []
    for row in table.rows:
        if plain and row in styles:
            if row is styles[0]:
                lines.append(HelpLine(("1 – 9",), "style of the bank"))
        elif row.keys:
            lines.append(HelpLine(row.keys, row.help))
        if row is styles[-1]:
            lines.append(HelpLine(("Shift",), "with these keys: cut"))
    return tuple(lines)


def _rows() -> Iterable[KeyRow]:
    for command in Command:
        if command is Command.SLOT:
            yield from (KeyRow(f"style-{number}", Action(command, number), (str(number),), f"style {number}")
                        for number in range(1, 10))
        elif command.takes in (ArgumentKind.NOTHING, ArgumentKind.SWITCH):
            yield KeyRow(command.value, Action(command), command.keys, command.help)


KEYS = KeyTable(tuple(_rows()))
"""The default table, before config.toml."""

NAMED = ("Right", "Left", "Up", "Down", "Tab", "Esc", "Enter", "Space", "Backspace", "Delete", "Insert",
         "Home", "End", "PageUp", "PageDown", *(f"F{n}" for n in range(1, 13)))
"""Keys that have a name; all others are named by the character that they type."""

_WORDS = {name.lower(): name for name in NAMED} | {
    "escape": "Esc", "return": "Enter", "spacebar": "Space", " ": "Space", "del": "Delete", "ins": "Insert",
    "pgup": "PageUp", "pgdn": "PageDown", "pagedn": "PageDown", "plus": "+", "minus": "-"}
_ALL = f"A key's name is its character, such as A, 1 or [, or one of {', '.join(NAMED[:15])} and F1 to F12."


def key_name(text: str) -> str:
    """The one spelling of a key: "c" -> "C", "escape" -> "Esc", "shift+right" -> "Shift+Right".

    Characters that are neither letters nor digits stand for themselves, whether or not a keyboard needs Shift
    for them: "Shift+?" -> "?". Raises SettingsError for an unknown key.
    """
    plain = text.strip() or text[:1]
    head, plus, tail = plain.rpartition("+") if plain[-2:] != "++" else (plain[:-2], "+", "+")
    if not plus or not head:
        return _bare(plain, text)
    if head.strip().lower() != "shift":
        raise SettingsError(f'"{text}" is not a key: only Shift can be combined with another key',
                            'Write it like "Shift+Right", or choose another key.')
    key = _bare(tail.strip(), text)
    return "Shift+" + key if _shiftable(key) else key


def _bare(key: str, text: str) -> str:
    if len(key) == 1 and key.isprintable() and not key.isspace():
        return key.upper() if len(key.upper()) == 1 else key
    name = _WORDS.get(key.lower())
    if name is None:
        close = difflib.get_close_matches(key.lower(), _WORDS, n=1, cutoff=0.5)
        raise SettingsError(f'unknown key "{text}"',
                            f'Did you mean "{_WORDS[close[0]]}"?' if close else _ALL)
    return name


def _shiftable(key: str) -> bool:
    return not key.startswith("Shift+") and (key in NAMED or key.isalnum())


def remap(table: KeyTable, mapping: Mapping[str, object]) -> KeyTable:
    """The table with the keys of config.toml's [keys]: command name -> a key or a list of keys (empty: none).

    The keys given replace the command's own. Raises SettingsError for an unknown command or key, and when one
    key would do two things.
    """
    names = [row.name for row in table.rows]
    for name in mapping:
        if name not in names:
            close = difflib.get_close_matches(str(name).lower(), names, n=1, cutoff=0.5)
            cure = f'Did you mean "{close[0]}"?' if close else "`live-style keys` lists them."
            raise SettingsError(f'[keys]: unknown command "{name}"', cure)
    changed = KeyTable(tuple(
        row._replace(keys=_keys(row.name, mapping[row.name])) if row.name in mapping else row
        for row in table.rows))
    _no_key_twice(changed)
    return changed


def _keys(name: str, value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    keys: list[str] = []
    for item in values:
        if isinstance(item, int) and not isinstance(item, bool) and 0 <= item <= 9:
            item = str(item)
        if not isinstance(item, str):
            raise SettingsError(f"[keys]: {name} needs a key or a list of keys, not {item!r}",
                                f'Write it like {name} = "G" or {name} = ["G", "F5"].')
        if item:
            keys.append(_config_key(item))
    return tuple(dict.fromkeys(keys))


def _config_key(text: str) -> str:
    try:
        return key_name(text)
    except SettingsError as e:
        raise SettingsError(f"[keys]: {e.cause}", e.cure) from e


def _no_key_twice(table: KeyTable) -> None:
    owner: dict[str, str] = {}
    for row in table.rows:
        for key in row.keys:
            if key in owner:
                raise SettingsError(
                    f"[keys]: the key {key} would do both {owner[key]} and {row.name}",
                    f"Give {owner[key]} or {row.name} another key.")
            owner[key] = row.name


class KeyPress(NamedTuple):
    """A key press of the --keys script."""

    seconds: float
    """Seconds after the start."""
    key: str


def parse_script(text: str) -> tuple[KeyPress, ...]:
    """The key presses of "1.0:Right 2.5:3 4:0" (seconds:key), sorted by time; raises SettingsError."""
    presses = []
    for word in text.split():
        seconds, colon, key = word.partition(":")
        try:
            when = float(seconds)
        except ValueError:
            when = math.nan
        if not colon or not key or not math.isfinite(when) or when < 0:
            raise SettingsError(f'"{word}" in --keys is not a time and a key',
                                'Write seconds, a colon and a key, like "1.0:Right 2.5:3 4:0".')
        presses.append(KeyPress(when, key_name(key)))
    return tuple(sorted(presses, key=lambda press: press.seconds))


def shifted(key: str, shift: bool) -> str:
    """The name of a letter, digit or named key, pressed with or without Shift."""
    return ("Shift+" if shift else "") + key
