"""Choosing a camera out of a list, as a user names it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from live_style.errors import SourceError
from live_style.sources import find_camera
from live_style.sources.devices import Camera
from live_style.sources.devices import list_cameras
from live_style.system import v4l2

C920 = Camera(0, "HD Pro Webcam C920", "/dev/video0")
BRIO = Camera(2, "Logitech BRIO", "/dev/video2")
BRIO_TOO = Camera(4, "Logitech BRIO", "/dev/video4")
OBS = Camera(10, "OBS Virtual Camera", "/dev/video10", True)
ALL = [C920, BRIO, OBS]


@pytest.mark.parametrize("choice, camera", [
    ("0", C920), ("2", BRIO), ("c920", C920), ("brio", BRIO), ("LOGI", BRIO), ("obs virtual camera", OBS),
    ("/dev/video2", BRIO),
])
def test_a_number_a_path_or_a_part_of_the_name_finds_it(choice: str, camera: Camera) -> None:
    assert find_camera(choice, ALL) == camera


def test_a_whole_name_wins_over_a_part_of_another() -> None:
    plain = Camera(3, "Webcam", "/dev/video3")
    assert find_camera("webcam", [C920, plain]) == plain


def test_a_part_of_several_names_is_refused_with_all_of_them() -> None:
    with pytest.raises(SourceError) as caught:
        find_camera("cam", ALL)
    assert "HD Pro Webcam C920 (/dev/video0)" in caught.value.cause
    assert "OBS Virtual Camera (/dev/video10)" in caught.value.cause
    assert "--camera 0" in caught.value.cure


def test_two_alike_are_told_apart_by_number() -> None:
    with pytest.raises(SourceError, match="matches 2 cameras"):
        find_camera("brio", [BRIO, BRIO_TOO])
    assert find_camera("4", [BRIO, BRIO_TOO]) == BRIO_TOO


@pytest.mark.parametrize("choice", ["kinect", "977"])
def test_what_is_not_there_is_refused_with_what_there_is(choice: str) -> None:
    with pytest.raises(SourceError) as caught:
        find_camera(choice, ALL)
    assert choice in caught.value.cause
    assert "0: HD Pro Webcam C920" in caught.value.cure


def test_a_link_to_a_device_is_followed(tmp_path: Path) -> None:
    node = tmp_path / "video7"
    node.touch()
    link = tmp_path / "usb-Logitech-index0"
    try:
        os.symlink(node, link)
    except OSError:
        pytest.skip("this system makes no links")
    camera = Camera(7, "Linked", str(node))
    assert os.path.realpath(link) == str(node.resolve())
    assert find_camera("7", [camera]) == camera


def test_people_read_the_name_and_the_place() -> None:
    assert str(C920) == "HD Pro Webcam C920 (/dev/video0)"
    assert str(Camera(1, "FaceTime HD", "0x1420000005ac8600")) == "FaceTime HD (camera 1)"
    assert str(Camera(-1, "/dev/video9", "/dev/video9")) == "/dev/video9"


def test_the_systems_list_is_sorted_and_every_device_in_it_exists() -> None:
    cameras = list_cameras()
    assert cameras == sorted(cameras)
    if sys.platform == "linux":
        assert all(os.path.exists(camera.path) for camera in cameras)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has device nodes")
def test_the_kernel_tells_why_a_device_cannot_be_used(tmp_path: Path) -> None:
    file = tmp_path / "no-camera"
    file.write_text("x")
    assert v4l2.state_of(str(tmp_path / "nothing")).trouble == "missing"
    assert v4l2.state_of(str(file)).trouble == "no camera"
    assert v4l2.can_capture(str(file)) is False
    assert v4l2.can_capture(str(tmp_path / "nothing")) is None
    assert v4l2.modes(str(file)) == []
    if os.getuid() != 0:
        file.chmod(0)
        assert v4l2.state_of(str(file)).trouble == "forbidden"
