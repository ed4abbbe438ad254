"""Playing the map: the place of the look on the map of styles, and what moves it there."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from live_style.control.mixer import Mixer
from live_style.control.pad import MOST
from live_style.control.pad import pad_weights
from live_style.control.paths import Drift
from live_style.control.paths import Motion
from live_style.control.paths import Path
from live_style.control.paths import Sample
from live_style.control.paths import wander
from live_style.control.perceptual_distance import PerceptualMetric
from live_style.control.style_map import Point
from live_style.control.style_map import StyleMap
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.read import scaled
from live_style.look import Vector
from live_style.style import Style
from live_style.styles.mixing import Blend

DRIFT = 12.0
"""Default seconds from style to style of a drift."""
FEWEST = 0.3
"""Shortest path that is kept, in seconds."""
GLANCE: Size = (32, 18)
"""Previews are compared at this size: their colours and where light and dark are, not their strokes."""
LONGEST = 20_000
"""Moments of a path that are kept: five minutes."""


@dataclass(frozen=True)
class MapState:
    """What the map shows."""

    points: tuple[Point, ...]
    """The place of each style."""
    side: float
    """The room that a preview has, in shares of the map's width and height."""
    here: Point
    shares: tuple[tuple[int, float], ...]
    """Which styles play, and how much of each."""
    pins: tuple[int, ...]
    """The pinned ones, in order; two or more are the corners of a pad."""
    name: str
    """What plays."""
    pointer: Point | None = None
    held: bool = False
    """Whether the look stays although the pointer moves."""

    @property
    def pad(self) -> tuple[int, ...]:
        """The styles at the corners; () if the map itself is played."""
        return self.pins if len(self.pins) > 1 else ()


Shown = Mapping[bytes, tuple[Vector, Image]]
"""Numbers of styles, and what the eye sees of each."""


class MapLayout(NamedTuple):
    """What takes long to find out about some styles: half a second, and seconds on a busy machine."""

    styles: tuple[Style, ...]
    style_map: StyleMap
    shown: Shown
    metric: PerceptualMetric


class MapExplorer:
    """The pointer sets the look, or a path or a drift does, until a person takes over. Main thread only.

    Nothing is laid out before the map is needed, but where another thread has done so: see `survey`.
    """

    def __init__(self, styles: Sequence[Style], previews: Sequence[Image | None], drift: float,
                 seed: int = 0) -> None:
        """`previews` show each style, to measure how different they look; `drift`: seconds from style to style."""
        self.open = False
        self._styles, self._previews, self._seconds, self._seed = tuple(styles), tuple(previews), drift, seed
        self._style_map: StyleMap | None = None
        self._metric: PerceptualMetric | None = None
        self._shown: Shown = {}
        """What the eye has seen, also of styles that are gone: a look that comes from one is still to be paced."""
        self._pins: tuple[Style, ...] = ()
        self._here: Point | None = None
        self._pointer: Point | None = None
        self._held = self._moved = False
        self._samples: list[Sample] | None = None
        self._motion: Motion | None = None

    @property
    def leading(self) -> bool:
        """Whether a path or a drift moves the look, not a person."""
        return self._motion is not None

    @property
    def word(self) -> str:
        """What moves the look, in a word or two; "" for a person."""
        if self._motion is None:
            return "" if self._samples is None else "recording a path"
        return "drift" if isinstance(self._motion, Drift) else "path"

    @property
    def style_map(self) -> StyleMap:
        """Where the styles are."""
        if self._style_map is None:
            self._style_map = StyleMap.of([style.embedding for style in self._styles])
        return self._style_map

    @property
    def metric(self) -> PerceptualMetric:
        """The perceptual distance of styles, learned from the previews."""
        if self._metric is None:
            self._shown = _glanced(self._styles, self._previews, self._shown)
            self._metric = _metric(self._shown)
        return self._metric

    def survey(self) -> Callable[[], MapLayout]:
        """What finds out, in any thread, where the styles are and what the eye sees; `know` takes its result."""
        styles, previews, before = self._styles, self._previews, self._shown

        def found() -> MapLayout:
            shown = _glanced(styles, previews, before)
            return MapLayout(styles, StyleMap.of([style.embedding for style in styles]), shown, _metric(shown))

        return found

    def know(self, survey: MapLayout) -> None:
        """What was found out about the styles, unless they are others by now."""
        if survey.styles is self._styles:
            self._style_map, self._shown, self._metric = survey.style_map, survey.shown, survey.metric

    def use(self, mixer: Mixer, previews: Sequence[Image | None], now: float) -> None:
        """Other styles from now on; the look stays where it is, and a drift goes on from there."""
        same = [(style.slug, id(style.embedding)) for style in self._styles]
        moved = same != [(style.slug, id(style.embedding)) for style in mixer.styles]
        places = {style.slug: style for style in mixer.styles}
        self._pins = tuple(places[pin.slug] for pin in self._pins if pin.slug in places)
        self._styles, self._previews = mixer.styles, tuple(previews)
        if moved:
            self._style_map = self._metric = self._here = None
            if isinstance(self._motion, Drift):
                self._motion = self._drifting(mixer, now)

    def toggle(self) -> None:
        """Open or close the map; what plays continues, a path that is being recorded is discarded."""
        self.open = not self.open
        self._pointer, self._held, self._samples = None, False, None

    def point(self, at: Point, now: float) -> None:
        """The pointer was moved over the map: the look goes with it, unless it is held or something else leads."""
        if not self.open:
            return
        self._pointer = at
        if self._motion is None and not self._held:
            self._go(at)
            if self._samples is not None and len(self._samples) < LONGEST:
                self._samples.append(Sample(now, at))

    @property
    def here(self) -> Point | None:
        """The place of the look; None if it is a style."""
        return self._here

    def pinned(self, mixer: Mixer) -> tuple[int, ...]:
        """The places of the pinned styles, in order."""
        return tuple(i for i in (mixer.find(pin.slug) for pin in self._pins) if i is not None)

    def steer(self, mixer: Mixer, x: float | None = None, y: float | None = None) -> None:
        """A fader moved the look to `place`, whether the map is open or not; a drift or a path ends."""
        here = self._place(mixer)
        self._motion, self._held = None, True
        self._go(Point(here.x if x is None else x, here.y if y is None else y))

    def click(self, at: Point, now: float) -> None:
        """Hold the look, or follow the pointer again; this ends a drift or a path."""
        led = self._motion is not None
        self._motion = None
        self._held = not self._held and not led
        self.point(at, now)

    def pin(self, place: int) -> bool:
        """Pin a style, or unpin it; False when there is no corner left. Two or more are a pad."""
        style = self._styles[place]
        if style in self._pins:
            self._pins = tuple(pin for pin in self._pins if pin is not style)
        elif len(self._pins) == MOST:
            return False
        else:
            self._pins = (*self._pins, style)
        self._moved = self._moved or self._here is not None and not self._held
        return True

    def drift(self, mixer: Mixer, now: float) -> str:
        """Start or stop a drift; returns a line for the person at the show."""
        begins, self._samples = not isinstance(self._motion, Drift), None
        self._motion = self._drifting(mixer, now) if begins else None
        return f"drifting, {self._seconds:g} s from style to style" if begins else ""

    def _drifting(self, mixer: Mixer, now: float) -> Drift:
        self._seed += 1
        start = self._place(mixer)
        stops = tuple(self.style_map.points[i] for i in wander(self.style_map.points, start, self._seed))
        return Drift(start, stops, self._seconds, now, self._seen)

    def record(self, now: float) -> str:
        """Record a path, play it, or end it; returns a line for the person at the show."""
        if isinstance(self._motion, Path):
            self._motion = None
            return ""
        if self._samples is None:
            self.open, self._held, self._motion = True, False, None
            self._samples = [Sample(now, self._here)] if self._here else []
            return "recording the pointer's path"
        samples, self._samples = [*self._samples, *(Sample(now, s.at) for s in self._samples[-1:])], None
        if len(samples) < 3 or samples[-1].now - samples[0].now < FEWEST:
            return "the pointer did not move: no path was recorded"
        self._motion = Path(tuple(samples), now)
        return ""

    def leave(self) -> None:
        """A style was chosen by its key: a drift or a path ends, and the look is that style."""
        self._motion = self._samples = self._here = None
        self._moved = False

    def needs(self, now: float) -> Blend | None:
        """The wanted look, if it changed since the last call."""
        if self._motion is not None:
            self._go(self._motion.at(now))
        if not self._moved or self._here is None or not self._styles:
            return None
        self._moved = False
        return Blend.of(*self._mix(self._here))

    def chart(self, mixer: Mixer) -> MapState:
        """What the map shows."""
        hidden, preview = mixer.real and mixer.preview is None, mixer.preview
        shares = () if hidden else tuple(self._shares(mixer))
        return MapState(self.style_map.points, self.style_map.side, self._place(mixer), shares, self.pinned(mixer),
                        preview.name if preview else mixer.title, self._pointer, self._held and self._motion is None)

    def _go(self, at: Point) -> None:
        self._moved = self._moved or at != self._here
        self._here = at

    def _place(self, mixer: Mixer) -> Point:
        """The place of the look: where it was moved to, else between its styles."""
        if self._here is not None:
            return self._here
        shares = self._shares(mixer)
        if not shares:
            return Point(0.5, 0.5)
        dots, weights = zip(*((self.style_map.points[i], share) for i, share in shares), strict=True)
        return Point(*np.average(dots, axis=0, weights=weights).tolist())

    def _shares(self, mixer: Mixer) -> list[tuple[int, float]]:
        """Which styles were chosen, by their place, and how much of each."""
        places = ((mixer.find(style.slug), share) for style, share in mixer.chosen.parts)
        return [(place, share) for place, share in places if place is not None]

    def _mix(self, at: Point) -> tuple[Sequence[Style], Vector]:
        if len(self._pins) > 1:
            return self._pins, pad_weights(len(self._pins), at)
        return self._styles, self.style_map.weights(at)

    def _seen(self, at: Point) -> Vector:
        # By itself: a Blend's look is the same numbers and their licences and norms, for five times as long, and a
        # leg of a drift is measured at 160 points.
        styles, weights = self._mix(at)
        return np.asarray(weights @ np.array([style.embedding for style in styles]) @ self.metric.axes, np.float32)


def _glanced(styles: Sequence[Style], previews: Sequence[Image | None], before: Shown) -> Shown:
    return {**before, **{style.embedding.tobytes(): (style.embedding, scaled(preview, GLANCE))
                         for style, preview in zip(styles, previews, strict=True) if preview is not None}}


def _metric(shown: Shown) -> PerceptualMetric:
    return PerceptualMetric.of([numbers for numbers, _ in shown.values()], [picture for _, picture in shown.values()])
