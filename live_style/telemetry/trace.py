"""The trace: where each frame's milliseconds went, for Perfetto or chrome://tracing."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from live_style.errors import SinkError
from live_style.system.atomic_file import write_whole

MOST = 200_000
"""Spans that are kept, the last ones: about seven minutes of a show, 40 MB."""
ELSEWHERE = frozenset({"network", "open", "capture"})
"""Spans that do not count as host time: the network, loading another one, and the source, which draws or decodes."""


class Event(NamedTuple):
    """One span; times in nanoseconds."""

    name: str
    thread: str
    frame: int
    """The number of the source's frame that it belongs to; -1: none."""
    began: int
    took: int
    cpu: int
    """Processor time of the thread."""
    inner: int
    """Processor time of the spans within it."""


class Trace:
    """Collects the spans of all threads of the show in whose context it is current; each costs about 3 microseconds.

    It keeps the last `most` of them, and sums over all.
    """

    def __init__(self, most: int = MOST) -> None:
        self.events: deque[Event] = deque(maxlen=most)
        self._sums: list[dict[str, int]] = []
        self._threads = _Threads(self._sums)

    @contextlib.contextmanager
    def current(self) -> Iterator[None]:
        """Record spans of this context, and of the threads that are started in it."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)

    def span(self, name: str) -> contextlib.AbstractContextManager[object]:
        """A span of the thread that enters it."""
        return _Span(self.events, self._threads, name)

    def of_frame(self, number: int) -> None:
        """Set the source's frame that this thread works on from now on."""
        self._threads.frame = number

    def lines(self) -> Iterator[str]:
        """The file, line by line: a JSON array in the Chrome trace format, times in microseconds."""
        events, pid = tuple(self.events), os.getpid()
        threads = {name: number for number, name in enumerate(dict.fromkeys(event.thread for event in events), 1)}
        first = min((event.began for event in events), default=0)
        yield "[\n"
        for name, number in threads.items():
            yield json.dumps({"ph": "M", "name": "thread_name", "pid": pid, "tid": number, "ts": 0,
                              "args": {"name": name}}) + ",\n"
        for event in events:
            yield json.dumps({"ph": "X", "name": event.name, "pid": pid, "tid": threads[event.thread],
                              "ts": (event.began - first) / 1000, "dur": event.took / 1000, "tdur": event.cpu / 1000,
                              "args": {"frame": event.frame} if event.frame >= 0 else {}}) + ",\n"
        yield json.dumps({"ph": "M", "name": "process_name", "pid": pid, "tid": 0, "ts": 0,
                          "args": {"name": "live-style"}}) + "\n]\n"

    def cpu_ms(self, frames: int) -> dict[str, float]:
        """Milliseconds of processor time per frame for each kind of span, without the spans inside it."""
        total: dict[str, int] = {}
        for sums in tuple(self._sums):
            for name, spent in tuple(sums.items()):
                total[name] = total.get(name, 0) + spent
        return {name: round(total[name] / 1e6 / max(1, frames), 3) for name in sorted(total, key=lambda n: -total[n])}


_CURRENT: ContextVar[Trace | None] = ContextVar("trace", default=None)
_NOTHING = contextlib.nullcontext()


def span(name: str) -> contextlib.AbstractContextManager[object]:
    """A span in the trace of this context; costs 0.1 microseconds without a trace."""
    trace = _CURRENT.get()
    return _NOTHING if trace is None else trace.span(name)


def of_frame(number: int) -> None:
    """Set the source's frame that this thread works on from now on."""
    trace = _CURRENT.get()
    if trace is not None:
        trace.of_frame(number)


def cpu_ms(frames: int) -> dict[str, float]:
    """`Trace.cpu_ms` of the trace of this context; {} without a trace."""
    trace = _CURRENT.get()
    return {} if trace is None else trace.cpu_ms(frames)


def host_ms(spent: Mapping[str, float]) -> float:
    """Host time: the part of `cpu_ms` outside the network, in milliseconds of one core a frame."""
    return round(sum(ms for name, ms in spent.items() if name not in ELSEWHERE), 3)


class _Threads(threading.local):
    """The current frame of each thread, and its processor time so far."""

    frame = -1
    inner = 0

    def __init__(self, sums: list[dict[str, int]]) -> None:
        self.sums: dict[str, int] = {}
        sums.append(self.sums)


class _Span:
    """One use of a span, as a context manager."""

    __slots__ = ("_events", "_threads", "_name", "_outer", "_began", "_cpu")

    def __init__(self, events: deque[Event], threads: _Threads, name: str) -> None:
        self._events, self._threads, self._name = events, threads, name

    def __enter__(self) -> None:
        self._outer, self._threads.inner = self._threads.inner, 0
        self._cpu, self._began = time.thread_time_ns(), time.perf_counter_ns()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        took, cpu = time.perf_counter_ns() - self._began, time.thread_time_ns() - self._cpu
        at = self._threads
        self._events.append(Event(self._name, threading.current_thread().name, at.frame, self._began, took, cpu,
                                  at.inner))
        at.sums[self._name] = at.sums.get(self._name, 0) + cpu - at.inner
        at.inner = self._outer + cpu


def write_trace(path: Path, trace: Trace) -> None:
    """Write it completely or not at all; raises SinkError."""
    try:
        os.stat(path.parent)  # a missing folder is a mistake, and is not created
        write_whole(path, "".join(trace.lines()).encode())
    except OSError as e:
        raise SinkError(f"the trace {path} cannot be written: {e.strerror}",
                        "Choose an existing folder of your own with free space.") from e
