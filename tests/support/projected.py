"""A show of flat pictures in real windows, until it is killed: whatever is not flat in the output is not the feed."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np

from live_style.control.mixer import Mixer
from live_style.frame import Frame
from live_style.frame import Image
from live_style.interfaces import Layer
from live_style.pipeline.stylize import Painted
from live_style.system.process_setup import configure
from live_style.ui.window import PygameWindow
from tests.support.scripted import style
from tests.support.stage import Seen
from tests.support.stage import Stage


class RealWindow(PygameWindow):
    """A window on the desktop; what it is given to show is kept."""

    def __init__(self, seen: Seen) -> None:
        super().__init__("live-style", (560, 320))  # with its frame it is beside the second screen
        self._seen = seen

    def show(self, image: Image, layers: tuple[Layer, ...] = (), mirrored: bool = False) -> None:
        super().show(image, layers, mirrored)
        self._seen(image, layers, mirrored)


class FlatStage(Stage):
    """Its camera sees one grey, a little another in each frame."""

    def next(self) -> Painted:
        """The next frame, in real time."""
        time.sleep(1 / 30)
        self.now = time.perf_counter()
        self._input = np.full((360, 640, 3), 40 + len(self.moments) % 8, np.uint8)
        self.moments[:-1] = []
        frame = self.capture.newest = Frame(self._input, 0, self.now)
        painted = self.painter.paint(frame, self.painter.mixer, self.now, True)
        self.outputs.put(painted.frame)
        return painted


def play(folder: Path) -> None:
    """Play on, whatever would end it."""
    stage = FlatStage(folder, Mixer(tuple(style("a" * n) for n in range(1, 12)), seconds=0.2), window=RealWindow)
    while os.getppid() != 1:
        stage.show.run()
        stage.ending.clear()
        print("it would have ended", flush=True)


if __name__ == "__main__":
    configure()
    play(Path(sys.argv[1]))
