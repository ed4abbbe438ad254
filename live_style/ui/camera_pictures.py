"""Small pictures of the cameras that are plugged in, for choosing one; taken in turns, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from collections.abc import Sequence
from types import MappingProxyType

from live_style.errors import SourceError
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.opencv import quick_resize
from live_style.sources.camera import CameraSource
from live_style.sources.devices import Camera
from live_style.threads.worker import Worker

SIZE: Size = (320, 180)
PAUSE = 0.5
"""Seconds between two looks: each opens a camera for a moment, and takes its picture."""


class CameraPictures:
    """Takes pictures while it is wanted; any thread may read what it has."""

    def __init__(self, listed: Callable[[], Sequence[Camera]],
                 used: Callable[[], str], pictured: Callable[[Camera], Image | None] | None = None) -> None:
        """`used`: the path of the camera that the show reads, which is left alone."""
        self._listed, self._used, self._pictured = listed, used, pictured or picture_of
        self._worker: Worker | None = None
        self.cameras: tuple[Camera, ...] = ()
        """Those that are plugged in."""
        self.taken: MappingProxyType[Camera, Image] = MappingProxyType({})
        """The newest picture of each."""

    def want(self, on: bool) -> None:
        """Begin or end, without waiting; main thread only."""
        if on and self._worker is None:
            self._worker = Worker("camera pictures", self._work)
            self._worker.start()
        elif not on and self._worker is not None:
            self._worker.stopping.set()
            self._worker = None

    def _work(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            self.cameras = tuple(self._listed())
            for camera in self.cameras:
                if camera.path and camera.path == self._used():
                    continue
                picture = self._pictured(camera)
                if stopping.wait(PAUSE):
                    return
                if picture is not None:
                    self.taken = MappingProxyType({**self.taken, camera: picture})
            stopping.wait(PAUSE)


def picture_of(camera: Camera) -> Image | None:
    """What a camera sees now; None if another program has it, or it gives none."""
    source = CameraSource(camera, (640, 360), 15.0)
    try:
        source.open()
        return quick_resize(source.read().image, SIZE)
    except SourceError:
        return None
    finally:
        source.close()
