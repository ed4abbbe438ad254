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

from live_style.adaptive.controller import Governor
from live_style.adaptive.crowd import BUSY
from live_style.adaptive.crowd import Crowd
from live_style.adaptive.levels import Gear
from live_style.adaptive.levels import Prefer
from live_style.adaptive.levels import Step
from live_style.adaptive.levels import gears_of
from live_style.adaptive.levels import quality_steps
from live_style.adaptive.pool import Rack
from live_style.adaptive.pool import Teller
from live_style.errors import LiveStyleError
from live_style.errors import ProviderError
from live_style.frame import Size
from live_style.frame import size_text
from live_style.inference import model_files
from live_style.inference.net_size import SHARE
from live_style.inference.net_size import choose_rung
from live_style.inference.net_size import ladder
from live_style.inference.providers import GPUS
from live_style.inference.providers import Provider
from live_style.inference.providers import Wanted
from live_style.inference.stylizer import OnnxStylizer
from live_style.inference.stylizer import frame_trial
from live_style.inference.stylizer import open_stylizer
from live_style.system.cpu import Spent
from live_style.system.cpu import on_battery
from live_style.system.cpu import others
from live_style.system.cpu import spent
from live_style.threads.slot import Slot
from live_style.threads.worker import Worker

_LOG = logging.getLogger(__name__)
PROVEN = 3.0
"""Seconds that a gear must have painted on a quiet computer to be remembered."""
SAVING = 0.5
"""Share of the frame interval that a frame may take on battery: a third less work than on mains power."""
BATTERY_LOOK, CROWD_LOOK = 10.0, 0.5
"""Seconds between checks of the battery and of other programs."""
CALM = 1.0
"""Seconds after a change of level in which nothing is opened in advance: the first frames of a new network are uneven
anyway, and must not be delayed further."""


class Wish(NamedTuple):
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


@dataclass
class Use:
    """Measurements of one gear in a show."""

    frames: int = 0
    quiet: int = 0
    """Those painted while the computer was quiet."""
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=300))
    """Seconds that the last frames took."""


class Gearbox:
    """Has a stylizer for the gear in use, and keeps others ready for the next change.

    Created by `open_gearbox`. `after` is for the painter thread, and never waits.
    """

    def __init__(self, wish: Wish, steps: tuple[Step, ...], position: int, warm: Mapping[int, OnnxStylizer],
                 crowd: Crowd = Crowd()) -> None:
        """`position` is the index of a gear, `warm` is by level."""
        self.battery: Callable[[], bool] = on_battery
        """Whether the computer runs on battery; called by the pool's thread."""
        self.spent: Callable[[], Spent] = spent
        """The processor's times so far; called by the pool's thread."""
        self._crowd, self._heard, self._spent, self._crowd_looked = crowd, crowd.busy, Spent(), -CROWD_LOOK
        self.tell: Teller = lambda error: None
        """Takes a notice for the person at the show, from any thread."""
        self._share, self._looked = SHARE, -BATTERY_LOOK
        self._former: list[dict[str, object]] = []
        """Measurements of levels on a processor that was lost."""
        self._changes: list[dict[str, object]] = []
        self._crowds: list[dict[str, object]] = [{"at": 0.0, "frame": 0, "busy": True}] if crowd.busy else []
        self._frames = 0
        self._began: float | None = None
        self._now = 0.0
        self._following: Slot[Gearbox] = Slot()
        self._take(wish, steps, position, warm)

    def _take(self, wish: Wish, steps: tuple[Step, ...], position: int, warm: Mapping[int, OnnxStylizer]) -> None:
        self.wish, self.steps = wish, steps
        self.gears = _gears(wish, steps)
        self.stylizer = warm[self.gears[position].place]
        """The stylizer in use."""
        self._governor = Governor.at(position, *_work(self.gears, steps))
        self._rack = Rack([step.size for step in steps], warm, self._opened, self._look_around,
                          lambda error: self.tell(error))
        self._use = [Use() for _ in self.gears]
        self._changed = -math.inf

    @property
    def step(self) -> Step:
        """The level in use."""
        return self.steps[self.gears[self._governor.step].place]

    @property
    def rate(self) -> float | None:
        """The frame rate to paint at; None: every frame. Any thread may ask."""
        fps = self.gears[self._governor.step].fps
        return None if fps == self.wish.fps else fps

    @property
    def busy(self) -> bool:
        """Whether other programs keep the computer busy and the quality is reduced. Any thread may ask."""
        return self._crowd.busy and self._governor.step < self._usual

    def start(self) -> None:
        """Start to open the networks that may be needed."""
        if len(self.gears) > 1:
            self._rack.start()

    def stop(self) -> bool:
        """Stop the pool's thread; False if it hangs in a driver."""
        return self._rack.stop()

    def rescue(self, error: ProviderError) -> OnnxStylizer:
        """Continue on the CPU after a processor was lost; raises the error again if the user named that processor.

        For the painter thread.
        """
        if self.wish.provider != "auto":
            raise error
        self.stop()
        self._become(_tried(self.wish._replace(provider="cpu")))
        self.tell(ProviderError(f"{error.cause} - the show continues on the CPU", error.cure))
        return self.stylizer

    def change(self, wish: Wish) -> None:
        """Paint as another wish says from the moment at which its network is ready; any thread may call it."""
        def opened(stopping: threading.Event) -> None:
            try:
                self._following.put(_tried(wish))
            except LiveStyleError as e:
                self.tell(e)

        Worker("opening", opened).start()

    def _become(self, other: Gearbox) -> OnnxStylizer:
        self.stop()
        self._former += self._used()
        self._take(other.wish, other.steps, other._governor.step, other._rack.warm)
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
        use = self._use[self._governor.step]
        use.frames += 1
        use.recent.append(seconds)
        if len(self.gears) < 2:
            return None
        self._listen(now)
        use.quiet += self._crowd.quiet
        refused = self._rack.refused()
        if refused is not None and refused > self._place:
            self.gears = _gears(self.wish, self.steps[:refused])
            self._governor = self._governor.over(*_work(self.gears, self.steps))
        # Loading a network takes part of the cores: frame times during it are ignored.
        busy = self._rack.busy
        self._governor = governor = self._governor.within(self._share).heard(now, seconds, fading, paused=busy)
        target = self._reachable(governor)
        if target == governor.step:
            if now - self._changed > CALM:
                self._rack.keep(self._place)
            return None
        self._governor = governor.moved(target, now)
        following, before = self._rack.warm[self._place], self.stylizer
        if following is not before:
            following.follow(before)
            self.stylizer, self._changed = following, now
        self._note_change(now)
        return None if following is before else following

    def _listen(self, now: float) -> None:
        """Record the load of other programs: once it has ended, failed trials during it are forgotten."""
        busy = self._crowd.busy
        if busy == self._heard:
            return
        self._heard = busy
        self._crowds.append({**self._moment(now), "busy": busy})
        if not busy:
            self._governor = self._governor.relieved(now)

    def _note_change(self, now: float) -> None:
        self._changes.append({**self._moment(now), **self._named(self._governor.step)})
        _LOG.info("from now on %s", self._changes[-1])

    def _moment(self, now: float) -> dict[str, object]:
        return {"at": round(now - (now if self._began is None else self._began), 2), "frame": self._frames}

    @property
    def _place(self) -> int:
        """For the level in use."""
        return self.gears[self._governor.step].place

    @property
    def _usual(self) -> int:
        """The gear that painted most on a quiet computer; the best gear if none did."""
        return max(range(len(self.gears)), key=lambda i: (self._use[i].quiet, i))

    def _reachable(self, governor: Governor) -> int:
        """The wanted gear if it is ready; else, on the way down, the best ready one below it."""
        warm = self._rack.warm
        if self.gears[governor.wanted].place in warm:
            return governor.wanted
        self._rack.ask(self.gears[governor.wanted].place)
        if governor.wanted > governor.step:
            return governor.step
        return max((i for i in range(governor.wanted) if self.gears[i].place in warm), default=governor.step)

    def _opened(self, place: int) -> OnnxStylizer:
        return open_step(self.wish, self.steps[place], self.stylizer)

    def _look_around(self) -> None:
        now = time.monotonic()
        if now - self._crowd_looked >= CROWD_LOOK:
            self._crowd_looked, before, self._spent = now, self._spent, self.spent()
            self._crowd = self._crowd.seen(others(before, self._spent)) if before.whole else self._crowd
        if now - self._looked >= BATTERY_LOOK:
            self._looked = now
            self._share = SAVING if self.battery() else SHARE

    def facts(self) -> dict[str, object]:
        """For the report: the frame times of every gear, the changes, and when other programs were busy."""
        return {"steps": [*self._former, *self._used()], "step_changes": self._changes, "busy": self._crowds,
                "on_battery": self._share < SHARE}

    def _used(self) -> list[dict[str, object]]:
        return [{**self._named(i), "frames": use.frames, "ms": round(median(use.recent) * 1000.0, 1)}
                for i, use in enumerate(self._use) if use.frames]

    def proven(self) -> dict[str, str]:
        """The gear that painted most while the computer was quiet, for `open_gearbox` in the next show.

        {} if that time was short, or if there was only one gear.
        """
        usual = self._usual
        long = self._use[usual].quiet >= PROVEN * self.gears[usual].fps
        return self._named(usual) if len(self.gears) > 1 and long else {}

    def chosen(self) -> dict[str, str]:
        """The gear in use, in the same form; {} also if the computer is not quiet."""
        return self._named(self._governor.step) if len(self.gears) > 1 and not self._crowd.busy else {}

    def _named(self, position: int) -> dict[str, str]:
        return {"provider": self.stylizer.provider, **_label(self.gears[position], self.steps)}


def open_gearbox(wish: Wish, known: Mapping[str, str]) -> Gearbox:
    """A gearbox with one stylizer ready, in the best gear that is expected to keep up.

    `known` is what `proven` gave in the last show on this computer; if it is empty, a trial of about half a second
    finds the gear. Raises ModelError, or ProviderError if a named provider does not work.
    """
    name, size = known.get("model", ""), known.get("net_size", "")
    sizes = [wish.net_size] if wish.net_size else ladder(wish.output)
    place = [size_text(each) for each in sizes].index(size) if size in map(size_text, sizes) else None
    if place is not None and name in ((wish.model,) if wish.model else model_files.available(wish.folder)):
        first = open_stylizer(wish.folder, wish.output, wish.fps, name, sizes[place], wish.provider, None, wish.smooth)
        steps = _steps(wish, first.provider)
        gears = _gears(wish, steps)
        at = [i for i, gear in enumerate(gears) if {**known, **_label(gear, steps)} == known]
        if at and first.provider == known.get("provider"):
            opened = Gearbox(wish, steps, at[0], {gears[at[0]].place: first})
            opened._use[at[0]].quiet = 1
            return opened
    return _tried(wish)


def _tried(wish: Wish) -> Gearbox:
    """A gearbox whose gear is found by a trial."""
    before = spent()
    start = wish.net_size or ladder(wish.output)[0]
    first = open_stylizer(wish.folder, wish.output, wish.fps, wish.model, start, wish.provider, None, wish.smooth)
    if first.provider == "tensorrt" and wish.net_size is None:
        # An engine takes minutes to build for each size: one that keeps up is enough.
        first = open_stylizer(wish.folder, wish.output, wish.fps, wish.model, None, wish.provider, None, wish.smooth)
        return Gearbox(wish, (Step(first.model, first.net_size, 1.0),), 0, {0: first})
    gpu, steps = first.provider in GPUS, _steps(wish, first.provider)
    name, gears = wish.model or model_files.default_model(wish.folder, gpu)[0], _gears(wish, steps)
    opened = {i: first for i, step in enumerate(steps) if (step.model, step.size) == (name, start)}
    took = frame_trial(wish.output)

    def ready(position: int) -> OnnxStylizer:
        place = gears[position].place
        if place not in opened:
            opened[place] = open_step(wish, steps[place], first)
        return opened[place]

    position = len(gears) - 1
    if position:
        # A GPU usually keeps up in the best gear: one trial is enough.
        begin = position if gpu else max(i for i, gear in enumerate(gears) if gear.place == min(opened, default=0))
        loads = [cost / interval for cost, interval in zip(*_work(gears, steps))]
        position = choose_rung(lambda i: took(ready(i)) * gears[i].fps, loads, SHARE, begin)
    ready(position)
    return Gearbox(wish, steps, position, opened, Crowd(others(before, spent()) >= BUSY, known=True))


def _gears(wish: Wish, steps: Sequence[Step]) -> tuple[Gear, ...]:
    """All levels that may be used; only one if network and size are given."""
    pinned = wish.model and wish.net_size
    return (Gear(0, wish.fps),) if pinned else gears_of(steps, wish.fps, wish.prefer)


def _work(gears: Sequence[Gear], steps: Sequence[Step]) -> tuple[list[float], list[float]]:
    """The cost of a frame and the frame interval of each gear."""
    return [steps[gear.place].cost for gear in gears], [1.0 / gear.fps for gear in gears]


def _steps(wish: Wish, provider: Provider) -> tuple[Step, ...]:
    if wish.model or provider == "tensorrt":
        names: tuple[str, ...] = (wish.model or model_files.default_model(wish.folder, gpu=True)[0],)
    else:
        names = model_files.available(wish.folder)
    return quality_steps(names, wish.output, wish.net_size)


def open_step(wish: Wish, step: Step, like: OnnxStylizer) -> OnnxStylizer:
    """A stylizer for a level, ready, on the processor of another."""
    if like.model == step.model:
        return like.resized(step.size)
    found = open_stylizer(wish.folder, wish.output, wish.fps, step.model, step.size, like.provider, None, wish.smooth)
    found.why, found.cure = like.why, like.cure
    return found


def _label(gear: Gear, steps: Sequence[Step]) -> dict[str, str]:
    step = steps[gear.place]
    return {"model": step.model, "net_size": size_text(step.size), "fps": f"{gear.fps:g}"}
