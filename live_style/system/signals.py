"""Signals that ask the program to end."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


def ending_signals() -> tuple[signal.Signals, ...]:
    """Ctrl-C, a request to end, and that the terminal was closed, unless that is ignored, as after nohup."""
    closed = getattr(signal, "SIGHUP", None) or getattr(signal, "SIGBREAK", None)
    more = (closed,) if closed and signal.getsignal(closed) is not signal.SIG_IGN else ()
    return (signal.SIGINT, signal.SIGTERM, *more)


@contextlib.contextmanager
def interrupts() -> Iterator[list[int]]:
    """Notes each Ctrl-C that raises KeyboardInterrupt: a library that is being imported may turn it into another error.
    """
    came: list[int] = []

    def interrupted(number: int, frame: object) -> None:
        came.append(number)
        raise KeyboardInterrupt

    ours = (threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler)
    if ours:
        signal.signal(signal.SIGINT, interrupted)
    try:
        yield came
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
