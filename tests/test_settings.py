"""Flags, variables and config.toml: which one wins, and how a typo is reported."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import click
import pytest

from live_style import settings
from live_style.cli import COMMANDS
from live_style.cli import main
from live_style.cli.options import FLAGS
from live_style.cli.options import run_options
from live_style.control.keys import KeyPress
from live_style.errors import SettingsError
from live_style.settings import RunSettings
from live_style.settings import load_config
from live_style.settings import save_config
from live_style.system import paths


def said(*flags: str) -> RunSettings:
    """What the run command is handed when these flags are typed."""
    @click.command()
    @run_options
    def show(wanted: RunSettings) -> RunSettings:
        return wanted
    result = show.main(list(flags), standalone_mode=False)
    assert isinstance(result, RunSettings)
    return result


def configure(text: str | bytes) -> Path:
    file = paths.config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def refused(text: str | bytes) -> SettingsError:
    file = configure(text)
    with pytest.raises(SettingsError) as caught:
        load_config(file)
    assert str(file) in caught.value.cause
    assert caught.value.cure
    return caught.value


def test_nothing_said_gives_the_defaults() -> None:
    assert said() == RunSettings()
    assert RunSettings().size == (1280, 720)


def test_every_flag_arrives_parsed(tmp_path: Path) -> None:
    line = ("--camera C920 --size 640×360 --fps 25 --fit letterbox --style wave --fade 2.5 --strength 0.7 "
            "--preserve-color --no-mirror --vcam --vcam-device /dev/video10 --record out.mp4 --model FAST "
            "--net-size 480x272 --provider cpu --headless --frames 300 --seconds 8 --report r.json "
            "--setlist show.txt --remote --remote-host ::1 --remote-port 80 --remote-picture "
            "--midi nanoKONTROL --osc --osc-host 0.0.0.0 --osc-port 7000")
    got = said(*line.split(), "--styles", str(tmp_path), "--keys", "2.5:3 1.0:right 4:0")
    assert got == RunSettings(
        camera="C920", size=(640, 360), fps=25.0, fit="letterbox", style="wave", styles=tmp_path, fade=2.5,
        strength=0.7, preserve_color=True, mirror=False, vcam=True, vcam_device="/dev/video10",
        record=Path("out.mp4"), model="fast", net_size=(480, 272), provider="cpu", headless=True, frames=300,
        setlist=Path("show.txt"), remote=True, remote_host="::1", remote_port=80, remote_picture=True,
        midi="nanoKONTROL", osc=True,
        osc_host="0.0.0.0", osc_port=7000, seconds=8.0,
        keys=(KeyPress(1.0, "Right"), KeyPress(2.5, "3"), KeyPress(4.0, "0")), report=Path("r.json"))


def test_there_is_a_flag_and_a_parser_for_every_field() -> None:
    fields = {field.name for field in dataclasses.fields(RunSettings)} - {"key_table"}
    assert fields == set(settings.PARSERS)

    @click.command()
    @run_options
    def show(wanted: RunSettings) -> None:
        pass
    assert {param.name for param in show.params} == fields
    assert len(FLAGS) == len(fields)


def test_flag_beats_variable_beats_file(monkeypatch: pytest.MonkeyPatch) -> None:
    configure('fade = 3\nnet-size = "640x360"\nmirror = false\ncamera = 2\n')
    assert (said().fade, said().net_size, said().mirror, said().camera) == (3.0, (640, 360), False, "2")
    monkeypatch.setenv("LIVE_STYLE_FADE", "2")
    monkeypatch.setenv("LIVE_STYLE_NET_SIZE", "auto")
    monkeypatch.setenv("LIVE_STYLE_MIRROR", "1")
    assert (said().fade, said().net_size, said().mirror) == (2.0, None, True)
    got = said("--fade", "1", "--net-size", "320x184", "--no-mirror")
    assert (got.fade, got.net_size, got.mirror) == (1.0, (320, 184), False)


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_STYLE_SIZE", "")
    monkeypatch.setenv("LIVE_STYLE_VCAM", "")
    assert said() == RunSettings()


def test_a_wrong_variable_is_called_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_STYLE_SIZE", "huge")
    with pytest.raises(SettingsError, match="^LIVE_STYLE_SIZE: 'huge' is not a size") as caught:
        said()
    assert "1280x720" in caught.value.cure


@pytest.mark.parametrize(("flag", "value", "words"), [
    ("--size", "1280", "not a size"),
    ("--size", "1281x720", "odd number of pixels"),
    ("--size", "10x10", "out of range"),
    ("--size", "99999x720", "out of range"),
    ("--net-size", "642x360", "multiples of 8"),
    ("--fade", "-1", "out of range"),
    ("--fade", "nan", "out of range"),
    ("--fade", "soon", "not a number"),
    ("--strength", "1.5", "out of range"),
    ("--fps", "0", "out of range"),
    ("--frames", "1.5", "whole number"),
    ("--frames", "0", "out of range"),
    ("--model", "fats", "not one of auto, fast"),
    ("--provider", "gpu", "not one of auto"),
    ("--fit", "stretch", "not one of crop"),
    ("--keys", "Right", "not a time and a key"),
    ("--keys", "1:Wrong", "unknown key"),
    ("--camera", " ", "not text"),
    ("--record", "~nobody-of-that-name/x.mp4", "that home folder does not exist"),
])
def test_a_wrong_flag_is_told_what_would_be_right(flag: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError, match=f"^{flag}: .*{words}") as caught:
        said(flag, value)
    assert caught.value.cure
    assert len(caught.value.cause) < 160


def test_a_near_miss_is_guessed() -> None:
    with pytest.raises(SettingsError) as caught:
        said("--model", "ballanced")
    assert caught.value.cure == "Did you mean balanced?"


def test_no_config_is_no_config(tmp_path: Path) -> None:
    assert load_config(tmp_path / "config.toml") == {}
    assert load_config(configure("")) == {}
    assert load_config(configure(b"\xef\xbb\xbffade = 2\n")) == {"fade": 2.0}


def test_unknown_settings_are_told_with_line_and_guess() -> None:
    error = refused('fade = 1\n\nnetsize = "640x360"\n')
    assert re.search("line 3: unknown setting 'netsize'", error.cause)
    assert error.cure == "Did you mean net-size?"
    assert "flags" in refused("zzzzzz = 1").cure


@pytest.mark.parametrize("line", [
    'fade = "soon"', "fade = true", "fade = []", "fade = inf", "fade = 1979-05-27", "size = 1280",
    'mirror = "yes"',
    "headless = 1", "camera = true", "camera = 1.5", 'camera = ""', "style = {}", "frames = 2.5", "[size]",
    "model = 3", "keys = 'F5'", "styles = [\"a\"]",
])
def test_wrong_types_are_told_with_their_line(line: str) -> None:
    assert " line 2: " in refused(f"# mine\n{line}\n").cause


@pytest.mark.parametrize("text", ["fade = ", "fade = 1\nfade = 2", "= 3", "[keys", "a = " + "[" * 5000])
def test_broken_toml_is_said_so(text: str) -> None:
    assert "is not valid TOML" in refused(text).cause


def test_not_utf8_is_said_with_its_line() -> None:
    assert "line 2 is not UTF-8" in refused(b"fade = 1\nstyle = \"caf\xe9\"\n").cause


def test_a_huge_file_or_a_folder_is_no_config(tmp_path: Path) -> None:
    assert "bytes" in refused("#" * 200_000).cause
    with pytest.raises(SettingsError, match="cannot be read"):
        load_config(tmp_path)


def test_keys_are_remapped() -> None:
    file = configure('fade = 1\n[keys]\nfreeze = "F5"\nnext = ["Right", "PageDown"]\n')
    table = load_config(file)["key_table"]
    assert table.action("F5").command.value == "freeze"
    assert table.action("PageDown").command.value == "next"
    assert table.action("Z") is None
    error = refused('[keys]\nfrieze = "F5"\n')
    assert "line 1" in error.cause and "freeze" in error.cure
    assert refused("[keys]\nfreeze = 3.5\n").cure


def test_the_camera_is_remembered() -> None:
    assert paths.remembered_camera() is None
    paths.remember_camera("Logitech C920 – Ünïcode")
    assert paths.remembered_camera() == "Logitech C920 – Ünïcode"
    (paths.state_folder() / "camera.txt").write_bytes(b"\xff\xfe")
    assert paths.remembered_camera() is None


def test_a_home_that_cannot_be_written_does_not_matter(home: Path) -> None:
    (home / "state").write_text("a file where a folder should be")
    paths.remember_camera("C920")
    assert paths.remembered_camera() is None


def test_everything_of_the_user_is_in_one_home(home: Path) -> None:
    folders: list[Any] = [paths.config_file(), paths.user_styles_folder(), paths.cache_folder(),
                          paths.state_folder(), paths.log_folder(), paths.recordings_folder(),
                          paths.snapshots_folder()]
    assert all(folder.is_relative_to(home) for folder in folders)
    assert len(set(folders)) == len(folders)


def test_without_a_home_they_are_where_the_system_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIVE_STYLE_HOME")
    for folder in (paths.config_file(), paths.user_styles_folder(), paths.recordings_folder()):
        assert "live-style" in folder.parts


def test_commands_are_told_in_one_line() -> None:
    assert all(entry.help.endswith(".") and len(entry.help) < 80 for entry in COMMANDS.values())


def test_a_model_of_former_versions_is_the_one_that_took_its_place(tmp_path: Path,
                                                                   capsys: pytest.CaptureFixture[str]) -> None:
    assert settings.parse_model("fine") == settings.parse_model("balanced") == "balanced"
    gone, out = str(tmp_path / "gone.jpg"), str(tmp_path / "o.png")
    assert main(["image", gone, "--model", "fine", "-s", "neon", "-o", out]) == 2
    assert capsys.readouterr().err.splitlines()[0] == "live-style: the model fine is now balanced"


def test_settings_are_saved_and_every_other_line_stays() -> None:
    file = configure('# my show\nfade = 2  # slow\nnet_size = "384x216"\nmodel = "fast"\n\n[keys]\nfreeze = "F5"\n')
    before = load_config(file)
    save_config(file, {"camera": 'My "best" camera', "net_size": (640, 360), "model": None, "osc": True, "smooth": 0.5})
    saved = load_config(file)
    assert saved == {**{key: value for key, value in before.items() if key != "model"}, "camera": 'My "best" camera',
                     "net_size": (640, 360), "osc": True, "smooth": 0.5}
    text = file.read_text()
    assert text.startswith("# my show\nfade = 2  # slow\n") and text.endswith('\n\n[keys]\nfreeze = "F5"\n')
    save_config(file, {"net_size": None})
    assert "net" not in file.read_text()


def test_the_first_setting_that_is_saved_makes_the_file() -> None:
    save_config(paths.config_file(), {"recordings": Path("/films"), "mirror": False, "prefer": "sharp"})
    assert load_config(paths.config_file()) == {"recordings": Path("/films"), "mirror": False, "prefer": "sharp"}


def test_a_faulty_file_is_not_written_to() -> None:
    file = configure("fade = fast\n")
    with pytest.raises(SettingsError):
        save_config(file, {"mirror": False})
    assert file.read_text() == "fade = fast\n"


def test_a_file_that_cannot_be_written_is_an_error_with_a_cure(locked: Path) -> None:
    with pytest.raises(SettingsError) as e:
        save_config(locked / "config.toml", {"mirror": False})
    assert "cannot be written" in e.value.cause and e.value.cure
