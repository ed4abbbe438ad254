"""The battery, as systems tell of it: this machine's own, and answers that other machines give."""

from __future__ import annotations

from types import SimpleNamespace

import psutil
import pytest

from live_style.system.cpu import on_battery


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
