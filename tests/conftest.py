"""What holds for every test: a home of its own, no thread left over, no LIVE_STYLE_* from outside."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import live_style.inference.onnxruntime  # noqa: F401 - the library's door comes before any test that imports it itself
from live_style.system.process_setup import configure

configure()  # the tests play the command line


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh folder in which the program keeps everything of its user."""
    for name in [name for name in os.environ if name.startswith("LIVE_STYLE_")]:
        monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("LIVE_STYLE_HOME", str(folder))
    return folder


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nothing may be written; root, whom no rights bind, is given one of the kernel's.

    Taking root's rights away instead would take the program's own files from it, and a library that finds itself
    unreadable may end the process.
    """
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    if os.access(folder, os.W_OK):
        folder = Path("/sys/kernel")
    if not folder.is_dir():
        pytest.skip("this machine has no folder that is locked for this user")
    yield folder
    if folder.is_relative_to(tmp_path):
        folder.chmod(0o755)


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Whatever a test starts, it ends: a thread that outlives its test by 5 s fails it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5.0
    while time.monotonic() < deadline:
        left = set(threading.enumerate()) - before
        if not left:
            return
        time.sleep(0.01)
    pytest.fail(f"threads left over: {sorted(thread.name for thread in left)}")
