"""Standard input, output and error, even if they are closed, full or use another encoding."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any
from typing import TextIO


def prepare() -> None:
    """Make all three usable: writing to standard error never fails, and an unknown character becomes "?"."""
    for number in range(3):
        _fill(number)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_Stream(None)), "utf-8")
    # Replacements that a test installed are left alone.
    if sys.stdout is None or sys.stdout is sys.__stdout__:
        sys.stdout = _text(sys.stdout, _Stream(_raw(sys.stdout)))
    if sys.stderr is None or sys.stderr is sys.__stderr__:
        sys.stderr = _text(sys.stderr, _Lenient(_raw(sys.stderr)))


def output_lost() -> str:
    """Why standard output cannot be written, as a sentence; empty if it can. Unwritten output is then dropped."""
    error: OSError | None = None
    try:
        sys.stdout.flush()
    except OSError as e:
        error = e
    raw = _raw(sys.stdout)
    error = error or (raw.error if isinstance(raw, _Stream) else None)
    if error is None:
        return ""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # Python itself flushes at its end
    return why(error, "output")


def why(error: OSError, name: str) -> str:
    """The problem of a standard stream, as a sentence."""
    if error.errno == errno.EBADF:
        return f"standard {name} is closed"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk that standard {name} goes to is full"
    return f"standard {name} does not work: {(error.strerror or str(error)).lower()}"


def _fill(number: int) -> None:
    """If a stream is closed, the next opened file would get its number, and the messages of libraries."""
    try:
        os.fstat(number)
    except OSError:
        nothing = os.open(os.devnull, os.O_RDWR)
        if nothing != number:
            os.dup2(nothing, number)
            os.close(nothing)


class _Stream(io.RawIOBase):
    """A stream that remembers its error; a closed one raises it when it is used."""

    def __init__(self, inner: io.RawIOBase | None) -> None:
        self._inner = inner
        self.error: OSError | None = None

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._inner is not None and self._inner.isatty()

    def fileno(self) -> int:
        return self._open().fileno()

    def readinto(self, buffer: Any) -> int:
        self._open()
        return 0

    def write(self, data: Any) -> int | None:
        try:
            return self._open().write(data)
        except OSError as e:
            self.error = e
            raise

    def _open(self) -> io.RawIOBase:
        if self._inner is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return self._inner


class _Lenient(_Stream):
    """Standard error: text that cannot be written is dropped without an error."""

    def write(self, data: Any) -> int | None:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def _raw(stream: TextIO | None) -> io.RawIOBase | None:
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # with PYTHONUNBUFFERED there is no buffer
    return raw if isinstance(raw, io.RawIOBase) else None


def _text(stream: TextIO | None, raw: _Stream) -> TextIO:
    """A text stream with the encoding of another one, or UTF-8."""
    if stream is not None and _raw(stream) is None:
        return stream
    encoding = stream.encoding if stream is not None else "utf-8"
    always = isinstance(raw, _Lenient)
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, "replace", line_buffering=always or raw.isatty(),
                            write_through=always)
