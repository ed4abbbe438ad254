"""The adaptive stylizer: changes between quality levels as the controller wants."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from statistics import median
from typing import NamedTuple

from live_style.adaptive.controller import QualityController
from live_style.adaptive.levels import OperatingPoint
from live_style.adaptive.levels import Prefer
from live_style.adaptive.levels import QualityLevel
from live_style.adaptive.levels import points_of
from live_style.adaptive.levels import quality_levels
from live_style.adaptive.other_load import BUSY
from live_style.adaptive.other_load import OtherLoad
from live_style.adaptive.pool import StylizerPool
from live_style.adaptive.pool import Teller
from live_style.errors import LiveStyleError
from live_style.errors import ProviderError
from live_style.frame import Size
from live_style.frame import size_text
from live_style.inference import model_files
from live_style.inference.net_size import SHARE
from live_style.inference.net_size import choose_level
from live_style.inference.net_size import ladder
from live_style.inference.providers import GPUS
from live_style.inference.providers import Provider
from live_style.inference.providers import Wanted
from live_style.inference.stylizer import OnnxStylizer
from live_style.inference.stylizer import frame_trial
from live_style.inference.stylizer import open_stylizer
from live_style.system.cpu import CpuTimes
from live_style.system.cpu import on_battery
from live_style.system.cpu import others
from live_style.system.cpu import spent
from live_style.threads.slot import Slot
from live_style.threads.worker import Worker

_LOG = logging.getLogger(__name__)
PROVEN = 3.0
"""Seconds that an operating point must have painted on a quiet computer to be remembered."""
SAVING = 0.5
"""Share of the frame interval that a frame may take on battery: a third less work than on mains power."""
BATTERY_LOOK, LOAD_LOOK = 10.0, 0.5
"""Seconds between checks of the battery and of other programs."""
CALM = 1.0
"""Seconds after a change of level in which nothing is opened in advance: the first frames of a new network are uneven
anyway, and must not be delayed further."""


class Requirements(NamedTuple):
    """A show's requirements for its network."""

    folder: Path
    """The folder of the networks."""
    output: Size
    fps: float
    model: str | None = None
    """None: chosen automatically."""
    net_size: Size | None = None
    """None: chosen automatically."""
    provider: Wanted = "auto"
    smooth: float = 0.0
    prefer: Prefer = "smooth"

    def open(self, model: str | None, size: Size | None) -> OnnxStylizer:
        """A stylizer with a network at a size; None: chosen automatically."""
        return open_stylizer(self.folder, self.output, self.fps, model, size, self.provider, None, self.smooth)


@dataclass
class PointStats:
    """Measurements of one operating point in a show."""

    frames: int = 0
    quiet: int = 0
    """Those painted while the computer was quiet."""
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=300))
    """Seconds that the last frames took."""


class AdaptiveStylizer:
    """Has a stylizer for the operating point in use, and keeps others ready for the next change.

    Created by `open_adaptive`. `after` is for the painter thread, and never waits.
    """

    def __init__(self, needs: Requirements, levels: tuple[QualityLevel, ...], position: int,
                 warm: Mapping[int, OnnxStylizer], load: OtherLoad = OtherLoad()) -> None:
        """`position` is the index of an operating point, `warm` is by level."""
        self.battery: Callable[[], bool] = on_battery
        """Whether the computer runs on battery; called by the pool's thread."""
        self.spent: Callable[[], CpuTimes] = spent
        """The processor's times so far; called by the pool's thread."""
        self._load, self._heard, self._spent, self._load_looked = load, load.busy, CpuTimes(), -LOAD_LOOK
        self.tell: Teller = lambda error: None
        """Takes a notice for the person at the show, from any thread."""
        self._share, self._looked = SHARE, -BATTERY_LOOK
        self._former: list[dict[str, object]] = []
        """Measurements of levels on a processor that was lost."""
        self._changes: list[dict[str, object]] = []
        self._loads: list[dict[str, object]] = [{"at": 0.0, "frame": 0, "busy": True}] if load.busy else []
        self._frames, self._passes = 0, 1
        self._began: float | None = None
        self._now = 0.0
        self._following: Slot[AdaptiveStylizer] = Slot()
        self._take(needs, levels, position, warm)

    def _take(self, needs: Requirements, levels: tuple[QualityLevel, ...], position: int,
              warm: Mapping[int, OnnxStylizer]) -> None:
        self.needs, self.levels = needs, levels
        self.points = _points(needs, levels)
        self.stylizer = warm[self.points[position].place]
        """The stylizer in use."""
        self._controller = QualityController.at(position, *_work(self.points, levels))
        self._pool = StylizerPool([level.size for level in levels], warm, self._opened, self._look_around,
                                  lambda error: self.tell(error))
        self._use = [PointStats() for _ in self.points]
        self._changed = -math.inf

    @property
    def level(self) -> QualityLevel:
        """The level in use."""
        return self.levels[self.points[self._controller.level].place]

    @property
    def rate(self) -> float | None:
        """The frame rate to paint at; None: every frame. Any thread may ask."""
        fps = self.points[self._controller.level].fps
        return None if fps == self.needs.fps else fps

    @property
    def busy(self) -> bool:
        """Whether other programs keep the computer busy and the quality is reduced. Any thread may ask."""
        return self._load.busy and self._controller.level < self._usual

    def start(self) -> None:
        """Start to open the networks that may be needed."""
        if len(self.points) > 1:
            self._pool.start()

    def stop(self) -> bool:
        """Stop the pool's thread; False if it hangs in a driver."""
        return self._pool.stop()

    def rescue(self, error: ProviderError) -> OnnxStylizer:
        """Continue on the CPU after a processor was lost; raises the error again if the user named that processor.

        For the painter thread.
        """
        if self.needs.provider != "auto":
            raise error
        self.stop()
        self._become(_tried(self.needs._replace(provider="cpu")))
        self.tell(ProviderError(f"{error.cause} - the show continues on the CPU", error.cure))
        return self.stylizer

    def change(self, needs: Requirements) -> None:
        """Paint as another wish says from the moment at which its network is ready; any thread may call it."""
        def opened(stopping: threading.Event) -> None:
            try:
                self._following.put(_tried(needs))
            except LiveStyleError as e:
                self.tell(e)

        Worker("opening", opened).start()

    def _become(self, other: AdaptiveStylizer) -> OnnxStylizer:
        self.stop()
        self._former += self._used()
        self._take(other.needs, other.levels, other._controller.level, other._pool.warm)
        self._note_change(self._now)
        self.start()
        return self.stylizer

    def after(self, now: float, seconds: float, fading: bool) -> OnnxStylizer | None:
        """The stylizer to use from now on, if it changes; `seconds`: time of the last frame, which ended at `now`."""
        self._began, self._now = now if self._began is None else self._began, now
        other = self._following.take(0.0)
        if other is not None:
            before = self.stylizer
            if self._become(other).smooth == before.smooth:
                self.stylizer.follow(before)
            return self.stylizer
        self._frames += 1
        self._count_passes(now)
        use = self._use[self._controller.level]
        use.frames += 1
        use.recent.append(seconds)
        if len(self.points) < 2:
            return None
        self._listen(now)
        use.quiet += self._load.quiet and self._passes < 2
        refused = self._pool.refused()
        if refused is not None and refused > self._place:
            self.points = _points(self.needs, self.levels[:refused])
            self._controller = self._controller.over(*_work(self.points, self.levels))
        # Loading a network takes part of the cores: frame times during it are ignored.
        busy = self._pool.busy
        self._controller = controller = self._controller.within(self._share).heard(now, seconds, fading, paused=busy)
        target = self._reachable(controller)
        if target == controller.level:
            if now - self._changed > CALM:
                self._pool.keep(self._place)
            return None
        self._controller = controller.moved(target, now)
        following, before = self._pool.warm[self._place], self.stylizer
        if following is not before:
            following.follow(before)
            self.stylizer, self._changed = following, now
        self._note_change(now)
        return None if following is before else following

    def _listen(self, now: float) -> None:
        """Record the load of other programs: once it has ended, failed trials during it are forgotten."""
        busy = self._load.busy
        if busy == self._heard:
            return
        self._heard = busy
        self._loads.append({**self._moment(now), "busy": busy})
        if not busy:
            self._controller = self._controller.relieved(now)

    def _count_passes(self, now: float) -> None:
        """Two looks take two passes: the level that is expected to fit is chosen before frames are late."""
        before, self._passes = self._passes, max(1, self.stylizer.passes)
        if self._passes > before:
            self._controller = self._controller.burdened(now, self._passes / before)
        elif self._passes < before:
            self._controller = self._controller.relieved(now)

    def _note_change(self, now: float) -> None:
        self._changes.append({**self._moment(now), **self._named(self._controller.level)})
        _LOG.info("from now on %s", self._changes[-1])

    def _moment(self, now: float) -> dict[str, object]:
        return {"at": round(now - (now if self._began is None else self._began), 2), "frame": self._frames}

    @property
    def _place(self) -> int:
        """For the level in use."""
        return self.points[self._controller.level].place

    @property
    def _usual(self) -> int:
        """The operating point that painted most on a quiet computer; the best operating point if none did."""
        return max(range(len(self.points)), key=lambda i: (self._use[i].quiet, i))

    def _reachable(self, controller: QualityController) -> int:
        """The wanted operating point if it is ready; else, on the way down, the best ready one below it."""
        warm = self._pool.warm
        if self.points[controller.wanted].place in warm:
            return controller.wanted
        self._pool.ask(self.points[controller.wanted].place)
        if controller.wanted > controller.level:
            return controller.level
        return max((i for i in range(controller.wanted) if self.points[i].place in warm), default=controller.level)

    def _opened(self, place: int) -> OnnxStylizer:
        return open_level(self.needs, self.levels[place], self.stylizer)

    def _look_around(self) -> None:
        now = time.monotonic()
        if now - self._load_looked >= LOAD_LOOK:
            self._load_looked, before, self._spent = now, self._spent, self.spent()
            self._load = self._load.seen(others(before, self._spent)) if before.whole else self._load
        if now - self._looked >= BATTERY_LOOK:
            self._looked = now
            self._share = SAVING if self.battery() else SHARE

    def facts(self) -> dict[str, object]:
        """For the report: the frame times of every operating point, the changes, and when other programs were busy."""
        return {"steps": [*self._former, *self._used()], "step_changes": self._changes, "busy": self._loads,
                "on_battery": self._share < SHARE}

    def _used(self) -> list[dict[str, object]]:
        return [{**self._named(i), "frames": use.frames, "ms": round(median(use.recent) * 1000.0, 1)}
                for i, use in enumerate(self._use) if use.frames]

    def proven(self) -> dict[str, str]:
        """The operating point that painted most while the computer was quiet, for `open_adaptive` in the next show.

        {} if that time was short, or if there was only one operating point.
        """
        usual = self._usual
        long = self._use[usual].quiet >= PROVEN * self.points[usual].fps
        return self._named(usual) if len(self.points) > 1 and long else {}

    def chosen(self) -> dict[str, str]:
        """The operating point in use, in the same form; {} also if the computer is not quiet."""
        return self._named(self._controller.level) if len(self.points) > 1 and not self._load.busy else {}

    def _named(self, position: int) -> dict[str, str]:
        return {"provider": self.stylizer.provider, **_label(self.points[position], self.levels)}


def open_adaptive(needs: Requirements, known: Mapping[str, str]) -> AdaptiveStylizer:
    """An adaptive stylizer with one stylizer ready, in the best operating point that is expected to keep up.

    `known` is what `proven` gave in the last show on this computer; if it is empty, a trial of about half a second
    finds the operating point. Raises ModelError, or ProviderError if a named provider does not work.
    """
    name, size = known.get("model", ""), known.get("net_size", "")
    sizes = [needs.net_size] if needs.net_size else ladder(needs.output)
    place = [size_text(each) for each in sizes].index(size) if size in map(size_text, sizes) else None
    if place is not None and name in ((needs.model,) if needs.model else model_files.available(needs.folder)):
        first = needs.open(name, sizes[place])
        levels = _levels(needs, first.provider)
        points = _points(needs, levels)
        at = [i for i, point in enumerate(points) if {**known, **_label(point, levels)} == known]
        if at and first.provider == known.get("provider"):
            opened = AdaptiveStylizer(needs, levels, at[0], {points[at[0]].place: first})
            opened._use[at[0]].quiet = 1
            return opened
    return _tried(needs)


def _tried(needs: Requirements) -> AdaptiveStylizer:
    """An adaptive stylizer whose operating point is found by a trial."""
    before = spent()
    start = needs.net_size or ladder(needs.output)[0]
    first = needs.open(needs.model, start)
    if first.provider == "tensorrt" and needs.net_size is None:
        # An engine takes minutes to build for each size: one that keeps up is enough.
        first = needs.open(needs.model, None)
        return AdaptiveStylizer(needs, (QualityLevel(first.model, first.net_size, 1.0),), 0, {0: first})
    gpu, levels = first.provider in GPUS, _levels(needs, first.provider)
    name, points = needs.model or model_files.default_model(needs.folder, gpu)[0], _points(needs, levels)
    opened = {i: first for i, level in enumerate(levels) if (level.model, level.size) == (name, start)}
    took = frame_trial(needs.output)

    def ready(position: int) -> OnnxStylizer:
        place = points[position].place
        if place not in opened:
            opened[place] = open_level(needs, levels[place], first)
        return opened[place]

    position = len(points) - 1
    if position:
        # A GPU usually keeps up in the best operating point: one trial is enough.
        begin = position if gpu else max(i for i, point in enumerate(points) if point.place == min(opened, default=0))
        loads = [cost / interval for cost, interval in zip(*_work(points, levels))]
        position = choose_level(lambda i: took(ready(i)) * points[i].fps, loads, SHARE, begin)
    ready(position)
    return AdaptiveStylizer(needs, levels, position, opened, OtherLoad(others(before, spent()) >= BUSY, known=True))


def _points(needs: Requirements, levels: Sequence[QualityLevel]) -> tuple[OperatingPoint, ...]:
    """All levels that may be used; only one if network and size are given."""
    pinned = needs.model and needs.net_size
    return (OperatingPoint(0, needs.fps),) if pinned else points_of(levels, needs.fps, needs.prefer)


def _work(points: Sequence[OperatingPoint], levels: Sequence[QualityLevel]) -> tuple[list[float], list[float]]:
    """The cost of a frame and the frame interval of each operating point."""
    return [levels[point.place].cost for point in points], [1.0 / point.fps for point in points]


def _levels(needs: Requirements, provider: Provider) -> tuple[QualityLevel, ...]:
    if needs.model or provider == "tensorrt":
        names: tuple[str, ...] = (needs.model or model_files.default_model(needs.folder, gpu=True)[0],)
    else:
        names = model_files.available(needs.folder)
    return quality_levels(names, needs.output, needs.net_size)


def open_level(needs: Requirements, level: QualityLevel, like: OnnxStylizer) -> OnnxStylizer:
    """A stylizer for a level, ready, on the processor of another."""
    if like.model == level.model:
        return like.resized(level.size)
    found = needs._replace(provider=like.provider).open(level.model, level.size)
    found.why, found.cure = like.why, like.cure
    return found


def _label(point: OperatingPoint, levels: Sequence[QualityLevel]) -> dict[str, str]:
    level = levels[point.place]
    return {"model": level.model, "net_size": size_text(level.size), "fps": f"{point.fps:g}"}
