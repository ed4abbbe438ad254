"""The whole show on a real camera and a real virtual camera: pulled twenty times, watched by another program."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from guest_camera import control
from guest_camera import plug

WATCHER = """
import json, os, time
os.environ["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"] = "3"
os.environ["OPENCV_LOG_LEVEL"] = "ERROR"
import cv2
while not (camera := cv2.VideoCapture("/dev/video10", cv2.CAP_V4L2)).isOpened():
    time.sleep(0.5)  # there is nothing to open before the first writer has
while True:
    ok, picture = camera.read()
    seen = {"ok": ok}
    if ok:
        seen |= {"size": picture.shape[1::-1], "mean": picture[..., ::-1].mean((0, 1)).tolist()}
    print(json.dumps(seen), flush=True)
"""
BACK_SECONDS = 2.0
"""How long after its return the camera may be away."""


class Lines:
    """The lines of a program, read in the background, with the times at which they came."""

    def __init__(self, stream: Any) -> None:
        self._queue: queue.SimpleQueue[tuple[float, str]] = queue.SimpleQueue()
        self.all: list[tuple[float, str]] = []
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream: Any) -> None:
        with stream:
            for line in stream:
                entry = (time.perf_counter(), line.strip())
                self.all.append(entry)
                self._queue.put(entry)

    def close(self) -> None:
        """Wait for the last line of a program that has ended."""
        self._thread.join(10)

    def wait(self, words: str, seconds: float) -> float:
        """When a line with these words came."""
        end = time.perf_counter() + seconds
        while True:
            try:
                at, line = self._queue.get(timeout=max(0.01, end - time.perf_counter()))
            except queue.Empty:
                raise AssertionError(f"nobody said {words!r}: {self.all[-8:]}") from None
            if words in line:
                return at


@contextmanager
def running(*command: str, listen: str) -> Iterator[tuple[subprocess.Popen[str], Lines]]:
    """A Python program and what it says on "stdout" or "stderr"; ended, whatever happens."""
    program = subprocess.Popen([sys.executable, "-u", *command], text=True, **{listen: subprocess.PIPE})
    lines = Lines(getattr(program, listen))
    try:
        yield program, lines
    finally:
        program.kill()
        program.wait(10)
        lines.close()


def memory(pid: int) -> int:
    """Kilobytes that are the process's own: shared pages move between it and its neighbours."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return int(dict(line.split(":", 1) for line in rollup)["Private_Dirty"].split()[0])


def red(mean: list[float]) -> bool:
    """Lady Macbeth paints everything red; the camera's white picture is not."""
    return mean[0] > 1.15 * max(mean[1], mean[2])


def test_twenty_pulls_on_air(tmp_path: Path, capsys: Any) -> None:
    report = tmp_path / "r.json"
    arguments = ["run", "--camera", "vivid", "--vcam", "--headless", "--size", "320x180", "--net-size", "64x64",
                 "--provider", "cpu", "--style", "lady-macbeth", "--report", str(report)]
    white()
    with (running("-m", "live_style", *arguments, listen="stderr") as (program, said),
          running("-c", WATCHER, listen="stdout") as (_, frames)):
        frames.wait('"size"', 120)
        away, sizes = [], []
        for pull in range(20):
            time.sleep(0.5)
            plug("unbind")
            said.wait("live-style: vivid", 10)
            plug("bind")
            returned = time.perf_counter()
            white()
            away.append(said.wait("live-style: the camera is back", 15) - returned)
            if pull in (9, 19):
                sizes.append(memory(program.pid))
        time.sleep(1)
        program.send_signal(signal.SIGINT)
        assert program.wait(30) == 0
    facts = json.loads(report.read_text())
    pictures = [frame for frame in (json.loads(line) for _, line in frames.all if line) if frame["ok"]]
    with capsys.disabled():
        print(f"\naway after its return: median {np.median(away):.2f} s, most {max(away):.2f} s; "
              f"{len(pictures)} frames seen; memory {sizes[0] / 1024:.1f} -> {sizes[1] / 1024:.1f} MB")
    assert facts["reconnects"] == 20
    assert max(away) <= BACK_SECONDS
    assert len(pictures) > 100
    assert all(frame["size"] == [320, 180] for frame in pictures)
    assert all(red(frame["mean"]) for frame in pictures), "no raw frame was on air"
    assert sizes[1] <= 1.03 * sizes[0]  # it still settles here; between pulls 40 and 80 it grows by 0.1 %


def test_while_nobody_watches_it_rests(tmp_path: Path, capsys: Any) -> None:
    """It wakes when a program opens the virtual camera, and rests again when that program closes it."""
    report = tmp_path / "r.json"
    arguments = ["run", "--camera", "vivid", "--vcam", "--headless", "--size", "320x180", "--net-size", "64x64",
                 "--provider", "cpu", "--style", "lady-macbeth", "--report", str(report)]
    white()
    with running("-m", "live_style", *arguments, listen="stderr") as (program, said):
        said.wait("live-style: painting with CPU", 120)
        time.sleep(15)
        with running("-c", WATCHER, listen="stdout") as (_, frames):
            came = frames.wait('"size"', 60)
            time.sleep(10)
        watched = time.perf_counter() - came
        time.sleep(10)
        program.send_signal(signal.SIGINT)
        assert program.wait(30) == 0
    facts = json.loads(report.read_text())
    awake = facts["seconds"] - facts["rested_seconds"]
    with capsys.disabled():
        print(f"\n{facts['seconds']:.0f} s, watched for {watched:.0f} s, awake for {awake:.0f} s")
    assert watched - 2 < awake < watched + 5
    assert facts["rested_seconds"] > 15
    pictures = [frame for frame in (json.loads(line) for _, line in frames.all if line) if frame["ok"]]
    assert len(pictures) > 10 and all(red(frame["mean"]) for frame in pictures)


def white() -> None:
    """The camera looks at a white wall, which no painting by Lady Macbeth leaves white."""
    control("osd_text_mode", 2)
    control("test_pattern", 6)
