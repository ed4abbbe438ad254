"""A worker: a thread that logs its failure and keeps it for other threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextvars import copy_context

from live_style.errors import LiveStyleError

_LOG = logging.getLogger(__name__)


def note(error: BaseException) -> None:
    """Log an error of this thread: with its traceback, unless it is one that a user can fix."""
    if isinstance(error, LiveStyleError):
        _LOG.warning("%s", error.cause)
    else:
        _LOG.error("unexpected %s", type(error).__name__, exc_info=error)


class Worker:
    """Runs `work(stopping)` in a thread until it returns or `stop` is called.

    An error that it raises is logged, and kept in `failure` to be raised again in the main thread. Errors that shall
    not end the thread are caught by its work and given to `note`. A daemon: a hanging driver cannot block the exit.
    """

    def __init__(self, name: str, work: Callable[[threading.Event], None]) -> None:
        self.failure: BaseException | None = None
        self.stopping = threading.Event()
        self._work = work
        self._thread = threading.Thread(target=copy_context().run, args=(self._run,), name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work(self.stopping)
        except BaseException as e:  # kept, and raised again by check()
            note(e)
            self.failure = e

    @property
    def started(self) -> bool:
        """Whether it was ever started."""
        return self._thread.ident is not None

    @property
    def ended(self) -> bool:
        """Whether it has ended, or was never started."""
        return not self._thread.is_alive()

    def check(self) -> None:
        """Raise the error that ended the thread, if any."""
        if self.failure is not None:
            raise self.failure

    def stop(self, patience: float = 5.0) -> bool:
        """Ask it to stop and wait; False if it still hangs in a driver after `patience` seconds."""
        self.stopping.set()
        return self.wait(patience)

    def wait(self, patience: float) -> bool:
        """Wait for its end for up to this many seconds; returns whether it ended."""
        if self.started:
            self._thread.join(patience)
        return self.ended
