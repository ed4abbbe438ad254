"""MIDI messages, read as moves of a control."""

from __future__ import annotations

from typing import NamedTuple

NOTE, CONTROL, PITCH, PROGRAM = "note", "cc", "pitch", "program"
_KINDS = {0x80: NOTE, 0x90: NOTE, 0xB0: CONTROL, 0xC0: PROGRAM, 0xE0: PITCH}
_STATUS = {NOTE: 0x90, CONTROL: 0xB0, PITCH: 0xE0, PROGRAM: 0xC0}
_LENGTHS = {0x80: 3, 0x90: 3, 0xB0: 3, 0xC0: 2, 0xE0: 3}
FULL = 127
FINE = 16383
"""The highest value of 7 and of 14 bits."""


class Control(NamedTuple):
    """A key, a button, a knob or a fader of a controller."""

    kind: str
    """One of NOTE, CONTROL, PITCH, PROGRAM."""
    channel: int
    """From 1."""
    number: int
    """0 for PITCH."""


class Touch(NamedTuple):
    """One move of a control."""

    source: Control
    value: int
    """0 to FULL, of PITCH to FINE; of a PROGRAM always FULL."""


def touch_of(message: bytes) -> Touch | None:
    """The move in a message; None for clocks, system messages and broken ones."""
    kind = _KINDS.get(message[0] & 0xF0) if message else None
    if kind is None or len(message) != _LENGTHS[message[0] & 0xF0] or max(message[1:]) > FULL:
        return None
    channel = (message[0] & 0x0F) + 1
    if kind == PITCH:
        return Touch(Control(kind, channel, 0), message[2] << 7 | message[1])
    if kind == PROGRAM:
        return Touch(Control(kind, channel, message[1]), FULL)
    return Touch(Control(kind, channel, message[1]), 0 if message[0] & 0xF0 == 0x80 else message[2])


def message_of(source: Control, value: int) -> bytes:
    """The message that sets the light or the motor of a source."""
    status = _STATUS[source.kind] | source.channel - 1
    if source.kind == PITCH:
        return bytes((status, value & FULL, value >> 7))
    return bytes((status, source.number)) if source.kind == PROGRAM else bytes((status, source.number, value))
