"""A desktop without a screen: an X server of its own, looked at through its frame buffer."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest


class Desktop:
    """A real X server without a monitor, with a keyboard and a mouse to press."""

    size = (800, 600)

    def __init__(self, folder: Path) -> None:
        read, write = os.pipe()
        width, height = self.size
        # Without -noreset it restarts when its last client leaves, and drops a client that is connecting.
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-fbdir", str(folder),
             "-nolisten", "tcp", "-noreset"], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as lines:
            self.environment = os.environ | {"DISPLAY": f":{lines.readline().strip()}"}
        self.environment.pop("SDL_VIDEODRIVER", None)
        self._screen = folder / "Xvfb_screen0"

    def can(self, *command: str) -> bool:
        return subprocess.run(command, env=self.environment, capture_output=True, timeout=20).returncode == 0

    def do(self, *command: str) -> None:
        assert self.can(*command), command

    def picture(self) -> np.ndarray:
        """The screen now, RGB; Xvfb keeps it in a file, as an X window dump."""
        return dumped(self._screen.read_bytes())

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(10)


def dumped(dump: bytes) -> np.ndarray:
    """The picture in an X window dump, RGB."""
    header = struct.unpack(">25I", dump[:100])
    start, width, height, line, colors = header[0], header[4], header[5], header[12], header[19]
    depth = header[11] // 8  # bytes of a pixel: Xvfb has 4, Xorg's dummy driver 3
    rows = np.frombuffer(dump, np.uint8, line * height, start + colors * 12).reshape(height, line)
    return rows[:, :depth * width].reshape(height, width, depth)[:, :, 2::-1]


def need(*tools: str) -> None:
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)} (apt-get install xvfb xdotool x11-xkb-utils openbox "
                    "xserver-xorg-core xserver-xorg-video-dummy x11-xserver-utils x11-apps x11-utils chromium)")
