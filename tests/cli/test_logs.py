"""Bugs in any thread leave a file, and the log is silent until it is asked for."""

from __future__ import annotations

import logging

import pytest

from live_style.cli import main
from live_style.inference.stylizer import OnnxStylizer
from live_style.styles.predict import StyleMaker
from live_style.system import paths

SHOW = ["run", "--camera", "demo", "--size", "320x180", "--model", "fast", "--net-size", "128x72", "--provider", "cpu",
        "--headless", "--frames", "5"]


def breaks(error: Exception) -> object:
    def fail(*arguments: object) -> None:
        raise error

    return fail


def test_a_bug_beside_the_show_leaves_a_file_and_the_show_goes_on(monkeypatch: pytest.MonkeyPatch,
                                                                  capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(StyleMaker, "prepare", breaks(ZeroDivisionError("of ours")))
    assert main(SHOW) == 0
    crash, = paths.log_folder().iterdir()
    assert "in fail" in crash.read_text() and "in _guarded" in crash.read_text()
    *_, cause, cure = capsys.readouterr().err.splitlines()
    assert (cause, cure) == ("live-style: a part of live-style stopped because of a bug",
                             f"  Please report it with this file: {crash}")


def test_a_bug_that_ends_the_show_leaves_one_file_and_is_told_once(monkeypatch: pytest.MonkeyPatch,
                                                                   capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(OnnxStylizer, "stylize", breaks(ZeroDivisionError("of ours")))
    assert main(SHOW) == 2
    crash, = paths.log_folder().iterdir()
    said = capsys.readouterr().err
    assert said.count(str(crash)) == 1 and "stopped because of a bug: ZeroDivisionError: of ours" in said
    assert "in paint" in crash.read_text()


def test_a_full_memory_is_no_bug(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(StyleMaker, "prepare", breaks(MemoryError()))
    assert main(SHOW) == 0
    assert not paths.log_folder().exists()
    assert "Please report it with this file" not in capsys.readouterr().err


def test_the_log_is_silent_until_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SHOW) == 0
    quiet = capsys.readouterr().err
    assert main(["--verbose", *SHOW]) == 0
    said = capsys.readouterr().err
    assert "demo scene is painted" not in quiet
    assert "MainThread: demo scene is painted at (320, 180)" in said
    assert [type(handler).__name__ for handler in logging.getLogger("live_style").handlers] == ["NullHandler"]
