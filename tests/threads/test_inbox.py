"""The inbox: the newest of a key, everything else in order, and never more than fits."""

from __future__ import annotations

import threading

from live_style.threads.inbox import MOST
from live_style.threads.inbox import Inbox


def keyed(item: tuple[str | None, int]) -> str | None:
    return item[0]


def test_of_one_key_only_the_newest_is_kept_at_its_own_time() -> None:
    inbox = Inbox(keyed)
    for item in [("a", 1), (None, 2), ("b", 3), (None, 2), ("a", 4)]:
        inbox.put(item)
    assert inbox.take() == ((None, 2), ("b", 3), (None, 2), ("a", 4))
    assert inbox.take() == ()


def test_a_storm_costs_the_reader_no_more_than_fits() -> None:
    inbox = Inbox(keyed)
    for number in range(10_000):
        inbox.put(("fader", number))
        inbox.put((None, number))
    taken = inbox.take()
    assert len(taken) <= MOST and ("fader", 9_999) in taken
    assert inbox.dropped == 10_000 - (MOST - 1)


def test_many_threads_leave_what_one_takes() -> None:
    inbox = Inbox(keyed, most=10_000)
    threads = [threading.Thread(target=lambda k=k: [inbox.put((None, k)) for _ in range(500)]) for k in range(4)]
    for thread in threads:
        thread.start()
    taken = []
    while any(thread.is_alive() for thread in threads):
        taken += inbox.take()
    taken += inbox.take()
    assert sorted(number for _, number in taken) == [k for k in range(4) for _ in range(500)]
