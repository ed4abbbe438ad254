"""An inbox: what other threads ask of one, to be looked at when that one has time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from collections.abc import Hashable
from typing import Generic
from typing import TypeVar

T = TypeVar("T")
MOST = 64
"""Items that wait at most, whoever sends how many: more than a person does between two frames."""


class Inbox(Generic[T]):
    """Keeps items in the order in which they came. Of those with one key only the newest is kept, in its own place.

    So a storm of values of a fader costs the reader one of them. Items whose key is None are all kept; what comes when
    the inbox is full is dropped and counted.
    """

    def __init__(self, key: Callable[[T], Hashable | None], most: int = MOST) -> None:
        self.dropped = 0
        self._key, self._most = key, most
        self._lock = threading.Lock()
        self._items: dict[Hashable, T] = {}

    def put(self, item: T) -> None:
        """Leave an item; never waits for its reader."""
        key = self._key(item)
        with self._lock:
            key = object() if key is None else key
            self._items.pop(key, None)  # the newest stands last
            if len(self._items) >= self._most:
                self.dropped += 1
            else:
                self._items[key] = item

    @property
    def waiting(self) -> bool:
        """Whether there is anything to take."""
        return bool(self._items)

    def take(self) -> tuple[T, ...]:
        """All items since the last call, oldest first."""
        if not self._items:
            return ()
        with self._lock:
            items, self._items = self._items, {}
        return tuple(items.values())
