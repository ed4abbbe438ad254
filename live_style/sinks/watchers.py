"""Watchers: how many programs have a device open, counted by Linux as they come and go (inotify)."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import threading
from collections.abc import Callable

_OPEN, _CLOSE, _OVERFLOW = 0x20, 0x08 | 0x10, 0x4000
_EVENT = struct.Struct("iIII")


class Watchers:
    """Counts programs that open and close a device; `here` gives the number that had it open before.

    If the kernel does not report that, the device counts as watched. Any thread may ask.
    """

    def __init__(self, path: str, here: Callable[[], int] = lambda: 0) -> None:
        self._lock = threading.Lock()
        self._told: int | None = _told_of(path)
        # Asked after counting began: a program that comes in between is counted twice, never missed.
        self._count, self._sure = here(), True

    @property
    def any(self) -> bool:
        """Whether a program has it open now."""
        with self._lock:
            while self._told is not None:
                try:
                    self._hear(os.read(self._told, 4096))
                except BlockingIOError:
                    return self._count > 0 or not self._sure
                except OSError:
                    break
        return True

    def close(self) -> None:
        """Stop counting; the device then counts as watched."""
        with self._lock:
            told, self._told = self._told, None
        if told is not None:
            os.close(told)

    def _hear(self, events: bytes) -> None:
        for _, mask, _, _ in _EVENT.iter_unpack(events):
            if mask & _OVERFLOW:
                self._sure = False
            # More were closed than opened: that program had opened the device before counting began.
            self._count = max(0, self._count + bool(mask & _OPEN) - bool(mask & _CLOSE))


def _told_of(path: str) -> int | None:
    """A descriptor that reports when a file is opened or closed; None if the system has no such thing."""
    if sys.platform != "linux":
        return None
    system = ctypes.CDLL(None)
    told: int = system.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if told < 0:
        return None
    if system.inotify_add_watch(told, os.fsencode(path), _OPEN | _CLOSE) < 0:
        os.close(told)
        return None
    return told
