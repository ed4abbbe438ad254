"""v4l2loopback devices, Linux's virtual cameras: finds a free one and prepares it."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import struct
import time
from pathlib import Path
from typing import NamedTuple

from live_style.errors import SinkError
from live_style.frame import Size
from live_style.frame import size_text

MODPROBE = ("sudo modprobe v4l2loopback devices=1 exclusive_caps=1 max_buffers=2 video_nr=10 "
            "card_label=\"live-style\"")
"""Creates a virtual camera until the next restart."""
_DEVICES = Path("/sys/class/video4linux")
_PIXELS = "YU12"
"""What pyvirtualcam feeds for RGB frames: I420."""
_QUERYCAP = 0x80685600
_STREAMON = 0x40045612
_OUTPUT = 2
"""As a capability and as a buffer type: takes frames."""
_FED_SECONDS = 0.5
"""A device without a new frame for so long has readers only."""


class Loopback(NamedTuple):
    """One virtual camera."""

    path: str
    """/dev/video10"""
    card: str
    """The name that other programs show for it."""


def loopbacks() -> list[Loopback]:
    """The virtual cameras of this computer, those named live-style first; no real camera is opened."""
    found = [Loopback(f"/dev/{entry.name}", (entry / "name").read_text().strip())
             for entry in _DEVICES.glob("video*") if (entry / "max_openers").exists()]
    return sorted(found, key=lambda device: ("live-style" not in device.card, len(device.path), device.path))


def make_ready(wanted: str | None, size: Size) -> Loopback:
    """The device with that path or name (None: the first free one), prepared for I420 of that size.

    Raises SinkError.
    """
    devices = loopbacks()
    if not devices:
        raise SinkError("this computer has no virtual camera (no v4l2loopback device)",
                        f"Install the package v4l2loopback-dkms, then run: {MODPROBE}")
    chosen = [device for device in devices if wanted is None or _is_meant(device, wanted)]
    if not chosen:
        names = ", ".join(f"{device.path} ({device.card})" for device in devices)
        raise SinkError(f"{wanted} is not a virtual camera", f"Choose {names}, or omit --vcam-device.")
    problems = []
    for device in chosen:
        try:
            _make_ready(device, size)
            return device
        except SinkError as e:
            problems.append(e)
    raise problems[0]


def _is_meant(device: Loopback, wanted: str) -> bool:
    return os.path.realpath(wanted) == device.path or wanted.lower() in device.card.lower()


def _make_ready(device: Loopback, size: Size) -> None:
    try:
        fd = os.open(device.path, os.O_RDWR | os.O_NONBLOCK)
    except OSError as e:
        raise _not_opened(device, e) from e
    try:
        promised = promised_format(device)
        takes_frames = _takes_frames(fd)
        if promised is not None and _is_fed(fd):
            raise SinkError(f"another program uses the virtual camera {device.path} ({device.card})",
                            "Stop it in that program (in OBS: Stop Virtual Camera), or choose another --vcam-device.")
        if promised not in (None, (_PIXELS, size)):
            raise _promised_otherwise(device, promised, size)
        if not takes_frames:
            _mend(fd)
    finally:
        os.close(fd)


def promised_format(device: Loopback) -> tuple[str, Size] | None:
    """Pixel format and size that the readers of a device expect; None if no program has it open."""
    try:
        text = (_DEVICES / Path(device.path).name / "format").read_text()
    except OSError:
        return None
    match = re.match(r"(....):(\d+)x(\d+)@", text)
    return (match[1], (int(match[2]), int(match[3]))) if match else None


def _takes_frames(fd: int) -> bool:
    answer = fcntl.ioctl(fd, _QUERYCAP, bytes(104))
    device_capabilities: int = struct.unpack_from("I", answer, 88)[0]
    return bool(device_capabilities & _OUTPUT)


def _is_fed(fd: int) -> bool:
    """Whether new frames come in; frames from before do not count."""
    end = time.monotonic() + _FED_SECONDS
    drained = False
    while time.monotonic() < end:
        try:
            os.read(fd, 1)  # one byte of a frame stands for all of it
            if drained:
                return True
        except BlockingIOError:
            drained = True
            time.sleep(0.01)
        except OSError:
            return False
    return not drained


def _mend(fd: int) -> None:
    """Let a device take frames again after a writer left it.

    With exclusive_caps=1 v4l2loopback 0.12 offers no output any more when a writer that never called STREAMON
    (pyvirtualcam is one) has closed it, until the module is loaded again (its issue 470). STREAMON and close
    bring it back; newer versions need none of it and answer EINVAL.
    """
    try:
        fcntl.ioctl(fd, _STREAMON, struct.pack("i", _OUTPUT))
    except OSError:
        pass


def _not_opened(device: Loopback, error: OSError) -> SinkError:
    if error.errno in (errno.EACCES, errno.EPERM):
        return SinkError(f"you have no permission to use the virtual camera {device.path}",
                         "Run: sudo usermod -aG video $USER; then log out and in again.")
    return SinkError(f"the virtual camera {device.path} cannot be opened: {error.strerror}",
                     "Close the programs that use it, or choose another --vcam-device.")


def _promised_otherwise(device: Loopback, promised: tuple[str, Size] | None, size: Size) -> SinkError:
    pixels, (width, height) = promised or (_PIXELS, size)
    told = f"{width}x{height}" if pixels == _PIXELS else f"{width}x{height} {pixels}"
    again = f", or run with --size {width}x{height}" if pixels == _PIXELS else ""
    return SinkError(
        f"a program reads {device.path} as {told}, so {size_text(size)} would look scrambled",
        f"Stop the camera in that program first{again}.")
