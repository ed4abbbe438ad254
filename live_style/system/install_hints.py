"""Commands that mend an installation, to be pasted into a terminal as they are."""

from __future__ import annotations

import sys
from pathlib import Path


def pip(arguments: str) -> str:
    """pip, of the very Python that runs now: the first one on the path is often another."""
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    if sys.platform == "win32" and python.startswith('"'):
        python = f"& {python}"  # PowerShell takes a quoted path for a text
    return f"{python} -m pip {arguments}"


def again(folder: Path) -> str:
    """Brings back what came with the program in a folder: out of git in a checkout, else out of the wheel."""
    root = folder.resolve().parent
    if (root / ".git").exists():
        return f'Run: git -C "{root}" checkout -- {folder.name}'
    return f"Run: {pip('install --force-reinstall --no-deps live-style')}"
