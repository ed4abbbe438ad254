"""Deinterlacing: each frame becomes a picture of one moment, without combing."""

from __future__ import annotations

from fractions import Fraction

import av
from av.filter import Graph
from av.video.frame import VideoFrame


class Deinterlacer:
    """Takes the pictures of a film in order; costs nothing until one of them is interlaced.

    From then on it is a picture late: what a line lacked is made of its neighbours in space and time.
    """

    def __init__(self) -> None:
        self._graph: Graph | None = None
        self._shape: tuple[int, int, str] | None = None
        self._tick = Fraction(1)

    def feed(self, frame: VideoFrame) -> list[VideoFrame]:
        """The frames that are ready."""
        shape = frame.width, frame.height, frame.format.name
        ready: list[VideoFrame] = []
        if self._graph is not None and (shape != self._shape or frame.time_base != self._tick):
            ready = self.end()
        if self._graph is None:
            if not frame.interlaced_frame:
                return [*ready, frame]
            self._graph, self._shape, self._tick = _graph_for(frame), shape, Fraction(frame.time_base or 1)
            if self._graph is None:
                return [*ready, frame]
        self._graph.push(frame)
        return ready + self._pulled()

    def end(self) -> list[VideoFrame]:
        """The remaining frames."""
        if self._graph is None:
            return []
        self._graph.push(None)
        rest = self._pulled()
        self._graph = None
        return rest

    def _pulled(self) -> list[VideoFrame]:
        assert self._graph is not None
        frames: list[VideoFrame] = []
        while True:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return frames
            assert isinstance(frame, VideoFrame)
            # The filter counts in half ticks, because it can give a frame for each field.
            ticks = Fraction(frame.time_base or self._tick) / self._tick
            pts, lasts = frame.pts, frame.duration
            frame.time_base = self._tick
            frame.pts = None if pts is None else round(pts * ticks)
            frame.duration = round((lasts or 0) * ticks)
            frames.append(frame)


def _graph_for(frame: VideoFrame) -> Graph | None:
    """A filter for pictures like that; None where they are too small for it."""
    graph = Graph()
    try:
        source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format,
                                  time_base=Fraction(frame.time_base or 1))
        # Whole pictures that stand between interlaced ones stay as they are.
        bwdif, sink = graph.add("bwdif", "mode=send_frame:deint=interlaced"), graph.add("buffersink")
        source.link_to(bwdif)
        bwdif.link_to(sink)
        graph.configure()
    except (av.FFmpegError, ValueError):
        return None
    return graph
