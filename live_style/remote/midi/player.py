"""The player: turns touches of a controller into actions, and the state of the show into its lights."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from typing import NamedTuple

from live_style.control.surface import Action
from live_style.control.surface import ArgumentKind
from live_style.control.surface import Command
from live_style.control.surface import State
from live_style.remote.midi.bindings import LOW_BITS
from live_style.remote.midi.bindings import Binding
from live_style.remote.midi.bindings import Kind
from live_style.remote.midi.messages import FINE
from live_style.remote.midi.messages import FULL
from live_style.remote.midi.messages import NOTE
from live_style.remote.midi.messages import PITCH
from live_style.remote.midi.messages import PROGRAM
from live_style.remote.midi.messages import Control
from live_style.remote.midi.messages import Touch
from live_style.remote.midi.messages import message_of

NEAR = 1.5 / FULL
"""Distance from the value at which a fader takes over."""
LAG = 0.5
"""Seconds after which a set value appears in the state at the latest."""
HELD = 64
"""Buttons are down from this value on."""


class _Fader(NamedTuple):
    """A fader and its value."""

    at: float | None = None
    """Its position, 0..1; None: unknown."""
    sent: tuple[tuple[float, float], ...] = ()
    """Time and position at which it last set the value."""

    def leads(self, value: float, now: float) -> bool:
        """Whether this fader was the last to set the value."""
        recent = (place for when, place in self.sent[:-1] if now - when < LAG)
        return any(abs(value - place) <= NEAR for place in (*recent, *(place for _, place in self.sent[-1:])))

    def meets(self, share: float, value: float) -> bool:
        """Whether it reaches or passes the value."""
        return abs(share - value) <= NEAR or self.at is not None and (self.at - value) * (share - value) <= 0.0


class MidiPlayer:
    """Keeps the positions of faders and the state of lights; one thread only."""

    def __init__(self, bindings: Sequence[Binding]) -> None:
        self._bindings = {one.source: one for one in bindings}
        for one in bindings:
            if one.kind is Kind.FINE:
                self._bindings[one.source._replace(number=one.source.number + LOW_BITS)] = one
        self._faders: dict[Control, _Fader] = {}
        self._values: dict[Control, int] = {}
        self._lights: dict[Control, int] = {}

    def touched(self, touch: Touch, state: State, now: float) -> tuple[Action, ...]:
        """The action of a touch."""
        one = self._bindings.get(touch.source)
        if one is None:
            return ()
        before = self._values.get(touch.source)
        self._values[touch.source] = touch.value
        if one.kind is Kind.BUTTON:
            return (Action(one.command, one.number),) if _pressed(touch, before) else ()
        if one.kind in (Kind.FADER, Kind.FINE):
            share = self._share(one, touch)
            return () if share is None else self._led(one, share, state, now)
        return self._turned(one, _steps(one.kind, touch.value), state, now)

    def _share(self, one: Binding, touch: Touch) -> float | None:
        if one.kind is Kind.FADER:
            return touch.value / (FINE if touch.source.kind == PITCH else FULL)
        if touch.source == one.source:
            return None  # the low bits follow
        return (self._values.get(one.source, 0) << 7 | touch.value) / FINE

    def _led(self, one: Binding, share: float, state: State, now: float) -> tuple[Action, ...]:
        """Soft take-over: a fader moves nothing before it meets the value, so that nothing jumps."""
        fader, value = self._faders.get(one.source, _Fader()), _standing(one.command, state)
        takes = value is None or fader.leads(value, now) or fader.meets(share, value)
        sent = (*fader.sent[-HELD:], (now, share)) if takes else fader.sent
        self._faders[one.source] = _Fader(share, sent)
        return (_set(one.command, share, state),) if takes else ()

    def _turned(self, one: Binding, steps: int, state: State, now: float) -> tuple[Action, ...]:
        if one.command is Command.STYLE:
            return (Action(Command.NEXT if steps > 0 else Command.PREVIOUS),) if steps else ()
        fader, value = self._faders.get(one.source, _Fader()), _standing(one.command, state)
        # While it is being turned the state lags behind.
        fresh = fader.at is not None and fader.sent and now - fader.sent[-1][0] < LAG
        start = fader.at if fresh and fader.at is not None else 0.5 if value is None else value
        share = min(1.0, max(0.0, start + steps / FULL))
        self._faders[one.source] = _Fader(share, ((now, share),))
        return (_set(one.command, share, state),)

    def lights(self, state: State, now: float) -> Iterator[bytes]:
        """The messages that make the controller's lights and motors show the state."""
        for source, one in self._bindings.items():
            if source.kind == PROGRAM or source != one.source:
                continue
            value = self._light(one, state, now)
            if value is not None and self._lights.get(source) != value:
                self._lights[source] = value
                yield message_of(source, value)

    def _light(self, one: Binding, state: State, now: float) -> int | None:
        value = state.get(one.command.value)
        if one.kind is Kind.BUTTON:
            if one.number:
                return FULL * (value == one.number and not state.get(Command.BYPASS.value))
            return FULL * bool(value) if one.command.takes is ArgumentKind.SWITCH else None
        share = _standing(one.command, state)
        sent = self._faders.get(one.source, _Fader()).sent
        if share is None or sent and now - sent[-1][0] < LAG:
            return None  # a hand is on it
        return round(share * (FINE if one.source.kind == PITCH else FULL))


def _pressed(touch: Touch, before: int | None) -> bool:
    if touch.source.kind in (NOTE, PROGRAM):
        return touch.value > 0
    # Some buttons send no release: the same value again is another press, which no moving knob sends.
    return touch.value >= HELD and (before is None or before < HELD or before == touch.value)


def _standing(command: Command, state: State) -> float | None:
    """The value of a fader as a share of its range, 0..1; None: not set."""
    value = state.get(command.value)
    if not isinstance(value, (int, float)):
        return None
    if command is Command.STYLE:
        count = state.get("styles")
        return (value - 1) / (count - 1) if isinstance(count, (int, float)) and count > 1 else None
    return command.range.share(value)


def _set(command: Command, share: float, state: State) -> Action:
    if command is Command.STYLE:
        count = state.get("styles")
        return Action(command, 1 + round(share * (int(count) - 1)) if isinstance(count, (int, float)) else 1)
    return Action(command, value=command.range.at(share))


def _steps(kind: Kind, value: int) -> int:
    if kind is Kind.ENCODER_MIDDLE:
        return value - 64
    if kind is Kind.ENCODER_SIGN:
        return value if value < 64 else 64 - value
    return value if value < 64 else value - 128
