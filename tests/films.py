"""Small films that tests write and read."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from live_style.frame import Image


def write_film(path: Path, pictures: Sequence[Image], fps: int = 30) -> Path:
    """A nearly lossless film of RGB pictures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "4", "preset": "ultrafast"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv444p" if path.suffix == ".mkv" else "yuv420p"
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def timed_frames_of(path: Path) -> tuple[npt.NDArray[np.float64], list[Image]]:
    """Every frame of a film, RGB, and their times in seconds from the first on."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    times = np.array([frame.time for frame in frames], float)
    return times - times[0], [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in frames]


def speeds_of(path: Path) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Times in the middle between frames, and how fast the picture changes there: levels a second, the mean."""
    times, frames = timed_frames_of(path)
    steps = np.array([np.abs(b.astype(np.float32) - a).mean() for a, b in zip(frames, frames[1:], strict=False)])
    return (times[1:] + times[:-1]) / 2, steps / np.diff(times)


def frames_of(path: Path) -> list[Image]:
    """Every frame of a film, RGB."""
    return timed_frames_of(path)[1]
