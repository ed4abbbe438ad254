"""A durable file: its data is on the disk within a second, and its end is never torn after an error."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from pathlib import Path

from live_style.errors import SinkError
from live_style.threads.worker import Worker

SYNC_SECONDS = 1.0
"""Seconds of data that a power cut may lose; the system alone would keep up to 30 s in memory."""


class DurableFile:
    """A new file, written in pieces; `mark` says that everything so far is valid on its own.

    After an error nothing is written any more, not even by a muxer that wants to finish, and `close` cuts the
    file back to the last mark. Its methods raise OSError; FileExistsError when the file is there already.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = open(path, "xb", buffering=0)
        self.kept = 0
        """Bytes up to the last mark."""
        self.error: OSError | None = None
        """The first error; libav does not pass it on."""
        # fsync takes 1 to 240 ms (measured on a busy virtual disk), a frame takes 33: no other thread waits for it.
        self._syncing = Worker("disk sync", self._sync)
        self._syncing.start()

    def write(self, data: bytes) -> int:
        """Write all of it, or raise."""
        if self.error is not None:
            raise self.error
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view):]
        except OSError as e:
            self.error = e
            raise
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place in the file."""
        return self._file.tell()

    def mark(self) -> None:
        """Everything in the file now is valid."""
        if self.error is None:
            self.kept = os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        """Close the file, complete on the disk or cut back to the last mark; raises the first error."""
        self._syncing.stop(threading.TIMEOUT_MAX)
        if self._file.closed:
            return
        with self._file:
            if self.error is not None:
                self._file.truncate(self.kept)
            os.fsync(self._file.fileno())
        if self.error is not None:
            raise self.error

    def discard(self) -> None:
        """Close the file and remove it; raises nothing, since it is called after another error."""
        with contextlib.suppress(OSError):
            self.close()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _sync(self, stopping: threading.Event) -> None:
        while not stopping.wait(SYNC_SECONDS):
            try:
                os.fsync(self._file.fileno())
            except OSError as e:
                self.error = e
                return


FULL = "the disk is full"
_REASONS = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EFBIG: "the disk does not support larger files",
            errno.EACCES: "you have no permission to write there", errno.EPERM: "you have no permission to write there",
            errno.EROFS: "you have no permission to write there", errno.ENOTDIR: "the folder does not exist",
            errno.ENAMETOOLONG: "its name is too long", errno.ENOMEM: "the computer is out of memory"}


def why(error: BaseException) -> str:
    """The reason of a disk error, in a few lower-case words."""
    known = _REASONS.get(getattr(error, "errno", None) or 0)
    return known or str(getattr(error, "strerror", None) or error or type(error).__name__).lower()


def cannot_write(file: Path, error: BaseException) -> SinkError:
    """The error for a file that cannot be written."""
    reason = why(error)
    cures = {FULL: "Free some space on that disk", _REASONS[errno.ENOMEM]: "Close other programs"}
    return SinkError(f"{file} cannot be written: {reason}",
                     f"{cures.get(reason, 'Check the folder and its permissions')}; --resume continues from there.")
