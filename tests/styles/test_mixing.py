"""A mixture: between its parts, and it says whose they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from live_style.errors import StyleError
from live_style.style import Style
from live_style.style import dump_style
from live_style.style import make_style
from live_style.style import parse_style
from live_style.styles.mixing import mixed_style


def a_style(name: str, level: float = 0.0, space: str = "live-style-2", **more: Any) -> Style:
    return make_style(name, space, np.full(100, level, np.float32), **more)


LILIES = a_style("Lilies", 1.0, artist="Claude Monet", year="1906", licence="CC0-1.0")
IRISES = a_style("Irises", 2.0, artist="Claude Monet", licence="CC0-1.0")
STREET = a_style("Street", 4.0, artist="Ana", year="2024", licence="CC-BY-4.0")


def test_it_lies_where_the_weights_put_it() -> None:
    np.testing.assert_allclose(mixed_style([(LILIES, 3.0), (STREET, 1.0)], "C").embedding, 1.75, rtol=1e-6)
    np.testing.assert_allclose(mixed_style([(LILIES, 1e-9), (STREET, 1e-9)], "C").embedding, 2.5, rtol=1e-6)


def test_it_says_whose_its_parts_are() -> None:
    mixed = mixed_style([(LILIES, 0.3), (STREET, 0.6), (IRISES, 0.1)], "Harbour")
    assert (mixed.name, mixed.slug, mixed.artist) == ("Harbour", "harbour", "Ana, Claude Monet")
    assert mixed.credit == "60% Street (Ana, 2024), 30% Lilies (Claude Monet, 1906), 10% Irises (Claude Monet)"


@pytest.mark.parametrize(("licences", "licence"), [
    (("CC0-1.0", "CC0-1.0"), "CC0-1.0"),
    (("CC0-1.0", "CC-BY-4.0"), "CC-BY-4.0"),
    (("CC-BY-4.0", "CC-BY-4.0"), "CC-BY-4.0"),
    (("CC-BY-4.0", "CC-BY-SA-4.0"), "CC-BY-4.0 and CC-BY-SA-4.0"),
    (("CC0-1.0", ""), ""),
])
def test_its_licence_asks_what_those_of_its_parts_ask(licences: tuple[str, str], licence: str) -> None:
    parts = [(a_style(f"{i}", i, licence=text), 1.0) for i, text in enumerate(licences)]
    assert mixed_style(parts, "C").licence == licence


def test_a_credit_of_many_parts_still_fits_into_a_file() -> None:
    parts = [(a_style(f"A long name of a style, number {i}", i, artist=f"Somebody with the number {i}"), 1.0)
             for i in range(40)]
    mixed = mixed_style(parts, "All")
    again = parse_style(dump_style(mixed), "all.json")
    assert again.credit == mixed.credit and again.credit.endswith("…")


@pytest.mark.parametrize("parts", [[], [(LILIES, 1.0)], [(LILIES, 1.0), (STREET, 0.0)]])
def test_one_style_is_no_mixture(parts: list[tuple[Style, float]]) -> None:
    with pytest.raises(StyleError, match="two styles"):
        mixed_style(parts, "C")


def test_styles_of_two_spaces_do_not_mix() -> None:
    with pytest.raises(StyleError, match='the style "Far" belongs to the style space "other"'):
        mixed_style([(LILIES, 0.6), (a_style("Far", space="other"), 0.4)], "C")
