"""Working ahead: an iterator that runs in a thread of its own, a few items before they are asked for."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator
from typing import TypeVar

from live_style.threads.worker import Worker

T = TypeVar("T")
ROOM = 3
"""The most items that wait; a picture of 1920x1080 has 6 MB."""
_PATIENCE = 0.1
_END = object()


def ahead(items: Generator[T, None, None], name: str, room: int = ROOM) -> Generator[T, None, None]:
    """The same items in the same order; errors of the iterator are raised here.

    Closing this generator closes that one, in its own thread, and waits for it.
    """
    waiting: queue.Queue[object] = queue.Queue(room)

    def put(item: object, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                return waiting.put(item, timeout=_PATIENCE)
            except queue.Full:
                continue

    def work(stopping: threading.Event) -> None:
        try:
            for item in items:
                put(item, stopping)
                if stopping.is_set():
                    break
        finally:
            items.close()
            put(_END, stopping)

    worker = Worker(name, work)
    worker.start()
    try:
        while (item := waiting.get()) is not _END:
            yield item  # type: ignore[misc]
    finally:
        worker.stop(patience=60.0)
    worker.check()
