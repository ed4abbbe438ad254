"""An own sink: painted frames can go anywhere.

    python examples/own_sink.py [FOLDER] [FRAMES]

A sink keeps the promises of `Sink` in live_style/interfaces.py. The session gives it a thread of its own, so that a
slow sink never holds up the frames: it misses some instead.
"""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

from live_style import LiveSession
from live_style import load_stylizer
from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.imaging.write import write_png
from live_style.interfaces import Sink
from live_style.sinks.checks import check_size
from live_style.sources import open_source

SIZE, FPS = (320, 180), 30.0


class FlipBook:
    """Keeps every tenth frame that it gets as a PNG in a folder."""

    repeat_after: float | None = None
    watched = True

    def __init__(self, folder: Path, every: int = 10) -> None:
        self.label = f"flip book {folder}"
        self._folder, self._every = folder, every
        self._size: Size | None = None
        self._count = 0

    def open(self, size: Size, fps: float) -> None:
        """Make the folder."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise SinkError(f"the folder {self._folder} cannot be made: {e.strerror}", "Choose another one.") from e
        self._size = size

    def write(self, frame: Frame) -> None:
        """Keep it, or let it go."""
        check_size(self.label, frame, self._size)
        if self._count % self._every == 0:
            write_png(self._folder / f"{frame.number:06}.png", frame.image, {"style": "Neon"})
        self._count += 1

    def close(self) -> None:
        """Take no more frames."""
        self._size = None


def main(folder: str = "flip-book", frames: str = "60") -> None:
    """Paint so many frames of the demo scene into a flip book."""
    stylizer = load_stylizer("fast", resolution=256)
    sink: Sink = FlipBook(Path(folder))
    source, _ = open_source("demo", SIZE, FPS)
    with LiveSession(source, stylizer.steadied(SIZE), [stylizer.style("Neon")], [sink], size=SIZE, fps=FPS) as session:
        for _ in islice(session, int(frames)):
            pass
    print(session.outputs.infos)


if __name__ == "__main__":
    main(*sys.argv[1:])
