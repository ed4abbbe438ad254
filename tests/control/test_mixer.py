"""The mixer: keys move faders, nothing ever jumps, a cut is a cut."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from live_style.control.keys import KEYS
from live_style.control.mixer import Mixer
from live_style.control.moves import MOVES
from live_style.control.surface import LEAST
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.errors import StyleError
from tests.support.scripted import style

STYLES = tuple(style("x" * n) for n in range(1, 6))


def pressed(mixer: Mixer, key: str, now: float) -> Mixer:
    action = KEYS.action(key)
    assert action is not None
    return MOVES[action.command](mixer, action, now)


@pytest.fixture
def mixer() -> Mixer:
    return Mixer(STYLES, seconds=1.0).cut(0.0)


def test_right_crossfades_to_the_next_style_and_left_goes_back(mixer):
    moved = pressed(mixer, "Right", 10.0)
    assert moved.style is STYLES[1]
    np.testing.assert_allclose(moved.look.at(10.0).embedding, STYLES[0].embedding)
    np.testing.assert_allclose(moved.look.at(11.0).embedding, STYLES[1].embedding)
    assert pressed(mixer, "Left", 10.0).style is STYLES[-1]
    assert pressed(mixer, "N", 10.0).style is pressed(mixer, "Right", 10.0).style


def test_shift_cuts(mixer):
    moved = pressed(mixer, "Shift+Right", 10.0)
    np.testing.assert_allclose(moved.look.at(10.0).embedding, STYLES[1].embedding)


def test_numbers_choose_and_a_number_without_a_style_does_nothing(mixer):
    assert pressed(mixer, "3", 0.0).style is STYLES[2]
    assert pressed(mixer, "9", 0.0) is mixer


def test_hammering_keys_never_makes_the_look_jump(mixer):
    """A key every 70 ms for three seconds, sampled at 1 ms: no step is above what one full fade does in 1 ms."""
    rng = np.random.default_rng(3)
    keys = ["Right", "Left", "3", "0", "Up", "Down", "C", "5"]
    points = []
    for ms in range(3000):
        now = ms / 1000
        if ms % 70 == 35:
            mixer = pressed(mixer, str(rng.choice(keys)), now)
        points.append(mixer.look.at(now).point)
    steps = [float(np.linalg.norm(b - a)) for a, b in itertools.pairwise(points)]
    spread = max(float(np.linalg.norm(a.embedding - b.embedding)) for a in STYLES for b in STYLES)
    size = max(float(np.linalg.norm(a.embedding)) for a in STYLES)
    fastest = 1.5 * max(spread, size) * max(0.001 / 1.0, 0.05 * 0.001 / 0.15)
    assert max(steps) <= 1.2 * fastest


def test_bypass_goes_to_the_real_picture_and_a_style_key_leaves_it(mixer):
    away = pressed(mixer, "0", 0.0)
    assert away.bypassed and away.look.at(1.0).strength == 0.0
    assert away.look.at(0.5).strength == pytest.approx(0.5)
    assert pressed(away, "0", 2.0).look.at(3.0).strength == 1.0
    chosen = pressed(away, "2", 2.0)
    assert not chosen.bypassed
    np.testing.assert_allclose(chosen.look.at(2.5).embedding, STYLES[1].embedding, rtol=1e-4)


def test_strength_stays_within_bounds(mixer):
    for _ in range(30):
        mixer = pressed(mixer, "Down", 0.0)
    assert mixer.strength == LEAST and not mixer.real, "no hand gets to the bare camera"
    for _ in range(30):
        mixer = pressed(mixer, "Up", 0.0)
    assert mixer.strength == 1.0


def test_a_strength_below_the_least_is_only_there_where_it_was_asked_for():
    bare = Mixer(STYLES, strength=0.0)
    assert bare.real and bare.title == "the real picture"
    assert pressed(bare, "Down", 0.0).strength == 0.0
    assert pressed(bare, "Right", 0.0).real
    up = pressed(bare, "Up", 0.0)
    assert up.strength == LEAST and not up.real
    assert pressed(up, "Down", 0.0).strength == LEAST
    assert Mixer(STYLES, strength=0.03).real, "it looks like the bare camera"


def test_a_new_desk_plays_its_style_and_none_is_without_one():
    mixer = Mixer(STYLES, 1, 0.8)
    assert mixer.look.at(0.0).strength == pytest.approx(0.8)
    np.testing.assert_allclose(mixer.look.at(0.0).embedding, STYLES[1].embedding, rtol=1e-6)
    with pytest.raises(StyleError, match="no styles to paint with"):
        Mixer(())


def test_fade_time_moves_by_steps_and_ends_at_both_ends(mixer):
    longer = pressed(mixer, "]", 0.0)
    assert longer.seconds > mixer.seconds
    for _ in range(40):
        longer = pressed(longer, "]", 0.0)
    assert longer.seconds == 20.0
    for _ in range(40):
        longer = pressed(longer, "[", 0.0)
    assert longer.seconds == 0.0


def test_a_change_waits_for_the_beat(mixer):
    for t in (0.0, 0.5, 1.0):
        mixer = pressed(mixer, "T", t)
    moved = pressed(mixer, "Right", 1.2)
    np.testing.assert_allclose(moved.look.at(1.49).embedding, STYLES[0].embedding)
    np.testing.assert_allclose(moved.look.at(2.5).embedding, STYLES[1].embedding)
    assert pressed(mixer, "Shift+Right", 1.2).look.at(1.2).strength == 1.0


def test_new_styles_keep_the_chosen_one_chosen(mixer):
    at_three = pressed(mixer, "3", 0.0)
    assert at_three.with_styles((style("new" * 4), *STYLES)).style is STYLES[2]
    gone = at_three.with_styles(STYLES[:2])
    assert gone.position == 1
    assert gone.look is at_three.look


def test_mirrors_are_two(mixer):
    assert pressed(mixer, "M", 0.0).mirror_window is False
    assert pressed(mixer, "Shift+M", 0.0).mirror_output is True


@pytest.mark.parametrize("command", [Command.TAP, Command.TEMPO])
@pytest.mark.parametrize("longest", [0.1, 0.25, 0.6, 1.5])
def test_a_hand_on_the_tempo_makes_no_more_than_three_flashes_a_second(command: Command, longest: float) -> None:
    dice, mixer, levels = np.random.default_rng(7), replace(Mixer(STYLES), pulse=1.0), []
    due = 100.0
    for frame in range(30 * 60):
        now = 100.0 + frame / 30
        if now >= due and frame < 30 * 40:
            due = now + dice.uniform(0.02, longest)
            value = None if command is Command.TAP else float(dice.uniform(30.0, 240.0))
            mixer = MOVES[command](mixer, Action(command, value=value), now)
        levels.append(mixer.look_at(now).strength)
    flashes = np.flatnonzero(np.diff(levels) > 0.1)
    assert max(int(((flashes >= start) & (flashes < start + 30)).sum()) for start in range(30 * 59)) <= 3
    assert len(flashes[flashes > 30 * 45]) > 5, "and then it pulses"


def test_the_strength_pulses_with_the_beat_and_never_shows_the_bare_camera() -> None:
    mixer = replace(Mixer(STYLES), pulse=1.0).hear(120.0, 100.0, 100.0)
    strengths = [mixer.look_at(now).strength for now in np.arange(100.0, 102.0, 0.01)]
    assert strengths[0] == 1.0 and min(strengths) == pytest.approx(LEAST) and np.argmax(strengths[1:]) == 49
    assert np.allclose(mixer.look_at(100.3).embedding, mixer.style.embedding), "the style stays"
    still = mixer.hear(None, 101.0, 101.0)
    assert still.look_at(101.3) is still.look.at(101.3), "the temporal filter knows that nothing moves"
    bare = mixer.bypass(101.0, cut=True)
    assert bare.look_at(101.3).strength == 0.0


def test_the_beat_of_the_sound_can_be_left_and_a_change_waits_for_it() -> None:
    mixer = Mixer(STYLES, seconds=1.0).hear(120.0, 100.0, 100.0)
    assert mixer.select(1, 100.1).look.began == pytest.approx(100.5)
    off = MOVES[Command.BEAT](mixer, Action(Command.BEAT), 100.2)
    assert off.tempo.bpm is None and off.hear(120.0, 101.0, 101.0) is off
    assert MOVES[Command.BEAT](off, Action(Command.BEAT), 101.0).hear(120.0, 101.0, 101.0).tempo.bpm
