"""A file that keeps what it was given: on the disk within a second, and never a torn end after an error."""

from __future__ import annotations

import os
import threading
from pathlib import Path

SYNC_SECONDS = 1.0
"""How much may be lost when the machine dies; the system alone would keep up to 30 s in memory."""


class Disk:
    """A new file, written in whole pieces; `mark` says that all up to here makes sense on its own.

    After an error nothing is written any more, not even by a muxer that wants to finish, and `close` cuts the
    file back to the last mark. Its methods raise OSError; FileExistsError when the file is there already.
    """

    def __init__(self, path: Path) -> None:
        self._file = open(path, "xb", buffering=0)
        self.kept = 0
        """Bytes up to the last mark."""
        self._error: OSError | None = None
        self._done = threading.Event()
        # fsync takes 1 to 240 ms (measured on a busy virtual disk), a frame takes 33: nobody waits for it.
        self._syncing = threading.Thread(target=self._sync, name="disk sync", daemon=True)
        self._syncing.start()

    def write(self, data: bytes) -> int:
        """Write all of it, or raise."""
        if self._error is not None:
            raise self._error
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view):]
        except OSError as e:
            self._error = e
            raise
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place in the file."""
        return self._file.tell()

    def mark(self) -> None:
        """All that is in the file now is worth keeping."""
        if self._error is None:
            self.kept = os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        """Let go of the file, whole on the disk or cut back to the last mark; raises what went wrong."""
        self._done.set()
        self._syncing.join()
        if self._file.closed:
            return
        with self._file:
            if self._error is not None:
                self._file.truncate(self.kept)
            os.fsync(self._file.fileno())
        if self._error is not None:
            raise self._error

    def _sync(self) -> None:
        while not self._done.wait(SYNC_SECONDS):
            try:
                os.fsync(self._file.fileno())
            except OSError as e:
                self._error = e
                return
