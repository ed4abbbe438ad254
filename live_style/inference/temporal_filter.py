"""The temporal filter: still areas of a painting stay still, moving ones change at once."""

from __future__ import annotations

import numpy as np

from live_style.frame import Image
from live_style.frame import size_of
from live_style.imaging.opencv import Plane
from live_style.imaging.opencv import brightness
from live_style.imaging.opencv import resize
from live_style.imaging.opencv import weigh
from live_style.imaging.opencv import weights_of_change
from live_style.imaging.opencv import weights_of_mean_change
from live_style.look import Look

STILL, MOVING = 2.5, 8.0
"""Levels of `brightness`: a smaller change is noise, a larger one is motion."""
CALM, NEW, AREA = 4.0, 10.0, 15
"""Levels of `brightness` by which a painting differs from what is shown, on average over AREA pixels of half of the
size: less is flicker, more is other strokes."""
MOTION = 0.002
"""The share of a picture that must move for new strokes elsewhere to be let through: in a picture that stands still
everywhere, all that changes is flicker."""
REACH = 5
"""Pixels at half of the size around a motion that count as moving: brush strokes near it change too."""
MELT = 10
"""Frames in which the strokes of one network give way to those of another."""
LEAST = 0.08
"""The least share of a new painting: what stands still follows slow light within half a second."""

Memory = tuple[Plane, Image]
"""The averaged input and output; never changed after its creation."""


class Steadier:
    """Averages a painting over time where its *input* stands still; one for each stream of frames.

    Networks paint sensor noise as dancing strokes, which this takes out. Where the input changes, the new painting is
    taken whole: no ghosts, no lag. It is taken too where the painting itself has clearly become another one, as what
    moves changes the strokes far around it, which would stay behind as a trail. A new look is taken whole everywhere.
    """

    def __init__(self, amount: float) -> None:
        rest = 1.0 - (1.0 - LEAST) * amount
        self._table, self._strokes = _table(rest), _table(rest, CALM, NEW)
        self._melting = 0
        self._look: Look | None = None
        self._held: Memory | None = None

    @property
    def memory(self) -> Memory | None:
        """The state to average the next frame with; None before the first."""
        return self._held

    def recall(self, memory: Memory, look: Look) -> None:
        """Go on from there; `look` is the one of the last frame."""
        self._held, self._look = memory, look

    def melt(self) -> None:
        """Another network paints from now on: still areas change to its strokes within MELT frames."""
        self._melting = MELT

    def settle(self, seen: Image, painted: Image, look: Look) -> Image:
        """The output for `painted`, the painting of `seen` in a look; both uint8 of one size."""
        light = brightness(seen)
        if self._held is None or look is not self._look and not self._melting:
            self._look, self._held = look, (light, painted)
            return painted
        before, shown = self._held
        if shown.shape != painted.shape:
            before, shown = light, resize(shown, size_of(painted))
        if self._melting:
            self._look = look
            weights = weights_of_change(before, light, _table(1.0 - (self._melting - 1) / MELT), REACH)
            self._melting -= 1
        else:
            weights = weights_of_change(before, light, self._table, REACH)
            if np.count_nonzero(weights > 127) > MOTION * weights.size:
                strokes = weights_of_mean_change(brightness(shown), brightness(painted), self._strokes, AREA)
                weights = np.maximum(weights, strokes)
        whole = resize(weights, size_of(painted))
        self._held = weigh(before, light, weights), weigh(shown, painted, whole)
        return self._held[1]


def _table(rest: float, low: float = STILL, high: float = MOVING) -> Plane:
    """The weight of a new painting for each change of brightness: `rest` (0..1) up to `low` levels, 1 from `high`."""
    gate = np.clip((np.arange(256) - low) / (high - low), 0.0, 1.0)
    return np.asarray(np.round(255.0 * (rest + (1.0 - rest) * gate)), np.uint8)
