"""Small films that tests write and read."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import av
import numpy as np
import numpy.typing as npt
import pytest

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


def write_clip(path: Path, pictures: Sequence[Image], ticks: Sequence[int], codec: str = "libx264",
               pixels: str = "yuv420p", options: Mapping[str, str] = MappingProxyType({}), rotation: float = 0.0,
               sound: bool = True) -> Path:
    """A film whose pictures are shown at these ticks of 1/600 s, with a falling tone."""
    with av.open(str(path), "w", options=dict(options)) as container:
        video = container.add_stream(codec, rate=30)
        video.height, video.width = pictures[0].shape[:2]
        video.pix_fmt = pixels
        video.codec_context.time_base = Fraction(1, 600)
        if rotation:
            video.set_display_rotation(rotation)
        if sound:
            audio = container.add_stream("aac", rate=48000)
        for at, picture in zip(ticks, pictures, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pixels)
            frame.pts, frame.time_base, frame.duration = at, Fraction(1, 600), 20
            container.mux(video.encode(frame))
        if sound:
            seconds = (ticks[-1] + 20) / 600
            tone = np.sin(np.cumsum(np.linspace(0.2, 0.02, int(48000 * seconds)))).astype(np.float32) / 4
            for start in range(0, len(tone) - 1023, 1024):
                block = np.stack([tone[start:start + 1024]] * 2)
                heard = av.AudioFrame.from_ndarray(block, "fltp", "stereo")
                heard.sample_rate, heard.pts, heard.time_base = 48000, start, Fraction(1, 48000)
                container.mux(audio.encode(heard))
            container.mux(audio.encode(None))
        container.mux(video.encode(None))
    return path


def packets_of(path: Path, kind: str) -> list[tuple[float, float, bytes]]:
    """Time, length and bytes of each packet of the streams of a kind ("audio", "video" ...)."""
    with av.open(str(path)) as container:
        wanted = [stream for stream in container.streams if stream.type == kind]
        packets = [packet for packet in container.demux(wanted) if packet.size] if wanted else []
        return [(float(packet.pts * packet.time_base), float((packet.duration or 0) * packet.time_base), bytes(packet))
                for packet in packets]


def timed_frames_of(path: Path) -> tuple[npt.NDArray[np.float64], list[Image]]:
    """Every frame of a film, RGB, and their times in seconds from the first on."""
    with av.open(f"file:{path}") as container:
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


def ffmpeg(*words: str) -> None:
    """Run the ffmpeg program; the test is skipped where it is missing or lacks what is asked for."""
    try:
        subprocess.run(["ffmpeg", "-v", "error", "-y", *words], check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as e:
        pytest.skip(f"the ffmpeg program makes none of these: {e}")
