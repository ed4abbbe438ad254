"""The slot hands over the newest value and counts what it replaced."""

import threading
import time

from live_style.threads.slot import Slot


def test_newest_wins_and_the_rest_is_counted():
    slot: Slot[int] = Slot()
    for value in range(5):
        slot.put(value)
    assert slot.take(0) == 4
    assert slot.dropped == 4
    assert slot.take(0) is None


def test_a_waiting_reader_is_woken_by_a_value():
    slot: Slot[str] = Slot()
    got: list[str | None] = []
    reader = threading.Thread(target=lambda: got.append(slot.take(5)))
    reader.start()
    slot.put("frame")
    reader.join(1)
    assert got == ["frame"]


def test_closing_wakes_the_reader_and_leaves_what_lies_there():
    slot: Slot[str] = Slot()
    slot.put("last")
    slot.close()
    slot.put("too late")
    assert slot.take(5) == "last"
    began = time.perf_counter()
    assert slot.take(5) is None
    assert time.perf_counter() - began < 1
    assert slot.closed


def test_a_slow_reader_never_sees_an_old_value():
    """A reader ten times slower than the writer reads values that are at most one reading old."""
    slot: Slot[int] = Slot()
    written = 0
    stop = threading.Event()

    def write() -> None:
        nonlocal written
        while not stop.wait(0.001):
            written += 1
            slot.put(written)

    writer = threading.Thread(target=write)
    writer.start()
    lags = []
    for _ in range(20):
        value = slot.take(1)
        assert value is not None
        lags.append(written - value)
        time.sleep(0.01)
    stop.set()
    writer.join()
    assert max(lags) <= 2
    assert slot.dropped > 20
