"""The rules of the house, checked on the source: imports point down, each library has one door, files stay small."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import live_style

PACKAGE = Path(live_style.__file__).resolve().parent

# From the bottom up: a folder, or a module next to the folders, may import what stands before it.
ORDER = ("redact errors frame look style system threads telemetry interfaces imaging video inference sources sinks "
         "adaptive styles control remote settings offline pipeline ui diagnostics cli __main__").split()
# Training is a world of its own: nothing but its command imports it, and it takes only these from the program.
TRAINING_MAY_IMPORT = ("training", "errors", "style", "frame", "look", "inference.onnxruntime",
                       "inference.temporal_filter", "inference.person_mask", "video")
# Libraries that it imports directly, although the program has a door to them.
TRAINING_HAS = {"onnx", "PIL"}

DOORS = {
    "cv2": "imaging.opencv",
    "PIL": "imaging",
    "av": "video",
    "onnxruntime": "inference.onnxruntime",
    "pygame": "ui.window",
    "pyvirtualcam": "sinks.virtual_camera",
    "cv2_enumerate_cameras": "sources.devices",
    "platformdirs": "system.paths",
    "psutil": "system.cpu",
    "click": "cli",
    "torch": "training",
    "onnx": "inference.graph_split",
    "openvino": "inference.openvino",
    "aiohttp": "remote.page.server",
    "rtmidi2": "remote.midi.rtmidi",
    "sounddevice": "sources.sound_library",
}

MOST_ENTRIES = 28
MOST_MODULES = 15
MOST_LINES = 500
MOST_LINES_OF_A_FUNCTION = 40
MOST_ARGUMENTS = 8

# What breaks a rule today. Nothing is to be added here, and what no longer breaks it is taken out.
STILL_FULL: set[str] = set()
STILL_MANY_ARGUMENTS = {
    "cli.bench.bench", "cli.image.image", "style.make_style",
}

MODULES = {".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip("."): file
           for file in sorted(PACKAGE.rglob("*.py")) if "data" not in file.relative_to(PACKAGE).parts[:1]}


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def walked(file: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(parsed(file)))


def tree(module: str) -> ast.Module:
    return parsed(MODULES[module])


def nodes(module: str) -> tuple[ast.AST, ...]:
    return walked(MODULES[module])


def imports(module: str) -> Iterator[tuple[str, int]]:
    """What a module imports, anywhere in it: full names, with the line."""
    for node in nodes(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} is a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                inside = whole.removeprefix("live_style.") in MODULES
                yield whole if inside else node.module or "", node.lineno


def inner_imports(module: str) -> Iterator[tuple[str, int]]:
    """Which of the program's own modules a module imports, `live_style.` left out; not live_style itself."""
    for name, line in imports(module):
        top, _, inner = name.partition(".")
        if top == "live_style" and inner:
            yield inner, line


def within(module: str, owner: str) -> bool:
    return module == owner or module.startswith(owner + ".")


def functions(module: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in nodes(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{module}.{node.name}", node


RANK = {name: i for i, name in enumerate(ORDER)}
RANK[""] = len(ORDER)  # live_style itself names what programs may use, and loads it when they do


def upward() -> Iterator[str]:
    """Imports of what does not stand below."""
    for module in MODULES:
        own = module.split(".")[0]
        if own not in RANK and own != "training":
            yield f"{module} has no place in ORDER"
        for name, _ in inner_imports(module):
            other = name.split(".")[0]
            if own == "training":
                allowed = any(within(name, owner) for owner in TRAINING_MAY_IMPORT)
            elif other == "training":
                allowed = module == "cli.train"
            else:
                allowed = own == other or RANK.get(other, 99) < RANK.get(own, -1)
            if not allowed:
                yield f"{module} imports {name}"


def round_about() -> Iterator[str]:
    """Circles of imports, inside a folder or across them."""
    graph = {module: {name for name, _ in inner_imports(module) if name in MODULES} for module in MODULES if module}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as e:
        yield " imports ".join(reversed(e.args[1]))


def through_the_window() -> Iterator[str]:
    """Imports of libraries past their door."""
    for module in MODULES:
        for name, line in imports(module):
            library = name.partition(".")[0]
            if library in sys.stdlib_module_names or library in ("live_style", "numpy"):
                continue
            if within(module, "training") and library in TRAINING_HAS:
                continue
            if not within(module, DOORS.get(library, "?")):
                yield f"{module}:{line} imports {library}; its door is {DOORS.get(library, 'not in DOORS')}"


def crowded() -> Iterator[str]:
    """More entries in the package than a person takes in at a glance: folders, modules and py.typed."""
    entries = {module.split(".")[0] or "__init__" for module in MODULES} | {"py.typed"}
    if len(entries) > MOST_ENTRIES:
        yield f"live_style has {len(entries)} entries"


def full() -> Iterator[str]:
    """Folders of too many modules."""
    packages = {module for module, file in MODULES.items() if file.name == "__init__.py"}
    folders = Counter(module.rpartition(".")[0] for module in set(MODULES) - packages)
    yield from (folder for folder, modules in folders.items() if modules > MOST_MODULES)


def long() -> Iterator[str]:
    """Modules and functions that a person cannot read in one go."""
    for module, file in MODULES.items():
        lines = len(file.read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES:
            yield f"{module} has {lines} lines"
        for name, node in functions(module):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MOST_LINES_OF_A_FUNCTION:
                yield f"{name} has {length} lines"


def many_arguments() -> Iterator[str]:
    """Functions that take more than anyone can keep apart."""
    for module in MODULES:
        for name, node in functions(module):
            given = node.args.posonlyargs + node.args.args
            count = len(given) - (bool(given) and given[0].arg in ("self", "cls")) + len(node.args.kwonlyargs)
            if count + (node.args.vararg is not None) + (node.args.kwarg is not None) > MOST_ARGUMENTS:
                yield name


def wordless() -> Iterator[str]:
    """Modules and public classes that do not say what they are."""
    for module in MODULES:
        if not ast.get_docstring(tree(module)):
            yield f"{module} does not say what it is"
        for node in nodes(module):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node):
                yield f"{module}:{node.lineno} {node.name} does not say what it is"


def namesakes() -> Iterator[str]:
    """Public classes of one name in two modules: who reads the name does not know which is meant."""
    homes: dict[str, list[str]] = {}
    for module in MODULES:
        for node in nodes(module):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(module)
    yield from (f"{name} is a class in {' and '.join(there)}" for name, there in homes.items() if len(there) > 1)


def talkative() -> Iterator[str]:
    """Printing and exiting anywhere but at the command line."""
    for module in MODULES:
        if within(module, "cli") or within(module, "training"):
            continue
        for node in nodes(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in ("print", "input", "exit", "quit"):
                    yield f"{module}:{node.lineno} {node.func.id}()"
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
                if node.attr in ("exit", "stdout", "stderr"):
                    yield f"{module}:{node.lineno} sys.{node.attr}"


def own_threads() -> Iterator[str]:
    """Threads that are no Worker: what they raise would be lost."""
    for module in MODULES:
        for node in nodes(module):
            made = isinstance(node, ast.Attribute) and node.attr in ("Thread", "Timer", "ThreadPoolExecutor")
            taken = isinstance(node, ast.ImportFrom) and node.module in ("threading", "concurrent.futures")
            if (made or taken) and module != "threads.worker":
                yield f"{module}:{node.lineno} starts a thread that is no Worker"


def deaf() -> Iterator[str]:
    """Errors swallowed whole."""
    for module in MODULES:
        for node in nodes(module):
            if isinstance(node, ast.ExceptHandler):
                silent = all(isinstance(line, ast.Pass) for line in node.body)
                broad = isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
                if node.type is None or silent and broad:
                    yield f"{module}:{node.lineno} passes over every error"


Rule = Callable[[], Iterator[str]]
EXCEPTIONS: dict[Rule, set[str]] = {full: STILL_FULL, many_arguments: STILL_MANY_ARGUMENTS}
RULES: tuple[Rule, ...] = (upward, round_about, through_the_window, crowded, full, long, many_arguments, wordless,
                           namesakes, talkative, own_threads, deaf)


@pytest.mark.parametrize("rule", RULES)
def test_the_source_keeps_the_rule(rule: Rule) -> None:
    assert set(rule()) - EXCEPTIONS.get(rule, set()) == set()


@pytest.mark.parametrize("rule", EXCEPTIONS)
def test_no_exception_is_kept_that_is_not_needed(rule: Rule) -> None:
    known = EXCEPTIONS[rule]
    assert known <= set(rule())


@pytest.mark.parametrize(("rule", "planted"), [
    (upward, {"frame": "from live_style.ui import app"}),
    (upward, {"frame": "def f():\n    from live_style.ui.app import Show"}),
    (upward, {"sinks.null": "import live_style.control.fade"}),
    (upward, {"newcomer": "import os"}),
    (upward, {"newcomer.frame": "import os"}),
    (upward, {"ui.newcomer": "import live_style.training.methods.run"}),
    (upward, {"training.newcomer": "import live_style.ui.app"}),
    (upward, {"training.newcomer": "import live_style.inference.stylizer"}),
    (round_about, {"threads.one": "import live_style.threads.two",
                   "threads.two": "def f():\n    from live_style.threads import one"}),
    (round_about, {"ui.one": "from live_style.ui.two.three import x",
                   "ui.two.three": "from live_style.ui.one import y"}),
    (through_the_window, {"threads.newcomer": "import cv2"}),
    (through_the_window, {"threads.newcomer": "from requests import get"}),
    (through_the_window, {"training.newcomer": "import av"}),
    (through_the_window, {"training.newcomer": "import onnxruntime"}),
    (crowded, {f"newcomer{i}": "" for i in range(MOST_ENTRIES)}),
    (full, {f"threads.newcomer{i}": "" for i in range(MOST_MODULES)}),
    (full, {f"ui.newcomers.newcomer{i}": "" for i in range(MOST_MODULES + 1)}),
    (long, {"threads.newcomer": "\n" * (MOST_LINES + 1)}),
    (long, {"threads.newcomer": "def f():\n" + "    x = 1\n" * MOST_LINES_OF_A_FUNCTION}),
    (many_arguments, {"threads.newcomer": "def f(a, b, c, d, e, f, g, *, h, i):\n    pass"}),
    (many_arguments, {"threads.newcomer": "class A:\n    def f(self, a, b, c, d, e, f, g, h, **i):\n        pass"}),
    (wordless, {"threads.newcomer": "import os"}),
    (wordless, {"threads.newcomer": '"""A newcomer."""\nclass Newcomer:\n    pass'}),
    (namesakes, {"ui.newcomer": "class Slot:\n    pass"}),
    (namesakes, {"ui.one": "class Newcomer:\n    pass", "ui.two": "def f():\n    class Newcomer:\n        pass"}),
    (talkative, {"threads.newcomer": "print(1)"}),
    (talkative, {"threads.newcomer": "import sys\nsys.exit(1)"}),
    (own_threads, {"ui.newcomer": "import threading\nthreading.Thread(target=print).start()"}),
    (own_threads, {"ui.newcomer": "from threading import Thread"}),
    (deaf, {"threads.newcomer": "try:\n    x = 1\nexcept Exception:\n    pass"}),
])
def test_the_rule_bites(rule: Rule, planted: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, text in planted.items():
        (tmp_path / f"{module}.py").write_text(text)
        monkeypatch.setitem(MODULES, module, tmp_path / f"{module}.py")
    assert len(set(rule()) - EXCEPTIONS.get(rule, set())) == 1


def test_as_much_as_is_allowed_is_no_offence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = tmp_path / "newcomer.py"
    planted.write_text("def f(self, a, b, c, d, e, f, g, h):\n" + "    x = 1\n" * (MOST_LINES_OF_A_FUNCTION - 1)
                       + "\n" * (MOST_LINES - MOST_LINES_OF_A_FUNCTION))
    for i in range(MOST_MODULES):
        monkeypatch.setitem(MODULES, f"ui.newcomers.newcomer{i}", planted)
    for rule in (upward, round_about, full, long, many_arguments):
        assert set(rule()) - EXCEPTIONS.get(rule, set()) == set()
