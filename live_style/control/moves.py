"""What the commands of the control surface do to the mixer: one line each."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import replace

from live_style.control.mixer import Mixer
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.tempo import Tempo
from live_style.look import Part
from live_style.styles.collection import StyleCollection
from live_style.styles.collection import StyleEntry

STEP = 0.05
"""One press of Up or Down."""

Move = Callable[[Mixer, Action, float], Mixer]


def _switched(on: Callable[[Mixer], bool], turn: Callable[[Mixer, float], Mixer]) -> Move:
    """Toggle a switch only if it is not yet in the requested state."""
    return lambda mixer, action, now: turn(mixer, now) if action.wanted(on(mixer)) != on(mixer) else mixer


def _moved(turn: Callable[[Mixer, float, float], Mixer]) -> Move:
    """A fader without a new value stays."""
    return lambda mixer, action, now: mixer if action.value is None else turn(mixer, action.value, now)


def _in_hand(move: Move) -> Move:
    """On the look that the keys act on."""
    return lambda mixer, action, now: mixer.on_part(lambda part: move(part, action, now))


def _split(hand: Part, move: Move) -> Move:
    """On one of two looks, which it switches on."""
    def moved(mixer: Mixer, action: Action, now: float) -> Mixer:
        two = mixer if mixer.two_looks else mixer.toggle_two_looks(now)
        after = two.on_part(lambda part: move(part, action, now), hand)
        return mixer if after is two else after

    return moved


def _bypassed(mixer: Mixer, action: Action, now: float) -> Mixer:
    return mixer.bypass(now, action.cut) if action.wanted(mixer.bypassed) != mixer.bypassed else mixer


LOOK_MOVES: Mapping[Command, Move] = {
    Command.NEXT: lambda mixer, action, now: mixer.step(1, now, action.cut),
    Command.PREVIOUS: lambda mixer, action, now: mixer.step(-1, now, action.cut),
    Command.STYLE: lambda mixer, action, now: _numbered(mixer, action, now),
    Command.SLOT: lambda mixer, action, now: (
        mixer.select(mixer.bank[action.number - 1], now, action.cut) if action.number <= len(mixer.bank) else mixer),
    Command.BANK_NEXT: lambda mixer, action, now: mixer.turn_bank(1),
    Command.BANK_PREVIOUS: lambda mixer, action, now: mixer.turn_bank(-1),
    Command.BANK: lambda mixer, action, now: mixer.with_bank(action.number - 1),
    Command.PREVIEW: _switched(lambda mixer: mixer.preview is not None,
                               lambda mixer, now: mixer.with_preview(mixer.preview is None)),
    Command.TAKE: lambda mixer, action, now: mixer.take(now, action.cut),
    Command.TAKE_CUT: lambda mixer, action, now: mixer.take(now, cut=True),
    Command.BYPASS: _bypassed,
    Command.STRONGER: lambda mixer, action, now: mixer.nudge_strength(STEP, now),
    Command.WEAKER: lambda mixer, action, now: mixer.nudge_strength(-STEP, now),
    Command.STRENGTH: _moved(Mixer.with_strength),
    Command.KEEP_COLORS: _switched(lambda mixer: mixer.color > 0.0, Mixer.toggle_color),
    Command.COLOR: _moved(Mixer.with_color),
}
"""The commands that move a look: that of what is in hand, if there are two."""

MOVES: Mapping[Command, Move] = {
    **{command: _in_hand(move) for command, move in LOOK_MOVES.items()},
    Command.TWO_LOOKS: _switched(lambda mixer: mixer.two_looks, Mixer.toggle_two_looks),
    Command.HAND: lambda mixer, action, now: mixer.take_in_hand(),
    Command.PERSON_STYLE: _split("person", LOOK_MOVES[Command.STYLE]),
    Command.ROOM_STYLE: _split("room", LOOK_MOVES[Command.STYLE]),
    Command.PERSON_STRENGTH: _split("person", LOOK_MOVES[Command.STRENGTH]),
    Command.ROOM_STRENGTH: _split("room", LOOK_MOVES[Command.STRENGTH]),
    Command.PERSON_REAL: _split("person", _bypassed),
    Command.ROOM_REAL: _split("room", _bypassed),
    Command.FAVOURITE: _switched(lambda mixer: mixer.part.chosen.nearest.slug in mixer.favourites,
                                 lambda mixer, now: mixer.toggle_favourite(mixer.part.chosen.nearest.slug)),
    Command.FAVOURITES: _switched(lambda mixer: mixer.favourites_only, lambda mixer, now: mixer.toggle_favourites()),
    Command.FADE_SHORTER: lambda mixer, action, now: mixer.nudge_fade(-1),
    Command.FADE_LONGER: lambda mixer, action, now: mixer.nudge_fade(1),
    Command.FADE: _moved(lambda mixer, value, now: replace(mixer, seconds=value)),
    Command.TAP: lambda mixer, action, now: mixer.tap(now),
    Command.TEMPO: _moved(lambda mixer, value, now: replace(mixer, tempo=Tempo.of(value, now))),
    Command.BEAT: _switched(lambda mixer: mixer.follows_sound, Mixer.toggle_sound),
    Command.PULSE: _moved(lambda mixer, value, now: replace(mixer, pulse=value)),
    Command.BLACK: _switched(lambda mixer: mixer.blacked, Mixer.toggle_black),
    Command.FREEZE: _switched(lambda mixer: mixer.frozen, Mixer.toggle_freeze),
    Command.MIRROR: _switched(lambda mixer: mixer.mirror_window,
                              lambda mixer, now: replace(mixer, mirror_window=not mixer.mirror_window)),
    Command.MIRROR_OUTPUT: _switched(lambda mixer: mixer.mirror_output,
                                     lambda mixer, now: replace(mixer, mirror_output=not mixer.mirror_output)),
}
"""The commands that move the mixer; the show handles the others."""

LOOKS = frozenset({Command.NEXT, Command.PREVIOUS, Command.STYLE, Command.SLOT, Command.TAKE, Command.TAKE_CUT,
                   Command.BYPASS, Command.CUE, Command.PERSON_STYLE, Command.ROOM_STYLE})
"""The commands that change the style; the report contains their times."""


def place_of(action: Action, mixer: Mixer) -> int | None:
    """The index of the style that an action names; None if its number is too high. Raises StyleError."""
    if action.name:
        return mixer.find(StyleCollection(tuple(map(StyleEntry, mixer.styles))).find(action.name).slug)
    return action.number - 1 if 1 <= action.number <= len(mixer.styles) else None


def _numbered(mixer: Mixer, action: Action, now: float) -> Mixer:
    place = place_of(action, mixer)
    return mixer if place is None else mixer.select(place, now, action.cut)
