"""Draws the textures that some shipped styles were made of: python styles/textures.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from live_style.frame import Image
from live_style.imaging.write import write_png

SIDE = 512
Plane = npt.NDArray[np.float64]


def _grid() -> tuple[Plane, Plane]:
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float64)
    return x, y


def _cells(count: int, seed: int) -> tuple[npt.NDArray[np.intp], Plane]:
    """For each pixel of a tiling Voronoi pattern: its cell, and the distance to the border in pixels."""
    x, y = _grid()
    points = np.random.default_rng(seed).random((count, 2)) * SIDE
    away = np.empty((count, SIDE, SIDE))
    for i, (px, py) in enumerate(points):
        dx, dy = np.abs(x - px), np.abs(y - py)
        away[i] = np.hypot(np.minimum(dx, SIDE - dx), np.minimum(dy, SIDE - dy))
    nearest = np.partition(away, 1, axis=0)
    return np.argmin(away, axis=0), (nearest[1] - nearest[0]) / 2


def _colors(*names: str) -> Plane:
    return np.array([[int(name[i:i + 2], 16) for i in (0, 2, 4)] for name in names], np.float64)


def _picture(values: Plane) -> Image:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def stained_glass() -> Image:
    """Panes of ruby, cobalt, emerald and amber in black lead, brighter in the middle of each pane."""
    cell, border = _cells(70, seed=4)
    glass = _colors("c4122f", "0f3fa8", "0d7a4a", "f2a30f", "5b1a8c", "e85d1f", "1597c9", "f6d94c")
    tint = glass[np.random.default_rng(5).integers(0, len(glass), 70)][cell]
    lit = 0.62 + 0.5 * np.clip(border / 26, 0, 1)
    lead = np.clip((border - 3.0) / 1.5, 0, 1)
    return _picture(tint * (lit * lead)[..., None] + 8)


def neon() -> Image:
    """Glowing cyan and magenta tubes on a violet night."""
    x, y = _grid()
    night = _colors("12041f")[0] + (y / SIDE)[..., None] * _colors("1c0a3a")[0]
    for k, color in enumerate(_colors("ff2bd6", "19e3ff", "ff8a1f", "7a4dff") * 1.0):
        for n in range(3):
            turn = 2 * np.pi * (k * 0.27 + n * 0.41)
            wave = SIDE * ((k * 0.25 + n * 0.34 + 0.1) % 1) + 46 * np.sin(2 * np.pi * 2 * x / SIDE + turn)
            away = np.abs((y - wave + SIDE / 2) % SIDE - SIDE / 2)
            night += color * (np.exp(-(away / 4) ** 2) + 0.35 * np.exp(-away / 16))[..., None]
    return _picture(night)


def halftone() -> Image:
    """Comic print: dots of cyan, magenta and yellow at three angles on cream paper."""
    x, y = _grid()
    page = np.broadcast_to(_colors("fbf3df")[0], (SIDE, SIDE, 3)).copy()
    inks = ((15, "1aa7dc", 0.0), (75, "e6227f", 2.1), (0, "ffd400", 4.2))
    for angle, ink, phase in inks:
        a, pitch = np.radians(angle), 16.0
        u, v = (x * np.cos(a) + y * np.sin(a)) / pitch, (y * np.cos(a) - x * np.sin(a)) / pitch
        tone = 0.5 + 0.5 * np.sin(2 * np.pi * (x + 0.6 * y) / SIDE + phase) * np.cos(2 * np.pi * y / SIDE + phase)
        away = np.hypot(u % 1 - 0.5, v % 1 - 0.5)
        cover = np.clip((0.12 + 0.5 * tone - away) * 9, 0, 1)[..., None]
        page *= 1 - cover * (1 - _colors(ink)[0] / 255)
    return _picture(page)


def kintsugi() -> Image:
    """Midnight-blue porcelain, broken and repaired with gold."""
    _, coarse = _cells(16, seed=11)
    cell, fine = _cells(240, seed=12)
    shade = np.random.default_rng(13).random(240)[cell]
    glaze = _colors("0b1d3f")[0] + shade[..., None] * _colors("12335e")[0]
    glaze *= (0.86 + 0.14 * np.clip(fine / 3, 0, 1))[..., None]
    gold = np.clip((5.5 - coarse) / 1.5, 0, 1)[..., None]
    sheen = 0.75 + 0.35 * np.sin(coarse * 0.9 + cell * 0.7)[..., None]
    return _picture(glaze * (1 - gold) + _colors("e9b949")[0] * sheen * gold)


def weave() -> Image:
    """A woven rug: warm threads over and under cool ones."""
    x, y = _grid()
    pitch = 32.0
    warm = _colors("c8452d", "e8a33d", "7c1f2b", "f0d9a8")[(x // pitch).astype(int) % 4]
    cool = _colors("1f5c6b", "0f2d3d", "3e8c84", "d8c9a0")[(y // pitch).astype(int) % 4]
    over = ((x // pitch + y // pitch).astype(int) % 2 == 0)[..., None]
    round_x, round_y = np.sin(np.pi * (x % pitch) / pitch), np.sin(np.pi * (y % pitch) / pitch)
    fibre = 0.9 + 0.1 * np.where(over[..., 0], np.sin(x * 1.6 + 0.4 * y), np.sin(y * 1.6 + 0.4 * x))
    bulge = np.where(over[..., 0], round_x * (0.55 + 0.45 * round_y), round_y * (0.55 + 0.45 * round_x))
    return _picture(np.where(over, warm, cool) * (0.25 + 0.85 * bulge * fibre)[..., None])


def main(folder: Path) -> None:
    """Write every texture as a PNG file."""
    for draw in (stained_glass, neon, halftone, kintsugi, weave):
        write_png(folder / f"{draw.__name__.replace('_', '-')}.png", draw(), {})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
