"""The doctor: it finds what is wrong, and its commands repair it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from live_style import cli
from live_style.diagnostics import doctor
from live_style.diagnostics.doctor import Check
from live_style.diagnostics.doctor import Package
from live_style.system import paths
from tests.support.networks import write_network


def only(found: Iterator[Check]) -> Check:
    """The one check there is."""
    checks = list(found)
    assert len(checks) == 1, checks
    return checks[0]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git checkout with the models and styles of this one, which the program takes for its own."""
    for name, folder in (("models", paths.models_folder()), ("styles", paths.styles_folder())):
        shutil.copytree(folder, tmp_path / name)
        monkeypatch.setattr(paths, f"{name}_folder", lambda name=name: tmp_path / name)
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm a"):
        subprocess.run(["git", "-C", str(tmp_path), *command.split()], check=True)
    return tmp_path


def follow(cure: str) -> None:
    """Do what a cure says, word for word."""
    subprocess.run(cure.removeprefix("Run: "), shell=True, check=True, capture_output=True)


def test_everything_is_tried_and_every_trouble_has_a_cure() -> None:
    found = list(doctor.checks())
    assert {check.name for check in found} == {
        "python", "packages", "settings", "models", "styles", "cpu", "openvino", "cuda", "tensorrt", "camera",
        "virtual camera", "microphone", "screen"}
    for check in found:
        assert check.line and "\n" not in check.line + check.cure
        assert bool(check.cure) == (check.state != "ok"), check
    # What a show can do without is never red.
    assert not [check for check in found if check.state == "fail" and check.name in (
        "openvino", "cuda", "tensorrt", "camera", "virtual camera", "microphone", "screen")]


def test_the_cpu_is_tried_by_painting() -> None:
    check = only(doctor.cpu())
    assert check.state in ("ok", "warn")
    assert " ms" in check.line and "thread" in check.line


@pytest.mark.parametrize("damage", ["damaged", "missing"])
def test_a_damaged_model_is_red_and_the_command_mends_it(checkout: Path, damage: str) -> None:
    assert only(doctor.networks()).state == "ok"
    file = checkout / "models" / "predictor-fp32.onnx"
    if damage == "damaged":
        file.write_bytes(file.read_bytes()[:1000])
    else:
        file.unlink()
    check = next(check for check in doctor.networks() if check.state == "fail")
    assert check.line == f"predictor-fp32.onnx is {damage}"
    follow(check.cure)
    assert only(doctor.networks()).state == "ok"


def test_a_folder_of_models_that_is_gone_is_red_and_the_command_mends_it(checkout: Path) -> None:
    shutil.rmtree(checkout / "models")
    check = only(doctor.networks())
    assert check.state == "fail"
    follow(check.cure)
    assert only(doctor.networks()).state == "ok"
    assert only(doctor.cpu()).state != "fail"


def test_a_model_of_somebody_else_is_yellow(checkout: Path) -> None:
    write_network(checkout / "models" / "transformer-mine-fp32.onnx")
    assert [check.state for check in doctor.networks()] == ["warn", "ok"]


def test_without_any_model_the_cpu_is_red(checkout: Path) -> None:
    for file in (checkout / "models").glob("*.onnx"):
        file.unlink()
    check = only(doctor.cpu())
    assert check.state == "fail" and "models" in check.cure


def test_a_broken_style_is_red_if_ours_and_yellow_if_theirs(checkout: Path, home: Path) -> None:
    broken = checkout / "styles" / "broken.json"
    broken.write_text("{")
    assert [check.state for check in doctor.styles()][0] == "fail"
    own = paths.user_styles_folder()
    own.mkdir(parents=True)
    broken.rename(own / "broken.json")
    found = list(doctor.styles())
    assert found[0].state == "warn" and "broken.json" in found[0].line and str(own) in found[0].cure


def test_a_typo_in_the_settings_is_red(home: Path) -> None:
    assert only(doctor.settings()).state == "ok"
    file = paths.config_file()
    file.parent.mkdir(parents=True)
    file.write_text('colour = "yes"\n')
    check = only(doctor.settings())
    assert check.state == "fail" and check.cure and "colour" in check.line


def test_a_missing_package_is_red_with_the_command_of_this_very_python() -> None:
    check = next(doctor.packages((Package("no_such_module", ("no-such-package",)),)))
    assert check.state == "fail"
    assert check.cure.startswith(f"Run: {sys.executable} -m pip install no-such-package")


def test_a_missing_system_library_is_told_from_a_missing_package(tmp_path: Path,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    text = "libGL.so.1: cannot open shared object file: No such file or directory"
    (tmp_path / "opencv_without_gl.py").write_text(f"raise ImportError({text!r})\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    opencv = next(package for package in doctor.PACKAGES if "opencv-python" in package.names)
    check = next(doctor.packages((opencv._replace(module="opencv_without_gl"),)))
    assert check.state == "fail" and "libGL.so.1" in check.line
    assert check.cure == "Run: sudo apt install libgl1 libglib2.0-0"


def test_two_packages_in_one_folder_are_yellow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("runtime-one", "runtime-two"):
        folder = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    check = next(doctor.packages((Package("json", ("runtime-one", "runtime-two")),)))
    assert check.state == "warn" and check.line == "runtime-one and runtime-two overwrite each other's files"
    assert "pip uninstall -y runtime-one runtime-two; " in check.cure
    assert check.cure.endswith("install runtime-one")


def test_the_exit_status_is_two_when_something_is_red(capsys: pytest.CaptureFixture[str],
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    def status(*states: doctor.State) -> int:
        found = [Check("part", state, "line", "" if state == "ok" else "cure") for state in states]
        monkeypatch.setattr("live_style.cli.doctor.checks", lambda: iter(found))
        return cli.main(["doctor"])

    assert status("ok") == 0
    assert "Everything works" in capsys.readouterr().out
    assert status("ok", "warn") == 0
    assert "A show can run, with 1 warning." in capsys.readouterr().out
    assert status("ok", "fail", "warn") == 2
    out = capsys.readouterr().out
    assert "FAIL  part" in out and "1 problem prevents a show" in out


def test_the_json_is_for_programs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live_style.cli.doctor.checks", doctor.gpus)
    assert cli.main(["doctor", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is True
    assert [sorted(check) for check in said["checks"]] == [["cure", "line", "name", "state"]] * len(said["checks"])


def test_what_is_missing_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("first", "second"):
        (tmp_path / f"needs_it_{name}.py").write_text("import no_such_module\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = list(doctor.packages((Package("needs_it_first", ("a",)), Package("needs_it_second", ("b",)))))
    assert [check.state for check in found] == ["fail", "ok"]
