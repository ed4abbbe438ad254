"""A film: a video painted from its first picture to its last, in a file that can be gone on with."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from collections.abc import Generator
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from live_style.control.cues import Plan
from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging.opencv import placed
from live_style.imaging.opencv import resize
from live_style.offline.photo import Brush
from live_style.offline.resume import Checkpoint
from live_style.offline.resume import Checkpoints
from live_style.threads.prefetch import ahead
from live_style.video.codecs import Shape
from live_style.video.footage import Footage
from live_style.video.footage import Packet
from live_style.video.footage import Shot
from live_style.video.input import Alpha
from live_style.video.input import over_white
from live_style.video.reel import Reel
from live_style.video.tracks import Track
from live_style.video.unfinished import Unfinished

PIECE = 60
"""Pictures that are encoded on their own: a player can jump to every second one of them at 30 a second, and so much
work is done again by who goes on."""


class Wanted(NamedTuple):
    """What was asked for."""

    brush: Brush
    plan: Plan
    work: Size
    """The size at which pictures are painted."""
    final: Size
    """The size of the film; both sides even."""
    smooth: float
    codec: str
    tracks: Mapping[int, Track]
    """What becomes of sound and subtitles."""
    facts: Mapping[str, str]
    """What is written into the file about how it was made."""


class _Seen(NamedTuple):
    """A picture of the footage, ready to be painted; None: one that an earlier run has painted."""

    shot: Shot
    image: Image | None
    alpha: Alpha | None = None
    """How much of it is seen, at the film's size; None: all of it."""


class _Painted(NamedTuple):
    """A picture for the reel; None: one that an earlier run has encoded."""

    shot: Shot
    image: Image | None
    before: Checkpoint | None
    """How things stood before it, where a piece begins with it."""


class Film:
    """Paints footage; `run` once. Decoding, painting and encoding overlap, and memory does not grow with its length."""

    def __init__(self, footage: Footage, wanted: Wanted, unfinished: Unfinished, checkpoints: Checkpoints) -> None:
        self._footage, self._wanted, self._unfinished, self._checkpoints = footage, wanted, unfinished, checkpoints
        self.pictures = 0
        """How many are in the file."""
        self.seconds = 0.0
        """When the last of them is shown."""

    def run(self, begin: Checkpoint, ending: threading.Event, progress: Callable[[float], None]) -> bool:
        """Write the unfinished film, with the pictures before `begin` from an earlier run; whether it is whole.

        `progress` is told after each picture how many seconds of the film are done. Raises LiveStyleError; then,
        as after `ending`, what is done stays, and plays.
        """
        footage, wanted = self._footage, self._wanted
        shape = Shape(wanted.final, footage.rate, footage.tick, footage.colors)
        reel = Reel(self._unfinished.part, wanted.codec, shape, footage.video, footage.others,
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

    def _cut(self, reel: Reel, before: Checkpoint | None, begin: Checkpoint) -> None:
        """Where a piece begins, what went before is worth a checkpoint."""
        if before is None:
            return
        reel.cut()
        self._checkpoints.add(before)
        if begin.pictures < before.pictures:
            self._unfinished.forget_earlier()

    def _painted(self, begin: Checkpoint) -> Generator[_Painted | Packet, None, None]:
        """The reel's items, in the painter's thread."""
        plan, stylizer = self._wanted.plan, self._wanted.brush.steadied(self._wanted.work, self._wanted.smooth)
        look_at = begin.look_at
        if begin.memory is not None:
            stylizer.recall(begin.memory, plan.at(look_at))
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
                before = Checkpoint(shot.number, look_at, stylizer.memory) if piece else None
                look = plan.at(shot.seconds)
                painted = stylizer.stylize(image, look)
                look_at = shot.seconds if look.strength > 0.0 else look_at
                yield _Painted(shot, over_white(_fitted(painted, self._wanted.final), alpha), before)

    def _seen(self, begin: int) -> Generator[_Seen | Packet, None, None]:
        """The footage's items, in the decoder's thread."""
        for item in self._footage.items():
            if not isinstance(item, Shot):
                yield item
            elif item.number < begin:
                yield _Seen(item, None)
            else:
                image, alpha = item.picture.parted()
                upright = resize(placed(image, *item.picture.placing), self._wanted.work)
                yield _Seen(item, upright, _fitted(placed(alpha, *item.picture.placing), self._wanted.final)
                            if alpha is not None else None)


def _fitted(image: Image, size: Size) -> Image:
    """The picture at another size; an odd last row or column is left out, not squeezed in."""
    width, height = size_of(image)
    if 0 <= width - size[0] <= 1 and 0 <= height - size[1] <= 1:
        return np.ascontiguousarray(image[:size[1], :size[0]])
    return resize(image, size)
