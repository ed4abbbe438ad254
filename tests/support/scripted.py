"""A source and a stylizer whose every step the test decides."""

from __future__ import annotations

import threading
import time

import numpy as np

from live_style.errors import SourceError
from live_style.errors import SourceLost
from live_style.frame import Frame
from live_style.frame import Image
from live_style.interfaces import SourceInfo
from live_style.interfaces import StylizerInfo
from live_style.look import Look
from live_style.look import TwoLooks
from live_style.style import Style
from live_style.style import make_style


def grey(level: int, size: tuple[int, int] = (64, 36)) -> Image:
    """A picture of one grey level."""
    return np.full((size[1], size[0], 3), level, np.uint8)


class ScriptedSource:
    """Gives frames at a pace until its cable is pulled, hangs on request, and comes back when it is plugged in."""

    label = "scripted camera"
    dark_since: float | None = None

    def __init__(self, fps: float = 200.0) -> None:
        self.plugged = threading.Event()
        self.plugged.set()
        self.flowing = threading.Event()
        self.flowing.set()
        self.opens = self.closes = 0
        self._fps, self._number, self._open = fps, 0, False

    def open(self) -> None:
        if not self.plugged.is_set():
            raise SourceError("the scripted camera is gone", "Plug it in.")
        self.opens += 1
        self._open = True

    def read(self) -> Frame:
        assert self._open, "read without open"
        time.sleep(1 / self._fps)
        self.flowing.wait()
        if not self.plugged.is_set():
            raise SourceLost("the scripted camera was pulled", "Plug it in.")
        self._number += 1
        return Frame(grey(self._number % 200), self._number, time.perf_counter())

    def close(self) -> None:
        self.closes += self._open
        self._open = False

    def info(self) -> SourceInfo:
        return SourceInfo("scripted", self.label, None, None, 0.0)


class Inverter:
    """A stylizer that turns a picture into its negative, in proportion to the strength, in a time of its own."""

    space = "test"

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.runs = 0

    def stylize(self, image: Image, look: Look | TwoLooks) -> Image:
        """With two looks the person is the left half of the picture, and the room the right half."""
        if isinstance(look, TwoLooks):
            middle = image.shape[1] // 2
            halves = self.stylize(image[:, :middle], look.person), self.stylize(image[:, middle:], look.room)
            return np.concatenate(halves, axis=1)
        self.runs += 1
        time.sleep(self.seconds)
        return np.round(image * (1 - look.strength) + (255 - image) * look.strength).astype(np.uint8)

    def info(self) -> StylizerInfo:
        return StylizerInfo("inverter", "none")


def style(slug: str) -> Style:
    """A style of the test space; another length of slug is another place in it."""
    return make_style(slug, "test", np.random.default_rng(len(slug)).normal(size=100).astype(np.float32))
