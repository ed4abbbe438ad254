"""The canvas and its lettering: what is drawn is where it should be, whatever a style is called."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from live_style.imaging.canvas import Canvas
from live_style.imaging.geometry import Box
from live_style.imaging.logo import icon
from live_style.imaging.text import letter
from live_style.imaging.text import shorten
from live_style.imaging.text import width_of
from live_style.imaging.text import wrap

WHITE = (255, 255, 255, 255)


def ink(text: str, size: int = 40, bold: bool = False) -> np.ndarray:
    return np.asarray(letter(text, size, bold).mask, int)


def test_a_box_is_where_it_should_be_and_its_corners_are_round() -> None:
    canvas = Canvas((40, 30))
    canvas.box(Box(5, 5, 20, 10), (200, 100, 50, 128), radius=4)
    image = canvas.image()
    assert image.shape == (30, 40, 4) and image.dtype == np.uint8
    assert image[10, 15].tolist() == [200, 100, 50, 128]
    assert image[5, 15].tolist() == image[14, 15].tolist() == image[10, 5].tolist() == [200, 100, 50, 128]
    assert (image[5, 5, 3], image[5, 24, 3], image[14, 5, 3], image[14, 24, 3]) == (image[5, 5, 3],) * 4
    assert image[5, 5, 3] < 40
    outside = np.ones((30, 40), bool)
    outside[5:15, 5:25] = False
    assert not image[outside].any()


def test_what_is_drawn_later_lies_over_what_was_there() -> None:
    canvas = Canvas((10, 10))
    canvas.box(Box(0, 0, 10, 10), (0, 0, 0, 255))
    canvas.box(Box(0, 0, 10, 10), (255, 255, 255, 128))
    assert np.abs(canvas.image().astype(int)[5, 5] - (128, 128, 128, 255)).max() <= 1


def test_a_frame_has_a_hole() -> None:
    canvas = Canvas((20, 20))
    canvas.frame(Box(0, 0, 20, 20), WHITE, 5, 2)
    alpha = canvas.image()[:, :, 3]
    assert alpha[0, 10] == alpha[1, 10] == 255 and alpha[2, 10] == 0 and not alpha[5:15, 5:15].any()


def test_a_picture_is_cropped_not_stretched() -> None:
    picture = np.zeros((40, 120, 3), np.uint8)
    picture[:, 40:80] = 255  # the middle third is a square
    canvas = Canvas((20, 20))
    canvas.picture(Box(0, 0, 20, 20), picture)
    assert (canvas.image()[:, 2:18] >= 250).all()


def test_a_dot_and_a_stroke_cover_their_area() -> None:
    canvas = Canvas((40, 40))
    canvas.dot(20, 20, 10, WHITE)
    assert abs(canvas.image()[:, :, 3].sum() / 255 - np.pi * 100) < 8
    canvas = Canvas((60, 40))
    canvas.stroke(((10, 20), (50, 20)), 6, WHITE)
    assert abs(canvas.image()[:, :, 3].sum() / 255 - (40 * 6 + np.pi * 9)) < 25


@settings(max_examples=50, deadline=None)
@given(st.integers(-60, 60), st.integers(-60, 60), st.integers(0, 50), st.integers(0, 50))
def test_whatever_lies_outside_is_cut_off(x: int, y: int, width: int, height: int) -> None:
    canvas = Canvas((30, 20))
    canvas.box(Box(x, y, width, height), WHITE, 3)
    canvas.text(x, y, "gÅ", 20, WHITE)
    canvas.dot(x, y, 5, WHITE)
    canvas.shape(((x, y), (x + 9, y), (x, y + 9)), WHITE)
    canvas.stroke(((x, y), (x + width, y + height)), 3, WHITE)
    assert canvas.image().shape == (20, 30, 4)


@pytest.mark.parametrize("align", [0.0, 0.5, 1.0])
def test_text_stands_on_its_line_and_is_aligned(align: float) -> None:
    canvas = Canvas((300, 60))
    width = canvas.text(150, 40, "HEN", 30, WHITE, align=align)
    rows, columns = np.nonzero(canvas.image()[:, :, 3] > 128)
    left = 150 - width * align
    assert rows.max() == 39 and abs(rows.min() - (40 - 0.7 * 30)) <= 1
    assert abs(columns.min() - left) <= 4 and abs(columns.max() - (left + width)) <= 4


def test_text_is_shortened_to_its_room() -> None:
    long = "The Great Wave off Kanagawa"
    assert shorten(long, 20, 1000) == long
    short = shorten(long, 20, 120)
    assert short.endswith("…") and long.startswith(short[:-1]) and width_of(short, 20) <= 120
    assert width_of(shorten(long, 20, 121) + "w", 20) > 110
    assert shorten(long, 20, 3) == ""


def test_text_is_wrapped_at_spaces_and_the_last_line_is_shortened() -> None:
    words = "camera lost: the Logitech sends nothing and is opened again as soon as it is back on its cable"
    rows = wrap(words, 16, 200, 10)
    assert " ".join(rows) == words and all(width_of(row, 16) <= 200 for row in rows) and len(rows) > 2
    rows = wrap(words, 16, 200, 2)
    assert len(rows) == 2 and rows[1].endswith("…") and all(width_of(row, 16) <= 200 for row in rows)
    assert wrap("", 16, 200, 2) == ()
    assert wrap("x" * 300, 16, 200, 1)[0].endswith("…")


@pytest.mark.parametrize(
    "char", "éèêëēĕěėęáàâäãåāăąçčćċĉíìîïīóòôöõōőøúùûüūůűñńňśšşșțźžżłŁđØÅÄÖÜÉÇĆŠŽİĞğß–—−×→←↑↓")
def test_letters_that_the_typeface_lacks_are_drawn(char: str) -> None:
    unknown = ink("\U0010ffff")  # no typeface has this one
    assert ink(char).shape != unknown.shape or np.abs(ink(char) - unknown).max() > 128


@pytest.mark.parametrize(("plain", "accented"), ["eé", "oö", "uů", "AÅ", "nñ", "sš"])
def test_an_accent_stands_above_its_letter_and_leaves_it_as_it_is(plain: str, accented: str) -> None:
    bare, with_accent = ink(plain), ink(accented)
    assert width_of(plain, 40) == width_of(accented, 40)
    added = with_accent - bare
    rows, columns = np.nonzero(added > 100)
    body = np.nonzero(bare > 100)
    assert rows.size and rows.max() < body[0].min()
    assert body[1].min() <= columns.min() and columns.max() <= body[1].max()
    assert added.min() > -40


def test_an_accented_i_loses_its_dot() -> None:
    dotted, dotless = ink("i"), ink("î")
    dot = np.nonzero(dotted[:, dotted.shape[1] // 2] > 100)[0]
    assert (np.diff(dot) > 1).any()  # a gap between the stem and the dot
    assert np.abs(ink("ı")[30:] - dotless[30:]).max() < 60
    assert (ink("í") != ink("ì")).any()


def test_a_name_decomposed_or_not_is_the_same() -> None:
    np.testing.assert_array_equal(ink("Cézanne"), ink("Ce\u0301zanne"))


def test_digits_are_all_of_one_width() -> None:
    assert len({width_of(digit * 10, 16) for digit in "0123456789"}) == 1


def test_bold_is_blacker() -> None:
    assert ink("style", bold=True).sum() > 1.15 * ink("style").sum()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20), st.integers(6, 40), st.booleans())
def test_any_text_can_be_lettered(text: str, size: int, bold: bool) -> None:
    line = letter(text, size, bold)
    assert line.width >= 0 and line.mask.size[0] >= line.width
    assert width_of(shorten(text, size, 50), size) <= 50


def test_the_icon_has_our_colours_and_round_corners() -> None:
    image = icon(64)
    assert image.shape == (64, 64, 4)
    assert image[0, 0, 3] == 0 and image[32, 0, 3] == 255
    for color in ((255, 178, 92), (240, 104, 96), (104, 196, 198)):
        assert (np.abs(image[:, :, :3].astype(int) - color).max(axis=2) < 8).sum() > 60
