"""The predictor: turns a picture into a point of the style space."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from live_style.frame import Image
from live_style.imaging.read import square
from live_style.inference import model_files
from live_style.inference.onnxruntime import Signature
from live_style.inference.onnxruntime import open_session
from live_style.look import DIMENSIONS
from live_style.look import Vector

SIDE = 256


class Predictor:
    """Predicts styles on the CPU, with few threads so that a show is not disturbed; used by one thread at a time."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        sample = {"picture": np.zeros((1, SIDE, SIDE, 3), np.uint8)}
        signature = Signature(sample, "style")
        self._session = open_session(model_files.predictor(folder), "cpu", signature, threads)
        self.space = self._session.metadata.get("live_style.space", "")
        """The style space it was trained in."""

    def predict(self, image: Image) -> Vector:
        """float32[100]: the style of a picture (RGB, any size; its central square is used)."""
        found = self._session.run({"picture": square(image, SIDE)[np.newaxis]})
        return np.asarray(found, np.float32).reshape(DIMENSIONS)
