"""Lines of text that fit a terminal, bold or in colour if it supports that."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from typing import Any

import click


def columns() -> int:
    """Columns to write in: those of the terminal, within reason, or 80 without one."""
    return min(100, max(40, shutil.get_terminal_size((80, 24)).columns))


def wrapped(text: str, indent: int = 0, first: int | None = None) -> str:
    """Wrapped and indented lines of text; `first` columns of the first line are already taken."""
    before = " " * (indent if first is None else first)
    lines = textwrap.wrap(before + text, columns(), subsequent_indent=" " * indent, break_long_words=False,
                          break_on_hyphens=False)
    return "\n".join(lines)[0 if first is None else first:]


def styled(text: str, **how: Any) -> str:
    """Text in colours or bold, if the terminal supports them."""
    return click.style(text, **how) if colorful() else text


def colorful() -> bool:
    """Whether standard output is a terminal with colours, and the user wants them."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
