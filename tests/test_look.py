"""Looks are points of a vector space whose origin is the real picture."""

import numpy as np
import pytest

from live_style.errors import StyleError
from live_style.look import NORMS
from live_style.look import REAL
from live_style.look import Look
from live_style.look import mix

rng = np.random.default_rng(7)
A, B = (rng.normal(size=100).astype(np.float32) for _ in range(2))


def test_between_the_real_picture_and_a_style_only_the_strength_moves():
    style = Look.of(A)
    for t in (0.1, 0.5, 0.9):
        look = REAL.toward(style, t)
        assert look.strength == pytest.approx(t)
        np.testing.assert_allclose(look.embedding, A, rtol=1e-5, atol=1e-6)


def test_between_two_styles_only_the_embedding_moves():
    look = Look.of(A).toward(Look.of(B), 0.25)
    assert look.strength == 1.0
    np.testing.assert_allclose(look.embedding, 0.75 * A + 0.25 * B, rtol=1e-5, atol=1e-6)


def test_the_ends_of_a_line_are_exact():
    a, b = Look.of(A, 0.8, 1.0), Look.of(B)
    assert a.toward(b, 0.0) is a
    assert a.toward(b, 1.0) is b


def test_the_real_picture_has_no_embedding():
    assert not REAL.embedding.any()
    assert not Look.of(A, 0.0).embedding.any()


def test_a_mix_lies_between_its_parts_and_weights_need_not_add_up():
    look = mix([(Look.of(A), 3.0), (Look.of(B), 1.0)])
    np.testing.assert_allclose(look.embedding, 0.75 * A + 0.25 * B, rtol=1e-5, atol=1e-6)
    assert look.strength == pytest.approx(1.0)


@pytest.mark.parametrize("parts", [[], [(Look.of(A), 0.0)]])
def test_nothing_to_mix_is_no_wish_for_the_real_picture(parts):
    with pytest.raises(StyleError, match="nothing to mix"):
        mix(parts)


def test_what_the_parts_of_a_mix_have_in_common_stays_exactly_that():
    for _ in range(50):
        look = mix([(Look.of(A, 0.3, 1.0), weight) for weight in rng.random(7)])
        assert (look.strength, look.color) == (0.3, 1.0)


def test_mixing_with_the_real_picture_is_strength():
    look = mix([(Look.of(A), 1.0), (REAL, 1.0)])
    assert look.strength == pytest.approx(0.5)
    np.testing.assert_allclose(look.embedding, A, rtol=1e-5, atol=1e-6)


def test_what_a_style_adds_to_the_norms_moves_as_its_embedding_does():
    mark, ones = "0123", np.ones(NORMS, np.float32)
    fitted, plain = Look.of(np.full(100, 2.0), norms={mark: ones}), Look.of(np.zeros(100))
    weak = REAL.toward(fitted, 0.25)
    assert np.allclose(weak.fitted(mark), 1.0) and weak.strength == 0.25, "to the real picture only the strength moves"
    assert np.allclose(fitted.toward(plain, 0.25).fitted(mark), 0.75) and not plain.fitted(mark).any()
    assert np.allclose(mix([(fitted, 1.0), (plain, 3.0)]).fitted(mark), 0.25)
    assert np.allclose(fitted.scaled(0.5, 0.0).fitted(mark), 1.0)
    assert not REAL.fitted(mark).any() and not fitted.fitted("of another network").any()


def test_colour_moves_with_the_look():
    assert Look.of(A).toward(Look.of(A, 1.0, 1.0), 0.5).color == pytest.approx(0.5)
