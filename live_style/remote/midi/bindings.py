"""Bindings: what each control of a MIDI controller plays; learned from touches, saved as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any
from typing import NamedTuple

from live_style.control.surface import COMMANDS
from live_style.control.surface import ArgumentKind
from live_style.control.surface import Command
from live_style.errors import RemoteError
from live_style.errors import SettingsError
from live_style.remote.midi.messages import CONTROL
from live_style.remote.midi.messages import FULL
from live_style.remote.midi.messages import NOTE
from live_style.remote.midi.messages import PITCH
from live_style.remote.midi.messages import PROGRAM
from live_style.remote.midi.messages import Control
from live_style.remote.midi.messages import Touch
from live_style.system.atomic_file import write_whole

FORMAT = "live-style-midi/1"
MAX_BYTES = 500_000
LOW_BITS = 32
"""The low seven bits of a fine control are a control of their own, so many numbers higher."""


class Kind(Enum):
    """How a control sends its position."""

    BUTTON = "button"
    FADER = "fader"
    """Of 7 bits; of PITCH, 14."""
    FINE = "fine"
    """14 bits in two messages."""
    ENCODER = "encoder"
    """Steps: 1 to 63 to the right, 127 down to 65 to the left."""
    ENCODER_MIDDLE = "encoder-64"
    """Steps: above and below 64."""
    ENCODER_SIGN = "encoder-sign"
    """Steps: 1 to 63 to the right, 65 and up to the left."""


class Binding(NamedTuple):
    """One control, and what it plays."""

    source: Control
    command: Command
    number: int = 0
    """Of the style, the cue or the bank; 0 for all else."""
    kind: Kind = Kind.BUTTON

    @property
    def label(self) -> str:
        """As `live-style midi` calls it: "strength", "style:3"."""
        return f"{self.command.value}:{self.number}" if self.number else self.command.value


def parse_label(label: str) -> tuple[Command, int]:
    """"strength", or "style:3"; raises SettingsError."""
    name, colon, text = label.partition(":")
    command = COMMANDS.get(name)
    numbered = command is not None and command.takes in (ArgumentKind.STYLE, ArgumentKind.NUMBER)
    if command is None or bool(colon) > numbered:
        raise SettingsError(f'unknown name "{label}"', "`live-style midi list` shows every name.")
    if not colon and not (command is Command.STYLE):
        if numbered:
            raise SettingsError(f"which {name}?", f"Add its number after a colon: {name}:3.")
        return command, 0
    if colon and not (text.isascii() and text.isdigit() and 1 <= int(text) <= 999):
        raise SettingsError(f'"{text}" is not the number of a {name}', f"Write {name}:1, {name}:2 and so on.")
    return command, int(text or 0)


def learned(touches: Sequence[Touch], command: Command, number: int = 0) -> Binding | None:
    """The binding of the touched control to a command; None if it is not suitable.

    An encoder is recognised by turns in both directions, a fine control by its two messages.
    """
    held = [touch for touch in touches if touch.value > 0 or touch.source.kind in (CONTROL, PITCH)]
    if not held:
        return None
    sources = [touch.source for touch in held]
    source = max(dict.fromkeys(sources), key=sources.count)
    coarse = source._replace(number=source.number - LOW_BITS)
    if source.kind == CONTROL and coarse in sources:
        source = coarse
    values = [touch.value for touch in held if touch.source == source]
    if not _stepped(command, number):
        return Binding(source, command, number) if source.kind != PITCH else None
    if source.kind in (NOTE, PROGRAM):
        return None
    fine = source.kind == CONTROL and source._replace(number=source.number + LOW_BITS) in sources
    return Binding(source, command, number, Kind.FINE if fine else _stepping(values) or Kind.FADER)


def _stepped(command: Command, number: int) -> bool:
    """Whether a command has more places than a button."""
    return command.takes is ArgumentKind.LEVEL or (command is Command.STYLE and number == 0)


def _stepping(values: Sequence[int]) -> Kind | None:
    """The code of an encoder; None: it is a fader, whose values come once each."""
    if len(set(values)) == len(values):
        return None
    for kind, near in ((Kind.ENCODER_MIDDLE, (57, 71)), (Kind.ENCODER_SIGN, (65, 71)), (Kind.ENCODER, (121, FULL))):
        low, high = near
        if all(low <= value <= high or kind is not Kind.ENCODER_MIDDLE and 1 <= value <= 7 for value in values):
            return kind if kind is not Kind.ENCODER_SIGN or max(values) >= low else Kind.ENCODER
    return None


def bound(bindings: Iterable[Binding], new: Binding) -> tuple[Binding, ...]:
    """The bindings with one more: one control for each thing to play, and one thing for each control."""
    kept = (one for one in bindings if one.source != new.source and (one.command, one.number) != new[1:3])
    return (*kept, new)


def load(file: Path) -> dict[str, tuple[Binding, ...]]:
    """The bindings of each controller, by its bare name; {} without the file. Raises RemoteError."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ValueError("it is too large")
        fields = json.loads(data.decode("utf-8-sig"))
        if not isinstance(fields, dict) or fields.get("format") != FORMAT:
            raise ValueError("it is from another program or version")
        return {str(name): tuple(map(_binding, rows)) for name, rows in fields["controllers"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, SettingsError) as e:
        cause = e.strerror if isinstance(e, OSError) else e.cause if isinstance(e, SettingsError) else e
        raise RemoteError(f"{file} cannot be used: {cause}",
                          "Fix it, or move it away and assign the controls again.") from e


def save(file: Path, controllers: dict[str, tuple[Binding, ...]]) -> None:
    """Keep the bindings; raises RemoteError."""
    rows = {name: [_row(one) for one in bindings] for name, bindings in controllers.items()}
    text = json.dumps({"format": FORMAT, "controllers": rows}, indent=2, ensure_ascii=False)
    try:
        write_whole(file, f"{text}\n".encode())
    except OSError as e:
        raise RemoteError(f"{file} cannot be written: {e.strerror}", "Check the permissions of its folder.") from e


def _row(one: Binding) -> dict[str, object]:
    return {"plays": one.label, "message": one.source.kind, "channel": one.source.channel,
            "number": one.source.number, "kind": one.kind.value}


def _binding(row: dict[str, Any]) -> Binding:
    command, number = parse_label(row["plays"])
    kind, channel, place = row["message"], row["channel"], row["number"]
    if kind not in (NOTE, CONTROL, PITCH, PROGRAM) or type(channel) is not int or type(place) is not int:
        raise ValueError("an invalid row")
    if not (1 <= channel <= 16 and 0 <= place <= FULL):
        raise ValueError("an invalid channel or number")
    how = Kind(row["kind"])
    if how is not Kind.BUTTON and not _stepped(command, number):
        raise ValueError(f"{row['plays']} is not a fader")  # each of its messages would be a press
    return Binding(Control(kind, channel, place), command, number, how)
