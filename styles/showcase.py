"""Paints the picture at the top of the README: python styles/showcase.py styles/showcase.webp [STYLE ...]."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from live_style import load_stylizer
from live_style.frame import Image
from live_style.imaging.read import Photo
from live_style.imaging.write import encoded
from live_style.imaging.write import write_picture
from live_style.sources.demo import draw_scene

SIZE = (1280, 720)
STYLES = ("Peasants", "The Love Drink", "Captive with Rose", "Crane and Wave", "Cover for Good!")
MODEL, STROKE = "balanced", 640
SECONDS = 1.5
"""Of the demo scene: the person looks at us."""
SLANT, LINE = 200, 3
"""Pixels from a cut's foot to its head; thickness of the white line along it."""


def showcase(names: tuple[str, ...]) -> Image:
    """The scene as it is, then painted in each style, in slanted strips from left to right."""
    stylizer, scene = load_stylizer(MODEL, STROKE), draw_scene(SIZE, SECONDS)
    y, x = np.mgrid[0:SIZE[1], 0:SIZE[0]].astype(np.float64)
    across = x - SLANT * (1.0 - y / SIZE[1]) + SLANT / 2
    page = scene.astype(np.float64)
    for number, name in enumerate(names, start=1):
        cut = SIZE[0] * number / (len(names) + 1)
        painted = stylizer.paint(scene, stylizer.style(name).look())
        page = _over(page, painted, across - cut + 0.5)
        page = _over(page, np.full(3, 255.0), LINE / 2 - np.abs(across - cut) + 0.5)
    return np.rint(page).astype(np.uint8)


def _over(page: npt.NDArray[np.float64], top: npt.ArrayLike, depth: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """`top` where `depth` is above 1, the page where it is below 0, with a soft edge between."""
    share = np.clip(depth, 0.0, 1.0)[..., np.newaxis]
    return page * (1.0 - share) + np.asarray(top) * share


if __name__ == "__main__":
    write_picture(Path(sys.argv[1]), encoded(Photo(showcase(tuple(sys.argv[2:]) or STYLES)), "webp", {}))
