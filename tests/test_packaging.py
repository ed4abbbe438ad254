"""The package as its users get it: a wheel, an editable install, a checkout."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

import live_style
from live_style.system import paths

ROOT = Path(__file__).resolve().parent.parent
if not (ROOT / "setup.cfg").is_file():
    pytest.skip("the tests run outside a checkout", allow_module_level=True)
SAY_FOLDERS = "from live_style.system import paths; print(paths.models_folder(), paths.styles_folder())"


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run([str(word) for word in command], cwd=cwd, env={**os.environ, **environment},
                          capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sources(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in (folder / "live_style").rglob("*.py")}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the wheel is made from, so that building leaves nothing in the project."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("setup.cfg", "pyproject.toml", "MANIFEST.in", "LICENSE", "README.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder)
    for name in ("live_style", "models", "styles"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline with the setuptools at hand."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index",
        "--disable-pip-version-check", "-w", folder, ".", cwd=checkout)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_module_network_and_style(wheel: Path, checkout: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        inside = set(opened.namelist())
    assert sources(checkout) <= inside
    for name in ("models", "styles"):
        data = {file for file in (ROOT / name).rglob("*") if file.is_file()
                and (file.suffix in (".onnx", ".json", ".md", ".txt") or file.parent.name == "previews")}
        assert data, f"{name}/ is empty"
        assert {f"live_style/data/{file.relative_to(ROOT).as_posix()}" for file in data} <= inside
    assert "live_style/py.typed" in inside
    page = checkout / "live_style" / "remote" / "page" / "static"
    assert {f"live_style/remote/page/static/{file.name}" for file in page.iterdir()} <= inside
    assert any(name.endswith("licenses/LICENSE") for name in inside)
    assert not any(name.startswith(("tests/", "models/", "styles/")) for name in inside)


def test_an_installed_wheel_runs_and_finds_its_data(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile",
        "--disable-pip-version-check", "--target", target, wheel, cwd=tmp_path)
    installed = {"PYTHONPATH": str(target)}
    assert run(sys.executable, "-m", "live_style", "--version", cwd=tmp_path,
               **installed) == f"live-style {live_style.__version__}\n"
    assert (target / "bin" / "live-style").exists() or (target / "Scripts" / "live-style.exe").exists()
    found = run(sys.executable, "-c", SAY_FOLDERS, cwd=tmp_path, **installed).split()
    data = target.resolve() / "live_style" / "data"
    assert found == [str(data / "models"), str(data / "styles")]
    names = {file.name for file in (data / "models").iterdir()}
    assert {file.name for file in paths.models_folder().glob("*.onnx")} <= names


def test_an_editable_install_finds_the_checkouts_data(checkout: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index",
        "--disable-pip-version-check", "--target", target, "--editable", checkout, cwd=tmp_path)
    # A --target folder is no site directory: its .pth files are read on purpose, and no others (-S), since the program
    # may be installed in this environment, too.
    libraries = sysconfig.get_path("purelib")
    script = f"import site, sys; site.addsitedir({str(target)!r}); sys.path.append({libraries!r}); {SAY_FOLDERS}"
    found = run(sys.executable, "-I", "-S", "-c", script, cwd=tmp_path).split()
    assert found == [str(checkout.resolve() / "models"), str(checkout.resolve() / "styles")]


def test_a_plain_checkout_finds_its_data() -> None:
    if Path(live_style.__file__).resolve().parent.parent != ROOT:
        pytest.skip("the tests run against an installed package")
    assert paths.models_folder() == ROOT / "models"
    assert paths.styles_folder() == ROOT / "styles"


def test_one_onnxruntime_and_one_pygame_everywhere() -> None:
    markers = pytest.importorskip("packaging.requirements", reason="the package `packaging` is not installed")
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = [line for line in config["options"]["install_requires"].splitlines() if line and line[0] != "#"]
    needs = [markers.Requirement(line) for line in lines]
    systems = {("linux", "x86_64"): "-gpu", ("linux", "aarch64"): "", ("win32", "AMD64"): "-gpu",
               ("win32", "ARM64"): "", ("darwin", "arm64"): ""}
    for (system, machine), gpu in systems.items():
        for python, community in {"3.11": "", "3.12": "", "3.13": "", "3.14": "-ce"}.items():
            where = {"sys_platform": system, "platform_machine": machine, "python_version": python}
            names = [need.name for need in needs if need.marker is None or need.marker.evaluate(where)]
            assert [name for name in names if name.startswith("onnxruntime")] == ["onnxruntime" + gpu]
            assert [name for name in names if name.startswith("pygame")] == ["pygame" + community]
