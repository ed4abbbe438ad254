"""Style files: what is written is read again, what is not a style is refused by name."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from live_style.errors import StyleError
from live_style.look import NORMS
from live_style.style import Style
from live_style.style import dump_style
from live_style.style import make_style
from live_style.style import parse_style
from live_style.style import slug_of
from live_style.system import paths


def a_style(**more: Any) -> Style:
    numbers = np.random.default_rng(1).normal(size=100).astype(np.float32)
    return make_style("The Great Wave", "live-style-2", numbers, artist="Hokusai", year="1831", **more)


def text_with(**fields: Any) -> str:
    return json.dumps({**json.loads(dump_style(a_style())), **fields})


def test_what_is_written_is_read_again() -> None:
    style = a_style(credit="numbers only", licence="CC0-1.0")
    again = parse_style(dump_style(style), "the-great-wave.json")
    for field in ("slug", "name", "artist", "year", "credit", "licence", "space"):
        assert getattr(again, field) == getattr(style, field)
    assert again.embedding.dtype == np.float32
    np.testing.assert_allclose(again.embedding, style.embedding, rtol=5e-5)
    assert dump_style(again) == dump_style(style)


def test_norms_are_kept_with_it_and_few_are_enough() -> None:
    rng = np.random.default_rng(2)
    style = a_style(norms={"4f2a": rng.normal(size=548), "77e1": rng.normal(size=996)})
    assert all(values.shape == (NORMS,) for values in style.norms.values())
    text = dump_style(style)
    again = parse_style(text, "the-great-wave.json")
    assert list(again.norms) == ["4f2a", "77e1"] and dump_style(again) == text
    for mark, values in style.norms.items():
        np.testing.assert_allclose(again.norms[mark], values, rtol=1e-3, atol=1e-6)
    assert len(text) < 8_000 and max(len(line) for line in text.partition('"norms"')[0].splitlines()) < 120


def test_it_is_about_a_kilobyte_that_a_person_can_read() -> None:
    text = dump_style(a_style())
    assert len(text) < 1600
    assert text.startswith('{\n  "format": "live-style/1",\n  "name": "The Great Wave",\n')
    assert max(len(line) for line in text.splitlines()) < 120


def test_it_cannot_be_changed_by_accident() -> None:
    with pytest.raises(ValueError, match="read-only"):
        a_style().embedding[0] = 1.0


def test_its_slug_is_its_file_name() -> None:
    assert parse_style(dump_style(a_style()), "somewhere/My Wave (2).json").slug == "my-wave-2"
    assert slug_of("La Mousmé (1888)") == "la-mousme-1888"
    assert slug_of("L'Étoile") == "letoile"
    assert slug_of("浮世絵") == "style"
    assert slug_of("../../etc/passwd") == "etc-passwd"


def test_credits_may_be_missing_and_more_may_be_there() -> None:
    fields = json.loads(text_with(stars=5))
    for key in ("artist", "year", "credit", "licence"):
        del fields[key]
    assert parse_style(json.dumps(fields), "x.json").artist == ""


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert parse_style(text_with(name="a\x1b[31m\nb\u202e"), "x.json").name == "a [31m b"


@pytest.mark.parametrize(("text", "words"), [
    ("", "not complete JSON"),
    (dump_style(a_style())[:-40], "not complete JSON"),
    (b"\xff\xfe\x00", "not UTF-8"),
    ("[]", "but not a style"),
    ("{}", "but not a style"),
    ("7", "but not a style"),
    ("[" * 60000, "nested too deep"),
    ("[" * 70000, "larger than 64 KB"),
    (text_with(format="live-style/2"), "'live-style/2'"),
    (text_with(format=None), "format is None"),
    (text_with(name=""), "no name"),
    (text_with(name=5), "name is 5"),
    (text_with(artist=["x"]), "a list"),
    (text_with(name="x" * 301), "longer"),
    (text_with(name="\ud800"), "no name"),
    (text_with(embedding=None), "numbers"),
    (text_with(embedding=[0.5] * 99), "99 numbers"),
    (text_with(embedding=[0.5] * 99 + [True]), "True"),
    (text_with(embedding=[0.5] * 99 + ["0.5"]), "'0.5'"),
    (text_with(embedding=[0.5] * 99 + [None]), "None"),
    (text_with(embedding=[0.5] * 99 + [[0.5]]), "a list"),
    (text_with(embedding=[0.5] * 99 + [float("nan")]), "NaN"),
    (text_with(embedding=[0.5] * 99 + [float("inf")]), "Infinity"),
    (text_with(embedding=[0.5] * 99 + [1e9]), "out of range"),
    (text_with(norms=[0.5]), "norms are a list"),
    (text_with(norms={"4f2a": 3}), "in place of a list of numbers"),
    (text_with(norms={"4f2a": "x"}), "norms are damaged"),
    (text_with(norms={"4f2a": "AAAA"}), "norms are damaged"),
    (text_with(norms={"4f2a": "AHw="}), "out of range: inf"),
    (text_with(norms={"4f2a": [1e9]}), "out of range"),
    (text_with(norms={"4f2a": [0.5] * 1501}), "more than 1500"),
    (text_with(embedding=[0.5] * 99 + [777]).replace("777", "1e999"), "out of range"),
    (text_with(embedding=[0.5] * 99 + [777]).replace("777", "9" * 400), "too large"),
    (text_with(embedding=[0.5] * 99 + [777]).replace("777", "9" * 5000), "digits"),
])
def test_what_is_no_style_is_refused_by_name(text: str | bytes, words: str) -> None:
    with pytest.raises(StyleError) as caught:
        parse_style(text, "folder/strange.json")
    assert caught.value.cause.startswith("strange.json is not a style: ")
    assert words in caught.value.cause
    assert len(caught.value.cause) < 200
    assert caught.value.cure


def test_a_byte_order_mark_is_no_harm() -> None:
    assert parse_style(b"\xef\xbb\xbf" + dump_style(a_style()).encode(), "x.json").name == "The Great Wave"
    assert parse_style("\ufeff" + dump_style(a_style()), "x.json").name == "The Great Wave"


def test_every_shipped_style_is_what_we_would_write() -> None:
    for file in sorted(paths.styles_folder().glob("*.json")):
        style = parse_style(file.read_bytes(), file)
        assert dump_style(style) == file.read_text(encoding="utf-8"), file.name
        assert slug_of(style.name) == style.slug == file.stem
        assert style.credit and style.licence
