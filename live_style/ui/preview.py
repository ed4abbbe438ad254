"""The preview: paints what is chosen but not live yet, small and a few times a second, in a thread of its own."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import NamedTuple

from live_style.errors import LiveStyleError
from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging.opencv import quick_resize
from live_style.interfaces import Stylizer
from live_style.look import Look
from live_style.threads.slot import Slot
from live_style.threads.worker import Worker

AREA = 256 * 144
"""Pixels that are painted: `balanced` takes 12 ms for them on one core, `fast` 6."""
PACE = 1 / 3
"""Seconds from one picture to the next: it takes a twenty-fifth of one core, or less. Not at a lower priority of its
thread: holding Python's lock while it waits for a core, it would hold up the show."""


class _Order(NamedTuple):
    image: Image
    look: Look


class Preview:
    """Paints with a network of its own, which is open only while the preview is on. Main thread only."""

    def __init__(self, opened: Callable[[Size], Stylizer]) -> None:
        """`opened` opens a stylizer of a size; it is called in the preview's thread."""
        self._opened = opened
        self._worker: Worker | None = None
        self._orders: Slot[_Order] = Slot()
        self._pictures: Slot[Image] = Slot()
        self._troubles: Slot[LiveStyleError] = Slot()
        self._due = -math.inf

    def ask(self, image: Image, look: Look, now: float) -> None:
        """Have a frame painted in a look, unless it is too soon."""
        if now < self._due:
            return
        if self._worker is None:
            self._orders, self._pictures, self._troubles = Slot(), Slot(), Slot()
            orders, pictures, troubles = self._orders, self._pictures, self._troubles
            self._worker = Worker("preview", lambda stopping: self._work(stopping, orders, pictures, troubles))
            self._worker.start()
        self._due = now + PACE
        self._orders.put(_Order(image, look))

    def take(self) -> Image | None:
        """The newest picture, once."""
        return self._pictures.take(0.0)

    def trouble(self) -> LiveStyleError | None:
        """What ended it, once."""
        return self._troubles.take(0.0)

    def close(self) -> None:
        """Close the network and end the thread, without waiting for it."""
        if self._worker is not None:
            self._worker.stopping.set()
            self._orders.close()
        self._worker, self._due = None, -math.inf

    def _work(self, stopping: threading.Event, orders: Slot[_Order], pictures: Slot[Image],
              troubles: Slot[LiveStyleError]) -> None:
        stylizer: Stylizer | None = None
        while not stopping.is_set():
            order = orders.take()
            if order is None:
                return
            size = small_size(size_of(order.image))
            try:
                stylizer = stylizer or self._opened(size)
                pictures.put(stylizer.stylize(quick_resize(order.image, size), order.look))
            except LiveStyleError as e:
                troubles.put(e)
                return


def small_size(size: Size) -> Size:
    """A size of AREA in that shape, in steps that a network can work at."""
    share = math.sqrt(AREA / (size[0] * size[1]))
    return max(8, round(size[0] * share / 8) * 8), max(8, round(size[1] * share / 8) * 8)
