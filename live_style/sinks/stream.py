"""The stream: the clean feed to an address, connected again whenever it is cut off."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.interfaces import SoundTap
from live_style.redact import without_secrets
from live_style.sinks.checks import check_size
from live_style.threads.slot import Slot
from live_style.threads.worker import Worker
from live_style.video import stream

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds from one attempt to the next; the last goes on for ever."""
STEADY = stream.LONGEST + 5.0
"""Seconds after which a connection that is cut off had been a good one: the pauses are short again."""
LEAVE = 2.0
"""Seconds that the far side has to take the rest."""
CONNECTED = 3
"""Pictures after which a connection stands: one lies in the pipe, one is being sent."""


class StreamSink:
    """Sends over RTMP or UDP. A network failure never ends it: frames painted meanwhile are not sent.

    `say` gets a line when the stream is cut off, and when it is back; the feed's thread calls it.
    """

    repeat_after: float | None = 0.5
    watched = True

    def __init__(self, url: str, say: Callable[[str], None] = lambda line: None, sound: SoundTap | None = None,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self.label = f"stream {without_secrets(url)}"
        self._url, self._say, self._sound, self._clock = url, say, sound, clock
        self._size: Size | None = None
        self._fps = 0.0
        self._far: _FarSide | None = None
        self._last: Frame | None = None
        self._seconds = 0.0
        self._began = self._due = 0.0
        self._failed = 0
        self._told = False
        """Whether it was said that it is cut off."""

    def open(self, size: Size, fps: float) -> None:
        """Ready; the first frame connects."""
        if self._size is not None:
            raise SinkError(f"{self.label} is already running", "Stop it first.")
        self._size, self._fps = size, fps
        self._due, self._failed, self._told = self._clock(), 0, False

    def write(self, frame: Frame) -> None:
        """Send one frame, if there is a connection, or it is time for one."""
        check_size(self.label, frame, self._size)
        assert self._size is not None and self.repeat_after is not None
        again = frame is self._last
        self._seconds = self._seconds + self.repeat_after if again else max(self._seconds, frame.born)
        self._last = frame
        if self._far is not None and self._far.ended:
            self._cut_off(self._far.reason)
        if self._far is None and self._clock() >= self._due:
            form = self._sound.form if self._sound else None
            self._far = _FarSide(stream.StreamTarget(self._url, self._size, self._fps, form))
            self._began = self._clock()
        if self._far is not None:
            self._far.put(frame._replace(born=self._seconds), self._sound)
            if self._told and self._far.sent >= CONNECTED:
                self._told = False
                self._say(f"{self.label} is back")

    def _cut_off(self, why: str) -> None:
        self._leave()
        now = self._clock()
        self._failed = 0 if now - self._began >= STEADY else self._failed
        self._due = now + PAUSES[min(self._failed, len(PAUSES) - 1)]
        self._failed += 1
        if not self._told:
            self._told = True
            self._say(f"{self.label} was interrupted: {why}; it keeps trying to reconnect, and the show goes on")

    def _leave(self) -> None:
        far, self._far = self._far, None
        if far is not None:
            far.close()

    def close(self) -> None:
        """End the stream."""
        self._leave()
        self._size = self._last = None
        self._seconds = 0.0


class _FarSide:
    """A process that sends, and the thread that feeds it with the newest frame: the process may take its time."""

    def __init__(self, target: stream.StreamTarget) -> None:
        self.reason = "the server does not answer"
        """Why it ended."""
        self.sent = 0
        self._target = target
        self._slot: Slot[tuple[Frame, SoundTap | None]] = Slot()
        # -P: it finds what this process finds, not what lies in the folder in which the user happens to be.
        places = {"PYTHONPATH": os.pathsep.join(filter(os.path.isabs, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", stream.__name__], env=os.environ | places, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0))
        self._worker = Worker("stream", self._work)
        self._worker.start()

    @property
    def ended(self) -> bool:
        """Whether nothing is sent any more."""
        return self._worker.ended

    def put(self, frame: Frame, sound: SoundTap | None) -> None:
        """Leave a frame, and where the sound is to be had."""
        self._slot.put((frame, sound))

    def close(self) -> None:
        """Take leave; a process that hangs is killed."""
        self._slot.close()
        if not self._worker.wait(LEAVE):
            self._process.kill()
        self._worker.stop()

    def _work(self, stopping: threading.Event) -> None:
        with self._process as process:
            assert process.stdin is not None and process.stdout is not None
            with contextlib.suppress(OSError):  # it ended, and leaves its reason
                stream.tell_target(process.stdin, self._target)
                while (told := self._slot.take()) is not None:
                    frame, sound = told
                    stream.tell(process.stdin, stream.PICTURE, frame.image, frame.born)
                    for piece in sound.take() if sound else ():
                        stream.tell(process.stdin, stream.SOUND, piece.samples, piece.born)
                    self.sent += 1
            with contextlib.suppress(OSError):
                process.stdin.close()
            self.reason = process.stdout.read().decode(errors="replace").lower() or self.reason
