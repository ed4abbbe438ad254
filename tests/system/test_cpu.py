"""Battery and cores, as systems tell of them: this machine's own, and answers that other machines give."""

from __future__ import annotations

import subprocess
import sys
import time
from types import SimpleNamespace

import psutil
import pytest

from live_style.system.cpu import CpuTimes
from live_style.system.cpu import logical_cores
from live_style.system.cpu import on_battery
from live_style.system.cpu import others
from live_style.system.cpu import spent


def test_this_machine_answers() -> None:
    battery = psutil.sensors_battery()
    assert on_battery() is (battery is not None and battery.power_plugged is False)


@pytest.mark.parametrize(("plugged", "saving"), [(True, False), (False, True), (None, False)])
def test_only_a_battery_that_is_known_to_be_used(plugged: bool | None, saving: bool,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    battery = SimpleNamespace(percent=50, secsleft=3600, power_plugged=plugged)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert on_battery() is saving


@pytest.mark.parametrize("error", [NotImplementedError(), OSError(5, "I/O error"), ValueError("could not convert")])
def test_a_driver_that_tells_nonsense(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setattr(psutil, "sensors_battery", broken, raising=False)
    assert on_battery() is False


def test_a_system_without_the_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(psutil, "sensors_battery", raising=False)
    assert on_battery() is False


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_this_program_is_not_one_of_the_others() -> None:
    before = spent()
    burn(0.5)
    after = spent()
    assert after.own - before.own == pytest.approx(0.5, abs=0.1)
    assert after.whole - before.whole >= 0.4 * logical_cores()
    assert 0.0 <= others(before, after) <= 1.0


def test_another_program_is_seen() -> None:
    before = spent()
    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.7: pass"], check=True)
    after = spent()
    assert others(before, after) * (after.whole - before.whole) >= 0.5


@pytest.mark.parametrize(("after", "share"), [
    (CpuTimes(20, 10, 5), 0.5), (CpuTimes(20, 10, 10), 0.0), (CpuTimes(20, 7, 8), 0.0), (CpuTimes(10, 5, 5), 0.0),
    (CpuTimes(), 0.0),
])
def test_the_share_of_the_others(after: CpuTimes, share: float) -> None:
    assert others(CpuTimes(10, 5, 5), after) == share


@pytest.mark.parametrize("error", [psutil.AccessDenied(), OSError(13, "Permission denied"), NotImplementedError()])
def test_a_system_that_does_not_tell_is_never_busy(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(percpu: bool) -> None:
        raise error

    monkeypatch.setattr(psutil, "cpu_times", broken)
    assert spent() == CpuTimes() and others(spent(), spent()) == 0.0
