"""Outputs start and end during the show: no key waits for a device or a disk, and no result is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.pipeline.feed import STOP_SECONDS
from live_style.pipeline.outputs import RECORDING
from live_style.pipeline.outputs import VCAM
from live_style.pipeline.outputs import Outputs
from live_style.sinks.null import NullSink
from tests.support.films import frames_of
from tests.support.scripted import grey

SIZE: Size = (64, 36)


class Stuck(NullSink):
    """A device that lets go only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may_open, self.may_close = threading.Event(), threading.Event()
        self.may_open.set()
        self.is_open = False

    def open(self, size: Size, fps: float) -> None:
        assert self.may_open.wait(10)
        super().open(size, fps)
        self.is_open = True

    def close(self) -> None:
        assert self.may_close.wait(10)
        self.is_open = False
        super().close()


class Rig:
    """Outputs on a clock of their own, whose virtual cameras are the test's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.cameras: list[Stuck] = []
        self.outputs = Outputs(SIZE, 30.0, lambda: self.now)
        monkeypatch.setattr("live_style.pipeline.outputs.VirtualCameraSink", self._camera)

    def _camera(self, device: str | None) -> Stuck:
        self.cameras.append(Stuck())
        return self.cameras[-1]

    def until(self, true: Callable[[], object]) -> tuple[SinkError, ...]:
        """Look after the outputs, as the show does in every frame, until something is true; what went wrong."""
        end, wrong = time.monotonic() + 10, tuple[SinkError, ...]()
        while not true():
            assert time.monotonic() < end
            wrong += self.outputs.check()
            time.sleep(0.001)
        return wrong

    def feed(self) -> None:
        self.outputs.put(Frame(grey(9), 0, 0.0))


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    rig = Rig(monkeypatch)
    yield rig
    for camera in rig.cameras:
        camera.may_open.set()
        camera.may_close.set()
    rig.outputs.close()


def test_to_stop_waits_for_nothing_and_a_device_that_hangs_is_told_when_its_time_is_over(rig: Rig) -> None:
    rig.outputs.start_vcam(None)
    rig.until(lambda: rig.cameras[0].is_open)
    began = time.perf_counter()
    rig.outputs.stop(VCAM)
    assert time.perf_counter() - began < 0.5 and not rig.outputs.is_on(VCAM)
    rig.now += STOP_SECONDS - 0.1
    assert rig.outputs.check() == ()
    rig.now += 0.2
    failure, = rig.outputs.check()
    assert "did not finish within 5 s" in failure.cause
    assert rig.outputs.check() == () and [info.failure for _, info in rig.outputs.infos] == [failure.cause]


def test_a_recording_that_hangs_is_not_called_finished(rig: Rig, tmp_path: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Stuck()
    rig.cameras.append(disk)

    def recording(path: Path, sound: object) -> Stuck:
        path.touch()
        return disk

    monkeypatch.setattr("live_style.sinks.recording.RecordingSink", recording)
    rig.outputs.start_recording(tmp_path / "a.mp4")
    rig.until(lambda: disk.is_open)
    rig.outputs.stop(RECORDING)
    rig.now += STOP_SECONDS + 0.1
    failure, = rig.outputs.check()
    assert "did not finish" in failure.cause and rig.outputs.finished() == ()


def test_what_is_switched_on_again_waits_for_the_device_not_the_show(rig: Rig) -> None:
    rig.outputs.start_vcam(None)
    rig.until(lambda: rig.cameras[0].is_open)
    rig.outputs.stop(VCAM)
    rig.outputs.start_vcam(None)
    assert rig.outputs.is_on(VCAM) and rig.outputs.check() == ()
    assert not rig.cameras[1].is_open, "the first one still has the device"
    rig.cameras[0].may_close.set()
    assert rig.until(lambda: rig.cameras[1].is_open) == ()
    assert not rig.cameras[0].is_open and len(rig.outputs.infos) == 2


def test_what_waits_can_be_switched_off(rig: Rig) -> None:
    rig.outputs.start_vcam(None)
    rig.until(lambda: rig.cameras[0].is_open)
    rig.outputs.stop(VCAM)
    rig.outputs.start_vcam(None)
    rig.outputs.stop(VCAM)
    assert not rig.outputs.is_on(VCAM)
    rig.cameras[0].may_close.set()
    rig.until(lambda: len(rig.outputs.infos) == 1)
    assert not rig.cameras[1].is_open


def test_a_device_that_is_still_being_opened_is_let_go_of_without_waiting(rig: Rig) -> None:
    rig.outputs.start_vcam(None)
    rig.cameras[0].may_open.clear()
    rig.outputs.stop(VCAM)
    rig.cameras[0].may_open.set()
    rig.cameras[0].may_close.set()
    assert rig.until(lambda: rig.outputs.infos and not rig.cameras[0].is_open) == ()


def test_a_recording_is_told_when_it_is_whole_while_the_next_one_runs(rig: Rig, tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        rig.outputs.start_recording(tmp_path / name)
        rig.outputs.ensure(RECORDING)
        rig.feed()
        rig.outputs.stop(RECORDING)
    told: list[Path] = []
    rig.until(lambda: told.extend(rig.outputs.finished()) or len(told) == 2)
    assert sorted(told) == [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    assert all(len(frames_of(path)) == 1 for path in told)


def test_a_recording_of_nothing_is_not_told(rig: Rig, tmp_path: Path) -> None:
    rig.outputs.start_recording(tmp_path / "a.mp4")
    rig.outputs.ensure(RECORDING)
    rig.outputs.close()
    assert rig.outputs.finished() == () and not (tmp_path / "a.mp4").exists()


def test_what_fails_is_told_once_at_once_and_kept(rig: Rig, tmp_path: Path) -> None:
    rig.outputs.start_recording(tmp_path / "no folder" / "a.mp4")
    wrong = rig.until(lambda: not rig.outputs.is_on(RECORDING))
    assert [error.cause for error in wrong] == [f"the folder {tmp_path / 'no folder'} does not exist"]
    rig.outputs.close()
    assert rig.outputs.failures == list(wrong) and rig.outputs.finished() == ()


def test_the_end_waits_for_what_is_still_written(rig: Rig) -> None:
    rig.outputs.start_vcam(None)
    rig.until(lambda: rig.cameras[0].is_open)
    threading.Timer(0.1, rig.cameras[0].may_close.set).start()
    rig.outputs.close()
    assert not rig.cameras[0].is_open and rig.outputs.failures == []
