"""One show, played through each of its doors: the feed is the same, frame by frame."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from live_style.control.mixer import Mixer
from live_style.control.surface import Command
from live_style.control.surface import Console
from live_style.control.surface import ShownStyles
from live_style.control.surface import action_of
from live_style.frame import Image
from live_style.interfaces import Layer
from live_style.look import Vector
from live_style.remote.midi.bindings import Binding
from live_style.remote.midi.bindings import Kind
from live_style.remote.midi.bindings import save
from live_style.remote.midi.controller import MidiController
from live_style.remote.midi.messages import FINE
from live_style.remote.midi.messages import FULL
from live_style.remote.midi.messages import Control
from live_style.remote.midi.messages import message_of
from live_style.remote.osc import OscServer
from live_style.remote.midi.rtmidi import bare
from live_style.remote.osc_format import write
from live_style.styles.collection import StyleEntry
from live_style.ui.window import PygameWindow
from live_style.ui.window import pygame
from tests.support.browser import Browser
from tests.support.midi_port import midi_port
from tests.support.scripted import style
from tests.support.stage import Seen
from tests.support.stage import Stage

STYLES = (style("one"), style("other"), style("a third"))
SHOW = {2: 0, 11: 1, 24: 2}
"""In which frame which move is made: the second style, the real picture, the third style."""
FRAMES = 40
KEYS = ("2", "0", "3")
Moves = Callable[[int], None]


@contextlib.contextmanager
def python(console: Console, folder: Path) -> Iterator[Moves]:
    actions = action_of(Command.STYLE, 2), action_of(Command.BYPASS), action_of(Command.STYLE, "a third")
    yield lambda move: console.put(actions[move])


@contextlib.contextmanager
def osc(console: Console, folder: Path) -> Iterator[Moves]:
    door = OscServer(console, "127.0.0.1", 0)
    door.start()
    messages = write("/style/select", (2.0,)), write("/real", (1.0,)), write("/style/select", ("a third",))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        yield lambda move: far.sendto(messages[move], ("127.0.0.1", door.port)) and None
    door.close()


@contextlib.contextmanager
def midi(console: Console, folder: Path) -> Iterator[Moves]:
    pads = [Control("note", 10, 36 + n) for n in range(3)]
    with plugged_in(console, folder, (Binding(pads[0], Command.STYLE, 2), Binding(pads[1], Command.BYPASS),
                                      Binding(pads[2], Command.STYLE, 3))) as send:
        yield lambda move: send(message_of(pads[move], 100))


@contextlib.contextmanager
def plugged_in(console: Console, folder: Path, bindings: tuple[Binding, ...]) -> Iterator[Callable[[bytes], None]]:
    """Gives what sends a controller's messages: by a virtual port, or at the library's door on a machine without."""
    with midi_port("Pads") as (system, send):
        name = next(name for name in system.names() if "Pads" in name)
        save(folder / "midi.json", {bare(name): bindings})
        door = MidiController(console, system, "pads", folder / "midi.json")
        door.start()
        until(lambda: any(f"{len(bindings)} control" in line for line in console.lines()))
        yield send
        door.close()


@contextlib.contextmanager
def page(console: Console, folder: Path) -> Iterator[Moves]:
    """Fingers on the page, in a real browser."""
    pytest.importorskip("aiohttp", reason="aiohttp, which serves the remote page, is not installed")
    from live_style.remote.page.server import PageServer

    browser = Browser(folder / "chromium")
    door = PageServer(console, "127.0.0.1", 0)
    console.tell({"style": 1.0, "bypass": 0.0}, ShownStyles(tuple(map(StyleEntry, STYLES))))
    door.start()
    try:
        browser.open(door.address)
        places = ".tile:nth-child(2)", "#panic [data-play=bypass]", ".tile:nth-child(3)"
        browser.until("document.querySelectorAll('.tile').length === 3")
        yield lambda move: browser.tap(places[move])
        assert browser.errors == []
    finally:
        browser.close()
        door.close()


class KeyedWindow(PygameWindow):
    """A real window; what it is given to show is kept."""

    def __init__(self, seen: Seen) -> None:
        super().__init__("test", (640, 360))
        self._seen = seen

    def show(self, image: Image, layers: tuple[Layer, ...] = (), mirrored: bool = False) -> None:
        super().show(image, layers, mirrored)
        self._seen(image, layers, mirrored)


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 10.0
    while not done():
        assert time.monotonic() < end
        threading.Event().wait(0.002)


def played(stage: Stage, moves: Moves | None, keys: tuple[str, ...] = ()) -> list[tuple[Image, Vector]]:
    """The feed, frame by frame, and where the look was."""
    seen = []
    for frame in range(FRAMES):
        move = SHOW.get(frame)
        if move is not None and moves is not None:
            moves(move)
            until(lambda: stage.console.waiting)
        if move is not None and keys:
            press(keys[move])
        moment, = stage.play([None])
        seen.append((moment.feed, stage.show.mixer.look.at(stage.now).point))
    stage.close()
    return seen


def press(key: str) -> None:
    """A key of the keyboard, through SDL."""
    for kind in (pygame.KEYDOWN, pygame.KEYUP):
        pygame.event.post(pygame.event.Event(kind, key=pygame.key.key_code(key.lower()), unicode=key.lower(),
                                             mod=pygame.KMOD_NONE, scancode=0))


@pytest.fixture(scope="module")
def by_keys(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Image, Vector]]:
    """What the keys of a real window play."""
    return in_a_window(tmp_path_factory.mktemp("keys"), KEYS)


def in_a_window(folder: Path, keys: tuple[str, ...], setlist: Path | None = None) -> list[tuple[Image, Vector]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SDL_VIDEODRIVER", "dummy")
        stage = Stage(folder, Mixer(STYLES, seconds=0.3), setlist, KeyedWindow)
        try:
            return played(stage, None, keys)
        finally:
            stage.window.close()


def same(one: list[tuple[Image, Vector]], other: list[tuple[Image, Vector]]) -> None:
    for frame, ((feed, point), (others, place)) in enumerate(zip(one, other, strict=True)):
        assert np.abs(feed.astype(int) - others).max() <= 1, frame
        assert np.allclose(point, place, atol=1e-5), frame


@pytest.mark.parametrize("door", [python, osc, midi, page], ids=lambda door: door.__name__)
def test_each_door_plays_the_same_feed(door: Callable[[Console, Path], contextlib.AbstractContextManager[Moves]],
                                       by_keys: list[tuple[Image, Vector]], tmp_path: Path) -> None:
    stage = Stage(tmp_path, Mixer(STYLES, seconds=0.3))
    with door(stage.console, tmp_path) as moves:
        same(played(stage, moves), by_keys)


def test_a_set_list_plays_the_same_feed(by_keys: list[tuple[Image, Vector]], tmp_path: Path) -> None:
    (tmp_path / "show.txt").write_text('0:00 other in 0.3s\n0:01 real in 0.3s\n0:02 "a third" in 0.3s\n')
    same(in_a_window(tmp_path, ("G", "G", "G"), tmp_path / "show.txt"), by_keys)


def test_the_show_that_is_compared_moves(by_keys: list[tuple[Image, Vector]]) -> None:
    points = np.array([point for _, point in by_keys])
    assert len(np.unique(points.round(3), axis=0)) > 20
    assert np.allclose(points[23], 0.0, atol=1e-5), "the real picture was reached"


@contextlib.contextmanager
def osc_fader(console: Console, folder: Path) -> Iterator[Callable[[float], None]]:
    door = OscServer(console, "127.0.0.1", 0)
    door.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        yield lambda value: far.sendto(write("/strength", (value,)), ("127.0.0.1", door.port)) and None
    door.close()


@contextlib.contextmanager
def midi_fader(source: Control, top: int, console: Console, folder: Path) -> Iterator[Callable[[float], None]]:
    with plugged_in(console, folder, (Binding(source, Command.STRENGTH, kind=Kind.FADER),)) as send:
        yield lambda value: send(message_of(source, round(Command.STRENGTH.range.share(value) * top)))


SWEPT = {"osc": osc_fader, "midi": partial(midi_fader, Control("cc", 1, 7), FULL),
         "midi, 14 bits": partial(midi_fader, Control("pitch", 1, 0), FINE)}
EACH = 8
"""Messages in a frame: 200 a second at 25 frames a second."""


@pytest.mark.parametrize("clumped", [0, 4], ids=["evenly", "in clumps"])
@pytest.mark.parametrize("fader", SWEPT)
def test_a_fader_swept_at_two_hundred_messages_a_second_makes_no_jump(fader: str, clumped: int, tmp_path: Path) -> None:
    """Of the strength on the air no step is above one and a half times the median, even if the network clumps them."""
    stage, dice, place = Stage(tmp_path, Mixer(STYLES)), np.random.default_rng(3), 0
    stage.console.tell({Command.STRENGTH.value: 1.0})
    strengths, sent = [], 1.0
    with SWEPT[fader](stage.console, tmp_path) as move:
        for frame in range(75):
            many = EACH * (frame + 1) + int(dice.integers(-clumped, clumped + 1)) - place
            for place in range(place + 1, place + 1 + many):
                move(sent := 1.0 - 0.9 * min(1.0, place / EACH / 50))
            until(lambda: abs(told(stage.console, stage.show.mixer.strength) - sent) < 0.01)
            stage.play([None])
            look = stage.painter.mixer.look_at(stage.now)
            strengths.append(look.strength)
    stage.close()
    steps = np.abs(np.diff(strengths))
    moving = steps[steps > 0.3 * np.median(steps[5:45])]
    assert len(moving) > 40 and moving.max() <= 1.5 * np.median(moving)
    assert strengths[-1] == pytest.approx(0.1, abs=0.01)


def told(console: Console, before: float) -> float:
    """Where the fader is that the show will read."""
    waiting = console._inbox._items.get(Command.STRENGTH)
    return before if waiting is None or waiting.value is None else waiting.value
