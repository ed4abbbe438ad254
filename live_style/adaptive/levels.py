"""The steps of quality: networks and the sizes that they work at, and how many frames a second are painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from typing import NamedTuple

from live_style.frame import Size
from live_style.inference.model_files import MODELS
from live_style.inference.net_size import ladder

GROWTH = 1.18
"""Each step's sides over those of the one below: a step up takes 1.4 times as long, and its strokes stay alike."""
ENOUGH = 640
"""Pixels of the longer side from which a better network shows more than a larger size of the quicker one."""
LEAST = 512
"""Pixels of the longer side at which a better network begins: below, more pixels for the quicker one show more."""


RATES = (20.0, 24.0, 30.0)
"""Frames a second that a show of more is slowed down to; films have 24, and below 20 motion falls apart."""
NEAR = 0.9
"""The share of the wished rate from which a slower one is not worth a change."""

Prefer = Literal["smooth", "sharp"]
"""What is kept where a machine cannot have both: the rate of frames, or the picture."""


class Step(NamedTuple):
    """One network at one size."""

    model: str
    size: Size
    cost: float
    """What a frame is expected to take, in any unit."""


class Gear(NamedTuple):
    """One step at one rate."""

    place: int
    """Of its step among all."""
    fps: float
    """Frames a second that are painted."""


def gears_of(steps: Sequence[Step], fps: float, prefer: Prefer) -> tuple[Gear, ...]:
    """Steps and rates, from the least work to the most: the lowest step is the floor, where only the rate goes down.

    Smooth takes the picture down to it before it slows down; sharp slows down first.
    """
    slow, last = [rate for rate in RATES if rate < NEAR * fps], len(steps) - 1
    if prefer == "sharp":
        slowest = min((*slow, fps))
        return (*(Gear(place, slowest) for place in range(last)), *(Gear(last, rate) for rate in (*slow, fps)))
    return (*(Gear(0, rate) for rate in slow), *(Gear(place, fps) for place in range(last + 1)))


def quality_steps(names: Sequence[str], output: Size, net_size: Size | None = None) -> tuple[Step, ...]:
    """Networks, from the quickest to the best, at sizes for an output; all at `net_size` if one is given.

    Each step is expected to take longer than the one below.
    """
    found: list[Step] = []
    for place, name in enumerate(names):
        last = place == len(names) - 1
        for size in _sizes(output, place == 0, last) if net_size is None else (net_size,):
            step = Step(name, size, MODELS[name].work * (size[0] * size[1]) ** 1.1)
            if not found or step.cost > GROWTH * found[-1].cost:
                found.append(step)
    return tuple(found)


def _sizes(output: Size, first: bool, last: bool) -> list[Size]:
    """Sizes of the output's shape, each about GROWTH times the one before."""
    every = ladder(output)
    low = 0 if first else min(LEAST, max(every[-1]))
    high = max(every[-1]) if last else min(ENOUGH, max(every[-1]))
    chosen: list[Size] = []
    for size in every:
        if low <= max(size) <= high and (not chosen or max(size) >= GROWTH * max(chosen[-1])):
            chosen.append(size)
    top = max((size for size in every if max(size) <= high), key=max)
    # The last one takes the place of its neighbour where the two are too alike to be two steps.
    crowded = bool(chosen) and top != chosen[-1] and max(top) < 1.1 * max(chosen[-1])
    return [*(chosen[:-1] if crowded else chosen), *([top] if top not in chosen else [])]
