"""One show, played through each of its doors: the feed is the same, frame by frame."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from live_style.control.mixer import Mixer
from live_style.control.surface import Command
from live_style.control.surface import Console
from live_style.control.surface import action_of
from live_style.frame import Image
from live_style.look import Vector
from live_style.remote.midi.bindings import Binding
from live_style.remote.midi.bindings import save
from live_style.remote.midi.controller import MidiController
from live_style.remote.midi.messages import Control
from live_style.remote.midi.messages import message_of
from live_style.remote.osc import OscServer
from live_style.remote.osc_format import write
from tests.support.scripted import style
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


class Pads:
    """A controller with three pads."""

    got: Callable[[bytes], None] | None = None

    def names(self) -> tuple[str, ...]:
        return ("Pads",)

    def open(self, name: str, got: Callable[[bytes], None]) -> Pads:
        self.got = got
        return self

    def send(self, message: bytes) -> None:
        pass

    def close(self) -> None:
        self.got = None


@contextlib.contextmanager
def midi(console: Console, folder: Path) -> Iterator[Moves]:
    pads = [Control("note", 10, 36 + n) for n in range(3)]
    save(folder / "midi.json", {"Pads": (Binding(pads[0], Command.STYLE, 2), Binding(pads[1], Command.BYPASS),
                                         Binding(pads[2], Command.STYLE, 3))})
    system = Pads()
    door = MidiController(console, system, "pads", folder / "midi.json")
    door.start()
    until(lambda: system.got is not None)

    def hit(move: int) -> None:
        assert system.got is not None
        system.got(message_of(pads[move], 100))
    yield hit
    door.close()


@contextlib.contextmanager
def page(console: Console, folder: Path) -> Iterator[Moves]:
    aiohttp = pytest.importorskip("aiohttp", reason="aiohttp, which serves the remote page, is not installed")
    from live_style.remote.page.server import PageServer

    door = PageServer(console, "127.0.0.1", 0)
    door.start()
    loop, url = asyncio.new_event_loop(), f"http://127.0.0.1:{door.port}"
    messages = {"play": "style", "value": 2}, {"play": "bypass", "value": 1}, {"play": "style", "value": 3}

    async def enter() -> tuple[aiohttp.ClientSession, aiohttp.ClientWebSocketResponse]:
        session = aiohttp.ClientSession()
        return session, await session.ws_connect(f"{url}/ws", headers={"Origin": url})
    session, ws = loop.run_until_complete(enter())
    yield lambda move: loop.run_until_complete(ws.send_json(messages[move]))
    loop.run_until_complete(ws.close())
    loop.run_until_complete(session.close())
    loop.close()
    door.close()


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
        moment, = stage.play([None if move is None or not keys else keys[move]])
        seen.append((moment.feed, stage.show.mixer.look.at(stage.now).point))
    stage.close()
    return seen


@pytest.fixture(scope="module")
def by_keys(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Image, Vector]]:
    return played(Stage(tmp_path_factory.mktemp("keys"), Mixer(STYLES, seconds=0.3)), None, KEYS)


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
    same(played(Stage(tmp_path, Mixer(STYLES, seconds=0.3), tmp_path / "show.txt"), None, ("G", "G", "G")), by_keys)


def test_the_show_that_is_compared_moves(by_keys: list[tuple[Image, Vector]]) -> None:
    points = np.array([point for _, point in by_keys])
    assert len(np.unique(points.round(3), axis=0)) > 20
    assert np.allclose(points[23], 0.0, atol=1e-5), "the real picture was reached"


def test_a_fader_swept_by_osc_at_two_hundred_messages_a_second_makes_no_jump(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Mixer(STYLES))
    door = OscServer(stage.console, "127.0.0.1", 0)
    door.start()
    strengths = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        for frame in range(60):
            for message in range(8):
                value = 1.0 - 0.9 * min(1.0, (frame + message / 8) / 50)
                far.sendto(write("/strength", (value,)), ("127.0.0.1", door.port))
            until(lambda: stage.console.waiting)
            stage.play([None])
            strengths.append(stage.show.mixer.look.at(stage.now).strength)
    door.close()
    stage.close()
    steps = np.abs(np.diff(strengths))[8:45]
    assert steps.max() < 1.5 * np.median(steps) and strengths[-1] == pytest.approx(0.1, abs=0.01)
