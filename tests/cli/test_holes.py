"""Gaps in a film are reported; pauses are not gaps."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from live_style import cli
from live_style.video.file_reader import StreamGaps
from tests.support.networks import picture

PLAIN = ("--model", "fast", "--stroke", "64", "--strength", "0", "-s", "neon")


@pytest.fixture(autouse=True)
def mixer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, seen: list[float], heard: list[float]) -> None:
    """A film with pictures and pieces of sound of 1/25 s at these seconds."""
    with av.open(path, "w") as container:
        video, audio = container.add_stream("ffv1", rate=25), container.add_stream("pcm_s16le", rate=48000)
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        shots = [av.VideoFrame.from_ndarray(picture((96, 64), number), "rgb24") for number in range(3)]
        for at, one in sorted([(at, 0) for at in seen] + [(at, 1) for at in heard]):
            if one:
                block = av.AudioFrame.from_ndarray(np.full((1, 2 * 1920), 99, np.int16), "s16", "stereo")
                block.sample_rate, block.pts, block.time_base = 48000, round(at * 48000), Fraction(1, 48000)
                container.mux(audio.encode(block))
                continue
            frame = shots[round(at * 25) % 3]
            frame.pts, frame.time_base, frame.duration = round(at * 1000), Fraction(1, 1000), 40
            container.mux(video.encode(frame))
        container.mux(video.encode(None))


def without(*holes: tuple[float, float]) -> list[float]:
    return [number / 25 for number in range(100) if not any(a <= number / 25 < b for a, b in holes)]


@pytest.mark.parametrize(("seen", "heard", "said"), [
    (without((2.0, 3.0)), without((2.0, 3.0)), "has a gap of 1.0 s in its pictures and sound, at 0:02"),
    (without((1.0, 1.6)), without(), "has a gap of 0.6 s in its pictures, at 0:01"),
    (without(), without((2.0, 3.0)), "has a gap of 1.0 s in its sound, at 0:02"),
    (without((1.0, 2.0), (3.0, 3.4)), without(),
     "has 2 gaps of 1.4 s in all in its pictures, the first at 0:01: those parts are lost"),
    (without(), without(), ""),
    (without((1.0, 1.12)), without(), ""),
])
def test_films(seen: list[float], heard: list[float], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    write("in.mkv", seen, heard)
    assert cli.main(["video", "in.mkv", "out.mkv", *PLAIN]) == 0
    err = capsys.readouterr().err
    assert err.count("\n") == bool(said) and said in err


def test_pauses_of_a_film_of_uneven_steps_are_none() -> None:
    holes = StreamGaps()
    at = 0.0
    for number in range(400):
        holes.see(at, 0.02)
        at += (0.02, 0.35, 0.05, 1.5, 0.03)[number % 5]
    assert holes.found() == []


def test_pictures_that_last_are_none() -> None:
    holes = StreamGaps()
    for at, lasts in ((0.0, 0.04), (0.04, 0.04), (0.08, 5.0), (5.08, 0.04), (5.12, 0.04)):
        holes.see(at, lasts)
    assert holes.found() == []
