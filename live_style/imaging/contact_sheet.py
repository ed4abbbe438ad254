"""A contact sheet: pictures in rows, each with its name below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of
from live_style.imaging.canvas import Canvas
from live_style.imaging.canvas import Color
from live_style.imaging.geometry import Box

WALL: Color = (247, 245, 241, 255)
INK: Color = (34, 32, 38, 255)
SOFT: Color = (34, 32, 38, 150)
SHAPE = 1.5
"""The aspect ratio that a sheet aims at."""


class Cell(NamedTuple):
    """A picture with a name and a note."""

    picture: Image
    name: str
    word: str = ""


def columns_for(count: int, size: Size) -> int:
    """The number of columns: few places stay empty, and the sheet is a little wider than high."""
    def unlikeness(columns: int) -> float:
        rows = math.ceil(count / columns)
        empty = (rows * columns - count) / count
        return abs(math.log(columns * size[0] / (rows * size[1]) / SHAPE)) + empty
    return min(range(1, count + 1), key=unlikeness)


def draw_sheet(cells: Sequence[Cell], columns: int) -> Image:
    """The cells row by row, RGB; every picture whole and at its own size, so those of a row should have one size."""
    rows = [cells[i:i + columns] for i in range(0, len(cells), columns)]
    width = max(cell.picture.shape[1] for cell in cells)
    gap, letters = max(8, width // 16), max(11, width // 22)
    heights = [max(cell.picture.shape[0] for cell in row) for row in rows]
    caption = round(letters * (3.6 if any(cell.word for cell in cells) else 2.2))
    wide = max(len(row) for row in rows)
    canvas = Canvas((gap + wide * (width + gap), gap + sum(height + caption + gap // 2 for height in heights)))
    canvas.box(Box(0, 0, *size_of(canvas.image())), WALL)
    top = gap
    for row, height in zip(rows, heights):
        for column, cell in enumerate(row):
            _hang(canvas, cell, Box(gap + column * (width + gap), top, width, height), letters)
        top += height + caption + gap // 2
    return canvas.image()[..., :3].copy()


def _hang(canvas: Canvas, cell: Cell, place: Box, letters: int) -> None:
    """Draws a picture at the bottom of its place, with its name below."""
    width, height = size_of(cell.picture)
    left, below = place.x + (place.width - width) // 2, place.y + place.height
    canvas.picture(Box(left, below - height, width, height), cell.picture)
    start = min(left, place.x + place.width // 4)
    room = place.x + place.width - start
    canvas.text(start, below + round(letters * 1.45), cell.name, letters, INK, bold=True, width=room)
    if cell.word:
        canvas.text(start, below + round(letters * 2.7), cell.word, round(letters * 0.85), SOFT, width=room)
