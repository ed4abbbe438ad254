"""OSC 1.0 datagrams: messages of an address and a few values, alone or in bundles.

Parsed here, because data from a network may be anything: without recursion, with a limit on messages, and with one
kind of error. python-osc prints a line for each unknown type, and recurses as deep as bundles are nested.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import NamedTuple

Value = float | int | str | bool | None
MOST_MESSAGES = 64
"""In a bundle."""
MOST_VALUES = 16
"""Of a message."""
BUNDLE = b"#bundle\0"
_WITHOUT_DATA: dict[str, Value] = {"T": True, "F": False, "N": None, "I": 1}
_NUMBERS = {"i": ">i", "f": ">f", "h": ">q", "d": ">d"}


class Message(NamedTuple):
    """Its address and its values."""

    address: str
    values: tuple[Value, ...] = ()


class OscError(ValueError):
    """The datagram is not a valid OSC message."""


def read(data: bytes) -> tuple[Message, ...]:
    """The messages of a datagram, in order; the time of a bundle is ignored. Raises OscError."""
    messages: list[Message] = []
    waiting = [data]
    while waiting:
        part = waiting.pop()
        if part.startswith(BUNDLE):
            waiting += reversed(_parts(part))
        else:
            messages.append(_message(part))
        if len(messages) + len(waiting) > MOST_MESSAGES:
            raise OscError("a bundle of too many messages")
    return tuple(messages)


def write(address: str, values: Sequence[float | str]) -> bytes:
    """A message of numbers and texts."""
    tags, data = ",", b""
    for value in values:
        tags += "s" if isinstance(value, str) else "f"
        data += _text(value) if isinstance(value, str) else struct.pack(">f", value)
    return _text(address) + _text(tags) + data


def _parts(bundle: bytes) -> list[bytes]:
    parts, place = [], len(BUNDLE) + 8
    if len(bundle) < place:
        raise OscError("a bundle without a time")
    while place < len(bundle):
        size = int(_number(bundle, place, "i"))
        place += 4
        if size <= 0 or size % 4 or place + size > len(bundle):
            raise OscError("a bundle of broken parts")
        parts.append(bundle[place:place + size])
        place += size
    return parts


def _message(data: bytes) -> Message:
    address, place = _string(data, 0)
    if not address.startswith("/"):
        raise OscError("no address")
    if place >= len(data):
        return Message(address)  # of old programs, which leave the types out
    tags, place = _string(data, place)
    if not tags.startswith(",") or len(tags) > MOST_VALUES + 1:
        raise OscError("no types, or too many")
    values: list[Value] = []
    for tag in tags[1:]:
        if tag in _WITHOUT_DATA:
            values.append(_WITHOUT_DATA[tag])
        elif tag in "sS":
            text, place = _string(data, place)
            values.append(text)
        elif tag in _NUMBERS:
            values.append(_number(data, place, tag))
            place += struct.calcsize(_NUMBERS[tag])
        else:
            raise OscError(f"a value of the type {tag!r}")
    return Message(address, tuple(values))


def _number(data: bytes, place: int, tag: str) -> float | int:
    try:
        value: float | int = struct.unpack_from(_NUMBERS[tag], data, place)[0]
    except struct.error as e:
        raise OscError("it is cut off") from e
    if not math.isfinite(value):
        raise OscError("an invalid number")
    return value


def _string(data: bytes, place: int) -> tuple[str, int]:
    end = data.find(b"\0", place)
    if end < 0:
        raise OscError("a text without an end")
    try:
        return data[place:end].decode(), end + 4 - end % 4
    except UnicodeDecodeError as e:
        raise OscError("a text that is not UTF-8") from e


def _text(text: str) -> bytes:
    data = text.encode()
    return data + b"\0" * (4 - len(data) % 4)
