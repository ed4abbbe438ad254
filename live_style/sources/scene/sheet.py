"""A sheet: a rectangle of the scene that is painted once, shape by shape, and then laid into every frame."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from live_style.imaging import opencv
from live_style.imaging.geometry import Box

Points = npt.NDArray[np.float64]
"""[n, 2] x and y in scene units: the scene is 1280 wide and 720 high at any frame size."""
Floats = npt.NDArray[np.floating[Any]]
Paint = Callable[[Floats, Floats], Floats]
"""Colours 0..255 as planes [3, height, width] at scene coordinates x [1, width] and y [height, 1]."""
Matrix = npt.NDArray[np.float64]
"""[2, 3] affine map, scene units to scene units."""


def rgb(color: str) -> Floats:
    """The colour "#rrggbb" as three numbers 0..255."""
    return np.array([int(color[i:i + 2], 16) for i in (1, 3, 5)], np.float32)


def flat(color: str) -> Paint:
    """One colour everywhere."""
    planes = rgb(color).reshape(3, 1, 1)
    return lambda x, y: planes


def ramp(start: tuple[float, float], end: tuple[float, float], *colors: str) -> Paint:
    """Colours spread evenly along the line from `start` to `end`."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    return _spread(colors, lambda x, y: ((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy))


def glow(center: tuple[float, float], radius: float, *colors: str) -> Paint:
    """Colours spread evenly from the centre outwards."""
    return _spread(colors, lambda x, y: np.hypot(x - center[0], y - center[1]) / radius)


def _spread(colors: tuple[str, ...], place: Callable[[Floats, Floats], Floats]) -> Paint:
    stops = np.stack([rgb(c) for c in colors], 1)
    at = np.linspace(0, len(colors) - 1, 1024)
    table = np.stack([np.interp(at, np.arange(len(colors)), plane) for plane in stops]).astype(np.float32)
    return lambda x, y: table[:, np.clip(place(x, y) * 1023, 0, 1023).astype(np.intp)]


def smooth(*points: tuple[float, float], steps: int = 10) -> Points:
    """A closed soft outline through the points (Catmull-Rom)."""
    p = np.array(points, np.float64)
    around = p[(np.arange(-1, 3) + np.arange(len(p))[:, None]) % len(p)]
    return np.asarray((_basis(steps) @ around).reshape(-1, 2))


@lru_cache
def _basis(steps: int) -> npt.NDArray[np.float64]:
    """Weights [steps, 4] of the points before, at, after and beyond for places on a Catmull-Rom curve."""
    t = np.arange(steps)[:, None] / steps
    powers = np.concatenate([np.ones_like(t), t, t ** 2, t ** 3], 1)
    return np.asarray(powers @ np.array([(0, 2, 0, 0), (-1, 0, 1, 0), (2, -5, 4, -1), (-1, 3, -3, 1)]) / 2)


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> Points:
    """An ellipse, turned by `turn` degrees."""
    a = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    px, py, r = np.cos(a) * rx, np.sin(a) * ry, np.radians(turn)
    return np.stack([x + px * np.cos(r) - py * np.sin(r), y + px * np.sin(r) + py * np.cos(r)], 1)


def quad(x: float, y: float, width: float, height: float) -> Points:
    """A rectangle."""
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)


def ribbon(points: Sequence[tuple[float, float]], width: float, taper: float = 1.0) -> Points:
    """A brush stroke along the points: `width` in the middle, thin at both ends (`taper` 0: even)."""
    p = np.array([points[0], *points, points[-1]], np.float64)
    count = len(points) - 1
    line = (_basis(6) @ p[np.arange(count)[:, None] + np.arange(4)]).reshape(-1, 2)
    ahead = np.concatenate([line[1:], p[-1:]])
    along = np.maximum(np.abs(ahead - line), 1e-9) * np.sign(ahead - line)
    side = along[:, ::-1] * (-1, 1) / np.hypot(along[:, :1], along[:, 1:])
    t = np.arange(len(line)) / len(line)
    half = (0.5 * width * (1 - taper + taper * np.sin(np.pi * t)) + 0.15)[:, None]
    return np.concatenate([line + side * half, p[-1:], (line - side * half)[::-1]])


class Sprite(NamedTuple):
    """Finished paint."""

    pixels: npt.NDArray[np.uint8]
    """[height, width, 4], RGBA, premultiplied."""
    x: float
    y: float
    """Its corner, in scene units."""


class SpriteSheet:
    """RGBA paint, premultiplied, of a box of the scene at `scale` pixels a unit."""

    def __init__(self, box: Box, scale: float) -> None:
        self.box = box
        self.scale = scale
        width, height = round(box.width * scale), round(box.height * scale)
        self.paint = np.zeros((4, height, width), np.float32)

    def fill(self, shape: Points, paint: Paint | str, *, soft: float = 0.0, opacity: float = 1.0,
             within: Points | None = None) -> None:
        """Paint a shape; `soft` blurs its edge by that many units, `within` cuts it off at another shape."""
        corner = np.array([self.box.x, self.box.y])
        points = (shape - corner) * self.scale
        pad = 3 * soft * self.scale + 2
        height, width = self.paint.shape[1:]
        x0, y0 = np.clip(np.floor(points.min(0) - pad), 0, (width, height)).astype(int)
        x1, y1 = np.clip(np.ceil(points.max(0) + pad), 0, (width, height)).astype(int)
        if x0 >= x1 or y0 >= y1:
            return
        origin = np.array([x0, y0])
        mask = opencv.shape_mask(points - origin, (x1 - x0, y1 - y0))
        if soft > 0.0:
            mask = opencv.blur(mask, soft * self.scale, soft * self.scale)
        if within is not None:
            mask = mask * opencv.shape_mask((within - corner) * self.scale - origin, (x1 - x0, y1 - y0))
        x = (np.arange(x0, x1, dtype=np.float32)[None, :] + 0.5) / self.scale + self.box.x
        y = (np.arange(y0, y1, dtype=np.float32)[:, None] + 0.5) / self.scale + self.box.y
        color = (flat(paint) if isinstance(paint, str) else paint)(x, y)
        mask *= np.float32(opacity)
        part = self.paint[:, y0:y1, x0:x1]
        part *= 1.0 - mask
        part[:3] += color * mask
        part[3] += 255.0 * mask

    def brush(self, seed: int, strength: float, across: float = 1.2, along: float = 9.0) -> None:
        """Give the paint the grain of a brush: streaks of lighter and darker, `strength` 0..1."""
        height, width = self.paint.shape[1:]
        noise = np.random.default_rng(seed).random((height, width), np.float32) - np.float32(0.5)
        streaks = opencv.blur(noise, across * self.scale, along * self.scale)
        streaks *= strength / max(1e-6, float(streaks.std()))
        self.paint[:3] *= 1.0 + np.clip(streaks, -0.5, 0.5)

    def sprite(self) -> Sprite:
        """The part of the sheet that has paint on it."""
        rows, columns = (np.flatnonzero(self.paint[3].max(axis) > 0.5) for axis in (1, 0))
        x, y = int(columns[0]), int(rows[0])
        part = self.paint[:, y:rows[-1] + 1, x:columns[-1] + 1]
        pixels = np.clip(np.minimum(part, part[3:]) + 0.5, 0, 255).astype(np.uint8)
        return Sprite(np.ascontiguousarray(pixels.transpose(1, 2, 0)), self.box.x + x / self.scale,
                      self.box.y + y / self.scale)
