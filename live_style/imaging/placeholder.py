"""Calm cards: shown in the feed while there is no picture to paint, in place of the raw camera."""

from __future__ import annotations

import functools

import numpy as np

from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.canvas import Canvas
from live_style.imaging.canvas import Color
from live_style.imaging.logo import draw_mark
from live_style.imaging.text import width_of
from live_style.imaging.text import wrap

DUSK = np.array([(22, 24, 38), (44, 38, 60), (96, 62, 72)], np.float32)
"""The colours of the background: at the top, at the bottom, and of the glow low in the middle."""
TITLE: Color = (250, 244, 236, 255)
LINE: Color = (250, 244, 236, 160)


@functools.lru_cache(maxsize=4)
def calm_card(size: Size, title: str, line: str = "") -> Image:
    """A quiet card with a title and a line under it, RGB; the same array for the same words."""
    width, height = size
    unit = min(width / 1280, height / 720)
    canvas = Canvas(size, _dusk(size))
    room = round(width * 0.86)
    big, small = max(9, round(34 * unit)), max(7, round(17 * unit))
    middle = height // 2
    side = 76 * unit
    draw_mark(canvas, (width - side) / 2, middle - 118 * unit, side)
    while big > small and width_of(title, big) > room:
        big -= 1
    canvas.text(width // 2, middle + round(20 * unit), title, big, TITLE, align=0.5, width=room)
    for row, words in enumerate(wrap(line, small, room, 2)):
        canvas.text(width // 2, middle + round((58 + 26 * row) * unit), words, small, LINE, align=0.5)
    card = np.ascontiguousarray(canvas.image()[:, :, :3])
    card.setflags(write=False)
    return card


@functools.lru_cache(maxsize=2)
def _dusk(size: Size) -> Image:
    width, height = size
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    # Slow waves, as of a wide brush, keep the background from looking like a slide.
    wave = 0.03 * np.sin(3.1 * x + 5.0 * y + 0.8 * np.sin(2.3 * x)) + 0.02 * np.sin(7.0 * y - 4.2 * x)
    down = np.clip(y + wave, 0, 1)[..., None]
    glow = np.exp(-((x / 0.9) ** 2 + ((y - 1.05 + wave) / 0.5) ** 2))[..., None]
    colors = DUSK[0] * (1 - down) + DUSK[1] * down
    colors += (DUSK[2] - colors) * glow * np.float32(0.8)
    # Half a level of fixed noise hides banding between the few dark levels.
    noise = np.random.default_rng(0).random((height, width, 1), np.float32)
    return np.asarray(np.clip(colors + noise, 0, 255), np.uint8)
