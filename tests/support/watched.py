"""A program under watch: which files it makes or opens for writing, and whom it talks to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

CALLS = ("open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat,"
         "socket,connect,bind,sendto,sendmsg,sendmmsg")
SYSTEM = ("/dev/", "/proc/", "/sys/")
"""Devices and the kernel's own files: nothing that is kept."""
RESOLVER = ("/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/gai.conf")
"""What is read when a name is looked up."""
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|\b(?:creat|mk\w+|rename\w*|link\w*|symlink\w*)\(")
_PATHS = re.compile(r'(?:<([^<>"]*)>, )?"([^"]*)"')


class Watched(NamedTuple):
    """What a program did."""

    made: frozenset[Path]
    """Files and folders, but for those of the system."""
    talk: tuple[str, ...]
    """Calls that have to do with IPv4, IPv6 or the name of a computer."""
    errors: str
    """What it said."""


def watch(command: list[str], home: Path, folder: Path) -> Watched:
    """Run a Python program (`-m live_style run ...`) in `folder` with a home of its own, watched by strace."""
    log, place = home / "strace.log", {"HOME": str(home), "TMPDIR": str(home / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
    (home / "tmp").mkdir()
    strace = ["strace", "-f", "-qq", "-y", "--seccomp-bpf", "-o", str(log), "-e", f"trace={CALLS}"]
    known = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "LIVE_STYLE_"))}
    done = subprocess.run([*strace, sys.executable, *command], env=known | place, cwd=folder, capture_output=True,
                          text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    lines = log.read_text(errors="replace").splitlines()
    made = {path for line in lines if _WRITES.search(line) and "= -1 E" not in line for path in _paths(line, folder)}
    talk = [line for line in lines if "AF_INET" in line or any(file in line for file in RESOLVER)]
    return Watched(frozenset(path for path in made if not str(path).startswith(SYSTEM)), tuple(talk), done.stderr)


def _paths(line: str, folder: Path) -> list[Path]:
    arguments = line.partition("(")[2].rpartition(" = ")[0] or line.partition("(")[2]
    return [Path(os.path.normpath(folder / (base or "") / name)) for base, name in _PATHS.findall(arguments)]
