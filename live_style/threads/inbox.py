"""An inbox: requests of other threads, which its owner reads when it has time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from collections.abc import Hashable
from typing import Generic
from typing import TypeVar

T = TypeVar("T")
MOST = 64
"""The most items that wait: more than a person can send between two frames."""


class Inbox(Generic[T]):
    """Keeps items in their order of arrival. Of items with the same key only the newest is kept, in its place.

    So many values of one fader cost the reader only one. All items without a key are kept; items that come when the
    inbox is full are dropped and counted.
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
            self._items.pop(key, None)  # the newest comes last
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
