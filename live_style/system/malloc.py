"""The heap of the C library: glibc is told to hold on to less of what was freed. Elsewhere nothing happens."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_LARGE = 1 << 20


def give_large_blocks_back() -> None:
    """From now on a block of 1 MB or more is the system's own as soon as it is free: for a long job."""
    # glibc keeps such blocks as soon as some were freed, and three threads that hand pictures to each other then
    # scatter them: 240 MB after 5 s of a 1280x720 film, 257 after 60 s; with this 227 and 230.
    _call("mallopt", _MMAP_THRESHOLD, _LARGE)


def keep_one_heap() -> None:
    """From now on all threads take from one heap: for a show, which has many and changes its networks."""
    # Each of several heaps keeps holes of its own where a network was: after 48 changes of step 227 MB, of which 76
    # were in use; with one heap 118. Its lock is no matter to a dozen threads whose work is a few large blocks.
    _call("mallopt", _ARENA_MAX, 1)


def tidy() -> None:
    """Give back now what lies free between blocks in use; whoever asks the heap meanwhile waits for up to 10 ms."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    if sys.platform != "linux":
        return
    try:
        getattr(ctypes.CDLL(None), name)(*arguments)
    except (OSError, AttributeError):  # a Linux with another C library
        return
