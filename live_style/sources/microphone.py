"""A microphone or a line: found by part of its name, heard by several listeners, opened again if it is pulled."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from weakref import WeakSet

from live_style.errors import SoundError
from live_style.frame import SoundPiece
from live_style.frame import SoundFormat
from live_style.sources.sound_library import SoundDevice
from live_style.sources.sound_library import SoundStream
from live_style.sources.sound_library import SoundSystem
from live_style.threads.worker import Worker

DEFAULT = "default"
"""The name of whatever the system listens to."""
SILENCE = 2.0
"""Seconds without a piece of sound after which it counts as pulled."""
LOOK = 0.5
"""Seconds between two looks at it."""
KEPT = 256
"""Pieces that wait for a listener: some seconds."""


class Microphone:
    """Opened, and opened again, in its own thread. Raises SoundError if no microphone has that name at the start.

    `say` gets a line when it is pulled, and when it is back.
    """

    def __init__(self, system: SoundSystem, part: str, say: Callable[[str], None],
                 clock: Callable[[], float] = time.perf_counter) -> None:
        self._system, self._part, self._say, self._clock = system, part, say, clock
        device = chosen(system.devices(), part)
        self.name, self.form = device.name, device.form
        self._taps: WeakSet[_Tap] = WeakSet()
        self._heard = 0.0
        self._stream: SoundStream | None = None
        self._lost = False
        self._open(device)
        self._worker = Worker("microphone", self._work)

    def listen(self) -> _Tap:
        """One more listener, for as long as it is kept."""
        tap = _Tap(self.form)
        self._taps.add(tap)
        return tap

    def start(self) -> None:
        """Begin to look after it."""
        self._worker.start()

    def close(self) -> None:
        """End; may be called more than once."""
        self._worker.stop()
        self._drop()

    def attend(self) -> None:
        """Look after it: say that it was pulled, and open it again."""
        now = self._clock()
        if self._stream is not None and (not self._stream.active or now - self._heard > SILENCE):
            self._drop()
            if not self._lost:
                self._say(f"the microphone {self.name} sends no sound: you get silence until it is back")
            self._lost = True
        if self._stream is None:
            try:
                self._open(chosen(self._system.devices(), self._part)._replace(form=self.form))
            except SoundError:
                return  # it was said already, and is tried again
        elif self._lost and self._heard > self._since:
            self._lost = False
            self._say(f"the microphone {self.name} is back")

    def _work(self, stopping: threading.Event) -> None:
        while not stopping.wait(LOOK):
            self.attend()

    def _open(self, device: SoundDevice) -> None:
        self._since = self._heard = self._clock()
        self._stream = self._system.open(device, self._got)

    def _got(self, sound: SoundPiece) -> None:
        self._heard = self._clock()
        for tap in self._taps:
            tap.put(sound)

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()


class _Tap:
    """What one listener hears; it keeps the newest pieces."""

    def __init__(self, form: SoundFormat) -> None:
        self.form = form
        self._pieces: deque[SoundPiece] = deque(maxlen=KEPT)

    def put(self, sound: SoundPiece) -> None:
        """Leave a piece."""
        self._pieces.append(sound)

    def take(self) -> tuple[SoundPiece, ...]:
        """The pieces since the last call, oldest first."""
        taken = []
        while self._pieces:
            taken.append(self._pieces.popleft())
        return tuple(taken)


def chosen(devices: tuple[SoundDevice, ...], part: str) -> SoundDevice:
    """The device whose name contains `part`, or the default. Raises SoundError."""
    if part.casefold() == DEFAULT and devices:
        return devices[0]
    for device in devices:
        if part.casefold() in device.name.casefold():
            return device
    if not devices:
        raise SoundError("no microphone was found", "Connect one, or omit --record-sound and --beat.")
    raise SoundError(f'no microphone matches "{part}"', f"Available: {', '.join(device.name for device in devices)}.")
