"""Closed, full and foreign standard streams, and memory that runs out: each ends in a sentence, none in a bug."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from live_style import cli
from live_style.imaging.read import read_picture
from live_style.imaging.write import write_png
from tests.support.films import frames_of
from tests.support.films import write_film
from tests.support.networks import picture

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="closes streams with a shell, has /dev/full")
SMALL = "--model fast --stroke 64 -s neon"


@pytest.fixture(autouse=True)
def mixer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a film and a photograph."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    write_film(Path("in.mp4"), [picture((96, 64), number) for number in range(9)])
    write_png(Path("photo.png"), picture((96, 64), 4), {})
    return tmp_path


def shell(words: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    line = words.replace("live-style", f"{sys.executable} -m live_style")
    done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=120, env={**os.environ, **variables})
    assert b"bug" not in done.stderr and b"Traceback" not in done.stderr, done.stderr.decode()
    return done


@pytest.mark.sampled(2)
@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full", ">&-", "<&-", "<&- >&- 2>&-", ">&- 2>/dev/full"])
def test_a_film_needs_none_of_them(closed: str) -> None:
    assert shell(f"live-style video in.mp4 out.mp4 {SMALL} {closed}").returncode == 0
    assert len(frames_of(Path("out.mp4"))) == 9


@pytest.mark.parametrize(("words", "said"), [
    (f"live-style video <(cat in.mp4) out.mp4 {SMALL}", "is a pipe or a device, not a file"),
    (f"cat in.mp4 | live-style video - out.mp4 {SMALL}", "a video cannot be read from standard input"),
    (f"mkfifo out.png; live-style image photo.png -o out.png --overwrite {SMALL}",
     "out.png is a pipe or a device, not a file"),
    (f"live-style video in.mp4 /dev/null --overwrite {SMALL}", "videos can be written as "),
])
def test_pipes_and_devices_are_no_videos_and_never_replaced(words: str, said: str) -> None:
    done = shell(words)
    assert done.returncode == 2 and said in done.stderr.decode(), done.stderr
    assert not Path("out.mp4").exists() and not os.path.isfile("out.png") and not os.path.isfile("/dev/null")


def test_a_picture_comes_through_a_pipe_and_a_report_goes_into_one() -> None:
    done = shell(f"live-style image <(cat photo.png) -o out.png {SMALL}")
    assert done.returncode == 0 and read_picture("out.png").shape == (64, 96, 3)
    done = shell("mkfifo report; live-style run --camera photo.png --headless --frames 2 --model fast --net-size 64x64 "
                 "--report report & cat report; wait")
    assert json.loads(done.stdout)["frames"]["shown"] == 2
    assert Path("report").is_fifo()


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("words", "said"), [
    (f"live-style image - -o out.png {SMALL} <&-", "standard input is closed"),
    (f"live-style image photo.png -o - {SMALL} >/dev/full", "the disk that standard output goes to is full"),
    (f"live-style image photo.png -o - {SMALL} >&-", "standard output is closed"),
    ("live-style styles list >/dev/full", "the disk that standard output goes to is full"),
    ("live-style styles list >&-", "standard output is closed"),
    ("live-style --help >/dev/full", "the disk that standard output goes to is full"),
    ("live-style keys >&-", "standard output is closed"),
])
def test_what_needs_one_says_what_is_wrong_with_it(words: str, said: str) -> None:
    done = shell(words)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 2 and len(lines) == 2 and lines[0] == f"live-style: {said}", lines


def test_who_reads_no_further_ends_it_without_a_word() -> None:
    assert shell("set -o pipefail; live-style styles list | head -1").stderr == b""


@pytest.mark.sampled(1)
@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "iso8859-5", "shift_jis", "latin-1"])
def test_letters_that_a_console_has_not(encoding: str) -> None:
    done, whole = (shell("live-style styles list", PYTHONIOENCODING=name) for name in (encoding, "utf-8"))
    lines = whole.stdout.decode().splitlines()
    assert done.returncode == 0
    assert done.stdout.decode(encoding).splitlines() == [
        line.encode(encoding, "replace").decode(encoding) for line in lines]
    missing = shell("live-style image photo.png -s Nonesuch-\u0142\U0001f3a8 -o o.png", PYTHONIOENCODING=encoding)
    assert missing.returncode == 2 and b"no style matches" in missing.stderr


@pytest.mark.sampled(1)
@pytest.mark.parametrize("kilobytes", [900_000, 1_100_000, 1_500_000, 2_000_000])
def test_memory_that_runs_out(kilobytes: int) -> None:
    done = shell(f"ulimit -v {kilobytes}; live-style video in.mp4 out.mp4 {SMALL}")
    # The C library itself ends a process that has no memory for the data of a new thread.
    ended = b"cannot allocate memory for thread-local data: ABORT" in done.stderr
    if done.returncode != 0:
        assert ended or done.returncode == 2 and "of memory" in done.stderr.decode(), done.stderr.decode()
        assert not Path("out.mp4").exists()


def test_ctrl_c_while_a_library_is_loaded_is_no_bug(monkeypatch: pytest.MonkeyPatch,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    def load(name: str) -> object:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("initialization failed") from None  # as libraries in C do
        return None

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored, where the tests run in the background
    monkeypatch.setattr("live_style.cli.importlib.import_module", load)
    assert cli.main(["keys"]) == 130 and capsys.readouterr().err == ""
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler
