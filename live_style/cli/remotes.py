"""Starts the remote controls that the settings ask for, and imports only what they need."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from live_style.control.surface import Console
from live_style.errors import RemoteError
from live_style.settings import RunSettings
from live_style.system import paths


class RemoteControls:
    """Opens and closes remote controls while the show runs; main thread only."""

    def __init__(self, console: Console, say: Callable[[str], None]) -> None:
        self.say = say
        """Takes the addresses of what was opened."""
        self.console = console
        self._open: dict[str, tuple[object, contextlib.ExitStack]] = {}

    def follow(self, settings: RunSettings) -> None:
        """Open what the settings ask for and close the rest; raises RemoteError, and then nothing more is open."""
        wanted: dict[str, tuple[object, Callable[[contextlib.ExitStack], None]]] = {
            "midi": (settings.midi, lambda stack: _midi(settings.midi or "", self.console, stack)),
            "osc": (settings.osc, lambda stack: _osc(settings, self.console, self.say, stack)),
            "remote": (settings.remote, lambda stack: _page(settings, self.console, self.say, stack))}
        for name, (value, opened) in wanted.items():
            if name in self._open and self._open[name][0] != value:
                self._open.pop(name)[1].close()
            if value and name not in self._open:
                with contextlib.ExitStack() as stack:
                    opened(stack)
                    self._open[name] = value, stack.pop_all()

    def close(self) -> None:
        """Close all."""
        for _, stack in self._open.values():
            stack.close()
        self._open.clear()


def _midi(part: str, console: Console, stack: contextlib.ExitStack) -> None:
    from live_style.remote.midi.controller import MidiController
    from live_style.remote.midi.rtmidi import RtMidi

    door = MidiController(console, RtMidi(), part, paths.midi_file())
    stack.callback(door.close)
    door.start()


def _page(settings: RunSettings, console: Console, say: Callable[[str], None], stack: contextlib.ExitStack) -> None:
    try:
        from live_style.remote.page.server import PageServer
    except ModuleNotFoundError as e:
        raise RemoteError(f"the Python package {e.name}, which serves the remote page, is missing",
                          'Install it: pip install "live-style[remote]"') from e

    door = PageServer(console, settings.remote_host, settings.remote_port, settings.remote_picture)
    stack.callback(door.close)
    door.start()
    if door.pin:
        before, console.signs = console.signs, (*console.signs, f"PIN {door.pin}")
        stack.callback(lambda: setattr(console, "signs", before))
    say(f"the remote page is at {door.address}" + (f" and its PIN is {door.pin}" if door.pin else ""))


def _osc(settings: RunSettings, console: Console, say: Callable[[str], None], stack: contextlib.ExitStack) -> None:
    from live_style.remote.osc import OscServer

    door = OscServer(console, settings.osc_host, settings.osc_port)
    stack.callback(door.close)
    door.start()
    say(f"listening for OSC on {settings.osc_host} port {door.port}")
