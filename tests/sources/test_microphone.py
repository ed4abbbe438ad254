"""Microphones at the library's door: found by name, pulled and back. Real ones are in tests/scenarios/test_sound.py."""

from __future__ import annotations

import numpy as np
import pytest

from live_style.errors import SoundError
from live_style.frame import SoundFormat
from live_style.frame import SoundPiece
from live_style.sources.microphone import KEPT
from live_style.sources.microphone import SILENCE
from live_style.sources.microphone import Microphone
from live_style.sources.sound_library import SoundDevice
from tests.support.clock import Clock
from tests.support.sounds import FORM
from tests.support.sounds import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def piece(born: float) -> SoundPiece:
    return SoundPiece(np.zeros((960, 1), np.float32), born)


@pytest.mark.parametrize(("part", "name"), [("default", "Built-in"), ("röde", "USB Röde NT"), ("BUILT", "Built-in")])
def test_a_device_is_found_by_part_of_its_name(desk: Desk, part: str, name: str) -> None:
    microphone = Microphone(desk, part, print)
    assert microphone.name == name == desk.cables[0].device.name
    microphone.close()
    assert not desk.cables[0].active


def test_a_name_that_nothing_has_is_told_with_those_that_there_are(desk: Desk) -> None:
    with pytest.raises(SoundError) as e:
        Microphone(desk, "shure", print)
    assert "shure" in e.value.cause and "USB Röde NT" in e.value.cure
    desk.plugged = []
    with pytest.raises(SoundError) as e:
        Microphone(desk, "default", print)
    assert e.value.cure


def test_each_listener_hears_everything_and_only_the_newest_is_kept(desk: Desk) -> None:
    microphone = Microphone(desk, "röde", print)
    one, other = microphone.listen(), microphone.listen()
    for number in range(3):
        desk.cables[0].heard(piece(number))
    assert [sound.born for sound in one.take()] == [0, 1, 2] and one.take() == ()
    for number in range(3, KEPT + 10):
        desk.cables[0].heard(piece(number))
    assert [sound.born for sound in other.take()] == list(range(10, KEPT + 10))
    microphone.close()


@pytest.mark.parametrize("honest", [True, False], ids=["the driver says so", "the driver says nothing"])
def test_one_that_is_pulled_is_told_once_and_comes_back_under_another_number(
        desk: Desk, clock: Clock, honest: bool) -> None:
    said: list[str] = []
    microphone = Microphone(desk, "röde", said.append, clock)
    tap = microphone.listen()

    def seconds_pass(seconds: float, sound: bool) -> None:
        for _ in range(round(seconds / 0.5)):
            clock.now += 0.5
            if sound:
                desk.cables[-1].heard(piece(clock.now))
            microphone.attend()

    seconds_pass(10.0, sound=True)
    assert said == []
    there, desk.plugged = desk.plugged, desk.plugged[:1]
    desk.cables[0].active = not honest
    seconds_pass(2 * SILENCE, sound=False)
    assert len(said) == 1 and "USB Röde NT" in said[0] and "silence" in said[0] and not desk.cables[0].active
    desk.plugged = [there[0], there[1]._replace(place=7, form=SoundFormat(44100, 2))]
    tap.take()
    seconds_pass(1.0, sound=False)
    assert desk.cables[-1].device == SoundDevice(7, "USB Röde NT", FORM), "what it is recorded as cannot change"
    seconds_pass(1.0, sound=True)
    assert said[1:] == ["the microphone USB Röde NT is back"] and len(tap.take()) == 2
    microphone.close()


def test_one_that_stays_silent_after_it_came_back_is_tried_again_and_not_told_again(desk: Desk, clock: Clock) -> None:
    said: list[str] = []
    microphone = Microphone(desk, "röde", said.append, clock)
    for _ in range(40):
        clock.now += 0.5
        microphone.attend()
    assert len(said) == 1 and len(desk.cables) > 2
    microphone.close()
