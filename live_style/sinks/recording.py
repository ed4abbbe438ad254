"""The recording: the clean feed as a video file."""

from __future__ import annotations

from pathlib import Path

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.interfaces import SoundTap
from live_style.sinks.checks import check_size
from live_style.video.output import VideoWriter

BACK, JUMP = 1.0, 60.0
"""Seconds. If the next frame is further back or ahead than this, the clock was set, a source started again, or the
machine slept. Repeating the last picture for all that time would take hours and record a still picture."""


class RecordingSink:
    """A new video file of a constant frame rate; it stays playable whatever happens.

    With `sound` it has that of a microphone, in step. At most the last second is missing when the program is killed
    or the machine loses power. The file must not exist yet; `live_style.system.paths.fresh_path` finds a free name.
    """

    repeat_after: float | None = 0.5
    watched = True

    def __init__(self, path: Path, sound: SoundTap | None = None) -> None:
        self.label = f"recording {path}"
        self._path, self._sound = path, sound
        self._size: Size | None = None
        self._writer: VideoWriter | None = None
        self._last: Frame | None = None
        self._seconds = self._skipped = 0.0

    def open(self, size: Size, fps: float) -> None:
        """Create the file; raises SinkError if it exists or cannot be created."""
        if self._writer is not None:
            raise SinkError(f"{self.label} is already running", "Stop it first.")
        self._writer = VideoWriter(self._path, size, fps, self._sound.form if self._sound else None)
        self._size = size

    def write(self, frame: Frame) -> None:
        """Encode one frame, or extend a repeated one; raises SinkError if the disk is full."""
        check_size(self.label, frame, self._size)
        assert self._writer is not None and self.repeat_after is not None
        if frame is self._last:
            self._seconds += self.repeat_after
            self._writer.hold(self._seconds - self._skipped)
            self._hear()
            return
        ahead = frame.born - self._seconds
        if self._last is not None and not -BACK <= ahead <= JUMP:
            self._skipped += ahead
        self._last, self._seconds = frame, frame.born
        self._writer.write(frame.image, frame.born - self._skipped)
        self._hear()

    def _hear(self) -> None:
        if self._sound is not None and self._writer is not None:
            for piece in self._sound.take():
                self._writer.hear(piece.samples, piece.born - self._skipped)

    def close(self) -> None:
        """Finish the file, or remove one without a frame; raises SinkError when its end was lost."""
        writer, self._writer, self._size, self._last, self._skipped = self._writer, None, None, None, 0.0
        if writer is not None:
            writer.close()
