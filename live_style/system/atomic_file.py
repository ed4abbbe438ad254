"""Atomic files: a file appears under its name when all of it is written, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

PARTS = ".live-style-*.part"
"""Name of unfinished files; each has a random number."""


def write_whole(path: Path, data: bytes, fresh: bool = False) -> None:
    """Write these bytes, replacing an existing file; creates the folder. Raises OSError and then leaves nothing behind.

    `fresh`: raises FileExistsError if a file of this name exists, even one that was just created. A pipe or a device,
    such as /dev/stdout, is written to; it is never replaced.
    """
    if not fresh and is_special(path):
        with open(path, "wb") as special:
            special.write(data)
        return
    part = path.parent / PARTS.replace("*", secrets.token_hex(8))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as e:  # it is a file
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path.parent) from e
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    with open(part, "xb") as file:  # a file that was not created here is not removed below
        try:
            file.write(data)
            file.close()
            give_name(part, path, fresh)
        finally:
            with contextlib.suppress(OSError):
                file.close()
            with contextlib.suppress(OSError):
                part.unlink()


def is_special(path: Path) -> bool:
    """Whether it is there but is neither a file nor a folder: a pipe, a socket or a device."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def give_name(part: Path, path: Path, fresh: bool) -> None:
    """Give a finished file its name; `fresh`: raises FileExistsError if it is taken. Raises OSError."""
    if fresh:
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:  # FAT has no hard links
            if os.path.lexists(path):
                raise FileExistsError(path) from None
        else:
            part.unlink()
            return
    os.replace(part, path)
