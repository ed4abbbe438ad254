"""The size a network works at: found by trying, so that it keeps up with the camera."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Sequence

from live_style.frame import Size

STEP = 8
"""Both sides are multiples of it."""
SMALLEST, LARGEST = 384, 1280
"""Pixels of the longer side: below 384 faces are lost, and a slower show is the better one."""
SHARE = 0.75
"""Share of the frame interval that a frame may take; the rest is for the camera and delays."""
_CROOKED = 0.02


def _rounded(size: Size) -> Size:
    """The nearest size a network can work at."""
    width, height = (max(STEP, round(side / STEP) * STEP) for side in size)
    return width, height


def ladder(output: Size) -> list[Size]:
    """Sizes of the output's shape (within 2 %), smallest first; none is larger than the output."""
    long, short = max(output), min(output)
    tops = range(min(SMALLEST, max(STEP, long // STEP * STEP)), min(LARGEST, long) + 1, STEP)
    sizes = [_rounded((top, round(top * short / long))) for top in tops]
    straight = [(w, h) for w, h in sizes if abs(w * short / (h * long) - 1.0) <= _CROOKED] or sizes[:1]
    return straight if output[0] >= output[1] else [(h, w) for w, h in straight]


def shaped(picture: Size, long: int) -> Size:
    """The size of a picture's shape whose longer side is `long`, or the picture's own where that is shorter."""
    factor = min(1.0, long / max(picture))
    return _rounded((round(picture[0] * factor), round(picture[1] * factor)))


def choose_net_size(measure: Callable[[Size], float], output: Size, fps: float, start: Size,
                    budget: float = 0.5, clock: Callable[[], float] = time.perf_counter) -> Size:
    """The largest size of the ladder that was measured to keep up; the smallest when none was.

    `measure` gives the seconds that one frame takes at a size. Trials begin at `start`, a size of the ladder.
    """
    sizes = ladder(output)
    costs = [float(width * height) for width, height in sizes]
    level = choose_level(lambda i: measure(sizes[i]), costs, SHARE / fps, sizes.index(start), budget, clock)
    return sizes[level]


def choose_level(measure: Callable[[int], float], costs: Sequence[float], limit: float, start: int,
                 budget: float = 0.5, clock: Callable[[], float] = time.perf_counter) -> int:
    """The highest level whose frame was measured to take `limit` seconds at most; 0 when none was.

    `costs` is what the levels are expected to take, in any unit, rising. Trials begin at `start` and end when the next
    level is too slow; once one keeps up, also when `budget` seconds are gone.
    """
    deadline = clock() + budget
    low, high = -1, len(costs)  # the highest level that keeps up, the lowest that does not
    level = start
    while True:
        began = clock()
        took = measure(level)
        if took <= limit:
            low = level
        else:
            high = level
        expected = max((i for i, cost in enumerate(costs) if cost * took <= costs[level] * limit), default=0)
        following = min(max(expected, low + 1), high - 1)
        now = clock()
        if high - low <= 1 or low >= 0 and now + (now - began) > deadline:
            return max(low, 0)
        level = following
