"""A long show: `pytest -m soak` (30 minutes, or SOAK_MINUTES) watches memory, threads and file handles."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))


class Sample(NamedTuple):
    """What a process holds at a moment."""

    minutes: float
    kilobytes: float
    threads: float
    handles: float


def sample(pid: int, began: float) -> Sample:
    """From /proc: only what is the process's own, for the pages of libraries move between it and its neighbours."""
    proc = Path(f"/proc/{pid}")
    memory = dict(line.split(":", 1) for line in (proc / "smaps_rollup").read_text().splitlines()[1:])
    return Sample((time.monotonic() - began) / 60, int(memory["Private_Dirty"].split()[0]),
                  len(os.listdir(proc / "task")), len(os.listdir(proc / "fd")))


@pytest.mark.soak
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_long_show_holds_no_more_at_its_end_than_at_its_beginning(tmp_path):
    keys = " ".join(f"{t}:Right" for t in range(20, int(MINUTES * 60), 20))
    show = subprocess.Popen([sys.executable, "-m", "live_style", "run", "--camera", "demo", "--headless",
                             "--seconds", str(MINUTES * 60), "--keys", keys, "--report", str(tmp_path / "r.json")],
                            stderr=subprocess.PIPE, text=True)
    began, samples = time.monotonic(), []
    while show.poll() is None:
        time.sleep(5)
        try:
            samples.append(sample(show.pid, began))
        except (OSError, KeyError):
            break  # it ended between two looks
    _, errors = show.communicate(timeout=60)
    assert show.returncode == 0, errors
    settled = [s for s in samples if s.minutes > MINUTES / 6]
    early, late = settled[:len(settled) // 5], settled[-len(settled) // 5:]
    # Medians: a network that is tried for half a minute brings 12 MB and two threads of its own, and takes them away.
    begin, end = (Sample(*(float(np.median(values)) for values in zip(*part))) for part in (early, late))
    drift = end.kilobytes / begin.kilobytes - 1
    course = [f"{s.kilobytes / 1024:.1f}" for s in samples[::max(1, len(samples) // 30)]]
    print(f"\nMB, minute by minute in thirtieths of the run: {' '.join(course)}")
    print(f"memory {begin.kilobytes / 1024:.1f} MB, drift {drift:+.2%}, threads {begin.threads:g} -> {end.threads:g}, "
          f"handles {begin.handles:g} -> {end.handles:g}")
    assert drift <= 0.01
    assert end.threads <= begin.threads
    assert end.handles <= begin.handles
