"""Plays a set list, by GO and BACK or automatically, and reloads it when it was edited."""

from __future__ import annotations

from pathlib import Path

from live_style.control.cues import read_cues
from live_style.control.mixer import Mixer
from live_style.control.setlist import Scene
from live_style.control.setlist import SetList
from live_style.control.setlist import missing
from live_style.control.setlist import performed
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import State
from live_style.errors import SettingsError
from live_style.look import Part

CUES = frozenset({Command.CUE_GO, Command.CUE_BACK, Command.CUE, Command.CUE_AUTO})
LOOK = 1.0
"""Seconds between two checks whether the file was edited."""


class SetListPlayer:
    """Plays a set list. Main thread only. Without a file it has nothing to play."""

    def __init__(self, file: Path | None = None, mixer: Mixer | None = None, rest: Part = "both") -> None:
        """`rest`: whose look a cue changes that does not say so.

        Raises SettingsError for a file that is no list of cues, StyleError for a style that `mixer` lacks.
        """
        self._file, self._rest = file, rest
        self._list = SetList.of(read_cues(file)) if file else SetList()
        if mixer is not None:
            missing(self._list.scenes, mixer)
        self._stamp = _stamp(file)
        self._looked = 0.0

    def act(self, action: Action, mixer: Mixer, now: float) -> Mixer:
        """The mixer after one of CUES; raises SettingsError and StyleError."""
        if not self._list.scenes:
            raise SettingsError("there is no set list", "Start the show with one: live-style run --setlist FILE.")
        played = self._list.played
        if action.command is Command.CUE_AUTO:
            self._list = self._list.turned(action.wanted(self._list.auto), now)
            return mixer
        if action.command is Command.CUE_GO:
            return self._go(mixer, now)
        number = played - 1 if action.command is Command.CUE_BACK else action.number
        if not 1 <= number <= len(self._list.scenes):
            return mixer
        # The state at a cue does not depend on the order of playing.
        return self._play(number, self._list.sum(number), mixer, now)

    def attend(self, mixer: Mixer, now: float) -> Mixer:
        """The mixer after cues that are due automatically; raises SettingsError if the edited file is not valid."""
        if self._file and now - self._looked >= LOOK:
            self._looked = now
            stamp, before = _stamp(self._file), self._stamp
            if stamp != before:
                self._stamp = stamp
                fresh = SetList.of(read_cues(self._file))
                missing(fresh.scenes, mixer)
                self._list = self._list.renewed(fresh)
        return self._go(mixer, now) if self._list.due(now) else mixer

    def _go(self, mixer: Mixer, now: float) -> Mixer:
        scene = self._list.upcoming
        return mixer if scene is None else self._play(self._list.played + 1, scene, mixer, now)

    def _play(self, number: int, scene: Scene, mixer: Mixer, now: float) -> Mixer:
        self._list = self._list.jump(number, now)
        return performed(mixer, scene, now, self._rest)

    @property
    def signs(self) -> tuple[str, ...]:
        """The line in the window: the next cue."""
        if not self._list.scenes:
            return ()
        if self._list.upcoming is None:
            return ("end of the set list",)
        return (f"next cue {self._next}{', automatic' if self._list.auto else ''}",)

    @property
    def _next(self) -> str:
        scene = self._list.upcoming
        return f"{self._list.played + 1}: {scene.words}" if scene else "end of the list"

    def state(self) -> State:
        """For remote hands; {} without a set list."""
        if not self._list.scenes:
            return {}
        return {Command.CUE.value: float(self._list.played), Command.CUE_AUTO.value: float(self._list.auto),
                "cue-next": self._next}


def _stamp(file: Path | None) -> tuple[int, int] | None:
    try:
        known = file.stat() if file else None
    except OSError:
        return None
    return (known.st_mtime_ns, known.st_size) if known else None
