"""Power: whether this computer lives on its battery."""

from __future__ import annotations

import psutil


def on_battery() -> bool:
    """Whether it is known to run on a battery; False where there is none, or nobody tells."""
    try:
        battery = psutil.sensors_battery()
    except (AttributeError, NotImplementedError, OSError, RuntimeError, ValueError, psutil.Error):
        return False  # a system without the means, or a driver that tells nonsense
    return battery is not None and battery.power_plugged is False
