"""The map: styles laid out on a plane by similarity, where every point is a mix of styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from live_style.look import Vector

Plane = npt.NDArray[np.float64]
"""[n, 2]: x to the right, y down."""

FILL = 0.65
"""Side of a preview, relative to a grid of n previews: larger ones push similar styles apart."""
ROUNDS = 600
"""Steps of fitting and of spreading; fewer with many styles, as each takes longer."""
PULL = 0.02
"""How strongly a preview is drawn to its ideal place, in the first step."""
DOT = 0.08
"""Radius, in sides of a preview, within which a point is the style itself: five pixels in a common window."""
NEAR, REACH, FALL, TAPER = 1.15, 1.5, 1.0, 3.0
"""How the weights fall off, the best of 24 trials on 40 styles: on 60 lines across the map the look moves most evenly
(fastest step / median 1.9), while a point is a mix of few styles (2.7 on average)."""


class Point(NamedTuple):
    """A place on the map, 0..1 each: x from left to right, y from top to bottom."""

    x: float
    y: float


@dataclass(frozen=True)
class StyleMap:
    """The place of each style, and the mixes between them."""

    points: tuple[Point, ...]

    @classmethod
    def of(cls, embeddings: Sequence[Vector]) -> StyleMap:
        """The map of some styles, in their order."""
        return cls(lay_out(embeddings))

    @cached_property
    def _dots(self) -> Plane:
        return np.array(self.points, float).reshape(-1, 2)

    @cached_property
    def side(self) -> float:
        """Previews of this share of the map's width and height, centred on their points, do not overlap."""
        return min(FILL / float(np.sqrt(max(1, len(self.points)))), _least_gap(self._dots))

    def weights(self, at: Point) -> Vector:
        """float32[n] that adds up to 1: the share of each style at a point.

        Exactly one style within DOT of it; elsewhere a mix of near styles, continuous everywhere and smooth except at
        the rims of the dots. A point outside 0..1 means the nearest one inside. There must be a style.
        """
        place = np.clip(np.asarray(at, float), 0.0, 1.0)
        away = np.hypot(*(self._dots - place).T)
        nearest = int(away.argmin())
        beside = np.maximum(0.0, away - DOT * self.side)
        if beside[nearest] <= 0.0:
            return np.asarray(np.arange(len(away)) == nearest, np.float32)
        # The reach grows where styles are sparse: an average of squared distances, weighted towards near ones.
        wide = NEAR**2 / len(away)
        share = np.exp((away[nearest] ** 2 - away**2) / (2.0 * wide))
        reach = REACH * float(np.sqrt((share * away**2).sum() / share.sum()))
        weights = np.maximum(0.0, 1.0 - away / reach) ** TAPER * (beside[nearest] / np.maximum(beside, 1e-12)) ** FALL
        return np.asarray(weights / weights.sum(), np.float32)

    def nearest(self, at: Point) -> int:
        """Index of the style nearest to a point. There must be a style."""
        return int(np.hypot(*(self._dots - np.asarray(at)).T).argmin())


def lay_out(embeddings: Sequence[Vector]) -> tuple[Point, ...]:
    """A place for each style: similar ones are neighbours, and previews of `StyleMap.side` do not overlap.

    The two principal components are adjusted until distances on the plane fit those of the style space as well as two
    dimensions allow, then spread out. The same styles give the same places.
    """
    if not len(embeddings):
        return ()
    numbers = np.array(embeddings, float)
    flat = _to_unit(_fitted(_principal(numbers), _distances(numbers)))
    return tuple(Point(float(x), float(y)) for x, y in _spread(flat, FILL / len(flat) ** 0.5))


def _principal(numbers: Plane) -> Plane:
    centred = numbers - numbers.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    flat = np.zeros((len(numbers), 2))
    flat[:, :len(axes)] = centred @ axes.T
    # The sign of an axis is arbitrary; this choice makes the map the same on every computer.
    ends = flat[np.abs(flat).argmax(axis=0), [0, 1]]
    return np.asarray(flat * np.where(ends < 0.0, -1.0, 1.0))


def _distances(points: Plane) -> Plane:
    squares = (points**2).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(0.0, squares[:, None] + squares[None] - 2.0 * points @ points.T)))


def _fitted(flat: Plane, wanted: Plane) -> Plane:
    """The plane after steps of majorisation (de Leeuw 1977) towards the target distances."""
    for _ in range(min(ROUNDS, 20_000 // len(flat))):
        pulls = -wanted / np.maximum(_distances(flat), 1e-9)
        np.fill_diagonal(pulls, 0.0)
        np.fill_diagonal(pulls, -pulls.sum(axis=1))
        flat = pulls @ flat / len(flat)
    return flat


def _to_unit(flat: Plane) -> Plane:
    """Points in 0..1, half way to an even spread along each axis: an outlier must not crowd all others."""
    low, extent = flat.min(axis=0), np.ptp(flat, axis=0)
    even = np.argsort(np.argsort(flat, axis=0, kind="stable"), axis=0) / max(1, len(flat) - 1)
    return np.asarray(np.where(extent > 1e-9, ((flat - low) / np.maximum(extent, 1e-9) + even) / 2.0, 0.5))


def _spread(flat: Plane, side: float) -> Plane:
    """Points whose squares of `side` do not overlap within 0..1, each near its old place."""
    home = places = flat * (1.0 - side) + side / 2.0
    rounds = min(ROUNDS, 60_000 // len(flat))
    order = np.sign(np.arange(len(flat))[:, None] - np.arange(len(flat))[None])
    for step in range(rounds):
        apart = places[:, None] - places[None]
        overlap = np.maximum(0.0, side - np.abs(apart))
        np.fill_diagonal(overlap[..., 0], 0.0)
        # Two that overlap move apart along the axis of the smaller overlap, each by half.
        across = (overlap[..., 0] > 0.0) & (overlap[..., 0] <= overlap[..., 1])
        along = (overlap[..., 0] > overlap[..., 1])
        way = np.where(apart == 0.0, order[..., None], np.sign(apart))
        push = way * overlap * np.stack([across, along], axis=2)
        home_pull = PULL * (1.0 - step / rounds) * (home - places)
        places = np.clip(places + 0.25 * push.sum(axis=1) + home_pull, side / 2.0, 1.0 - side / 2.0)
    return places


def _least_gap(dots: Plane) -> float:
    """The smallest distance between two points, along the axis in which they are further apart."""
    gaps = np.abs(dots[:, None] - dots[None]).max(axis=2)
    np.fill_diagonal(gaps, np.inf)
    return float(gaps.min(initial=1.0))
