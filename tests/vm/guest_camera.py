"""A real V4L2 camera (the kernel's vivid) that is chosen, pulled, stalled, held and darkened; runs in the guest."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from live_style.cli import main
from live_style.errors import SourceError
from live_style.errors import SourceLost
from live_style.sources import open_source
from live_style.sources.camera import CameraSource
from live_style.sources.devices import list_cameras

NAME, NODE = "vivid-000-vid-cap", "/dev/video0"
DRIVER = Path("/sys/bus/platform/drivers/vivid")
SIZE, FPS = (320, 180), 30.0


@pytest.fixture
def camera() -> Iterator[CameraSource]:
    """The camera, delivering."""
    source, notice = open_source("vivid", SIZE, FPS)
    assert isinstance(source, CameraSource)
    assert notice == ""
    source.read()
    yield source
    source.close()


def control(name: str, value: int, node: str = NODE) -> None:
    subprocess.run(["v4l2-ctl", "-d", node, "-c", f"{name}={value}"], check=True)


def plug(way: str) -> None:
    (DRIVER / way).write_text("vivid.0")


def lost(source: CameraSource, patience: float) -> float:
    """Read until the camera is lost; how many seconds that took."""
    began = time.perf_counter()
    with pytest.raises(SourceLost) as caught:
        while time.perf_counter() - began < patience:
            source.read()
    assert NAME in caught.value.cause and caught.value.cure
    return time.perf_counter() - began


def back(source: CameraSource, patience: float = 10.0) -> float:
    """Open it again as a show does, until it delivers; how many seconds that took."""
    began = time.perf_counter()
    while True:
        try:
            source.open()
            source.read()
            return time.perf_counter() - began
        except SourceError:
            assert time.perf_counter() - began < patience
            time.sleep(0.2)


def test_it_is_listed_and_the_unfed_virtual_camera_is_not() -> None:
    assert [(camera.number, camera.name, camera.path) for camera in list_cameras()] == [(0, NAME, NODE)]


@pytest.mark.parametrize("choice", ["VIVID", "0", NODE, NAME, None])
def test_each_way_of_choosing_it_opens_it(choice: str | None) -> None:
    source, notice = open_source(choice, SIZE, FPS, NAME)
    frame, info = source.read(), source.info()
    source.close()
    assert notice == ""
    assert source.label == f"{NAME} ({NODE})"
    assert frame.image.shape == (180, 320, 3)
    assert info.size == (320, 180)
    assert info.format == "YUYV"  # MJPG was asked for; this driver offers none
    assert info.fps_claimed == 30.0


def test_the_first_that_delivers_stands_in_for_the_one_used_last() -> None:
    source, notice = open_source(None, SIZE, FPS, "HD Pro Webcam C920")
    source.close()
    assert notice == f"HD Pro Webcam C920 was not found, so {NAME} ({NODE}) is used"


def test_colours_are_rgb(camera: CameraSource) -> None:
    control("osd_text_mode", 2)
    for pattern, color in ((7, (255, 0, 0)), (8, (0, 255, 0)), (9, (0, 0, 255))):
        control("test_pattern", pattern)
        time.sleep(0.5)
        for _ in range(10):
            image = camera.read().image
        assert abs(image.reshape(-1, 3).mean(0) - color).max() < 12
    control("test_pattern", 0)
    control("osd_text_mode", 0)


def test_a_dark_camera_is_noticed_and_stays_live(camera: CameraSource) -> None:
    assert camera.dark_since is None
    control("osd_text_mode", 2)
    control("test_pattern", 5)
    end = time.perf_counter() + 1.5
    while time.perf_counter() < end:
        camera.read()
    assert camera.dark_since is not None
    assert camera.info().dark_seconds > 0.3
    control("test_pattern", 0)
    control("osd_text_mode", 0)
    end = time.perf_counter() + 1.0
    while time.perf_counter() < end:
        camera.read()
    assert camera.dark_since is None


def test_a_disconnect_is_lost_without_spinning_and_reopens_at_once(camera: CameraSource) -> None:
    spent = time.process_time()
    control("disconnect", 1)
    assert 1.5 < lost(camera, 8.0) < 4.0
    assert time.process_time() - spent < 1.5
    assert back(camera) < 3.0


def test_a_pulled_camera_is_lost_at_once_and_comes_back_as_itself(camera: CameraSource) -> None:
    plug("unbind")
    assert lost(camera, 5.0) < 1.0
    with pytest.raises(SourceError, match="was not found"):
        camera.open()
    plug("bind")
    assert back(camera) < 3.0
    assert camera.camera.path == NODE


def test_it_is_found_under_another_number(camera: CameraSource) -> None:
    held = os.open(NODE, os.O_RDONLY)
    try:
        plug("unbind")
        lost(camera, 5.0)
        plug("bind")
        assert back(camera) < 3.0
        assert camera.camera.path == "/dev/video1"
        assert camera.label == f"{NAME} (/dev/video1)"
    finally:
        os.close(held)
        camera.close()
        plug("unbind")
        plug("bind")
    assert back(camera) < 3.0
    assert camera.camera.path == NODE


def test_twenty_pulls_leave_nothing_behind(camera: CameraSource) -> None:
    files = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        plug("unbind")
        assert lost(camera, 5.0) < 2.0
        plug("bind")
        assert back(camera) < 3.0
        assert camera.camera.path == NODE
    assert len(os.listdir("/proc/self/fd")) <= files + 1


def test_a_stall_is_lost_after_two_seconds(camera: CameraSource) -> None:
    control("percentage_of_dropped_buffers", 100)
    assert 1.5 < lost(camera, 10.0) < 5.0
    control("percentage_of_dropped_buffers", 0)
    assert back(camera) < 5.0


@contextmanager
def held_by_another_program() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["v4l2-ctl", "-d", NODE, "--stream-mmap", "--stream-count=100000"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as other:
        time.sleep(2.0)
        yield other
        other.terminate()
        other.wait()


def test_a_camera_in_use_says_by_whom_and_the_demo_scene_stands_in() -> None:
    with held_by_another_program() as other:
        with pytest.raises(SourceError) as caught:
            open_source("vivid", SIZE, FPS)
        stand_in, notice = open_source(None, SIZE, FPS, NAME)
        stand_in.close()
    assert f"is in use by v4l2-ctl ({other.pid})" in caught.value.cause
    assert f"fuser -v {NODE}" in caught.value.cure
    assert stand_in.info().kind == "demo"
    assert "in use by v4l2-ctl" in notice and "demo scene" in notice


def test_a_camera_without_rights_says_how_to_get_them() -> None:
    os.chmod(NODE, 0o600)
    os.setgroups([])
    os.seteuid(65534)
    try:
        with pytest.raises(SourceError) as caught:
            open_source("vivid", SIZE, FPS)
    finally:
        os.seteuid(0)
        os.chmod(NODE, 0o666)
    assert f"you have no permission to use {NAME}" in caught.value.cause
    assert "usermod -aG video" in caught.value.cure


def test_the_command_lists_modes_and_measures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cameras", "--modes", "--measure", "--json"]) == 0
    [camera] = json.loads(capsys.readouterr().out)
    assert (camera["number"], camera["name"], camera["path"]) == (0, NAME, NODE)
    assert {"format": "YUYV", "width": 1280, "height": 720, "fps": 12.5} in camera["modes"]
    assert camera["measured"]["size"] == [1280, 720]
    assert 5.0 < camera["measured"]["fps_measured"] < 13.5
    assert main(["cameras", "--modes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert NAME in lines[0] and NODE in lines[0]
    assert "     1280x720 YUYV up to 12.5 a second" in lines
