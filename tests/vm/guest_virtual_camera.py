"""The virtual camera on a real v4l2loopback device, read by other programs; runs in the guest."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import Size
from live_style.pipeline.feed import Feed
from live_style.sinks.virtual_camera import VirtualCameraSink

DEVICE = "/dev/video10"
SIZE = (320, 240)
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128))


def bars(size: Size = SIZE, first: int = 0) -> Image:
    """Four upright bars of plain colours, beginning with one of them."""
    colours = np.roll(np.array(COLOURS, np.uint8), -first, axis=0)
    row = np.repeat(colours, -(-size[0] // 4), axis=0)[:size[0]]
    return np.ascontiguousarray(np.broadcast_to(row, (size[1], size[0], 3)))


READER = """
import json, os, sys, time
os.environ["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"] = "3"
os.environ["OPENCV_LOG_LEVEL"] = "ERROR"
import cv2
camera = cv2.VideoCapture("/dev/video10", cv2.CAP_V4L2)
print(json.dumps({"open": camera.isOpened()}), flush=True)
while True:
    started = time.monotonic()
    ok, picture = camera.read()
    seen = {"ok": ok, "wait": time.monotonic() - started}
    if ok:
        h, w = picture.shape[:2]
        patches = [picture[h // 4:-h // 4, w * n // 4 + w // 16:w * (n + 1) // 4 - w // 16] for n in range(4)]
        seen |= {"size": [w, h], "colours": [patch[..., ::-1].mean((0, 1)).tolist() for patch in patches]}
    print(json.dumps(seen), flush=True)
"""


class Reader:
    """Another program that reads the virtual camera with OpenCV."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", READER], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._lines: IO[str] = self._process.stdout
        self.open = bool(json.loads(self._lines.readline())["open"])

    def next(self) -> dict[str, object]:
        """What it saw next."""
        seen: dict[str, object] = json.loads(self._lines.readline())
        return seen

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._lines.close()

    def sees(self, size: Size = SIZE, first: int = 0) -> bool:
        """Whether it sees the bars ten times running: the right size, every colour within 3."""
        running, wanted = 0, np.roll(np.array(COLOURS), -first, axis=0)
        for _ in range(60):
            seen = self.next()
            right = seen["ok"] and seen["size"] == list(size) and np.abs(wanted - seen["colours"]).max() <= 3
            running = running + 1 if right else 0
            if running == 10:
                return True
        print("the reader saw last:", seen)
        return False


@pytest.fixture
def reading() -> Iterator[Callable[[], Reader]]:
    """Starts readers, which end with the test."""
    readers: list[Reader] = []

    def start() -> Reader:
        readers.append(Reader())
        return readers[-1]

    yield start
    for reader in readers:
        reader.close()


@contextmanager
def feeding(size: Size = SIZE, first: int = 0, device: str | None = None) -> Iterator[Feed]:
    """The show: one frame, then nothing new; the feed repeats it."""
    feed = Feed(VirtualCameraSink(device), size, 20.0)
    feed.start()
    feed.put(Frame(bars(size, first), 0, time.perf_counter()))
    assert feed.opened.wait(30)
    assert feed.failure is None, feed.failure
    yield feed
    feed.stop()
    assert feed.failure is None, feed.failure


def refusal(device: str | None = None, size: Size = SIZE) -> SinkError:
    """Why the virtual camera cannot be opened."""
    sink = VirtualCameraSink(device)
    with pytest.raises(SinkError) as e:
        sink.open(size, 20.0)
    sink.close()
    assert e.value.cure
    return e.value


class TestOnTheDevice:
    @pytest.mark.parametrize("size", [SIZE, (641, 361)])
    def test_opencv_reads_what_was_fed(self, reading: Callable[[], Reader], size: Size) -> None:
        with feeding(size) as feed:
            assert feed.info.label == "virtual camera OBS Virtual Camera (/dev/video10)"
            assert reading().sees((size[0] // 2 * 2, size[1] // 2 * 2))

    def test_ffmpeg_reads_what_was_fed(self) -> None:
        command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "v4l2", "-i", DEVICE, "-frames:v", "2",
                   "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
        with feeding():
            data = subprocess.run(command, capture_output=True, timeout=60).stdout
        shown = np.frombuffer(data, np.uint8).reshape(2, SIZE[1], SIZE[0], 3)[-1].astype(int)
        middle = shown[60:180]
        for n, colour in enumerate(COLOURS):
            assert np.abs(middle[:, n * 80 + 10:n * 80 + 70].mean((0, 1)) - colour).max() <= 3

    def test_it_opens_again_and_again(self, reading: Callable[[], Reader]) -> None:
        for first in range(4):
            with feeding(first=first):
                pass
        with feeding(first=1):
            assert reading().sees(first=1)

    def test_a_reader_is_kept_over_a_stop(self, reading: Callable[[], Reader]) -> None:
        with feeding(first=0):
            reader = reading()
            assert reader.sees(first=0)
        with feeding(first=2):
            assert reader.sees(first=2)

    def test_a_reader_of_another_size_is_not_scrambled(self, reading: Callable[[], Reader]) -> None:
        with feeding():
            reader = reading()
            assert reader.sees()
        error = refusal(size=(640, 480))
        assert "320x240" in error.cause and "640x480" in error.cause
        assert "--size 320x240" in error.cure
        with feeding(first=1):
            assert reader.sees(first=1)
        reader.close()
        with feeding((640, 480)):
            assert reading().sees((640, 480))

    def test_in_use_by_another_program(self) -> None:
        command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i",
                   "testsrc=size=320x240:rate=10", "-pix_fmt", "yuv420p", "-f", "v4l2", DEVICE]
        with subprocess.Popen(command) as other:
            for _ in range(100):
                if (Path("/sys/class/video4linux/video10/format")).read_text():
                    break
                time.sleep(0.2)
            error = refusal()
            other.kill()
        assert "another program uses the virtual camera /dev/video10 (OBS Virtual Camera)" in error.cause
        with feeding():
            pass

    def test_two_of_ours(self) -> None:
        with feeding():
            time.sleep(0.5)
            assert "another program uses" in refusal().cause

    @pytest.mark.parametrize("device", [DEVICE, "OBS Virtual Camera", "obs"])
    def test_it_is_found_by_path_or_name(self, device: str) -> None:
        with feeding(device=device) as feed:
            assert DEVICE in feed.info.label

    @pytest.mark.parametrize("device", ["/dev/video0", "/dev/video77", "Logitech"])
    def test_what_is_no_virtual_camera(self, device: str) -> None:
        error = refusal(device)
        assert error.cause == f"{device} is not a virtual camera"
        assert "/dev/video10 (OBS Virtual Camera)" in error.cure

    def test_no_webcam_is_touched(self) -> None:
        with feeding():
            held = {os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")}
        assert DEVICE in held
        assert "/dev/video0" not in held

    def test_no_right_to_use_it(self) -> None:
        os.chmod(DEVICE, 0o600)
        os.seteuid(65534)
        try:
            error = refusal()
        finally:
            os.seteuid(0)
            os.chmod(DEVICE, 0o666)
        assert "usermod -aG video" in error.cure

    def test_no_device_and_the_cure_that_we_name(self) -> None:
        subprocess.run(["modprobe", "-r", "v4l2loopback"], check=True)
        error = refusal()
        assert "this computer has no virtual camera" in error.cause
        command = error.cure.split("run: sudo ")[1]
        subprocess.run(shlex.split(command), check=True)
        with feeding() as feed:
            assert feed.info.label == "virtual camera live-style (/dev/video10)"
