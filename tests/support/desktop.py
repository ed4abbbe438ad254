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
        # Without -noreset it starts anew when its last client leaves, and drops whoever is just connecting.
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
        dump = self._screen.read_bytes()
        header = struct.unpack(">25I", dump[:100])
        start, colors, line = header[0], header[19], header[12]
        width, height = self.size
        rows = np.frombuffer(dump, np.uint8, line * height, start + colors * 12).reshape(height, line)
        return rows[:, :4 * width].reshape(height, width, 4)[:, :, 2::-1]

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(10)


def need(*tools: str) -> None:
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)} (apt-get install xvfb xdotool x11-xkb-utils openbox)")
