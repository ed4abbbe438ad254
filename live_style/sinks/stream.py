"""The stream: the clean feed to an address, connected again whenever it is cut off."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.redact import without_secrets
from live_style.sinks.checks import check_size
from live_style.video.stream import PROBLEMS
from live_style.video.stream import StreamWriter
from live_style.video.stream import reason

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds from one attempt to the next; the last goes on for ever."""


class StreamSink:
    """Sends over UDP. A network failure never ends it: frames painted meanwhile are not sent.

    `tell` gets a message for each interruption; the feed's thread calls it.
    """

    repeat_after: float | None = 0.5
    watched = True

    def __init__(self, url: str, tell: Callable[[SinkError], None] = lambda error: None,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self.label = f"stream {without_secrets(url)}"
        self._url, self._tell, self._clock = url, tell, clock
        self._size: Size | None = None
        self._fps = 0.0
        self._writer: StreamWriter | None = None
        self._last: Frame | None = None
        self._seconds = 0.0
        self._due, self._failed = 0.0, 0

    def open(self, size: Size, fps: float) -> None:
        """Ready; the first frame connects."""
        if self._size is not None:
            raise SinkError(f"{self.label} is running already", "Stop it first.")
        self._size, self._fps = size, fps
        self._due, self._failed = self._clock(), 0

    def write(self, frame: Frame) -> None:
        """Send one frame, if there is a connection, or it is time for one."""
        check_size(self.label, frame, self._size)
        assert self._size is not None and self.repeat_after is not None
        again = frame is self._last
        self._seconds = self._seconds + self.repeat_after if again else max(self._seconds, frame.born)
        self._last = frame
        if self._writer is None and self._clock() < self._due:
            return
        try:
            if self._writer is None:
                self._writer = StreamWriter(self._url, self._size, self._fps)
            self._writer.write(frame.image, self._seconds)
            self._failed = 0
        except PROBLEMS as e:
            self._cut_off(reason(e))

    def _cut_off(self, why: str) -> None:
        self._leave()
        pause = PAUSES[min(self._failed, len(PAUSES) - 1)]
        if not self._failed:
            self._tell(SinkError(f"{self.label} is cut off: {why}",
                                 "It is tried again, with growing pauses; the show goes on."))
        self._failed += 1
        self._due = self._clock() + pause

    def _leave(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(*PROBLEMS):  # who was cut off cannot take leave
                writer.close()

    def close(self) -> None:
        """End the stream."""
        self._leave()
        self._size = self._last = None
        self._seconds = 0.0
