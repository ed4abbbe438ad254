"""Preview and programme: what is chosen is seen before it is live, and only a take changes the feed."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from live_style.control.mixer import Mixer
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import action_of
from live_style.errors import ModelError
from live_style.frame import Image
from live_style.interfaces import Click
from live_style.interfaces import Layer
from live_style.interfaces import Pointer
from live_style.look import Look
from live_style.ui.preview import PACE
from live_style.ui.preview import Preview
from live_style.ui.preview import small_size
from tests.support.scripted import Inverter
from tests.support.stage import STYLES
from tests.support.stage import Stage


def live(stage: Stage) -> list[float]:
    """Where the look of the feed is."""
    return [*stage.show.mixer.look.at(stage.now).point]


def chosen(stage: Stage) -> str:
    preview = stage.show.mixer.preview
    assert preview is not None
    return preview.name


def seen(stage: Stage, wanted: bool = True) -> Layer | None:
    """The picture of the preview, in the window; waited for, since a thread of its own paints it."""
    end = time.monotonic() + 10.0
    while True:
        moment, = stage.play([None])
        found = [layer for layer in moment.layers if layer.image.shape[1] > 90 and (layer.image[..., 3] == 255).all()]
        if bool(found) is wanted or time.monotonic() > end:
            return found[0] if found else None


def test_what_is_chosen_goes_to_the_preview_and_is_live_when_it_is_taken(stage: Stage) -> None:
    stage.play(["Q"])
    before = live(stage)
    assert chosen(stage) == "other", "the next style"
    for key, name in (("3", "a third"), ("Left", "other"), ("N", "a third"), ("Shift+2", "other")):
        stage.play([key, *[None] * 10])
        assert chosen(stage) == name and live(stage) == before, key
    stage.play(["Enter", *[None] * 2])
    assert live(stage) != before and stage.show.mixer.style is STYLES[1]
    stage.play([None] * 6)
    assert live(stage) == [*STYLES[1].look().point] and chosen(stage) == "a third"
    stage.play(["Space", None])
    assert live(stage) == [*STYLES[2].look().point], "a cut"
    stage.play(["1", "Shift+Enter", None])
    assert live(stage) == [*STYLES[0].look().point], "a cut"
    stage.play(["Q", "2", *[None] * 8])
    assert live(stage) == [*STYLES[1].look().point], "off, what is chosen is live"


def test_through_every_door_only_a_take_changes_the_feed(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.console.put(action_of(Command.PREVIEW, 1))
    stage.play([None])
    before = live(stage)
    for command, told, name in ((Command.STYLE, "a third", "a third"), (Command.SLOT, 2, "other"),
                                (Command.NEXT, None, "a third")):
        stage.console.put(action_of(command, told))
        stage.play([None] * 4)
        assert chosen(stage) == name and live(stage) == before, command
    stage.play(["A", Pointer(320, 180), Pointer(330, 200), *[None] * 4, "A"])
    assert live(stage) == before, "the map"
    stage.play(["D", *[None] * 20, "D"])
    assert live(stage) == before, "a drift"
    stage.console.put(Action(Command.TAKE))
    stage.play([None] * 10)
    assert live(stage) != before
    stage.close()


def test_panic_and_faders_are_live_at_once(stage: Stage) -> None:
    stage.play(["Q", "0", *[None] * 8])
    assert stage.moments[-1].badge("real picture")
    stage.play(["0", "Down", "B", *[None] * 12])
    assert not stage.moments[-1].feed.any() and stage.show.mixer.strength == 0.95


def test_the_preview_is_painted_from_the_frame_of_this_moment_for_the_hand_alone(stage: Stage) -> None:
    stage.play(["O", *[None] * 2])
    assert seen(stage, wanted=False) is None
    stage.play(["Q"])
    picture = seen(stage)
    assert picture is not None
    moments = stage.moments[-3:]
    # The stylizer of the tests makes negatives, and its pictures are noise of another mean for each frame.
    assert picture.image[..., :3].mean() == pytest.approx(127.5, abs=10)
    assert all(moment.feed.shape == (36, 64, 3) for moment in moments)
    assert all(image.shape == (36, 64, 3) for image in stage.window.projected), "the projector never shows it"
    stage.play(["A", Pointer(320, 180)])
    assert seen(stage) is not None, "over the map too"
    stage.play(["A", "Q"])
    assert seen(stage, wanted=False) is None


def test_with_the_mouse_and_the_search_it_goes_there_too(stage: Stage) -> None:
    stage.play(["Q", None])
    before = live(stage)
    x = next(x for x in range(stage.window.size[0]) if stage.overlay.hit(x, 320) == 2)
    stage.play([Click(x, 320), Pointer(x, 320), None])
    assert chosen(stage) == "a third" and live(stage) == before
    stage.play(["F3", *"OTHER", "Enter", None])
    assert chosen(stage) == "other" and live(stage) == before


class Counted(Inverter):
    """Counts its pictures, and says when one was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[tuple[int, ...]] = []
        self.painted = threading.Semaphore(0)

    def stylize(self, image: Image, look: Look) -> Image:
        self.sizes.append(image.shape[1::-1])
        painted = super().stylize(image, look)
        self.painted.release()
        return painted


def test_it_paints_small_pictures_a_few_times_a_second_and_nothing_while_it_is_off() -> None:
    stylizer, opened = Counted(), list[tuple[int, int]]()

    def open_it(size: tuple[int, int]) -> Inverter:
        opened.append(size)
        return stylizer

    preview, now, due = Preview(open_it), 10.0, 10.0
    image = np.zeros((720, 1280, 3), np.uint8)
    assert not opened and preview.take() is None
    for frame in range(60):
        preview.ask(image, STYLES[0].look(), now)
        if now >= due:
            assert stylizer.painted.acquire(timeout=10.0)
            due = now + PACE
        now += 1 / 30
    assert 5 <= len(stylizer.sizes) <= 7, "in two seconds"
    assert opened == [(256, 144)] and set(stylizer.sizes) == {(256, 144)}
    preview.close()
    preview.ask(image, STYLES[0].look(), now)
    assert stylizer.painted.acquire(timeout=10.0) and len(opened) == 2, "opened again"
    preview.close()


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (1080, 1920), (7680, 64), (64, 36)])
def test_its_size_is_one_that_networks_can_work_at(size: tuple[int, int]) -> None:
    width, height = small_size(size)
    assert width % 8 == height % 8 == 0 and width * height < 1.4 * 256 * 144


def test_a_preview_that_cannot_be_painted_is_told_and_the_show_goes_on(stage: Stage) -> None:
    def broken(size: tuple[int, int]) -> Inverter:
        raise ModelError("the network is missing", "Install it again.")

    stage.show._preview = Preview(broken)
    stage.play(["Q"])
    end = time.monotonic() + 10.0
    while "the network is missing\n  Install it again." not in stage.said:
        assert time.monotonic() < end
        stage.play([None])
    assert stage.show.mixer.preview is None
    assert len(stage.play([None] * 5)) == 5


def test_a_style_that_is_gone_leaves_the_preview() -> None:
    mixer = Mixer(STYLES).with_preview(True).select(2, 0.0)
    assert mixer.preview is not None and mixer.preview.name == "a third"
    left = mixer.with_styles(STYLES[:2])
    assert left.preview is not None and left.preview.name == "other"


def test_without_a_preview_there_is_nothing_to_take() -> None:
    mixer = Mixer(STYLES)
    assert mixer.take(1.0) is mixer
