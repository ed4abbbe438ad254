"""Paints a video from its first frame to its last; an interrupted one can be continued."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from collections.abc import Generator
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from live_style.control.cues import CueTimeline
from live_style.control.cues import TwoPlans
from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging.opencv import placed
from live_style.imaging.opencv import resize
from live_style.offline.photo import PictureStylizer
from live_style.offline.resume import Checkpoint
from live_style.offline.resume import Checkpoints
from live_style.threads.prefetch import ahead
from live_style.video.codecs import Shape
from live_style.video.file_reader import FileReader
from live_style.video.file_reader import Packet
from live_style.video.file_reader import TimedPicture
from live_style.video.file_writer import FileWriter
from live_style.video.input import Alpha
from live_style.video.input import over_white
from live_style.video.tracks import Track
from live_style.video.unfinished import Unfinished

PIECE = 60
"""Frames of a piece, which is encoded on its own: players can seek to it, and --resume repeats one at most."""


class VideoOptions(NamedTuple):
    """The options of the user."""

    stylizer: PictureStylizer
    plan: CueTimeline | TwoPlans
    work: Size
    """The size at which frames are painted."""
    final: Size
    """The size of the output; both sides are even."""
    smooth: float
    codec: str
    tracks: Mapping[int, Track]
    """How sound and subtitles are kept."""
    facts: Mapping[str, str]
    """Metadata about how it was made."""


class _Seen(NamedTuple):
    """A frame of the input, ready to be painted; None: an earlier run has painted it."""

    shot: TimedPicture
    image: Image | None
    alpha: Alpha | None = None
    """Its opacity, at the output's size; None: opaque."""


class _Painted(NamedTuple):
    """A painted frame for the output; None: an earlier run has encoded it."""

    shot: TimedPicture
    image: Image | None
    before: Checkpoint | None
    """The checkpoint before it, if it starts a piece."""


class VideoStylizer:
    """Paints a video; call `run` once. Decoding, painting and encoding overlap; memory does not grow over time."""

    def __init__(self, footage: FileReader, wanted: VideoOptions, unfinished: Unfinished,
                 checkpoints: Checkpoints) -> None:
        self._footage, self._wanted, self._unfinished, self._checkpoints = footage, wanted, unfinished, checkpoints
        self.pictures = 0
        """Number of frames in the file."""
        self.seconds = 0.0
        """Time of the last of them, in seconds."""

    def run(self, begin: Checkpoint, ending: threading.Event, progress: Callable[[float], None]) -> bool:
        """Write the unfinished video, with the frames before `begin` from an earlier run; whether it is complete.

        `progress` is called after each frame with the seconds that are done. Raises LiveStyleError; then, as after
        `ending`, the finished part is kept and can be played.
        """
        footage, wanted = self._footage, self._wanted
        shape = Shape(wanted.final, footage.rate, footage.tick, footage.colors)
        reel = FileWriter(self._unfinished.part, wanted.codec, shape, footage.video, footage.others,
                          wanted.tracks, {**wanted.facts, **footage.metadata}, footage.chapters())
        with contextlib.closing(self._unfinished.pictures()) as earlier, contextlib.closing(reel), \
                contextlib.closing(ahead(self._painted(begin), "painter")) as items:
            self._checkpoints.keep_to(begin)
            for item in items:
                if ending.is_set():
                    return False
                if not isinstance(item, _Painted):
                    reel.copy(item)
                    continue
                shot, image, before = item
                if image is None:
                    reel.keep(next(earlier), shot.ticks, shot.lasts)
                else:
                    self._cut(reel, before, begin)
                    reel.show(image, shot.ticks, shot.lasts)
                self.pictures, self.seconds = shot.number + 1, shot.seconds + shot.picture.lasts
                progress(self.seconds)
        return True

    def _cut(self, reel: FileWriter, before: Checkpoint | None, begin: Checkpoint) -> None:
        """At the start of a piece, save a checkpoint of what came before."""
        if before is None:
            return
        reel.cut()
        self._checkpoints.add(before)
        if begin.pictures < before.pictures:
            self._unfinished.forget_earlier()

    def _painted(self, begin: Checkpoint) -> Generator[_Painted | Packet, None, None]:
        """The items for the output, in the painter's thread."""
        plan, stylizer = self._wanted.plan, self._wanted.stylizer.steadied(self._wanted.work, self._wanted.smooth)
        if begin.memory:
            stylizer.recall(begin.memory)
        with contextlib.closing(ahead(self._seen(begin.pictures), "decoder")) as items:
            for item in items:
                if not isinstance(item, _Seen):
                    yield item
                    continue
                shot, image, alpha = item
                if image is None:
                    yield _Painted(shot, None, None)
                    continue
                piece = shot.number % PIECE == 0
                before = Checkpoint(shot.number, stylizer.memory) if piece else None
                painted = stylizer.stylize(image, plan.at(shot.seconds))
                yield _Painted(shot, over_white(_fitted(painted, self._wanted.final), alpha), before)

    def _seen(self, begin: int) -> Generator[_Seen | Packet, None, None]:
        """The items of the input, in the decoder's thread."""
        for item in self._footage.items():
            if not isinstance(item, TimedPicture):
                yield item
            elif item.number < begin:
                yield _Seen(item, None)
            else:
                image, alpha = item.picture.parted()
                upright = resize(placed(image, *item.picture.placing), self._wanted.work)
                yield _Seen(item, upright, _fitted(placed(alpha, *item.picture.placing), self._wanted.final)
                            if alpha is not None else None)


def _fitted(image: Image, size: Size) -> Image:
    """The picture at another size; an odd last row or column is cut off, not squeezed in."""
    width, height = size_of(image)
    if 0 <= width - size[0] <= 1 and 0 <= height - size[1] <= 1:
        return np.ascontiguousarray(image[:size[1], :size[0]])
    return resize(image, size)
