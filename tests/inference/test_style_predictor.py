"""The predictor: pictures become styles, alike for alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from live_style.errors import ModelError
from live_style.inference.style_predictor import Predictor
from tests.support.networks import MODELS
from tests.support.networks import picture


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(MODELS)


def test_a_picture_becomes_a_hundred_numbers(predictor: Predictor) -> None:
    style = predictor.predict(picture((640, 480)))
    assert style.shape == (100,) and style.dtype == np.float32
    assert np.isfinite(style).all() and style.any()


def test_size_does_not_matter_but_the_picture_does(predictor: Predictor) -> None:
    def cosine(a: np.ndarray, b: np.ndarray) -> float:
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    image = picture((512, 512))
    small, other = np.ascontiguousarray(image[::2, ::2]), picture((512, 512), seed=7)
    assert np.array_equal(predictor.predict(image), predictor.predict(image.copy()))
    assert cosine(predictor.predict(image), predictor.predict(small)) > cosine(
        predictor.predict(image), predictor.predict(other))


def test_it_speaks_the_space_of_the_transformers(predictor: Predictor) -> None:
    assert predictor.space == "live-style-2"


def test_without_its_file_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="style predictor is missing"):
        Predictor(tmp_path)
