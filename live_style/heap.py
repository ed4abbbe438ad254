"""The heap: large blocks go back to the system, so that a long job takes no more memory than a short one."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD = -3
_LARGE = 1 << 20


def give_large_blocks_back() -> None:
    """From now on a block of 1 MB or more is the system's own as soon as it is free; for glibc, nothing elsewhere."""
    # glibc keeps such blocks as soon as some were freed, and three threads that hand pictures to each other then
    # scatter them: 240 MB after 5 s of a 1280x720 film, 257 after 60 s; with this 227 and 230.
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)
    except (OSError, AttributeError):  # a Linux with another C library
        return
