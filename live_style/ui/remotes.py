"""Remote controls in the show: actions that have no key, and the state for remote controls."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from types import MappingProxyType

from live_style.control.explorer import MapLayout
from live_style.control.mixer import BANK
from live_style.control.mixer import PARTS
from live_style.control.mixer import Mixer
from live_style.control.moves import place_of
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import ShownStyles
from live_style.control.surface import State
from live_style.errors import StyleError
from live_style.threads.slot import Slot
from live_style.threads.worker import Worker
from live_style.ui.parts import UserInterface

ROAMS = frozenset({Command.MAP_X, Command.MAP_Y, Command.PIN})
"""Commands for the map and the pad."""


class Remotes:
    """Reads what is open and on; main thread only."""

    def __init__(self, interface: UserInterface) -> None:
        window, overlay, switches = interface.window, interface.overlay, interface.switches
        self._explorer = explorer = interface.explorer
        self._overlay, self._console = overlay, interface.console
        self._shown = ShownStyles()
        self._surveys: Slot[MapLayout] = Slot()
        self._switches: Mapping[Command, Callable[[], bool]] = {
            Command.FULLSCREEN: lambda: window.fills_screen,
            Command.OUTPUT: lambda: window.projecting,
            Command.PANELS: lambda: overlay.panels_shown,
            Command.STATS: lambda: overlay.figures_shown,
            Command.STRIP: lambda: overlay.strip_shown,
            Command.HELP: lambda: overlay.helping,
            Command.SETTINGS: lambda: interface.settings.shown,
            Command.SEARCH: lambda: overlay.search is not None,
            Command.VCAM: lambda: switches.live,
            Command.RECORD: lambda: switches.recorded is not None,
            Command.MAP: lambda: explorer.open,
            Command.DRIFT: lambda: explorer.word == "drift",
        }

    def stands(self, action: Action) -> bool:
        """Whether a switch of the show already has the requested state."""
        on = self._switches.get(action.command)
        return on is not None and action.wanted(on()) == on()

    def explorer(self, action: Action, mixer: Mixer) -> None:
        """Do an action of ROAMS; raises StyleError."""
        if action.command is Command.PIN:
            place = place_of(action, mixer)
            if place is not None and not self._explorer.pin(place):
                raise StyleError("four styles are pinned", "Unpin one first.")
        elif action.value is not None:
            horizontal = action.command is Command.MAP_X
            self._explorer.steer(mixer.part, x=action.value if horizontal else None,
                                 y=None if horizontal else action.value)

    def tell(self, mixer: Mixer, more: State) -> None:
        """Publish the state to listeners; `more`: values that are not in the table."""
        if self._console.heard:
            self._look_ahead()
            self._console.tell(MappingProxyType({**self._state(mixer), **more}), self._shown)

    def _look_ahead(self) -> None:
        """Lay out the styles in a thread of its own: the first remote use of the map must not block the window."""
        if self._shown.entries is not self._overlay.entries:
            self._shown, found = ShownStyles(self._overlay.entries), self._explorer.survey()
            Worker("map", lambda stopping: self._surveys.put(found())).start()
        survey = self._surveys.take(0.0)
        if survey is not None:
            self._explorer.know(survey)
            if survey.styles == tuple(entry.style for entry in self._shown.entries):
                places = tuple((round(x, 4), round(y, 4)) for x, y in survey.style_map.points)
                self._shown = self._shown._replace(places=places)

    def _state(self, mixer: Mixer) -> dict[str, float | str | None]:
        here, part, room = self._explorer.here, mixer.part, mixer.parts[-1]
        state: dict[Command, float | None] = {
            Command.STYLE: part.position + 1, Command.SLOT: _slot(part), Command.BANK: part.first // BANK + 1,
            Command.PREVIEW: part.preview is not None, Command.FAVOURITES: part.favourites_only,
            Command.FAVOURITE: part.chosen.nearest.slug in part.favourites,
            Command.STRENGTH: part.strength, Command.FADE: mixer.seconds,
            Command.BEAT: mixer.follows_sound, Command.PULSE: mixer.pulse,
            Command.COLOR: part.color, Command.KEEP_COLORS: part.color > 0.0, Command.TEMPO: mixer.tempo.bpm,
            Command.TWO_LOOKS: mixer.two_looks, Command.HAND: PARTS.index(mixer.hand),
            Command.PERSON_STYLE: mixer.position + 1, Command.PERSON_STRENGTH: mixer.strength,
            Command.PERSON_REAL: mixer.bypassed, Command.ROOM_STYLE: room.position + 1,
            Command.ROOM_STRENGTH: room.strength, Command.ROOM_REAL: room.bypassed,
            Command.BYPASS: part.bypassed, Command.BLACK: mixer.blacked, Command.FREEZE: mixer.frozen,
            Command.MIRROR: mixer.mirror_window, Command.MIRROR_OUTPUT: mixer.mirror_output,
            Command.MAP_X: here.x if here else None, Command.MAP_Y: here.y if here else None,
            **{command: on() for command, on in self._switches.items()}}
        values = {command.value: None if value is None else round(float(value), 4)
                  for command, value in state.items()}
        return {**values, "title": part.title, "artist": "" if part.real or part.blend else part.style.artist,
                "upcoming": part.preview.name if part.preview else part.upcoming.name,
                "styles": float(len(mixer.styles)), "led": self._explorer.word,
                "pins": ",".join(str(place + 1) for place in self._explorer.pinned(part))}


def _slot(mixer: Mixer) -> int | None:
    """The number of the style that plays, in the bank."""
    return mixer.bank.index(mixer.position) + 1 if mixer.position in mixer.bank else None
