"""Connects a MIDI controller: finds it by name, reads it, sets its lights, and finds it again if it was unplugged."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

from live_style.control.surface import Console
from live_style.errors import RemoteError
from live_style.remote.midi.bindings import Binding
from live_style.remote.midi.bindings import load
from live_style.remote.midi.messages import touch_of
from live_style.remote.midi.player import MidiPlayer
from live_style.remote.midi.ports import Connection
from live_style.remote.midi.ports import MidiSystem
from live_style.remote.midi.rtmidi import bare
from live_style.threads.worker import Worker

LOOK = 1.0
"""Seconds between two searches for controllers."""
CHANGED = b""
"""In the queue of messages: the state has changed."""


class MidiController:
    """A controller that plays a console, in its own thread. Raises RemoteError for bindings that cannot be read.
    """

    def __init__(self, console: Console, system: MidiSystem, part: str, file: Path,
                 clock: Callable[[], float] = time.monotonic) -> None:
        """`part` of the controller's name; case is ignored."""
        self._console, self._system, self._part, self._clock = console, system, part.casefold(), clock
        self._bindings = load(file)
        self._happened: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._open: Connection | None = None
        self._name, self._said = "", ""
        self._player = MidiPlayer(())
        self._unlisten = console.listen(lambda state: self._happened.put(CHANGED))
        self._worker = Worker("midi", self._work)

    def start(self) -> None:
        """Begin to look for it."""
        self._worker.start()

    def close(self) -> None:
        """End; may be called more than once."""
        self._unlisten()
        self._worker.stopping.set()
        self._happened.put(CHANGED)
        self._worker.stop()

    def _work(self, stopping: threading.Event) -> None:
        look = self._clock()
        try:
            while not stopping.is_set():
                if self._clock() >= look:
                    look = self._clock() + LOOK
                    self._attend()
                message = CHANGED
                with contextlib.suppress(queue.Empty):
                    message = self._happened.get(timeout=LOOK)
                self._play(message)
        finally:
            self._drop()

    def _attend(self) -> None:
        """Check whether the controller was connected or disconnected."""
        try:
            names = self._system.names()
            if self._open is not None and self._name not in names:
                self._drop()
                self._say(f"the MIDI controller {bare(self._name)} was disconnected; "
                          "it will work again once it is plugged in")
            if self._open is None:
                self._find(names)
        except RemoteError as e:
            self._drop()
            self._say(f"{e.cause} {e.cure}")

    def _find(self, names: tuple[str, ...]) -> None:
        name = next((name for name in names if self._part in name.casefold()), None)
        if name is None:
            if not self._name:
                self._say(f'no MIDI controller matches "{self._part}" yet: you can plug it in during the show')
            return
        bindings = bindings_of(self._bindings, name)
        self._player = MidiPlayer(bindings)
        self._open, self._name = self._system.open(name, self._happened.put), name
        assigned = f"{len(bindings)} control{'s are' if len(bindings) > 1 else ' is'} assigned"
        self._say(f"MIDI controller {bare(name)}: {assigned}" if bindings else
                  f"the MIDI controller {bare(name)} has no assigned controls; "
                  "to assign one: live-style midi learn strength")

    def _play(self, message: bytes) -> None:
        now, state = self._clock(), self._console.state
        touch = touch_of(message)
        for action in self._player.touched(touch, state, now) if touch else ():
            self._console.put(action)
        if self._open is not None and not touch:
            try:
                for light in self._player.lights(state, now):
                    self._open.send(light)
            except RemoteError as e:
                self._drop()
                self._say(e.cause)

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _say(self, line: str) -> None:
        """Say something, but not twice in a row."""
        if line != self._said:
            self._said = line
            self._console.say(line)


def bindings_of(kept: dict[str, tuple[Binding, ...]], name: str) -> tuple[Binding, ...]:
    """The bindings of a controller."""
    return kept.get(bare(name), ())
