"""A watch over the camera: what there is to say when it goes, comes back, or shows nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from live_style.errors import SourceError


class Word(NamedTuple):
    """A line for the person at the show, and what helps."""

    line: str
    cure: str = ""


@dataclass(frozen=True)
class Watch:
    """How the camera was when it was looked at last."""

    lost: bool = False
    dark: bool = False

    def words(self, before: Watch, trouble: SourceError | None) -> tuple[Word, ...]:
        """What is to be said after a look `before`; `trouble` is why it is away, where that is known."""
        said = []
        if self.lost and not before.lost:
            said.append(Word(trouble.cause if trouble else "the camera sends nothing any more",
                             "The show holds its last picture and goes on by itself when the camera is back."))
        elif before.lost and not self.lost:
            said.append(Word("the camera is back"))
        if self.dark and not before.dark:
            said.append(Word("the camera's picture is black", "Open its shutter or take off its cap."))
        return tuple(said)
