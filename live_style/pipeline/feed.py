"""A feed: one sink with a slot and a thread of its own, so that no sink slows another or the show."""

from __future__ import annotations

import logging
import threading

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.interfaces import Sink
from live_style.interfaces import SinkInfo
from live_style.telemetry.trace import of_frame
from live_style.telemetry.trace import span
from live_style.threads.slot import Slot
from live_style.threads.worker import Worker
from live_style.threads.worker import note

_LOG = logging.getLogger(__name__)
STOP_SECONDS = 5.0
"""How long `stop` waits for a sink to finish."""


class Feed:
    """Brings the newest frame to a sink. One thread starts and stops it; any thread may call `put`, which never waits.

    An error is kept in `failure` and ends this feed only.
    """

    def __init__(self, sink: Sink, size: Size, fps: float) -> None:
        self.opened = threading.Event()
        """Set when the sink is open, or could not be opened; then `failure` has the reason."""
        self.failure: SinkError | None = None
        self._sink, self._size, self._fps = sink, size, fps
        self._slot: Slot[Frame] = Slot()
        self._written = self._repeated = 0
        self._worker = Worker(f"feed {sink.label}", lambda stopping: self._run())

    def start(self) -> None:
        """Open the sink and begin to write, in the feed's own thread; `opened` is set when that succeeded or failed."""
        self._worker.start()

    def put(self, frame: Frame) -> None:
        """Leave a frame, in place of one that was not yet written; ignored after a failure or `stop`."""
        self._slot.put(frame)

    def finish(self) -> None:
        """Have the rest written and the sink closed, by the feed's own thread; then `ended` is true."""
        self._slot.close()

    @property
    def ended(self) -> bool:
        """Whether the feed has ended."""
        return self._worker.ended

    def give_up(self, seconds: float) -> None:
        """Give up after this many seconds: if it still hangs, `failure` says so and the thread is abandoned."""
        if not self.ended and self.failure is None:
            self.failure = SinkError(f"{self._sink.label} did not finish within {seconds:g} s",
                                     "Check its disk or device; its last frames may be lost.")

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Finish, and wait for this long at most."""
        self.finish()
        self.wait(timeout)
        self.give_up(timeout)

    def wait(self, timeout: float) -> None:
        """Wait until it has ended, this long at most."""
        self._worker.wait(timeout)

    @property
    def watched(self) -> bool:
        """Whether its output is watched."""
        return self._sink.watched

    @property
    def info(self) -> SinkInfo:
        """What the sink was given so far, and its failure, if any."""
        return SinkInfo(self._sink.label, self._written, self._repeated, self._slot.dropped,
                        self.failure.cause if self.failure else None)

    def _run(self) -> None:
        try:
            self._sink.open(self._size, self._fps)
            _LOG.info("%s is open", self._sink.label)
            self.opened.set()
            self._pump()
        except Exception as e:
            self._fail(e)
        try:
            self._sink.close()
        except Exception as e:
            self._fail(e)
        self._slot.close()
        self.opened.set()
        _LOG.info("%s has ended: %s", self._sink.label, self.info)

    def _pump(self) -> None:
        last: Frame | None = None
        while True:
            closed = self._slot.closed  # asked before taking: what lies in a closed slot is still written
            frame = self._slot.take(self._sink.repeat_after)
            if frame is not None:
                of_frame(frame.number)
                with span("write"):
                    self._sink.write(frame)
                self._written += 1
                last = frame
            elif closed:
                return
            elif last is not None and not self._slot.closed and self._sink.watched:
                self._sink.write(last)
                self._repeated += 1

    def _fail(self, error: Exception) -> None:
        note(error)
        if self.failure is not None:
            return
        if not isinstance(error, SinkError):
            # A bug here or in a driver; it ends this feed, and the show continues.
            cause = f"{self._sink.label} stopped unexpectedly: {type(error).__name__}: {error}"
            known, error = error, SinkError(cause, "Start it again; please report this.")
            error.__cause__ = known
        self.failure = error
