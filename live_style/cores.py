"""The processor cores this program may use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def logical_cores() -> int:
    """Hardware threads that this process may run on, at least 1."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def physical_cores() -> int:
    """Whole cores among them, at least 1; where the system is silent, two hardware threads count as one."""
    if sys.platform == "linux":
        return _linux(Path("/sys/devices/system/cpu"), os.sched_getaffinity(0)) or logical_cores()
    if sys.platform == "darwin":
        return _mac() or logical_cores()
    return max(1, logical_cores() // 2)


def _linux(root: Path, allowed: set[int]) -> int:
    """Cores as the kernel groups them; 0 where it does not say (some containers hide the folder)."""
    groups = set()
    for cpu in allowed:
        try:
            groups.add((root / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text().strip())
        except OSError:
            return 0
    return len(groups)


def _mac() -> int:
    """The fast cores of an Apple chip, or every core of an Intel one."""
    for key in ("hw.perflevel0.physicalcpu", "hw.physicalcpu"):
        said = subprocess.run(["/usr/sbin/sysctl", "-n", key], capture_output=True, text=True, check=False)
        if said.stdout.strip().isdigit():
            return int(said.stdout)
    return 0
