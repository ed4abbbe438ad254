"""Scenarios: the whole program, played by remote control."""

from __future__ import annotations

import configparser
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from live_style.cli import main
from live_style.remote.osc_format import write

QUICK = ["--size", "320x180", "--model", "fast", "--net-size", "128x72", "--provider", "cpu", "--camera", "demo"]


@pytest.fixture(autouse=True)
def dummy_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_show_is_played_by_osc(tmp_path: Path) -> None:
    port, report, done = free_port(), tmp_path / "r.json", threading.Event()

    def play() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
            while not done.wait(0.1):
                far.sendto(write("/style/select", (5.0,)), ("127.0.0.1", port))

    hand = threading.Thread(target=play)
    hand.start()
    try:
        assert main(["run", *QUICK, "--seconds", "1.5", "--osc", "--osc-port", str(port), "--report", str(report)]) == 0
    finally:
        done.set()
        hand.join()
    changes = json.loads(report.read_text())["style_changes"]
    assert changes and all(change["action"] == "style" for change in changes)


def test_a_port_that_is_taken_ends_the_command_with_a_cure_that_can_be_followed(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film = tmp_path / "film.mp4"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        assert main(["run", *QUICK, "--seconds", "2", "--osc", "--osc-port", str(port), "--record", str(film)]) == 2
    assert not film.exists(), "with another port the same command would be refused for it"
    assert f"OSC cannot listen on 127.0.0.1 port {port}" in capsys.readouterr().err


def test_what_is_not_asked_for_is_not_imported() -> None:
    setup = configparser.ConfigParser()
    setup.read(Path(__file__).resolve().parents[2] / "setup.cfg")
    extras = {line.split()[0].partition("[")[0] for name, lines in setup["options.extras_require"].items()
              if name not in ("cuda", "dev") for line in lines.splitlines() if line and not line.startswith("#")}
    assert {"aiohttp", "rtmidi2", "sounddevice", "openvino", "torch"} <= extras
    unwanted = extras | {"pythonosc", "asyncio", "pygame.midi", "av"}
    script = ("import sys; from live_style.cli import main;"
              f"status = main(['run', *{QUICK!r}, '--frames', '3']);"
              f"loaded = {unwanted!r} & set(sys.modules) | "
              "{name for name in sys.modules if name.startswith(('live_style.remote', 'live_style.sources.sound'))};"
              "sys.exit(', '.join(sorted(loaded)) or status)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
