"""HDR and wide gamuts are shown, live and offline, in the colours that were meant."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from live_style import cli
from live_style.sources.video import VideoSource
from live_style.video.wide_gamut import light_of
from live_style.video.wide_gamut import narrowed
from tests.support.films import frames_of
from tests.support.light import TO_2020
from tests.support.light import TO_P3
from tests.support.light import Floats
from tests.support.light import gamma
from tests.support.light import hlg
from tests.support.light import pq

PLAIN = ("--model", "fast", "--stroke", "64", "--strength", "0", "-s", "neon")
PATCHES = np.array([(255, 255, 255), (128, 128, 128), (255, 0, 0), (32, 96, 192), (0, 160, 80), (0, 0, 0)], float)


@pytest.fixture(autouse=True)
def mixer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, colors: Floats, transfer: int, primaries: int) -> None:
    """A film of patches, 32 pixels wide, of numbers 0..1."""
    row = np.repeat(np.clip(colors * 65535, 0, 65535).round().astype(np.uint16), 32, axis=0)
    image = np.ascontiguousarray(np.broadcast_to(row, (64, len(row), 3)))
    with av.open(path, "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = len(row), 64, "yuv444p10le"
        matrix = 9 if primaries == 9 else 1
        context = stream.codec_context
        context.color_range, context.colorspace = 1, matrix
        context.color_trc, context.color_primaries = transfer, primaries
        context.time_base = Fraction(1, 25)
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(image, "rgb48le").reformat(
                format="yuv444p10le", dst_colorspace=matrix, dst_color_range=1)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            frame.color_trc, frame.color_primaries = transfer, primaries
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def shown(path: str) -> tuple[Floats, Floats]:
    """The patches of a painted film of strength 0, and those of a show."""
    assert cli.main(["video", path, "out.mp4", *PLAIN, "--overwrite"]) == 0
    with av.open("out.mp4") as container:
        frame = next(container.decode(video=0))
        assert (frame.color_trc in (1, 2), frame.color_primaries in (1, 2), frame.colorspace) == (True, True, 1)
    clip = VideoSource(path)
    clip.open()
    try:
        live = clip.read().image
    finally:
        clip.close()
    both = [image[8:56].reshape(48, -1, 32, 3)[:, :, 8:24].mean((0, 2))
            for image in (frames_of(Path("out.mp4"))[0], live)]
    return both[0], both[1]


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("transfer", "primaries"), [(16, 9), (18, 9), (1, 9), (14, 9), (1, 12), (13, 11), (16, 12)])
def test_patches(transfer: int, primaries: int) -> None:
    light = (PATCHES / 255) ** 2.4 @ (TO_2020 if primaries == 9 else TO_P3).T
    coded = {16: pq, 18: hlg}.get(transfer, gamma)(light)
    write("in.mkv", coded, transfer, primaries)
    for patches in shown("in.mkv"):
        assert np.abs(patches - PATCHES).max() < 25, patches.round()
        assert patches[0].min() >= 240 and np.abs(patches[1] - 128).max() < 4


@pytest.mark.parametrize(("transfer", "primaries"), [(16, 9), (18, 9), (1, 9), (16, 12), (1, 12)])
def test_every_colour_is_shown_to_a_level(transfer: int, primaries: int) -> None:
    """Dark ones are coded more coarsely than they are shown."""
    colors = np.random.default_rng(1).integers(64, 233, (90, 160, 3)).astype(float)
    light = (colors / 255) ** 2.4 @ (TO_2020 if primaries == 9 else TO_P3).T
    numbers = np.clip({16: pq, 18: hlg}.get(transfer, gamma)(light), 0, 1) * 1023
    deep = np.ascontiguousarray(numbers.round().astype(np.uint16))
    frame = av.VideoFrame.from_ndarray(deep, "gbrp10le")
    frame.color_trc, frame.color_primaries = transfer, primaries
    light_there = light_of(frame)
    assert light_there is not None
    off = np.abs(narrowed(frame, light_there, 160, None) - colors)
    assert off.mean() < 0.5 and off.max() <= 4


def test_what_is_brighter_than_paper_stays_apart() -> None:
    light = np.array([0.5, 1.0, 2.0, 4.0, 10.0])[:, np.newaxis] * np.ones(3)
    for transfer, coding in ((16, pq), (18, hlg)):
        write("in.mkv", coding(light[:4]), transfer, 9)
        for patches in shown("in.mkv"):
            assert (np.diff(patches.mean(1)) > 1.0).all() and patches.max() <= 255


def test_what_bt709_can_hold_is_not_touched() -> None:
    write("in.mkv", PATCHES / 255, 1, 1)
    for patches in shown("in.mkv"):
        assert np.abs(patches - PATCHES).max() < 4
