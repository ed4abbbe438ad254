"""A lock file that is released when its process ends, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO


class LockTaken(Exception):
    """Another process, or another part of this one, has the lock."""


class Lock:
    """A locked file, created if it is missing. Raises Taken at once if another process has it, or OSError."""

    def __init__(self, file: Path) -> None:
        self._path = file
        while True:
            # Not "w": the text of another owner must stay.
            self.file: IO[bytes] = open(file, "a+b")
            try:
                _take(self.file)
                if self._is_there():
                    return
            except BaseException:
                self.file.close()
                raise
            self.file.close()  # its last owner removed it before we had it

    def remove(self) -> None:
        """Release the lock and remove its file; raises OSError."""
        if sys.platform == "win32":
            self.file.close()
            self._path.unlink()
            return
        try:
            self._path.unlink()
        finally:
            self.file.close()

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self.file.fileno()), os.stat(self._path))
        except FileNotFoundError:
            return False


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        file.seek(1 << 20)  # other processes cannot read a locked range: lock it beyond the text
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as e:
            raise LockTaken from e
else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            raise LockTaken from e
        except OSError:
            return  # a file system without locks: owners cannot be detected
