"""A whole file: under its name when all of it is written, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

PARTS = ".live-style-*.part"
"""How half written files are called; each has a number that nobody else draws."""


def write_whole(path: Path, data: bytes, fresh: bool = False) -> None:
    """Write these bytes, also over a file that is there; makes the folder. Raises OSError and leaves nothing behind.

    `fresh`: FileExistsError where there is a file of this name, even one that came into being a moment ago.
    """
    part = path.with_name(PARTS.replace("*", secrets.token_hex(8)))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as e:  # it is a file
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path.parent) from e
    with open(part, "xb") as file:  # what is not made here is not removed below
        try:
            file.write(data)
            file.close()
            give_name(part, path, fresh)
        finally:
            with contextlib.suppress(OSError):
                file.close()
            with contextlib.suppress(OSError):
                part.unlink()


def give_name(part: Path, path: Path, fresh: bool) -> None:
    """Call a whole file by its name; `fresh`: FileExistsError where that is taken. Raises OSError."""
    if fresh:
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:  # FAT has no second names
            if os.path.lexists(path):
                raise FileExistsError(path) from None
        else:
            part.unlink()
            return
    os.replace(part, path)
