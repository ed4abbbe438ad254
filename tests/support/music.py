"""Generated sound: click tracks, drums, speech, and their true beats."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RATE = 44100
Samples = npt.NDArray[np.float64]


def clicks(bpm: float, seconds: float, first: float = 0.3) -> tuple[Samples, list[float]]:
    """A metronome, and its beats in seconds."""
    beats = list(np.arange(first, seconds - 0.1, 60.0 / bpm))
    track, n = np.zeros(int(seconds * RATE)), np.arange(int(0.03 * RATE))
    for beat in beats:
        track[int(beat * RATE):][:len(n)] += 0.6 * np.sin(2 * np.pi * 1000 * n / RATE) * np.exp(-n / (0.006 * RATE))
    return track, beats


def drums(bpm: float, seconds: float, seed: int, hiss: float = 0.02) -> tuple[Samples, list[float]]:
    """Bass drum, snare and eighths of a cymbal, played by a person in a room that is not silent."""
    draw = np.random.default_rng(seed)
    track, n = draw.normal(size=int((seconds + 1) * RATE)) * hiss, np.arange(int(0.25 * RATE))
    bass = np.sin(2 * np.pi * (50 + 60 * np.exp(-n / (0.02 * RATE))) * n / RATE)

    def hit(at: float, sound: Samples, loud: float, fades: float) -> None:
        track[int((at + draw.normal() * 0.004) * RATE):][:len(n)] += (
            loud * draw.uniform(0.7, 1.0) * sound * np.exp(-n / (fades * RATE)))

    beats = list(np.arange(0.3, seconds, 60.0 / bpm))
    for number, beat in enumerate(beats):
        hit(beat, draw.normal(size=len(n)) if number % 2 else bass, 0.5, 0.06)
        for eighth in (beat, beat + 30.0 / bpm):
            hit(eighth, draw.normal(size=len(n)), 0.1, 0.02)
    return track[:int(seconds * RATE)], beats


def speech(seconds: float, seed: int) -> Samples:
    """Syllables of noise, with pauses as people make them."""
    draw = np.random.default_rng(seed)
    track, loud, at = draw.normal(size=int(seconds * RATE)), np.zeros(int(seconds * RATE)), 0.0
    while at < seconds:
        syllable = np.hanning(int(draw.uniform(0.08, 0.3) * RATE)) * draw.uniform(0.1, 0.6)
        room = loud[int(at * RATE):][:len(syllable)]
        room[:] = syllable[:len(room)]
        at += len(syllable) / RATE + draw.choice([0.02, 0.1, 0.2], p=[0.6, 0.3, 0.1]) * draw.uniform(0.5, 2.0)
        at += draw.uniform(0.3, 1.0) * (draw.random() < 0.08)
    return np.convolve(track, np.hanning(40) / 20, "same") * loud + draw.normal(size=len(track)) * 0.002


def applause(seconds: float, seed: int) -> Samples:
    """Hands that clap when they like."""
    draw = np.random.default_rng(seed)
    track, n = np.zeros(int(seconds * RATE)), np.arange(int(0.03 * RATE))
    for at in draw.uniform(0.0, seconds - 0.1, int(seconds * 4)):
        clap = draw.normal(size=len(n)) * np.exp(-n / (0.01 * RATE))
        track[int(at * RATE):][:len(n)] += clap * draw.uniform(0.1, 0.6)
    return track
