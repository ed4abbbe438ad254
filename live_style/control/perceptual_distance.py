"""The perceptual distance of looks, learned from pictures of styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from live_style.look import DIMENSIONS
from live_style.look import Look
from live_style.look import Vector

FEWEST = 8
"""With fewer pictures the plain distance is used."""
DOUBT = 0.3
"""Share of the plain distance, so that directions that no picture covers still count."""
CALM = 0.1
"""Weight of the ridge regression, which keeps it stable for embeddings that are nearly equal."""
COLORS = 4.0
"""Distance between the style's colours and the picture's own: about that of two styles."""


@dataclass(frozen=True, eq=False)
class PerceptualMetric:
    """A metric of the style space, with the same mean distance of styles as their numbers have.

    In equal steps of the bare numbers the painting changes by 0.6 to 1.8 times the median, in equal steps of ours by
    0.7 to 1.3 (280 places between our styles).
    """

    axes: npt.NDArray[np.float32]
    """float32[100, k]: the distance is the length of the numbers' difference times this."""

    def between(self, a: Look, b: Look) -> float:
        """The distance of two looks: 2 to 9 between styles, about 3 between neighbours on the map."""
        return float(np.linalg.norm((b.point - a.point) @ self.axes)) + COLORS * abs(b.color - a.color)

    @classmethod
    def of(cls, embeddings: Sequence[Vector], pictures: Sequence[npt.NDArray[np.uint8]]) -> PerceptualMetric:
        """The metric learned from previews of these styles: pictures of one scene and one size, uint8 [h, w, 3]."""
        if len(embeddings) < FEWEST:
            return PLAIN
        numbers = np.array(embeddings, float)
        seen = np.array(pictures, float).reshape(len(numbers), -1)
        numbers, seen = numbers - numbers.mean(axis=0), seen - seen.mean(axis=0)
        # Through the Gram matrix, which is small: it has one row for each style.
        left, spread, _ = np.linalg.svd(seen @ seen.T)
        shown = left * np.sqrt(spread)
        axes = numbers.T @ np.linalg.solve(numbers @ numbers.T + CALM * np.eye(len(numbers)), shown)
        scale = np.median(_lengths(numbers)) / max(1e-9, float(np.median(_lengths(numbers @ axes))))
        both = [axes * scale * (1.0 - DOUBT) ** 0.5, np.eye(DIMENSIONS) * DOUBT**0.5]
        return cls(np.concatenate(both, axis=1).astype(np.float32))


def _lengths(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    one, two = np.triu_indices(len(points), 1)
    return np.asarray(np.linalg.norm(points[one] - points[two], axis=1))


PLAIN = PerceptualMetric(np.eye(DIMENSIONS, dtype=np.float32))
"""The plain distance of the numbers, without any pictures."""
