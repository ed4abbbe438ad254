"""No file of a user's is lost: not the input, not a neighbour, not what was there before, not another's work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from live_style import cli
from live_style.errors import SinkError
from live_style.imaging.write import write_picture
from live_style.imaging.write import write_png
from tests.support.disk import disk_of_size
from tests.support.films import frames_of
from tests.support.films import packets_of
from tests.support.films import write_film
from tests.support.networks import picture

SMALL = ("--model", "fast", "--stroke", "64")
MINE = b"a holiday in 1987"


@pytest.fixture(autouse=True)
def mixer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a film and a photograph."""
    monkeypatch.chdir(tmp_path)
    write_film(Path("in.mp4"), [picture((96, 64), number) for number in range(9)])
    write_png(Path("photo.png"), picture((96, 64), 4), {})
    return tmp_path


def video(*words: object) -> int:
    return cli.main(["video", *map(str, words), "-s", "neon", *SMALL])


def image(*words: object) -> int:
    return cli.main(["image", *map(str, words), "-s", "neon", *SMALL])


def running(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "live_style", *words, *SMALL], stderr=subprocess.PIPE, text=True)


def painted_in(film: str) -> str:
    with av.open(film) as container:
        return container.metadata["comment"]


class TestWhateverItIsCalled:
    @pytest.mark.parametrize("name", ["out.part.mp4", "out.earlier.mp4", "out.part.state", ".out.mp4.part",
                                      "out.mp4.part", "film.mp4", "state", "lock", "earlier.mp4"])
    def test_input_and_neighbours_stay(self, name: str) -> None:
        before = Path("in.mp4").read_bytes()
        Path("in.mp4").rename(name)
        for neighbour in ("out.part.mp4", "out.earlier.mp4", "out.part.state"):
            if neighbour != name:
                Path(neighbour).write_bytes(MINE)
        assert video(name, "out.mp4") == 0 and video(name, "out.mp4", "--overwrite") == 0
        assert Path(name).read_bytes() == before
        assert all(Path(neighbour).read_bytes() == MINE
                   for neighbour in ("out.part.mp4", "out.earlier.mp4", "out.part.state") if neighbour != name)
        assert not list(Path().glob("*.live-style"))

    def test_a_folder_that_is_not_ours_stays(self, capsys: pytest.CaptureFixture[str]) -> None:
        folder = Path("out.mp4.live-style")
        for name in ("film.mp4", "lock"):
            folder.mkdir(exist_ok=True)
            (folder / name).write_bytes(MINE)
            assert video("in.mp4", "out.mp4", "--overwrite") == 2
            assert "was not created by live-style" in capsys.readouterr().err
            assert (folder / name).read_bytes() == MINE
        (folder / "film.mp4").unlink()
        (folder / "lock").unlink()
        folder.rmdir()
        folder.write_bytes(MINE)
        assert video("in.mp4", "out.mp4", "--overwrite") == 2 and folder.read_bytes() == MINE

    def test_a_name_as_long_as_a_disk_takes(self) -> None:
        out = "o" * 251 + ".mp4"
        assert video("in.mp4", out) == 0 and len(frames_of(Path(out))) == 9
        painting = "p" * 251 + ".png"
        assert image("photo.png", "-o", painting) == 0 and Path(painting).exists()

    @pytest.mark.long
    def test_films_of_different_endings_share_nothing(self) -> None:
        write_film(Path("long.mp4"), [picture((96, 64), number) for number in range(200)])
        process = running("video", "long.mp4", "a.mp4", "-s", "neon")
        broken_off(process, Path("a.mp4.live-style"))
        assert cli.main(["video", "long.mp4", "a.mkv", "-s", "neon", *SMALL]) == 0
        assert cli.main(["video", "long.mp4", "a.mp4", "-s", "neon", "--resume", *SMALL]) == 0
        assert len(frames_of(Path("a.mp4"))) == len(frames_of(Path("a.mkv"))) == 200
        assert not list(Path().glob("*.live-style"))

    @pytest.mark.long
    def test_the_unfinished_film_is_no_input_of_its_own(self, capsys: pytest.CaptureFixture[str]) -> None:
        write_film(Path("long.mp4"), [picture((96, 64), number) for number in range(200)])
        folder = Path("a.mp4.live-style")
        broken_off(running("video", "long.mp4", "a.mp4", "-s", "neon"), folder)
        assert video(folder / "film.mp4", "a.mp4", "--overwrite") == 2
        assert "is the unfinished video of a.mp4" in capsys.readouterr().err and (folder / "film.mp4").exists()

    @pytest.mark.parametrize("words", [("in", "-o", "in", "--overwrite"), ("in/a.png", "--sheet", "-o", "in/a.png"),
                                       ("photo.png", "-s", "in/a.png", "-o", "in/a.png"),
                                       ("photo.png", "in/a.png", "-o", "in")])
    def test_photographs_that_would_be_written_over(self, words: tuple[str, ...]) -> None:
        Path("in").mkdir()
        for name in ("a.png", "photo.png"):
            write_png(Path("in") / name, picture((96, 64), 7), {})
        before = {file: file.read_bytes() for file in Path("in").iterdir()}
        assert image(*words, "--overwrite") == 2
        assert {file: file.read_bytes() for file in Path("in").iterdir()} == before


def broken_off(process: subprocess.Popen[str], folder: Path) -> None:
    """Kill it as soon as it has something to go on with."""
    with process:
        deadline = time.monotonic() + 60.0
        while not (folder / "state").exists():
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.01)
        process.kill()
        process.communicate(timeout=60)


class TestTwoAtOnce:
    def test_one_of_two_paints_a_film_and_the_other_says_so_at_once(self) -> None:
        write_film(Path("long.mp4"), [picture((96, 64), number) for number in range(300)])
        styles = ("neon", "tiger")
        both = [running("video", "long.mp4", "out.mp4", "-s", style) for style in styles]
        said = [process.communicate(timeout=120)[1] for process in both]
        assert sorted(process.returncode for process in both) == [0, 2], said
        winner = 0 if both[0].returncode == 0 else 1
        assert f"{styles[winner]}:1" in painted_in("out.mp4") and len(frames_of(Path("out.mp4"))) == 300
        assert said[1 - winner].startswith("live-style: another live-style is painting out.mp4"), said
        assert not list(Path().glob("*.live-style"))

    @pytest.mark.skipif(os.name == "nt", reason="Windows stops no process")
    def test_one_that_hangs_is_not_disturbed_and_one_that_was_killed_blocks_nobody(
            self, capsys: pytest.CaptureFixture[str]) -> None:
        write_film(Path("long.mp4"), [picture((96, 64), number) for number in range(300)])
        folder = Path("out.mp4.live-style")
        with running("video", "long.mp4", "out.mp4", "-s", "neon") as process:
            while not (folder / "state").exists():
                time.sleep(0.01)
            process.send_signal(signal.SIGSTOP)
            for more in ((), ("--overwrite",), ("--resume",)):
                assert video("in.mp4", "out.mp4", *more) == 2
                assert "another live-style is painting out.mp4" in capsys.readouterr().err
            process.kill()
            process.communicate(timeout=60)
        assert video("in.mp4", "out.mp4", "--overwrite") == 0
        assert len(frames_of(Path("out.mp4"))) == 9 and not folder.exists()

    @pytest.mark.long
    def test_one_of_several_paints_a_photograph(self) -> None:
        styles = ("neon", "tiger", "water lilies")
        write_png(Path("photo.png"), picture((640, 480), 4), {})
        many = [running("image", "photo.png", "-o", "out.png", "-s", style) for style in styles]
        said = [process.communicate(timeout=120)[1] for process in many]
        assert sorted(process.returncode for process in many) == [0, 2, 2], said
        assert {file.name for file in Path().iterdir()} == {"in.mp4", "photo.png", "out.png"}
        assert sum("out.png already exists" in text for text in said) == 2

    def test_what_came_into_being_meanwhile_stays(self) -> None:
        Path("there.png").write_bytes(MINE)
        with pytest.raises(SinkError, match="already exists"):
            write_picture(Path("there.png"), b"new", fresh=True)
        assert Path("there.png").read_bytes() == MINE and not list(Path().glob(".live-style*"))
        write_picture(Path("there.png"), b"new")
        assert Path("there.png").read_bytes() == b"new"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 KB."""
    with disk_of_size(tmp_path / "disk", "300k") as folder:
        yield folder


def test_a_full_disk_is_told_and_what_was_there_stays(small_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("out.mp4", "out.png"):
        (small_disk / name).write_bytes(MINE)
    noise = np.random.default_rng(4).integers(0, 255, (100, 96, 160, 3), np.uint8)
    write_film(Path("noise.mp4"), list(noise))
    words = ("video", "noise.mp4", str(small_disk / "out.mp4"), "-s", "neon", *SMALL, "--strength", "0")
    for more in ("--overwrite", "--resume", "--resume"):
        assert cli.main([*words, more] if more == "--overwrite" else [*words, more, "--overwrite"]) == 2
        said = capsys.readouterr().err
        assert "cannot be written: the disk is full" in said and "Free some space on that disk" in said
    write_png(Path("noise.png"), np.concatenate(list(noise[:60])), {})
    assert image("noise.png", "-o", small_disk / "out.png", "--overwrite") == 2
    assert "No space left" in capsys.readouterr().err
    assert [(small_disk / name).read_bytes() for name in ("out.mp4", "out.png")] == [MINE, MINE]
    subprocess.run(["mount", "-o", "remount,size=99M", str(small_disk)], check=True)
    assert cli.main([*words, "--resume", "--overwrite"]) == 0
    assert cli.main([*words[:2], "whole.mp4", *words[3:]]) == 0
    assert packets_of(small_disk / "out.mp4", "video") == packets_of(Path("whole.mp4"), "video")
    assert {file.name for file in small_disk.iterdir()} == {"out.mp4", "out.png"}


@pytest.mark.long
def test_the_film_that_is_written_over_is_there_until_the_new_one_is_whole() -> None:
    Path("out.mp4").write_bytes(MINE)
    write_film(Path("long.mp4"), [picture((96, 64), number) for number in range(200)])
    broken_off(running("video", "long.mp4", "out.mp4", "-s", "neon", "--overwrite"), Path("out.mp4.live-style"))
    assert Path("out.mp4").read_bytes() == MINE
    assert video("long.mp4", "out.mp4", "--overwrite") == 0
    assert np.shape(frames_of(Path("out.mp4"))) == (200, 64, 96, 3)
