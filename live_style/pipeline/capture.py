"""Capture: the thread that reads a source, and opens it again if it is lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from live_style.errors import SourceEnded
from live_style.errors import SourceError
from live_style.errors import SourceLost
from live_style.frame import Frame
from live_style.frame import Size
from live_style.imaging.geometry import Fit
from live_style.imaging.geometry import fit
from live_style.interfaces import Source
from live_style.telemetry.meter import Meter
from live_style.telemetry.trace import of_frame
from live_style.telemetry.trace import span
from live_style.threads.slot import Slot
from live_style.threads.worker import Worker

_LOG = logging.getLogger(__name__)
SILENCE = 2.0
"""Seconds without a new frame after which a source counts as lost."""
DOZE, NAP = 1.5, 0.03
"""Seconds between pictures while the output is unwatched, and between checks of that."""
STALE = 2
"""Pictures to skip after a pause: a driver has kept old ones."""
RETRY = 0.4
"""Seconds between attempts to open a lost source again."""


class Capture:
    """Leaves the newest frame of a source, fitted to the show's size, in `frames`.

    The source is open already. A lost one is closed at once (an open handle would make a camera come back under another
    number) and opened again until it is back.
    """

    def __init__(self, source: Source, size: Size, how: Fit = "crop",
                 resting: Callable[[], bool] = lambda: False) -> None:
        """`resting`: whether the output is unwatched: then a picture is read now and then, to check that the source
        works.
        """
        self.frames: Slot[Frame] = Slot()
        self.meter = Meter()
        """Frames by arrival, with the milliseconds that fitting took."""
        self.reconnects = 0
        self.rested = 0.0
        """Seconds spent resting."""
        self.trouble: SourceError | None = None
        """The error of a lost source; None while it delivers."""
        self.newest: Frame | None = None
        """The last frame, fitted; only for the person at the show."""
        self._source, self._size, self._how, self._resting = source, size, how, resting
        self._following: Slot[Source] = Slot()
        self._newest = time.perf_counter()
        self._worker = Worker("capture", self._work)

    def start(self) -> None:
        """Begin to read."""
        self._newest = time.perf_counter()
        self._worker.start()

    def check(self) -> None:
        """Raise what ended the thread, if anything did."""
        self._worker.check()

    def silence(self, now: float) -> float:
        """Seconds since the last new frame, whatever the reason."""
        return max(0.0, now - self._newest)

    def lost(self, now: float) -> bool:
        """Whether the source is lost: it raised an error, or it hangs."""
        return self.trouble is not None or self.silence(now) > SILENCE

    def dark(self, now: float) -> bool:
        """Whether the source has been sending black pictures for a while."""
        since = self._source.dark_since
        return since is not None and now - since > SILENCE

    def stop(self) -> bool:
        """Stop the thread and close the source; False if it hangs in a driver."""
        self.frames.close()
        if not self._worker.started:
            self._source.close()
        return self._worker.stop()

    def switch(self, source: Source) -> None:
        """Go on with another source, which is open; the old one is closed. Any thread may call it."""
        self._following.put(source)

    @property
    def source(self) -> Source:
        """The source that is read."""
        return self._source

    def _follow(self) -> None:
        source = self._following.take(0.0)
        if source is not None:
            self._source.close()
            self._source, self.trouble, self._newest = source, None, time.perf_counter()
            _LOG.info("from now on %s", source.label)

    def _work(self, stopping: threading.Event) -> None:
        try:
            while not stopping.is_set():
                self._follow()
                try:
                    frame = self._read(stopping)
                    of_frame(frame.number)
                    self._deliver(frame)
                except SourceLost as e:
                    self.trouble = e
                    _LOG.warning("lost: %s", e.cause)
                    self._source.close()
                    self._reopen(stopping)
        except SourceEnded:
            self.frames.close()
        finally:
            self._follow()
            self._source.close()

    def _read(self, stopping: threading.Event) -> Frame:
        asleep, began = False, time.perf_counter()
        while self._resting() and time.perf_counter() < began + DOZE and not stopping.is_set():
            asleep = True
            stopping.wait(NAP)
        if asleep:
            self.rested += time.perf_counter() - began
        awake = asleep and not self._resting() and not stopping.is_set()
        for _ in range(STALE if awake else 0):
            self._source.read()
        with span("capture"):
            return self._source.read()

    def _deliver(self, frame: Frame) -> None:
        if self.trouble is not None:
            self.trouble = None
            self.reconnects += 1
            _LOG.info("%s is back", self._source.label)
        began = time.perf_counter()
        with span("fit"):
            self.newest = frame.with_image(fit(frame.image, self._size, self._how))
        self.frames.put(self.newest)
        self._newest = time.perf_counter()
        self.meter.add(self._newest, self._newest - began)

    def _reopen(self, stopping: threading.Event) -> None:
        while not stopping.wait(RETRY):
            self._follow()
            if self.trouble is None:
                return
            try:
                self._source.open()
                return
            except SourceError as e:
                self.trouble = e
                self._source.close()
