"""Starts guest_camera.py in the webcam-vm guest, where a real V4L2 camera is that can be pulled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = os.environ.get("LIVE_STYLE_WEBCAM_VM", "")
GUEST = Path(__file__).with_name("guest_camera.py")
CONTRACT = Path(__file__).parents[1] / "test_sources.py"


@pytest.mark.webcam_vm
@pytest.mark.skipif(not os.access(SCRIPT, os.X_OK), reason="LIVE_STYLE_WEBCAM_VM names no webcam-vm.sh")
def test_camera_in_the_guest(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rA", "--durations=0",
               str(GUEST), str(CONTRACT), "-k", "camera"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run([SCRIPT, "--timeout", "580", "--out", str(tmp_path), "--", *command],
                          capture_output=True, text=True, env={**os.environ, "PATH": path})
    print(done.stdout[-8000:], done.stderr[-2000:])
    assert done.returncode == 0
    assert " passed" in done.stdout
