"""Other programs: how a show learns that they keep the computer busy."""

from __future__ import annotations

from itertools import accumulate

import pytest

from live_style.adaptive.other_load import OtherLoad


@pytest.mark.parametrize(("shares", "busy"), [
    ([], False), ([0.5], False), ([0.5, 0.5], True), ([0.5, 0.1, 0.5], False), ([0.29] * 10, False),
    ([0.5, 0.5, 0.25, 0.25], True), ([0.5, 0.5, 0.1], True), ([0.5, 0.5, 0.1, 0.1], False),
    ([1.0, 1.0, 0.0, 1.0, 0.0], True),
])
def test_two_looks_in_a_row_change_it_and_nothing_flaps_between(shares: list[float], busy: bool) -> None:
    load = OtherLoad()
    for share in shares:
        load = load.seen(share)
    assert load.busy is busy


def test_nothing_counts_as_quiet_before_the_first_look_nor_while_there_is_doubt() -> None:
    quiet = [load.quiet for load in accumulate([0.0, 0.5, 0.5, 0.0, 0.0], OtherLoad.seen, initial=OtherLoad())]
    assert quiet == [False, True, False, False, False, True]
