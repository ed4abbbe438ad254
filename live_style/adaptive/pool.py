"""The rack: networks that are held warm beside the one that paints, opened and let go of by a thread of its own."""

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
"""Pixels of all networks up to which they are opened ahead, and up to which they stay; what is needed is held beyond
that. OpenVINO takes 75 to 200 bytes for a pixel on a CPU, ONNX Runtime 140 to 210: some 300 MB at most."""
SLOW = 1.0
"""Seconds to open a network from which on nothing is opened ahead but what is needed; on a CPU it takes 0.1."""
PATIENCE = 0.2
"""Seconds that its thread waits for a task before it looks whether it shall end."""

Opener = Callable[[int], OnnxStylizer]
"""Gives the warm network of a place; raises LiveStyleError when it cannot be made ready."""
Teller = Callable[[LiveStyleError], None]
"""Takes what the person at the show should know; called from another thread."""


class Rack:
    """Holds warm networks, each at a place of its own. Everything here is for the thread that paints, and never waits.

    Networks are opened, and the last hold on one is let go, by another thread: both take a while.
    """

    def __init__(self, sizes: Sequence[Size], warm: Mapping[int, OnnxStylizer], opener: Opener,
                 meanwhile: Callable[[], None], tell: Teller = lambda error: None) -> None:
        """`sizes` by place, from the quickest to the best; `meanwhile` is called by the other thread now and then.

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
        self._worker = Worker("gearbox", self._work)

    @property
    def warm(self) -> Mapping[int, OnnxStylizer]:
        """What is ready to paint."""
        return self._warm

    @property
    def busy(self) -> bool:
        """Whether a network is being opened."""
        return self._busy

    def start(self) -> None:
        """Begin to open what is asked for."""
        self._worker.start()

    def stop(self) -> bool:
        """End the thread; False when it hangs in its driver."""
        self._tasks.close()
        return self._worker.stop()

    def ask(self, *places: int) -> None:
        """Have networks opened, if none is being opened, but for those of which they or lesser ones were refused."""
        possible = [place for place in places if place < self._limit]
        if possible and not self._busy:
            self._busy = True
            self._tasks.put(possible)

    def refused(self) -> int | None:
        """The place of a network that could not be opened, once."""
        place = self._refused.take(0.0)
        self._limit = self._limit if place is None else min(self._limit, place)
        return place

    def keep(self, step: int) -> None:
        """Have warm what a show at this step needs, at first what it may need later too; let go of the farthest.

        To open one beside a show takes a core 0.1 s, of which once in a hundred times frames wait for 70 ms: so it is
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
                # One that is slow, or refused, ends it: what is needed comes first, and will be asked for again.
                while places and not stopping.is_set() and self._make_ready(places.pop(0)):
                    pass
                self._busy = False

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as e:  # a fault of ours, or of a driver: without this thread the show has no auto quality
            self._surprised(e)

    def _let_go(self) -> None:
        if self._released.take(0.0):
            malloc.tidy()

    def _make_ready(self, place: int) -> bool:
        """Whether it went well, and quickly."""
        began = time.perf_counter()
        try:
            with span("open"):
                # It paints its sample, once: a second frame here would cost the audience more than it saves, 3 to
                # 11 ms of the first one that they see.
                self._warm = {**self._warm, place: self._open(place)}
        except Exception as e:
            self._refused.put(place)  # out of memory, most likely: the show goes on below it
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
            self._tell(ProviderError(f"auto quality met what it does not know: {kind}: {error}",
                                     "The show goes on with the quality that it has; please report this."))


def held(areas: Sequence[int], step: int, most: int) -> list[int]:
    """The places that are held warm while one paints, the most needed first; `areas` in pixels, by place.

    It, the one below and the quickest, to have a step to fall to whatever happens; then, up to so many pixels, the one
    above and those below, the nearest first.
    """
    needed = list(dict.fromkeys((step, max(0, step - 1), 0)))
    near = sorted(range(min(len(areas), step + 2)), key=lambda place: (abs(place - step), -place))
    return _filled(needed, [place for place in near if place not in needed], areas, most)


def _filled(needed: Sequence[int], others: Sequence[int], areas: Sequence[int], most: int) -> list[int]:
    """What is needed, and of the others, in their order, those that still fit into so many pixels."""
    chosen, pixels = list(needed), sum(areas[place] for place in needed)
    for place in others:
        if pixels + areas[place] <= most:
            chosen.append(place)
            pixels += areas[place]
    return chosen
