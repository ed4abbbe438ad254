"""The painter: the thread that runs the network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from live_style.control.mixer import Mixer
from live_style.errors import ModelError
from live_style.errors import ProviderError
from live_style.frame import Frame
from live_style.frame import Image
from live_style.imaging import opencv
from live_style.interfaces import Stylizer
from live_style.look import Look
from live_style.look import TwoLooks
from live_style.sources.pace import Pace
from live_style.telemetry.meter import Meter
from live_style.telemetry.trace import of_frame
from live_style.telemetry.trace import span
from live_style.threads.slot import Slot
from live_style.threads.worker import Worker

After = Callable[[float, float, bool], Stylizer | None]
"""Called after each frame that the network painted with clock time, seconds, and whether a fader moves. Returns the
stylizer to continue with, if it changes."""
PATIENCE = 0.05
"""Seconds that it waits for a frame before it checks whether a fader moved."""
EVEN = 0.1
"""The weight of a new frame in the average delay."""
EARLY = 0.1
"""The share of the time from one painted frame to the next by which one may come early and still be painted."""


def _no_rescue(error: ProviderError) -> Stylizer:
    raise error


class Painted(NamedTuple):
    """One frame of the clean feed."""

    frame: Frame
    strength: float
    """Its strength of the style, also of a frozen picture: 0 is the real picture. With two looks that of the person."""
    fresh: bool
    """Whether a new frame of the source is behind it (else the last one was painted again)."""
    mirrored: bool
    """Whether it is mirrored, also as a frozen picture."""
    room: float
    """The strength of the room's style; the same as `strength` if there is one look for both."""
    skipped: int = 0
    """Frames that were skipped on purpose so far."""


class Painter:
    """Takes the newest frame, paints it as the mixer says at that moment, and passes it to `publish`.

    The main thread replaces `mixer` as a whole. Nothing is published before the first frame, and nothing that was not
    painted, except at a strength of zero: no raw frame can slip through.
    """

    def __init__(self, frames: Slot[Frame], stylizer: Stylizer, mixer: Mixer, publish: Callable[[Painted], None],
                 rescue: Callable[[ProviderError], Stylizer] = _no_rescue,
                 after: After = lambda now, took, fading: None,
                 rate: Callable[[], float | None] = lambda: None) -> None:
        """`rate`: frames a second to paint; None: all that come."""
        self.mixer = mixer
        self.stylizer = stylizer
        self.network = Meter()
        """Runs of the stylizer, with the time that each took."""
        self.fresh = 0
        """Frames of the source that were painted."""
        self.undivided: ModelError | None = None
        """Why two looks are not painted, but the stronger one for all; None: they are, or there is one look."""
        self.skipped = 0
        """Frames of the source that were not painted because fewer are wanted."""
        self._pace, self._due = Pace(1.0), 0.0
        self._frames, self._publish, self._rescue, self._after = frames, publish, rescue, after
        self._rate = rate
        self._frame: Frame | None = None
        self._held: Image | None = None
        self._held_strengths, self._held_mirrored = (0.0, 0.0), False
        self._delay: float | None = None
        self._worker = Worker("painter", self._work)

    def start(self) -> None:
        """Begin to paint."""
        self._worker.start()

    def check(self) -> None:
        """Raise the error that ended the thread, if any."""
        self._worker.check()

    def stop(self) -> bool:
        """Stop the thread; False if it hangs in a driver."""
        self._frames.close()
        return self._worker.stop()

    @property
    def started(self) -> bool:
        """Whether its thread was ever begun."""
        return self._worker.started

    @property
    def ended(self) -> bool:
        """Whether its thread has ended, or never began."""
        return self._worker.ended

    @property
    def idle(self) -> bool:
        """Whether a new frame would change nothing: the picture is frozen or black, and no fader moves."""
        mixer = self.mixer
        return self._held is not None and (mixer.frozen or mixer.blacked) and not mixer.moving(time.perf_counter())

    def _work(self, stopping: threading.Event) -> None:
        seen, settled = self.mixer, True
        while not stopping.is_set():
            with span("wait"):
                frame = self._frames.take(PATIENCE)
            if frame is None and self._frames.closed:
                return
            if frame is not None and not self.wants(frame.born):
                self.skipped += 1
                continue
            began, mixer = time.perf_counter(), self.mixer
            now = self._moment(frame, began)
            self._frame = frame or self._frame
            if self._frame is None or (frame is None and mixer is seen and settled):
                continue
            seen, settled = mixer, not mixer.moving(now)
            runs = self.network.count
            of_frame(self._frame.number)
            with span("paint"):
                painted = self.paint(self._frame, mixer, now, fresh=frame is not None)
            self.fresh += painted.fresh
            with span("publish"):
                self._publish(painted)
            if self.network.count > runs:
                done = time.perf_counter()
                with span("govern"):
                    self.stylizer = self._after(done, done - began, not settled) or self.stylizer

    def wants(self, born: float) -> bool:
        """Whether the frame born then is due at the requested rate; called once for each frame."""
        rate = self._rate()
        if rate is None:
            return True
        if rate != self._pace.fps:
            self._pace, self._due = Pace(rate), born
            self._pace.due(born)
        if born < self._due - EARLY / rate:
            return False
        self._due = self._pace.due(born)
        return True

    def _moment(self, frame: Frame | None, now: float) -> float:
        """The time for the faders: as even as the source's frames, however unevenly this thread is scheduled.

        On a busy computer it is up to 30 ms late, and motion would stutter.
        """
        if frame is None:
            return now
        delay = now - frame.born
        self._delay = delay if self._delay is None else self._delay + EVEN * (delay - self._delay)
        return frame.born + self._delay

    def paint(self, frame: Frame, mixer: Mixer, now: float, fresh: bool) -> Painted:
        """One frame of the feed, as the mixer says at that moment; for the painter thread."""
        look, black, freeze = mixer.look_at(now), mixer.black.at(now), mixer.freeze.at(now)
        if self._held is not None and (freeze >= 1.0 or black >= 1.0):
            # The live picture would not be visible: skip the network.
            image, strengths, mirrored = self._held, self._held_strengths, self._held_mirrored
        else:
            image = self._stylize(frame.image, look)
            if self.undivided is not None and isinstance(look, TwoLooks):
                look = look.stronger
            strengths, mirrored = _strengths(look), mixer.mirror_output
            image = opencv.flip(image) if mixer.mirror_output else image
            if self._held is not None:
                image = opencv.blend(image, self._held, freeze)
                strengths = (strengths[0] + (self._held_strengths[0] - strengths[0]) * freeze,
                             strengths[1] + (self._held_strengths[1] - strengths[1]) * freeze)
        if self._held is None or (not mixer.frozen and freeze <= 0.0 and black < 1.0):
            self._held, self._held_strengths, self._held_mirrored = image, strengths, mirrored
        # A repeated painting gets a new time, or a recording would take it for the old one.
        moment = frame if fresh else frame._replace(born=now)
        image = opencv.dim(image, black)
        return Painted(moment.with_image(image), strengths[0], fresh, mirrored, strengths[1], self.skipped)

    def _stylize(self, image: Image, look: Look | TwoLooks) -> Image:
        if look.strength <= 0.0:
            return self._in_looks(image, look)  # the picture itself: no need for the network
        began = time.perf_counter()
        try:
            painted = self._in_looks(image, look)
        except ProviderError as e:
            self.stylizer = self._rescue(e)
            painted = self._in_looks(image, look)
        now = time.perf_counter()
        self.network.add(now, now - began)
        return painted

    def _in_looks(self, image: Image, look: Look | TwoLooks) -> Image:
        if isinstance(look, TwoLooks):
            try:
                painted = self.stylizer.stylize(image, look)
                self.undivided = None
                return painted
            except ModelError as e:  # the person mask is missing or broken
                self.undivided = e
                look = look.stronger
        else:
            self.undivided = None
        return self.stylizer.stylize(image, look)


def _strengths(look: Look | TwoLooks) -> tuple[float, float]:
    """Of the person's style and of the room's."""
    return (look.person.strength, look.room.strength) if isinstance(look, TwoLooks) else (look.strength, look.strength)
