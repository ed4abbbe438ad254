"""`live-style cameras` on a machine with and without cameras."""

from __future__ import annotations

import json

import pytest

from live_style.cli import main
from live_style.sources.devices import list_cameras


def test_the_list_for_programs_is_the_list_of_the_system(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cameras", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(camera["number"], camera["name"], camera["path"]) for camera in listed] == \
           [camera[:3] for camera in list_cameras()]


@pytest.mark.skipif(bool(list_cameras()), reason="this machine has a camera")
@pytest.mark.parametrize("flags", [[], ["--modes"], ["--measure"]])
def test_without_a_camera_it_says_so_and_what_to_do(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cameras", *flags]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0] == "no camera was found"
    assert "--camera demo" in lines[1]


@pytest.mark.skipif(not list_cameras(), reason="this machine has no camera")
def test_each_camera_is_a_line_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cameras"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(camera.name in line for camera, line in zip(list_cameras(), lines, strict=True))
