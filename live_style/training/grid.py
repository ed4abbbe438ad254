"""The grid that a network paints where the picture has nothing: what repeats every 4 pixels in flat places."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from torch import Tensor

from live_style.training.data import Pixels
from live_style.training.luma import luma

# Side of a window and the step between two, px; the share of them, flattest in the frame first, that is looked at.
SIDE, STEP, FLAT = 32, 16, 0.3
# Waves a window of what repeats every 4 px and every 2.
WAVES = (0, SIDE // 4, SIDE // 2, -SIDE // 4)
# How far from such a wave its neighbours are, which strokes and noise fill alike.
NEAR = (3, 4)


def _windows(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(sliding_window_view(plane, (SIDE, SIDE))[::STEP, ::STEP].reshape(-1, SIDE, SIDE))


def grid(frame: Pixels, painted: Pixels) -> float:
    """Root mean square of the grid in luma levels, above what waves of about that length have anyway."""
    flat = _windows(luma(frame)).var((1, 2)).argsort()
    places = _windows(luma(painted))[flat[:max(4, int(FLAT * len(flat)))]]
    bell = np.hanning(SIDE + 1)[:-1]
    window = bell[:, np.newaxis] * bell
    power = (np.abs(np.fft.fft2((places - places.mean((1, 2), keepdims=True)) * window)) ** 2).mean(0)
    power /= window.sum() ** 2
    return float(max(0.0, sum(_above(power, v, u) for v in WAVES for u in WAVES if (v, u) != (0, 0))) ** 0.5)


def _above(power: NDArray[np.float64], v: int, u: int) -> float:
    """The power of one wave above the median of its neighbours."""
    reach = range(-NEAR[1], NEAR[1] + 1)
    around = [power[(v + i) % SIDE, (u + j) % SIDE] for i in reach for j in reach if max(abs(i), abs(j)) in NEAR]
    return float(power[v, u] - np.median(around))


def lattice(frames: Tensor, painted: Tensor) -> Tensor:
    """What repeats every 4 px in paintings [N,3,H,W] of frames, root mean square, 0..1: a loss, quicker than `grid`.

    The mean over the flattest windows of each frame: a grid is alike in all of them, strokes are not.
    """
    flat = _tiles(frames).var((2, 3), correction=0)
    chosen = flat.topk(max(1, int(FLAT * flat.shape[1])), largest=False).indices
    tiles = _tiles(painted)
    places = tiles.reshape(*tiles.shape[:2], SIDE // 4, 4, SIDE // 4, 4).mean((2, 4))
    alike = places.gather(1, chosen[..., None, None].expand(-1, -1, 4, 4)).mean(1)
    # A square root has no gradient at 0.
    return ((alike - alike.mean((1, 2), keepdim=True)).square().mean() + 1e-12).sqrt()


def _tiles(pictures: Tensor) -> Tensor:
    """Windows [N,n,SIDE,SIDE] side by side, of the mean of the colours."""
    return pictures.mean(1).unfold(1, SIDE, SIDE).unfold(2, SIDE, SIDE).flatten(1, 2)
