"""A camera as a source."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass

from live_style.errors import SourceError
from live_style.errors import SourceLost
from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging.opencv import CameraHandle
from live_style.interfaces import SourceInfo
from live_style.sources.devices import Camera
from live_style.sources.devices import list_cameras
from live_style.system import v4l2
from live_style.telemetry.meter import Meter
from live_style.telemetry.trace import span

FIRST_SECONDS = 5.0
"""Seconds that a camera may take for its first picture; some need two to wake up."""
SILENT_SECONDS = 2.0
"""Seconds without a new picture after which a camera is lost."""
_PAUSE = 0.02
"""Seconds between reads that fail at once, as after an unplug: a loop without a pause would take a whole core."""
_DARK = 16
"""Brightness (0..255) that nothing in a dark picture exceeds: noise behind a lens cap stays below."""


@dataclass(frozen=True)
class CameraInfo(SourceInfo):
    """What a camera is and gives."""

    name: str
    path: str
    number: int
    format: str | None
    dark_seconds: float
    """For how long its pictures have been black."""


class CameraSource:
    """One listed camera; after a loss it is found again by its name."""

    def __init__(self, camera: Camera, size: Size, fps: float) -> None:
        self.camera = camera
        self.label = str(camera)
        self.dark_since: float | None = None
        """Clock time since which the pictures are black; None while they show something."""
        self._size, self._fps = size, fps
        self._capture: CameraHandle | None = None
        self._meter = Meter()
        self._newest = 0.0
        self._told: tuple[Size | None, str | None, float | None] = None, None, None
        """Size, format and rate, as the driver tells them."""

    def open(self) -> None:
        """Open it and wait for its first picture; raises SourceError with the reason."""
        self.close()
        self.camera = _find_again(self.camera)
        self.label = str(self.camera)
        place: str | int = self.camera.number
        if sys.platform == "linux":
            place = self.camera.path
            if v4l2.state_of(place).trouble in ("missing", "forbidden", "busy"):
                raise _refused(self.camera)  # now, not after 5 s without a picture
        capture = self._capture = CameraHandle(place, self._size, self._fps)
        self._meter = Meter()
        self._newest = time.perf_counter()
        self.dark_since = None
        try:
            image = self._wait(capture, FIRST_SECONDS)[0] if capture.opened else None
        except SourceLost:
            image = None
        if image is None:
            self.close()
            raise _refused(self.camera)
        self._told = size_of(image), capture.format, capture.fps

    def read(self) -> Frame:
        """The next picture; if it is gone or 2 s without a picture, closes the camera and raises SourceLost."""
        if self._capture is None:
            raise SourceLost(f"{self.label} is not open")
        try:
            image, born = self._wait(self._capture, SILENT_SECONDS)
        except SourceLost:
            self.close()  # at once: a camera that comes back while it is held gets another number
            raise
        self._watch_light(image, born)
        frame = Frame(image, self._meter.count, born)
        self._meter.add(born)
        return frame

    def close(self) -> None:
        """Close it; may be called more than once."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.close()

    def info(self) -> CameraInfo:
        """What is known of it."""
        now = time.perf_counter()
        size, form, fps = self._told
        return CameraInfo("camera", self.label, size, fps, round(self._meter.fps(now), 2), self.camera.name,
                          self.camera.path, self.camera.number, form,
                          0.0 if self.dark_since is None else round(now - self.dark_since, 1))

    def _wait(self, capture: CameraHandle, patience: float) -> tuple[Image, float]:
        """The next picture and when it came."""
        while True:
            with span("wait"):
                grabbed = capture.grab()
            now = time.perf_counter()
            image = capture.picture() if grabbed else None
            if image is not None:
                self._newest = now
                return image, now
            if now - self._newest > patience - _PAUSE or not _there(self.camera):
                raise SourceLost(f"{self.label} sends no pictures",
                                 "Check its cable; live-style keeps trying to reconnect.")
            time.sleep(_PAUSE)

    def _watch_light(self, image: Image, now: float) -> None:
        if int(image[::16, ::16].max(initial=0)) > _DARK:
            self.dark_since = None
        elif self.dark_since is None:
            self.dark_since = now


def _there(camera: Camera) -> bool:
    return not camera.path.startswith("/dev/") or os.path.exists(camera.path)


def _find_again(camera: Camera) -> Camera:
    """The same camera as the system lists it now: it may have got another number while it was away."""
    listed = list_cameras()
    if any(camera[:3] == other[:3] for other in listed):
        return camera
    namesakes = [other for other in listed if other.name == camera.name]
    return min(namesakes, key=lambda other: abs(other.number - camera.number), default=camera)


def _refused(camera: Camera) -> SourceError:
    """The error for a camera that could not be opened, with a cure."""
    if sys.platform == "darwin":
        return SourceError(f"{camera} cannot be opened", "Allow your terminal to use the camera in System Settings > "
                           "Privacy & Security > Camera, then restart the terminal.")
    if sys.platform == "win32":
        return SourceError(f"{camera} cannot be opened or sends no pictures", "Close other programs that use it (Zoom, "
                           "Teams, OBS, a browser); allow desktop apps in Settings > Privacy > Camera.")
    trouble, holders = v4l2.state_of(camera.path)
    if trouble == "busy":
        who = ", ".join(holders) or "another program"
        return SourceError(f"{camera} is in use by {who}",
                           f"Close that program; to find it: fuser -v {camera.path}")
    if trouble == "forbidden":
        return SourceError(f"you have no permission to use {camera}",
                           "Run: sudo usermod -aG video $USER; then log out and in again.")
    if trouble == "missing":
        return SourceError(f"{camera} was not found", "Plug it in; `live-style cameras` lists the connected cameras.")
    if trouble == "no camera":
        return SourceError(f"{camera} is not a camera that sends pictures",
                           "Choose another: `live-style cameras` lists them.")
    return SourceError(f"{camera} sends no pictures", "Unplug it and plug it in again, preferably without a hub.")
