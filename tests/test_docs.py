"""The documentation names nothing that does not exist: paths, links, flags, commands, modules, classes, functions."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import live_style
from live_style import settings
from live_style.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "live_style"
if not (ROOT / "docs").is_dir():
    pytest.skip("the tests run outside a checkout", allow_module_level=True)
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "examples").glob("*.md")),
         *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"))]
EXACT = [page for page in PAGES if page.name in ("architecture.md", "glossary.md", "CONTRIBUTING.md")]
"""Pages about the code: each word in code type on them must be in the code."""
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
QUESTIONS = {
    "where does a frame become a painting": ("OnnxStylizer.stylize", "inference/stylizer.py", "Painter"),
    "where would you add an NDI sink": ("Sink", "sinks/", "pipeline/outputs.py", "Outputs.start_vcam"),
    "what happens when the camera is pulled": ("CameraSource.read", "SourceLost", "Source.open", "CameraStatus"),
    "where does a flag become a setting": ("FLAGS", "gather", "cli/options.py", "RunSettings", "PARSERS"),
    "which thread may touch the window": ("Show", "Window.poll", "Window.show"),
}
"""What a newcomer asks, and the names without which the page could not answer."""
DIALECT = re.compile(r"\b(told|mend(s|ed|ing)?|anew|beside|nobody|whoever|wished|afar|unasked|"
                     r"(?<!there )(is|are) none)\b", re.I)
"""Words that a native speaker would not write here; `code` and {code} are left out before they are looked for."""
OTHER_PROGRAMS = frozenset({"flake8", "git", "mypy", "pip", "pre-commit", "python"})
NOT_OURS = frozenset({"config.toml", "[keys]"})


def prose(text: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)


def links(text: str) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", prose(text))


def code_words(text: str) -> Iterator[str]:
    """The words in code type, commands word by word; those of other programs are not ours to check."""
    for code in re.findall(r"`([^`]+)`", prose(text)):
        if code.startswith("live-style "):
            yield code
        elif code.split()[0] not in OTHER_PROGRAMS:
            yield from code.split()


@cache
def code() -> dict[Path, str]:
    files = {*PACKAGE.rglob("*.py"), *(ROOT / "tests").glob("*.py"), *(ROOT / "tests" / "contract").glob("*.py")}
    return {file: file.read_text(encoding="utf-8") for file in files - {Path(__file__).resolve()}}


@cache
def names() -> frozenset[str]:
    """All that the code defines: modules, classes, functions, values; what belongs to a class only as Class.name."""
    found = set()
    for file, text in code().items():
        tree = ast.parse(text)
        found |= {file.stem, *(name for node in tree.body for name in defined(node))}
        for owner in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
            own = {name for node in owner.body for name in defined(node)}
            own |= {name for node in ast.walk(owner) for name in kept_by_self(node)}
            found |= {f"{owner.name}.{name}" for name in own}
    return frozenset(found)


def targets(node: ast.AST) -> list[ast.expr]:
    """What a statement gives a value to."""
    if isinstance(node, ast.Assign):
        nested = (target.elts if isinstance(target, ast.Tuple) else [target] for target in node.targets)
        return [part for group in nested for part in group]
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def defined(node: ast.AST) -> set[str]:
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return {node.name}
    return {part.id for part in targets(node) if isinstance(part, ast.Name)}


def kept_by_self(node: ast.AST) -> set[str]:
    return {part.attr for part in targets(node) if isinstance(part, ast.Attribute)
            and isinstance(part.value, ast.Name) and part.value.id == "self"}


def is_there(word: str) -> bool:
    """Whether a word in code type names something that exists."""
    if word in NOT_OURS:
        return True
    if word.startswith("live-style "):
        return command_is_there(word.split()[1:])
    if word.startswith("--"):
        places = [text for file, text in code().items() if PACKAGE / "cli" in file.parents]
        return any(re.search(rf'["\s]{re.escape(word)}["\s:/]', text) for text in (*places, gate()))
    if word.startswith("LIVE_STYLE_"):
        field = word.removeprefix("LIVE_STYLE_").lower()
        return field in settings.PARSERS or any(word in text for text in (*code().values(), gate()))
    if "/" in word or Path(word).suffix in (".py", ".md", ".cfg", ".txt", ".in", ".yaml"):
        return any((folder / word).exists() for folder in (ROOT, PACKAGE))
    return word in names() or f"\n    {word}: " in setup()


def command_is_there(words: list[str]) -> bool:
    if words[0] == "styles" and words[1:]:
        return (PACKAGE / "cli" / "styles" / f"{words[1].replace('import', 'import_')}.py").exists()
    return words[0] in COMMANDS or words[0] == "--version"


def texts(source: str) -> Iterator[tuple[int, str]]:
    """The messages, docstrings and comments of a module, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def dialect(text: str) -> list[str]:
    """The words of DIALECT in a text."""
    return [found[0] for found in DIALECT.finditer(re.sub(r"`[^`]*`|\bNone\b", "", text))]


def gate() -> str:
    return (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def setup() -> str:
    """Where the marks of tests are declared."""
    return (ROOT / "setup.cfg").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in links(page.read_text(encoding="utf-8")):
        file = target.partition("#")[0]
        assert target.startswith("https://") or (page.parent / file).exists(), target


@pytest.mark.parametrize("page", EXACT, ids=lambda page: page.name)
def test_what_stands_in_code_type_exists(page: Path) -> None:
    words = set(code_words(page.read_text(encoding="utf-8")))
    assert len(words) > 20
    assert {word for word in words if not is_there(word)} == set()


@pytest.mark.parametrize("word", ["Painters", "Painter.sing", "inference/nowhere.py", "--no-such-flag", "Show.mixers",
                                  "LIVE_STYLE_NOWHERE", "live-style sing", "live-style styles sing", "nowhere.md"])
def test_the_check_bites(word: str) -> None:
    assert list(code_words(f"See `{word}`.")) == [word]
    assert not is_there(word)


def test_messages_docstrings_and_comments_are_plain_english() -> None:
    files = list(PACKAGE.rglob("*.py"))
    assert len(files) > 200
    found = [f"{file.relative_to(PACKAGE)}:{line} {word}" for file in files
             for line, text in texts(file.read_text(encoding="utf-8")) for word in dialect(text)]
    assert found == []


def test_docstrings_of_tests_are_plain_english() -> None:
    found = [f"{file.relative_to(ROOT)} {word}" for file in (ROOT / "tests").rglob("*.py")
             for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
             if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
             for word in dialect(ast.get_docstring(node) or "")]
    assert found == []


PLAIN = [*PAGES, *(ROOT / name for name in ("README.md", "benchmarks/README.md", "styles/README.md")),
         *(PACKAGE / "remote" / "page" / "static" / name for name in ("index.html", "app.js"))]


@pytest.mark.parametrize("page", PLAIN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_are_plain_english(page: Path) -> None:
    assert dialect(prose(page.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("planted", ['"""A value that is told."""', 'raise ValueError(f"{name} is none of ours")',
                                     "x = 1  # whoever reads it", 'help = "Mend that line."'])
def test_the_check_for_plain_english_bites(planted: str) -> None:
    assert [word for _, text in texts(planted) for word in dialect(text)] != []


def test_code_and_the_value_none_are_not_words() -> None:
    assert dialect("`told` is a value; variable sides are None; there is none") == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_architecture_page_can_answer(question: str) -> None:
    words = set(code_words(ARCHITECTURE))
    assert set(QUESTIONS[question]) <= words
    assert all(map(is_there, QUESTIONS[question]))


def test_every_folder_is_on_the_architecture_page() -> None:
    folders = {f"{folder.name}/" for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file()}
    assert folders <= set(code_words(ARCHITECTURE.partition("## The folders")[2]))


def test_the_glossary_has_one_line_for_a_word() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| ([a-z][^|]*?) \|", text.replace("| word |", "|      |"), flags=re.M)
    assert len(words) == len(set(words)) > 50


def test_the_changelog_has_this_version() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = live_style.__version__.split(".dev")[0]
    assert re.search(rf"^## {re.escape(version)}\b", changes, flags=re.M)


def test_the_workflow_runs_every_python_that_is_promised() -> None:
    promised = re.findall(r"Python :: (3\.\d+)$", setup(), flags=re.M)
    workflow = (ROOT / ".github" / "workflows" / "gate.yml").read_text(encoding="utf-8")
    matrices = re.findall(r"python: \[(.*)\]", workflow)
    assert len(matrices) == 2
    assert all(re.findall(r'"([\d.]+)"', matrix) == promised for matrix in matrices)
    assert ".ci/run" in workflow and "python -m pytest" in workflow


def test_a_bug_report_asks_for_the_doctors_word() -> None:
    form = (ROOT / ".github" / "ISSUE_TEMPLATE" / "bug.yml").read_text(encoding="utf-8")
    assert "`live-style doctor --json`" in form


def test_the_hooks_are_local() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"repo: (\S+)", hooks)) == {"local"}
