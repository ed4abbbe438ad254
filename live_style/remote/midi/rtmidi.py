"""The only module that imports rtmidi2: lists and opens the current MIDI ports by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from live_style.errors import RemoteError

INSTALL = 'Install it: pip install "live-style[midi]"'
CURE = "Plug the controller in; on Linux load the kernel's sequencer: sudo modprobe snd-seq"


class _Connection:
    """An input and, where the controller has one, an output of the same name."""

    def __init__(self, source: Any, sink: Any) -> None:
        self._source, self._sink = source, sink

    def send(self, message: bytes) -> None:
        """Send a message."""
        if self._sink is not None:
            try:
                self._sink.send_raw(*message)
            except Exception as e:  # the library raises what its C++ does
                raise RemoteError(f"the MIDI controller does not accept messages: {e}", CURE) from e

    def close(self) -> None:
        """Close both."""
        for port in (self._source, self._sink):
            if port is not None:
                port.close_port()
        self._source.callback = None
        self._sink = None


class RtMidi:
    """The MIDI system of this computer; raises RemoteError without one."""

    def __init__(self) -> None:
        try:
            import rtmidi2
        except ModuleNotFoundError as e:
            raise RemoteError("the Python package rtmidi2, which talks to MIDI controllers, is missing", INSTALL) from e
        self._library = rtmidi2
        try:
            self._inputs, self._outputs = rtmidi2.MidiIn(), rtmidi2.MidiOut()
        except Exception as e:  # as above
            raise RemoteError(f"MIDI is not available on this computer: {str(e).strip()}", CURE) from e

    def names(self) -> tuple[str, ...]:
        """The connected controllers."""
        try:
            return tuple(self._inputs.ports)
        except Exception as e:  # as above
            raise RemoteError(f"the MIDI controllers cannot be listed: {e}", CURE) from e

    def open(self, name: str, got: Callable[[bytes], None]) -> _Connection:
        """Open a controller by its whole name."""
        try:
            source = self._library.MidiIn()
            source.callback = lambda message, seconds: got(bytes(message))
            source.open_port(self.names().index(name))
            place = output_like(name, tuple(self._outputs.ports))
            sink = None
            if place is not None:
                sink = self._library.MidiOut()
                sink.open_port(place)
        except Exception as e:  # as above
            raise RemoteError(f"the MIDI controller {name} cannot be opened: {e}",
                              "Close other programs that use it.") from e
        return _Connection(source, sink)


def output_like(name: str, outputs: tuple[str, ...]) -> int | None:
    """The index of a controller's output, whose name may differ in its number; None if it has no output."""
    plain = bare(name)
    return next((place for place, output in enumerate(outputs) if bare(output) == plain), None)


def bare(name: str) -> str:
    """A port's name without the system's changing numbers: "nanoKONTROL2 28:0" -> "nanoKONTROL2".
    """
    words = name.split()
    while len(words) > 1 and words[-1].replace(":", "").isdigit():
        words.pop()
    return " ".join(words)
