"""Opens and closes microphones while the show runs, and imports their library only if one is asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from live_style.errors import LiveStyleError
from live_style.errors import SoundError
from live_style.pipeline.outputs import RECORDING
from live_style.pipeline.outputs import STREAM
from live_style.pipeline.outputs import Outputs
from live_style.sources.beat import Beat
from live_style.sources.beat import BeatListener
from live_style.threads.worker import Worker

if TYPE_CHECKING:
    from live_style.sources.microphone import Microphone
    from live_style.sources.sound_library import SoundSystem

LOOK = 2.0
"""Seconds between two looks at what is plugged in."""


def _library() -> SoundSystem:
    from live_style.sources.sound_library import PortAudio

    return PortAudio()


class Microphones:
    """Those of a show: for its recordings and streams, and for the beat."""

    def __init__(self, outputs: Outputs, say: Callable[[str], None], fail: Callable[[LiveStyleError], None],
                 system: Callable[[], SoundSystem] = _library) -> None:
        """`say` gets a line when one is pulled, and `fail` what went wrong in `change`, both from another thread."""
        self.sound: str | None = None
        """Part of the name of the one for recordings and streams, perhaps just opening; None: they have no sound."""
        self.heard: str | None = None
        """Part of the name of the one for the beat."""
        self._there: tuple[str | None, str | None] = None, None
        """Both, once they are open."""
        self._outputs, self._say, self._fail, self._library = outputs, say, fail, system
        self._system: SoundSystem | None = None
        self._open: dict[str, Microphone] = {}
        self._listener: BeatListener | None = None
        self._names: tuple[str, ...] = ()
        self._looked = 0.0
        self._busy = threading.Lock()

    def beat(self, now: float) -> Beat | None:
        """The beat of the music at a moment."""
        listener = self._listener
        return listener.beat(now) if listener is not None else None

    def follow(self, sound: str | None, beat: str | None) -> None:
        """Listen to these, and to no others. Raises SoundError, and then nothing has changed."""
        self.sound, self.heard = sound, beat
        self._settle()

    def _settle(self) -> None:
        with self._busy:
            try:
                # Meanwhile others may be wanted: the newest wish counts.
                wanted = self.sound, self.heard
                if wanted != self._there:
                    self._follow(*wanted)
            except SoundError:
                self.sound, self.heard = self._there
                raise

    def change(self, sound: str | None, beat: str | None) -> None:
        """As `follow`, in another thread: a microphone may take a second to open, and the show goes on."""
        if sound != self.sound and any(map(self._outputs.is_on, (RECORDING, STREAM))):
            raise SoundError("the microphone cannot be changed during a recording or a stream", "End it first.")

        self.sound, self.heard = sound, beat

        def work() -> None:
            try:
                self._settle()
            except SoundError as e:
                self._fail(e)

        Worker("microphones", lambda stopping: work()).start()

    def names(self) -> tuple[str, ...]:
        """Those that were plugged in a moment ago; it never waits."""
        if time.monotonic() - self._looked >= LOOK:
            self._looked = time.monotonic()
            Worker("microphones", lambda stopping: self._list()).start()
        return self._names

    def close(self) -> None:
        """Close all."""
        self.follow(None, None)

    def _list(self) -> None:
        with self._busy:
            try:
                self._names = tuple(dict.fromkeys(device.name for device in self._ready().devices()))
            except SoundError:  # its library is not installed: choosing one says so
                self._names = ()

    def _ready(self) -> SoundSystem:
        # One for all: the library forgets everybody's microphones when it looks for new ones.
        self._system = self._system or self._library()
        return self._system

    def _follow(self, sound: str | None, beat: str | None) -> None:
        from live_style.sources.microphone import Microphone

        wanted, before = {part for part in (sound, beat) if part is not None}, dict(self._open)
        try:
            for part in sorted(wanted - self._open.keys()):
                self._open[part] = Microphone(self._ready(), part, self._say)
        except SoundError:
            for part in self._open.keys() - before.keys():
                self._open.pop(part).close()
            raise
        for part in self._open.keys() - before.keys():
            self._open[part].start()
        self._outputs.microphone = None if sound is None else self._open[sound]
        if beat != self._there[1]:
            if self._listener is not None:
                self._listener.close()
            self._listener = None if beat is None else BeatListener(self._open[beat].listen())
            if self._listener is not None:
                self._listener.start()
        for part in self._open.keys() - wanted:
            self._open.pop(part).close()
        self._there = sound, beat
