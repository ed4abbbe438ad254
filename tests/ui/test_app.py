"""The show's own keys: what Esc closes and when it asks, and the messages about recordings."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from live_style.control.fade import fade_share
from live_style.control.mixer import LEAST
from live_style.control.mixer import Mixer
from live_style.interfaces import Click
from live_style.interfaces import Layer
from live_style.interfaces import Pointer
from live_style.interfaces import Wheel
from live_style.pipeline.outputs import RECORDING
from tests.support.films import frames_of
from tests.support.scripted import style
from tests.support.stage import Stage

CALM = [None] * 3


def test_help_in_a_small_window_has_pages_and_any_of_them_can_be_closed(stage: Stage) -> None:
    stage.window.size = (320, 240)
    stage.play(["H", None])
    first = stage.moments[-1].layers[0].image
    stage.play(["H", None])
    assert stage.overlay.helping and stage.moments[-1].layers[0].image is not first
    stage.play(["Esc", None])
    assert not stage.overlay.helping
    pages = 0
    while not pages or stage.overlay.helping:
        stage.play(["H", None])
        pages += 1
    assert 3 <= pages <= 9


def asked(stage: Stage) -> list[str]:
    return [line for line in stage.said if "again to end the show" in line]


def test_escape_closes_what_is_open_from_the_top_and_then_the_show(stage: Stage) -> None:
    stage.play(["F", "A", "H", "Esc"])
    assert (stage.window.fills_screen, stage.explorer.open, stage.overlay.helping) == (True, True, False)
    stage.play(["Esc"])
    assert (stage.window.fills_screen, stage.explorer.open) == (True, False)
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
    assert stage.explorer.open is False
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
    while f"recording saved: {film.absolute()}" not in stage.said:
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
    assert any("cannot be created" in line and "\n  " in line for line in stage.said)


def test_a_badge_tells_that_other_programs_keep_the_computer_busy(stage: Stage) -> None:
    assert not stage.play([None])[-1].badge("computer busy")
    stage.session.adaptive = SimpleNamespace(busy=True)
    for key in (None, "I", "A", "H"):
        assert stage.play([key, *CALM])[-1].badge("computer busy")
    stage.session.adaptive.busy = False
    assert not stage.play([None])[-1].badge("computer busy")


def panel_of(stage: Stage) -> Layer:
    """The panel in the upper left corner."""
    return next(layer for layer in stage.moments[-1].layers if (layer.x, layer.y) == (13, 13))


def place_of(stage: Stage, slider: str, share: float) -> tuple[int, int]:
    """A point of the window at which a slider has that share."""
    places = [(x, y) for y in range(0, 200, 4) for x in range(0, stage.window.size[0], 2)
              if stage.overlay.slider(x, y) == slider]
    return min(places, key=lambda at: abs(stage.overlay.share(slider, at[0]) - share))  # type: ignore[arg-type]


def test_strength_and_fade_are_dragged(stage: Stage) -> None:
    stage.play(CALM)
    for slider, shares, read in (("strength", (1.0, 0.4, 0.7), lambda: stage.show.mixer.strength),
                                 ("fade", (0.5, 0.0, 1.0), lambda: fade_share(stage.show.mixer.seconds))):
        x, y = place_of(stage, slider, shares[0])
        stage.play([Click(x, y), *CALM])
        for share in shares[1:]:
            x, _ = place_of(stage, slider, share)
            stage.play([Pointer(x, 300, held=True), *CALM])
            assert read() == pytest.approx(share, abs=0.06), "also where the hand has left the bar"
        stage.play([Pointer(0, y), Pointer(0, y, held=True), *CALM])
        assert read() == pytest.approx(shares[-1], abs=0.06), "let go of, it stays"


def test_a_hand_at_the_slider_never_takes_the_painting_away(stage: Stage) -> None:
    stage.play(CALM)
    x, y = place_of(stage, "strength", 0.0)
    last = stage.play([Click(x, y), Pointer(-500, y, held=True), *[None] * 20])[-1]
    assert stage.show.mixer.strength == LEAST and not last.badge("real picture")
    assert not np.array_equal(last.feed, last.input)


def test_a_slider_that_is_not_there_cannot_be_moved(stage: Stage) -> None:
    stage.play(CALM)
    x, y = place_of(stage, "strength", 0.3)
    for key in ("I", "H", "A"):
        stage.play([key, Click(x, y), Pointer(x + 3, y, held=True), key, *CALM])
        assert stage.show.mixer.strength == 1.0


def test_the_wheel_and_the_arrows_move_the_strip_and_choose_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Mixer(tuple(style(f"number {i}") for i in range(30)), seconds=0.2))
    stage.play(CALM)

    def seen() -> list[int]:
        width, height = stage.window.size
        hits = [stage.overlay.hit(x, height - 40) for x in range(width)]
        return list(dict.fromkeys(hit for hit in hits if hit is not None))

    first = seen()
    stage.play([Wheel(-1), *CALM])
    turned = seen()
    assert turned[0] > first[0] and len(turned) == len(first)
    stage.play([Wheel(9), *CALM])
    assert seen() == first
    right = next(x for x in range(stage.window.size[0], 0, -1) if stage.overlay.arrow(x, 320))
    stage.play([Wheel(9), Click(right, 320), *CALM])
    assert seen()[0] >= len(first) - 2 and stage.show.mixer.position == 0
    chosen = seen()[1]
    at = next(x for x in range(stage.window.size[0]) if stage.overlay.hit(x, 320) == chosen)
    stage.play([Click(at, 320), Pointer(at, 320), *CALM])
    assert stage.show.mixer.position == chosen


def test_a_held_map_says_so(stage: Stage) -> None:
    stage.play(["A", Pointer(300, 180), *CALM])
    assert not stage.moments[-1].badge("held")
    assert stage.play([Click(300, 180), *CALM])[-1].badge("held")
    assert not stage.play([Click(300, 180), *CALM])[-1].badge("held")


def test_a_change_that_waits_for_the_beat_says_so(stage: Stage) -> None:
    stage.play(["T", *[None] * 24, "T", *[None] * 5])  # a beat a second
    before = panel_of(stage).image
    stage.play(["Right", None])
    waiting = panel_of(stage).image
    stage.play([None] * 40)
    after = panel_of(stage).image
    lines = [np.nonzero((waiting != other).any(axis=(1, 2)))[0] for other in (before, after)]
    assert all(rows.size and rows[-1] > 85 for rows in lines), "the lowest line of the panel says on the next beat"


def test_the_output_window_shows_the_clean_feed_only_and_as_long_as_it_is_open(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert stage.play([None, None]) and not stage.window.projected
    moments = stage.play(["O", "H", "H", "I", "A", "A", "B"], frames=3)
    assert [id(image) for image in stage.window.projected] == [id(moment.feed) for moment in moments]
    assert any(moment.layers for moment in moments) and stage.moments[-1].badge("output window")
    stage.play(["O"], frames=2)
    assert len(stage.window.projected) == len(moments)


def test_one_key_hides_every_panel_and_shows_them_again_but_help_stays_at_hand(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert stage.play([None])[-1].layers
    assert not stage.play(["Shift+Tab", "S"])[-1].layers
    assert stage.play(["0", *CALM * 4])[-1].badge("real picture") and not stage.play(["0", *CALM * 4])[-1].layers
    assert stage.play(["H"])[-1].layers and not stage.play(["Esc"])[-1].layers
    assert stage.play(["Shift+Tab"])[-1].layers


def test_the_output_window_is_kept_going_though_the_panels_are_minimised_and_the_end_is_asked_twice(
        tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.play(["O", None])
    stage.window.visible = False
    stage.play([None])
    assert stage.session.watched
    stage.play(["Esc"])
    assert not stage.ending.is_set() and "the output window is on" in stage.said[-1]
