"""Small films that tests write and read."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

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


def frames_of(path: Path) -> list[Image]:
    """Every frame of a film, RGB."""
    return timed_frames_of(path)[1]


class Tone(NamedTuple):
    """What is heard in a track."""

    begins: float
    """Seconds after the first picture."""
    lasts: float
    pitch: float
    """That it has most of, in hertz."""
    channels: int


def sounds_of(path: Path) -> list[Tone]:
    """What is heard in each track of a film."""
    with av.open(str(path)) as container:
        first = float(next(container.decode(video=0)).time or 0)
        count = len(container.streams.audio)
    return [_tone(path, number, first) for number in range(count)]


def _tone(path: Path, number: int, first: float) -> Tone:
    with av.open(str(path)) as container:
        frames = [frame for packet in container.demux(audio=number) if packet.size for frame in packet.decode()]
        rate, channels = frames[0].sample_rate, frames[0].layout.nb_channels
    mono = np.concatenate([frame.to_ndarray().astype(float).reshape(
        (channels, -1) if frame.format.is_planar else (-1, channels)).sum(0 if frame.format.is_planar else 1)
        for frame in frames])
    mono -= mono.mean()  # one of 8 bits has no signs
    loud = np.flatnonzero(np.abs(mono) > 0.2 * np.abs(mono).max())
    heard = mono[loud[0]:loud[-1]]
    pitch = np.abs(np.fft.rfft(heard)).argmax() * rate / len(heard)
    return Tone(float(frames[0].time or 0) + loud[0] / rate - first, len(heard) / rate, float(pitch), channels)


def need_ffmpeg() -> None:
    """The test is skipped where there is no ffmpeg program."""
    if not shutil.which("ffmpeg"):
        pytest.skip("needs the ffmpeg program")


def ffmpeg(*words: str) -> None:
    """Run the ffmpeg program; the test is skipped where it is missing or lacks what is asked for."""
    try:
        subprocess.run(["ffmpeg", "-v", "error", "-y", *words], check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as e:
        pytest.skip(f"the ffmpeg program makes none of these: {e}")
