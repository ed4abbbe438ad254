"""An unfinished film: the file it lies in until it is whole, and what can be kept of it."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import av
from av.packet import Packet
from av.video.stream import VideoStream

from live_style.errors import SinkError


class Unfinished:
    """Where a film lies while it is made: beside the place where it will be, never under its name."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.part = out.with_name(f"{out.stem}.part{out.suffix}")
        """The film so far; it plays."""
        self.earlier = out.with_name(f"{out.stem}.earlier{out.suffix}")
        """The same of an earlier run, until this run has come as far."""
        self.state = out.with_name(f"{out.stem}.part.state")
        """How to go on."""

    @property
    def begun(self) -> bool:
        """Whether there is one."""
        return any(os.path.exists(file) for file in (self.part, self.earlier, self.state))

    def put_aside(self) -> int:
        """Make room for a new part; the longest film so far is then `earlier`. Returns how many pictures it has."""
        pictures, best = max((_count(file), file == self.part) for file in (self.earlier, self.part))
        try:
            if best:
                os.replace(self.part, self.earlier)
            self.part.unlink(missing_ok=True)
        except OSError as e:
            raise _problem(self.part, e) from e
        return max(0, pictures)

    def pictures(self) -> Generator[Packet[VideoStream], None, None]:
        """The encoded pictures of `earlier`, in order."""
        with av.open(str(self.earlier)) as container:
            try:
                for packet in container.demux(container.streams.video[0]):
                    if packet.size:
                        yield packet
            except av.FFmpegError:  # its torn end
                return

    def forget_earlier(self) -> None:
        """This run has come as far."""
        self.earlier.unlink(missing_ok=True)

    def forget(self) -> None:
        """Throw away all of it; raises SinkError."""
        for file in (self.state, self.part, self.earlier):
            try:
                file.unlink(missing_ok=True)
            except OSError as e:
                raise _problem(file, e) from e

    def deliver(self, overwrite: bool) -> None:
        """The part is whole: give it its name; raises SinkError."""
        if os.path.exists(self.out) and not overwrite:
            raise SinkError(f"{self.out} has come into being meanwhile", f"The film is whole: it is {self.part}")
        try:
            os.replace(self.part, self.out)
        except OSError as e:
            raise _problem(self.out, e) from e
        self.forget()


def _count(file: Path) -> int:
    """Encoded pictures in a file; -1 where there is none that can be read."""
    try:
        with av.open(str(file)) as container:
            found = 0
            try:
                for packet in container.demux(container.streams.video[0]):
                    found += packet.size > 0
            except av.FFmpegError:
                pass
            return found
    except (OSError, ValueError, IndexError):
        return -1


def _problem(file: Path, error: OSError) -> SinkError:
    return SinkError(f"{file} cannot be written: {(error.strerror or str(error)).lower()}",
                     "Close what plays it, and check the rights of the folder.")
