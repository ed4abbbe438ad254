"""The controller: chooses the quality level that a show can afford, from measured times alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from statistics import median

from live_style.inference.net_size import SHARE

WINDOW = 1.5
"""Seconds of frames on which a decision is based."""
LATELY = 7
"""Frames after which a level that drops frames is left: four slow ones of seven are more than a single stall."""
COMFORT = 0.9
"""Share of the budget that a level may be expected to take before it is tried: expectations are rough."""
FIRST_WAIT, LONGEST_WAIT = 5.0, 600.0
"""Seconds from a step down to the next trial; each failed trial doubles them."""
REST = 0.5
"""Idle seconds between two frames after which times are ignored: a frame after a pause takes longer."""
PROOF = 60.0
"""Seconds that a level must last for its trial to succeed."""


@dataclass(frozen=True)
class QualityController:
    """The quality levels from the fastest to the best, the one in use, and the wanted one.

    It steps down at once when a frame takes more than `SHARE` of the frame interval. It steps up only when the next
    level is expected to fit, and on trial: after a failed trial it waits twice as long. During a fade nothing changes,
    unless frames are dropped. A method returns the controller after one event; clock times are arguments, in seconds.
    """

    costs: tuple[float, ...]
    """Expected cost of a frame at each level, in any unit."""
    intervals: tuple[float, ...]
    """Frame interval at each level. Cost per interval rises: each level is more work."""
    level: int = 0
    """The level in use."""
    wanted: int = 0
    """The wanted level; it may take a while to get it ready."""
    share: float = SHARE
    """Share of the interval that a frame may take."""
    wait: float = FIRST_WAIT
    quiet: float = 0.0
    """Clock time before which there is no trial."""
    climbed: float | None = None
    """Time of the last step up."""
    since: float | None = None
    """Time at which measurements of this level began."""
    samples: tuple[tuple[float, float], ...] = ()
    """Clock times with the seconds that frames took."""

    @classmethod
    def at(cls, level: int, costs: Sequence[float], intervals: Sequence[float]) -> QualityController:
        """A controller that starts at a level."""
        return cls(tuple(costs), tuple(intervals), level, level)

    @property
    def interval(self) -> float:
        """The frame interval."""
        return self.intervals[self.level]

    @property
    def limit(self) -> float:
        """Seconds that a frame may take."""
        return self.share * self.interval

    def heard(self, now: float, seconds: float, fading: bool = False, paused: bool = False) -> QualityController:
        """The controller after a frame of the level in use; `paused`: its time is ignored."""
        idle = now - seconds - self.samples[-1][0] if self.samples else 0.0
        if paused or idle > REST:
            return replace(self, since=None, samples=() if paused else ((now, seconds),))
        kept = [sample for sample in self.samples[1 - LATELY:] if now - sample[0] > WINDOW]
        fresh = [sample for sample in self.samples if now - sample[0] <= WINDOW]
        samples = (*kept, *fresh, (now, seconds))
        heard = replace(self, samples=samples, since=now if self.since is None else self.since)
        return heard._judged(now, fading)

    def within(self, share: float) -> QualityController:
        """The controller with another share of the interval for a frame."""
        return self if share == self.share else replace(self, share=share)

    def moved(self, level: int, now: float) -> QualityController:
        """The controller after another level came into use."""
        climbed = now if level > self.level else self.climbed
        return replace(self, level=level, climbed=climbed, since=None, samples=())

    def over(self, costs: Sequence[float], intervals: Sequence[float]) -> QualityController:
        """The controller without levels that could not be opened; those up to the one in use stay the same."""
        return replace(self, costs=tuple(costs), intervals=tuple(intervals), wanted=self.level)

    def burdened(self, now: float, factor: float) -> QualityController:
        """The controller before frames begin to take `factor` times as long."""
        fresh = replace(self, since=None, samples=())
        if not self.samples:
            return fresh
        took = median(seconds for _, seconds in self.samples) * factor
        return replace(fresh, wanted=min(self.level, self._affordable(took)), quiet=now + FIRST_WAIT)

    def relieved(self, now: float) -> QualityController:
        """The controller after a load has ended: its failed trials and its frame times are forgotten."""
        return replace(self, wait=FIRST_WAIT, quiet=now, climbed=None, since=None, samples=())

    def _judged(self, now: float, fading: bool) -> QualityController:
        took = [seconds for _, seconds in self.samples]
        lately = median(took[-LATELY:]) if len(took) >= LATELY else 0.0
        full = self.since is not None and now - self.since >= WINDOW and len(took) >= LATELY
        usually = median(took) if full else 0.0
        if lately > self.interval or not fading and usually > self.limit:
            return self._lowered(now, max(lately, usually))
        if fading:
            return replace(self, wanted=min(self.wanted, self.level))
        if full and now >= self.quiet and self.wanted == self.level:
            careful = sorted(took)[len(took) * 2 // 3]  # the more uneven the frames, the further above their median
            return replace(self, wanted=max(self.level, self._affordable(careful)))
        return self

    def _lowered(self, now: float, took: float) -> QualityController:
        """Step down if there is a lower level; a level that failed lately waits longer for its next trial."""
        if self.level == 0 or self.wanted < self.level:
            return replace(self, wanted=min(self.wanted, self.level))
        hasty = self.climbed is not None and now - self.climbed < PROOF
        wait = FIRST_WAIT if not hasty else self.wait if now < self.quiet else min(LONGEST_WAIT, 2.0 * self.wait)
        lower = min(self._affordable(took), max(0, self.level - 1))
        return replace(self, wanted=lower, wait=wait, quiet=now + wait)

    def _affordable(self, took: float) -> int:
        """The best level that is expected to fit, given the time of the level in use."""
        pace = max(took, 1e-9) / self.costs[self.level]
        return max((i for i, (cost, interval) in enumerate(zip(self.costs, self.intervals))
                    if pace * cost <= COMFORT * self.share * interval), default=0)
