"""All clients that are connected but not admitted. One address cannot fill it for the others."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Protocol
from typing import TypeVar

MOST = 64
"""Connections of strangers: a browser that loads the page opens six. Each is a file of this process, which has often
256 of them, and needs some to record and to find the camera."""


class PendingClient(Protocol):
    """A connection; None: it is not made yet, or gone."""

    @property
    def transport(self) -> asyncio.Transport | None:
        """Where it leads."""


S = TypeVar("S", bound=PendingClient)


def crowded_out(strangers: Sequence[S]) -> S | None:
    """The connection that makes room for one more, of `strangers` in the order in which they came; None: there is room.

    It is the oldest connection of the address that holds most: an address with many connections displaces its own.
    """
    waiting = [(stranger, _from(stranger)) for stranger in strangers if _from(stranger)]
    if len(waiting) < MOST:
        return None
    (most, _), = Counter(place for _, place in waiting).most_common(1)
    return next(stranger for stranger, place in waiting if place == most)


def _from(stranger: PendingClient) -> str:
    if stranger.transport is None or stranger.transport.is_closing():
        return ""
    return str((stranger.transport.get_extra_info("peername") or ("?",))[0])
