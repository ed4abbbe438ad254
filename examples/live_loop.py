"""A live loop: a camera is painted into a video.

    python examples/live_loop.py [CAMERA] [OUT.mp4] [FRAMES]

CAMERA is what `live-style run --camera` takes: a number, part of a name, a video file, an address, or demo.
The session has the threads of a show, without a window: see docs/architecture.md.
"""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

from live_style import LiveSession
from live_style import load_stylizer
from live_style.sinks.recording import RecordingSink
from live_style.sources import open_source

SIZE, FPS = (640, 360), 30.0


def main(camera: str = "demo", out: str = "live.mp4", frames: str = "90") -> None:
    """Paint so many frames of a camera into a new video file."""
    stylizer = load_stylizer("fast", resolution=256)
    source, _ = open_source(camera, SIZE, FPS)
    styles, sinks = [stylizer.style("Water Lilies")], [RecordingSink(Path(out))]
    with LiveSession(source, stylizer.steadied(SIZE), styles, sinks, size=SIZE, fps=FPS) as session:
        for frame in islice(session, int(frames)):
            print(f"\rframe {frame.number}", end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
