"""The sound of a video that is being made: one AAC track, in step with the pictures whatever the microphone does."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import OutputContainer

from live_style.frame import SoundFormat

QUIET = SoundFormat(48000, 2)
"""The format of a track that nothing is heard in."""
_RATE = 160_000
_BLOCK = 1024
"""Samples of an AAC frame."""
LATE = 0.4
"""Seconds after which a microphone that has given nothing counts as silent: it gives its sound within 0.2 s."""
_GAP = 0.025
"""Seconds by which sound is early or late when something was lost, or came twice; less is the clock of the device."""
_SLACK = 0.004
"""Seconds that a device's clock may be off before it is corrected."""
_STRETCH = 0.002
"""The most by which sound is stretched for that: 3 cents cannot be heard, and clocks differ by a twentieth of it."""

Samples = npt.NDArray[np.float32]


class SoundTrack:
    """A track that begins with the video, at 0 s; one thread. Where no sound comes it holds silence."""

    def __init__(self, container: OutputContainer, form: SoundFormat = QUIET) -> None:
        stream = container.add_stream("aac", rate=form.rate)
        assert isinstance(stream, AudioStream)
        stream.layout = "mono" if form.channels == 1 else "stereo"
        stream.bit_rate = _RATE
        self._container, self._stream, self._form = container, stream, form
        self._count = self._sent = 0
        """Samples that were written, and those of them that were encoded."""
        self._waiting: list[Samples] = []

    def write(self, samples: Samples, seconds: float) -> None:
        """Sound that was heard at `seconds`; what is there already is left out."""
        rate = self._form.rate
        ahead = round(seconds * rate) - self._count
        if ahead > _GAP * rate or self._count == 0 < ahead:
            self._put(self._silence(ahead))
        elif ahead < -_GAP * rate or self._count == 0:
            samples = samples[-ahead:]
        elif abs(ahead) > _SLACK * rate:
            samples = _stretched(samples, len(samples) + int(np.sign(ahead)) * round(_STRETCH * len(samples)))
        self._put(samples)

    def reach(self, seconds: float) -> None:
        """The video is at `seconds`: what was not heard until shortly before is silence, what comes later waits."""
        self._put(self._silence(round((seconds - LATE) * self._form.rate) - self._count))
        ready = (min(self._count, round(seconds * self._form.rate)) - self._sent) // _BLOCK * _BLOCK
        if ready > 0:
            waiting = np.concatenate(self._waiting)
            self._encode(waiting[:ready])
            self._waiting = [waiting[ready:]]

    def end(self, seconds: float) -> None:
        """Finish the track where the video ends."""
        length = round(seconds * self._form.rate)
        self._put(self._silence(length - self._count))
        rest = np.concatenate([self._silence(0), *self._waiting])[:max(0, length - self._sent)]
        self._encode(np.concatenate([rest, self._silence(-len(rest) % _BLOCK)]))
        self._container.mux(self._stream.encode(None))

    def _silence(self, count: int) -> Samples:
        return np.zeros((max(0, count), self._form.channels), np.float32)

    def _put(self, samples: Samples) -> None:
        if len(samples):
            self._waiting.append(samples)
            self._count += len(samples)

    def _encode(self, samples: Samples) -> None:
        for start in range(0, len(samples), _BLOCK):
            planes = np.ascontiguousarray(samples[start:start + _BLOCK].T)
            frame = av.AudioFrame.from_ndarray(planes, "fltp", self._stream.layout.name)
            frame.sample_rate, frame.pts, frame.time_base = self._form.rate, self._sent, Fraction(1, self._form.rate)
            self._container.mux(self._stream.encode(frame))
            self._sent += _BLOCK


def _stretched(samples: Samples, length: int) -> Samples:
    """The same sound in a few samples more or fewer."""
    places = np.linspace(0.0, len(samples) - 1, length)
    return np.stack([np.interp(places, np.arange(len(samples)), one) for one in samples.T], 1).astype(np.float32)
