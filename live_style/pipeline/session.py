"""The live session: a source, a stylizer, styles and sinks, put together, started and taken down."""

from __future__ import annotations

import contextlib
import logging
import queue
from collections.abc import Iterator
from collections.abc import Sequence
from types import TracebackType

from live_style.adaptive.stylizer import AdaptiveStylizer
from live_style.control.mixer import Mixer
from live_style.errors import LiveStyleError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.imaging.geometry import Fit
from live_style.interfaces import Sink
from live_style.interfaces import Source
from live_style.interfaces import Stylizer
from live_style.pipeline.capture import Capture
from live_style.pipeline.outputs import Outputs
from live_style.pipeline.stylize import Painted
from live_style.pipeline.stylize import Painter
from live_style.style import Style
from live_style.threads.slot import Slot
from live_style.threads.worker import note

_LOG = logging.getLogger(__name__)
TICK = 0.04
"""Seconds that an iteration waits for a frame before it checks the threads."""


class LiveSession:
    """A context manager that paints a source in threads; iterating over it gives the newest painted frames.

    The source must be open, and the session closes it. An `AdaptiveStylizer` adapts its quality to the load of the
    computer. It paints the first style, or what a given mixer says. A sink that cannot be opened is an
    error at the start; one that fails later stops nothing else, and its error is raised at the end.
    """

    def __init__(self, source: Source, stylizer: Stylizer | AdaptiveStylizer, styles: Sequence[Style] | Mixer,
                 sinks: Sequence[Sink] = (), *, size: Size, fps: float = 30.0, fit: Fit = "crop") -> None:
        mixer = styles if isinstance(styles, Mixer) else Mixer(tuple(styles))
        self.size = size
        self.adaptive = stylizer if isinstance(stylizer, AdaptiveStylizer) else None
        self.watched = True
        """Whether anybody sees or records what is painted, as the main thread says; if not, little is."""
        self.capture = Capture(source, size, fit, lambda: self.painter.idle or not self.watched)
        self.outputs = Outputs(size, fps)
        self.paintings: Slot[Painted] = Slot()
        """The newest painted frame, for a window."""
        self.troubles: queue.SimpleQueue[LiveStyleError] = queue.SimpleQueue()
        """Errors from which the session recovered."""
        if isinstance(stylizer, AdaptiveStylizer):
            stylizer.tell = self._overcome
            self.painter = Painter(self.capture.frames, stylizer.stylizer, mixer, self._publish, stylizer.rescue,
                                   stylizer.after, lambda: stylizer.rate)
        else:
            self.painter = Painter(self.capture.frames, stylizer, mixer, self._publish)
        self._sinks = {f"sink {number}": sink for number, sink in enumerate(sinks, 1)}

    @property
    def source(self) -> Source:
        """Where the frames come from."""
        return self.capture.source

    @property
    def mixer(self) -> Mixer:
        """The mixer, which decides what is painted. One thread may replace it at any time."""
        return self.painter.mixer

    @mixer.setter
    def mixer(self, mixer: Mixer) -> None:
        self.painter.mixer = mixer

    @property
    def busy(self) -> bool:
        """Whether other programs keep the computer busy and the quality is reduced."""
        return self.adaptive is not None and self.adaptive.busy

    def start(self) -> None:
        """Set everything going, the source last: its first frame finds the rest ready. Raises SinkError.

        Once only: RuntimeError for a session that has played.
        """
        if self.painter.started:
            raise RuntimeError("a session can be used only once: make a new one")
        for name, sink in self._sinks.items():
            self.outputs.start(name, sink)
        for name in self._sinks:
            self.outputs.ensure(name)
        if self.adaptive is not None:
            self.adaptive.start()
        self.painter.start()
        self.capture.start()
        _LOG.info("%s is painted at %s: %s", self.source.label, self.size, self.painter.stylizer.info())

    def check(self) -> None:
        """Raise the error that ended the capture or the painter thread, if any."""
        self.capture.check()
        self.painter.check()

    def close(self) -> None:
        """End every thread, finish the sinks and close the source; may be called before the start, and again."""
        with contextlib.ExitStack() as parts:
            parts.callback(self.capture.stop)
            if self.adaptive is not None:
                parts.callback(self.adaptive.stop)
            parts.callback(self.painter.stop)
            parts.callback(self.outputs.close)

    def __enter__(self) -> LiveSession:
        played = self.painter.started
        try:
            self.start()
        except BaseException:
            if not played:  # else the first one that entered it closes it
                self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self.close()
        if error is None:
            self.check()
            for failure in self.outputs.failures:
                raise failure

    def __iter__(self) -> Iterator[Frame]:
        """The newest painted frame, again and again, until the source has ended; raises what `check` raises.

        RuntimeError for a session that was not entered: it would give nothing, for no reason that anybody could see.
        """
        if not self.painter.started:
            raise RuntimeError("the session has not begun: with LiveSession(...) as session")
        ended = False
        while not ended:
            ended = self.painter.ended  # asked before taking, so that the last painting is still returned
            painted = self.paintings.take(TICK)
            self.check()
            if painted is not None:
                ended = False
                yield painted.frame

    def _overcome(self, error: LiveStyleError) -> None:
        note(error)
        self.troubles.put(error)

    def _publish(self, painted: Painted) -> None:
        self.paintings.put(painted)
        self.outputs.put(painted.frame)
