"""Every example runs as a user runs it: a program of its own, with the real networks, without camera or screen."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from live_style.frame import size_of
from live_style.imaging.read import read_picture
from live_style.imaging.write import read_facts
from live_style.sources.video import VideoSource

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
README = (EXAMPLES / "README.md").read_text(encoding="utf-8")
COMMANDS = README.split("```sh\n")[1].split("```")[0].splitlines()
SHORT = {"live_loop.py": ("12",), "own_source.py": ("6",), "own_sink.py": ("21",)}
"""Fewer frames than the examples paint by themselves."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which every command of the examples' README was run, in its order."""
    folder = tmp_path_factory.mktemp("examples")
    screenless = {name: value for name, value in os.environ.items()
                  if name not in ("DISPLAY", "WAYLAND_DISPLAY") and not name.startswith("LIVE_STYLE_")}
    for line in COMMANDS:
        _, script, *arguments = shlex.split(line)
        command = [sys.executable, str(ROOT / script), *arguments, *SHORT.get(Path(script).name, ())]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120,
                              env={**screenless, "LIVE_STYLE_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)})
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return folder


def test_the_readme_runs_every_example() -> None:
    assert {Path(shlex.split(line)[1]).name for line in COMMANDS} == {file.name for file in EXAMPLES.glob("*.py")}


def test_the_live_loop_paints_a_video(made: Path) -> None:
    clip = VideoSource(str(made / "live.mp4"))
    clip.open()
    image = clip.read().image
    clip.close()
    assert size_of(image) == (640, 360)
    assert image.std() > 20


def test_the_own_source_is_painted(made: Path) -> None:
    painting = made / "plasma.png"
    assert read_facts(painting)["source"] == "plasma"
    assert size_of(read_picture(painting)) == (320, 180)


def test_the_own_sink_keeps_every_tenth_frame_that_it_had_time_for(made: Path) -> None:
    kept = sorted(file.name for file in (made / "flip-book").iterdir())
    assert 1 <= len(kept) <= 3
    assert all(size_of(read_picture(made / "flip-book" / name)) == (320, 180) for name in kept)


def test_the_mix_goes_from_one_style_to_the_other(made: Path) -> None:
    row = read_picture(made / "mix.png").astype(float)
    paintings = np.split(row, 5, axis=1)
    steps = [np.abs(a - b).mean() for a, b in pairwise(paintings)]
    assert all(steps)
    assert np.abs(paintings[0] - paintings[-1]).mean() > max(steps)
