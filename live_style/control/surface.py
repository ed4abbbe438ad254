"""The control surface: one table of everything that keys, OSC, MIDI and the remote page can play."""

from __future__ import annotations

import sys
from collections.abc import Callable
from collections.abc import Mapping
from enum import Enum
from enum import auto
from types import MappingProxyType
from typing import NamedTuple

from live_style.errors import SettingsError
from live_style.frame import Image
from live_style.style import tidy
from live_style.styles.collection import StyleEntry
from live_style.threads.inbox import Inbox

LEAST = 0.05
"""The lowest strength of keys and faders: below it a painting looks like the bare camera, which must be shown only on
request."""


class ArgumentKind(Enum):
    """The kind of value that a command takes."""

    NOTHING = auto()
    SWITCH = auto()
    """On or off; without a value it toggles."""
    LEVEL = auto()
    """A value of its range: a fader."""
    STYLE = auto()
    """A style, by its number from 1 or by its name."""
    NUMBER = auto()
    """A number from 1."""


class Range(NamedTuple):
    """The values of a fader."""

    low: float
    high: float
    unit: str = ""

    def at(self, share: float) -> float:
        """The value at a share of 0..1 of the way."""
        return self.low + (self.high - self.low) * min(1.0, max(0.0, share))

    def share(self, value: float) -> float:
        """How far up a value is, 0..1."""
        return (self.clamp(value) - self.low) / (self.high - self.low)

    def clamp(self, value: float) -> float:
        """The nearest value of the range."""
        return min(self.high, max(self.low, value))


UNIT = Range(0.0, 1.0)


class Command(Enum):
    """Everything that can be played. A row has a name (for config.toml, OSC, MIDI and the page), help, keys and a kind.

    Its effect is a line of `MOVES` (mixer.py) if it moves the mixer, else of the show. The order is that of the help.
    """

    _value_: str
    help: str
    keys: tuple[str, ...]
    takes: ArgumentKind
    range: Range

    def __new__(cls, name: str, help: str, keys: str = "", takes: ArgumentKind = ArgumentKind.NOTHING,
                range: Range = UNIT) -> Command:
        row = object.__new__(cls)
        row._value_, row.help, row.keys, row.takes, row.range = name, help, tuple(keys.split()), takes, range
        return row

    NEXT = "next", "next style", "Right N"
    PREVIOUS = "previous", "previous style", "Left P"
    STYLE = "style", "style by its number or name", "", ArgumentKind.STYLE
    SLOT = "slot", "style of the bank by its number, 1 to 9", "", ArgumentKind.NUMBER
    BANK_NEXT = "bank-next", "next bank of nine styles", "."
    BANK_PREVIOUS = "bank-previous", "previous bank", ","
    BANK = "bank", "bank of nine styles by its number", "", ArgumentKind.NUMBER
    SEARCH = "search", "find a style by typing", "/ F3", ArgumentKind.SWITCH
    PREVIEW = "preview", "choose in the preview first", "Q", ArgumentKind.SWITCH
    TAKE = "take", "fade to the preview", "Enter"
    TAKE_CUT = "take-cut", "cut to the preview", "Space"
    FAVOURITE = "favourite", "mark the style as a favourite", "X", ArgumentKind.SWITCH
    FAVOURITES = "favourites", "favourites only", "Shift+X", ArgumentKind.SWITCH
    EARLIER = "earlier", "move the style earlier in the order", "<"
    LATER = "later", "move the style later in the order", ">"
    BYPASS = "bypass", "real picture on and off", "0", ArgumentKind.SWITCH
    STRONGER = "stronger", "stronger", "Up"
    WEAKER = "weaker", "weaker", "Down"
    STRENGTH = "strength", "how strong the style is", "", ArgumentKind.LEVEL, Range(LEAST, 1.0)
    TWO_LOOKS = "two-looks", "one look for you, one for the room", "Y", ArgumentKind.SWITCH
    HAND = "hand", "keys act on you, the room or both", "J"
    PERSON_STYLE = "person-style", "the person's style by its number or name", "", ArgumentKind.STYLE
    PERSON_STRENGTH = ("person-strength", "how strong the person's style is", "", ArgumentKind.LEVEL,
                       Range(LEAST, 1.0))
    PERSON_REAL = "person-real", "yourself unpainted, on and off", "Shift+Y", ArgumentKind.SWITCH
    ROOM_STYLE = "room-style", "the room's style by its number or name", "", ArgumentKind.STYLE
    ROOM_STRENGTH = ("room-strength", "how strong the room's style is", "", ArgumentKind.LEVEL,
                     Range(LEAST, 1.0))
    ROOM_REAL = "room-real", "the room unpainted, on and off", "Shift+J", ArgumentKind.SWITCH
    FADE_SHORTER = "fade-shorter", "shorter fades", "["
    FADE_LONGER = "fade-longer", "longer fades", "]"
    FADE = "fade", "how long a fade takes", "", ArgumentKind.LEVEL, Range(0.0, 20.0, "s")
    KEEP_COLORS = "keep-colors", "the picture's own colours", "C", ArgumentKind.SWITCH
    COLOR = "color", "how much of the picture's own colours is kept", "", ArgumentKind.LEVEL
    TAP = "tap", "tap the tempo", "T"
    TEMPO = "tempo", "the tempo", "", ArgumentKind.LEVEL, Range(30.0, 240.0, "bpm")
    BEAT = "beat", "follow the beat of the music", "Shift+T", ArgumentKind.SWITCH
    PULSE = "pulse", "how much strength and drift move with the beat", "", ArgumentKind.LEVEL
    BLACK = "black", "black on and off", "B", ArgumentKind.SWITCH
    FREEZE = "freeze", "freeze on and off", "Z", ArgumentKind.SWITCH
    MIRROR = "mirror", "mirror the window", "M", ArgumentKind.SWITCH
    MIRROR_OUTPUT = "mirror-output", "mirror the output", "Shift+M", ArgumentKind.SWITCH
    FULLSCREEN = "fullscreen", "fullscreen", "F", ArgumentKind.SWITCH
    OUTPUT = "output", "output window on and off", "O", ArgumentKind.SWITCH
    PANELS = "panels", "hide or show all panels", "Shift+Tab", ArgumentKind.SWITCH
    STATS = "stats", "stats", "I", ArgumentKind.SWITCH
    STRIP = "strip", "style strip", "Tab", ArgumentKind.SWITCH
    VCAM = "vcam", "virtual camera on and off", "V", ArgumentKind.SWITCH
    RECORD = "record", "recording on and off", "R", ArgumentKind.SWITCH
    SNAPSHOT = "snapshot", "snapshot", "S"
    RELOAD = "reload", "reload the styles", "L"
    MAP = "map", "map of all styles", "A", ArgumentKind.SWITCH
    MAP_X = "map-x", "position on the map or pad, left to right", "", ArgumentKind.LEVEL
    MAP_Y = "map-y", "position on the map or pad, top to bottom", "", ArgumentKind.LEVEL
    PIN = "pin", "pin a style as a corner of the pad, or unpin it", "", ArgumentKind.STYLE
    DRIFT = "drift", "drift from style to style", "D", ArgumentKind.SWITCH
    PATH = "path", "record a path, then play it", "W"
    KEEP_STYLE = "keep-style", "keep this look as a style", "Shift+S"
    CAMERA_STYLE = "camera-style", "make a style from the camera", "E"
    UNDO = "undo", "remove the style made last", "Backspace"
    CUE_GO = "cue-go", "next cue of the set list", "G"
    CUE_BACK = "cue-back", "previous cue", "Shift+G"
    CUE = "cue", "cue of the set list by its number", "", ArgumentKind.NUMBER
    CUE_AUTO = "cue-auto", "play the cues automatically", "U", ArgumentKind.SWITCH
    SETTINGS = "settings", "settings", "K", ArgumentKind.SWITCH
    HELP = "help", "this help", "H ?", ArgumentKind.SWITCH
    QUIT = "quit", "close the open panel, or quit", "Esc"


class Action(NamedTuple):
    """One command with its value."""

    command: Command
    number: int = 0
    """Number of a style, a cue or a bank, from 1; 0: no number was given."""
    cut: bool = False
    """Cut instead of fading."""
    value: float | None = None
    """Value of a fader; for a switch 1 is on and 0 is off; None: toggle."""
    name: str = ""
    """Name of a style, if it was given by name."""

    def wanted(self, on: bool) -> bool:
        """The new state of a switch whose state is `on`."""
        return not on if self.value is None else self.value >= 0.5


COMMANDS: Mapping[str, Command] = MappingProxyType({command.value: command for command in Command})
FROM_AFAR = tuple(command for command in Command if command is not Command.QUIT)
"""What remote clients may do: only the person at the machine ends the show."""
MOST_NAME = 300
"""The most characters of a style's name."""


def action_of(command: Command, told: object = None, cut: bool = False) -> Action:
    """The action of a message; `told` is its value, None: no value. Raises SettingsError for a wrong value.

    Every button sends 1 when pressed and 0 when released; a command without a value ignores the release.
    """
    takes = command.takes
    if takes is ArgumentKind.STYLE and isinstance(told, str) and len(told) <= MOST_NAME and (name := tidy(told)):
        return Action(command, cut=cut, name=name)
    if told is None and takes in (ArgumentKind.NOTHING, ArgumentKind.SWITCH):
        return Action(command, cut=cut)
    if isinstance(told, (bool, int, float)) and abs(told) <= sys.float_info.max:  # JSON has larger
        if takes in (ArgumentKind.STYLE, ArgumentKind.NUMBER):
            if float(told).is_integer() and 1 <= told <= 1e6:
                return Action(command, int(told), cut)
        else:
            return Action(command, cut=cut, value=float(command.range.clamp(told)))
    raise SettingsError(f"{command.value} cannot take {_shown(told)}", f"It takes {_WORDS[takes](command)}.")


def released(action: Action) -> bool:
    """Whether a button was released: nothing is to be done."""
    return action.command.takes is ArgumentKind.NOTHING and action.value is not None and action.value < 0.5


_WORDS: Mapping[ArgumentKind, Callable[[Command], str]] = {
    ArgumentKind.NOTHING: lambda command: "no value, or 1",
    ArgumentKind.SWITCH: lambda command: "1, 0, or no value to toggle it",
    ArgumentKind.LEVEL: lambda command: f"a number from {command.range.low:g} to {command.range.high:g}",
    ArgumentKind.STYLE: lambda command: "the number of a style, from 1, or a style's name",
    ArgumentKind.NUMBER: lambda command: "a number from 1",
}


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


State = Mapping[str, float | str | None]
"""The state of everything, by the names of the commands, and more to show; replaced as a whole."""


class ShownStyles(NamedTuple):
    """The styles of a show, in order."""

    entries: tuple[StyleEntry, ...] = ()
    places: tuple[tuple[float, float], ...] = ()
    """The place of each on the map, x and y in 0..1; () until the map is laid out."""


class Console:
    """Connects remote controls with the show: they leave actions and receive its state.

    Any thread may call `put` and `say`; everything else belongs to the main thread.
    """

    def __init__(self) -> None:
        self.state: State = MappingProxyType({})
        """The latest state; any thread may read it."""
        self.styles = ShownStyles()
        """The styles, and their places on the map; the same object until they change; any thread may read it."""
        self.picture: Image | None = None
        """The newest painting; the same array until there is another; any thread may read it."""
        self.signs: tuple[str, ...] = ()
        """What the window shows all the time, such as a PIN."""
        self._inbox: Inbox[Action] = Inbox(_newest_counts)
        self._lines: Inbox[str] = Inbox(lambda line: line)
        self._listeners: tuple[Callable[[State], None], ...] = ()

    def put(self, action: Action) -> None:
        """Leave an action; of a fader's values in one frame only the newest counts."""
        self._inbox.put(action)

    def say(self, line: str) -> None:
        """Leave a notice for the person at the show."""
        self._lines.put(line)

    def take(self) -> tuple[Action, ...]:
        """The actions since the last call, oldest first."""
        return self._inbox.take()

    @property
    def waiting(self) -> bool:
        """Whether there are actions."""
        return self._inbox.waiting

    def lines(self) -> tuple[str, ...]:
        """The notices since the last call."""
        return self._lines.take()

    def listen(self, listener: Callable[[State], None]) -> Callable[[], None]:
        """Have a function called with each new state, by the main thread; it must return at once.

        Returns what ends that.
        """
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(other for other in self._listeners if other is not listener)

        return end

    @property
    def heard(self) -> bool:
        """Whether there are listeners; without them no state is published."""
        return bool(self._listeners)

    def tell(self, state: State, styles: ShownStyles | None = None) -> None:
        """Publish a new state, and other styles."""
        styles = styles or self.styles
        if state != self.state or styles is not self.styles:
            self.state, self.styles = state, styles
            for listener in self._listeners:
                listener(state)


_LONG = frozenset({Command.VCAM, Command.RECORD, Command.SNAPSHOT, Command.RELOAD, Command.KEEP_STYLE,
                   Command.CAMERA_STYLE, Command.UNDO})
"""Commands that make a file or open a device: once in a frame is enough, however many messages come."""


def _newest_counts(action: Action) -> Command | None:
    """The key under which only the newest action of a frame counts; None: every action counts."""
    told = action.value is not None and action.command.takes is not ArgumentKind.NOTHING
    named = action.command.takes in (ArgumentKind.STYLE, ArgumentKind.NUMBER) and action.command is not Command.PIN
    return action.command if told or named or action.command in _LONG else None
