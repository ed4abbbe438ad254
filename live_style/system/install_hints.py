"""Commands that repair an installation, to be pasted into a terminal."""

from __future__ import annotations

import sys
from pathlib import Path


def pip(arguments: str) -> str:
    """A command for the pip of the running Python: the one on the path often belongs to another."""
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    if sys.platform == "win32" and python.startswith('"'):
        python = f"& {python}"  # PowerShell would read a quoted path as text
    return f"{python} -m pip {arguments}"


def again(folder: Path) -> str:
    """Restores the included files of a folder: from git in a checkout, else from the wheel."""
    root = folder.resolve().parent
    if (root / ".git").exists():
        return f'Run: git -C "{root}" checkout -- {folder.name}'
    return f"Run: {pip('install --force-reinstall --no-deps live-style')}"
