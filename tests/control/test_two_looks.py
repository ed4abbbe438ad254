"""Two looks at once: one for the person, one for the room; keys act on the one in hand, and nothing jumps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from live_style.control.keys import KEYS
from live_style.control.mixer import Mixer
from live_style.control.moves import MOVES
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import action_of
from live_style.look import Look
from live_style.look import TwoLooks
from tests.support.scripted import style

STYLES = tuple(style("x" * n) for n in range(1, 6))


def act(mixer: Mixer, action: Action, now: float = 0.0) -> Mixer:
    return MOVES[action.command](mixer, action, now)


def pressed(mixer: Mixer, *keys: str, now: float = 0.0) -> Mixer:
    for key in keys:
        action = KEYS.action(key)
        assert action is not None
        mixer = act(mixer, action, now)
    return mixer


def looks(mixer: Mixer, now: float) -> TwoLooks:
    found = mixer.look_at(now)
    assert isinstance(found, TwoLooks)
    return found


@pytest.fixture
def mixer() -> Mixer:
    return Mixer(STYLES, seconds=1.0).cut(0.0)


@pytest.fixture
def two(mixer: Mixer) -> Mixer:
    return pressed(mixer, "Y")


def test_there_is_one_look_until_two_are_asked_for(mixer: Mixer) -> None:
    assert isinstance(mixer.look_at(0.0), Look) and mixer.room is None
    assert pressed(mixer, "J", "Right").room is None


def test_two_looks_begin_as_one(two: Mixer) -> None:
    assert looks(two, 0.0).person.same(looks(two, 0.0).room)


@pytest.mark.parametrize(("taken", "person", "room"), [
    ([], 2, 0), (["J"], 0, 2), (["J", "J"], 2, 2), (["J", "J", "J"], 2, 0),
])
def test_the_keys_act_on_you_then_on_the_room_then_on_both(two: Mixer, taken: list[str], person: int,
                                                           room: int) -> None:
    moved = looks(pressed(two, *taken, "3"), 2.0)
    np.testing.assert_allclose(moved.person.embedding, STYLES[person].embedding)
    np.testing.assert_allclose(moved.room.embedding, STYLES[room].embedding)


def test_the_room_alone_can_be_weaker_real_and_in_its_own_colours(two: Mixer) -> None:
    weaker = looks(pressed(two, "J", "Down", "Down", "C"), 5.0)
    assert (weaker.person.strength, weaker.person.color) == (1.0, 0.0)
    assert weaker.room.strength == pytest.approx(0.9) and weaker.room.color == 1.0
    assert looks(pressed(two, "J", "0"), 5.0).room.strength == 0.0
    assert pressed(two, "J", "0").real_part == "room" and pressed(two, "0").real_part == "person"
    assert pressed(two, "J", "J", "0").real_part == "both" and two.real_part is None


def test_real_keys_name_what_they_make_real_and_switch_two_looks_on(mixer: Mixer) -> None:
    moved = pressed(mixer, "Shift+J")
    assert moved.two_looks and moved.real_part == "room"
    assert pressed(moved, "Shift+J").real_part is None
    assert pressed(mixer, "Shift+Y").real_part == "person"


def test_remote_hands_choose_for_one_of_the_two_without_taking_it_in_hand(mixer: Mixer) -> None:
    moved = act(act(mixer, action_of(Command.ROOM_STYLE, 4)), action_of(Command.ROOM_STRENGTH, 0.5))
    assert moved.hand == "person"
    assert (moved.position, moved.parts[-1].position) == (0, 3)
    at_rest = looks(moved, 9.0)
    assert (at_rest.person.strength, at_rest.room.strength) == (1.0, 0.5)


def test_a_switch_that_stands_as_asked_changes_nothing(mixer: Mixer) -> None:
    assert act(mixer, action_of(Command.ROOM_REAL, 0)) is mixer
    assert act(mixer, action_of(Command.TWO_LOOKS, 0)) is mixer


def test_without_two_looks_the_room_fades_to_the_persons_look_and_is_then_forgotten(two: Mixer) -> None:
    apart = pressed(two, "3")
    closed = pressed(apart, "Y", now=5.0)
    start, middle, end = looks(apart, 5.0), looks(closed, 5.5), closed.look_at(6.1)
    assert looks(closed, 5.0).room.same(start.room)
    assert 0 < np.linalg.norm(middle.room.point - start.room.point)
    assert isinstance(end, Look)
    np.testing.assert_allclose(end.embedding, STYLES[2].embedding)


def test_the_fade_time_and_the_styles_are_common(two: Mixer) -> None:
    slow = pressed(replace(two, seconds=8.0), "J", "Right")
    assert looks(slow, 4.0).room.strength == pytest.approx(1.0)
    assert slow.moving(7.0) and not slow.moving(8.5)
    fewer = slow.with_styles(STYLES[:2])
    assert [part.styles for part in fewer.parts] == [STYLES[:2]] * 2


def test_hammering_keys_never_makes_a_look_jump(mixer: Mixer) -> None:
    """A key every 70 ms for three seconds, sampled at 1 ms: no step is above what one full fade does in 1 ms."""
    rng = np.random.default_rng(3)
    keys = ["Right", "Left", "3", "0", "Up", "Down", "C", "5", "Y", "J", "J", "Shift+Y", "Shift+J"]
    points: list[np.ndarray] = []
    for ms in range(3000):
        now = ms / 1000
        if ms % 70 == 35:
            mixer = pressed(mixer, str(rng.choice(keys)), now=now)
        found = mixer.look_at(now)
        points.append(np.stack([look.point for look in (found if isinstance(found, TwoLooks) else (found, found))]))
    spread = max(float(np.linalg.norm(a.embedding - b.embedding)) for a in STYLES for b in STYLES)
    size = max(float(np.linalg.norm(a.embedding)) for a in STYLES)
    fastest = 4 / 3 / 1000 * max(spread, size) / 0.15
    assert max(float(np.linalg.norm(b - a, axis=1).max()) for a, b in zip(points, points[1:])) < 1.5 * fastest


@pytest.mark.parametrize("keys", [("0",), ("J", "3", "J", "J", "0")], ids=["person", "room painted otherwise"])
def test_without_two_looks_a_painted_room_is_not_shown_bare_because_the_person_is(
        two: Mixer, keys: tuple[str, ...]) -> None:
    real = pressed(two, *keys)
    closed = pressed(real, "Y", now=5.0)
    assert real.real_part == "person" and closed.real_part is None
    for now in np.linspace(5.0, 7.0, 21):
        found = closed.look_at(float(now))
        assert (found.room if isinstance(found, TwoLooks) else found).strength == 1.0
    assert closed.look_at(7.0).strength == 1.0
    both = pressed(two, "J", "J", "0")
    assert pressed(both, "Y", now=5.0).real_part == "both", "that was asked for"
