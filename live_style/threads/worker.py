"""A stage: a thread of the show that keeps its failure for whoever waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context


class Stage:
    """Runs `work(stopping)` in a thread until it returns or `stop` is called.

    What it raises is data: kept in `failure`, to be raised again on the main thread.
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
        except BaseException as e:  # kept, and raised again by whoever calls check()
            self.failure = e

    @property
    def started(self) -> bool:
        """Whether it was ever begun."""
        return self._thread.ident is not None

    @property
    def ended(self) -> bool:
        """Whether it has ended, or was never begun."""
        return not self._thread.is_alive()

    def check(self) -> None:
        """Raise what ended the thread, if anything did."""
        if self.failure is not None:
            raise self.failure

    def stop(self, patience: float = 5.0) -> bool:
        """Ask it to end and wait; False when it still hangs in a driver after `patience` seconds."""
        self.stopping.set()
        if self.started:
            self._thread.join(patience)
        return self.ended
