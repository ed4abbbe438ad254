"""The show's own keys: what Esc closes and when it asks, and what is told of recordings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from live_style.interfaces import Pointer
from live_style.pipeline.outputs import RECORDING
from tests.support.films import frames_of
from tests.support.paper_camera import paper_cameras
from tests.support.stage import Stage

CALM = [None] * 3


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with paper_cameras():
        stage = Stage(tmp_path)
        yield stage
        stage.outputs.close()


def asked(stage: Stage) -> list[str]:
    return [line for line in stage.said if "again to end the show" in line]


def test_escape_closes_what_is_open_from_the_top_and_then_the_show(stage: Stage) -> None:
    stage.play(["F", "A", "H", "Esc"])
    assert (stage.window.fills_screen, stage.roam.open, stage.hud.helping) == (True, True, False)
    stage.play(["Esc"])
    assert (stage.window.fills_screen, stage.roam.open) == (True, False)
    stage.play(["Esc"])
    assert not stage.window.fills_screen and not stage.ending.is_set()
    stage.play(["Esc"])
    assert stage.ending.is_set() and asked(stage) == []


@pytest.mark.parametrize(("keys", "words"), [
    ("R", "the recording is on"), ("V", "the virtual camera is on"), ("D", "the drift is on"),
    ("RVD", "the recording and the virtual camera and the drift are on"),
])
def test_escape_asks_once_more_while_something_is_on(stage: Stage, keys: str, words: str) -> None:
    stage.play([*keys, *CALM, "Esc", *CALM])
    assert not stage.ending.is_set() and asked(stage) == [f"{words}: press Esc again to end the show"]
    stage.play([None] * 100)
    stage.play(["Esc", None])
    assert not stage.ending.is_set() and len(asked(stage)) == 2, "what was asked long ago is asked again"
    stage.play(["Esc"])
    assert stage.ending.is_set()


def test_escape_asks_while_a_path_is_played(stage: Stage) -> None:
    stage.play(["W", *(Pointer(100 + 20 * i, 180) for i in range(20)), "W", "A"])
    assert stage.roam.open is False
    stage.play(["Esc", None])
    assert asked(stage) == ["the path is on: press Esc again to end the show"]


def test_what_is_off_again_is_not_asked_for(stage: Stage) -> None:
    stage.play(["R", *CALM, "R", "D", "D", *CALM, "Esc"])
    assert stage.ending.is_set() and asked(stage) == []


def test_the_full_path_of_a_recording_is_told_when_it_has_come_to_its_end(stage: Stage, tmp_path: Path) -> None:
    stage.play(["R", *CALM])
    stage.outputs.ensure(RECORDING)
    stage.play(CALM)
    stage.play(["R"])
    film, = tmp_path.glob("*.mp4")
    end = time.monotonic() + 10  # its own thread writes the end
    while f"recording kept: {film.absolute()}" not in stage.said:
        assert time.monotonic() < end
        stage.play([None])
    assert len(frames_of(film)) > 1


def test_a_badge_tells_when_the_picture_of_the_audience_is_mirrored(stage: Stage) -> None:
    plain, = stage.play([None])
    assert not plain.badge("output mirrored") and plain.mirrored, "the preview is, which is what people expect"
    shifted = stage.play(["Shift+M", *CALM])[-1]
    assert np.array_equal(shifted.feed, 255 - shifted.input[:, ::-1])
    assert shifted.badge("output mirrored") and not shifted.mirrored
    for key in ("M", "A", "H"):
        assert stage.play([key, *CALM])[-1].badge("output mirrored")
    assert not stage.play(["Shift+M", *CALM])[-1].badge("output mirrored")


def test_a_picture_that_is_held_stays_as_it_is_mirrored_and_so_does_the_badge(stage: Stage) -> None:
    stage.play(["Z", None])
    held = stage.play(["Shift+M", *CALM])[-1]
    assert held.mirrored and not held.badge("output mirrored"), "neither feed nor preview turns"
    live = stage.play(["Z", *[None] * 20])[-1]
    assert np.array_equal(live.feed, 255 - live.input[:, ::-1]) and live.badge("output mirrored")


def test_a_folder_that_cannot_be_made_is_told_and_the_show_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    stage = Stage(tmp_path / "file" / "videos")
    stage.play(["R", *CALM, "S", *CALM])
    assert len(stage.moments) == 8
    assert any("cannot be made" in line and "\n  " in line for line in stage.said)


def test_a_badge_tells_that_other_programs_keep_the_computer_busy(stage: Stage) -> None:
    assert not stage.play([None])[-1].badge("computer busy")
    stage.show.busy = lambda: True
    for key in (None, "I", "A", "H"):
        assert stage.play([key, *CALM])[-1].badge("computer busy")
    stage.show.busy = lambda: False
    assert not stage.play([None])[-1].badge("computer busy")
