"""Remote controls in the show: actions that have no key, and the state for remote controls."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from types import MappingProxyType

from live_style.control.explorer import Survey
from live_style.control.mixer import BANK
from live_style.control.mixer import Desk
from live_style.control.mixer import place_of
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import State
from live_style.errors import StyleError
from live_style.styles.collection import Entry
from live_style.threads.slot import Slot
from live_style.threads.worker import Worker
from live_style.ui.parts import Booth

ROAMS = frozenset({Command.MAP_X, Command.MAP_Y, Command.PIN})
"""Commands for the map and the pad."""


class Remotes:
    """Reads what is open and on; main thread only."""

    def __init__(self, booth: Booth) -> None:
        window, hud, roam, takes = booth.window, booth.hud, booth.roam, booth.takes
        self._roam, self._hud, self._console = roam, hud, booth.console
        self._known: tuple[Entry, ...] | None = None
        self._surveys: Slot[Survey] = Slot()
        self._switches: Mapping[Command, Callable[[], bool]] = {
            Command.FULLSCREEN: lambda: window.fills_screen,
            Command.OUTPUT: lambda: window.projecting,
            Command.PANELS: lambda: hud.panels_shown,
            Command.STATS: lambda: hud.figures_shown,
            Command.STRIP: lambda: hud.strip_shown,
            Command.HELP: lambda: hud.helping,
            Command.SEARCH: lambda: hud.search is not None,
            Command.VCAM: lambda: takes.live,
            Command.RECORD: lambda: takes.recorded is not None,
            Command.MAP: lambda: roam.open,
            Command.DRIFT: lambda: roam.word == "drift",
        }

    def stands(self, action: Action) -> bool:
        """Whether a switch of the show already has the requested state."""
        on = self._switches.get(action.command)
        return on is not None and action.wanted(on()) == on()

    def roam(self, action: Action, desk: Desk) -> None:
        """Do an action of ROAMS; raises StyleError."""
        if action.command is Command.PIN:
            place = place_of(action, desk)
            if place is not None and not self._roam.pin(place):
                raise StyleError("four styles are pinned", "Unpin one first.")
        elif action.value is not None:
            horizontal = action.command is Command.MAP_X
            self._roam.steer(desk, x=action.value if horizontal else None, y=None if horizontal else action.value)

    def tell(self, desk: Desk, more: State) -> None:
        """Publish the state to listeners; `more`: values that are not in the table."""
        if self._console.heard:
            self._console.entries = self._hud.entries
            self._look_ahead()
            self._console.tell(MappingProxyType({**self._state(desk), **more}))

    def _look_ahead(self) -> None:
        """Lay out the styles in a thread of its own: the first remote use of the map must not block the window."""
        if self._known is not self._hud.entries:
            self._known, found = self._hud.entries, self._roam.survey()
            Worker("map", lambda stopping: self._surveys.put(found())).start()
        survey = self._surveys.take(0.0)
        if survey is not None:
            self._roam.know(survey)

    def _state(self, desk: Desk) -> dict[str, float | str | None]:
        here = self._roam.here
        state: dict[Command, float | None] = {
            Command.STYLE: desk.position + 1, Command.SLOT: _slot(desk), Command.BANK: desk.first // BANK + 1,
            Command.PREVIEW: desk.preview is not None, Command.FAVOURITES: desk.favourites_only,
            Command.FAVOURITE: desk.chosen.nearest.slug in desk.favourites, Command.STRENGTH: desk.strength, Command.FADE: desk.seconds,
            Command.COLOR: desk.color, Command.KEEP_COLORS: desk.color > 0.0, Command.TEMPO: desk.tempo.bpm,
            Command.BYPASS: desk.bypassed, Command.BLACK: desk.blacked, Command.FREEZE: desk.frozen,
            Command.MIRROR: desk.mirror_preview, Command.MIRROR_OUTPUT: desk.mirror_output,
            Command.MAP_X: here.x if here else None, Command.MAP_Y: here.y if here else None,
            **{command: on() for command, on in self._switches.items()}}
        values = {command.value: None if value is None else round(float(value), 4)
                  for command, value in state.items()}
        return {**values, "title": desk.title, "artist": "" if desk.real or desk.blend else desk.style.artist,
                "upcoming": desk.preview.name if desk.preview else desk.upcoming.name,
                "styles": float(len(desk.styles)), "led": self._roam.word,
                "pins": ",".join(str(place + 1) for place in self._roam.pinned(desk))}


def _slot(desk: Desk) -> int | None:
    """The number of the style that plays, in the bank."""
    return desk.bank.index(desk.position) + 1 if desk.position in desk.bank else None
