"""The outputs: all sinks of the clean feed during a show."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from typing import NamedTuple

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.interfaces import Sink
from live_style.interfaces import SinkInfo
from live_style.interfaces import SoundTap
from live_style.pipeline.feed import STOP_SECONDS
from live_style.pipeline.feed import Feed
from live_style.sinks.virtual_camera import VirtualCameraSink

if TYPE_CHECKING:  # few shows have one
    from live_style.sources.microphone import Microphone

VCAM = "virtual camera"
RECORDING = "recording"
STREAM = "stream"


class _Ending(NamedTuple):
    """A feed that is finishing."""

    name: str
    feed: Feed
    due: float
    """Clock time after which it counts as hanging."""
    path: Path | None
    """The file that it records."""


class Outputs:
    """The feeds that are open, by name. Opened and closed by the main thread, fed by the painter's.

    A feed that fails is closed and kept in `failures`; it never stops the show or another feed. Only `ensure` and
    `close`, before and after the show, wait for a device or a disk.
    """

    def __init__(self, size: Size, fps: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.failures: list[SinkError] = []
        self.microphone: Microphone | None = None
        """Whose sound recordings and streams have, if any."""
        self._told = 0
        self._size, self._fps, self._clock = size, fps, clock
        self._feeds: dict[str, Feed] = {}
        self._since: dict[str, float] = {}
        self._waiting: dict[str, Sink] = {}
        """The sink to open as soon as the previous one has released the device."""
        self._ending: tuple[_Ending, ...] = ()
        self._ended: list[tuple[str, SinkInfo]] = []
        self._recording: Path | None = None
        self._finished: tuple[Path, ...] = ()

    def put(self, frame: Frame) -> None:
        """Give one frame of the clean feed to all feeds; never waits."""
        for feed in tuple(self._feeds.values()):
            feed.put(frame)

    def is_on(self, name: str) -> bool:
        """Whether a feed of that name is open, or about to be."""
        return name in self._feeds or name in self._waiting

    @property
    def unseen(self) -> bool:
        """Whether there are feeds, and none is watched."""
        feeds = tuple(self._feeds.values())
        return bool(feeds) and not any(feed.watched for feed in feeds)

    def seconds(self, name: str) -> int | None:
        """Seconds that a feed has been open; None if it is not open."""
        return int(self._clock() - self._since[name]) if name in self._feeds else None

    def start_vcam(self, device: str | None) -> None:
        """Open the virtual camera."""
        sink = VirtualCameraSink(device)
        if any(ending.name == VCAM for ending in self._ending):
            self._waiting.setdefault(VCAM, sink)
        else:
            self.start(VCAM, sink)

    def start_recording(self, path: Path) -> None:
        """Begin a recording."""
        # PyAV takes a tenth of a second to load: not at the start of every show.
        from live_style.sinks.recording import RecordingSink

        self._recording = path
        self.start(RECORDING, RecordingSink(path, self._listen()))

    def start_stream(self, url: str, say: Callable[[str], None]) -> None:
        """Start sending to an address; the feed's thread calls `say` when it is cut off, and when it is back."""
        from live_style.sinks.stream import StreamSink

        self.start(STREAM, StreamSink(url, say, self._listen()))

    def _listen(self) -> SoundTap | None:
        return self.microphone.listen() if self.microphone else None

    def start(self, name: str, sink: Sink) -> None:
        """Open a sink under a name, unless that name is open already."""
        if name not in self._feeds:
            feed = Feed(sink, self._size, self._fps)
            feed.start()
            self._feeds = {**self._feeds, name: feed}
            self._since[name] = self._clock()

    def ensure(self, name: str, patience: float = 5.0) -> None:
        """Wait until a feed is open; raises its SinkError when it cannot be opened."""
        feed = self._feeds[name]
        feed.opened.wait(patience)
        if feed.failure is not None:
            raise feed.failure

    def stop(self, name: str) -> None:
        """Finish one feed while the show goes on: `check` and `finished` give the result."""
        self._waiting.pop(name, None)
        feed = self._feeds.get(name)
        if feed is None:
            return
        self._feeds = {k: v for k, v in self._feeds.items() if k != name}
        feed.finish()
        self._note(feed)
        path = self._recording if name == RECORDING else None
        self._ending = (*self._ending, _Ending(name, feed, self._clock() + STOP_SECONDS, path))

    def check(self) -> tuple[SinkError, ...]:
        """Close feeds that failed, and collect those that ended; returns the errors since the last call."""
        for name, feed in self._feeds.items():
            if feed.failure is not None:
                self.stop(name)
        for ending in self._ending:
            if ending.feed.ended or self._clock() >= ending.due:
                self._settle(ending)
        for name in self._waiting.keys() - {ending.name for ending in self._ending}:
            self.start(name, self._waiting.pop(name))
        known, self._told = self._told, len(self.failures)
        return tuple(self.failures[known:])

    def _settle(self, ending: _Ending) -> None:
        ending.feed.give_up(STOP_SECONDS)
        self._note(ending.feed)
        self._ending = tuple(other for other in self._ending if other is not ending)
        self._ended.append((ending.name, ending.feed.info))
        # A file that is still being written when its time is over is not finished, though it exists.
        if ending.path is not None and ending.feed.ended and ending.path.exists():
            self._finished = (*self._finished, ending.path.absolute())

    def _note(self, feed: Feed) -> None:
        if feed.failure is not None and feed.failure not in self.failures:
            self.failures.append(feed.failure)

    def finished(self) -> tuple[Path, ...]:
        """The recordings that were finished since the last call: files that can be played."""
        told, self._finished = self._finished, ()
        return told

    def close(self) -> None:
        """Finish every feed, and wait for all."""
        for name in (*self._waiting, *self._feeds):
            self.stop(name)
        for ending in self._ending:
            ending.feed.wait(max(0.0, ending.due - self._clock()))
            self._settle(ending)

    @property
    def infos(self) -> tuple[tuple[str, SinkInfo], ...]:
        """Every sink that was open, by the name of its output."""
        running = (*((ending.name, ending.feed) for ending in self._ending), *self._feeds.items())
        return (*self._ended, *((name, feed.info) for name, feed in running))
