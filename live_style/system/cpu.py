"""The processor: its name, the cores that this program may use, the load of other programs, and battery power."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import psutil

_SILENT = (AttributeError, NotImplementedError, OSError, RuntimeError, ValueError, psutil.Error)
"""Errors of systems that do not report something, and of drivers that report nonsense."""


def logical_cores() -> int:
    """Hardware threads that this process may run on, at least 1."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def physical_cores() -> int:
    """Whole cores among them, at least 1; if unknown, two hardware threads count as one."""
    if sys.platform == "linux":
        return _linux(Path("/sys/devices/system/cpu"), os.sched_getaffinity(0)) or logical_cores()
    if sys.platform == "darwin":
        return _mac() or logical_cores()
    return max(1, logical_cores() // 2)


def _linux(root: Path, allowed: set[int]) -> int:
    """Cores as the kernel groups them; 0 if unknown (some containers hide the folder)."""
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
        if (said := _sysctl(key)).isdigit():
            return int(said)
    return 0


def processor_name() -> str:
    """The name that its maker gave it, if the system reports it: "AMD Ryzen 7 5800X 8-Core Processor"."""
    if sys.platform == "linux":
        match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        return match[1].strip() if match else platform.machine()
    name = _sysctl("machdep.cpu.brand_string") if sys.platform == "darwin" else platform.processor()
    return name or platform.machine()


def _sysctl(key: str) -> str:
    said = subprocess.run(["/usr/sbin/sysctl", "-n", key], capture_output=True, text=True, check=False)
    return said.stdout.strip()


def on_battery() -> bool:
    """Whether it is known to run on battery; False without a battery, or if unknown."""
    try:
        battery = psutil.sensors_battery()
    except _SILENT:
        return False
    return battery is not None and battery.power_plugged is False


class CpuTimes(NamedTuple):
    """Processor seconds of the cores that this program may use, since a fixed moment."""

    whole: float = 0.0
    busy: float = 0.0
    own: float = 0.0
    """By this program, threads included."""


def spent() -> CpuTimes:
    """The times until now; zeros if the system does not report them."""
    try:
        cores, own = psutil.cpu_times(percpu=True), psutil.Process().cpu_times()
    except _SILENT:
        return CpuTimes()
    allowed = os.sched_getaffinity(0) if sys.platform == "linux" else set(range(len(cores)))
    # Time of guests is counted as the host's too; a core that waits for a disk is free.
    shares = [core._asdict() for place, core in enumerate(cores) if place in allowed]
    idle = sum(share["idle"] + share.get("iowait", 0.0) for share in shares)
    busy = sum(value for share in shares for name, value in share.items()
               if name not in ("idle", "iowait", "guest", "guest_nice"))
    return CpuTimes(idle + busy, busy, own.user + own.system)


def others(before: CpuTimes, after: CpuTimes) -> float:
    """The share (0..1) of the processor that other programs took from one moment to another."""
    whole = after.whole - before.whole
    taken = (after.busy - before.busy) - (after.own - before.own)
    return min(1.0, max(0.0, taken / whole)) if whole > 0.0 else 0.0
