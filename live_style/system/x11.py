"""The X Window System: Xlib ends the whole process if the connection to the screen is lost, but asks first."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import sys
from collections.abc import Callable
from collections.abc import Iterator

_LOG = logging.getLogger(__name__)


@contextlib.contextmanager
def when_screen_is_lost(last: Callable[[], None]) -> Iterator[None]:
    """Have `last` called in that case, and then end the process with status 2; nothing on systems without X."""
    library = _xlib()
    if library is None:
        yield
        return
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)

    def lost(display: object) -> int:
        try:
            last()
        except Exception:
            _LOG.exception("while the show was ended")
        os._exit(2)  # Xlib's own way out would wait for threads that are still running

    ours = kind(lost)
    set_handler = library.XSetIOErrorHandler
    set_handler.argtypes, set_handler.restype = (ctypes.c_void_p,), ctypes.c_void_p
    before = set_handler(ctypes.cast(ours, ctypes.c_void_p))
    try:
        yield
    finally:
        set_handler(before)


def _xlib() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux") or not os.environ.get("DISPLAY"):
        return None
    try:
        return ctypes.CDLL("libX11.so.6")  # the one that SDL has loaded
    except OSError:
        return None
