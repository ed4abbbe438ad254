"""Watches the camera: gives notices when it is lost, comes back, or is black."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from live_style.errors import SourceError


class CameraMessage(NamedTuple):
    """A line for the person at the show, and what helps."""

    line: str
    cure: str = ""


@dataclass(frozen=True)
class CameraStatus:
    """The state of the camera at the last check."""

    lost: bool = False
    dark: bool = False

    def words(self, before: CameraStatus, trouble: SourceError | None) -> tuple[CameraMessage, ...]:
        """The notice about a change since `before`; `trouble` is the reason of a loss, if known."""
        said = []
        if self.lost and not before.lost:
            said.append(CameraMessage(trouble.cause if trouble else "the camera stopped sending pictures",
                                      "The show holds the last picture and continues when the camera is back."))
        elif before.lost and not self.lost:
            said.append(CameraMessage("the camera is back"))
        if self.dark and not before.dark:
            said.append(CameraMessage("the camera's picture is black", "Open its shutter or remove its lens cap."))
        return tuple(said)
