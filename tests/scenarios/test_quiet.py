"""Nothing leaked: no data about the computer goes anywhere, and nothing is kept where it does not belong.

ONNX Runtime, left to itself, makes a device id and a store of events when it is imported, and looks up its makers' host
9 s later.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from live_style.imaging.write import write_png
from live_style.system.process_setup import VARIABLES
from tests.support.networks import picture
from tests.support.watched import watch

QUICK = ["--camera", "demo", "--headless", "--size", "320x180", "--model", "fast", "--net-size", "128x72"]
RUN = ["-m", "live_style", "run", *QUICK]
STYLIZER = ("from live_style import load_stylizer, read_picture\n"
            "stylizer = load_stylizer('fast', resolution=160)\n"
            "stylizer.paint(read_picture('a.png'), stylizer.styles[0].look())")
SESSION = ("import numpy as np\n"
           "from live_style import ArraySource, LiveSession, load_stylizer\n"
           "still = load_stylizer('fast', resolution=160)\n"
           "arrays = [np.full((90, 160, 3), n, np.uint8) for n in range(5)]\n"
           "stylizer = still.steadied((160, 90))\n"
           "with LiveSession(ArraySource(arrays), stylizer, still.styles[:1], size=(160, 90)) as session:\n"
           "    assert [frame.number for frame in session][-1] == 4\n")
WAYS_IN = {
    "a photograph": ["-m", "live_style", "image", "a.png", "-s", "b.png", "-o", "c.png", "--stroke", "160"],
    "the doctor": ["-m", "live_style", "doctor"],
    "a program of one's own": ["-c", STYLIZER],
    "a session of one's own": ["-c", SESSION],
    "training": ["-c", "import live_style.cli.train, onnxruntime"],
    "the tests": ["-c", "import tests.conftest, onnxruntime"],
}
if importlib.util.find_spec("torch"):
    WAYS_IN["the measures of training"] = ["-c", "import live_style.training.metrics.painters"]
strace = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")


@strace
@pytest.mark.parametrize("provider", ["cpu", pytest.param("openvino", marks=pytest.mark.long)])
def test_a_show_keeps_to_its_own_folders_and_talks_to_nobody(tmp_path: Path, provider: str) -> None:
    if provider == "openvino" and not importlib.util.find_spec("openvino"):
        pytest.skip("no openvino on this machine")
    home, out = tmp_path / "home", tmp_path / "out"
    home.mkdir()
    out.mkdir()
    seen = watch([*RUN, "--provider", provider, "--seconds", "2", "--keys", "0.5:S 0.7:E", "--record",
                  str(out / "film.mp4"), "--report", str(out / "report.json")], home, out)
    assert seen.talk == ()
    ours = [out, home / "strace.log"]
    strangers = [path for path in seen.made if not any(path.is_relative_to(place) for place in ours)
                 and not _leads_to_ours(path, home)]
    assert strangers == []
    assert out / "film.mp4" in seen.made, "the watch sees what is made"


def _leads_to_ours(path: Path, home: Path) -> bool:
    """Whether a path of the home lies in a folder of ours, or is one of the folders above such a one."""
    if not path.is_relative_to(home):
        return False
    return "live-style" in str(path.relative_to(home)) or any("live-style" in str(deep) for deep in path.glob("**/*"))


@strace
def test_the_watch_sees_a_look_up_and_a_stranger(tmp_path: Path) -> None:
    code = ("import socket\nopen('note.txt', 'w').close()\n"
            "try:\n    socket.create_connection(('localhost', 9), 1)\nexcept OSError:\n    pass")
    (tmp_path / "home").mkdir()
    seen = watch(["-c", code], tmp_path / "home", tmp_path)
    assert seen.made == {tmp_path / "note.txt"}
    assert any("/etc/hosts" in call for call in seen.talk) and any("AF_INET" in call for call in seen.talk)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("way", WAYS_IN)
def test_no_way_in_leaves_anything_of_a_library_in_the_home(tmp_path: Path, way: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name, seed in (("a.png", 3), ("b.png", 4)):
        write_png(tmp_path / name, picture((200, 150), seed), {})
    known = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "LIVE_STYLE_", "ORT_"))}
    place = {"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, *WAYS_IN[way]], env=known | place, cwd=tmp_path, capture_output=True,
                          text=True, timeout=60)
    assert done.returncode in (0, 2), done.stderr
    assert "Traceback" not in done.stderr
    assert [str(file) for file in home.rglob("*") if file.is_file() and "live-style" not in str(file)] == []


def test_the_environment_is_as_it_was_after_the_import() -> None:
    code = ("import os; before = dict(os.environ); import live_style.inference.onnxruntime as door\n"
            "assert {n: v for n, v in os.environ.items() if n.startswith('ORT_')} ==\\\n"
            "    {n: v for n, v in before.items() if n.startswith('ORT_')}\nprint(door.ort.__version__)")
    for asked in ({}, {"ORT_DISABLE_TELEMETRY": "0"}):
        done = subprocess.run([sys.executable, "-c", code], env=os.environ | asked, capture_output=True, text=True,
                              timeout=60)
        assert (done.returncode, done.stderr) == (0, "")


HOST = f"""
import ctypes, os, signal, sys, threading
import cv2

def state():
    handlers = {{number: signal.getsignal(number) for number in signal.valid_signals()}}
    return cv2.getNumThreads(), dict(os.environ), handlers, threading.active_count(), sys.excepthook

before, heap, real = state(), [], ctypes.CDLL
ctypes.CDLL = lambda name, *more: heap.append(name) or real(name, *more) if name is None else real(name, *more)
{SESSION}
after = state()
assert after == before, (before, after)
assert heap == [], "the heap of the host was set"
"""


@pytest.mark.parametrize("threads", [pytest.param(0, marks=pytest.mark.long), 3])
def test_a_session_leaves_its_host_as_it_was(threads: int) -> None:
    """Of OpenCV's threads, the variables, the signals, the threads and the heap."""
    setting = f"import cv2\ncv2.setNumThreads({threads})\n" if threads else ""
    ours = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    done = subprocess.run([sys.executable, "-c", setting + HOST], env=ours, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_line_sets_up_its_process() -> None:
    """Before anything is loaded that reads the variables; what the user has set stays."""
    code = ("import os, sys, live_style.cli as cli; assert not {'cv2', 'pygame', 'av'} & set(sys.modules)\n"
            "cli.main(['--version']); import cv2; print(cv2.getNumThreads(), os.environ['OPENCV_LOG_LEVEL'])")
    ours = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    done = subprocess.run([sys.executable, "-c", code], env=ours | {"OPENCV_LOG_LEVEL": "INFO"}, capture_output=True,
                          text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "1 INFO", done.stderr
