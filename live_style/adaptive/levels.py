"""The steps of quality: networks and the sizes that they work at, from the quickest to the best."""

from __future__ import annotations

from collections.abc import Sequence
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


class Step(NamedTuple):
    """One network at one size."""

    model: str
    size: Size
    cost: float
    """What a frame is expected to take, in any unit."""


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
