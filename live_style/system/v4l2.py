"""Video4Linux: what Linux reports about cameras, without OpenCV."""

from __future__ import annotations

import errno
import os
import struct
import sys
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

if sys.platform != "win32":
    import fcntl

DEVICES = Path("/sys/class/video4linux")
_QUERYCAP, _ENUM_FMT, _ENUM_SIZES, _ENUM_INTERVALS = 0x80685600, 0xC0405602, 0xC02C564A, 0xC034564B
_FORMAT_BYTES = 208 if struct.calcsize("P") == 8 else 204
_G_FMT, _S_FMT = (0xC0005600 | _FORMAT_BYTES << 16 | number for number in (4, 5))
_CAPTURE, _CAPTURE_PLANES = 1, 0x1000


class CameraMode(NamedTuple):
    """One way in which a camera can deliver."""

    format: str
    """Four letters: MJPG, YUYV ..."""
    width: int
    height: int
    fps: float
    """Its highest rate at this size; 0 if unknown."""


class CameraState(NamedTuple):
    """Whether a camera is available."""

    trouble: str
    """"" (none known), "missing", "forbidden", "busy" or "no camera"."""
    holders: tuple[str, ...] = ()
    """Programs that have it open, as far as this user may know: "firefox (1234)"."""


def can_capture(path: str) -> bool | None:
    """Whether a device node can deliver pictures (metadata nodes and unused loopbacks cannot); None: unknown."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        capabilities: int = struct.unpack_from("I", _ioctl(fd, _QUERYCAP, bytes(104)), 88)[0]
        return bool(capabilities & (_CAPTURE | _CAPTURE_PLANES))
    except OSError:
        return False
    finally:
        os.close(fd)


def state_of(path: str) -> CameraState:
    """Why a camera cannot be opened, as far as the kernel reports it."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError as e:
        troubles = {errno.ENOENT: "missing", errno.ENODEV: "missing", errno.ENXIO: "missing",
                    errno.EACCES: "forbidden", errno.EPERM: "forbidden", errno.EBUSY: "busy"}
        trouble = troubles.get(e.errno or 0, "no camera")
        return CameraState(trouble, tuple(_holders(path)) if trouble == "busy" else ())
    try:
        now = _ioctl(fd, _G_FMT, struct.pack("I", _CAPTURE) + bytes(_FORMAT_BYTES - 4))
        _ioctl(fd, _S_FMT, now)  # set it to its current format: refused only while another program streams
        return CameraState("")
    except OSError as e:
        return CameraState("busy", tuple(_holders(path))) if e.errno == errno.EBUSY else CameraState("no camera")
    finally:
        os.close(fd)


def modes(path: str) -> list[CameraMode]:
    """The modes of a camera, best first; empty if unknown."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return []
    try:
        found = {CameraMode(_letters(pixels), *size, _fps(fd, pixels, *size))
                 for pixels in _formats(fd) for size in _sizes(fd, pixels)}
        return sorted(found, key=lambda mode: (-mode.width * mode.height, -mode.fps, mode.format))
    finally:
        os.close(fd)


def openers(path: str) -> int:
    """How many other programs have a device open, as far as this user may know."""
    return sum(1 for _ in _holders(path))


def _letters(pixels: int) -> str:
    """A pixel format's name; its highest bit means that the bytes of a pixel are swapped."""
    name = (pixels & 0x7FFFFFFF).to_bytes(4, "little").decode("ascii", "replace").strip()
    return f"{name}-BE" if pixels >> 31 else name


def _formats(fd: int) -> Iterator[int]:
    for answer in _each(fd, _ENUM_FMT, lambda i: struct.pack("II", i, _CAPTURE).ljust(64, b"\0")):
        yield struct.unpack_from("I", answer, 44)[0]


def _sizes(fd: int, pixels: int) -> Iterator[tuple[int, int]]:
    for answer in _each(fd, _ENUM_SIZES, lambda i: struct.pack("II", i, pixels).ljust(44, b"\0")):
        kind, width, height_or_most, _, _, tallest = struct.unpack_from("6I", answer, 8)
        if kind == 1:  # one size of a list; else any up to a largest
            yield width, height_or_most
        else:
            yield height_or_most, tallest
            return


def _fps(fd: int, pixels: int, width: int, height: int) -> float:
    best = 0.0
    shape = (pixels, width, height)
    for answer in _each(fd, _ENUM_INTERVALS, lambda i: struct.pack("4I", i, *shape).ljust(52, b"\0")):
        _, top, bottom = struct.unpack_from("3I", answer, 16)
        best = max(best, bottom / top if top else 0.0)
    return round(best, 2)


def _each(fd: int, request: int, question: Callable[[int], bytes]) -> Iterator[bytes]:
    for index in range(100):
        try:
            yield _ioctl(fd, request, question(index))
        except OSError:
            return


def _holders(path: str) -> Iterator[str]:
    real = os.path.realpath(path)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            open_files = {os.readlink(fd) for fd in (process / "fd").iterdir()}
            if real in open_files and process.name != str(os.getpid()):
                yield f"{(process / 'comm').read_text().strip()} ({process.name})"
        except OSError:
            continue


def _ioctl(fd: int, request: int, argument: bytes) -> bytes:
    return fcntl.ioctl(fd, request, argument)
