"""A virtual camera for machines without one, by pyvirtualcam's own door for backends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyvirtualcam
import pyvirtualcam.camera

from live_style.frame import Image


class PaperCamera:
    """A virtual camera made of paper, by pyvirtualcam's own door for backends; it keeps what it was shown."""

    taken: list[PaperCamera] = []
    sent: list[Image] = []
    """What all of them were shown."""

    def __init__(self, *, width: int, height: int, fps: float, fourcc: int, device: str | None) -> None:
        if self.taken:
            raise RuntimeError("virtual camera output could not be started")
        self.size, self.name, self.frames = (width, height), device or "Paper Camera", list[Image]()
        self.taken.append(self)

    def close(self) -> None:
        self.taken.remove(self)

    def send(self, frame: Image) -> None:
        self.frames.append(frame.reshape(self.size[1], self.size[0], 3).copy())
        self.sent.append(self.frames[-1])

    def device(self) -> str:
        return self.name

    def native_fourcc(self) -> None:
        return None


@contextmanager
def paper_cameras() -> Iterator[list[PaperCamera]]:
    """While this lasts pyvirtualcam knows the paper camera; gives those that are in use."""
    pyvirtualcam.register_backend("paper", PaperCamera)
    yield PaperCamera.taken
    del pyvirtualcam.camera.BACKENDS["paper"]
    PaperCamera.taken.clear()
    PaperCamera.sent.clear()
