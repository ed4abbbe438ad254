"""The cameras that the system lists."""

from __future__ import annotations

import os
import re
import sys
from typing import NamedTuple

from live_style.system import v4l2


class Camera(NamedTuple):
    """One camera that can be opened."""

    number: int
    """The number that --camera takes."""
    name: str
    path: str = ""
    """/dev/video0 on Linux; what the system calls it elsewhere."""
    virtual: bool = False
    """Whether another program makes its pictures."""

    def __str__(self) -> str:
        place = self.path if self.path.startswith("/dev/") else f"camera {self.number}"
        return f"{self.name} ({place})" if self.name != place else place


def list_cameras() -> list[Camera]:
    """All cameras that can deliver pictures now, by number; none is opened."""
    found = _of_linux() if sys.platform == "linux" else _of_opencv()
    return sorted(found)


def _of_linux() -> list[Camera]:
    """From sysfs, which needs no udev; nodes without permission are listed too: opening one gives the reason."""
    found = []
    for entry in v4l2.DEVICES.glob("video*"):
        path = f"/dev/{entry.name}"
        virtual = (entry / "max_openers").exists()  # v4l2loopback's own attribute
        idle = virtual and not _fed(entry / "format")
        if idle or not os.path.exists(path) or v4l2.can_capture(path) is False:
            continue
        try:
            name = (entry / "name").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:  # unplugged at this moment
            continue
        found.append(Camera(int(entry.name[5:]), _tidy(name) or entry.name, path, virtual))
    return found


def _fed(format_file: os.PathLike[str]) -> bool:
    try:
        with open(format_file, encoding="ascii") as file:
            return bool(file.read().strip())
    except OSError:
        return True


def _tidy(name: str) -> str:
    """The name without repetition: the kernel says "Integrated Camera: Integrated C", cut off at 31 letters."""
    head, _, tail = name.partition(": ")
    return head if tail and head.startswith(tail) else name


def _of_opencv() -> list[Camera]:
    try:
        from cv2_enumerate_cameras import enumerate_cameras
        from cv2_enumerate_cameras import supported_backends
    except (ImportError, OSError):  # numbers still work
        return []
    wanted = 700 if sys.platform == "win32" else 1200  # DirectShow, AVFoundation: what live-style opens
    if wanted not in supported_backends:
        return []
    return [Camera(info.index, info.name or f"camera {info.index}", info.path or "",
                   bool(re.search(r"virtual|obs-camera", info.name or "", re.IGNORECASE)))
            for info in enumerate_cameras(wanted)]
