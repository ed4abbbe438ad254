"""The whole program in a real window on a real X server, played with a real keyboard."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from live_style.frame import Image
from live_style.pictures.files import write_png
from tests.desktop import Desktop
from tests.desktop import need
from tests.films import frames_of
from tests.films import write_film

SCREENS = os.environ.get("SCREENSHOTS")
"""A folder where the screenshots are kept, to be looked at."""


class Player:
    """live-style in a window, with somebody at the keyboard."""

    def __init__(self, desktop: Desktop, *arguments: str) -> None:
        self._desktop = desktop
        self._program = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "live_style", "run", "--size", "640x360", "--net-size", "256x144",
             "--provider", "cpu", *arguments], env=desktop.environment, text=True, stderr=subprocess.PIPE)

    def press(self, key: str) -> None:
        self._desktop.do("xdotool", "key", key)

    def see(self, change: Callable[[Image], bool], name: str) -> Image:
        """Wait until the screen looks as it should; that picture."""
        deadline = time.monotonic() + 30
        while not change(picture := self._desktop.picture().copy()):
            assert self._program.poll() is None, self._program.communicate()[1]
            assert time.monotonic() < deadline, f"never seen: {name}"
            time.sleep(0.1)
        if SCREENS:
            time.sleep(0.4)
            write_png(Path(SCREENS) / f"{name}.png", self._desktop.picture().copy(), {})
        return picture

    def end(self) -> str:
        """What it said, once it has ended by itself."""
        _, said = self._program.communicate(timeout=30)
        assert self._program.returncode == 0, said
        return said

    def kill(self) -> None:
        if self._program.poll() is None:
            self._program.kill()
            self._program.communicate(timeout=10)


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    need("Xvfb", "xdotool")
    desktop = Desktop(tmp_path)
    yield desktop
    desktop.close()


def accent(picture: Image) -> int:
    """Pixels in the accent colour of our panels."""
    return int((np.abs(picture.astype(int) - (255, 178, 92)).max(axis=2) < 12).sum())


def dark(picture: Image) -> float:
    """Share of the window's middle that is nearly black, as the help panel makes it."""
    height, width = picture.shape[:2]
    middle = picture[height // 3:height * 2 // 3, width // 3:width * 2 // 3]
    return float((middle.max(axis=2) < 60).mean())


def test_keys_open_and_close_panels_that_the_recording_never_shows(desktop, tmp_path):
    grey = write_film(tmp_path / "grey.mp4", [np.full((360, 640, 3), 128, np.uint8)] * 30)
    out = tmp_path / "out.mp4"
    player = Player(desktop, "--camera", str(grey), "--record", str(out))
    try:
        player.see(lambda screen: accent(screen) > 300, "overlay and strip")
        player.press("h")
        player.see(lambda screen: dark(screen) > 0.5, "help")
        player.press("h")
        player.see(lambda screen: dark(screen) < 0.5, "help closed")
        player.press("Tab")
        player.press("i")
        player.see(lambda screen: accent(screen) < 50, "clean window")
        player.press("i")
        player.see(lambda screen: accent(screen) > 50, "overlay alone")
        player.press("Escape")
        player.end()
    finally:
        player.kill()
    frames = frames_of(out)
    assert len(frames) > 6
    first = frames[3].astype(int)  # the encoder's first frames are a little rougher than the rest
    assert max(np.abs(frame - first).mean() for frame in frames[3:]) < 2, "the picture stands still in the feed"
    assert max(accent(frame) for frame in frames) < 50


def test_a_style_key_is_seen_in_the_window(desktop):
    player = Player(desktop, "--camera", "demo", "--fade", "0.2")
    try:
        before = player.see(lambda screen: accent(screen) > 300, "demo, first style")
        for key in ("Right", "Right", "Right"):
            player.press(key)
            time.sleep(0.3)
        player.see(lambda screen: np.abs(screen.astype(int) - before).mean() > 8, "demo, fourth style")
        player.press("Escape")
        player.end()
    finally:
        player.kill()
