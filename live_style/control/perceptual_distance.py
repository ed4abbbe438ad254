"""An eye: how far looks are from each other for who sees them, learned from pictures of styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from live_style.look import DIMENSIONS
from live_style.look import Look
from live_style.look import Vector

FEWEST = 8
"""Fewer pictures teach nothing."""
DOUBT = 0.3
"""The share of the plain distance of the numbers: what no picture showed is not invisible."""
CALM = 0.1
"""Of ridge regression, so that two pictures that are nearly the same numbers do not tear a hole."""
COLORS = 4.0
"""How far the style's colours are from the picture's own: as far as two styles."""


@dataclass(frozen=True, eq=False)
class Eye:
    """A measure of the style space, in which styles are as far apart on the average as by their numbers.

    In equal steps of the bare numbers the painting changes by 0.6 to 1.8 times the median, in equal steps of ours by
    0.7 to 1.3 (280 places between our styles).
    """

    axes: npt.NDArray[np.float32]
    """float32[100, k]: the distance is the length of the numbers' difference times this."""

    def between(self, a: Look, b: Look) -> float:
        """How far two looks are apart: styles are 2 to 9, neighbours on the map about 3."""
        return float(np.linalg.norm((b.point - a.point) @ self.axes)) + COLORS * abs(b.color - a.color)

    @classmethod
    def of(cls, embeddings: Sequence[Vector], pictures: Sequence[npt.NDArray[np.uint8]]) -> Eye:
        """The eye that has seen these styles, painted: pictures of one scene and one size, uint8 [h, w, 3]."""
        if len(embeddings) < FEWEST:
            return PLAIN
        numbers = np.array(embeddings, float)
        seen = np.array(pictures, float).reshape(len(numbers), -1)
        numbers, seen = numbers - numbers.mean(axis=0), seen - seen.mean(axis=0)
        # By way of the Gram matrix, which is small: as many rows as styles.
        left, spread, _ = np.linalg.svd(seen @ seen.T)
        shown = left * np.sqrt(spread)
        axes = numbers.T @ np.linalg.solve(numbers @ numbers.T + CALM * np.eye(len(numbers)), shown)
        scale = np.median(_lengths(numbers)) / max(1e-9, float(np.median(_lengths(numbers @ axes))))
        both = [axes * scale * (1.0 - DOUBT) ** 0.5, np.eye(DIMENSIONS) * DOUBT**0.5]
        return cls(np.concatenate(both, axis=1).astype(np.float32))


def _lengths(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    one, two = np.triu_indices(len(points), 1)
    return np.asarray(np.linalg.norm(points[one] - points[two], axis=1))


PLAIN = Eye(np.eye(DIMENSIONS, dtype=np.float32))
"""The eye that has seen nothing: the numbers themselves."""
