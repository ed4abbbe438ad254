"""Sources: where frames come from."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from live_style.errors import SourceError
from live_style.frame import Size
from live_style.imaging.read import SUFFIXES
from live_style.interfaces import Source
from live_style.sources.camera import CameraSource
from live_style.sources.demo import DemoSource
from live_style.sources.devices import Camera
from live_style.sources.devices import list_cameras
from live_style.sources.still import StillSource


def open_source(choice: str | None, size: Size, fps: float,
                remembered: str | None = None) -> tuple[Source, str]:
    """The opened source of a choice, and a line for the user about it ("": nothing to say).

    None: the camera named `remembered`, else the first that delivers, else the demo scene. Otherwise "demo", a
    number, a file, an address, a device path or part of a camera's name: that one, or SourceError.
    """
    if choice is None:
        return _first_that_delivers(size, fps, remembered)
    source = _source_of(choice, size, fps)
    source.open()
    return source, ""


def _source_of(choice: str, size: Size, fps: float) -> Source:
    text = choice.strip()
    if text.lower() == "demo":
        return DemoSource(size, fps)
    if _ADDRESS.match(text):
        return _clip(text)
    path = Path(text).expanduser()
    if not text.isdecimal() and not text.startswith("/dev/") and (path.exists() or _reads_like_a_file(text)
                                                                  and not _is_a_camera(text)):
        still = path.suffix.lower() in SUFFIXES - {".gif"} and not path.is_dir()
        return StillSource(path, fps) if still else _clip(str(path))
    return CameraSource(find_camera(text, list_cameras()), size, fps)


def _clip(address: str) -> Source:
    # PyAV takes a tenth of a second to load: not for a camera.
    from live_style.sources.video import VideoSource

    return VideoSource(address)


_ADDRESS = re.compile("[A-Za-z][A-Za-z0-9+.-]*://")


def _is_a_camera(text: str) -> bool:
    """Whether a camera has that name, which may contain a slash."""
    return any(camera.name.lower() == text.lower() for camera in list_cameras())


def _reads_like_a_file(text: str) -> bool:
    return os.sep in text or "/" in text or text.startswith("~") or Path(text).suffix.lower() in _FILE_ENDINGS


_FILE_ENDINGS = SUFFIXES | {".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".wmv",
                            ".flv"}


def find_camera(choice: str, cameras: Sequence[Camera]) -> Camera:
    """The camera with a number, a path or part of a name; raises SourceError that lists the cameras."""
    if choice.isdecimal():
        found = [camera for camera in cameras if camera.number == int(choice)]
        return found[0] if found else _unlisted(int(choice), cameras)
    if choice.startswith("/dev/"):
        real = os.path.realpath(choice)
        found = [camera for camera in cameras if os.path.realpath(camera.path) == real]
        return found[0] if found else Camera(-1, choice, choice)
    wanted = choice.lower()
    found = [camera for camera in cameras if camera.name.lower() == wanted] or \
            [camera for camera in cameras if wanted in camera.name.lower()]
    if not found:
        raise SourceError(f'no camera has "{choice}" in its name', f"{_what_there_is(cameras)}")
    if len(found) > 1:
        raise SourceError(f'"{choice}" matches {len(found)} cameras: {", ".join(map(str, found))}',
                          f"Give more of the name, or the number: --camera {found[0].number}")
    return found[0]


def _unlisted(number: int, cameras: Sequence[Camera]) -> Camera:
    """A number that is not listed; it may work if the system lists nothing (macOS without its bindings)."""
    if sys.platform == "linux" and os.path.exists(f"/dev/video{number}"):
        return Camera(number, f"camera {number}", f"/dev/video{number}")
    if sys.platform != "linux" and not cameras:
        return Camera(number, f"camera {number}")
    raise SourceError(f"there is no camera {number}", _what_there_is(cameras))


def _what_there_is(cameras: Sequence[Camera]) -> str:
    if not cameras:
        return "No camera was found: plug one in, or use the demo scene: --camera demo"
    return "Available: " + ", ".join(f"{camera.number}: {camera.name}" for camera in cameras)


def _first_that_delivers(size: Size, fps: float, remembered: str | None) -> tuple[Source, str]:
    """Real cameras before virtual ones, which may show our own output."""
    listed = sorted(list_cameras(), key=lambda camera: (camera.name != remembered, camera.virtual,
                                                        camera.number))
    problems: list[SourceError] = []
    for camera in listed:
        source = CameraSource(camera, size, fps)
        try:
            source.open()
        except SourceError as e:
            problems.append(e)
            continue
        return source, _notice(camera, remembered, problems)
    demo = DemoSource(size, fps)
    demo.open()
    why = "no camera was found" if not problems else problems[0].cause
    return demo, f"{why}, so the demo scene is used; choose another source with --camera"


def _notice(camera: Camera, remembered: str | None, problems: Sequence[SourceError]) -> str:
    if problems:
        return f"{problems[0].cause}, so {camera} is used"
    if remembered is not None and camera.name != remembered:
        return f"{remembered} was not found, so {camera} is used"
    return ""
