"""The painter: every frame as the mixer says at that moment, and never a raw one."""

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from live_style.control.mixer import Mixer
from live_style.errors import ProviderError
from live_style.frame import Frame
from live_style.frame import Image
from live_style.pipeline.stylize import After
from live_style.pipeline.stylize import Painted
from live_style.pipeline.stylize import Painter
from live_style.threads.slot import Slot
from tests.support.scripted import Inverter
from tests.support.scripted import grey
from tests.support.scripted import style


class Rig:
    """A painter, its slot, and everything that it published."""

    def __init__(self, stylizer: Inverter, mixer: Mixer, after: After = lambda now, took, fading: None) -> None:
        self.frames: Slot[Frame] = Slot()
        self.published: list[Painted] = []
        self.rescued = Inverter()
        self.painter = Painter(self.frames, stylizer, mixer, self.published.append, self._rescue, after)
        self._number = 0
        self.painter.start()

    def _rescue(self, error: ProviderError) -> Inverter:
        return self.rescued

    def put(self, level: int) -> Painted:
        """Send one grey frame through and wait for it."""
        return self.send(grey(level))

    def send(self, image: Image) -> Painted:
        """Send one frame through and wait for it."""
        before = len(self.published)
        self._number += 1
        self.frames.put(Frame(image, self._number, time.perf_counter()))
        end = time.perf_counter() + 5
        while len(self.published) == before:
            assert time.perf_counter() < end
            time.sleep(0.002)
        return self.published[-1]

    def level(self, level: int) -> int:
        return int(self.put(level).frame.image[0, 0, 0])


@pytest.fixture
def rig() -> Iterator[Rig]:
    mixer = Mixer((style("one"), style("other")), seconds=0.2).cut(0.0)
    rig = Rig(Inverter(), mixer)
    yield rig
    assert rig.painter.stop()


def move(rig: Rig, **changes: object) -> None:
    rig.painter.mixer = replace(rig.painter.mixer, **changes)


def settle(rig: Rig) -> None:
    time.sleep(0.45)
    rig.put(1)


def test_frames_are_painted_and_keep_their_birth(rig):
    born = time.perf_counter()
    painted = rig.put(10)
    assert painted.frame.image[0, 0, 0] == 245
    assert painted.fresh and painted.strength == 1.0
    assert 0 <= painted.frame.born - born < 1


def test_nothing_is_published_before_the_first_frame(rig):
    time.sleep(0.2)
    assert rig.published == []


def test_bypass_fades_to_the_real_picture_and_only_by_the_key(rig):
    assert rig.level(10) == 245
    rig.painter.mixer = rig.painter.mixer.bypass(time.perf_counter())
    halfway = rig.level(10)
    settle(rig)
    assert rig.level(10) == 10
    assert 10 < halfway <= 245
    rig.painter.mixer = rig.painter.mixer.bypass(time.perf_counter(), cut=True)
    assert rig.level(10) == 245


def test_black_spares_the_network_and_comes_back(rig):
    rig.put(10)
    rig.painter.mixer = rig.painter.mixer.toggle_black(time.perf_counter())
    settle(rig)
    runs = rig.painter.stylizer.runs
    assert rig.level(10) == 0
    assert rig.painter.stylizer.runs == runs
    rig.painter.mixer = rig.painter.mixer.toggle_black(time.perf_counter())
    settle(rig)
    assert rig.level(10) == 245


def test_freeze_holds_the_picture_and_melts_back(rig):
    assert rig.level(10) == 245
    rig.painter.mixer = rig.painter.mixer.toggle_freeze(time.perf_counter())
    assert rig.level(100) == 245
    runs = rig.painter.stylizer.runs
    assert rig.level(120) == 245
    assert rig.painter.stylizer.runs == runs
    rig.painter.mixer = rig.painter.mixer.toggle_freeze(time.perf_counter())
    settle(rig)
    assert rig.level(100) == 155


def test_a_freeze_before_the_first_frame_holds_the_first(rig):
    rig.painter.mixer = rig.painter.mixer.toggle_freeze(time.perf_counter())
    assert rig.level(10) == 245
    assert rig.level(100) == 245


def test_faders_still_work_while_the_camera_is_away(rig):
    rig.put(10)
    count = len(rig.published)
    rig.painter.mixer = rig.painter.mixer.toggle_black(time.perf_counter())
    time.sleep(0.8)
    later = rig.published[count:]
    assert later and not any(painted.fresh for painted in later)
    assert later[-1].frame.image.max() == 0
    assert rig.painter.fresh == 1
    settled = len(rig.published)
    time.sleep(0.2)
    assert len(rig.published) == settled  # at rest it does not work


def test_the_output_is_mirrored_when_asked(rig):
    image = grey(0)
    image[:, :10] = 200
    assert rig.send(image).frame.image[0, 0, 0] == 55
    move(rig, mirror_output=True)
    mirrored = rig.send(image).frame.image
    assert mirrored[0, 0, 0] == 255 and mirrored[0, -1, 0] == 55


def test_a_lost_processor_is_rescued_without_losing_the_frame():
    class Lost(Inverter):
        def stylize(self, image, look):
            raise ProviderError("the GPU was lost", "Restart it.")

    rig = Rig(Lost(), Mixer((style("one"),)).cut(0.0))
    try:
        assert rig.level(10) == 245
        assert rig.painter.stylizer is rig.rescued
    finally:
        assert rig.painter.stop()


def test_a_network_slower_than_the_camera_never_builds_a_backlog():
    """30 ms of network behind a 200 fps camera: p95 of the age at most 2.5 network times."""
    rig = Rig(Inverter(0.03), Mixer((style("one"),)).cut(0.0))
    ages: list[float] = []
    rig.painter._publish = lambda painted: ages.append(time.perf_counter() - painted.frame.born)
    end = time.perf_counter() + 0.8
    number = 0
    while time.perf_counter() < end:
        number += 1
        rig.frames.put(Frame(grey(10), number, time.perf_counter()))
        time.sleep(0.005)
    assert rig.painter.stop()
    assert len(ages) > 10
    assert float(np.percentile(ages, 95)) <= 2.5 * 0.03
    assert rig.frames.dropped > 50


def test_another_stylizer_takes_over_between_two_frames():
    asked: list[tuple[float, bool]] = []
    other = Inverter()

    def after(now: float, took: float, fading: bool) -> Inverter | None:
        asked.append((took, fading))
        return other if len(asked) == 2 else None

    rig = Rig(Inverter(0.01), Mixer((style("one"),), seconds=0.2).cut(0.0), after)
    try:
        first = rig.painter.stylizer
        assert [rig.level(10) for _ in range(4)] == [245] * 4
        deadline = time.perf_counter() + 5
        while len(asked) < 4 and time.perf_counter() < deadline:
            time.sleep(0.002)
        assert (first.runs, other.runs) == (2, 2)
        assert rig.painter.stylizer is other
        assert all(took >= 0.01 for took, _ in asked[:2]) and not any(fading for _, fading in asked)
        rig.painter.mixer = rig.painter.mixer.bypass(time.perf_counter())
        rig.level(10)
        rig.level(10)
        assert asked[-1][1], "it is told of a fade"
        settle(rig)
        count = len(asked)
        assert rig.level(10) == 10
        assert len(asked) == count, "what is not painted says nothing about the network"
    finally:
        assert rig.painter.stop()


def test_it_is_idle_only_while_a_new_frame_would_change_nothing(rig):
    assert not rig.painter.idle
    rig.painter.mixer = rig.painter.mixer.toggle_freeze(time.perf_counter())
    assert not rig.painter.idle, "there is no picture to hold yet"
    rig.put(10)
    time.sleep(0.05)
    assert rig.painter.idle
    rig.painter.mixer = rig.painter.mixer.toggle_freeze(time.perf_counter())
    assert not rig.painter.idle, "it melts back"
    rig.painter.mixer = rig.painter.mixer.toggle_black(time.perf_counter())
    assert not rig.painter.idle, "it still darkens"
    time.sleep(0.35)
    assert rig.painter.idle


@pytest.mark.parametrize(("rate", "source", "painted"), [
    (None, 30.0, 60), (24.0, 30.0, 48), (20.0, 30.0, 40), (20.0, 24.0, 40), (24.0, 60.0, 48), (30.0, 60.0, 60),
    (24.0, 15.0, 30),
])
def test_so_many_frames_are_painted_as_are_asked_for(rate: float | None, source: float, painted: int) -> None:
    """Of two seconds of a source whose frames come a little unevenly; never two in a row are left out at 20 of 30."""
    uneven = np.random.default_rng(0).uniform(-0.002, 0.002, 200)
    published: list[Painted] = []
    frames: Slot[Frame] = Slot()
    painter = Painter(frames, Inverter(), Mixer((style("one"),)), published.append, lambda error: Inverter())
    painter.rate = lambda: rate
    wanted = [painter.wants(100.0 + i / source + float(uneven[i])) for i in range(round(2 * source))]
    assert sum(wanted) == pytest.approx(painted, abs=1)
    assert all(one or two for one, two in zip(wanted, wanted[1:])) or source > 30.0


def test_a_rate_that_changes_holds_from_the_next_frame_on(rig: Rig) -> None:
    rig.put(10)
    rig.painter.rate = lambda: 20.0
    rig.put(20)
    now = time.perf_counter()
    for number, late in ((3, 0.0), (4, 0.02), (5, 0.04), (6, 0.1)):
        rig.frames.put(Frame(grey(30 + number), number, now + late))
        time.sleep(0.1)
    assert [int(255 - painted.frame.image[0, 0, 0]) for painted in rig.published[:2]] == [10, 20]
    assert 36 in [int(255 - painted.frame.image[0, 0, 0]) for painted in rig.published]
    assert 34 not in [int(255 - painted.frame.image[0, 0, 0]) for painted in rig.published]
    assert 1 <= rig.published[-1].skipped <= rig.painter.skipped
