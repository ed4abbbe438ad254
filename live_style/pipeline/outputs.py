"""The outputs: where the clean feed goes while the show runs."""

from __future__ import annotations

import time
from pathlib import Path

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.interfaces import Sink
from live_style.pipeline.feed import Feed
from live_style.sinks.virtual_camera import VirtualCameraSink

VCAM = "virtual camera"
RECORDING = "recording"


class Outputs:
    """The feeds that are open, by name. Opened and closed by the main thread, fed by the painter's.

    A feed that fails is closed and remembered in `failures`; it never stops the show or another feed.
    """

    def __init__(self, size: Size, fps: float) -> None:
        self.failures: list[SinkError] = []
        self._size, self._fps = size, fps
        self._feeds: dict[str, Feed] = {}
        self._since: dict[str, float] = {}
        self._ended: list[dict[str, object]] = []
        self._recording: Path | None = None
        self._finished: tuple[Path, ...] = ()

    def put(self, frame: Frame) -> None:
        """Hand one frame of the clean feed to everybody; never waits."""
        for feed in tuple(self._feeds.values()):
            feed.put(frame)

    def is_on(self, name: str) -> bool:
        """Whether a feed of that name is open."""
        return name in self._feeds

    @property
    def unseen(self) -> bool:
        """Whether there are feeds, and nobody looks at any of them."""
        feeds = tuple(self._feeds.values())
        return bool(feeds) and not any(feed.watched for feed in feeds)

    def seconds(self, name: str) -> int | None:
        """How long a feed has been open; None when it is not."""
        return int(time.monotonic() - self._since[name]) if self.is_on(name) else None

    def start_vcam(self, device: str | None) -> None:
        """Open the virtual camera."""
        self._start(VCAM, VirtualCameraSink(device))

    def start_recording(self, path: Path) -> None:
        """Begin a recording."""
        # PyAV takes a tenth of a second to load: not at the start of every show.
        from live_style.sinks.recording import RecordingSink

        self._recording = path
        self._start(RECORDING, RecordingSink(path))

    def _start(self, name: str, sink: Sink) -> None:
        if name not in self._feeds:
            feed = Feed(sink, self._size, self._fps)
            feed.start()
            self._feeds = {**self._feeds, name: feed}
            self._since[name] = time.monotonic()

    def ensure(self, name: str, patience: float = 5.0) -> None:
        """Wait until a feed is open; raises its SinkError when it cannot be opened."""
        feed = self._feeds[name]
        feed.opened.wait(patience)
        if feed.failure is not None:
            raise feed.failure

    def stop(self, name: str) -> None:
        """Finish one feed and close it; what went wrong is in `failures`."""
        feed = self._feeds.get(name)
        if feed is None:
            return
        self._feeds = {k: v for k, v in self._feeds.items() if k != name}
        feed.stop()
        if feed.failure is not None:
            self.failures.append(feed.failure)
        self._ended.append({"output": name, **feed.facts()})
        if name == RECORDING and self._recording is not None and self._recording.exists():
            self._finished = (*self._finished, self._recording.absolute())

    def check(self) -> tuple[SinkError, ...]:
        """Close the feeds that failed since the last call and say why."""
        known = len(self.failures)
        for name, feed in self._feeds.items():
            if feed.failure is not None:
                self.stop(name)
        return tuple(self.failures[known:])

    def finished(self) -> tuple[Path, ...]:
        """The recordings that came to their end since the last call: files that can be played."""
        told, self._finished = self._finished, ()
        return told

    def close(self) -> None:
        """Finish every feed."""
        for name in tuple(self._feeds):
            self.stop(name)

    def facts(self) -> list[dict[str, object]]:
        """For the report: every feed that was open, with what it wrote and dropped, and why it failed if it did."""
        return [*self._ended, *({"output": name, **feed.facts()} for name, feed in self._feeds.items())]
