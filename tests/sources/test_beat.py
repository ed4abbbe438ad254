"""The beat of generated sound: found where there is one, in time, and not claimed where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from live_style.sources.beat import MEMORY
from live_style.sources.beat import PATIENCE
from live_style.sources.beat import Beat
from live_style.sources.beat import BeatFinder
from tests.support.music import RATE
from tests.support.music import Samples
from tests.support.music import applause
from tests.support.music import clicks
from tests.support.music import drums
from tests.support.music import speech

START = 1000.0
"""Clock seconds at which it begins to hear."""


def heard(track: Samples, rate: int = RATE, piece: float = 0.02, finder: BeatFinder | None = None,
          start: float = START) -> list[Beat | None]:
    """What is found after each piece."""
    finder, found, length = finder or BeatFinder(rate), [], round(piece * rate)
    for place in range(0, len(track), length):
        finder.hear(track[place:place + length, None].astype(np.float32), start + place / rate)
        found.append(finder.beat(start + (place + length) / rate))
    return found


def beside(beat: Beat, beats: list[float], bpm: float) -> float:
    """Seconds from the true grid of beats."""
    period = 60.0 / bpm
    return abs((beat.at - START - beats[0] + period / 2) % period - period / 2)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("bpm", [60, 66.6, 75, 84, 90, 100, 107, 115, 120, 128, 140, 150, 160, 174, 180])
def test_the_clicks_of_a_metronome(bpm: float) -> None:
    track, beats = clicks(bpm, 12.0)
    found = heard(track)
    last = found[-1]
    assert last is not None and last.bpm == pytest.approx(bpm, rel=0.005)
    assert beside(last, beats, bpm) < 0.015
    assert found.index(next(beat for beat in found if beat)) * 0.02 < 7.0, "within seven seconds"


@pytest.mark.sampled(5)
@pytest.mark.parametrize("bpm", [60, 66.6, 75, 84, 90, 100, 107, 115, 120, 128, 140, 150, 160, 174, 180])
def test_drums_in_a_room(bpm: float) -> None:
    track, beats = drums(bpm, 12.0, round(bpm))
    last = heard(track)[-1]
    assert last is not None
    # Slow ones with even eighths are heard as twice as fast, very fast ones as half: every change still falls on
    # a beat, or halfway.
    octave = 2.0 ** round(np.log2(last.bpm / bpm))
    assert octave == 1.0 or bpm < 90 and octave == 2.0 or bpm > 170 and octave == 0.5
    assert last.bpm / octave == pytest.approx(bpm, rel=0.01)
    assert beside(last, beats, bpm * max(1.0, octave)) < 0.03


@pytest.mark.parametrize("rate", [16000, 44100, 48000, 96000])
def test_any_sampling_rate_and_any_piece(rate: int) -> None:
    track, beats = clicks(120, 10.0)
    track = np.interp(np.arange(0, 10.0, 1 / rate), np.arange(len(track)) / RATE, track)
    for piece in (0.005, 0.0213, 0.5):
        last = heard(track, rate, piece)[-1]
        assert last is not None and last.bpm == pytest.approx(120, rel=0.005) and beside(last, beats, 120) < 0.02


def test_quiet_music_has_a_beat_too() -> None:
    last = heard(drums(110, 10.0, 1)[0] * 0.003)[-1]
    assert last is not None and last.bpm == pytest.approx(110, rel=0.01)


@pytest.mark.parametrize("track", [
    np.zeros(RATE * 10), np.full(RATE * 10, 0.5), np.sin(2 * np.pi * 50 / RATE * np.arange(RATE * 10))],
    ids=["silence", "a loose plug", "hum"])
def test_silence_has_no_beat(track: Samples) -> None:
    assert not any(heard(track))


@pytest.mark.sampled(6)
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", ["speech", "hiss", "applause"])
def test_what_has_no_beat_is_given_none(kind: str, seed: int) -> None:
    track = {"speech": lambda: speech(20.0, seed), "applause": lambda: applause(20.0, seed),
             "hiss": lambda: np.random.default_rng(seed).normal(size=20 * RATE) * 0.1}[kind]()
    assert not any(heard(track))


def test_a_break_in_the_music_keeps_the_beat_for_a_while_and_another_tempo_is_found() -> None:
    finder = BeatFinder(RATE)
    assert heard(clicks(100, 10.0)[0], finder=finder)[-1] is not None
    after = heard(np.zeros(RATE * 20), finder=finder, start=START + 10.0)
    assert all(after[:round(PATIENCE / 0.02)]) and after[-1] is None
    last = heard(clicks(140, MEMORY + 4.0)[0], finder=finder, start=START + 30.0)[-1]
    assert last is not None and last.bpm == pytest.approx(140, rel=0.005)


def test_a_microphone_that_is_pulled_leaves_no_beat_behind_and_begins_again_when_it_is_back() -> None:
    finder = BeatFinder(RATE)
    assert heard(clicks(100, 10.0)[0], finder=finder)[-1] is not None
    assert finder.beat(START + 10.0 + PATIENCE + 1.0) is None
    track, beats = clicks(100, 10.0)
    last = heard(track, finder=finder, start=START + 60.1)[-1]
    assert last is not None and beside(last._replace(at=last.at - 60.1), beats, 100) < 0.015


def test_no_sound_is_kept() -> None:
    finder = BeatFinder(RATE)
    heard(speech(30.0, 1), finder=finder)
    samples = [len(value) for value in vars(finder).values() if isinstance(value, np.ndarray) and value.ndim == 1]
    assert max(samples) <= 2 * RATE * 0.01 + MEMORY / 0.01 and finder._rest.size < 0.03 * RATE
