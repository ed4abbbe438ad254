"""Starts guest_show.py in the webcam-vm guest, where a real camera and a real virtual camera are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = os.environ.get("LIVE_STYLE_WEBCAM_VM", "")


@pytest.mark.webcam_vm
@pytest.mark.skipif(not os.access(SCRIPT, os.X_OK), reason="LIVE_STYLE_WEBCAM_VM names no webcam-vm.sh")
def test_a_show_in_the_guest(tmp_path: Path) -> None:
    tests = Path(__file__).with_name("guest_show.py")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rA", str(tests)]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run([SCRIPT, "--timeout", "540", "--out", str(tmp_path), "--", *command],
                          capture_output=True, text=True, env={**os.environ, "PATH": path})
    print(done.stdout[-8000:], done.stderr[-2000:])
    assert done.returncode == 0
    assert " passed" in done.stdout
