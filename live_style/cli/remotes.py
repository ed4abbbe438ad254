"""Starts the remote controls that the settings ask for, and imports only those."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from collections.abc import Iterator

from live_style.control.surface import Console
from live_style.errors import RemoteError
from live_style.settings import RunSettings
from live_style.system import paths


@contextlib.contextmanager
def remotes(settings: RunSettings, console: Console, say: Callable[[str], None]) -> Iterator[None]:
    """All remote controls, open while the show runs; raises RemoteError."""
    with contextlib.ExitStack() as stack:
        if settings.midi:
            _midi(settings.midi, console, stack)
        if settings.osc:
            _osc(settings, console, say, stack)
        if settings.remote:
            _page(settings, console, say, stack)
        yield


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

    door = PageServer(console, settings.remote_host, settings.remote_port)
    stack.callback(door.close)
    door.start()
    if door.pin:
        console.signs = (*console.signs, f"PIN {door.pin}")
    say(f"the remote page is at {door.address}" + (f", its PIN is {door.pin}" if door.pin else ""))


def _osc(settings: RunSettings, console: Console, say: Callable[[str], None], stack: contextlib.ExitStack) -> None:
    from live_style.remote.osc import OscServer

    door = OscServer(console, settings.osc_host, settings.osc_port)
    stack.callback(door.close)
    door.start()
    say(f"listening for OSC on {settings.osc_host} port {door.port}")
