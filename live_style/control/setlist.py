"""A set list: the cues of a text, played by hand or automatically; immutable."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import NamedTuple

from live_style.control.cues import Cue
from live_style.control.mixer import Mixer
from live_style.errors import StyleError
from live_style.look import Part
from live_style.styles.collection import StyleCollection
from live_style.styles.collection import StyleEntry
from live_style.styles.mixing import Blend


class Scene(NamedTuple):
    """The cues of one time, which are played together."""

    at: float
    cues: tuple[Cue, ...]

    @property
    def words(self) -> str:
        """Its text: "Neon in 2s", "strength 0.5"."""
        return ", ".join(map(_words, self.cues))

    @property
    def seconds(self) -> float:
        """Its duration: that of the slowest of its cues."""
        return max(cue.seconds for cue in self.cues)


@dataclass(frozen=True)
class SetList:
    """The scenes, and the one that was played last. Every method returns the list after one action."""

    scenes: tuple[Scene, ...] = ()
    played: int = 0
    """Number of the scene that was played last, from 1; 0: no scene was played."""
    since: float = 0.0
    """Clock time at which it was played."""
    auto: bool = False
    """Whether scenes follow automatically, at the intervals of the text."""

    @classmethod
    def of(cls, cues: Iterable[Cue]) -> SetList:
        """The set list of cues in order of time."""
        return cls(tuple(Scene(at, tuple(same)) for at, same in groupby(cues, lambda cue: cue.at)))

    @property
    def upcoming(self) -> Scene | None:
        """The scene that GO plays; None at the end."""
        return self.scenes[self.played] if self.played < len(self.scenes) else None

    def jump(self, number: int, now: float) -> SetList:
        """The list after the scene with this number was played."""
        return replace(self, played=min(max(0, number), len(self.scenes)), since=now)

    def turned(self, auto: bool, now: float) -> SetList:
        """Turn automatic playing on or off."""
        return replace(self, auto=auto, since=now)

    def due(self, now: float) -> bool:
        """Whether the next scene is due to be played automatically."""
        scene = self.upcoming
        if not self.auto or scene is None:
            return False
        before = self.scenes[self.played - 1].at if self.played else 0.0
        return now >= self.since + scene.at - before

    def renewed(self, other: SetList) -> SetList:
        """The list with other scenes, at the same position."""
        return replace(self, scenes=other.scenes, played=min(self.played, len(other.scenes)))

    def sum(self, number: int) -> Scene:
        """A scene with what remains of all scenes before it, so that jumps in the list give the right state."""
        last: dict[object, Cue] = {}
        for cue in (cue for scene in self.scenes[:number] for cue in scene.cues):
            fader = cue.part, cue.mix is None, cue.strength is None
            last.pop(fader, None)  # what came last is played last: "both" after "person" counts for the person too
            last[fader] = cue
        return Scene(self.scenes[number - 1].at,
                     tuple(cue._replace(seconds=self.scenes[number - 1].seconds) for cue in last.values()))


def performed(mixer: Mixer, scene: Scene, now: float, rest: Part = "both") -> Mixer:
    """The mixer after a scene: all its faders start together, on the next beat if there is a tempo.

    It is live at once, and a preview stays as it is. A cue that does not say whose look it changes is for `rest`,
    whatever the keys act on. Raises StyleError for an unknown style.
    """
    if not mixer.two_looks and any(cue.part in ("person", "room") for cue in scene.cues):
        mixer = replace(mixer.toggle_two_looks(now), hand=mixer.hand)
    for cue in scene.cues:
        mixer = mixer.on_part(_live(partial(_told, cue=cue)), cue.part or rest)
    parts: set[Part] = {cue.part or rest for cue in scene.cues}
    everybody: set[Part] = {"both"}
    for part in everybody & parts or parts:
        mixer = mixer.on_part(_live(lambda one: one.arrive(now, scene.seconds)), part)
    return mixer


def _live(change: Callable[[Mixer], Mixer]) -> Callable[[Mixer], Mixer]:
    """The change, made to what is live while a preview stays as it is."""
    return lambda mixer: replace(change(replace(mixer, preview=None)), preview=mixer.preview)


def _told(mixer: Mixer, cue: Cue) -> Mixer:
    """The mixer of a look with the target of a cue."""
    if cue.mix:
        styles = [_style(mixer, name) for name, _ in cue.mix]
        mixer = mixer.wishing(Blend.of([mixer.styles[place] for place in styles], [share for _, share in cue.mix]))
    elif cue.mix is not None:
        mixer = replace(mixer, bypassed=True)
    if cue.strength is not None:
        mixer = replace(mixer, strength=cue.strength)
    return mixer if cue.color is None else replace(mixer, color=cue.color)


def missing(scenes: Iterable[Scene], mixer: Mixer) -> None:
    """Raises StyleError for the first style that is not there, with its line."""
    for cue in (cue for scene in scenes for cue in scene.cues):
        try:
            for name, _ in cue.mix or ():
                _style(mixer, name)
        except StyleError as e:
            raise StyleError(f"set list, line {cue.line}: {e.cause}", e.cure) from e


def _style(mixer: Mixer, name: str) -> int:
    place = mixer.find(StyleCollection(tuple(map(StyleEntry, mixer.styles))).find(name).slug)
    assert place is not None, name
    return place


def _words(cue: Cue) -> str:
    lasting, whose = f" in {cue.seconds:g}s" if cue.seconds else "", f"{cue.part}: " if cue.part else ""
    if cue.mix is not None:
        return whose + (" + ".join(name for name, _ in cue.mix) or "real picture") + lasting
    what, value = ("strength", cue.strength) if cue.strength is not None else ("own colours", cue.color)
    return f"{whose}{what} {value:g}{lasting}"
