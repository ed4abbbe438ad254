"""The rules of the house, checked on the source: imports point down, each library has one door, files stay small."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import live_style

PACKAGE = Path(live_style.__file__).resolve().parent

# From the bottom up: a module may import what stands in a line above its own, and its own package.
LAYERS = (
    "errors cures heap frame look fade slot stats tempo stage cores whole",
    "geometry keys style tally net_size interfaces trace processor palette atlas eye cues ahead",
    "blend pad ways chase",
    "places power cuda v4l2 opencv pictures video desk models pack governor steps",
    "tuning",
    "devices remembered runtime surgery fit steady gallery settings window moves cards panels sinks",
    "vino bound",
    "network",
    "bands",
    "sources predictor stylizer maker outputs capture painter hud mixture shelf poster roam inbox watch",
    "painting studio report library rack takes",
    "gearbox",
    "cast",
    "show bench brush checkpoint",
    "doctor film rival sweep",
    "cli",
    "__main__",
)
# Training is a world of its own: nothing but its command imports it, and it takes only these from the program.
TRAINING_MAY_IMPORT = {"training", "errors", "style", "frame", "look", "steady", "video"}
# Libraries that it uses beside the program's own doors to them.
TRAINING_HAS = {"onnx", "onnxruntime", "PIL"}

DOORS = {
    "cv2": "opencv",
    "PIL": "pictures",
    "av": "video",
    "onnxruntime": "runtime",
    "pygame": "window",
    "pyvirtualcam": "sinks.virtual",
    "cv2_enumerate_cameras": "devices",
    "platformdirs": "places",
    "psutil": "power",
    "click": "cli",
    "torch": "training",
    "onnx": "surgery",
    "openvino": "vino",
}

MODULES = {".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip("."): file
           for file in sorted(PACKAGE.rglob("*.py")) if "data" not in file.relative_to(PACKAGE).parts[:1]}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imports(module: str) -> Iterator[tuple[str, int]]:
    """What a module imports, anywhere in it: full names, `live_style.` left out, with the line."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} is a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                inside = whole.removeprefix("live_style.") in MODULES
                yield whole if inside else node.module or "", node.lineno


def within(module: str, owner: str) -> bool:
    return module == owner or module.startswith(owner + ".")


RANK = {name: i for i, line in enumerate(LAYERS) for name in line.split()}
RANK[""] = len(LAYERS)  # live_style itself names what programs may use, and loads it when they do


def upward(module: str) -> Iterator[str]:
    """Imports of what does not stand below."""
    own = module.split(".")[0]
    if own and own not in RANK and own != "training":
        yield f"{module} has no place in LAYERS"
    for name, line in imports(module):
        top, _, inner = name.partition(".")
        other = inner.split(".")[0]
        if top != "live_style" or other in ("", own):
            continue
        if own == "training":
            allowed = other in TRAINING_MAY_IMPORT
        elif other == "training":
            allowed = module == "cli.train"
        else:
            allowed = RANK.get(other, 99) < RANK.get(own, -1)
        if not allowed:
            yield f"{module}:{line} imports {name}, which does not stand below it"


def through_the_window(module: str) -> Iterator[str]:
    """Imports of libraries past their door."""
    for name, line in imports(module):
        library = name.partition(".")[0]
        if library in sys.stdlib_module_names or library in ("live_style", "numpy"):
            continue
        if within(module, "training") and library in TRAINING_HAS:
            continue
        if not within(module, DOORS.get(library, "?")):
            yield f"{module}:{line} imports {library}; its door is {DOORS.get(library, 'not in DOORS')}"


def large(module: str) -> Iterator[str]:
    """Modules and functions that a person cannot take in at a glance."""
    lines = len(MODULES[module].read_text(encoding="utf-8").splitlines())
    if lines > 300:
        yield f"{module} has {lines} lines"
    for node in ast.walk(tree(module)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > 40:
                yield f"{module}:{node.lineno} {node.name} has {length} lines"


def wordless(module: str) -> Iterator[str]:
    """Modules and public classes that do not say what they are."""
    if not ast.get_docstring(tree(module)):
        yield f"{module} does not say what it is"
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node):
            yield f"{module}:{node.lineno} {node.name} does not say what it is"


def talkative(module: str) -> Iterator[str]:
    """Printing and exiting anywhere but at the command line."""
    if within(module, "cli") or within(module, "training"):
        return
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("print", "input", "exit", "quit"):
                yield f"{module}:{node.lineno} {node.func.id}()"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            if node.attr in ("exit", "stdout", "stderr"):
                yield f"{module}:{node.lineno} sys.{node.attr}"


def deaf(module: str) -> Iterator[str]:
    """Errors swallowed whole."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ExceptHandler):
            silent = all(isinstance(line, ast.Pass) for line in node.body)
            broad = isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            if node.type is None or silent and broad:
                yield f"{module}:{node.lineno} passes over every error"


RULES = (upward, through_the_window, large, wordless, talkative, deaf)


@pytest.mark.parametrize("rule", RULES)
def test_the_source_keeps_the_rule(rule: Callable[[str], Iterator[str]]) -> None:
    assert [offence for module in MODULES for offence in rule(module)] == []


@pytest.mark.parametrize(("rule", "module", "text"), [
    (upward, "frame", "from live_style import show"),
    (upward, "frame", "def f():\n    from live_style.show import Show"),
    (upward, "newcomer", "import os"),
    (upward, "show", "import live_style.training.run"),
    (through_the_window, "slot", "import cv2"),
    (through_the_window, "slot", "from requests import get"),
    (through_the_window, "training.flicker", "import av"),
    (large, "slot", "\n" * 301),
    (large, "slot", "def f():\n" + "    x = 1\n" * 40),
    (wordless, "slot", "import os"),
    (talkative, "slot", "print(1)"),
    (talkative, "slot", "import sys\nsys.exit(1)"),
    (deaf, "slot", "try:\n    x = 1\nexcept Exception:\n    pass"),
])
def test_the_rule_bites(rule: Callable[[str], Iterator[str]], module: str, text: str, tmp_path: Path,
                        monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "planted.py").write_text(text)
    monkeypatch.setitem(MODULES, module, tmp_path / "planted.py")
    tree.cache_clear()
    try:
        assert len(list(rule(module))) == 1
    finally:
        tree.cache_clear()
