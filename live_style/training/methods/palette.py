"""The colours of what a teacher paints, moved towards those of the painting.

A teacher knows the colours of a painting roughly. The linear map of least motion (Pitie and Kokaram 2007) that gives
its paintings the mean and the covariance of the painting's colours, worked out once for each painting over a sheet of
photographs, belongs to the style and not to the frame: the same grey becomes the same colour in every frame.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live_style.training.data.pictures import Pictures, Pixels
from live_style.training.metrics.painters import PicturePainter
from live_style.training.networks.ours import SQUARE

# Photographs across and down the sheet, and their side, px.
ACROSS, SIDE = 3, 96
# No direction of the colours is stretched by more than this, or shrunk by less than its inverse.
MOST = 2.0
# Added to variances, in 0..1: colours of a drawing in one ink lie on a line.
FLOOR = 1e-5


def palettes(paintings: Pictures, embeddings: NDArray[np.float32], photos: Pictures, teacher: PicturePainter,
             file: Path) -> NDArray[np.float32]:
    """Colour maps [M,3,4] of all paintings, whose embeddings [M,100] the teacher knows; kept in a file."""
    if not file.exists():
        print(f"working out the colours of {len(paintings)} paintings (only once)", flush=True)
        sheet = _sheet(photos)
        found = []
        for i, embedding in enumerate(embeddings):
            painted = teacher.paint(sheet, embedding.reshape(1, 1, 1, -1))
            found.append(colour_map(painted, paintings.square(i, SQUARE)))
        np.save(file, np.stack(found))
    return np.asarray(np.load(file), np.float32)


def _sheet(photos: Pictures) -> Pixels:
    numbers = np.linspace(0, len(photos) - 1, ACROSS * ACROSS).astype(int)
    squares = [photos.square(int(i), SIDE) for i in numbers]
    return np.concatenate([np.concatenate(squares[i::ACROSS], axis=1) for i in range(ACROSS)])


def colour_map(painted: Pixels, painting: Pixels) -> NDArray[np.float32]:
    """[3,4]: a matrix and an offset that move colours in 0..1 from those of one picture to those of another."""
    ours, theirs = (picture.reshape(-1, 3) / 255 for picture in (painted, painting))
    spread, wanted = (np.cov(colours.T) + FLOOR * np.eye(3) for colours in (ours, theirs))
    root, inverse = _power(spread, 0.5), _power(spread, -0.5)
    values, axes = np.linalg.eigh(inverse @ _power(root @ wanted @ root, 0.5) @ inverse)
    matrix = axes * values.clip(1 / MOST, MOST) @ axes.T
    return np.concatenate([matrix, (theirs.mean(0) - matrix @ ours.mean(0))[:, None]], axis=1).astype(np.float32)


def _power(matrix: NDArray[np.float64], power: float) -> NDArray[np.float64]:
    values, axes = np.linalg.eigh(matrix)
    return np.asarray(axes * values.clip(1e-12) ** power @ axes.T)
