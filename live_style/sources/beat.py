"""The beat of the sound: onsets by spectral flux, the tempo by autocorrelation, the phase by a comb. Keeps no sound."""

from __future__ import annotations

import math
import threading
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from live_style.interfaces import SoundTap
from live_style.threads.worker import Worker

SLOWEST, FASTEST = 60.0, 180.0
"""Beats a minute that are found; others appear as their half or their double."""
HOP = 0.01
"""Seconds from one spectrum to the next."""
MEMORY = 8.0
"""Seconds of onsets that are compared."""
LOOK = 0.25
"""Seconds from one estimate to the next."""
FEWEST = 4.0
"""Seconds that must have been heard."""
SURE, UNSURE = 0.5, 0.25
"""Share of the onsets' variance that comes again with the beat, from which there is one, and below which it is lost."""
AGREE, TOLERANCE = 6, 0.04
"""Estimates in a row that agree before there is a beat, within this share."""
PATIENCE = 4.0
"""Seconds for which a beat goes on that is not heard: a pause in the music."""
GAP = 0.1
"""Seconds by which sound is late when some was lost: it begins again."""
LIKELY, SPREAD = 120.0, 0.9
"""The likeliest tempo, and how many octaves from it are half as likely, nearly."""
HALF = 0.2
"""How much it counts against a beat that there is as much halfway: of a tempo and its half, the quicker one wins, but
eighths are common in music."""
_BANDS = 24
_SILENT = 1e-3
"""Onsets below this are rounding errors of silence, or of a steady tone."""
_NAP = 0.05

Series = npt.NDArray[np.float64]


class Beat(NamedTuple):
    """A steady beat."""

    bpm: float
    at: float
    """Clock seconds of one of its beats."""
    share: float = 1.0
    """Of the onsets' variance that comes again with the beat, up to 1."""


class BeatFinder:
    """Hears pieces of sound, and says where the beat is; one thread. Time is what the pieces carry."""

    def __init__(self, rate: int) -> None:
        self._beat: Beat | None = None
        self._rate, self._hop = rate, round(HOP * rate)
        self._window = np.hanning(2 * self._hop)
        self._bands = _bands(rate, len(self._window))
        self._rest = np.zeros(0)
        self._before: Series | None = None
        self._onsets = np.zeros(0)
        self._end = 0.0
        """Clock seconds of the last onset value."""
        self._due, self._until = 0.0, 0.0
        """When to judge again, and until when the beat holds."""
        self._lately: tuple[Beat, ...] = ()

    def beat(self, now: float) -> Beat | None:
        """The beat at a moment; any thread may ask."""
        return self._beat if now < self._until else None

    def hear(self, samples: npt.NDArray[np.float32], born: float) -> None:
        """A piece of sound [samples, channels]; `born`: when its first sample was heard."""
        if abs(born - self._end - len(self._rest) / self._rate) > GAP:
            self._rest, self._onsets = np.zeros(0), np.zeros(0)
        rest = np.concatenate([self._rest, samples.mean(axis=1)])
        count = max(0, (len(rest) - len(self._window)) // self._hop + 1)
        self._end = born + (len(samples) - len(rest) + count * self._hop) / self._rate
        self._rest = rest[count * self._hop:]
        if count:
            pieces = np.stack([rest[i * self._hop:i * self._hop + len(self._window)] for i in range(count)])
            self._onsets = np.concatenate([self._onsets, self._flux(pieces)])[-round(MEMORY / HOP):]
        if self._end >= self._due:
            self._due = self._end + LOOK
            self._judge()

    def _flux(self, pieces: Series) -> Series:
        """How much louder each spectrum is than the one before, on the ear's scale."""
        # The root lets quiet music count, and a drum for more than a cymbal; a logarithm levels them.
        loud = np.sqrt(np.abs(np.fft.rfft(pieces * self._window)) @ self._bands)
        rows = np.vstack([loud[:1] if self._before is None else self._before, loud])
        self._before = rows[-1:]
        return np.asarray(np.maximum(0.0, np.diff(rows, axis=0)).sum(axis=1))

    def _judge(self) -> None:
        now = self._end
        found = estimate(self._onsets, now) if len(self._onsets) * HOP >= FEWEST else None
        self._lately = (*self._lately, found)[-AGREE:] if found else ()
        steady = len(self._lately) == AGREE and all(
            one.share > SURE and _agree(one, self._lately[-1]) for one in self._lately)
        known = self.beat(now)
        if steady or known and found and found.share > UNSURE and _agree(found, known):
            self._beat, self._until = found, now + PATIENCE


class BeatListener:
    """Listens to a microphone in its own thread."""

    def __init__(self, tap: SoundTap) -> None:
        self._tap, self._finder = tap, BeatFinder(tap.form.rate)
        self._worker = Worker("beat", self._work)

    def beat(self, now: float) -> Beat | None:
        """The beat at a moment; any thread may ask."""
        return self._finder.beat(now)

    def start(self) -> None:
        """Begin to listen."""
        self._worker.start()

    def close(self) -> None:
        """End; may be called more than once."""
        self._worker.stop()

    def _work(self, stopping: threading.Event) -> None:
        while not stopping.wait(_NAP):
            for piece in self._tap.take():
                self._finder.hear(piece.samples, piece.born)


def estimate(onsets: Series, end: float) -> Beat | None:
    """The tempo and the latest beat in onsets, one each HOP, the last at `end`; None for silence."""
    clear = np.maximum(0.0, onsets - np.convolve(onsets, np.ones(41) / 41, "same"))
    if clear.max() < _SILENT:
        return None
    clear = np.convolve(np.minimum(clear, 4.0 * clear.std()), np.hanning(7)[1:-1] / 3.0, "same")
    centred = clear - clear.mean()
    again = np.fft.irfft(np.abs(np.fft.rfft(centred, 2 * len(centred))) ** 2)[:len(centred)]
    again = again / (np.arange(len(again), 0, -1) * again[0] / len(again))
    beats = np.exp(np.linspace(math.log(60.0 / FASTEST), math.log(60.0 / SLOWEST), 400)) / HOP
    lags = beats[:, None] * np.arange(1, 5)
    places = np.arange(len(again))
    on = np.interp(lags, places, again).mean(axis=1)
    off = np.interp(lags - beats[:, None] / 2.0, places, again).mean(axis=1)
    prior = np.exp(-0.5 * (np.log2(60.0 / (beats * HOP) / LIKELY) / SPREAD) ** 2)
    best = int(np.argmax((on - HALF * np.maximum(0.0, off)) * prior))
    beat = _refined(clear, beats[best])
    return Beat(60.0 / (beat * HOP), end - int(np.argmax(_met(clear, beat))) * HOP, float(on[best]))


def _refined(clear: Series, beat: float) -> float:
    """The beat whose comb meets most, near one that was found."""
    candidates = beat * np.linspace(0.97, 1.03, 61)
    return float(max(candidates, key=lambda one: _met(clear, one).max()))


def _met(clear: Series, beat: float) -> Series:
    """What a comb of that beat meets, with its last tooth this many hops before the end."""
    phases = np.arange(0.0, beat)
    teeth = np.arange(int(len(clear) / beat) - 1)
    places = len(clear) - 1 - phases[:, None] - teeth * beat
    return np.asarray(np.interp(places, np.arange(len(clear)), clear).mean(axis=1))


def _agree(one: Beat, other: Beat) -> bool:
    return abs(one.bpm - other.bpm) < TOLERANCE * other.bpm


def _bands(rate: int, window: int) -> Series:
    """Weights that gather a spectrum in bands as wide as the ear's."""
    edges = np.geomspace(40.0, min(16000.0, rate / 2.0), _BANDS + 1)
    frequencies = np.fft.rfftfreq(window, 1.0 / rate)
    return np.stack([(frequencies >= low) & (frequencies < high) for low, high in zip(edges, edges[1:], strict=False)],
                    axis=1).astype(float)
