"""Secrets stay with who typed them: on no screen, in no file, wherever an address is spoken of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_style import cli
from live_style.control.cues import parse_cues
from live_style.control.keys import KEYS
from live_style.control.mixer import Mixer
from live_style.errors import LiveStyleError
from live_style.errors import SettingsError
from live_style.errors import SourceError
from live_style.pipeline.report import write_report
from live_style.redact import without_secrets
from live_style.settings import parse_size
from live_style.sources import open_source
from live_style.sources.video import VideoSource
from live_style.styles.collection import StyleCollection
from live_style.styles.collection import StyleEntry
from live_style.system import paths
from live_style.ui.overlay import Measurements
from live_style.ui.overlay import Overlay
from live_style.ui.panels.stats import Stats
from tests.support.films import write_film
from tests.support.scripted import grey
from tests.support.scripted import style
from tests.support.servers import Server
from tests.support.servers import serving

ADDRESS = "rtsp://admin:hunter2@10.0.0.7/stream"
NAMES = st.text("abcXYZ019._~!$&*+,;=%@:", min_size=1)


@pytest.mark.parametrize(("text", "clean"), [
    (ADDRESS, "rtsp://10.0.0.7/stream"),
    ("RTSPS://hunter2@host", "RTSPS://host"),
    ("rtsp://admin:hun@ter2@host:554/x", "rtsp://host:554/x"),
    ("rtsp://admin:hunter2/hunter2@host/x", "rtsp://host/x"),
    ("rtsp://admin:hunter2 hunter2@host/x", "rtsp://host/x"),
    ("rtsp://:hunter2@[::1]:554/x", "rtsp://[::1]:554/x"),
    ("the file rtsp:/admin:hunter2@host/x does not exist", "the file rtsp:/host/x does not exist"),
    ("the file admin:hunter2@host/x does not exist", "the file host/x does not exist"),
    (f"a {ADDRESS}, b {ADDRESS}!", "a rtsp://10.0.0.7/stream, b rtsp://10.0.0.7/stream!"),
    ("['run', '--camera', 'http://a:hunter2@h']", "['run', '--camera', 'http://h']"),
    ("http://host/v?channel=1&password=hunter2&x=2", "http://host/v?channel=1&password=...&x=2"),
    ("http://host/v?pwd=hunter2", "http://host/v?pwd=..."),
    ("srt://host:99?passphrase=hunter2", "srt://host:99?passphrase=..."),
    ("https://host/live.m3u8?token=hunter2#t", "https://host/live.m3u8?token=...#t"),
    ("rtsp://host/user=hunter2_password=hunter2_channel=1.sdp", "rtsp://host/user=..._password=..._channel=1.sdp"),
])
def test_an_address_is_told_without_its_secrets(text: str, clean: str) -> None:
    assert without_secrets(text) == clean


@pytest.mark.parametrize("text", [
    "http://host:8080/@someone/clip.mp4", "rtsp://host:554/stream", "C:/Users/a@b/clip.mp4", r"C:\a@b.mp4", "a@b.mp4",
    "/home/a@b/2024-03-05T10:23:45.mp4", "Neon:0.7", "the camera Logitech (usb:1) is busy", "srt://h?mode=caller", "",
])
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


@given(NAMES, NAMES)
def test_no_password_is_found_in_any_way_of_writing_it(user: str, secret: str) -> None:
    secret = f"hunter2{secret}hunter2"
    for text in (f"rtsp://{user}:{secret}@host/x", f"see 'https://{user}:{secret}@host:80' and a@b"):
        assert "hunter2" not in without_secrets(text)


def test_errors_tell_none() -> None:
    error = LiveStyleError(f"{ADDRESS} is not there", f"Try {ADDRESS} again.")
    assert "hunter2" not in f"{error} {error.cause} {error.cure} {error.args}"


@pytest.mark.parametrize("told", [lambda: parse_size(f"rtsp://admin:{'hunter2' * 20}@host/x"),
                                  lambda: parse_cues(f"0:10 strength rtsp://admin:{'hunter2' * 20}@host/x")])
def test_what_is_cut_short_keeps_no_half_of_one(told) -> None:
    with pytest.raises(SettingsError) as caught:
        told()
    assert "hunter2" not in caught.value.cause


def test_a_source_has_none_in_its_name_and_facts(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mkv", [grey(99, (160, 120))] * 5)
    with serving(film) as server:
        source = VideoSource(_secretly(server, "clip.mkv"))
        assert "hunter2" not in source.label
        source.open()
        source.read()
        assert "127.0.0.1" in source.label and "hunter2" not in f"{source.label} {source.info()}"
        source.close()


@pytest.mark.parametrize("choice", [ADDRESS.replace("10.0.0.7", "127.0.0.1:9"), "rtsp:/admin:hunter2@host/x.mp4",
                                    "admin:hunter2@host/x"])
def test_an_address_that_cannot_be_opened_is_told_without(choice: str) -> None:
    with pytest.raises(SourceError) as caught:
        open_source(choice, (64, 36), 30.0)
    assert "hunter2" not in str(caught.value) and ("host" in caught.value.cause or "127.0.0.1" in caught.value.cause)


def test_notices_in_the_window_tell_none() -> None:
    """Pixel by pixel the notice is that of the clean address."""
    def notice(text: str) -> bytes:
        overlay = Overlay(KEYS, StyleCollection((StyleEntry(style("one")),)))
        overlay.toggle_stats()
        overlay.toggle_strip()
        overlay.notice(f"{text} broke off", f"Try {text}", 1.0)
        layers = overlay.layers((640, 360), Mixer((style("one"),)), 1.0, lambda: Measurements(Stats(), None, False))
        return layers[-1].image.tobytes()

    assert notice(ADDRESS) == notice("rtsp://10.0.0.7/stream") != notice("rtsp://10.0.0.8/stream")


def test_the_report_tells_none(tmp_path: Path) -> None:
    write_report(tmp_path / "r.json", {"camera": {"label": ADDRESS}, "failures": [{"cause": ADDRESS}]})
    clean = "rtsp://10.0.0.7/stream"
    assert json.loads((tmp_path / "r.json").read_text()) == {"camera": {"label": clean}, "failures": [{"cause": clean}]}


@pytest.mark.parametrize("arguments", [["run", ADDRESS], ["run", "--camera", ADDRESS, "--size", ADDRESS], [ADDRESS],
                                       ["image", ADDRESS, "-s", ADDRESS], ["video", ADDRESS, "x.mp4"],
                                       ["styles", "add", ADDRESS], ["run", "--style", ADDRESS, "--headless"]])
def test_standard_error_tells_none(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    out, err = capfd.readouterr()
    assert "hunter2" not in out + err


def test_the_crash_file_tells_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fails(*arguments: object) -> None:
        raise RuntimeError(f"surprised by {ADDRESS}")

    monkeypatch.setattr("sys.argv", ["live-style", "run", "--camera", ADDRESS])
    monkeypatch.setattr("live_style.cli.run._perform", fails)
    assert cli.main(["run", "--camera", ADDRESS]) == 2
    crash, = paths.log_folder().glob("crash-*.txt")
    said = capsys.readouterr().err + crash.read_text()
    assert "surprised by rtsp://10.0.0.7/stream" in said and "hunter2" not in said


@pytest.mark.parametrize("gone", [False, True])
def test_a_whole_show_from_a_guarded_camera_tells_none(tmp_path: Path, gone: bool,
                                                       capfd: pytest.CaptureFixture[str]) -> None:
    film = write_film(tmp_path / "a.mkv", [grey(99, (160, 120))] * 5)
    report = tmp_path / "r.json"
    with serving(film) as server:
        address = _secretly(server, "nothing" if gone else "clip.mkv?password=hunter2")
        status = cli.main(["run", "--camera", address, "--headless", "--size", "320x180", "--model", "fast",
                           "--net-size", "128x72", "--provider", "cpu", "--seconds", "0.5", "--report", str(report)])
    assert status == (2 if gone else 0)
    said = "".join(capfd.readouterr()) + (report.read_text() if report.exists() else "")
    assert "hunter2" not in said and "127.0.0.1" in said


def _secretly(server: Server, path: str) -> str:
    return server.url(path).replace("://", "://admin:hunter2@")


def test_control_characters_of_a_file_are_escaped_in_a_message() -> None:
    error = SettingsError('unknown key "\x00"', "Remove \x1b[31mit, \udcff too.")
    assert error.cause == 'unknown key "\\x00"' and error.cure == "Remove \\x1b[31mit, \\xff too."
