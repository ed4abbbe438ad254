"""The virtual camera: the clean feed as a webcam for OBS, Zoom, browsers and other programs."""

from __future__ import annotations

import sys

import numpy as np
import pyvirtualcam
from pyvirtualcam.camera import BACKENDS

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.sinks.checks import check_size
from live_style.sinks.watchers import Watchers

if sys.platform == "linux":
    from live_style.sinks.v4l2loopback import make_ready
    from live_style.system.v4l2 import openers

_LOOPBACK = "v4l2loopback"
_REPEAT_SECONDS = 0.1
"""OBS gives a camera up after 5 frame times without a picture: 167 ms at 30 fps."""
_TROUBLE = (RuntimeError, ValueError, OSError)


class VirtualCameraSink:
    """Feeds a virtual camera of one size for its whole life; an odd last row or column is left out.

    `device` is its path or its name, None the first that is free: v4l2loopback on Linux, OBS or Unity Capture
    elsewhere, or a backend that was registered with pyvirtualcam.
    """

    repeat_after: float | None = _REPEAT_SECONDS

    def __init__(self, device: str | None = None) -> None:
        self.label = f"virtual camera {device}" if device else "virtual camera"
        self._device = device
        self._size: Size | None = None
        self._camera: pyvirtualcam.Camera | None = None
        self._watchers: Watchers | None = None

    @property
    def watched(self) -> bool:
        """Whether another program has it open; known on Linux only."""
        watchers = self._watchers
        return watchers is None or watchers.any

    def open(self, size: Size, fps: float) -> None:
        """Open the device, which `label` then names; raises SinkError with a cure for this system."""
        if self._camera is not None:
            raise SinkError(f"{self.label} is already open", "Close it first.")
        even = size[0] // 2 * 2, size[1] // 2 * 2
        problems: list[SinkError] = []
        for backend in BACKENDS:
            try:
                self._camera, name = _opened(backend, self._device, even, fps)
            except SinkError as e:
                problems.append(e)
            except _TROUBLE as e:
                cause = f"the virtual camera cannot start: {e}"
                problems.append(SinkError(cause, cure_for(cause, sys.platform)))
            else:
                self._size, self.label = size, f"virtual camera {name}"
                if backend == _LOOPBACK and sys.platform == "linux":
                    path = self._camera.device
                    self._watchers = Watchers(path, lambda: openers(path))
                return
        raise _together(problems)

    def write(self, frame: Frame) -> None:
        """Send one frame; raises SinkError if the device fails."""
        check_size(self.label, frame, self._size)
        camera = self._camera
        assert camera is not None
        image = frame.image
        if image.shape[:2] != (camera.height, camera.width):
            image = np.ascontiguousarray(image[:camera.height, :camera.width])
        try:
            camera.send(image)
        except _TROUBLE as e:
            raise SinkError(f"{self.label} failed: {e}", "Start the virtual camera again.") from e

    def close(self) -> None:
        """Release the device; its readers wait for the next writer."""
        camera, self._camera, self._size = self._camera, None, None
        watchers, self._watchers = self._watchers, None
        if watchers is not None:
            watchers.close()
        if camera is not None:
            camera.close()


def _opened(backend: str, device: str | None, size: Size, fps: float) -> tuple[pyvirtualcam.Camera, str]:
    name = None
    if sys.platform == "linux" and backend == _LOOPBACK:
        # Left to itself, pyvirtualcam opens every webcam in search of a device, and finds one once only.
        found = make_ready(device, size)
        device, name = found.path, f"{found.card} ({found.path})"
    camera = pyvirtualcam.Camera(*size, fps, device=device, backend=backend)
    return camera, name or camera.device


def _together(problems: list[SinkError]) -> SinkError:
    if not problems:
        return SinkError("pyvirtualcam does not support this system", "Capture the live-style window instead.")
    causes = dict.fromkeys(problem.cause for problem in problems)
    return SinkError("; ".join(causes), problems[0].cure)


_OBS_FIRST = {
    "win32": "Install OBS Studio (obsproject.com), which includes a virtual camera, or Unity Capture.",
    "darwin": "Install OBS Studio 30 or later, press Start Virtual Camera and Stop Virtual Camera once, "
              "allow its extension in System Settings, and restart.",
}
_IN_USE = {
    "win32": "Stop the virtual camera in OBS and in other programs, or install Unity Capture "
             "(github.com/schellingb/UnityCapture) and choose --vcam-device \"Unity Video Capture\".",
    "darwin": "Stop the virtual camera in OBS and in other programs, then try again.",
}
_WRONG_NAME = "Compare --vcam-device with the cameras that your meeting program lists, or omit it."
_CURES = (
    ("not found", _OBS_FIRST),
    ("not installed", _OBS_FIRST),
    ("no camera registered.", _OBS_FIRST),
    ("could not be started", _IN_USE),
    ("couldn't start", _IN_USE),
    ("multiple cameras", _IN_USE),
)


def cure_for(reason: str, platform: str) -> str:
    """What to do about pyvirtualcam's words on a system (`sys.platform`)."""
    said = reason.lower()
    if "supports only" in said or "with this name" in said:
        return _WRONG_NAME
    for part, cures in _CURES:
        if part in said and platform in cures:
            return cures[platform]
    return "Close the programs that use the virtual camera, then try again."
