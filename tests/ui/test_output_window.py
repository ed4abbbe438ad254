"""The output window: the clean feed on a monitor of its own, whatever becomes of window and monitor."""

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

from live_style.errors import ScreenError
from live_style.frame import Image
from live_style.imaging.write import write_png
from live_style.interfaces import Click
from live_style.interfaces import Close
from live_style.interfaces import Key
from live_style.interfaces import OutputClosed
from live_style.ui.window import NullWindow
from live_style.ui.window import PygameWindow
from live_style.ui.window import pygame
from tests.support.monitors import SECOND
from tests.support.monitors import Monitors

PICTURE, PANEL = (200, 100, 50), (0, 0, 255)
SCREENS = os.environ.get("SCREENSHOTS")
"""A folder where the screenshots are kept, to be looked at."""

PROGRAM = f"""
import time
import numpy as np
from live_style.interfaces import Close, Key, Layer
from live_style.ui.window import PygameWindow
window = PygameWindow("live-style", (320, 180))
image = np.full((180, 320, 3), {PICTURE}, np.uint8)
panel = Layer(np.full((20, 30, 4), {(*PANEL, 255)}, np.uint8), 10, 10)
window.toggle_output()
end = time.monotonic() + 120
while time.monotonic() < end:
    events = window.poll()
    for event in events:
        print(event, flush=True)
        if event == Key("O"):
            window.toggle_output()
    if Close() in events:
        break
    window.project(image)
    window.show(image, (panel,))
    time.sleep(0.02)
window.close()
"""


class Program:
    """A small program with a window of panels and an output window."""

    def __init__(self, monitors: Monitors) -> None:
        self._monitors = monitors
        self._process = subprocess.Popen([sys.executable, "-W", "error", "-c", PROGRAM], env=monitors.environment,
                                         text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def window(self, title: str) -> str:
        """X's number of a window, waited for."""
        found: list[str] = []

        def there() -> bool:
            done = subprocess.run(["xwininfo", "-name", title], env=self._monitors.environment, capture_output=True,
                                  text=True, timeout=20)
            found[:] = [line.split()[3] for line in done.stdout.splitlines() if "Window id:" in line]
            return bool(found)

        assert eventually(there), title
        return found[-1]

    def press(self, title: str, key: str) -> None:
        """Press a key in a window, once it has the focus: on a busy machine another may take it meanwhile."""
        window = self.window(title)

        def focused() -> bool:
            self._monitors.do("xdotool", "windowactivate", "--sync", window)
            # It fails while no window is active.
            done = subprocess.run(("xdotool", "getactivewindow"), env=self._monitors.environment, capture_output=True,
                                  text=True, timeout=20)
            return done.stdout.strip() == str(int(window, 16))

        assert eventually(lambda: focused() and focused()), title
        self._monitors.do("xdotool", "key", key)

    def quit(self, title: str) -> None:
        """Close a window by its key, pressed again if it is lost while the desktop moves the focus."""
        window = self.window(title)

        def gone() -> bool:
            return subprocess.run(("xwininfo", "-id", window), env=self._monitors.environment,
                                  capture_output=True, timeout=20).returncode != 0

        for _ in range(5):
            self.press(title, "alt+F4")
            if eventually(gone, 3.0):
                return
        raise AssertionError(f"{title} is still there")

    def said(self, word: str) -> str:
        """Read on to a line with that word."""
        assert self._process.stdout is not None
        while word not in (line := self._process.stdout.readline()):
            assert line, self._process.communicate()[1]
        return line.strip()

    def end(self) -> tuple[int, str]:
        errors = self._process.communicate(timeout=20)[1]
        return self._process.returncode, errors

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def monitors(tmp_path: Path) -> Iterator[Monitors]:
    monitors = Monitors(tmp_path)
    yield monitors
    monitors.close()


@pytest.fixture
def program(monitors: Monitors) -> Iterator[Program]:
    program = Program(monitors)
    yield program
    program.kill()


def eventually(true: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def seen(picture: Callable[[], Image], wanted: Callable[[Image], bool], name: str) -> None:
    assert eventually(lambda: wanted(picture())), name
    if SCREENS:
        write_png(Path(SCREENS) / f"{name}.png", picture().copy(), {})


def clean(picture: Image) -> bool:
    """Whether a screen of 800x600 shows the picture of 16:9 from edge to edge on black, and nothing else."""
    wanted = np.zeros((*SECOND[::-1], 3), np.uint8)
    wanted[75:525] = PICTURE
    return np.array_equal(picture, wanted)


def panels(picture: Image) -> bool:
    """Whether the panel is seen, and the picture round it."""
    return bool((picture == PANEL).all(axis=2).any() and (picture == PICTURE).all(axis=2).any())


def test_the_projector_gets_the_picture_from_edge_to_edge_and_the_hand_keeps_its_window(
        monitors: Monitors, program: Program) -> None:
    seen(monitors.second, clean, "projector")
    seen(monitors.first, panels, "beside the projector")
    monitors.do("xdotool", "key", "Right")
    assert program.said("Key") == "Key(name='Right')"
    monitors.do("xdotool", "key", "o")
    seen(monitors.second, lambda picture: not picture.any(), "projector, closed by its key")
    monitors.do("xdotool", "key", "o")
    seen(monitors.second, clean, "projector, opened again")


def test_a_monitor_that_is_pulled_takes_only_its_window_along(monitors: Monitors, program: Program) -> None:
    seen(monitors.second, clean, "before the pull")
    monitors.pull()
    assert "it covered this one" in program.said("OutputClosed")
    seen(monitors.first, panels, "after the pull")
    monitors.plug()
    monitors.do("xdotool", "key", "o")
    seen(monitors.second, clean, "plugged in again")
    seen(monitors.first, panels, "beside it, plugged in again")


def test_to_close_the_output_ends_nothing_and_to_close_the_panels_ends_all(
        monitors: Monitors, program: Program) -> None:
    seen(monitors.second, clean, "before the output is closed")
    program.quit("live-style output")
    assert program.said("OutputClosed") == "OutputClosed(why='')"
    seen(monitors.first, panels, "after the output was closed")
    monitors.do("xdotool", "key", "o")
    seen(monitors.second, clean, "after it was opened again")
    program.quit("live-style")
    assert program.said("Close()") == "Close()"
    assert program.end() == (0, "")


def test_without_a_second_monitor_it_is_a_window_that_can_be_sized_and_moved(
        monitors: Monitors) -> None:
    monitors.pull()
    program = Program(monitors)
    try:
        window = program.window("live-style output")
        monitors.do("xdotool", "windowsize", window, "400", "200", "windowmove", window, "200", "250")
        seen(monitors.first, lambda picture: (picture[400] == PICTURE).all(axis=1).sum() in range(350, 360),
             "a window, sized and moved")
    finally:
        program.kill()


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Iterator[PygameWindow]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    window = PygameWindow("test", (100, 100))
    yield window
    window.close()


def test_the_pointer_over_the_output_touches_nothing_and_its_keys_are_heard(window: PygameWindow) -> None:
    assert "no monitor 2" in window.toggle_output()
    window.poll()
    output = window._output
    assert output is not None and window.projecting
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=(5, 5), window=output.handle))
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=(6, 6), window=window._handle))
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_b, mod=0, unicode="b", scancode=0,
                                         window=output.handle))
    pygame.event.post(pygame.event.Event(pygame.WINDOWCLOSE, window=output.handle))
    assert window.poll() == [Click(6, 6), Key("B"), OutputClosed()]
    assert not window.projecting
    pygame.event.post(pygame.event.Event(pygame.WINDOWCLOSE, window=window._handle))
    assert window.poll() == [Close()]


def test_an_output_that_fails_is_told_and_ends_nothing_else(
        window: PygameWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window.toggle_output()
    window.poll()

    def lost(image: Image) -> None:
        raise pygame.error("the display is lost")

    monkeypatch.setattr(window._output, "show", lost)
    window.project(np.zeros((36, 64, 3), np.uint8))
    assert window.poll() == [OutputClosed("the output window cannot be shown: the display is lost")]
    window.show(np.zeros((36, 64, 3), np.uint8))
    assert window.toggle_output() and window.projecting


def test_there_is_none_without_the_window_of_the_panels() -> None:
    with pytest.raises(ScreenError) as e:
        NullWindow((64, 36)).toggle_output()
    assert "--headless" in e.value.cure
