"""How a decoded picture is to be turned, by its display matrix."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import Any
from typing import NamedTuple

from av.filter import Graph
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

_KNOWN = len(Type)
"""They are numbered from 0, without a gap."""
_NEWER = 12
"""Kinds of side data that a libav newer than PyAV's list may add."""


class Orientation(NamedTuple):
    """How the rows and columns of a picture lie."""

    swapped: bool
    """First of all, rows are columns."""
    across: bool
    """Then left is right."""
    down: bool
    """Then up is down."""

    @classmethod
    def of(cls, frame: VideoFrame) -> Orientation:
        """What brings it upright."""
        found: Any = _side_data(frame).get("DISPLAYMATRIX")
        if found is None:
            return cls(False, False, False)
        # Of a point at (x, y), as libav has them: ax + cy to the right, bx + dy down.
        a, b, _, c, d = struct.unpack("=5i", bytes(found)[:20])
        swapped = abs(b) + abs(c) > abs(a) + abs(d)
        return cls(swapped, (c if swapped else a) < 0, (b if swapped else d) < 0)


def _side_data(frame: VideoFrame) -> Any:
    """What a picture has with its pixels, by its kind.

    PyAV 18 can give none of it where one kind is missing from its list, such as the EXIF of a JPEG or the views of a
    stereo video: then libav takes those kinds out of a copy.
    """
    try:
        return frame.side_data
    except ValueError:
        graph = Graph()
        last = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format,
                                time_base=Fraction(frame.time_base or 1))
        for kind in range(_KNOWN, _KNOWN + _NEWER):
            following = graph.add("sidedata", f"delete:{kind}")
            last.link_to(following)
            last = following
        last.link_to(graph.add("buffersink"))
        graph.configure()
        graph.push(frame)
        return graph.pull().side_data
