"""The temporal filter: still areas of a painting stay still, moving ones change at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from live_style.frame import Image
from live_style.frame import size_of
from live_style.imaging.opencv import Plane
from live_style.imaging.opencv import brightness
from live_style.imaging.opencv import resize
from live_style.imaging.opencv import weigh
from live_style.imaging.opencv import weights_of_change
from live_style.imaging.opencv import weights_of_lasting_change
from live_style.look import Look

STILL, MOVING = 2.5, 8.0
"""Levels of `brightness`: what changed by less is noise, what changed by more has moved."""
CALM, NEW, AREA = 3.0, 8.0, 15
"""Levels of `brightness` by which a painting differs from what is shown, and more than from the painting before, on
average over AREA pixels of half of the size: less is flicker, more is other strokes."""
MOTION, SETTLING = 0.002, 8
"""The share of a picture that must move for new strokes elsewhere to be let through, and the frames after that: in a
picture that stands still everywhere, all that changes is flicker."""
REACH = 5
"""Pixels at half of the size around a motion that count as moving: brush strokes near it change too."""
MELT = 10
"""Frames in which the strokes of one network give way to those of another."""
LEAST = 0.08
"""The least share of a new painting: what stands still follows slow light within half a second."""


class FilterState(NamedTuple):
    """What the next frame is averaged with; never written to once it left its maker."""

    seen: Plane
    shown: Image
    """Averaged, as `seen` is."""
    painted: Plane | None = None
    """The brightness of the last painting, while something moves or has just moved."""
    settling: int = 0
    """Frames for which it still counts as moving."""

    def averaged(self, seen: Plane, new: Image, weights: Plane) -> FilterState:
        """With so much (0 to 255) of the brightness of a new frame, and of what was made of it, in each place."""
        return self._replace(seen=weigh(self.seen, seen, weights),
                             shown=weigh(self.shown, new, resize(weights, size_of(new))))


class TemporalFilter:
    """Averages a painting over time where its *input* stands still; one for each stream of frames.

    Networks paint sensor noise as dancing strokes, which this takes out. Where the input changes, the new painting is
    taken whole: no ghosts, no lag. It is taken too where the painting itself has become another one and stays so, as
    what moves changes the strokes far around it, which would stay behind as a trail. Strokes that dance differ from the
    painting before by more than from what is shown, which is their mean. A new look is taken whole everywhere.
    """

    def __init__(self, amount: float) -> None:
        rest = 1.0 - (1.0 - LEAST) * amount
        self._table, self._strokes = change_table(rest), change_table(rest, CALM, NEW)
        self._melting = 0
        self._look: Look | None = None
        self._held: FilterState | None = None

    @property
    def memory(self) -> FilterState | None:
        """The state to average the next frame with; None before the first."""
        return self._held

    def recall(self, memory: FilterState, look: Look) -> None:
        """Go on from there; `look` is the one of the last frame."""
        self._held, self._look = memory, look

    def melt(self) -> None:
        """Another network paints from now on: still areas change to its strokes within MELT frames."""
        self._melting = MELT

    def settle(self, seen: Image, painted: Image, look: Look) -> Image:
        """What to show for `painted`, the painting of `seen` in a look; both uint8 of one size."""
        light, held = brightness(seen), self._held
        if held is None or look is not self._look and not self._melting:
            self._look, self._held = look, FilterState(light, painted)
            return painted
        if held.shown.shape != painted.shape:
            held = FilterState(light, resize(held.shown, size_of(painted)))
        if self._melting:
            self._look = look
            weights = weights_of_change(held.seen, light, change_table(1.0 - (self._melting - 1) / MELT), REACH)
            self._melting -= 1
        else:
            weights = weights_of_change(held.seen, light, self._table, REACH)
            before, held = held.painted, _after(held, painted, weights)
            if before is not None and held.painted is not None:
                kept = brightness(held.shown)
                strokes = weights_of_lasting_change(kept, before, held.painted, self._strokes, AREA)
                weights = np.maximum(weights, strokes)
        self._held = held.averaged(light, painted, weights)
        return self._held.shown


def _after(held: FilterState, painted: Image, moving: Plane) -> FilterState:
    """With what is to be known of a painting while something moves."""
    moves = np.count_nonzero(moving > 127) > MOTION * moving.size
    settling = SETTLING if moves else max(0, held.settling - 1)
    return held._replace(painted=brightness(painted) if settling else None, settling=settling)


def change_table(rest: float, low: float = STILL, high: float = MOVING, top: float = 1.0) -> Plane:
    """The weight (0..1) of a new picture by the change of brightness: `rest` up to `low` levels, `top` from `high`."""
    gate = np.clip((np.arange(256) - low) / (high - low), 0.0, 1.0)
    return np.asarray(np.round(255.0 * (rest + (top - rest) * gate)), np.uint8)
