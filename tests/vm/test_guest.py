"""Runs the guest_*.py of this folder in a small machine with a real camera to pull and a real virtual camera.

LIVE_STYLE_WEBCAM_VM names the program that runs a command in that machine: a V4L2 camera (the kernel's vivid) at
/dev/video0, v4l2loopback at /dev/video10, this machine's files, `--out DIR` to write to, `--timeout SECONDS`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = os.environ.get("LIVE_STYLE_WEBCAM_VM", "")
HERE = Path(__file__).parent
CONTRACT = HERE.parent / "contract" / "test_sources.py"


@pytest.mark.webcam_vm
@pytest.mark.skipif(not os.access(SCRIPT, os.X_OK), reason="LIVE_STYLE_WEBCAM_VM names no webcam-vm.sh")
@pytest.mark.parametrize("tests", [
    pytest.param(["guest_camera.py", str(CONTRACT), "-k", "camera"], id="camera"),
    pytest.param(["guest_virtual_camera.py"], id="virtual camera"),
    pytest.param(["guest_show.py"], id="show"),
])
def test_in_the_guest(tests: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rA", str(HERE / tests[0]), *tests[1:]]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run([SCRIPT, "--timeout", "580", "--out", str(tmp_path), "--", *command],
                          capture_output=True, text=True, env={**os.environ, "PATH": path})
    print(done.stdout[-8000:], done.stderr[-2000:])
    assert done.returncode == 0
    assert " passed" in done.stdout
