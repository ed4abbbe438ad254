"""A feed: one sink behind one slot, with one thread of its own: no sink slows another or the show."""

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
    """Brings the newest frame to a sink. One thread starts and stops it, any may `put`, which never waits.

    What goes wrong is kept in `failure` and ends this feed only.
    """

    def __init__(self, sink: Sink, size: Size, fps: float) -> None:
        self.opened = threading.Event()
        """Set when the sink is open, or could not be opened: then `failure` says why."""
        self.failure: SinkError | None = None
        self._sink, self._size, self._fps = sink, size, fps
        self._slot: Slot[Frame] = Slot()
        self._written = self._repeated = 0
        self._worker = Worker(f"feed {sink.label}", lambda stopping: self._run())

    def start(self) -> None:
        """Open the sink and begin to write, in the feed's own thread; `opened` tells when that is decided."""
        self._worker.start()

    def put(self, frame: Frame) -> None:
        """Leave a frame in place of one the sink had no time for; ignored after a failure or `stop`."""
        self._slot.put(frame)

    def finish(self) -> None:
        """Have what is left written and the sink closed, by the feed's own thread: `ended` tells when that is done."""
        self._slot.close()

    @property
    def ended(self) -> bool:
        """Whether nothing is being done any more."""
        return self._worker.ended

    def give_up(self, seconds: float) -> None:
        """Wait no longer, after so many seconds: if it still hangs, `failure` says so and the thread is left."""
        if not self.ended and self.failure is None:
            self.failure = SinkError(f"{self._sink.label} did not finish within {seconds:g} s",
                                     "Check its disk or device; its last frames may be lost.")

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Finish and wait for that, so long at most."""
        self.finish()
        self.wait(timeout)
        self.give_up(timeout)

    def wait(self, timeout: float) -> None:
        """Wait until it has ended, so long at most."""
        self._worker.wait(timeout)

    @property
    def watched(self) -> bool:
        """Whether somebody sees what is fed."""
        return self._sink.watched

    @property
    def info(self) -> SinkInfo:
        """What the sink was given so far, and why it failed if it did."""
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
            # A fault of ours or of a driver; it ends this feed, and the show goes on.
            cause = f"{self._sink.label} stopped unexpectedly: {type(error).__name__}: {error}"
            known, error = error, SinkError(cause, "Start it again; please report this.")
            error.__cause__ = known
        self.failure = error
