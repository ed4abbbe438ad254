"""The temporal filter: what stands still in a stream of frames is averaged over time, what moves changes at once."""

from __future__ import annotations

from typing import NamedTuple
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from live_style.frame import Image
from live_style.frame import size_of
from live_style.imaging.opencv import Plane
from live_style.imaging.opencv import brightness
from live_style.imaging.opencv import resize
from live_style.imaging.opencv import weigh
from live_style.imaging.opencv import weights_of_change

STILL, MOVING = 2.5, 8.0
"""Levels of `brightness`: what changed by less is noise, what changed by more has moved."""
REACH = 5
"""Pixels at half of the size around a motion that count as moving."""
LEAST = 0.05
"""The least share of a new frame: what stands still follows slow light within a second."""
FADE = 10
"""Frames in which the strokes of one network give way to those of another."""

Values = TypeVar("Values", Image, Plane)


class FilterState(NamedTuple):
    """What the next frame is averaged with; never written to once it left its maker."""

    seen: Plane
    """The brightness of the frames, averaged."""
    shown: npt.NDArray[np.uint8]
    """The values that were averaged: of a frame, or of its mask."""


class TemporalFilter:
    """Averages over time where a stream of frames stands still; one for each stream.

    Networks paint the noise of a sensor or a codec as dancing strokes, several times as strong as it is. So the frames
    are averaged, not their paintings: a painting of a frame without noise stands still by itself, and as no painting
    is kept, none can stay behind as a trail. Where something moves, the new frame is taken whole: no ghosts, no lag.
    """

    def __init__(self, rest: float, most: float = 1.0) -> None:
        """`rest`, `most`: the shares (0..1) of the new values where the frames stand still, and where they move."""
        self._table = change_table(rest, most)
        self.memory: FilterState | None = None
        """The state to continue with; None before the first frame."""

    def settle(self, frame: Image, values: Values) -> Values:
        """The values [H,W,...] uint8 of a frame of the same size, averaged; they may be the frame itself."""
        light, held = brightness(frame), self.memory
        if held is None or held.shown.ndim != values.ndim:
            self.memory = FilterState(light, values)
            return values
        if held.shown.shape != values.shape:
            held = FilterState(resize(held.seen, size_of(light)), resize(held.shown, size_of(values)))
        weights = weights_of_change(held.seen, light, self._table, REACH)
        shown = weigh(held.shown, values, resize(weights, size_of(values)))
        self.memory = FilterState(weigh(held.seen, light, weights), shown)
        return shown


def share_at_rest(amount: float) -> float:
    """The share of a new frame where nothing moves, for how much (0..1) flicker is to be reduced."""
    return float(LEAST ** amount)


class NetworkFade:
    """Fades from the strokes of one network to those of another where the frames stand still."""

    def __init__(self) -> None:
        self._left = 0
        self._last: tuple[Image, Image] | None = None

    def begin(self) -> None:
        """Another network paints from now on."""
        self._left = FADE

    def blend(self, frame: Image, painted: Image) -> Image:
        """What to show for `painted`, the painting of `frame`; both uint8 [H,W,3] of one size."""
        shown = painted
        if self._left and self._last is not None:
            before, kept = (resize(image, size_of(painted)) for image in self._last)
            table = change_table(1.0 - (self._left - 1) / FADE)
            weights = weights_of_change(brightness(before), brightness(frame), table, REACH)
            shown = weigh(kept, painted, resize(weights, size_of(painted)))
            self._left -= 1
        self._last = frame, shown
        return shown


def change_table(rest: float, most: float = 1.0) -> Plane:
    """The weight (0..255) of new values by the change of brightness: `rest` up to STILL levels, `most` from MOVING."""
    gate = np.clip((np.arange(256) - STILL) / (MOVING - STILL), 0.0, 1.0)
    return np.asarray(np.round(255.0 * (rest + (most - rest) * gate)), np.uint8)
