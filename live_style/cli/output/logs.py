"""Crash files and the log: a file for each bug, and the log on standard error if the user asks for it."""

from __future__ import annotations

import contextlib
import errno
import itertools
import logging
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from live_style import __version__
from live_style.redact import without_secrets
from live_style.system import paths

MOST = 10
"""The most crash files that one run writes."""
_LOG = logging.getLogger("live_style")
_NO_MEMORY = (errno.ENOMEM, errno.EAGAIN)
"""EAGAIN: there is no memory for one more thread."""
_NO_MEMORY_SAID = ("bad_alloc", "failed to map segment", "annot allocate memory", "Failed to allocate memory",
                   "Insufficient memory", "can't start new thread", "cannot create thread")
"""Messages of libraries that have no error type for it."""
_NO_DISK = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk is full",
            errno.EIO: "a disk is failing", errno.EROFS: "a disk is read-only"}


def from_outside(error: BaseException) -> tuple[str, str] | None:
    """Cause and cure of an error of the system, such as a full memory or disk; None: the error is a bug."""
    one: BaseException | None = error
    while one is not None:
        number = getattr(one, "errno", None)
        if isinstance(one, MemoryError) or number in _NO_MEMORY or any(words in str(one) for words in _NO_MEMORY_SAID):
            return "the computer is out of memory", "Close other programs, or work at a smaller size."
        if isinstance(one, OSError) and number in _NO_DISK:
            where = f": {one.filename}" if one.filename else ""
            return f"{_NO_DISK[number]}{where}", "Free some space, or use another disk."
        one = one.__cause__ or one.__context__
    return None


class CrashFiles(logging.Handler):
    """Writes a file for each bug that is logged, once for each place in the code."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.untold: list[Path] = []
        """Files that were not yet reported to the user."""
        self._files: dict[object, Path | None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record's error to a file, if it is a bug."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, Exception) and from_outside(error) is None:
            file = self.save(error)
            if file is not None and file not in self.untold:
                self.untold.append(file)

    def save(self, error: Exception) -> Path | None:
        """The file of an error; None where none can be written."""
        *_, place = (None, *traceback.walk_tb(error.__traceback__))
        key = type(error), place and (place[0].f_code, place[1])
        if key not in self._files and len(self._files) < MOST:
            self._files[key] = _written(error, len(self._files))
        return self._files.get(key)


def _written(error: Exception, number: int) -> Path | None:
    text = (f"live-style {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
            f"arguments: {sys.argv[1:]}\n\n{''.join(traceback.format_exception(error))}")
    name = time.strftime("crash-%Y%m%d-%H%M%S")
    folders = paths.log_folder(), Path(tempfile.gettempdir())
    for folder, place in itertools.product(folders, range(number, number + MOST)):
        file = folder / f"{name}{f'-{place + 1}' if place else ''}.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Never over the file of another show, nor where a link leads that somebody laid in a folder of all.
            with file.open("x", encoding="utf-8", errors="backslashreplace") as fresh:
                fresh.write(without_secrets(text))
            return file
        except OSError:
            continue
    return None


@contextlib.contextmanager
def logged_to(handler: logging.Handler, level: int = logging.NOTSET) -> Iterator[None]:
    """The log goes to a handler too."""
    before = _LOG.level
    _LOG.addHandler(handler)
    _LOG.setLevel(level or before)
    try:
        yield
    finally:
        _LOG.removeHandler(handler)
        _LOG.setLevel(before)


def on_standard_error() -> contextlib.AbstractContextManager[None]:
    """Everything that is logged, a line each, goes to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_WithoutSecrets("%(asctime)s %(threadName)s: %(message)s", "%H:%M:%S"))
    return logged_to(handler, logging.DEBUG)


class _WithoutSecrets(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))
