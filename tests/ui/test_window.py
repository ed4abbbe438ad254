"""Windows: one on SDL's dummy driver, one on a real X server with a keyboard, and one that is not there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from live_style.errors import ScreenError
from live_style.interfaces import Click
from live_style.interfaces import Close
from live_style.interfaces import Drop
from live_style.interfaces import Key
from live_style.interfaces import Layer
from live_style.interfaces import Pointer
from live_style.interfaces import Wheel
from live_style.ui.window import BGRX
from live_style.ui.window import NullWindow
from live_style.ui.window import PygameWindow
from live_style.ui.window import pygame
from tests.support.desktop import Desktop
from tests.support.desktop import need

SIZE = (100, 100)


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Iterator[PygameWindow]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    window = PygameWindow("test", SIZE)
    window.poll()
    yield window
    window.close()


def pixels() -> np.ndarray:
    """What is on the screen, RGB [height, width, 3]."""
    return pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)


def press(key: int, mod: int = 0, typed: str = "", place: int = 0, up: bool = True) -> None:
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, mod=mod, unicode=typed, scancode=place))
    if up:
        pygame.event.post(pygame.event.Event(pygame.KEYUP, key=key, mod=mod, unicode=typed, scancode=place))


@pytest.mark.parametrize(("name", "key", "mod", "typed", "place"), [
    ("Right", pygame.K_RIGHT, 0, "", pygame.KSCAN_RIGHT),
    ("Shift+Right", pygame.K_RIGHT, pygame.KMOD_LSHIFT, "", pygame.KSCAN_RIGHT),
    ("C", pygame.K_c, 0, "c", pygame.KSCAN_C),
    ("C", pygame.K_c, pygame.KMOD_CAPS | pygame.KMOD_NUM, "C", pygame.KSCAN_C),
    ("Shift+M", pygame.K_m, pygame.KMOD_RSHIFT, "M", pygame.KSCAN_M),
    ("3", pygame.K_3, 0, "3", pygame.KSCAN_3),
    ("Shift+3", pygame.K_3, pygame.KMOD_LSHIFT, "#", pygame.KSCAN_3),
    ("3", pygame.K_KP3, pygame.KMOD_NUM, "3", pygame.KSCAN_KP3),
    ("?", pygame.K_SLASH, pygame.KMOD_LSHIFT, "?", pygame.KSCAN_SLASH),
    ("[", pygame.K_LEFTBRACKET, 0, "[", pygame.KSCAN_LEFTBRACKET),
    ("Esc", pygame.K_ESCAPE, 0, "\x1b", pygame.KSCAN_ESCAPE),
    ("Tab", pygame.K_TAB, 0, "\t", pygame.KSCAN_TAB),
    ("Enter", pygame.K_RETURN, 0, "\r", pygame.KSCAN_RETURN),
    ("Space", pygame.K_SPACE, 0, " ", pygame.KSCAN_SPACE),
    ("F11", pygame.K_F11, 0, "", pygame.KSCAN_F11),
    pytest.param("[", pygame.K_8, pygame.KMOD_RALT, "[", pygame.KSCAN_8, id="German AltGr+8"),
    pytest.param("[", pygame.K_8, pygame.KMOD_LCTRL | pygame.KMOD_RALT, "[", pygame.KSCAN_8, id="on Windows"),
    pytest.param("?", pygame.K_MINUS, pygame.KMOD_LSHIFT, "?", pygame.KSCAN_MINUS, id="German Shift+sharp s"),
    pytest.param("1", pygame.K_AMPERSAND, 0, "&", pygame.KSCAN_1, id="French 1"),
    pytest.param("2", 233, 0, "é", pygame.KSCAN_2, id="French 2"),
    pytest.param("Shift+1", pygame.K_AMPERSAND, pygame.KMOD_LSHIFT, "1", pygame.KSCAN_1, id="French Shift+1"),
    pytest.param("A", pygame.K_a, 0, "a", pygame.KSCAN_Q, id="French A"),
    pytest.param("C", 0x441, 0, "с", pygame.KSCAN_C, id="Russian"),
    pytest.param("Ö", 246, 0, "ö", pygame.KSCAN_SEMICOLON, id="German ö"),
])
def test_a_key_arrives_by_its_name(window: PygameWindow, name: str, key: int, mod: int, typed: str,
                                   place: int) -> None:
    press(key, mod, typed, place)
    assert window.poll() == [Key(name)]


@pytest.mark.parametrize(("key", "mod", "typed"), [
    (pygame.K_c, pygame.KMOD_LCTRL, "\x03"), (pygame.K_TAB, pygame.KMOD_LALT, "\t"),
    (pygame.K_q, pygame.KMOD_LMETA, "q"), (pygame.K_LSHIFT, pygame.KMOD_LSHIFT, ""),
    (pygame.K_x, pygame.KMOD_LALT, "x"),
])
def test_keys_of_the_desktop_are_left_to_it(window: PygameWindow, key: int, mod: int, typed: str) -> None:
    press(key, mod, typed)
    assert window.poll() == []


def test_a_held_key_goes_on_where_it_moves_a_value_and_nowhere_else(window: PygameWindow) -> None:
    for _ in range(3):
        press(pygame.K_UP, up=False)
        press(pygame.K_c, typed="c", up=False)
    assert window.poll() == [Key("Up"), Key("C"), Key("Up"), Key("Up")]
    press(pygame.K_c, typed="c")
    press(pygame.K_c, typed="c")
    assert window.poll() == [Key("C")]


def test_clicks_drops_and_the_close_button_arrive_in_order(window: PygameWindow) -> None:
    for event in (
        pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=(12, 34)),
        pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=3, pos=(1, 1)),
        pygame.event.Event(pygame.MOUSEMOTION, pos=(5, 5), rel=(1, 1), buttons=(0, 0, 0)),
        pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=-2, flipped=False),
        pygame.event.Event(pygame.MOUSEMOTION, pos=(6, 5), rel=(1, 0), buttons=(1, 0, 0)),
        pygame.event.Event(pygame.MOUSEMOTION, pos=(7, 5), rel=(1, 0), buttons=(0, 0, 1)),
        pygame.event.Event(pygame.MOUSEWHEEL, x=1, y=0, flipped=False),
        pygame.event.Event(pygame.DROPFILE, file="/tmp/ein Bild é.jpg"),
        pygame.event.Event(pygame.QUIT),
    ):
        pygame.event.post(event)
    assert window.poll() == [Click(12, 34), Click(1, 1, right=True), Pointer(5, 5), Wheel(-2),
                             Pointer(6, 5, held=True), Pointer(7, 5), Wheel(1), Drop("/tmp/ein Bild é.jpg"), Close()]
    assert window.poll() == []


def test_of_moves_in_a_row_the_last_one_arrives(window: PygameWindow) -> None:
    for x in (1, 2, 3):
        pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=(x, 9), rel=(1, 0), buttons=(0, 0, 0)))
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=(3, 9)))
    pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=(4, 9), rel=(1, 0), buttons=(0, 0, 0)))
    assert window.poll() == [Pointer(3, 9), Click(3, 9), Pointer(4, 9)]


def test_a_picture_of_the_windows_size_arrives_pixel_by_pixel(window: PygameWindow) -> None:
    image = np.random.default_rng(0).integers(0, 256, (*SIZE, 3), np.uint8)
    window.show(image)
    np.testing.assert_array_equal(pixels(), image)


@pytest.mark.parametrize(("shape", "box"), [((50, 100), (0, 25, 100, 50)), ((20, 10), (25, 0, 50, 100)),
                                            ((90, 160), (0, 22, 100, 56)), ((1, 500), (0, 49, 100, 1))])
def test_other_shapes_are_letterboxed_on_black(window: PygameWindow, shape: tuple[int, int],
                                               box: tuple[int, int, int, int]) -> None:
    window.show(np.full((*SIZE, 3), 255, np.uint8))
    window.show(np.full((*shape, 3), (200, 100, 50), np.uint8))
    expected = np.zeros((*SIZE, 3), np.uint8)
    x, y, width, height = box
    expected[y:y + height, x:x + width] = (200, 100, 50)
    np.testing.assert_array_equal(pixels(), expected)


@pytest.mark.parametrize("masks", [BGRX, ()], ids=["screen memory", "SDL's blit"])
@pytest.mark.parametrize("shape", [(100, 100), (50, 100), (100, 50), (25, 50)])
def test_the_mirror_image_is_shown_and_what_lies_over_it_is_not_turned(
        window: PygameWindow, monkeypatch: pytest.MonkeyPatch, shape: tuple[int, int], masks: tuple[int, ...]) -> None:
    monkeypatch.setattr("live_style.ui.window.BGRX", masks)
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    window.show(image)
    straight = pixels()
    window.show(image, (layer((255, 0, 0, 255), 3, 4, side=2),), mirrored=True)
    expected = straight[:, ::-1].copy()
    expected[4:6, 3:5] = (255, 0, 0)
    np.testing.assert_array_equal(pixels(), expected)


def layer(color: tuple[int, int, int, int], x: int = 0, y: int = 0, side: int = 10) -> Layer:
    return Layer(np.full((side, side, 4), color, np.uint8), x, y)


def test_layers_are_blended_by_their_alpha_and_lie_over_each_other(window: PygameWindow) -> None:
    window.show(np.full((*SIZE, 3), (100, 100, 200), np.uint8), (
        layer((255, 0, 0, 255), 0, 0), layer((255, 0, 0, 128), 20, 0), layer((255, 0, 0, 0), 40, 0),
        layer((0, 255, 0, 255), 60, 0), layer((0, 0, 255, 255), 65, 5), layer((1, 2, 3, 255), 95, 95)))
    seen = pixels().astype(int)
    assert seen[5, 5].tolist() == [255, 0, 0]
    assert np.abs(seen[5, 25] - (177.8, 49.8, 99.6)).max() <= 2
    assert seen[5, 45].tolist() == [100, 100, 200]
    assert seen[2, 62].tolist() == [0, 255, 0] and seen[8, 68].tolist() == [0, 0, 255]
    assert seen[99, 99].tolist() == [1, 2, 3]


def test_a_layer_is_converted_once_and_goes_when_it_is_not_asked_for(window: PygameWindow) -> None:
    image, panel = np.zeros((*SIZE, 3), np.uint8), layer((255, 0, 0, 255))
    window.show(image, (panel,))
    panel.image[:] = (0, 255, 0, 255)  # only here, to find out whether the array is read again
    window.show(image, (panel,))
    assert pixels()[0, 0].tolist() == [255, 0, 0]
    window.show(image)
    assert pixels()[0, 0].tolist() == [0, 0, 0]
    window.show(image, (panel,))
    assert pixels()[0, 0].tolist() == [0, 255, 0]


def test_a_layer_on_the_black_bars_leaves_nothing_behind(window: PygameWindow) -> None:
    image = np.full((50, 100, 3), 9, np.uint8)
    window.show(image, (layer((255, 255, 255, 255)),))
    assert pixels()[0, 0].tolist() == [255, 255, 255]
    window.show(image)
    assert pixels()[0, 0].tolist() == [0, 0, 0]


def test_fullscreen_takes_the_whole_screen(window: PygameWindow) -> None:
    window.fullscreen()
    window.poll()
    assert window.size == pygame.display.get_desktop_sizes()[0]
    window.show(np.full((*SIZE, 3), 77, np.uint8))
    assert pixels().shape[:2] == window.size[::-1]
    assert (pixels()[:, window.size[0] // 2] == 77).all()


def test_a_closed_window_is_quiet(window: PygameWindow) -> None:
    window.close()
    window.close()
    window.show(np.zeros((*SIZE, 3), np.uint8))
    window.fullscreen()
    assert window.poll() == []
    assert not window.visible


def test_it_needs_no_thread_and_no_sound(window: PygameWindow) -> None:
    window.show(np.zeros((*SIZE, 3), np.uint8))
    assert threading.active_count() == 1
    assert pygame.mixer.get_init() is None
    assert window.visible


def test_the_window_that_is_not_there() -> None:
    window = NullWindow((640, 360))
    window.show(np.zeros((36, 64, 3), np.uint8), (layer((0, 0, 0, 0)),))
    window.fullscreen()
    assert window.poll() == [] and window.size == (640, 360) and not window.visible
    window.close()


def test_it_says_nothing_by_itself() -> None:
    done = subprocess.run([sys.executable, "-c", "import live_style.ui.window"], capture_output=True, text=True,
                          check=True, env=os.environ | {"SDL_VIDEODRIVER": "dummy"})
    assert done.stdout == done.stderr == ""


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")


@on_linux
@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ":4711"}, {"SDL_VIDEODRIVER": "nonsense"}])
def test_without_a_screen_it_says_so_quickly(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch,
                                             capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    before = time.monotonic()
    with pytest.raises(ScreenError) as e:
        PygameWindow("test", SIZE)
    assert time.monotonic() - before < 2.0
    assert "screen" in e.value.cause or "window" in e.value.cause
    assert "--headless" in e.value.cure
    assert capfd.readouterr() == ("", "")
    assert os.environ.get("SDL_VIDEODRIVER") == environment.get("SDL_VIDEODRIVER")


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    need("Xvfb", "xdotool", "setxkbmap")
    desktop = Desktop(tmp_path)
    yield desktop
    desktop.close()


PROGRAM = """
import sys, time
import numpy as np
from live_style.interfaces import Close, Key, Layer
from live_style.ui.window import PygameWindow
window = PygameWindow("live-style", (320, 180))
image = np.full((180, 320, 3), (200, 100, 50), np.uint8)
panel = Layer(np.full((20, 30, 4), (0, 0, 255, 255), np.uint8), 10, 10)
end = time.monotonic() + 30
while time.monotonic() < end:
    events = window.poll()
    for event in events:
        if event == Key("F"):
            window.fullscreen()
        print(event, *window.size, flush=True)
    if Key("Esc") in events or Close() in events:
        break
    window.show(image, (panel,))
    print("shown", flush=True)
    time.sleep(0.02)
window.close()
"""


class Program:
    """A small program with a window."""

    def __init__(self, desktop: Desktop) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", PROGRAM], env=desktop.environment, text=True,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._desktop = desktop
        self.settle()

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def settle(self) -> None:
        """Wait until it has drawn what happened so far."""
        for _ in range(4):
            while self.line() not in ("shown", ""):
                pass

    def key(self, name: str) -> str:
        """Press a key; what the window says of it."""
        self._desktop.do("xdotool", "key", name)
        while (line := self.line()) == "shown":
            pass
        return line

    def kill(self) -> None:
        self._process.kill()
        self.end()

    def end(self) -> tuple[int, str]:
        errors = self._process.communicate(timeout=10)[1]
        return self._process.returncode, errors


@pytest.fixture
def program(desktop: Desktop) -> Iterator[Program]:
    program = Program(desktop)
    yield program
    program.kill()


def test_a_real_window_shows_its_picture_and_hears_a_keyboard(desktop: Desktop, program: Program) -> None:
    for key, name in (("Right", "Right"), ("shift+Right", "Shift+Right"), ("n", "N"), ("3", "3"),
                      ("shift+3", "Shift+3"), ("question", "?"), ("bracketleft", "["), ("Tab", "Tab"),
                      ("shift+m", "Shift+M")):
        assert program.key(key) == f"Key(name='{name}') 320 180"
    program.settle()
    picture = desktop.picture()
    left, top, right, bottom = painted(desktop)
    assert (right - left, bottom - top) == (320, 180)
    assert (picture[top + 10:top + 30, left + 10:left + 40] == (0, 0, 255)).all()
    assert program.key("Escape") == "Key(name='Esc') 320 180"
    assert program.end() == (0, "")


def test_fullscreen_fills_a_real_screen_and_the_window_comes_back(desktop: Desktop) -> None:
    need("openbox")
    manager = subprocess.Popen(["openbox"], env=desktop.environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        assert eventually(lambda: desktop.can("xdotool", "get_desktop"))
        program = Program(desktop)
        before = painted(desktop)
        for _ in range(3):
            assert program.key("f") == "Key(name='F') 800 600"
            program.settle()
            assert eventually(lambda: painted(desktop) == (0, 75, 800, 600 - 75))
            assert program.key("f") == "Key(name='F') 320 180"
            program.settle()
            assert eventually(lambda: painted(desktop) == before)
        program.key("Escape")
        assert program.end() == (0, "")
    finally:
        manager.terminate()
        manager.wait(10)


def painted(desktop: Desktop) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what has the colour of the program's picture."""
    places = np.argwhere((desktop.picture() == (200, 100, 50)).all(axis=2))
    (top, left), (bottom, right) = places.min(axis=0), places.max(axis=0) + 1
    return int(left), int(top), int(right), int(bottom)


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5.0
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


@pytest.mark.parametrize(("layout", "keys"), [
    ("de", {"question": "?", "bracketleft": "[", "z": "Z", "odiaeresis": "Ö", "exclam": "Shift+1"}),
    ("fr", {"ampersand": "1", "eacute": "2", "bracketleft": "[", "question": "?", "a": "A", "1": "Shift+1"}),
    ("ru", {"Cyrillic_es": "C", "1": "1", "Left": "Left"}),
])
def test_other_keyboards(desktop: Desktop, program: Program, layout: str, keys: dict[str, str]) -> None:
    desktop.do("setxkbmap", layout)
    program.settle()
    for key, name in keys.items():
        assert program.key(key) == f"Key(name='{name}') 320 180"
