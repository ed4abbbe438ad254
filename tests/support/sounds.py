"""Microphones at the library's door."""

from __future__ import annotations

from collections.abc import Callable

from live_style.errors import SoundError
from live_style.frame import SoundFormat
from live_style.frame import SoundPiece
from live_style.sources.sound_library import SoundDevice

FORM = SoundFormat(48000, 1)


class Cable:
    """A device that is open, until somebody pulls it."""

    def __init__(self, device: SoundDevice, heard: Callable[[SoundPiece], None]) -> None:
        self.device, self.heard, self.active = device, heard, True

    def close(self) -> None:
        self.active = False


class Desk:
    """A sound system with two microphones."""

    def __init__(self) -> None:
        self.plugged = [SoundDevice(0, "Built-in", FORM), SoundDevice(1, "USB Röde NT", FORM)]
        self.cables: list[Cable] = []

    def devices(self) -> tuple[SoundDevice, ...]:
        return tuple(self.plugged)

    def open(self, device: SoundDevice, heard: Callable[[SoundPiece], None]) -> Cable:
        if device.place not in [one.place for one in self.plugged]:
            raise SoundError("it is gone")
        self.cables.append(Cable(device, heard))
        return self.cables[-1]
