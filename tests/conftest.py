"""What holds for every test: a home of its own, no thread left over, no LIVE_STYLE_* from outside."""

from __future__ import annotations

import os
import random
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

import live_style.inference.onnxruntime  # noqa: F401 - the library's door comes before any test that imports it itself
from live_style.system.process_setup import configure

configure()  # the tests play the command line

SAMPLE, ALL = 25, 300
"""How many examples are made up for each test with `given`: by default, and where nothing long is left out."""


def pytest_configure(config: pytest.Config) -> None:
    quick = "not long" in config.option.markexpr
    if quick:
        # As on a processor without bfloat16, where ONNX Runtime paints unless OpenVINO is named: it opens a network in
        # a sixth of the time. Processes that tests start do so too; the gate paints with what the machine has.
        os.environ.setdefault("OV_CPU_MAX_ISA", "AVX512_CORE_VNNI")
    hypothesis.settings.register_profile("live-style", max_examples=SAMPLE if quick else ALL)
    hypothesis.settings.load_profile("live-style")


PROCESSES, WAITING_PROCESSES = 2, 3
"""Of the gate, and of the quick suite, whose tests wait a third of their time, where pytest-xdist is installed; files
that are named run in one."""
FIRST = ("scenarios", "training", "ui", "tests")
"""Folders whose files take longest: begun first, so that all processes end at about the same time."""
LONGEST = 1200
"""Seconds after which a test that hangs fails, where pytest-timeout is installed; the longest takes a fifth of it."""


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """A file stays whole: its tests share what is slow to make.

    Not in `addopts`: pytest does not know the options of a plugin that is missing or switched off.
    """
    option = config.option
    if getattr(option, "timeout", 0) is None:
        option.timeout = LONGEST
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not option.usepdb
    if whole and getattr(option, "numprocesses", 0) is None and not hasattr(config, "workerinput"):
        option.numprocesses = WAITING_PROCESSES if "not long" in option.markexpr else PROCESSES
        option.dist, option.loadscopereorder = "loadfile", False
        # A process that dies ends the run: with another in its place, pytest-xdist waits for ever.
        option.maxworkerrestart = "0"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test that is marked `sampled(n)`, all cases but n are long: which ones, its name decides."""
    items.sort(key=lambda item: item.path.parent.name not in FIRST)
    cases = defaultdict[str, list[pytest.Item]](list)
    for item in items:
        if item.get_closest_marker("sampled"):
            cases[item.nodeid.partition("[")[0]].append(item)
    for name, found in cases.items():
        count = found[0].get_closest_marker("sampled").args[0]  # type: ignore[union-attr]
        for item in random.Random(name).sample(found, max(0, len(found) - count)):
            item.add_marker(pytest.mark.long)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh folder in which the program keeps everything of its user."""
    for name in [name for name in os.environ if name.startswith("LIVE_STYLE_")]:
        monkeypatch.delenv(name)
    # Pytest's own `mktemp` looks through the folders of all tests before, each time.
    folder = Path(tempfile.mkdtemp(prefix="home", dir=tmp_path_factory.getbasetemp()))
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
