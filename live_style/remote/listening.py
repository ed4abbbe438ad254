"""What to say where a door cannot listen."""

from __future__ import annotations

import errno

from live_style.errors import RemoteError


def cannot_listen(what: str, place: tuple[str, int], error: Exception, flags: str) -> RemoteError:
    """`what` cannot be done at a host and port; `flags`: "--osc", of --osc-host and --osc-port."""
    number = getattr(error, "errno", None)
    cure = (f"Choose another port: {flags}-port." if number in (errno.EADDRINUSE, errno.EACCES) else
            f"Give an address of this computer: {flags}-host 127.0.0.1, or 0.0.0.0 for all of them.")
    # create_server adds to the system's words where it was called.
    reason = str(getattr(error, "strerror", None) or error).partition(" (while ")[0]
    return RemoteError(f"{what} on {place[0]} port {place[1]}: {reason}", cure)
