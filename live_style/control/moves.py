"""What the keys do to the desk, and the word for it in the report."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import replace

from live_style.control.keys import Action
from live_style.control.keys import Command
from live_style.control.mixer import Desk

STEP = 0.05
"""One press of Up or Down."""

Move = Callable[[Desk, Action, float], Desk]

MOVES: Mapping[Command, Move] = {
    Command.NEXT: lambda desk, action, now: desk.select(desk.position + 1, now, action.cut),
    Command.PREVIOUS: lambda desk, action, now: desk.select(desk.position - 1, now, action.cut),
    Command.STYLE: lambda desk, action, now: _numbered(desk, action, now),
    Command.BYPASS: lambda desk, action, now: desk.bypass(now, action.cut),
    Command.STRONGER: lambda desk, action, now: desk.nudge_strength(STEP, now),
    Command.WEAKER: lambda desk, action, now: desk.nudge_strength(-STEP, now),
    Command.FADE_SHORTER: lambda desk, action, now: desk.nudge_fade(-1),
    Command.FADE_LONGER: lambda desk, action, now: desk.nudge_fade(1),
    Command.KEEP_COLORS: lambda desk, action, now: desk.toggle_color(now),
    Command.TAP: lambda desk, action, now: desk.tap(now),
    Command.BLACK: lambda desk, action, now: desk.toggle_black(now),
    Command.FREEZE: lambda desk, action, now: desk.toggle_freeze(now),
    Command.MIRROR: lambda desk, action, now: replace(desk, mirror_preview=not desk.mirror_preview),
    Command.MIRROR_OUTPUT: lambda desk, action, now: replace(desk, mirror_output=not desk.mirror_output),
}
"""The commands that move a fader; the others are the show's own."""

LOOKS = frozenset({Command.NEXT, Command.PREVIOUS, Command.STYLE, Command.BYPASS})
"""The commands that send the look to another style; the report keeps their times."""


def _numbered(desk: Desk, action: Action, now: float) -> Desk:
    return desk.select(action.number - 1, now, action.cut) if action.number <= len(desk.styles) else desk
