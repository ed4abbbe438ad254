"""The settings panel: what hands change in it is changed in the show, and saved only when they ask for it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from live_style.frame import Size
from live_style.interfaces import Click
from live_style.interfaces import Drop
from live_style.pipeline.outputs import RECORDING
from live_style.settings import RunSettings
from live_style.settings import load_config
from live_style.sources.demo import DemoSource
from live_style.sources.devices import Camera
from live_style.system import paths
from live_style.ui.camera_pictures import CameraPictures
from live_style.ui.panels.settings import Hit
from live_style.ui.panels.settings import settings_hit
from live_style.ui.settings_panel import SettingsPanel
from tests.support.sounds import Desk
from tests.support.stage import Stage

CALM = [None] * 3


def until(done: Callable[[], object]) -> None:
    end = time.monotonic() + 60.0
    while not done():
        assert time.monotonic() < end
        threading.Event().wait(0.002)


def lines(panel: SettingsPanel) -> dict[str, str]:
    board = panel.look("K")
    assert board is not None
    return {line.label: line.value for line in board.lines}


def to(stage: Stage, label: str) -> None:
    """Go to a line with the keys, by its label."""
    board = stage.settings.look("K")
    assert board is not None
    place = next(i for i, line in enumerate(board.lines) if line.label.startswith(label))
    stage.play(["Down"] * ((place - board.at) % len(board.lines)))


def at(stage: Stage, wanted: Callable[[Hit], bool]) -> tuple[int, int]:
    board = stage.settings.look("K")
    assert board is not None
    width, height = stage.window.size
    return next((x, y) for y in range(0, height, 3) for x in range(0, width, 3)
                if (hit := settings_hit(board, stage.window.size, x, y)) is not None and wanted(hit))


def test_it_opens_and_closes_and_takes_only_its_own_keys(stage: Stage) -> None:
    stage.play(["K", "Down", "Right", "Left", None])
    assert stage.settings.shown and stage.show.mixer.position == 0, "the arrows are for the panel"
    stage.play(["B", "Down", "Esc", None])
    assert stage.show.mixer.blacked and not stage.settings.shown and not stage.ending.is_set(), "panic is at hand"
    stage.play(["Right"])
    assert stage.show.mixer.position == 1
    assert stage.settings.look("K") is None
    stage.play(["A", "F3", None])
    assert stage.overlay.search is not None and not stage.explorer.open, "a search needs the strip"
    stage.play(["F3", "K", "F3", None])
    assert stage.overlay.search is not None and not stage.settings.shown, "one has the keys at a time"
    stage.play(["Esc", "K", "Esc", None])
    assert not stage.settings.shown and not stage.ending.is_set()


def test_outputs_are_switched_by_keys_and_follow_their_hotkeys(stage: Stage) -> None:
    stage.play(["K", None])
    assert lines(stage.settings)["Output window"] == "off"
    to(stage, "Output window")
    stage.play(["Right", None])
    assert stage.window.projecting and lines(stage.settings)["Output window"] == "second monitor"
    stage.play(["Right", None])
    assert stage.window.projecting and stage.window.monitor == 1
    assert lines(stage.settings)["Output window"] == "monitor 1 \u00b7 1920x1080"
    stage.play(["O", None])
    assert lines(stage.settings)["Output window"] == "off" and not stage.window.projecting
    to(stage, "Virtual camera")
    stage.play(["Enter", None])
    assert stage.settings.look("K") and lines(stage.settings)["Virtual camera"] == "on"
    stage.play(["V", *CALM])
    assert lines(stage.settings)["Virtual camera"] == "off"
    to(stage, "Mirror")
    stage.play(["Left", None])
    assert not stage.show.mixer.mirror_window


def test_a_value_is_changed_with_the_mouse(stage: Stage) -> None:
    stage.play(["K", None])
    board = stage.settings.look("K")
    assert board is not None
    mirror = [line.label for line in board.lines].index("Mirror the window")
    stage.play([Click(*at(stage, lambda hit: hit.line == mirror and hit.side == 1)), None])
    assert not stage.show.mixer.mirror_window
    stage.play([Click(*at(stage, lambda hit: hit.line == mirror and hit.side == -1)), None])
    assert stage.show.mixer.mirror_window
    stage.play([Click(3, 3), None])
    assert stage.settings.shown and stage.show.mixer.position == 0


def test_nothing_is_written_before_it_is_asked_for_and_then_only_what_was_changed(stage: Stage) -> None:
    stage.play(["K", None])
    assert "Nothing to save" in lines(stage.settings)
    to(stage, "When slow")
    stage.play(["Right"])
    to(stage, "Mirror")
    stage.play(["Right", None])
    assert not paths.config_file().exists() and "Save 2 changes to config.toml" in lines(stage.settings)
    to(stage, "Save")
    stage.play(["Enter", None])
    assert load_config(paths.config_file()) == {"prefer": "sharp", "mirror": False}
    assert "Nothing to save" in lines(stage.settings) and f"settings saved: {paths.config_file()}" in stage.said
    assert RunSettings(**load_config(paths.config_file())) == stage.settings.settings


def test_a_folder_that_is_dropped_is_that_of_the_recordings(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    stage.play(["K", Drop(str(folder)), None])
    assert lines(stage.settings)["Recordings"] == str(folder)
    stage.play(["R", *CALM, "R", *CALM])
    until(lambda: [*stage.play([None]), *folder.glob("*.mp4")][1:])
    stage.play(["K", Drop(str(folder)), None])
    assert "neither a picture nor a style" in "".join(stage.said), "with the panel closed it is not for the panel"


def test_a_controller_is_opened_and_closed_and_an_error_changes_nothing(
        stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        monkeypatch.setattr(stage.settings, "settings", RunSettings(osc_port=other.getsockname()[1]))
        stage.play(["K", None])
        to(stage, "OSC")
        stage.play(["Enter", None])
        assert lines(stage.settings)["OSC"] == "off" and "OSC cannot listen" in "".join(stage.said)
    stage.play(["Enter", None])
    assert lines(stage.settings)["OSC"] == "on" and stage.console.heard
    stage.play(["Enter", None])
    assert lines(stage.settings)["OSC"] == "off" and not stage.console.heard


def test_the_microphone_and_the_beat_are_chosen_during_the_show_and_an_error_changes_nothing(tmp_path: Path) -> None:
    desk = Desk()
    stage = Stage(tmp_path, sounds=lambda: desk)
    try:
        stage.play(["K"])
        until(lambda: bool(stage.microphones.names()))
        to(stage, "Sound")
        stage.play(["Right"] * 3)
        assert lines(stage.settings)["Sound"] == "USB Röde NT", "as quickly as keys are pressed"
        to(stage, "Beat")
        stage.play(["Left"])
        assert lines(stage.settings)["Beat of the music"] == "USB Röde NT"
        until(lambda: stage.microphones._there == ("USB Röde NT", "USB Röde NT"))
        assert [cable.device.name for cable in desk.cables if cable.active] == ["USB Röde NT"], "one for both"
        assert stage.outputs.microphone is not None
        stage.play(["R"])
        to(stage, "Sound")
        stage.play(["Right", None])
        assert "cannot be changed during a recording" in stage.said[-1]
        assert lines(stage.settings)["Sound"] == "USB Röde NT"
        stage.play(["R"])
        until(lambda: not stage.outputs.is_on(RECORDING))
        desk.plugged.pop()
        to(stage, "Beat")
        stage.play(["Left"])
        to(stage, "Sound")
        stage.play(["Right"])
        until(lambda: stage.microphones._there == (None, "Built-in"))
        assert not any(cable.active for cable in desk.cables if cable.device.name.startswith("USB"))
        stage.microphones._names = ("USB Röde NT",)
        stage.play(["Left"])
        until(lambda: bool(stage.play([None])) and any("no microphone matches" in line for line in stage.said))
        assert lines(stage.settings)["Sound"] == "off" and lines(stage.settings)["Beat of the music"] == "Built-in"
    finally:
        stage.close()


def test_another_camera_is_used_when_it_is_taken_with_its_picture_in_view(stage: Stage) -> None:
    stage.settings.settings = RunSettings(size=(64, 36))
    stage.play(["K", *CALM])
    board = stage.settings.look("K")
    assert board is not None and [tile.name for tile in board.tiles] == ["demo scene"] and board.current == -1
    stage.play(["Enter", None])
    until(lambda: stage.capture._following._item is not None)
    stage.capture._follow()  # what its thread does before the next frame
    assert isinstance(stage.capture.source, DemoSource)
    stage.play([None])
    board = stage.settings.look("K")
    assert board is not None and board.current == 0
    stage.capture.source.close()


def test_the_camera_that_was_chosen_last_is_used_though_another_wakes_up_later(
        stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    class Sleepy(DemoSource):
        closed = 0

        def close(self) -> None:
            Sleepy.closed += 1

    awake = threading.Event()

    def opened(choice: str, size: Size, fps: float) -> tuple[DemoSource, str]:
        if choice == "slow":
            awake.wait(60.0)
        return (Sleepy if choice == "slow" else DemoSource)(size, fps), ""

    monkeypatch.setattr("live_style.cli.panel.open_source", opened)
    camera = next(row for row in stage.settings._rows if row.field == "camera")
    camera.apply(RunSettings(camera="slow", size=(64, 36)))
    camera.apply(RunSettings(camera="quick", size=(64, 36)))
    until(lambda: stage.capture._following._item is not None)
    awake.set()
    until(lambda: Sleepy.closed == 1)
    stage.capture._follow()
    assert type(stage.capture.source) is DemoSource


def test_pictures_of_the_cameras_are_taken_in_turns_while_they_are_wanted() -> None:
    cameras = [Camera(0, "used", "/dev/video0"), Camera(1, "other", "/dev/video1"), Camera(2, "broken", "/dev/video2")]
    asked: list[str] = []

    def picture(camera: Camera) -> np.ndarray | None:
        asked.append(camera.name)
        return None if camera.name == "broken" else np.full((180, 320, 3), 7, np.uint8)

    pictures = CameraPictures(lambda: cameras, lambda: "/dev/video0", picture)
    assert not pictures.cameras and not asked
    pictures.want(True)
    until(lambda: "broken" in asked)
    pictures.want(False)
    assert set(asked) == {"other", "broken"} and set(pictures.taken) == {cameras[1]}, "the show's own is left alone"
    assert pictures.cameras == tuple(cameras)
