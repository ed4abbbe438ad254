"""The interface of a MIDI library, which lets everything else be tested without a controller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Connection(Protocol):
    """A controller that is open."""

    def send(self, message: bytes) -> None:
        """Send a message, such as the state of a light; does nothing without an output. Raises RemoteError."""

    def close(self) -> None:
        """Close it; may be called more than once."""


class MidiSystem(Protocol):
    """The controllers of this machine."""

    def names(self) -> tuple[str, ...]:
        """The connected controllers. Raises RemoteError."""

    def open(self, name: str, got: Callable[[bytes], None]) -> Connection:
        """Have `got` called with each message, by a thread of the library's own. Raises RemoteError."""
