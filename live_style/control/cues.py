"""Cues: timed changes, read from a plain text file, and the look that they give at any moment.

    # A line is a time, a change and its duration; text after # is a comment.
    0:00    Water Lilies
    0:10    Neon in 2s
    0:20    Neon:0.6 "Lady Macbeth":0.4 in 3s
    0:30    strength 0.5 in 1s
    0:40    color on in 1s
    1:02.5  real in 2s
    1:10    person: Neon in 2s
    1:20    room: strength 0.5

Styles, strength and colour are three faders: a line moves one of them, the others stay or continue. `person:`,
`room:` and `both:` say whose.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from typing import cast


from live_style.control.fade import Fade
from live_style.control.fade import Level
from live_style.control.fade import still
from live_style.errors import SettingsError
from live_style.errors import StyleError
from live_style.look import REAL
from live_style.look import Look
from live_style.look import Part
from live_style.look import TwoLooks
from live_style.redact import without_secrets

MAX_BYTES = 100_000
LONGEST = 86400.0 * 7
"""Seconds; the latest time and the longest fade that are allowed."""
EXAMPLE = 'Write a time and a change: "0:10 Water Lilies in 2s", "0:30 strength 0.5 in 1s", "0:40 color on".'
_TIME = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:\.\d{1,6})?)s?", re.ASCII)
_IN = re.compile(r"(.*\S)\s+in\s+([^\s\"]+)", re.ASCII | re.IGNORECASE)
_FADER = re.compile(r"(strength|colou?r)\s+(\S+)", re.IGNORECASE)
_PART = re.compile(r'\s*(?:"([^"]+)"|([^":]+?(?::(?!\s*\d)[^":]*)*))\s*:\s*(\d{1,6}(?:\.\d{1,6})?)(?=\s|$)', re.ASCII)
_WHOSE = re.compile(r"(person|room|both):\s+(\S.*)", re.IGNORECASE)
_LEVELS = {"on": 1.0, "off": 0.0}

Mix = tuple[tuple[str, float], ...]
"""Names of styles and their weights; empty: the real picture."""


class Cue(NamedTuple):
    """One line: at the time `at` a fader starts to move, for `seconds`. Exactly one of mix to color is not None."""

    line: int
    at: float
    seconds: float
    mix: Mix | None = None
    strength: float | None = None
    color: float | None = None
    part: Part | None = None
    """Whose look it changes; None: the line does not say."""


def parse_cues(text: str) -> tuple[Cue, ...]:
    """The cues in a text, in order of time; raises SettingsError that names the line."""
    cues: list[Cue] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = _without_comment(line).strip()
        if not words:
            continue
        try:
            cue = _parse(number, words)
        except ValueError as e:
            raise SettingsError(f"line {number}: {e}", EXAMPLE) from e
        if cues and cue.at < cues[-1].at:
            raise SettingsError(f"line {number} has an earlier time than line {cues[-1].line}",
                                "Sort the lines by time.")
        cues.append(cue)
    return tuple(cues)


def read_cues(path: Path) -> tuple[Cue, ...]:
    """The cues in a file; raises SettingsError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as e:
        raise SettingsError(f"the cue file {path} cannot be read: {(e.strerror or str(e)).lower()}",
                            "Check the file's name and permissions.") from e
    except ValueError as e:
        raise SettingsError(f"{path.name} is not UTF-8 text", "Save it again as UTF-8.") from e
    if len(data) > MAX_BYTES:
        raise SettingsError(f"{path.name} is larger than {MAX_BYTES} bytes", "This is not a cue file.")
    try:
        cues = parse_cues(text)
    except SettingsError as e:
        raise SettingsError(f"{path.name} {e.cause}", e.cure) from e
    if not cues:
        raise SettingsError(f"{path.name} contains no cues", EXAMPLE)
    return cues


class _Faders(NamedTuple):
    """Three faders, from one cue to the next."""

    began: float
    style: Fade[Look]
    """Between mixes at full strength; REAL is not a mix."""
    strength: Fade[Level]
    color: Fade[Level]
    rest: Look
    """The look at rest, always the same object, so that the temporal filter knows that nothing moves."""

    def at(self, now: float) -> Look:
        moving = any(now < f.began + f.seconds for f in (self.style, self.strength, self.color))
        return _look(self.style.at(now), self.strength.at(now), self.color.at(now)) if moving else self.rest


class CueTimeline:
    """The look at each moment; immutable, a function of time alone."""

    def __init__(self, style: Look, strength: float = 1.0, color: float = 0.0, cues: Iterable[Cue] = (),
                 mixed: Callable[[Mix], Look] = lambda mix: _unknown(mix)) -> None:
        """The faders before the first cue; `style` is a mix at full strength, or REAL.

        `mixed` gives the look of a mix; its StyleErrors are raised again with the line.
        """
        faders = _Faders(-math.inf, still(style), still(Level(strength)), still(Level(color)),
                         _look(style, Level(strength), Level(color)))
        plan = [faders]
        for cue in cues:
            faders = _moved(faders, cue, mixed)
            plan.append(faders)
        self._plan = tuple(plan)
        self._times = tuple(faders.began for faders in plan)

    def at(self, seconds: float) -> Look:
        """The look at a moment; the same object as long as nothing moves."""
        return self._plan[bisect_right(self._times, seconds) - 1].at(seconds)


class TwoPlans(NamedTuple):
    """The looks of the person and of the room at each moment."""

    person: CueTimeline
    room: CueTimeline

    def at(self, seconds: float) -> TwoLooks:
        """The looks at a moment."""
        return TwoLooks(self.person.at(seconds), self.room.at(seconds))


def _moved(before: _Faders, cue: Cue, mixed: Callable[[Mix], Look]) -> _Faders:
    style, strength, color = before.style, before.strength, before.color
    if cue.mix is not None:
        try:
            style = style.to(mixed(cue.mix) if cue.mix else REAL, cue.at, cue.seconds)
        except StyleError as e:
            raise StyleError(f"cues, line {cue.line}: {e.cause}", e.cure) from e
    if cue.strength is not None:
        strength = strength.to(Level(cue.strength), cue.at, cue.seconds)
    if cue.color is not None:
        color = color.to(Level(cue.color), cue.at, cue.seconds)
    return _Faders(cue.at, style, strength, color, _look(style.end, strength.end, color.end))


def _unknown(mix: Mix) -> Look:
    raise StyleError(f"unknown style {mix[0][0]}", "Give the styles too.")


def _look(style: Look, strength: Level, color: Level) -> Look:
    return style.scaled(strength, float(color))


def _without_comment(line: str) -> str:
    """The line up to a # outside quotes."""
    for place, letter in enumerate(line):
        if letter == "#" and line[:place].count('"') % 2 == 0:
            return line[:place]
    return line


def _parse(number: int, words: str) -> Cue:
    """One line; raises ValueError."""
    time, *rest = words.split(maxsplit=1)
    at = _seconds(time)
    if not rest:
        raise ValueError("there is a time but no change")
    whose = _WHOSE.fullmatch(rest[0])
    change = whose[2] if whose else rest[0]
    return _change(number, at, change)._replace(part=cast(Part, whose[1].lower()) if whose else None)


def _change(number: int, at: float, change: str) -> Cue:
    lasting = _IN.fullmatch(change)
    seconds = 0.0
    if lasting:
        change, seconds = lasting[1], _seconds(lasting[2])
    fader = _FADER.fullmatch(change)
    if fader and fader[1].lower() == "strength":
        return Cue(number, at, seconds, strength=_share(fader[2], {}))
    if fader:
        return Cue(number, at, seconds, color=_share(fader[2], _LEVELS))
    return Cue(number, at, seconds, mix=() if change.lower() == "real" else _mix(change))


def _seconds(text: str) -> float:
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError(f"{_shown(text)} is not a time")
    seconds = 3600.0 * int(match[1] or 0) + 60.0 * int(match[2] or 0) + float(match[3])
    if seconds > LONGEST:
        raise ValueError(f"{_shown(text)} is longer than a week")
    return seconds


def _share(text: str, words: dict[str, float]) -> float:
    if text.lower() in words:
        return words[text.lower()]
    if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?", text, re.ASCII) or float(text) > 1.0:
        also = f"{', '.join(words)} or " if words else ""
        raise ValueError(f"{_shown(text)} is not {also}a number from 0 to 1")
    return float(text)


def _mix(text: str) -> Mix:
    """`Water Lilies`, or `Neon:0.6 Lady Macbeth:0.4`; names may be quoted."""
    place, parts = 0, list[tuple[str, float]]()
    while match := _PART.match(text, place):
        parts.append(((match[1] or match[2]).strip(), float(match[3])))
        place = match.end()
    if not parts:
        name = text[1:-1] if len(text) > 2 and text[0] == text[-1] == '"' else text
        if '"' in name or not name.strip():
            raise ValueError(f"{_shown(text)} is not a style")
        return ((name.strip(), 1.0),)
    if text[place:].strip():
        raise ValueError(f"{_shown(text[place:].strip())} has no weight")
    if sum(weight for _, weight in parts) <= 0.0:
        raise ValueError("all weights are 0")
    return tuple(parts)


def _shown(text: str) -> str:
    text = without_secrets(text)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}..."'
