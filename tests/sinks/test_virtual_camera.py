"""The virtual camera without a device: what readers see and which messages appear. tests/vm has a real one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.pipeline.feed import Feed
from live_style.sinks.virtual_camera import VirtualCameraSink
from live_style.sinks.virtual_camera import cure_for
from tests.support.paper_camera import PaperCamera
from tests.support.paper_camera import paper_cameras

no_device = pytest.mark.skipif(os.path.exists("/sys/module/v4l2loopback"), reason="has a device")


@pytest.fixture
def cameras() -> Iterator[list[PaperCamera]]:
    """The paper cameras that are in use."""
    with paper_cameras() as taken:
        yield taken


def frame(width: int, height: int) -> Frame:
    return Frame(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8), 0, 0.0)


@no_device
class TestWhatReadersSee:
    def test_every_pixel(self, cameras: list[PaperCamera]) -> None:
        sink, shown = VirtualCameraSink(), frame(64, 48)
        sink.open((64, 48), 30.0)
        sink.write(shown)
        assert np.array_equal(cameras[0].frames[0], shown.image)
        sink.close()
        assert cameras == []

    def test_even_sizes_only(self, cameras: list[PaperCamera]) -> None:
        sink, shown = VirtualCameraSink(), frame(65, 49)
        sink.open((65, 49), 30.0)
        sink.write(shown)
        assert cameras[0].size == (64, 48)
        assert np.array_equal(cameras[0].frames[0], shown.image[:48, :64])
        sink.close()

    def test_the_last_frame_again_when_none_comes(self, cameras: list[PaperCamera]) -> None:
        feed = Feed(VirtualCameraSink(), (64, 48), 30.0)
        feed.start()
        feed.put(frame(64, 48))
        assert feed.opened.wait(5)
        while len(cameras[0].frames) < 3:
            assert feed.failure is None
        feed.stop()
        assert feed.info.written == 1


@no_device
class TestWhatPeopleAreTold:
    def test_the_device_that_is_used(self, cameras: list[PaperCamera]) -> None:
        for device, label in ((None, "virtual camera Paper Camera"), ("Stage", "virtual camera Stage")):
            sink = VirtualCameraSink(device)
            sink.open((64, 48), 30.0)
            assert sink.label == label
            sink.close()

    @pytest.mark.skipif(sys.platform != "linux", reason="Linux's cure")
    def test_no_device_on_linux(self) -> None:
        for device in (None, "/dev/video10"):
            with pytest.raises(SinkError, match="this computer has no virtual camera") as e:
                VirtualCameraSink(device).open((64, 48), 30.0)
            assert "sudo modprobe v4l2loopback" in e.value.cure
            assert "exclusive_caps=1" in e.value.cure

    def test_in_use(self, cameras: list[PaperCamera]) -> None:
        first, second = VirtualCameraSink(), VirtualCameraSink()
        first.open((64, 48), 30.0)
        with pytest.raises(SinkError, match="could not be started") as e:
            second.open((64, 48), 30.0)
        assert e.value.cure
        first.close()
        second.open((64, 48), 30.0)
        second.close()

    def test_a_lost_device(self, cameras: list[PaperCamera], monkeypatch: pytest.MonkeyPatch) -> None:
        def lost(self: PaperCamera, frame: object) -> None:
            raise RuntimeError("Stream does not exist.")

        sink = VirtualCameraSink()
        sink.open((64, 48), 30.0)
        monkeypatch.setattr(PaperCamera, "send", lost)
        with pytest.raises(SinkError, match="virtual camera Paper Camera failed") as e:
            sink.write(frame(64, 48))
        assert "Start" in e.value.cure
        sink.close()


# Left: what pyvirtualcam 0.15 says; right: words of the cure.
@pytest.mark.parametrize(("said", "platform", "cure"), [
    ("OBS Virtual Camera device not found! Did you install OBS?", "win32", "Install OBS Studio"),
    ("No camera registered. Did you install any camera?", "win32", "Install OBS Studio"),
    ("virtual camera output could not be started", "win32", "Unity Capture"),
    ("No camera registered with this name.", "win32", "--vcam-device"),
    ("This backend supports only the 'OBS Virtual Camera' device.", "win32", "--vcam-device"),
    ("OBS Virtual Camera is not installed in your system.", "darwin", "OBS Studio 30"),
    ("Multiple cameras are not supported by this backend.", "darwin", "Stop the virtual camera in OBS"),
    ("Couldn't start stream", "darwin", "Stop the virtual camera in OBS"),
    ("Device /dev/video10 is already in use.", "linux", "Close the programs"),
    ("Virtual camera device /dev/video10 could not be configured: Busy", "linux", "Close the"),
    ("words that nobody has foreseen", "win32", "Close the programs"),
])
def test_the_cure_fits_the_system(said: str, platform: str, cure: str) -> None:
    assert cure in cure_for(f"the virtual camera cannot start: 'obs' backend: {said}", platform)
