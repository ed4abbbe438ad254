"""Kills, full disks and two at once, by the round: no input changes, and nothing that was finished is lost."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Mapping
from pathlib import Path

import av
import pytest

from live_style import cli
from live_style.imaging.write import read_facts
from live_style.imaging.write import write_png
from tests.support.disk import disk_of_size
from tests.support.films import frames_of
from tests.support.films import packets_of
from tests.support.films import write_film
from tests.support.networks import picture

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")

SMALL = ("--model", "fast", "--stroke", "64")
STYLES = ("neon", "tiger")
PICTURES = 150
MINE = b"a holiday in 1987"


@pytest.fixture(autouse=True)
def mixer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a film, photographs, the painted film, and works of others."""
    monkeypatch.chdir(tmp_path)
    write_film(Path("in.mp4"), [picture((96, 64), number) for number in range(PICTURES)])
    Path("in").mkdir()
    for number in range(6):
        write_png(Path("in") / f"{number}.png", picture((96, 64), number), {})
    for name in ("other.mp4", "other.png"):
        Path(name).write_bytes(MINE)
    return tmp_path


@pytest.fixture
def whole() -> list[tuple[float, float, bytes]]:
    """The pictures of an unbroken run."""
    assert cli.main(["video", "in.mp4", "whole.mp4", "-s", STYLES[0], *SMALL]) == 0
    return packets_of(Path("whole.mp4"), "video")


def running(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "live_style", *words], stderr=subprocess.PIPE, text=True)


def read_only() -> Mapping[str, str]:
    """What no run may change."""
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in (Path("in.mp4"), Path("other.mp4"), Path("other.png"), *sorted(Path("in").iterdir()))}


def killed(chance: random.Random, *words: str) -> None:
    """Start it and kill it at any time, from before it has begun to after it has ended."""
    with running(*words) as process:
        time.sleep(chance.uniform(0.1, 2.5))
        process.kill()
        process.communicate(timeout=60)


def kill_a_film(chance: random.Random, whole: list[tuple[float, float, bytes]]) -> None:
    words = ("video", "in.mp4", "out.mp4", "-s", STYLES[0], *SMALL)
    there = chance.random() < 0.5
    if there:
        Path("out.mp4").write_bytes(MINE)
    for _ in range(chance.randint(1, 2)):
        killed(chance, *words, "--resume", *(("--overwrite",) if there else ()))
    if not there and Path("out.mp4").exists():
        assert packets_of(Path("out.mp4"), "video") == whole  # it was done before it was killed
    else:
        assert not there or Path("out.mp4").read_bytes() == MINE or packets_of(Path("out.mp4"), "video") == whole
        part = Path("out.mp4.live-style/film.mp4")
        if part.exists() and part.stat().st_size > 40_000:
            assert len(frames_of(part)) > 0
        assert cli.main([*words, "--resume", *(("--overwrite",) if there else ())]) == 0
        assert packets_of(Path("out.mp4"), "video") == whole
    Path("out.mp4").unlink()


def kill_photographs(chance: random.Random, whole: list[tuple[float, float, bytes]]) -> None:
    words = ("image", "in", "-o", "painted", "-s", STYLES[0], *SMALL)
    killed(chance, *words)
    done = {file.name: file.read_bytes() for file in Path("painted").glob("[0-9].png")}
    assert all(read_facts(Path("painted") / name)["style"] == f"{STYLES[0].title()}:1" for name in done)
    assert cli.main(list(words)) == (2 if done else 0)  # what is there stays, and is reported
    assert {name: (Path("painted") / name).read_bytes() for name in done} == done
    assert len(list(Path("painted").glob("[0-9].png"))) == 6


def kill_a_recording(chance: random.Random, whole: list[tuple[float, float, bytes]]) -> None:
    killed(chance, "run", "--camera", "in.mp4", "--headless", "--size", "96x64", "--model", "fast", "--record",
           "show.mp4")
    if Path("show.mp4").exists() and Path("show.mp4").stat().st_size > 40_000:
        assert len(frames_of(Path("show.mp4"))) > 0
    again = cli.main(["run", "--camera", "in.mp4", "--headless", "--frames", "3", "--size", "96x64", "--record",
                      "other.mp4"])
    assert again == 2  # a recording never overwrites anything


def fill_the_disk(chance: random.Random, whole: list[tuple[float, float, bytes]]) -> None:
    size = chance.randint(60, 500)
    with disk_of_size(Path("disk").absolute(), f"{size}k") as folder:
        kind = chance.choice(("video", "image", "record"))
        target = folder / ("out.png" if kind == "image" else "out.mp4")
        if kind != "record":
            target.write_bytes(MINE)
        words = {"video": ("video", "in.mp4", str(target), "-s", STYLES[0], *SMALL, "--overwrite"),
                 "image": ("image", "in", "--grid", "-o", str(target), "-s", STYLES[0], *SMALL, "--overwrite"),
                 "record": ("run", "--camera", "in.mp4", "--headless", "--frames", "90", "--size", "96x64", "--model",
                            "fast", "--record", str(target))}[kind]
        status = cli.main(list(words))
        if kind == "record":
            assert status in (0, 2) and (not target.exists() or len(frames_of(target)) > 0)
        elif status == 0:
            assert target.read_bytes() != MINE
        else:
            assert status == 2 and target.read_bytes() == MINE
        if kind == "video" and status == 2:
            subprocess.run(["mount", "-o", "remount,size=99M", str(folder)], check=True)
            assert cli.main([*words, "--resume"]) == 0
            assert packets_of(target, "video") == whole
    Path("disk").rmdir()


def paint_two_at_once(chance: random.Random, whole: list[tuple[float, float, bytes]]) -> None:
    if chance.random() < 0.6:
        words = [("video", "in.mp4", "out.mp4", "-s", style, *SMALL) for style in STYLES]
    else:
        words = [("image", "in/0.png", "-o", "out.png", "-s", style, *SMALL) for style in STYLES]
    first = running(*words[0])
    time.sleep(chance.uniform(0.0, 0.6))
    both = [first, running(*words[1])]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], said
    winner = STYLES[0 if both[0].returncode == 0 else 1]
    if words[0][0] == "video":
        with av.open("out.mp4") as container:
            assert f"{winner}:1" in container.metadata["comment"]
        assert len(frames_of(Path("out.mp4"))) == PICTURES
    else:
        assert read_facts(Path("out.png"))["style"] == f"{winner.title()}:1"


ROUNDS: tuple[Callable[[random.Random, list[tuple[float, float, bytes]]], None], ...] = (
    kill_a_film, kill_photographs, kill_a_recording, fill_the_disk, paint_two_at_once)


def play(number: int, whole: list[tuple[float, float, bytes]]) -> None:
    """A round; after it nothing but what was there before is there."""
    before = read_only()
    ROUNDS[number % len(ROUNDS)](random.Random(number), whole)
    assert read_only() == before, number
    for name in ("out.mp4", "out.png", "show.mp4"):
        Path(name).unlink(missing_ok=True)
    shutil.rmtree("painted", ignore_errors=True)
    known = {"in", "in.mp4", "other.mp4", "other.png", "whole.mp4"}
    assert {file.name for file in Path().iterdir()} <= known, number


def test_a_killed_recording() -> None:
    play(ROUNDS.index(kill_a_recording), [])


@pytest.mark.long
def test_a_hundred_rounds(whole: list[tuple[float, float, bytes]]) -> None:
    for number in range(100):
        play(number, whole)
