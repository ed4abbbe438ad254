"""Who has a device open: a file stands for it, other programs open and close it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from live_style.sinks.watchers import Watchers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who opens a device")
HOLD = "import sys; held = open(sys.argv[1]); print(flush=True); sys.stdin.read()"


@contextmanager
def another_program(path: Path) -> Iterator[None]:
    """One that has the file open."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        yield


@pytest.fixture
def device(tmp_path: Path) -> Path:
    path = tmp_path / "video10"
    path.touch()
    return path


def test_they_come_and_go(device: Path) -> None:
    watchers = Watchers(str(device))
    assert not watchers.any
    with another_program(device):
        assert watchers.any
        with another_program(device):
            assert watchers.any
        assert watchers.any
    assert not watchers.any
    watchers.close()


def test_who_was_there_before(device: Path) -> None:
    with another_program(device):
        watchers = Watchers(str(device), lambda: 1)
        assert watchers.any
    assert not watchers.any
    watchers.close()


def test_who_was_there_before_and_could_not_be_seen(device: Path) -> None:
    with another_program(device):
        watchers = Watchers(str(device))
    assert not watchers.any
    with another_program(device):
        assert watchers.any
    watchers.close()


def test_many_that_only_look_in(device: Path) -> None:
    watchers = Watchers(str(device))
    for _ in range(1000):
        device.read_bytes()
    assert not watchers.any
    watchers.close()


def test_more_than_the_kernel_keeps_count_of(device: Path) -> None:
    """Then the number is unknown, and the program assumes a watcher."""
    watchers = Watchers(str(device))
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    for _ in range(most):
        device.read_bytes()  # an opening and a closing: equal events in a row would be joined
    assert watchers.any
    watchers.close()


def test_what_the_kernel_does_not_tell_counts_as_watched(tmp_path: Path) -> None:
    watchers = Watchers(str(tmp_path / "there is no such device"))
    assert watchers.any
    watchers.close()


def test_closed(device: Path) -> None:
    watchers = Watchers(str(device))
    watchers.close()
    watchers.close()
    assert watchers.any
