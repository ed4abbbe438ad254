"""A desktop of two monitors, the second of which can be pulled: a real X server with RandR, and no screen."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from live_style.frame import Image
from tests.support.desktop import dumped
from tests.support.desktop import need

FIRST, SECOND = (640, 480), (800, 600)
_CONFIG = """
Section "Device"
  Identifier "paper"
  Driver "dummy"
  VideoRam 64000
EndSection
Section "Screen"
  Identifier "paper"
  Device "paper"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "640x480" "800x600"
    Virtual 2048 1024
  EndSubSection
EndSection
Section "ServerFlags"
  Option "AutoAddDevices" "false"
EndSection
"""


class Monitors:
    """One of 640x480 and, to its right, one of 800x600, with a window manager as desktops have one."""

    def __init__(self, folder: Path) -> None:
        need("Xorg", "xrandr", "openbox", "xdotool", "xwd", "xwininfo")
        config = folder / "monitors.conf"
        config.write_text(_CONFIG)
        read, write = os.pipe()
        self._server = subprocess.Popen(
            ["Xorg", "-displayfd", str(write), "-config", str(config), "-logfile", str(folder / "monitors.log"),
             "-nolisten", "tcp", "-noreset"], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as lines:
            self._display = f":{lines.readline().strip()}"
        self.environment = os.environ | {"DISPLAY": self._display}
        self.environment.pop("SDL_VIDEODRIVER", None)
        self.do("xrandr", "--addmode", "DUMMY1", "800x600")
        self.plug()
        self._manager = subprocess.Popen(["openbox"], env=self.environment, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)

    def do(self, *command: str) -> str:
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=20,
                              check=True).stdout

    def plug(self) -> None:
        self.do("xrandr", "--output", "DUMMY1", "--mode", "800x600", "--right-of", "DUMMY0")
        self.do("xrandr")  # only when it is asked does the driver see that there is a monitor

    def pull(self) -> None:
        self.do("xrandr", "--output", "DUMMY1", "--off")

    def first(self) -> Image:
        """What the first monitor shows, RGB."""
        return self._picture()[:FIRST[1], :FIRST[0]]

    def second(self) -> Image:
        """What the second monitor shows, RGB."""
        return self._picture()[:SECOND[1], FIRST[0]:]

    def _picture(self) -> Image:
        # It fails where a window goes while it looks.
        while (done := subprocess.run(["xwd", "-root", "-silent"], env=self.environment, capture_output=True,
                                      timeout=20)).returncode:
            assert self._server.poll() is None
        return dumped(done.stdout)

    def close(self) -> None:
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(10)
