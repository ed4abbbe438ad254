"""The crowd: whether other programs keep the computer so busy that a show has to give way."""

from __future__ import annotations

from typing import NamedTuple

BUSY, FREE = 0.3, 0.2
"""Shares of the processor that others take: from the first on it is busy, below the second free again. A browser that
shows the virtual camera takes less on most machines."""
LOOKS = 2
"""Looks in a row that change it: one alone may have met a program that was starting."""


class Crowd(NamedTuple):
    """What the looks so far say."""

    busy: bool = False
    against: int = 0
    """How many looks in a row said the opposite."""
    known: bool = False
    """Whether there was a look yet."""

    @property
    def quiet(self) -> bool:
        """Whether what a show reaches now is reached on a quiet machine, without any doubt."""
        return self.known and not self.busy and not self.against

    def seen(self, share: float) -> Crowd:
        """After one more look, at which others took so much of the processor, 0..1."""
        opposite = share < FREE if self.busy else share >= BUSY
        against = self.against + 1 if opposite else 0
        return Crowd(not self.busy, known=True) if against >= LOOKS else Crowd(self.busy, against, known=True)
