"""A live loop: read a frame, paint it, hand it on.

    python examples/live_loop.py [CAMERA] [OUT.mp4] [FRAMES]

CAMERA is what `live-style run --camera` takes: a number, part of a name, a video file, an address, or demo.
This loop has one thread, so each frame waits for the one before. A show has a thread for each step: see
docs/architecture.md.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from live_style import load_brush
from live_style.imaging.geometry import fit
from live_style.sinks.recording import RecordingSink
from live_style.sources import open_source

SIZE, FPS = (640, 360), 30.0


def main(camera: str = "demo", out: str = "live.mp4", frames: str = "90") -> None:
    """Paint so many frames of a camera into a new video file."""
    brush = load_brush("fast", stroke=256)
    look = brush.style("Water Lilies").look(strength=0.9)
    stylizer = brush.steadied(SIZE)
    source, _ = open_source(camera, SIZE, FPS)
    sink = RecordingSink(Path(out))
    with closing(source), closing(sink):
        sink.open(SIZE, FPS)
        for _ in range(int(frames)):
            frame = source.read()
            painted = stylizer.stylize(fit(frame.image, SIZE), look)
            sink.write(frame.with_image(painted))


if __name__ == "__main__":
    main(*sys.argv[1:])
