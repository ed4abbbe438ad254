"""Any size fits: cropped or letterboxed, never stretched."""

import numpy as np
import pytest

from live_style.frame import size_of
from live_style.imaging.geometry import crop_box
from live_style.imaging.geometry import fit
from live_style.imaging.geometry import letterbox

SIZES = [(640, 480), (1280, 720), (720, 720), (1080, 1920), (641, 359), (16, 4000)]


def disc(size: tuple[int, int]) -> np.ndarray:
    """A white disc, a third of the short side wide, on grey."""
    x, y = np.meshgrid(np.arange(size[0]) - size[0] / 2 + 0.5, np.arange(size[1]) - size[1] / 2 + 0.5)
    image = np.full((size[1], size[0], 3), 60, np.uint8)
    image[np.hypot(x, y) < min(size) / 6] = 255
    return image


@pytest.mark.parametrize("how", ["crop", "letterbox"])
@pytest.mark.parametrize("size", SIZES[:5])
def test_a_disc_stays_round(size, how):
    out = fit(disc(size), (640, 360), how)
    assert size_of(out) == (640, 360)
    white = out[..., 0] > 200
    height, width = np.ptp(np.flatnonzero(white.any(1))), np.ptp(np.flatnonzero(white.any(0)))
    assert abs(int(width) - int(height)) <= 3


@pytest.mark.parametrize("size", SIZES)
def test_boxes_lie_inside(size):
    box = crop_box(size, (1280, 720))
    assert box.x >= 0 and box.y >= 0
    assert box.x + box.width <= size[0] and box.y + box.height <= size[1]
    place = letterbox(size, (1280, 720))
    assert place.x >= 0 and place.y >= 0
    assert place.x + place.width <= 1280 and place.y + place.height <= 720


def test_letterbox_leaves_black_bars_and_crop_none():
    white = np.full((480, 640, 3), 255, np.uint8)
    boxed = fit(white, (640, 360), "letterbox")
    assert boxed[:, 0].max() == 0 and boxed[:, 320].min() == 255
    assert fit(white, (640, 360), "crop").min() == 255


def test_a_picture_of_the_right_size_is_not_copied():
    image = disc((640, 360))
    assert fit(image, (640, 360)) is image
