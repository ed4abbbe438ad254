"""A muxer: the container of a video file on a durable file, from its first byte to its end."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from pathlib import Path

import av
from av.container import OutputContainer

from live_style.errors import SinkError
from live_style.video.durable_file import DurableFile

PROBLEMS = (OSError, ValueError, av.FFmpegError)
"""What PyAV raises where a video cannot be written."""
FORMATS: Mapping[str, str] = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
"""Extensions of videos, and their formats."""
_BUFFER = 1 << 20


def container_of(suffix: str, held: float, movflags: str = "", **options: str) -> tuple[str, Mapping[str, str]]:
    """The format of a file and its options: it holds `held` seconds in memory and then writes them whole.

    "Hybrid" MP4 is a fragmented file while it grows and gets an ordinary index when it is finished, which editing
    programs want.
    """
    name = FORMATS[suffix.lower()]
    pieces = ({"cluster_time_limit": f"{held * 1e3:.0f}"} if name == "matroska" else
              {"movflags": f"hybrid_fragmented{movflags}", "frag_duration": f"{held * 1e6:.0f}"})
    return name, {"flush_packets": "1", **pieces, **options}


class Muxer:
    """The container of a new video file, used by one thread; it can be played even after a power cut.

    Raises OSError if the file cannot be created.
    """

    def __init__(self, path: Path, name: str, options: Mapping[str, str]) -> None:
        self.disk = DurableFile(path)
        try:
            self.container: OutputContainer = av.open(self.disk, "w", format=name, options=dict(options),
                                                      buffer_size=_BUFFER)
        except BaseException:
            self.discard()
            raise
        self._open = True

    def discard(self) -> None:
        """Remove the file, after an error before the first picture."""
        self.disk.discard()

    def close(self, *last: Callable[[], None]) -> Exception | None:
        """Take the last steps and finish the file, whatever fails; the first error. A second call does nothing."""
        if not self._open:
            return None
        self._open = False
        steps = (*last, self.container.close, self.disk.mark, self.disk.close)
        return next((problem for problem in [_attempt(step) for step in steps] if problem is not None), None)


def _attempt(step: Callable[[], None]) -> Exception | None:
    try:
        step()
    except (*PROBLEMS, SinkError) as e:
        return e
    return None
