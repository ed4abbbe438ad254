"""What every sink refuses: a frame while it is closed, and a frame of a size it was not opened for."""

from __future__ import annotations

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.frame import size_of
from live_style.frame import size_text


def check_size(label: str, frame: Frame, size: Size | None) -> None:
    """Raise SinkError unless the frame has the size that the sink was opened with (None: it is closed)."""
    if size is None:
        raise SinkError(f"{label} is closed and cannot take a frame", "Open it again.")
    if (given := size_of(frame.image)) != size:
        raise SinkError(f"{label} was opened for {size_text(size)} and got a frame of {size_text(given)}",
                        "Close it and open it again for the new size.")
