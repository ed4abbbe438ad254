"""A controller of one's own: a real virtual port where the system has them, else a stand-in for rtmidi2 itself."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from live_style.errors import RemoteError
from live_style.remote.midi.rtmidi import RtMidi


class Wire:
    """Stands in for rtmidi2's MidiIn and MidiOut, with one port."""

    def __init__(self, name: str) -> None:
        self.ports = [name]
        self.callback: Callable[[list[int], float], None] | None = None
        self.opened = False

    def open_port(self, place: int) -> None:
        assert self.ports[place]
        self.opened = True

    def close_port(self) -> None:
        self.opened = False

    def send_raw(self, *message: int) -> None:
        assert self.opened


@contextlib.contextmanager
def midi_port(name: str) -> Iterator[tuple[RtMidi, Callable[[bytes], None]]]:
    """Our MIDI system, and what sends as the controller of that name."""
    library = pytest.importorskip("rtmidi2", reason="rtmidi2 is not installed")
    try:
        far = library.MidiOut()
        far.open_virtual_port(name)
        yield RtMidi(), lambda message: far.send_raw(*message)
        far.close_port()
    except (RuntimeError, RemoteError):  # this system has no MIDI, or no virtual ports
        wires: list[Wire] = []

        def wire() -> Wire:
            wires.append(Wire(name))
            return wires[-1]

        def send(message: bytes) -> None:
            for one in wires:
                if one.opened and one.callback is not None:
                    one.callback(list(message), 0.0)

        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(sys.modules, "rtmidi2", SimpleNamespace(MidiIn=wire, MidiOut=wire))
            yield RtMidi(), send
