"""Windows: a real one (pygame), and a dummy for headless runs."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any
from typing import cast

import numpy as np

from live_style.control import keys
from live_style.errors import ScreenError
from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging import opencv
from live_style.imaging.geometry import Box
from live_style.imaging.geometry import letterbox
from live_style.imaging.logo import icon
from live_style.interfaces import Click
from live_style.interfaces import Close
from live_style.interfaces import Drop
from live_style.interfaces import Event
from live_style.interfaces import Key
from live_style.interfaces import Layer
from live_style.interfaces import OutputClosed
from live_style.interfaces import Pointer
from live_style.interfaces import Wheel
from live_style.telemetry.trace import span

# pygame asks for pkg_resources, which takes 0.1 s to load, and works without: for a moment there is none.
_RESOURCES = sys.modules.get("pkg_resources")
sys.modules["pkg_resources"] = cast(Any, None)
import pygame  # noqa: E402
from pygame._sdl2 import Renderer  # noqa: E402
from pygame._sdl2 import Texture  # noqa: E402
from pygame._sdl2 import Window  # noqa: E402
del sys.modules["pkg_resources"]
if _RESOURCES is not None:
    sys.modules["pkg_resources"] = _RESOURCES

REPEATING = frozenset({"Up", "Down", "[", "]"})
"""Keys that repeat while held, because they move a value. A held C must not flicker between two states."""
REPEAT_AFTER_MS, REPEAT_EVERY_MS = 400, 80
BGRX = (0xff0000, 0xff00, 0xff, 0) if sys.byteorder == "little" else ()
"""Masks of red, green, blue and alpha in a screen's pixels of 32 bits, wherever a desktop of today draws."""
_ANYWHERE, _ON_MONITOR = 0x1FFF0000, 0x2FFF0000
"""SDL's words for the place of a new window: wherever the desktop likes, in the middle of the first monitor."""
_POINTING = frozenset({pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP, pygame.MOUSEMOTION, pygame.MOUSEWHEEL})

_NAMED = {
    pygame.K_RIGHT: "Right", pygame.K_LEFT: "Left", pygame.K_UP: "Up", pygame.K_DOWN: "Down",
    pygame.K_TAB: "Tab", pygame.K_ESCAPE: "Esc", pygame.K_RETURN: "Enter", pygame.K_KP_ENTER: "Enter",
    pygame.K_SPACE: "Space", pygame.K_BACKSPACE: "Backspace", pygame.K_DELETE: "Delete",
    pygame.K_INSERT: "Insert", pygame.K_HOME: "Home", pygame.K_END: "End", pygame.K_PAGEUP: "PageUp",
    pygame.K_PAGEDOWN: "PageDown", **{getattr(pygame, f"K_F{n}"): f"F{n}" for n in range(1, 13)}}
_KEYPAD = {getattr(pygame, f"K_KP{n}"): str(n) for n in range(10)}
_LETTERS = {getattr(pygame, f"K_{c}"): c.upper() for c in "abcdefghijklmnopqrstuvwxyz"}
_DIGIT_PLACES = {getattr(pygame, f"KSCAN_{n}"): str(n) for n in range(10)}
_LETTER_PLACES = {getattr(pygame, f"KSCAN_{c}"): c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


class PygameWindow:
    """A resizable window on the desktop; main thread only. Raises ScreenError without a desktop."""

    def __init__(self, title: str, size: Size, monitor: int = 0) -> None:
        self._title = title
        self.monitor = monitor
        """The monitor of the output window, from 1; 0: the second, if there is one."""
        self._output: _OutputWindow | None = None
        self._closed: list[OutputClosed] = []
        with _screen_errors():
            _open_display()
            pygame.display.set_icon(_surface(icon(64)))
            self._surface = pygame.display.set_mode(size, pygame.RESIZABLE)
            pygame.display.set_caption(title)
            pygame.key.set_repeat(REPEAT_AFTER_MS, REPEAT_EVERY_MS)
            # Kept as long as the window: pygame 2.6 hands it out with every window event, alive or not.
            self._handle = _handle()
        self.fills_screen = False
        """Whether it is in fullscreen."""
        self._held: set[int] = set()
        self._layers: dict[int, tuple[Image, pygame.Surface]] = {}

    @property
    def size(self) -> Size:
        """Its inner size now, in pixels."""
        return self._surface.get_size()

    @property
    def visible(self) -> bool:
        """Whether it is visible: not if it is minimised."""
        return pygame.display.get_init() and pygame.display.get_active()

    def poll(self) -> list[Event]:
        """Events since the last call, oldest first; of consecutive pointer moves only the last."""
        if not pygame.display.get_init():
            return []
        events = [event for event in map(self._event, pygame.event.get()) if event is not None]
        events += self._closed
        self._closed.clear()
        # SDL puts another surface under the window when it is resized.
        self._surface = pygame.display.get_surface() or self._surface
        return [event for event, then in itertools.zip_longest(events, events[1:])
                if not (isinstance(event, Pointer) and isinstance(then, Pointer) and event.held is then.held)]

    def _event(self, event: pygame.event.Event) -> Event | None:
        output, place = self._output, getattr(event, "window", None)
        if output is not None and place is output.handle:
            self._happen_there(output, event)
            if event.type in _POINTING:
                return None
        elif event.type == pygame.WINDOWCLOSE and place is self._handle:
            return Close()  # SDL speaks of the end of the program only where this is its last window
        if event.type == pygame.KEYDOWN:
            name = name_of(event)
            again = event.key in self._held
            self._held.add(event.key)
            return Key(name) if name and (not again or name in REPEATING) else None
        if event.type == pygame.KEYUP:
            self._held.discard(event.key)
        elif event.type == pygame.WINDOWFOCUSLOST:
            self._held.clear()
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button in (1, 3):
            return Click(int(event.pos[0]), int(event.pos[1]), event.button == 3)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            return Pointer(int(event.pos[0]), int(event.pos[1]))
        elif event.type == pygame.MOUSEMOTION:
            return Pointer(int(event.pos[0]), int(event.pos[1]), bool(event.buttons[0]))
        elif event.type == pygame.MOUSEWHEEL:
            return Wheel(int(event.x or event.y))
        elif event.type == pygame.DROPFILE:
            return Drop(str(event.file))
        elif event.type == pygame.QUIT:
            return Close()
        return None

    def show(self, image: Image, layers: tuple[Layer, ...] = (), mirrored: bool = False) -> None:
        """Present a picture or its mirror image, letterboxed into the window, with layers over it in window pixels."""
        if not pygame.display.get_init():
            return
        box = letterbox(size_of(image), self.size)
        with span("picture"):
            if (box.width, box.height) != self.size:
                self._surface.fill((0, 0, 0))
            self._draw(opencv.quick_resize(image, (box.width, box.height)), box, mirrored)
        with span("panels"):
            self._blit(layers)
        with span("flip"):
            pygame.display.flip()

    def _draw(self, image: Image, box: Box, mirrored: bool) -> None:
        if self._surface.get_masks() != BGRX:
            self._surface.blit(_surface(opencv.flip(image) if mirrored else image), (box.x, box.y))
            return
        # Straight into the screen's memory: 0.1 ms at 1280x720, mirrored 0.3, where SDL's blit of RGB takes 0.4.
        pixels = np.asarray(self._surface.get_view("2")).T
        screen = pixels.view(np.uint8).reshape(*pixels.shape, 4)
        opencv.show_on(screen[box.y:box.y + box.height, box.x:box.x + box.width], image, mirrored)

    def _blit(self, layers: tuple[Layer, ...]) -> None:
        # Cached by identity, with the array itself so that no other gets its id: an unchanged panel
        # is the same array and needs a blit only, no conversion.
        kept: dict[int, tuple[Image, pygame.Surface]] = {}
        for layer in layers:
            key = id(layer.image)
            kept[key] = self._layers.get(key) or (layer.image, _surface(layer.image).convert_alpha())
            self._surface.blit(kept[key][1], (layer.x, layer.y))
        self._layers = kept

    def fullscreen(self) -> None:
        """Toggle borderless fullscreen on the screen where the window is."""
        if not pygame.display.get_init():
            return
        # Not by set_mode: that takes the first screen, wherever the window is, and loses its place.
        # desktop=True is borderless: OBS cannot capture exclusive fullscreen.
        with _screen_errors():
            if self.fills_screen:
                self._handle.set_windowed()
            else:
                self._handle.set_fullscreen(desktop=True)
            self.fills_screen = not self.fills_screen
            self._surface = pygame.display.get_surface() or self._surface

    @property
    def monitors(self) -> tuple[Size, ...]:
        """The sizes of the monitors, in order."""
        return tuple(pygame.display.get_desktop_sizes()) if pygame.display.get_init() else ()

    @property
    def projecting(self) -> bool:
        """Whether the output window is open."""
        return self._output is not None

    def toggle_output(self) -> str:
        """Open or close the output window; a line to say, "" for none. Raises ScreenError."""
        if self._output is not None:
            self._drop_output()
            return ""
        monitors = pygame.display.get_num_displays()
        monitor = self.monitor or 2
        with _output_errors():
            self._output = _OutputWindow(f"{self._title} output", self.size, monitor if monitor <= monitors else None)
            self._handle.focus()  # it is played from here
        if monitor <= monitors:
            return ""
        return f"there is no monitor {monitor}: the output is in a window that you can move"

    def project(self, image: Image) -> None:
        """Present a picture of the clean feed in the output window, if that is open; raises nothing."""
        if self._output is None:
            return
        try:
            with _output_errors(), span("output"):
                self._output.show(image)
        except ScreenError as e:
            self._lose_output(e.cause)

    def _happen_there(self, output: _OutputWindow, event: pygame.event.Event) -> None:
        if event.type == pygame.WINDOWCLOSE:
            self._lose_output("")
        elif event.type == pygame.WINDOWMOVED and output.fills_screen and output.covers(self._handle):
            # Desktops move a window whose monitor is gone to one that is left: over the panels, and the hand on them.
            self._lose_output("the output window was closed because it covered this one")
        elif event.type in (pygame.WINDOWEXPOSED, pygame.WINDOWSIZECHANGED) and output.image is not None:
            self.project(output.image)
        elif event.type in (pygame.WINDOWENTER, pygame.WINDOWLEAVE):
            pygame.mouse.set_visible(event.type == pygame.WINDOWLEAVE)

    def _lose_output(self, why: str) -> None:
        self._drop_output()
        self._closed.append(OutputClosed(why))

    def _drop_output(self) -> None:
        output, self._output = self._output, None
        if output is not None:
            output.close()
            pygame.mouse.set_visible(True)
            self._handle.focus()

    def close(self) -> None:
        """Close the window; may be called more than once."""
        self._layers = {}
        if pygame.display.get_init():
            self._drop_output()
        pygame.display.quit()


class _OutputWindow:
    """The clean feed and nothing else, for a projector: it fills the monitor of that number, or is a window (None)."""

    def __init__(self, title: str, size: Size, monitor: int | None) -> None:
        self.fills_screen = monitor is not None
        self.image: Image | None = None
        """What it shows."""
        x = _ON_MONITOR + monitor - 1 if monitor is not None else _ANYWHERE
        if monitor is not None:
            size = pygame.display.get_desktop_sizes()[monitor - 1]
        # Without the desktop's frame, which has letters: a desktop may draw it before it makes room for all of it.
        self.handle = Window(title, size, (x, x), resizable=True, hidden=True, borderless=self.fills_screen)
        self.handle.set_icon(_surface(icon(64)))
        # By the processor, as the window of the panels: both show what a processor painted. At 1280x720 1 ms.
        self._renderer = Renderer(self.handle, accelerated=0)
        self._fit((0, 0))
        self.handle.show()
        if self.fills_screen:
            self.handle.position = self.handle.position  # else SDL does not see that the desktop moves it later
            self.handle.set_fullscreen(desktop=True)

    def _fit(self, size: Size) -> None:
        self._size = size
        self._pixels = np.zeros((*size[::-1], 4), np.uint8)
        self._box: Box | None = None
        self._texture: Texture | None = Texture(self._renderer, size, streaming=True) if all(size) else None

    def show(self, image: Image) -> None:
        """Present a picture, letterboxed on black."""
        self.image = image
        box = _place(self.handle)
        if (box.width, box.height) != self._size:
            self._fit((box.width, box.height))
        if self._texture is None:
            return
        box = letterbox(size_of(image), self._size)
        if box != self._box:
            self._pixels[:] = 0
            self._box = box
        opencv.show_on(self._pixels[box.y:box.y + box.height, box.x:box.x + box.width],
                       opencv.quick_resize(image, (box.width, box.height)), False)
        self._texture.update(pygame.image.frombuffer(self._pixels.data, self._size, "BGRA"))
        self._texture.draw()
        self._renderer.present()

    def covers(self, other: Window) -> bool:
        """Whether the middle of another window lies under it."""
        own, place = _place(self.handle), _place(other)
        return (0 <= place.x + place.width // 2 - own.x < own.width
                and 0 <= place.y + place.height // 2 - own.y < own.height)

    def close(self) -> None:
        """Take it away."""
        self.handle.destroy()


class NullWindow:
    """A dummy window, for a run without a screen."""

    visible = fills_screen = projecting = False
    monitors: tuple[Size, ...] = ()
    monitor = 0

    def __init__(self, size: Size) -> None:
        self.size = size

    def poll(self) -> list[Event]:
        """No events."""
        return []

    def show(self, image: Image, layers: tuple[Layer, ...] = (), mirrored: bool = False) -> None:
        """Always False."""

    def fullscreen(self) -> None:
        """Nothing to toggle."""

    def toggle_output(self) -> str:
        """None can be opened."""
        raise ScreenError("the output window needs the main window", "Omit --headless.")

    def project(self, image: Image) -> None:
        """There is no window."""

    def close(self) -> None:
        """Nothing to close."""


def name_of(event: pygame.event.Event) -> str | None:
    """The name of a pressed key as in the key table, on any keyboard layout; None for what is no key of ours.

    Digits go by their place (on a French keyboard the key of 1 types "&"), letters by what is printed on them
    or, where that is not Latin, by their place, all else by the character typed ("[" is AltGr+8 in Germany).
    """
    typed = getattr(event, "unicode", "")
    mod, place = event.mod, getattr(event, "scancode", -1)
    shift = bool(mod & pygame.KMOD_SHIFT)
    sign = typed if len(typed) == 1 and typed.isprintable() and not typed.isalnum() and typed != " " else ""
    if mod & (pygame.KMOD_ALT | pygame.KMOD_MODE):
        return sign or None
    if mod & (pygame.KMOD_CTRL | pygame.KMOD_META):
        return None
    if event.key in _NAMED:
        return keys.shifted(_NAMED[event.key], shift)
    letter = _KEYPAD.get(event.key) or _LETTERS.get(event.key) or _DIGIT_PLACES.get(place)
    if letter or sign:
        return keys.shifted(letter, shift) if letter else sign
    letter = _LETTER_PLACES.get(place) or typed
    return keys.shifted(keys.key_name(letter), shift) if len(letter) == 1 and letter.isalnum() else None


def _open_display() -> None:
    asked = os.environ.get("SDL_VIDEODRIVER", "")
    with _desktops_only():
        pygame.display.init()
    driver = pygame.display.get_driver()
    if driver in ("offscreen", "dummy", "evdev") and driver not in asked:
        pygame.display.quit()
        raise ScreenError("no screen is available for a window", CURE)
    if driver == "x11":
        # SDL would copy each frame through OpenGL: 9 ms of CPU for 720p where that is done in software, and
        # 0.2 ms through shared memory. Other systems have no such short way.
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")


@contextlib.contextmanager
def _desktops_only() -> Iterator[None]:
    """On Linux, try only the desktops that are announced: SDL would go on to a driver that draws nowhere."""
    if sys.platform != "linux" or os.environ.get("SDL_VIDEODRIVER"):
        yield
        return
    found = [driver for driver, variable in (("x11", "DISPLAY"), ("wayland", "WAYLAND_DISPLAY"))
             if os.environ.get(variable)]
    if not found:
        raise ScreenError("no screen is available: neither DISPLAY nor WAYLAND_DISPLAY is set", CURE)
    os.environ["SDL_VIDEODRIVER"] = ",".join(found)
    try:
        yield
    finally:
        del os.environ["SDL_VIDEODRIVER"]


def _handle() -> Window:
    with warnings.catch_warnings():
        # pygame-ce calls it deprecated; the way that it prefers is not in pygame.
        warnings.simplefilter("ignore", DeprecationWarning)
        return Window.from_display_module()


def _place(window: Window) -> Box:
    """Where a window is on the desktop."""
    # What can be set to more than it is read as is declared as the former.
    return Box(*cast(tuple[int, int], window.position), *cast(tuple[int, int], window.size))


CURE = "Run it in a desktop session, or without a window: live-style run --headless --record out.mp4"


@contextlib.contextmanager
def _screen_errors() -> Iterator[None]:
    try:
        yield
    except pygame.error as e:
        pygame.display.quit()
        raise ScreenError(f"no window can be opened: {e}", CURE) from e


@contextlib.contextmanager
def _output_errors() -> Iterator[None]:
    try:
        yield
    except pygame.error as e:
        raise ScreenError(f"the output window cannot be shown: {e}", "The show goes on without it.") from e


def _surface(image: Image) -> pygame.Surface:
    pixels = np.ascontiguousarray(image).data
    return pygame.image.frombuffer(pixels, size_of(image), "RGBA" if image.shape[2] == 4 else "RGB")
