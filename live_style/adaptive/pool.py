"""The pool: networks that are kept ready, opened and closed by a thread of its own."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence

from live_style.errors import LiveStyleError
from live_style.errors import ProviderError
from live_style.frame import Size
from live_style.inference.stylizer import OnnxStylizer
from live_style.system import malloc
from live_style.telemetry.trace import span
from live_style.threads.slot import Slot
from live_style.threads.worker import Worker
from live_style.threads.worker import note

AHEAD, KEPT = 1_000_000, 1_400_000
"""Pixels of all networks up to which they are opened in advance, and up to which they are kept; needed networks are
kept beyond. OpenVINO takes 75 to 200 bytes a pixel on a CPU, ONNX Runtime 140 to 210: about 300 MB at most."""
SLOW = 1.0
"""If opening takes this many seconds, only needed networks are opened in advance; on a CPU it takes 0.1."""
PATIENCE = 0.2
"""Seconds that its thread waits for a task before it checks whether to stop."""

Opener = Callable[[int], OnnxStylizer]
"""Opens the network of a level; raises LiveStyleError if that fails."""
Teller = Callable[[LiveStyleError], None]
"""Takes a notice for the person at the show; called from another thread."""


class StylizerPool:
    """Keeps networks ready, one for each level. All methods are for the painter thread, and never wait.

    Another thread opens and frees networks: both take a while.
    """

    def __init__(self, sizes: Sequence[Size], warm: Mapping[int, OnnxStylizer], opener: Opener,
                 meanwhile: Callable[[], None], tell: Teller = lambda error: None) -> None:
        """`sizes` by level, from the fastest to the best; the other thread calls `meanwhile` now and then.

        `tell` is called once for each kind of unexpected error; the thread continues.
        """
        self._areas, self._open, self._meanwhile = [math.prod(size) for size in sizes], opener, meanwhile
        self._warm, self._tell, self._told = dict(warm), tell, set[str]()
        self._ahead = AHEAD
        self._limit = len(sizes)
        self._tasks: Slot[list[int]] = Slot()
        self._refused: Slot[int] = Slot()
        self._released: Slot[list[OnnxStylizer]] = Slot()
        self._busy = False
        self._worker = Worker("pool", self._work)

    @property
    def warm(self) -> Mapping[int, OnnxStylizer]:
        """The networks that are ready."""
        return self._warm

    @property
    def busy(self) -> bool:
        """Whether a network is being opened."""
        return self._busy

    def start(self) -> None:
        """Start the thread."""
        self._worker.start()

    def stop(self) -> bool:
        """Stop the thread; False if it hangs in a driver."""
        self._tasks.close()
        return self._worker.stop()

    def ask(self, *places: int) -> None:
        """Open networks unless one is being opened; levels from the first that failed are left out."""
        possible = [place for place in places if place < self._limit]
        if possible and not self._busy:
            self._busy = True
            self._tasks.put(possible)

    def refused(self) -> int | None:
        """The level of a network that could not be opened, reported once."""
        place = self._refused.take(0.0)
        self._limit = self._limit if place is None else min(self._limit, place)
        return place

    def keep(self, step: int) -> None:
        """Keep ready what a show at this level needs, first also what it may need later; free the most distant.

        Opening one during a show takes a core 0.1 s, and once in a hundred times delays frames by 70 ms: so it is
        done in the show's first second, not when the load changes.
        """
        if self._busy:
            return
        wanted = held(self._areas, step, self._ahead)
        self.ask(*(place for place in wanted if place not in self._warm))
        if self._busy:
            return
        self._ahead = 0
        needed = [place for place in wanted if place in self._warm]
        others = sorted(self._warm.keys() - set(needed), key=lambda place: abs(place - step))
        kept = _filled(needed, others, self._areas, KEPT)
        if len(kept) < len(self._warm):
            self._released.put([warm for place, warm in self._warm.items() if place not in kept])
            self._warm = {place: self._warm[place] for place in kept}

    def _work(self, stopping: threading.Event) -> None:
        while not stopping.is_set() and not self._tasks.closed:
            places = self._tasks.take(PATIENCE)
            self._guarded(self._meanwhile)
            self._guarded(self._let_go)
            if places is not None:
                # A slow or failed one ends the list: needed networks come first, and will be requested again.
                while places and not stopping.is_set() and self._make_ready(places.pop(0)):
                    pass
                self._busy = False

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as e:  # a bug here or in a driver: without this thread the show has no automatic quality
            self._surprised(e)

    def _let_go(self) -> None:
        if self._released.take(0.0):
            malloc.tidy()

    def _make_ready(self, place: int) -> bool:
        """Whether it succeeded, and quickly."""
        began = time.perf_counter()
        try:
            with span("open"):
                # It paints its sample once: a second frame here would cost the audience more than it saves, 3 to
                # 11 ms of the first one that they see.
                self._warm = {**self._warm, place: self._open(place)}
        except Exception as e:
            self._refused.put(place)  # most likely out of memory: the show continues with lower levels
            if not isinstance(e, LiveStyleError):
                self._surprised(e)
            return False
        if time.perf_counter() - began < SLOW:
            return True
        self._ahead = 0
        return False

    def _surprised(self, error: Exception) -> None:
        note(error)
        kind = type(error).__name__
        if kind not in self._told:
            self._told.add(kind)
            self._tell(ProviderError(f"automatic quality ran into an unexpected error: {kind}: {error}",
                                     "The show continues at its current quality; please report this."))


def held(areas: Sequence[int], step: int, most: int) -> list[int]:
    """The levels to keep ready, the most needed first; `areas` in pixels, by level.

    First the level in use, the one below and the fastest, as a fallback; then, up to a number of pixels, the one above
    and those below, the nearest first.
    """
    needed = list(dict.fromkeys((step, max(0, step - 1), 0)))
    near = sorted(range(min(len(areas), step + 2)), key=lambda place: (abs(place - step), -place))
    return _filled(needed, [place for place in near if place not in needed], areas, most)


def _filled(needed: Sequence[int], others: Sequence[int], areas: Sequence[int], most: int) -> list[int]:
    """The needed levels, and of the others, in order, those that fit into a number of pixels."""
    chosen, pixels = list(needed), sum(areas[place] for place in needed)
    for place in others:
        if pixels + areas[place] <= most:
            chosen.append(place)
            pixels += areas[place]
    return chosen
