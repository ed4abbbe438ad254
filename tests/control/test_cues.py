"""Cues: a text of changes over time, and the look at each moment."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from live_style.control.cues import Cue
from live_style.control.cues import CueTimeline
from live_style.control.cues import Mix
from live_style.control.cues import parse_cues
from live_style.control.cues import read_cues
from live_style.control.fade import Fade
from live_style.errors import LiveStyleError
from live_style.errors import SettingsError
from live_style.errors import StyleError
from live_style.look import REAL
from live_style.look import Look
from live_style.look import mix

LOOKS = {name: Look.of(np.full(100, value, np.float32)) for name, value in (("A", 1.0), ("B", -2.0), ("Water", 0.5))}


def mixed(parts: Mix) -> Look:
    for name, _ in parts:
        if name not in LOOKS:
            raise StyleError(f'no style matches "{name}"', "Did you mean A?")
    return mix([(LOOKS[name], weight) for name, weight in parts])


def plan(text: str, style: Look = REAL, strength: float = 1.0, color: float = 0.0) -> CueTimeline:
    return CueTimeline(style, strength, color, parse_cues(text), mixed)


def same(a: Look, b: Look) -> bool:
    return bool(np.allclose(a.point, b.point, atol=1e-5)) and a.strength == pytest.approx(b.strength) \
        and a.color == pytest.approx(b.color)


@pytest.mark.parametrize(("line", "cue"), [
    ("0:10 Water Lilies in 2s", Cue(1, 10, 2, mix=(("Water Lilies", 1.0),))),
    ("10 Water Lilies", Cue(1, 10, 0, mix=(("Water Lilies", 1.0),))),
    ("1:02:03.5\tNeon in 0:30  # at last", Cue(1, 3723.5, 30, mix=(("Neon", 1.0),))),
    ("90.25s A:0.6 B:0.4 in 1.5", Cue(1, 90.25, 1.5, mix=(("A", 0.6), ("B", 0.4)))),
    ("0 Water Lilies:2   Lady Macbeth:1", Cue(1, 0, 0, mix=(("Water Lilies", 2.0), ("Lady Macbeth", 1.0)))),
    ('0 "Water: Lilies":2 "Room # 1":1', Cue(1, 0, 0, mix=(("Water: Lilies", 2.0), ("Room # 1", 1.0)))),
    ('0 "strength 1"', Cue(1, 0, 0, mix=(("strength 1", 1.0),))),
    ("0:30 strength 0.5 in 1s", Cue(1, 30, 1, strength=0.5)),
    ("0:40 Color on", Cue(1, 40, 0, color=1.0)),
    ("0:40 colour off in 3s", Cue(1, 40, 3, color=0.0)),
    ("0:40 color 0.3", Cue(1, 40, 0, color=0.3)),
    ("0:50 real in 2s", Cue(1, 50, 2, mix=())),
    ("0 pictures/my holiday.jpg in 1s", Cue(1, 0, 1, mix=(("pictures/my holiday.jpg", 1.0),))),
    ("0 person: Neon in 2s", Cue(1, 0, 2, mix=(("Neon", 1.0),), part="person")),
    ("0 Room: A:0.6 B:0.4", Cue(1, 0, 0, mix=(("A", 0.6), ("B", 0.4)), part="room")),
    ("0 room:   real", Cue(1, 0, 0, mix=(), part="room")),
    ("0 both: strength 0.5 in 1s", Cue(1, 0, 1, strength=0.5, part="both")),
    ("0 person:0.5 room:0.5", Cue(1, 0, 0, mix=(("person", 0.5), ("room", 0.5)))),
    ("0 Room at Night", Cue(1, 0, 0, mix=(("Room at Night", 1.0),))),
    ('0 "Room in Arles"', Cue(1, 0, 0, mix=(("Room in Arles", 1.0),))),
    ("0 C:\\holiday.jpg", Cue(1, 0, 0, mix=(("C:\\holiday.jpg", 1.0),))),
])
def test_a_line(line: str, cue: Cue) -> None:
    assert parse_cues(line) == (cue,)


def test_empty_lines_and_comments_count_as_lines() -> None:
    assert [cue.line for cue in parse_cues("# a show\n\n0 A\n   \n5 B # then\n5 strength 1")] == [3, 5, 6]


@pytest.mark.parametrize(("text", "said"), [
    ("A", 'line 1: "A" is not a time'),
    ("0 A\nsoon B", 'line 2: "soon" is not a time'),
    ("0:10", "line 1: there is a time but no change"),
    ("0:10 in 2s", "in 2s"),
    ("0:10 A\n\n0:05 B", "line 3 has an earlier time than line 1"),
    ("0 strength 1.5", 'line 1: "1.5" is not a number from 0 to 1'),
    ("0 strength loud", '"loud" is not a number from 0 to 1'),
    ("0 strength -1", "is not a number from 0 to 1"),
    ("0 strength nan", "is not a number from 0 to 1"),
    ("0 color blue", '"blue" is not on, off or a number from 0 to 1'),
    ("0 A:0 B:0", "line 1: all weights are 0"),
    ("0 A:1 B", '"B" has no weight'),
    ('0 "A', "is not a style"),
    ("0 A in never", '"never" is not a time'),
    ("999:00:00 A", "is longer than a week"),
    ("-5 A", '"-5" is not a time'),
    ("1e9 A", "is not a time"),
])
def test_what_is_wrong_is_told_with_its_line(text: str, said: str) -> None:
    if text == "0:10 in 2s":  # a style may be called so; a missing one is reported when it is looked up
        with pytest.raises(StyleError, match="cues, line 1"):
            plan(text)
        return
    with pytest.raises(SettingsError) as error:
        parse_cues(text)
    assert said in error.value.cause and error.value.cure and "line" in error.value.cause


def test_a_style_that_nobody_knows_is_told_with_its_line() -> None:
    with pytest.raises(StyleError, match='cues, line 2: no style matches "Waterr"') as error:
        plan("0 A\n5 Waterr")
    assert error.value.cure == "Did you mean A?"


def test_a_look_stands_until_its_cue_and_fades_like_the_live_desk() -> None:
    faded = plan("0:10 B in 2s", LOOKS["A"])
    assert faded.at(0.0) is faded.at(9.99) and same(faded.at(0.0), LOOKS["A"])
    mixer = Fade(LOOKS["A"], LOOKS["B"], 10.0, 2.0)
    for now in np.linspace(10.0, 12.0, 61):
        assert same(faded.at(float(now)), mixer.at(float(now)))
    assert faded.at(12.0) is faded.at(1e6) and same(faded.at(12.0), LOOKS["B"])


def test_no_frame_of_a_fade_stands_out() -> None:
    faded = plan("1 B in 2s\n2 strength 0.2 in 1s\n2.5 A in 1s\n4 real in 1s", LOOKS["A"])
    points = [faded.at(i / 60).point[0] for i in range(360)]
    steps = [abs(b - a) for a, b in itertools.pairwise(points)]
    assert max(steps) < 0.15


def test_the_first_style_comes_out_of_the_real_picture() -> None:
    faded = plan("2 A in 1s")
    assert faded.at(1.0).strength == 0.0
    assert 0.0 < faded.at(2.5).strength < 1.0 and np.allclose(faded.at(2.5).embedding, 1.0)
    assert same(faded.at(3.0), LOOKS["A"])


def test_faders_move_on_their_own() -> None:
    shown = plan("0 A\n1 B in 4s\n2 strength 0.5\n3 color on in 1s\n6 real in 1s\n8 A")
    assert shown.at(0.5).strength == 1.0 and shown.at(0.5).color == 0.0
    assert shown.at(2.5).strength == 0.5
    assert 1.0 > shown.at(2.5).embedding[0] > -2.0, "the crossfade goes on"
    assert np.allclose(shown.at(5.0).embedding, -2.0) and shown.at(5.0).color == 1.0
    assert shown.at(7.5).strength == 0.0
    assert same(shown.at(8.0), Look.of(np.ones(100), 0.5, 1.0))


def test_a_mix() -> None:
    shown = plan("0 A:0.6 B:0.4")
    assert np.allclose(shown.at(0.0).embedding, 0.6 - 0.8)
    assert same(plan("0 A:3 B:2").at(0.0), shown.at(0.0))


def test_what_the_command_line_said_holds_until_a_cue_says_otherwise() -> None:
    begun = plan("5 B\n6 strength 1", LOOKS["A"], 0.4, 1.0)
    assert same(begun.at(0.0), Look.of(np.ones(100), 0.4, 1.0))
    assert same(begun.at(5.0), Look.of(np.full(100, -2.0), 0.4, 1.0))
    assert same(begun.at(6.0), Look.of(np.full(100, -2.0), 1.0, 1.0))
    assert same(plan("1 strength 1", LOOKS["A"], 0.0).at(1.0), LOOKS["A"])


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "show.txt").write_bytes("\ufeff0 Ölbild in 1s\r\n".encode())
    assert read_cues(tmp_path / "show.txt")[0].mix == (("Ölbild", 1.0),)
    for content, said in ((b"", "show.txt contains no cues"), (b"\xff\xfe0", "not UTF-8"),
                          (b"soon A", "show.txt line 1"), (b"#" * 100_001, "is larger than 100000 bytes")):
        (tmp_path / "show.txt").write_bytes(content)
        with pytest.raises(SettingsError, match=said):
            read_cues(tmp_path / "show.txt")
    for place in (tmp_path, tmp_path / "none.txt"):
        with pytest.raises(SettingsError, match="cannot be read"):
            read_cues(place)


words = st.sampled_from(["0:10", "1", "in", "2s", "A", "B:0.5", '"', ":", "#", "strength", "color", "real", "on", "-1",
                         "nan", "\t", "0.5", "999999", "\n", "\x00", "²", "in 1s"])


@examples(deadline=None, derandomize=True, database=None)  # nothing is written next to the tests
@given(st.one_of(st.text(max_size=80), st.lists(words, max_size=12).map(" ".join)))
def test_nonsense_is_told_and_sense_is_a_plan(text: str) -> None:
    try:
        shown = plan(text, LOOKS["A"])
    except LiveStyleError as e:
        assert e.cause and "\n" not in e.cause
        return
    for now in (-1.0, 0.0, 0.5, 10.0, 11.5, 1e7):
        look = shown.at(now)
        assert 0.0 <= look.strength <= 1.0 + 1e-6 and 0.0 <= look.color <= 1.0 and np.isfinite(look.embedding).all()
