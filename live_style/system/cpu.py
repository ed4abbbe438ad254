"""The processor: its name and the cores this program may use; and whether the computer runs on its battery."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import psutil


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
        if (said := _sysctl(key)).isdigit():
            return int(said)
    return 0


def processor_name() -> str:
    """What its maker calls it, as far as the system tells: "AMD Ryzen 7 5800X 8-Core Processor"."""
    if sys.platform == "linux":
        match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        return match[1].strip() if match else platform.machine()
    name = _sysctl("machdep.cpu.brand_string") if sys.platform == "darwin" else platform.processor()
    return name or platform.machine()


def _sysctl(key: str) -> str:
    said = subprocess.run(["/usr/sbin/sysctl", "-n", key], capture_output=True, text=True, check=False)
    return said.stdout.strip()


def on_battery() -> bool:
    """Whether it is known to run on a battery; False where there is none, or nobody tells."""
    try:
        battery = psutil.sensors_battery()
    except (AttributeError, NotImplementedError, OSError, RuntimeError, ValueError, psutil.Error):
        return False  # a system without the means, or a driver that tells nonsense
    return battery is not None and battery.power_plugged is False
