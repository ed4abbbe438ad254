"""The gearbox: networks of several steps of quality, warm before they paint, shifted as the governor wants."""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from statistics import median
from typing import NamedTuple

from live_style.adaptive.controller import Governor
from live_style.adaptive.levels import Step
from live_style.adaptive.levels import quality_steps
from live_style.adaptive.pool import Rack
from live_style.adaptive.pool import Teller
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
from live_style.system.cpu import on_battery

_LOG = logging.getLogger(__name__)
PROVEN = 3.0
"""Seconds that a step must have painted to be remembered."""
SAVING = 0.5
"""The share of the time between two frames that one may take on a battery: a third less work than from the mains."""
BATTERY_LOOK = 10.0
"""Seconds between looks at the battery."""
CALM = 1.0
"""Seconds after a change of step in which nothing is opened ahead: a quicker network's first frame comes early, a
better one's late, and the next had better not be later still."""


class Wish(NamedTuple):
    """What a show asks of its network."""

    folder: Path
    """Where the networks lie."""
    output: Size
    fps: float
    model: str | None = None
    """None: what keeps up."""
    net_size: Size | None = None
    """None: what keeps up."""
    provider: Wanted = "auto"
    smooth: float = 0.0


@dataclass
class Use:
    """What one step did in a show."""

    frames: int = 0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=300))
    """Seconds that its last frames took."""


class Gearbox:
    """Holds a stylizer for the step in use and warm ones for where it may have to go next.

    Opened by `open_gearbox`. `after` belongs to the thread that paints, and never waits.
    """

    def __init__(self, wish: Wish, steps: tuple[Step, ...], position: int, warm: Mapping[int, OnnxStylizer]) -> None:
        self.battery: Callable[[], bool] = on_battery
        """Whether the computer lives on its battery; asked by the rack's thread."""
        self.tell: Teller = lambda error: None
        """Takes what the person at the show should know, from any thread."""
        self._share, self._looked = SHARE, -BATTERY_LOOK
        self._former: list[dict[str, object]] = []
        """What steps did on a processor that was lost."""
        self._changes: list[dict[str, object]] = []
        self._began: float | None = None
        self._now = 0.0
        self._take(wish, steps, position, warm)

    def _take(self, wish: Wish, steps: tuple[Step, ...], position: int, warm: Mapping[int, OnnxStylizer]) -> None:
        self.wish, self.steps = wish, steps
        self.stylizer = warm[position]
        """The one that paints."""
        self._governor = Governor.at(position, [step.cost for step in steps], 1.0 / wish.fps)
        self._rack = Rack([step.size for step in steps], warm, self._opened, self._look_at_battery,
                          lambda error: self.tell(error))
        self._use = [Use() for _ in steps]
        self._changed = -math.inf

    @property
    def step(self) -> Step:
        """The step in use."""
        return self.steps[self._governor.step]

    def start(self) -> None:
        """Begin to warm what may be needed."""
        if len(self.steps) > 1:
            self._rack.start()

    def stop(self) -> bool:
        """End the rack's thread; False when it hangs in its driver."""
        return self._rack.stop()

    def rescue(self, error: ProviderError) -> OnnxStylizer:
        """The CPU in place of a processor that was lost, unless that one was asked for by name: then the error again.

        For the thread that paints.
        """
        if self.wish.provider != "auto":
            raise error
        self.stop()
        self._former += self._used()
        other = _tried(self.wish._replace(provider="cpu"))
        self._take(other.wish, other.steps, other._governor.step, other._rack.warm)
        self._note_change(self._now)
        self.start()
        self.tell(ProviderError(f"{error.cause} - the CPU goes on with the show", error.cure))
        return self.stylizer

    def after(self, now: float, seconds: float, fading: bool) -> OnnxStylizer | None:
        """What to paint with from now on, if that changes; `seconds`: what the last frame took, `now` at its end."""
        self._began, self._now = now if self._began is None else self._began, now
        use = self._use[self._governor.step]
        use.frames += 1
        use.recent.append(seconds)
        if len(self.steps) < 2:
            return None
        refused = self._rack.refused()
        if refused is not None and refused > self._governor.step:
            self._governor = self._governor.without(refused)
        # A network that is being loaded takes its share of the cores: what frames take meanwhile says nothing.
        busy = self._rack.busy
        self._governor = governor = self._governor.within(self._share).heard(now, seconds, fading, paused=busy)
        target = self._reachable(governor)
        if target == governor.step:
            if now - self._changed > CALM:
                self._rack.keep(governor.step)
            return None
        self._governor, self._changed = governor.moved(target, now), now
        following = self._rack.warm[target]
        following.follow(self.stylizer)
        self.stylizer = following
        self._note_change(now)
        return following

    def _note_change(self, now: float) -> None:
        painting, began = self.stylizer, now if self._began is None else self._began
        self._changes.append({"at": round(now - began, 2), "provider": painting.provider, "model": painting.model,
                              "net_size": size_text(painting.net_size)})
        _LOG.info("from now on %s", self._changes[-1])

    def _reachable(self, governor: Governor) -> int:
        """The wanted step if it is warm; else, on the way down, the best warm one below it."""
        warm = self._rack.warm
        if governor.wanted in warm:
            return governor.wanted
        self._rack.ask(governor.wanted)
        if governor.wanted > governor.step:
            return governor.step
        return max((step for step in warm if step < governor.wanted), default=governor.step)

    def _opened(self, place: int) -> OnnxStylizer:
        return open_step(self.wish, self.steps[place], self.stylizer)

    def _look_at_battery(self) -> None:
        now = time.monotonic()
        if now - self._looked >= BATTERY_LOOK:
            self._looked = now
            self._share = SAVING if self.battery() else SHARE

    def facts(self) -> dict[str, object]:
        """For the report: every step that painted, with what its frames took, and the changes."""
        return {"steps": [*self._former, *self._used()], "step_changes": self._changes,
                "on_battery": self._share < SHARE}

    def _used(self) -> list[dict[str, object]]:
        return [{"provider": self.stylizer.provider, "model": step.model, "net_size": size_text(step.size),
                 "frames": use.frames, "ms": round(median(use.recent) * 1000.0, 1)}
                for step, use in zip(self.steps, self._use, strict=True) if use.frames]

    def proven(self) -> dict[str, str]:
        """The step that painted most, for `open_gearbox` in the next show; {} after a short one or without choice."""
        place = max(range(len(self.steps)), key=lambda i: self._use[i].frames)
        if len(self.steps) < 2 or self._use[place].frames < PROVEN * self.wish.fps:
            return {}
        return self._named(place)

    def chosen(self) -> dict[str, str]:
        """The step in use, in the same way."""
        return self._named(self._governor.step) if len(self.steps) > 1 else {}

    def _named(self, place: int) -> dict[str, str]:
        step = self.steps[place]
        return {"provider": self.stylizer.provider, "model": step.model, "net_size": size_text(step.size)}


def open_gearbox(wish: Wish, known: Mapping[str, str]) -> Gearbox:
    """A gearbox with one warm stylizer, of the best step that is expected to keep up.

    `known` is what `proven` gave when this machine played last, or empty: then a trial of about half a second finds
    the step. Raises ModelError, or ProviderError when a named provider does not work.
    """
    name, size = known.get("model", ""), known.get("net_size", "")
    sizes = [wish.net_size] if wish.net_size else ladder(wish.output)
    place = [size_text(each) for each in sizes].index(size) if size in map(size_text, sizes) else None
    if place is not None and name in ((wish.model,) if wish.model else model_files.available(wish.folder)):
        first = open_stylizer(wish.folder, wish.output, wish.fps, name, sizes[place], wish.provider, None, wish.smooth)
        steps = _steps(wish, first.provider)
        at = [i for i, step in enumerate(steps) if (step.model, step.size) == (name, sizes[place])]
        if at and first.provider == known.get("provider"):
            return Gearbox(wish, steps, at[0], {at[0]: first})
    return _tried(wish)


def _tried(wish: Wish) -> Gearbox:
    """One whose step was found by a trial."""
    start = wish.net_size or ladder(wish.output)[0]
    first = open_stylizer(wish.folder, wish.output, wish.fps, wish.model, start, wish.provider, None, wish.smooth)
    if first.provider == "tensorrt" and wish.net_size is None:
        # An engine takes minutes to build for each size: one that keeps up is enough.
        first = open_stylizer(wish.folder, wish.output, wish.fps, wish.model, None, wish.provider, None, wish.smooth)
        return Gearbox(wish, (Step(first.model, first.net_size, 1.0),), 0, {0: first})
    gpu = first.provider in GPUS
    steps = _steps(wish, first.provider)
    name = wish.model or model_files.default_model(wish.folder, gpu)[0]
    opened = {i: first for i, step in enumerate(steps) if (step.model, step.size) == (name, start)}
    took = frame_trial(wish.output)

    def measure(place: int) -> float:
        if place not in opened:
            opened[place] = open_step(wish, steps[place], first)
        return took(opened[place])

    # A GPU most often keeps up at the best step: one trial there settles it.
    place = len(steps) - 1
    if place:
        begin = place if gpu else min(opened, default=0)
        place = choose_rung(measure, [step.cost for step in steps], SHARE / wish.fps, begin)
    if place not in opened:
        opened[place] = open_step(wish, steps[place], first)
    return Gearbox(wish, steps, place, opened)


def _steps(wish: Wish, provider: Provider) -> tuple[Step, ...]:
    if wish.model or provider == "tensorrt":
        names: tuple[str, ...] = (wish.model or model_files.default_model(wish.folder, gpu=True)[0],)
    else:
        names = model_files.available(wish.folder)
    return quality_steps(names, wish.output, wish.net_size)


def open_step(wish: Wish, step: Step, like: OnnxStylizer) -> OnnxStylizer:
    """A warm stylizer for a step, on the processor of another."""
    if like.model == step.model:
        return like.resized(step.size)
    found = open_stylizer(wish.folder, wish.output, wish.fps, step.model, step.size, like.provider, None, wish.smooth)
    found.why, found.cure = like.why, like.cure
    return found
