"""The command line as a whole: lazy, and never a traceback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import live_style
from live_style import cli
from live_style.errors import SourceError
from live_style.system import paths


@pytest.fixture
def doomed(monkeypatch: pytest.MonkeyPatch) -> None:
    """`live-style doomed ERROR` ends in that error."""
    errors: dict[str, BaseException] = {
        "ours": SourceError("the camera is busy", "Close the other program."),
        "bug": ZeroDivisionError("division\nby zero"),
        "memory": MemoryError("Unable to allocate 275. MiB for an array"),
        "ctrl-c": KeyboardInterrupt(),
        "missing": ModuleNotFoundError("No module named 'torch'", name="torch"),
    }

    @click.command()
    @click.argument("error")
    def doomed(error: str) -> int:
        if error == "seven":
            return 7
        raise errors[error]
    found = {"doomed": doomed}
    monkeypatch.setattr(cli.Commands, "get_command", lambda self, ctx, name: found.get(name))


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"live-style {live_style.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_what_is_there(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 0
    out = capsys.readouterr().out
    folder = Path(cli.__file__).parent
    for name, entry in cli.COMMANDS.items():
        there = (folder / f"{entry.module}.py").exists() or (folder / entry.module).is_dir()
        assert (entry.help in out) == there, name


def test_help_import_nothing_heavy() -> None:
    script = ("import sys; from live_style.cli import main; main(['--help']);"
              "heavy = {'cv2', 'numpy', 'onnxruntime', 'pygame', 'av', 'PIL', 'torch'} & set(sys.modules);"
              "sys.exit(', '.join(heavy) or None)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", cli.live_style.list_commands(click.Context(cli.live_style)))
def test_every_command_and_flag_has_help(name: str) -> None:
    if cli.COMMANDS[name].extra == "train":
        pytest.importorskip("torch", reason=f"PyTorch is not installed: `live-style {name}` is not looked at")
    command = cli.live_style.get_command(click.Context(cli.live_style), name)
    assert command is not None
    for path, inner in family(name, command):
        assert inner.help, path
        assert [param.name for param in inner.params if isinstance(param, click.Option) and not param.help] == [], path


def family(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command and the commands within it."""
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from family(f"{path} {name}", inner)


@pytest.mark.parametrize(("arguments", "cause"), [
    (["dance"], "No such command 'dance'."),
    (["--dance"], "No such option '--dance'."),
    (["doomed"], "Missing argument 'ERROR'."),
])
def test_a_slip_of_the_fingers_is_two_lines(arguments: list[str], cause: str, doomed: object,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"live-style: {cause}")
    assert "--help`" in err.splitlines()[1]


def test_our_errors_are_a_cause_and_a_cure(doomed: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doomed", "ours"]) == 2
    assert capsys.readouterr() == ("", "live-style: the camera is busy\n  Close the other program.\n")


def test_too_little_memory_is_no_bug(doomed: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doomed", "memory"]) == 2
    assert capsys.readouterr().err.startswith("live-style: the computer is out of memory\n")


def test_a_bug_is_named_and_its_traceback_kept(doomed: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doomed", "bug"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "Traceback" not in err
    cause, cure = err.splitlines()
    assert cause.endswith("ZeroDivisionError: division by zero")
    saved = Path(cure.rpartition(": ")[2])
    assert saved.parent == paths.log_folder()
    assert "Traceback" in saved.read_text() and "test_commands.py" in saved.read_text()


def test_a_crash_file_is_never_written_over(doomed: object, capsys: pytest.CaptureFixture[str]) -> None:
    saved = []
    for _ in range(3):  # in one second
        assert cli.main(["doomed", "bug"]) == 2
        saved.append(Path(capsys.readouterr().err.splitlines()[1].rpartition(": ")[2]))
    assert len(set(saved)) == 3 and {file.parent for file in saved} == {paths.log_folder()}


def test_a_bug_without_a_place_for_its_log(doomed: object, home: Path, tmp_path: Path,
                                           monkeypatch: pytest.MonkeyPatch,
                                           capsys: pytest.CaptureFixture[str]) -> None:
    (home / "log").write_text("a file where the folder should be")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert cli.main(["doomed", "bug"]) == 2
    assert str(tmp_path) in capsys.readouterr().err
    monkeypatch.setattr("tempfile.tempdir", str(home / "log"))
    assert cli.main(["doomed", "bug"]) == 2
    assert capsys.readouterr().err.endswith("\n  Please report it.\n")


def test_exit_status(doomed: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doomed", "seven"]) == 7
    assert cli.main(["doomed", "ctrl-c"]) == 130
    capsys.readouterr()
    assert cli.main(["doomed", "missing"]) == 2
    assert capsys.readouterr().err == ("live-style: the Python package torch is missing\n"
                                       "  Install it: pip install --force-reinstall live-style\n")


def test_python_dash_m(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "live_style", "dance"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("live-style: No such command 'dance'.\n")
