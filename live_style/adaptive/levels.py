"""The quality levels: networks, their sizes, and the frame rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from typing import NamedTuple

from live_style.frame import Size
from live_style.inference.model_files import MODELS
from live_style.inference.net_size import ladder

GROWTH = 1.18
"""Ratio of the sides of neighbouring levels: a level takes 1.4 times as long as the one below, with similar strokes."""
ENOUGH = 640
"""Pixels of the longer side above which a better network gains more than a larger size of the faster one."""
LEAST = 512
"""Smallest longer side of a better network, in pixels: below, more pixels for the faster one gain more."""


RATES = (20.0, 24.0, 30.0)
"""Lower frame rates that are allowed: films have 24, and below 20 motion is not smooth."""
NEAR = 0.9
"""A lower rate is used only if it is below this share of the requested rate."""

Prefer = Literal["smooth", "sharp"]
"""What to keep if the computer is too slow for both: the frame rate or the picture."""


class QualityLevel(NamedTuple):
    """One network at one size."""

    model: str
    size: Size
    cost: float
    """Expected cost of a frame, in any unit."""


class OperatingPoint(NamedTuple):
    """One level at one frame rate."""

    place: int
    """Index of its level."""
    fps: float
    """Frame rate of the painting."""


def points_of(levels: Sequence[QualityLevel], fps: float, prefer: Prefer) -> tuple[OperatingPoint, ...]:
    """Levels and rates, from the least work to the most; at the lowest level only the rate goes down.

    "smooth" lowers the level before the rate; "sharp" lowers the rate first.
    """
    slow, last = [rate for rate in RATES if rate < NEAR * fps], len(levels) - 1
    if prefer == "sharp":
        slowest = min((*slow, fps))
        return (*(OperatingPoint(place, slowest) for place in range(last)),
                *(OperatingPoint(last, rate) for rate in (*slow, fps)))
    return (*(OperatingPoint(0, rate) for rate in slow), *(OperatingPoint(place, fps) for place in range(last + 1)))


def quality_levels(names: Sequence[str], output: Size, net_size: Size | None = None) -> tuple[QualityLevel, ...]:
    """Networks, from the fastest to the best, at sizes for an output; all at `net_size` if one is given.

    Each level is expected to take longer than the one below.
    """
    found: list[QualityLevel] = []
    for place, name in enumerate(names):
        last = place == len(names) - 1
        for size in _sizes(output, place == 0, last) if net_size is None else (net_size,):
            level = QualityLevel(name, size, MODELS[name].work * (size[0] * size[1]) ** 1.1)
            if not found or level.cost > GROWTH * found[-1].cost:
                found.append(level)
    return tuple(found)


def _sizes(output: Size, first: bool, last: bool) -> list[Size]:
    """Sizes with the output's aspect ratio, each about GROWTH times the one before."""
    every = ladder(output)
    low = 0 if first else min(LEAST, max(every[-1]))
    high = max(every[-1]) if last else min(ENOUGH, max(every[-1]))
    chosen: list[Size] = []
    for size in every:
        if low <= max(size) <= high and (not chosen or max(size) >= GROWTH * max(chosen[-1])):
            chosen.append(size)
    top = max((size for size in every if max(size) <= high), key=max)
    # The last one replaces its neighbour if the two are too similar for two levels.
    crowded = bool(chosen) and top != chosen[-1] and max(top) < 1.1 * max(chosen[-1])
    return [*(chosen[:-1] if crowded else chosen), *([top] if top not in chosen else [])]
