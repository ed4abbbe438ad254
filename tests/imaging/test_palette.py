"""The palette: a picture's colours, those of most pixels first."""

from __future__ import annotations

import numpy as np

from live_style.imaging.palette import palette_of


def test_flat_colours_are_found_exactly_in_the_order_of_their_areas() -> None:
    colors = np.array([(220, 30, 40), (20, 60, 200), (240, 230, 90)], np.uint8)
    picture = np.repeat(colors, [30, 60, 10], axis=0)[None].repeat(50, axis=0)
    assert palette_of(picture, 3) == ((20, 60, 200), (220, 30, 40), (240, 230, 90))
    assert palette_of(picture, 6) == palette_of(picture, 3)


def test_a_picture_of_one_pixel_has_one_colour() -> None:
    assert palette_of(np.full((1, 1, 3), 7, np.uint8)) == ((7, 7, 7),)


def test_a_small_accent_is_not_lost_in_a_large_ground() -> None:
    rng = np.random.default_rng(1)
    picture = rng.normal((60, 70, 90), 4, (135, 240, 3)).clip(0, 255).astype(np.uint8)
    picture[50:64, 100:124] = (250, 120, 20)
    accent = palette_of(picture, 4)[-1]
    assert np.abs(np.subtract(accent, (250, 120, 20))).max() <= 2
