"""A disk that a test can fill."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def disk_of_size(folder: Path, size: str) -> Iterator[Path]:
    """A new folder that holds no more than `size`, as tmpfs takes it; the test is skipped where none can be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here (it takes Linux and root)")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
