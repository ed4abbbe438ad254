"""The demo scene at a moment: sprites painted once for a size, laid where they are by then."""

from __future__ import annotations

from functools import lru_cache
from math import cos
from math import floor
from math import radians
from math import sin

import numpy as np

from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging import opencv
from live_style.imaging.geometry import Box
from live_style.sources.scene import person
from live_style.sources.scene import room
from live_style.sources.scene.sheet import Matrix
from live_style.sources.scene.sheet import Sprite
from live_style.sources.scene.sheet import rgb

WIDTH, HEIGHT, CENTER = 1280, 720, 700
"""The scene in its own units, and the x that stays in sight in narrow frames."""
SLOW = 10
LEAVES = ((1150, 640, 200, -58), (1185, 640, 205, 46), (1158, 640, 228, -27), (1174, 640, 222, 21),
          (1165, 640, 190, -3))
"""Foot x and y, length, and lean in degrees."""


def move(x: float = 0.0, y: float = 0.0, turn: float = 0.0, about: tuple[float, float] = (0.0, 0.0),
         zoom: tuple[float, float] = (1.0, 1.0), shear: float = 0.0) -> Matrix:
    """An affine map: zoomed, leaned by `shear`, turned by degrees about a point, then moved."""
    a = radians(turn)
    linear = np.array([[cos(a), -sin(a)], [sin(a), cos(a)]]) @ np.array([[zoom[0], shear], [0.0, zoom[1]]])
    pivot = np.array(about)
    return np.column_stack([linear, pivot - linear @ pivot + (x, y)])


def after(second: Matrix, first: Matrix) -> Matrix:
    """`first`, then `second`."""
    return np.column_stack([second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2] + second[:, 2]])


STILL = move()


class ScenePainting:
    """The scene for one frame size; `at(seconds)` is a pure function of time."""

    def __init__(self, size: Size) -> None:
        self.size = size
        scale = self.scale = max(size[0] / WIDTH, size[1] / HEIGHT)
        left = min(max(0.0, CENTER - size[0] / scale / 2), WIDTH - size[0] / scale)
        self.corner = np.array([left, (HEIGHT - size[1] / scale) / 2])
        self._back = np.zeros((size[1], size[0], 3), np.uint8)
        self._lay_sprite(self._back, room.backdrop(Box(0, 0, WIDTH, HEIGHT), scale).sprite(), STILL)
        sheets = {
            "clouds": room.clouds(scale), "bars": room.bars(scale), "cat": room.cat(scale),
            "tail": room.tail(scale),
            "curtain left": room.curtain(scale, True), "curtain right": room.curtain(scale, False),
            "pot": room.pot(scale), "torso": person.torso(scale),
            "head": person.head(scale), "features": person.features(scale),
            **{f"leaf {i}": room.leaf(scale, leaf[2], i) for i, leaf in enumerate(LEAVES)},
        }
        self._sprites = {name: sheet.sprite() for name, sheet in sheets.items()}
        self._slow = lru_cache(maxsize=2)(self._room)

    def _lay_sprite(self, frame: Image, sprite: Sprite, motion: Matrix) -> None:
        linear = motion[:, :2]
        corner = linear @ (sprite.x, sprite.y) + motion[:, 2] - self.corner
        opencv.lay(frame, sprite.pixels, np.column_stack([linear, corner * self.scale]))

    def _lay(self, frame: Image, name: str, motion: Matrix) -> None:
        self._lay_sprite(frame, self._sprites[name], motion)

    def _draw(self, frame: Image, parts: person.Outlines, motion: Matrix) -> None:
        for points, color in parts:
            moved = (points @ motion[:, :2].T + motion[:, 2] - self.corner) * self.scale
            r, g, b = (int(c) for c in rgb(color))
            opencv.draw_shape(frame, moved, (r, g, b))

    def at(self, t: float) -> Image:
        """The scene at `t` seconds: RGB of the size it was made for."""
        frame = self._slow(floor(t * SLOW)).copy()
        self._lay(frame, "tail", move(turn=14 * sin(t * 1.1) + 6 * sin(t * 2.7), about=(350, 486)))
        self._head(frame, t)
        return frame

    def _room(self, tick: int) -> Image:
        """What moves slowly, drawn SLOW times a second: a step is one pixel at most, and costs a third of 30."""
        t = tick / SLOW
        frame = self._back.copy()
        self._window(frame, t)
        for i, (x, y, _, lean) in enumerate(LEAVES):
            sway = 2.6 * sin(t * 0.9 + i * 1.7) + 0.8 * sin(t * 2.3 + i)
            self._lay(frame, f"leaf {i}", move(x, y, lean + sway))
        self._lay(frame, "pot", STILL)
        breath = sin(t * 1.6)
        self._lay(frame, "torso", move(7 * sin(t * 0.55), 0, about=(712, 740),
                                       zoom=(1 + 0.003 * breath, 1 + 0.008 * breath)))
        return frame

    def _window(self, frame: Image, t: float) -> None:
        box = np.array(room.WINDOW, np.float64)
        low = np.maximum(0, np.ceil((box[:2] - self.corner) * self.scale)).astype(int)
        high = np.maximum(0, (box[:2] + box[2:] - self.corner) * self.scale).astype(int)
        clouds = self._sprites["clouds"]
        drift = np.array((t * 9.0 % room.WINDOW.width, 0.0))
        corner = ((clouds.x, clouds.y) - drift - self.corner) * self.scale - low
        opencv.lay(frame[low[1]:high[1], low[0]:high[0]], clouds.pixels, np.column_stack([np.eye(2), corner]))
        for name in ("bars", "cat"):
            self._lay(frame, name, STILL)
        for name, x, phase in (("curtain left", 60, 0.0), ("curtain right", 490, 1.1)):
            shear = 0.014 * sin(t * 0.8 + phase) + 0.006 * sin(t * 1.9 + 2 * phase)
            self._lay(frame, name, move(shear=shear, about=(x, 10)))

    def _head(self, frame: Image, t: float) -> None:
        sway = 16 * sin(t * 0.55) + 5 * sin(t * 1.27 + 1)
        yaw = 0.65 * sin(t * 0.7 + 0.6) + 0.35 * sin(t * 1.63)
        nod = 4.0 * sin(t * 0.9 + 2) + 2 * sin(t * 2.1)
        tilt = 3.6 * sin(t * 0.62 + 0.4) + 1.8 * sin(t * 1.41)
        skull = move(sway, -1.5 * sin(t * 1.6), tilt, person.NECK, (1 - 0.02 * abs(yaw), 1.0), 0.012 * yaw)
        front = after(skull, move(yaw * 8, nod))
        self._lay(frame, "head", skull)
        self._lay(frame, "features", front)
        opened, gaze = round(_lids(t), 2), round(max(-1.0, min(1.0, 1.3 * sin(t * 0.7 + 0.2))), 2)
        self._draw(frame, person.eye(674, opened, gaze) + person.eye(752, opened, gaze), front)
        smile = 0.7 + 0.3 * sin(t * 0.45)
        talk = max(0.0, sin(t * 0.45)) * max(0.0, sin(t * 7.0)) * (0.6 + 0.4 * sin(t * 3.1))
        self._draw(frame, person.mouth(round(smile, 2), round(talk, 2)), front)


def _lids(t: float) -> float:
    """How far the eyes are open, 0..1: a blink of 0.24 s about every 3.4 s, each fourth one twice."""
    number, phase = floor(t / 3.4), t % 3.4
    times = (2.2, 2.6) if number % 4 == 3 else (1.1 + 0.9 * sin(number * 12.9),)
    return min(1.0, *(abs(phase - at) / 0.12 for at in times), 1.0)


@lru_cache(maxsize=4)
def painting(size: Size) -> ScenePainting:
    """The painting for a size, made once (about half a second at 1280x720)."""
    return ScenePainting(size)
