"""What a MIDI library promises: so that all else is tested without a controller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Connection(Protocol):
    """A controller that is open."""

    def send(self, message: bytes) -> None:
        """Tell it something, such as which light is on; does nothing where it cannot be told. Raises RemoteError."""

    def close(self) -> None:
        """Let go of it; may be called more than once."""


class MidiSystem(Protocol):
    """The controllers of this machine."""

    def names(self) -> tuple[str, ...]:
        """Those that can be played from now. Raises RemoteError."""

    def open(self, name: str, got: Callable[[bytes], None]) -> Connection:
        """Have `got` called with each message, by a thread of the library's own. Raises RemoteError."""
