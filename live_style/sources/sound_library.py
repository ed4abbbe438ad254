"""The only module that imports sounddevice: lists and opens microphones and lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any
from typing import NamedTuple
from typing import Protocol

import numpy as np

from live_style.errors import SoundError
from live_style.frame import SoundPiece
from live_style.frame import SoundFormat

_CURE = "Check that it is connected and that no other program has exclusive use of it."
PIECE = 0.02
"""Seconds of sound that come together."""
_SENSIBLE = 1.0
"""Seconds: some drivers do not know when they heard something, and say the epoch."""


class SoundDevice(NamedTuple):
    """A microphone or a line."""

    place: int
    name: str
    form: SoundFormat


class SoundStream(Protocol):
    """A device that is open."""

    @property
    def active(self) -> bool:
        """Whether it gives sound; False once it was disconnected, if the driver says so."""

    def close(self) -> None:
        """Close it; may be called more than once."""


class SoundSystem(Protocol):
    """The microphones and lines of this machine."""

    def devices(self) -> tuple[SoundDevice, ...]:
        """Those that there are now, the default first. Raises SoundError."""

    def open(self, device: SoundDevice, heard: Callable[[SoundPiece], None]) -> SoundStream:
        """Have `heard` called with each piece, by a thread of the library's own. Raises SoundError."""


class PortAudio:
    """The sound system of this computer. Raises SoundError without one."""

    def __init__(self) -> None:
        try:
            import sounddevice
        except ModuleNotFoundError as e:
            raise SoundError(f"the Python package {e.name}, which listens to microphones, is missing",
                             'Install it: pip install "live-style[audio]"') from e
        except OSError as e:  # PortAudio comes with it on Windows and macOS
            raise SoundError("the system library PortAudio is missing",
                             "Install it: sudo apt install libportaudio2" if sys.platform == "linux" else
                             'Install the package again: pip install "live-style[audio]"') from e
        self._library: Any = sounddevice
        self._open = 0

    def devices(self) -> tuple[SoundDevice, ...]:
        """Those that can be opened; new ones are seen only while none is open."""
        library = self._library
        try:
            if not self._open:
                library._terminate()
                library._initialize()
            first = library.default.device[0]
            found = [SoundDevice(place, str(one["name"]),
                                 SoundFormat(round(one["default_samplerate"]), min(2, one["max_input_channels"])))
                     for place, one in enumerate(library.query_devices()) if one["max_input_channels"] > 0]
        except library.PortAudioError as e:
            raise SoundError(f"the microphones cannot be listed: {e}", _CURE) from e
        return tuple(sorted(found, key=lambda device: device.place != first))

    def open(self, device: SoundDevice, heard: Callable[[SoundPiece], None]) -> SoundStream:
        """Open one."""
        def got(samples: np.ndarray[Any, np.dtype[np.float32]], count: int, when: Any, status: object) -> None:
            # Not `when.currentTime`: Python's lock may have been waited for since then.
            age = stream.time - when.inputBufferAdcTime
            age = age if 0.0 < age < _SENSIBLE else count / device.form.rate
            heard(SoundPiece(samples.copy(), time.perf_counter() - age))

        library = self._library
        try:
            stream = library.InputStream(samplerate=device.form.rate, device=device.place, dtype="float32",
                                         channels=device.form.channels, latency="high", callback=got,
                                         blocksize=round(PIECE * device.form.rate))
            stream.start()
        except (library.PortAudioError, ValueError) as e:
            raise SoundError(f"{device.name} cannot be opened: {e}", _CURE) from e
        self._open += 1
        return _Opened(self, stream)

    def closed(self) -> None:
        """One was closed."""
        self._open -= 1


class _Opened:
    """A stream of PortAudio's."""

    def __init__(self, system: PortAudio, stream: Any) -> None:
        self._system, self._stream = system, stream

    @property
    def active(self) -> bool:
        return self._stream is not None and bool(self._stream.active)

    def close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(ignore_errors=True)
            self._system.closed()
