"""The governor: which step of quality a show can afford, told from nothing but measured times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from statistics import median

from live_style.inference.net_size import SHARE

WINDOW = 1.5
"""Seconds of frames that a judgement looks at."""
LATELY = 7
"""Frames after which a step that drops frames is left: four slow ones of seven are no one-off stall."""
COMFORT = 0.9
"""Of the budget that a step may be expected to take before it is moved to: expectations are rough."""
FIRST_WAIT, LONGEST_WAIT = 5.0, 600.0
"""Seconds after a step down before the next trial; each trial that did not last doubles them."""
REST = 0.5
"""Seconds without work between two frames after which a show rests: then a frame takes longer, which says nothing."""
PROOF = 60.0
"""Seconds that a step must last for its trial to have been right."""


@dataclass(frozen=True)
class Governor:
    """Steps from the quickest to the best, the one in use, and the one that is wanted.

    Down at once, when more than `SHARE` of the time between two frames is taken; up only when the next step is
    expected to fit, and on trial: one that does not last is not tried again for twice as long. In the middle of a
    fade nothing changes, unless frames are being dropped. A method gives the governor after one event; clock times
    are arguments, in seconds.
    """

    costs: tuple[float, ...]
    """What a frame of each step is expected to take, in any unit."""
    intervals: tuple[float, ...]
    """Seconds from one frame to the next at each step. Costs over intervals rise: each step is more work."""
    step: int = 0
    """The step that paints now."""
    wanted: int = 0
    """The step that shall paint; it may take a while to get it ready."""
    share: float = SHARE
    """How much of the interval a frame may take."""
    wait: float = FIRST_WAIT
    quiet: float = 0.0
    """Clock time before which there is no trial."""
    climbed: float | None = None
    """When a step was climbed to last."""
    since: float | None = None
    """When the measures of this step began."""
    samples: tuple[tuple[float, float], ...] = ()
    """Clock times, and the seconds that frames took."""

    @classmethod
    def at(cls, step: int, costs: Sequence[float], intervals: Sequence[float]) -> Governor:
        """One that begins at a step."""
        return cls(tuple(costs), tuple(intervals), step, step)

    @property
    def interval(self) -> float:
        """Seconds from one frame to the next."""
        return self.intervals[self.step]

    @property
    def limit(self) -> float:
        """Seconds that a frame may take."""
        return self.share * self.interval

    def heard(self, now: float, seconds: float, fading: bool = False, paused: bool = False) -> Governor:
        """After a frame of the step in use; `paused`: its time says nothing (the network was spared, or disturbed)."""
        idle = now - seconds - self.samples[-1][0] if self.samples else 0.0
        if paused or idle > REST:
            return replace(self, since=None, samples=() if paused else ((now, seconds),))
        kept = [sample for sample in self.samples[1 - LATELY:] if now - sample[0] > WINDOW]
        fresh = [sample for sample in self.samples if now - sample[0] <= WINDOW]
        samples = (*kept, *fresh, (now, seconds))
        heard = replace(self, samples=samples, since=now if self.since is None else self.since)
        return heard._judged(now, fading)

    def within(self, share: float) -> Governor:
        """With another share of the interval for a frame."""
        return self if share == self.share else replace(self, share=share)

    def moved(self, step: int, now: float) -> Governor:
        """After another step began to paint."""
        climbed = now if step > self.step else self.climbed
        return replace(self, step=step, climbed=climbed, since=None, samples=())

    def over(self, costs: Sequence[float], intervals: Sequence[float]) -> Governor:
        """After steps could not be made ready: with those that are left; they are the same up to the one in use."""
        return replace(self, costs=tuple(costs), intervals=tuple(intervals), wanted=self.step)

    def relieved(self, now: float) -> Governor:
        """After a load has ended: what did not last under it says nothing any more, nor do the times of its frames."""
        return replace(self, wait=FIRST_WAIT, quiet=now, climbed=None, since=None, samples=())

    def _judged(self, now: float, fading: bool) -> Governor:
        took = [seconds for _, seconds in self.samples]
        lately = median(took[-LATELY:]) if len(took) >= LATELY else 0.0
        full = self.since is not None and now - self.since >= WINDOW and len(took) >= LATELY
        usually = median(took) if full else 0.0
        if lately > self.interval or not fading and usually > self.limit:
            return self._lowered(now, max(lately, usually))
        if fading:
            return replace(self, wanted=min(self.wanted, self.step))
        if full and now >= self.quiet and self.wanted == self.step:
            careful = sorted(took)[len(took) * 2 // 3]  # the more uneven the frames, the further above their median
            return replace(self, wanted=max(self.step, self._affordable(careful)))
        return self

    def _lowered(self, now: float, took: float) -> Governor:
        """Down, where there is a lower step; what was climbed to lately is left alone for longer each time."""
        if self.step == 0 or self.wanted < self.step:
            return replace(self, wanted=min(self.wanted, self.step))
        hasty = self.climbed is not None and now - self.climbed < PROOF
        wait = FIRST_WAIT if not hasty else self.wait if now < self.quiet else min(LONGEST_WAIT, 2.0 * self.wait)
        lower = min(self._affordable(took), max(0, self.step - 1))
        return replace(self, wanted=lower, wait=wait, quiet=now + wait)

    def _affordable(self, took: float) -> int:
        """The best step that is expected to fit, if this one takes so long."""
        pace = max(took, 1e-9) / self.costs[self.step]
        return max((i for i, (cost, interval) in enumerate(zip(self.costs, self.intervals))
                    if pace * cost <= COMFORT * self.share * interval), default=0)
