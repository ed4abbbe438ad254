"""Settings of glibc's heap, so that it keeps less freed memory. Other systems are not changed."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_LARGE = 1 << 20


def give_large_blocks_back() -> None:
    """From now on return blocks of 1 MB or more to the system as soon as they are free: for a long job."""
    # glibc keeps such blocks as soon as some were freed, and three threads that hand pictures to each other then
    # scatter them: 240 MB after 5 s of a 1280x720 film, 257 after 60 s; with this 227 and 230.
    _call("mallopt", _MMAP_THRESHOLD, _LARGE)


def keep_one_heap() -> None:
    """From now on use one heap for all threads: for a show, which has many threads and changes its networks."""
    # Each of several heaps keeps holes of its own where a network was: after 48 changes of step 227 MB, of which 76
    # were in use; with one heap 118. Its lock is no matter to a dozen threads whose work is a few large blocks.
    _call("mallopt", _ARENA_MAX, 1)


def tidy() -> None:
    """Return free memory between used blocks now; threads that allocate meanwhile wait for up to 10 ms."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    if sys.platform != "linux":
        return
    try:
        getattr(ctypes.CDLL(None), name)(*arguments)
    except (OSError, AttributeError):  # a Linux with another C library
        return
