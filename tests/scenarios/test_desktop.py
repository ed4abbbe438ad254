"""The whole program in a real window on a real X server, played with a real keyboard."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from live_style.control.explorer import DRIFT
from live_style.control.explorer import MapExplorer
from live_style.control.mixer import Mixer
from live_style.control.style_map import Point
from live_style.control.style_map import StyleMap
from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.read import read_picture
from live_style.imaging.write import write_png
from live_style.inference.stylizer import open_stylizer
from live_style.pipeline.stylize import Painter
from live_style.settings import RunSettings
from live_style.sources.demo import draw_scene
from live_style.styles.collection import load_collection
from live_style.system import paths
from live_style.threads.slot import Slot
from live_style.ui.panels.chart import chart_area
from tests.support.desktop import Desktop
from tests.support.desktop import need
from tests.support.films import frames_of
from tests.support.films import write_film
from tests.support.networks import MODELS

WINDOW: Size = (640, 360)
"""Of the program; without a window manager it is in the middle of the screen."""
SCREENS = os.environ.get("SCREENSHOTS")
"""A folder where the screenshots are kept, to be looked at."""


class Player:
    """live-style in a window, with somebody at the keyboard."""

    def __init__(self, desktop: Desktop, *arguments: str) -> None:
        self._desktop = desktop
        self._program = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "live_style", "run", "--size", "640x360",
             "--model", "fast", "--net-size", "256x144", "--provider", "cpu", *arguments],
            env=desktop.environment, text=True, stderr=subprocess.PIPE)

    def press(self, key: str) -> None:
        self._desktop.do("xdotool", "key", key)

    def move(self, *places: tuple[int, int], seconds: float = 0.0) -> None:
        """The pointer from place to place of the window, in even steps, as a hand does."""
        left, top = ((whole - own) // 2 for whole, own in zip(self._desktop.size, WINDOW, strict=True))
        pause = f"{seconds / len(places):.4f}"
        steps = [("mousemove", str(left + x), str(top + y), "sleep", pause) for x, y in places]
        self._desktop.do("xdotool", *itertools.chain.from_iterable(steps))

    def click(self, button: int) -> None:
        self._desktop.do("xdotool", "click", str(button))

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

    def lost(self) -> str:
        """What it said, once it has ended because of an error."""
        _, said = self._program.communicate(timeout=30)
        assert self._program.returncode == 2, said
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
        player.press("Escape")
        player.see(lambda screen: dark(screen) < 0.5, "help closed")
        player.press("Tab")
        player.press("i")
        player.see(lambda screen: accent(screen) < 50, "clean window")
        player.press("i")
        player.see(lambda screen: accent(screen) > 50, "overlay alone")
        player.press("Escape")
        player.press("Escape")  # a recording is on: it asks once more
        player.end()
    finally:
        player.kill()
    frames = frames_of(out)
    assert len(frames) > 6
    first = frames[3].astype(int)  # the encoder's first frames are a little rougher than the rest
    assert max(np.abs(frame - first).mean() for frame in frames[3:]) < 2, "the picture stands still in the feed"
    assert max(accent(frame) for frame in frames) < 50


def test_a_recording_is_finished_when_the_screen_is_lost(desktop, tmp_path):
    out = tmp_path / "out.mp4"
    player = Player(desktop, "--camera", "demo", "--record", str(out))
    try:
        player.see(lambda screen: out.exists() and out.stat().st_size > 20_000, "a show")
        desktop.close()
        said = player.lost()
    finally:
        player.kill()
    assert "the connection to the screen was lost\n  Start the show again" in said
    assert f"recording saved: {out}" in said and len(frames_of(out)) > 6


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


def chart_open(picture: Image) -> bool:
    """Whether the map's line of help, dark with letters, is in the middle of the window's lower edge."""
    height, width = picture.shape[:2]
    low = (height + WINDOW[1]) // 2
    bar = picture[low - 24:low - 14, width // 2 - 100:width // 2 + 100]
    return float((bar.max(axis=2) < 60).mean()) > 0.5 and float((bar.min(axis=2) > 150).mean()) > 0.02


COLLECTION = load_collection((paths.styles_folder(),), None)[0]
STYLES = COLLECTION.styles
STYLE_MAP = StyleMap.of([style.embedding for style in STYLES])


WAY = ("The Love Drink", "Ferns", "Cinesias Entreating Myrrhina", "Water Lilies")
"""Of a pointer over the map; nothing on it is painted in the accent colour of our panels."""


def place(name: str) -> Point:
    return STYLE_MAP.points[next(i for i, style in enumerate(STYLES) if style.name == name)]


def dot(name: str) -> tuple[int, int]:
    """The pixel of the window on which a style of the map is."""
    area = chart_area(WINDOW)
    x, y = place(name)
    return area.x + int(x * area.width), area.y + int(y * area.height)


def line(a: tuple[int, int], b: tuple[int, int], steps: int) -> list[tuple[int, int]]:
    return [(round(x), round(y)) for x, y in np.linspace(a, b, steps)]


def portrait(tmp_path: Path) -> Path:
    """A camera in front of which nothing moves."""
    return write_film(tmp_path / "portrait.mp4", [draw_scene(WINDOW, 1.5)] * 30)


def last_painting(desktop: Desktop, film: Path, name: str) -> Image:
    """What a show in one named style records."""
    out = film.with_name("named.mp4")
    player = Player(desktop, "--camera", str(film), "--style", name, "--record", str(out), "--seconds", "3")
    try:
        player.end()
    finally:
        player.kill()
    return frames_of(out)[-1]


@pytest.mark.long
def test_the_pointer_on_the_map_is_the_look_and_lands_exactly(desktop, tmp_path):
    """The end of a path over the map is the style there; how even it is, the next test sees."""
    out = tmp_path / "out.mp4"
    film = portrait(tmp_path)
    player = Player(desktop, "--camera", str(film), "--record", str(out), "--style", WAY[0])
    try:
        player.see(lambda screen: accent(screen) > 300, "before the map")
        player.press("a")
        player.see(chart_open, "map")
        stops = [dot(name) for name in WAY]
        way = [place for a, b in zip(stops, stops[1:], strict=False) for place in line(a, b, 60)]
        player.move(*way, seconds=2.0)
        time.sleep(2.5)
        player.see(chart_open, "map, at Water Lilies")
        player.press("Escape")
        player.see(lambda screen: not chart_open(screen), "after the map")
        player.press("Escape")
        player.press("Escape")
        player.end()
    finally:
        player.kill()
    frames = frames_of(out)
    assert np.abs(frames[-1].astype(int) - last_painting(desktop, film, "Water Lilies")).mean() < 1.5
    assert max(accent(frame) for frame in frames) < 50, "nothing of the map is in the feed"


def test_along_a_path_over_the_map_no_step_of_the_feed_is_above_one_and_a_half_times_the_median():
    """With the real network, on a clock: no frame comes late, so that whatever stumbles is ours."""
    mixer, smooth = Mixer(STYLES).cut(0.0), RunSettings().smooth
    previews = [read_picture(entry.preview) if entry.preview else None for entry in COLLECTION.entries]
    explorer = MapExplorer(STYLES, previews, DRIFT)
    explorer.toggle()
    stylizer = open_stylizer(MODELS, (320, 180), 30.0, "fast", (128, 72), "cpu", smooth=smooth)
    painter, seen, feed = Painter(Slot(), stylizer, mixer, lambda painted: None), draw_scene((320, 180), 1.5), []
    stops = [place(name) for name in WAY]
    hand = [Point(x, y) for a, b in itertools.pairwise(stops) for x, y in np.linspace(a, b, 20)]
    for number in range(180):
        now = number / 30
        explorer.point(hand[min(number, len(hand) - 1)], now)
        blend = explorer.needs(now)
        mixer = mixer if blend is None else mixer.lead(blend, now, explorer.metric)
        feed.append(painter.paint(Frame(seen, number, now), mixer, now, fresh=True).frame.image.astype(np.float32))
    steps = np.array([np.abs(b - a).mean() for a, b in itertools.pairwise(feed[::3])])
    moving = steps[steps > 0.3 * np.percentile(steps, 90)]
    assert len(moving) > 12 and moving.max() <= 1.5 * np.median(moving)
    assert mixer.title == WAY[-1] and steps[-3:].max() < 0.5, "it rests where the pointer does"


@pytest.mark.long
def test_pins_path_drift_and_keeping_by_hand(desktop, tmp_path):
    """A pad, a path played round and round, a drift, and a style of one's own, all by mouse and keys."""
    report = tmp_path / "r.json"
    player = Player(desktop, "--camera", "demo", "--report", str(report))
    try:
        player.see(lambda screen: accent(screen) > 300, "demo before the map")
        player.press("a")
        player.see(chart_open, "demo map")
        for name in ("Neon", "Tiger", "Cranes", "Stained Glass"):
            player.move(dot(name))
            player.click(3)
        area = chart_area(WINDOW)
        player.move((area.x + area.width // 3, area.y + area.height // 2))
        time.sleep(1.0)
        player.see(lambda screen: accent(screen) > 150, "pad")
        player.press("S")
        player.press("w")
        player.move(*line((60, 80), (560, 280), 40), seconds=1.0)
        player.press("w")
        time.sleep(0.6)
        player.see(chart_open, "path on the pad")
        player.press("d")
        player.see(chart_open, "drift on the pad")
        player.press("a")
        player.see(lambda screen: not chart_open(screen), "drift, the map closed")
        player.press("Escape")
        player.press("Escape")
        said = player.end()
    finally:
        player.kill()
    assert "new style: Between" in said
    changes = json.loads(report.read_text())["style_changes"]
    assert [change["action"] for change in changes if change["action"] != "map"] == ["path", "drift"]
