"""An unfinished video: the folder that it is in until it is finished, and the parts that can be kept."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Generator
from pathlib import Path
from types import TracebackType

import av
from av.packet import Packet
from av.video.stream import VideoStream

from live_style.errors import SettingsError
from live_style.errors import SinkError
from live_style.system.atomic_file import PARTS
from live_style.system.atomic_file import give_name
from live_style.system.lock import Lock
from live_style.system.lock import LockTaken
from live_style.video.durable_file import cannot_write

ENDING = ".live-style"
"""Extension of the folder, next to the output, in which a video is made."""
_MARK = b"live-style paints a film here, and removes this folder when the film is whole\n"
_LOCK = "lock"
_LONGEST = 255
"""Bytes of a file's name on most disks."""


class Unfinished:
    """Holds a video while it is made: a folder next to the output, for one process at a time.

    Entering the context claims the folder and raises SinkError where another process has it, or where a folder of
    that name is not ours; leaving it removes the folder, where nothing is in it that is worth going on with.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.folder = out.with_name(_folder_of(out.name))
        self.part = self.folder / f"film{out.suffix}"
        """The film so far; it plays."""
        self.earlier = self.folder / f"earlier{out.suffix}"
        """The same of an earlier run, until this run has come as far."""
        self.state = self.folder / "state"
        """How to go on."""
        self._lock: Lock | None = None

    def __enter__(self) -> Unfinished:
        try:
            self._lock = self._claimed()
        except LockTaken:
            raise SinkError(f"another live-style is painting {self.out}",
                            "Wait until it is done, or choose another name for OUT.") from None
        except OSError as e:
            raise cannot_write(self.out, e) from e
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        lock, self._lock = self._lock, None
        if lock is None:
            return
        if self.begun:
            lock.file.close()
            return
        # Files that cannot be removed do no harm: the next run removes them.
        with contextlib.suppress(OSError):
            lock.remove()
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    @property
    def begun(self) -> bool:
        """Whether there is one."""
        return any(os.path.lexists(file) for file in (self.part, self.earlier, self.state))

    @property
    def resumable(self) -> bool:
        """Whether there is anything to go on with: not if it was killed before the first picture or after the last."""
        return os.path.lexists(self.state) or _count(self.part) > 0

    def check(self, *inputs: Path | None) -> None:
        """Refuse to read what will be written over or thrown away; raises SettingsError."""
        for one in inputs:
            if one is None or not os.path.exists(one):
                continue
            if os.path.exists(self.out) and os.path.samefile(one, self.out):
                raise SettingsError("IN and OUT are the same file", "Choose another name for OUT.")
            if any(os.path.exists(file) and os.path.samefile(one, file)
                   for file in (self.part, self.earlier, self.state, self.folder / _LOCK)):
                raise SettingsError(f"{one} is the unfinished video of {self.out}", "Choose another name for OUT.")

    def put_aside(self) -> int:
        """Make room for a new part; the longest film so far is then `earlier`. Returns how many pictures it has."""
        pictures, best = max((_count(file), file == self.part) for file in (self.earlier, self.part))
        try:
            if best:
                os.replace(self.part, self.earlier)
            self.part.unlink(missing_ok=True)
        except OSError as e:
            raise cannot_write(self.part, e) from e
        return max(0, pictures)

    def pictures(self) -> Generator[Packet[VideoStream], None, None]:
        """The encoded pictures of `earlier`, in order."""
        with av.open(f"file:{self.earlier}") as container:
            try:
                for packet in container.demux(container.streams.video[0]):
                    if packet.size:
                        yield packet
            except av.FFmpegError:  # its torn end
                return

    def forget_earlier(self) -> None:
        """This run has come as far; raises SinkError."""
        self._remove(self.earlier)

    def forget(self) -> None:
        """Throw away all of it; raises SinkError."""
        self._remove(self.state, self.part, self.earlier, *self.folder.glob(PARTS))

    def deliver(self, overwrite: bool) -> None:
        """The part is whole: give it its name; raises SinkError."""
        try:
            give_name(self.part, self.out, fresh=not overwrite)
        except FileExistsError as e:
            raise SinkError(f"{self.out} was created in the meantime",
                            f"The finished video is {self.part}") from e
        except OSError as e:
            raise cannot_write(self.out, e) from e
        self.forget()

    def _remove(self, *files: Path) -> None:
        for file in files:
            try:
                file.unlink(missing_ok=True)
            except OSError as e:
                raise cannot_write(file, e) from e

    def _claimed(self) -> Lock:
        """The lock of our folder, made where it is missing."""
        while True:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except FileExistsError:
                raise self._not_ours() from None
            lock_file = self.folder / _LOCK
            if self.folder.is_symlink() or not os.path.lexists(lock_file) and os.listdir(self.folder) not in (
                    [], [_LOCK]):
                raise self._not_ours()
            try:
                lock = Lock(lock_file)
            except FileNotFoundError:  # its last owner removed it at this moment
                continue
            try:
                self._prove(lock)
            except BaseException:
                lock.file.close()
                raise
            return lock

    def _prove(self, lock: Lock) -> None:
        """What has our mark in it is ours; raises SinkError."""
        lock.file.seek(0)
        found = lock.file.read(len(_MARK) + 1)
        if not _MARK.startswith(found):
            raise self._not_ours()
        lock.file.seek(0, os.SEEK_END)
        lock.file.write(_MARK[len(found):])
        lock.file.flush()

    def _not_ours(self) -> SinkError:
        return SinkError(f"{self.folder} is needed to paint {self.out}, but was not created by live-style",
                         "Move it away, or choose another name for OUT.")


def _folder_of(name: str) -> str:
    whole = name + ENDING
    if len(os.fsencode(whole)) <= _LONGEST:
        return whole
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:32] + ENDING


def _count(file: Path) -> int:
    """Number of encoded frames in a file; -1 if it cannot be read."""
    try:
        with av.open(f"file:{file}") as container:
            found = 0
            try:
                for packet in container.demux(container.streams.video[0]):
                    found += packet.size > 0
            except av.FFmpegError:
                pass
            return found
    except (OSError, ValueError, IndexError):
        return -1
