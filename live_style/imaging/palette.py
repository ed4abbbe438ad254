"""A palette: the main colours of a picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from live_style.frame import Image

Rgb = tuple[int, int, int]
SAMPLES = 4096
"""Pixels that are sampled: more would change no colour by more than a level or two."""
ROUNDS = 12
_TO_CONES = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
_TO_LAB = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
"""Björn Ottosson's Oklab (2020): a colour space in which equal distances look equal."""


def palette_of(image: Image, count: int = 6) -> tuple[Rgb, ...]:
    """The colours of an RGB picture, the one of most pixels first; fewer than `count` where it has fewer."""
    step = max(1, round((image.shape[0] * image.shape[1] / SAMPLES) ** 0.5))
    pixels = image[step // 2::step, step // 2::step].reshape(-1, 3).astype(np.float64)
    places = _lab(pixels)
    centres = _spread(places, min(count, len(np.unique(pixels, axis=0))))
    for _ in range(ROUNDS):
        owners = _nearest(places, centres)
        centres = np.array([places[owners == i].mean(axis=0) if (owners == i).any() else centre
                            for i, centre in enumerate(centres)])
    owners = _nearest(places, centres)
    sizes = np.bincount(owners, minlength=len(centres))
    means = [np.rint(pixels[owners == i].mean(axis=0)) for i in np.argsort(-sizes, kind="stable") if sizes[i]]
    return tuple((int(red), int(green), int(blue)) for red, green, blue in means)


def _lab(pixels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    share = pixels / 255
    light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(light @ _TO_CONES.T) @ _TO_LAB.T, np.float64)


def _spread(places: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.float64]:
    """The initial pixels: the most common middle, then each time the one farthest from all before."""
    chosen = [places[np.argmin(_squares(places, places.mean(axis=0)))]]
    far = _squares(places, chosen[0])
    while len(chosen) < count:
        chosen.append(places[np.argmax(far)])
        far = np.minimum(far, _squares(places, chosen[-1]))
    return np.array(chosen)


def _nearest(places: npt.NDArray[np.float64], centres: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    return np.asarray(np.argmin([_squares(places, centre) for centre in centres], axis=0), np.intp)


def _squares(places: npt.NDArray[np.float64], centre: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(((places - centre) ** 2).sum(axis=1), np.float64)
