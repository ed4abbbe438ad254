"""How steady a painter is on a clip: flicker where nothing moves, answer where something does."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from live_style.training.data.pictures import Pixels
from live_style.training.metrics.luma import luma
from live_style.video.input import FrameReader

# Levels below which a pixel is still, and above which it moves; frames that it must have been still; px around motion.
STILL, MOVING = 6.0, 12.0
FRAMES, AROUND = 3, 9


class Steadiness(NamedTuple):
    """flicker: mean luma change a frame where the input is still, levels.

    motion: change over that of the input, where it moves.
    """

    flicker: float
    motion: float


def frames_of(file: Path, width: int, height: int, count: int) -> list[Pixels]:
    """The first `count` frames of a clip, scaled. Raises SourceError for what is no clip."""
    reader = FrameReader(str(file))
    try:
        return [np.asarray(picture.frame.to_ndarray(format="rgb24", width=width, height=height), np.uint8)
                for picture in islice(iter(reader.next, None), count)]
    finally:
        reader.close()


def _smooth(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(F.avg_pool2d(torch.from_numpy(plane)[None, None], 5, 1, 2, count_include_pad=False)[0, 0].numpy())


def _near(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    grown = F.max_pool2d(torch.from_numpy(mask.astype(np.float32))[None, None], 2 * AROUND + 1, 1, AROUND)
    return np.asarray(grown[0, 0].numpy() > 0)


def steadiness(frames: list[Pixels], painted: Iterable[Pixels]) -> Steadiness:
    """Measure a painted clip against the clip itself."""
    seen = [luma(frame) for frame in frames]
    out = [luma(frame) for frame in painted]
    changed = [np.abs(_smooth(b - a)) for a, b in zip(seen, seen[1:])]
    flicker, made, given = [], 0.0, 0.0
    for t in range(len(changed)):
        answer = np.abs(out[t + 1] - out[t])
        moves = changed[t] > MOVING
        made += float(answer[moves].sum())
        given += float(np.abs(seen[t + 1] - seen[t])[moves].sum())
        if t + 1 >= FRAMES:
            still = ~_near(np.max(changed[t + 1 - FRAMES:t + 1], axis=0) >= STILL)
            if still.any():
                flicker.append(float(answer[still].mean()))
    return Steadiness(float(np.mean(flicker)) if flicker else float("nan"), made / given if given else float("nan"))
