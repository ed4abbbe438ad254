"""The person mask: found in the demo scene, steady, drawn along the edges of the picture, and what is painted by it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from live_style.errors import ModelError
from live_style.frame import Image
from live_style.imaging.opencv import follow_edges
from live_style.inference import model_files
from live_style.inference.person_mask import PersonMask
from live_style.inference.person_mask import mask_size
from live_style.inference.style_predictor import Predictor
from live_style.inference.stylizer import OnnxStylizer
from live_style.inference.stylizer import open_stylizer
from live_style.look import REAL
from live_style.look import Look
from live_style.look import TwoLooks
from live_style.sources.demo import draw_scene
from tests.support.networks import MODELS
from tests.support.networks import picture

SIZE = (640, 360)
FACE, PICTURE_FRAME = (slice(90, 190), slice(330, 380)), (slice(20, 80), slice(500, 560))
"""Places of the demo scene: in the middle of the face, and the picture on the wall."""


@pytest.fixture(scope="module")
def scene() -> Image:
    return draw_scene(SIZE, 2.0)


@pytest.fixture(scope="module")
def stylizer() -> OnnxStylizer:
    return open_stylizer(MODELS, SIZE, 30, model="fast", net_size=(160, 88), provider="cpu")


@pytest.fixture(scope="module")
def look() -> Look:
    return Look.of(Predictor(MODELS).predict(picture((256, 256), seed=3)))


def finder(steady: bool = False) -> PersonMask:
    return PersonMask(model_files.mask(MODELS), steady)


def noisy(image: Image, seed: int) -> Image:
    grain = np.random.default_rng(seed).normal(0, 4, image.shape)
    return np.clip(image + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("size", "seen"), [
    ((1280, 720), (256, 144)), ((640, 480), (224, 160)), ((720, 1280), (144, 256)), ((500, 500), (192, 192)),
    ((64, 64), (192, 192)), ((4000, 40), (1920, 16)),
])
def test_a_picture_is_seen_in_its_own_shape(size: tuple[int, int], seen: tuple[int, int]) -> None:
    assert mask_size(size) == seen
    assert finder().find(picture(size)).shape == seen[::-1]


def test_the_person_of_the_demo_scene_is_found(scene: Image) -> None:
    mask = follow_edges(finder().find(scene), scene)
    assert mask[FACE].mean() > 128 and mask[PICTURE_FRAME].mean() < 60


def test_a_still_scene_has_a_still_mask_however_noisy_the_camera_is(scene: Image) -> None:
    def flicker(find: PersonMask) -> float:
        masks = [find.find(noisy(scene, seed)).astype(int) for seed in range(12)]
        return float(np.mean([np.abs(b - a).mean() for a, b in zip(masks[4:], masks[5:])]))

    assert flicker(finder(steady=True)) < 0.5 * flicker(finder())


def test_somebody_who_moves_takes_the_mask_along(scene: Image) -> None:
    find, moved = finder(steady=True), np.roll(scene, 120, axis=1)
    for _ in range(5):
        find.find(scene)
    seen = [find.find(moved) for _ in range(3)][-1]
    assert np.abs(seen.astype(int) - finder().find(moved)).mean() < 8


def test_a_soft_mask_is_drawn_along_the_edge_of_the_picture() -> None:
    image = np.full((360, 640, 3), 60, np.uint8)
    image[:, 300:] = 200
    # Seen too coarsely, the edge is at 290 and as wide as 30 pixels.
    coarse = np.clip((np.arange(256) * 2.5 - 275) * 255 / 30, 0, 255)
    mask = follow_edges(np.tile(coarse.astype(np.uint8), (144, 1)), image)
    assert mask.shape == (360, 640)
    assert (mask[:, :250] < 10).all() and (mask[:, 350:] > 245).all()
    assert np.diff(mask.astype(int), axis=1).max() > 25


def test_a_person_is_painted_in_a_real_room_and_a_room_behind_a_real_person(stylizer: OnnxStylizer, look: Look,
                                                                            scene: Image) -> None:
    whole = stylizer.stylize(scene, look)
    for looks, painted, real in ((TwoLooks(look, REAL), FACE, PICTURE_FRAME),
                                 (TwoLooks(REAL, look), PICTURE_FRAME, FACE)):
        found = stylizer.stylize(scene, looks).astype(int)
        for place, wanted, other in ((real, scene, whole), (painted, whole, scene)):
            apart = np.abs(found[place] - wanted[place]).mean()
            assert apart < 0.4 * np.abs(wanted[place].astype(int) - other[place]).mean()
        assert stylizer.passes == 1


def test_two_looks_take_two_passes_and_two_equal_ones_take_one(stylizer: OnnxStylizer, look: Look,
                                                               scene: Image) -> None:
    equal = TwoLooks(look, Look.of(look.embedding.copy()))
    assert np.array_equal(stylizer.stylize(scene, equal), stylizer.stylize(scene, look)) and stylizer.passes == 1
    stylizer.stylize(scene, TwoLooks(look, look.scaled(0.5, 0.0)))
    assert stylizer.passes == 2
    assert stylizer.stylize(scene, TwoLooks(REAL, REAL)) is scene and stylizer.passes == 0


def test_a_stream_in_two_looks_goes_on_in_another_stylizer(stylizer: OnnxStylizer, look: Look, scene: Image) -> None:
    looks = TwoLooks(look, look.scaled(0.5, 0.0))
    first, second = stylizer.steadied(0.9), stylizer.steadied(0.9)
    for seed in range(4):
        first.stylize(noisy(scene, seed), looks)
    second.recall(first.memory)
    last = noisy(scene, 9)
    assert np.array_equal(first.stylize(last, looks), second.stylize(last, looks))
    other = stylizer.resized((320, 176)).steadied(0.9)
    other.follow(first)
    assert other.stylize(last, looks).shape == scene.shape


def test_a_missing_mask_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="the person mask is missing"):
        model_files.mask(tmp_path)
