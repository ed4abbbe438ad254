"""Decides whether other programs keep the computer busy."""

from __future__ import annotations

from typing import NamedTuple

BUSY, FREE = 0.3, 0.2
"""Processor share of other programs: busy from the first value on, free again below the second. A browser that shows
the virtual camera takes less on most computers."""
LOOKS = 2
"""Consecutive checks that change the state: a single one may have met a program that was starting."""


class OtherLoad(NamedTuple):
    """The state after the checks so far."""

    busy: bool = False
    against: int = 0
    """Consecutive checks with the opposite result."""
    known: bool = False
    """Whether there was a check."""

    @property
    def quiet(self) -> bool:
        """Whether the computer is certainly quiet, so that measurements are valid."""
        return self.known and not self.busy and not self.against

    def seen(self, share: float) -> OtherLoad:
        """The state after a check that found this processor share of other programs, 0..1."""
        opposite = share < FREE if self.busy else share >= BUSY
        against = self.against + 1 if opposite else 0
        return OtherLoad(not self.busy, known=True) if against >= LOOKS else OtherLoad(self.busy, against, known=True)
