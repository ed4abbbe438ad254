"""What is read in a terminal: 80 columns, headings, colours there and none elsewhere, and a word for slips."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from live_style import cli
from live_style.diagnostics.doctor import Check
from live_style.system import paths

LISTS = (["styles", "--help"], ["styles", "list"], ["keys"], ["--help"], ["run", "--help"], ["bench", "--help"])


def read_in_a_terminal(*arguments: str, **variables: str) -> str:
    """What the program writes into a terminal of 80 columns."""
    here, there = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    program = subprocess.Popen([sys.executable, "-m", "live_style", *arguments], stdout=there, stderr=there,
                               env=environment | {"TERM": "xterm-256color"} | variables)
    os.close(there)
    said = b""
    try:
        while block := os.read(here, 4096):
            said += block
    except OSError:
        pass  # how a terminal ends
    os.close(here)
    program.wait(60)
    return said.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("arguments", LISTS, ids=" ".join)
def test_it_fits_80_columns_and_is_plain_where_nobody_looks(arguments: list[str], monkeypatch: pytest.MonkeyPatch,
                                                            capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert cli.main(arguments) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80 and "\x1b" not in out and "..." not in out.replace("]...", "")


def test_doctor_fits_80_columns_and_its_commands_can_be_copied(monkeypatch: pytest.MonkeyPatch,
                                                               capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    long = Check("virtual camera", "warn", "this computer has no virtual camera (no v4l2loopback device)",
                 "Install the package v4l2loopback-dkms, then run: sudo modprobe v4l2loopback devices=1 "
                 'exclusive_caps=1 max_buffers=2 video_nr=10 card_label="live-style"')
    monkeypatch.setattr("live_style.cli.doctor.checks", lambda: iter([long, Check("cpu", "ok", "word " * 60)]))
    assert cli.main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80 and lines[0].split()[0] == "Check"
    start = next(place for place, line in enumerate(lines) if "sudo" in line)
    command = lines[start:start + 2]
    assert command[0].endswith(" \\")
    done = subprocess.run(["bash", "-c", "\n".join(command).replace("sudo modprobe", "printf '%s|'")],
                          capture_output=True, text=True, check=True)
    assert done.stdout == "v4l2loopback|devices=1|exclusive_caps=1|max_buffers=2|video_nr=10|card_label=live-style|"


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("arguments", "heading"), [
    (["keys"], "Keys"), (["styles", "list"], "Included styles"), (["styles", "--help"], "Commands"),
], ids=str)
def test_headings_stand_out_in_a_terminal_unless_colours_are_not_wanted(arguments: list[str], heading: str) -> None:
    said = read_in_a_terminal(*arguments)
    assert re.search(rf"\x1b\[1m{heading}", said)
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in said.splitlines()) <= 80
    assert "\x1b" not in read_in_a_terminal(*arguments, NO_COLOR="1")


@pytest.mark.parametrize(("arguments", "cause"), [
    (["rnu"], "No such command 'rnu'. Did you mean run?"),
    (["stlyes"], "No such command 'stlyes'. Did you mean styles?"),
    (["styles", "lsit"], "No such command 'lsit'. Did you mean list?"),
    (["styles", "qqq"], "No such command 'qqq'."),
])
def test_a_slip_is_told_what_was_meant(arguments: list[str], cause: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"live-style: {cause}" and second.startswith("  Try `live-style")


@pytest.mark.parametrize(("name", "cure"), [
    ("LIVE_STYLE_STYEL", "Did you mean LIVE_STYLE_STYLE?"), ("LIVE_STYLE_NETSIZE", "Did you mean LIVE_STYLE_NET_SIZE?"),
    ("LIVE_STYLE_HOEM", "Did you mean LIVE_STYLE_HOME?"), ("LIVE_STYLE_QQQ", "Variables are named after the flags"),
])
def test_a_misspelt_variable_is_told_and_nothing_ends_for_it(name: str, cure: str, monkeypatch: pytest.MonkeyPatch,
                                                             capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LIVE_STYLE_FADE", "2")
    monkeypatch.setenv(name, "1")
    assert cli.main(["keys"]) == 0
    cause, said = capsys.readouterr().err.splitlines()
    assert cause == f"live-style: unknown variable {name}" and said.startswith(f"  {cure}")


def test_styles_that_are_a_file_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "neon.json").write_text("{}")
    assert cli.main(["run", "--styles", str(tmp_path / "neon.json")]) == 2
    assert capsys.readouterr().err == (f"live-style: --styles: {tmp_path / 'neon.json'} is a file, but a "
                                       f"folder is needed\n  Give the folder that contains it: {tmp_path}\n")


def test_a_broken_style_among_them_is_told_and_the_show_goes_on(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('{"name": 3')
    done = subprocess.run([sys.executable, "-m", "live_style", "run", "--headless", "--camera", "demo", "--size",
                           "128x72", "--model", "fast", "--net-size", "64x64", "--frames", "3", "--provider", "cpu",
                           "--styles", str(tmp_path)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "broken.json is not a style: " in done.stderr


def test_the_first_line_of_a_show_says_what_paints_and_reads_like_no_error(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "live_style", "run", "--headless", "--camera", "demo", "--size",
                           "128x72", "--model", "fast", "--net-size", "64x64", "--frames", "3"],
                          capture_output=True, text=True, timeout=120)
    first = done.stderr.splitlines()[0]
    assert first.startswith("live-style: painting with ") and ": there is no" not in first


def completed(*words: str) -> list[str]:
    """What a shell offers after those words, the last of which is being typed."""
    variables = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1),
                 "_LIVE_STYLE_COMPLETE": "bash_complete"}
    script = "import sys; from live_style.cli import main; sys.exit(main([]))"
    done = subprocess.run([sys.executable, "-c", script], env=os.environ | variables, capture_output=True, text=True,
                          timeout=60)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("words", "offered"), [
    (("live-style", "st"), ["styles"]),
    (("live-style", "run", "--style", "neo"), ["neon"]),
    (("live-style", "image", "-s", "neo"), ["neon"]),
    (("live-style", "styles", "show", "neo"), ["neon"]),
    (("live-style", "run", "--model", "b"), ["balanced"]),
    (("live-style", "image", "--model", "f"), ["fast"]),
    (("live-style", "run", "--prefer", "s"), ["smooth", "sharp"]),
    (("live-style", "run", "--camera", "de"), ["demo"]),
])
def test_a_shell_completes(words: tuple[str, ...], offered: list[str]) -> None:
    assert completed(*words) == offered


def test_own_styles_are_completed_too(home: Path) -> None:
    folder = paths.user_styles_folder()
    folder.mkdir(parents=True)
    (folder / "my-sunset.json").write_text("{}")
    assert completed("live-style", "run", "--style", "my-s") == ["my-sunset"]
