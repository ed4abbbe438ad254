"""A video file that loops at its own frame rate, or a live stream."""

from __future__ import annotations

import time
from dataclasses import dataclass

from live_style.errors import SourceLost
from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging.opencv import placed
from live_style.interfaces import SourceInfo
from live_style.redact import without_secrets
from live_style.telemetry.meter import Meter
from live_style.telemetry.trace import span
from live_style.video.input import DecodedPicture
from live_style.video.input import FrameReader

STILL_SECONDS = 0.5
"""A picture that lasts longer is given again so often: a slow clip is not a lost one."""
LATE_SECONDS = 5.0
"""Seconds from which on seeking is faster than decoding frames that are skipped."""


@dataclass(frozen=True)
class VideoInfo(SourceInfo):
    """What a clip is and gives."""

    loops: int
    """How often it has begun again."""


class VideoSource:
    """A video file or a network address (http, https, rtsp, rtmp, udp, srt ...).

    A video with an end is played by its timestamps and loops forever; a slow reader misses pictures, the video never
    slows down. A live stream gives each picture when it arrives, and raises SourceLost after 2 s without one.
    """

    dark_since: float | None = None

    def __init__(self, address: str) -> None:
        self.label = without_secrets(address)
        self._address = address
        self._reader: FrameReader | None = None
        self._meter = Meter()
        self._size: Size | None = None
        self._loops = 0
        self._start: float | None = None
        self._end = 0.0
        self._next: DecodedPicture | None = None
        self._shown: tuple[DecodedPicture, Image] | None = None

    def open(self) -> None:
        """Open it and decode the first picture; raises SourceError."""
        self.close()
        self._reader = FrameReader(self._address)
        self.label = without_secrets(self._reader.name)
        self._meter = Meter()
        self._start, self._next, self._shown = None, None, None
        self._loops = 0

    def read(self) -> Frame:
        """The picture that is due; raises SourceLost when a stream was interrupted."""
        reader = self._reader
        if reader is None:
            raise SourceLost(f"{self.label} is not open")
        picture = self._newest(reader) if reader.live else self._due(reader)
        born = time.perf_counter()
        if self._shown is None or self._shown[0] is not picture:
            self._shown = picture, placed(picture.image(), *picture.placing)
        image = self._shown[1]
        self._size = size_of(image)
        frame = Frame(image, self._meter.count, born)
        self._meter.add(born)
        return frame

    def close(self) -> None:
        """Let go of the file or the connection."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def info(self) -> VideoInfo:
        """Kind, label, size, rates and rounds."""
        reader = self._reader
        return VideoInfo("stream" if reader is not None and reader.live else "clip", self.label, self._size,
                         None if reader is None else round(reader.fps, 3),
                         round(self._meter.fps(time.perf_counter()), 2), self._loops)

    def _newest(self, reader: FrameReader) -> DecodedPicture:
        picture = reader.next()
        if picture is None:
            raise SourceLost(f"{self.label} ended", "live-style keeps trying to reconnect.")
        return picture

    def _due(self, reader: FrameReader) -> DecodedPicture:
        """Wait for the next picture of a clip with an end, leaving out those whose time is over."""
        picture = self._next or self._follow(reader)
        while True:
            now = time.perf_counter()
            if self._start is None:
                self._start = now - picture.time
            wait = self._start + picture.time - now
            if wait > STILL_SECONDS and self._shown is not None:
                time.sleep(STILL_SECONDS)
                self._next = picture
                return self._shown[0]
            if wait > 0.0:
                with span("wait"):
                    time.sleep(wait)
            elif -wait > LATE_SECONDS:
                picture = self._catch_up(reader, now - self._start)
                continue
            following = self._follow(reader)
            if self._start + following.time > time.perf_counter():
                self._next = following
                return picture
            picture = following

    def _follow(self, reader: FrameReader) -> DecodedPicture:
        """The next picture, of the next round after the last one."""
        picture = reader.next()
        if picture is None:
            if self._start is not None:
                self._start += self._end
            reader.rewind()
            self._loops += 1
            picture = reader.next()
            if picture is None:
                raise SourceLost(f"{self.label} has no more pictures", "Record or copy it again.")
        self._end = picture.time + picture.lasts
        return picture

    def _catch_up(self, reader: FrameReader, target: float) -> DecodedPicture:
        """The picture at `target` seconds, where the clock goes on."""
        target = target % reader.seconds if reader.seconds > 0.0 else target
        loops = self._loops
        reader.rewind(target)
        picture = self._follow(reader)
        while picture.time < target and self._loops == loops:
            picture = self._follow(reader)
        self._start = time.perf_counter() - picture.time
        return picture
