"""The statistics of a show: frames, times and latencies."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from live_style.telemetry.meter import Meter

SETTLING = 3.0
"""Seconds after the first frame until a show runs steadily."""


@dataclass
class FrameRate:
    """Frames and the seconds that they took, for a rate over intervals."""

    frames: int = 0
    seconds: float = 0.0

    @property
    def fps(self) -> float:
        """Frames a second, 0 when nothing was counted."""
        return round(self.frames / self.seconds, 2) if self.seconds > 0.0 else 0.0


@dataclass
class SessionStats:
    """Counts presented frames; main thread only."""

    latency: Meter = field(default_factory=Meter)
    """New frames by the time of presenting, with their latency."""
    present: Meter = field(default_factory=Meter)
    """The time that presenting took."""
    gaps: Meter = field(default_factory=Meter)
    """Times between one new frame and the next, once the show has played for SETTLING seconds."""
    paces: Meter = field(default_factory=Meter)
    """The same, each divided by the frames of the source in that time that were to be shown or skipped on purpose."""
    skipped: int = 0
    """Frames of the source that were skipped on purpose before the last one that was shown."""
    steady: FrameRate = field(default_factory=FrameRate)
    fading: FrameRate = field(default_factory=FrameRate)
    began: float | None = None
    """Clock time of the first frame."""
    last: float = 0.0
    changes: list[dict[str, object]] = field(default_factory=list)
    """Style changes with their times since the first frame."""

    def shown(self, now: float, born: float, took: float, fading: bool, skipped: int = 0) -> None:
        """A new frame, born at `born`, was on the screen at `now`; so many were skipped on purpose so far."""
        if self.began is None:
            self.began = now
        else:
            pace = self.fading if fading else self.steady
            pace.frames += 1
            pace.seconds += now - self.last
            if now - self.began > SETTLING:
                self.gaps.add(now, now - self.last)
                self.paces.add(now, (now - self.last) / (1 + skipped - self.skipped))
        self.last, self.skipped = now, skipped
        self.latency.add(now, now - born)
        self.present.add(now, took)

    def elapsed(self, now: float) -> float:
        """Seconds since the first frame was shown; 0 before."""
        return 0.0 if self.began is None else now - self.began

    def changed(self, now: float, what: str, style: str, seconds: float) -> None:
        """Another style was chosen."""
        self.changes.append({"at": round(self.elapsed(now), 3), "action": what, "style": style, "fade": seconds})

    def facts(self) -> dict[str, object]:
        """For the report."""
        everything = FrameRate(self.steady.frames + self.fading.frames, self.steady.seconds + self.fading.seconds)
        return {
            "fps": everything.fps,
            "fps_steady": self.steady.fps,
            "fps_fading": self.fading.fps,
            "seconds": round(everything.seconds, 3),
            "latency_ms": self.latency.spread()._asdict(),
            "gap_ms": self.gaps.spread()._asdict(),
            "style_changes": self.changes,
        }
