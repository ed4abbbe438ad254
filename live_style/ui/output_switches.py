"""The outputs that keys switch: recording, virtual camera and snapshots."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from live_style.control.mixer import Mixer
from live_style.pipeline.outputs import RECORDING
from live_style.pipeline.outputs import VCAM
from live_style.pipeline.outputs import Outputs
from live_style.pipeline.stylize import Painted
from live_style.sinks.snapshot import save_snapshot
from live_style.system.paths import fresh_path


class OutputFolders(NamedTuple):
    """The folders for recordings and snapshots."""

    recordings: Path
    snapshots: Path


class OutputSwitches:
    """Starts and ends outputs of a show; main thread only. Each method returns a notice, or ""."""

    def __init__(self, outputs: Outputs, folders: OutputFolders, vcam_device: str | None) -> None:
        self.outputs = outputs
        self.folders = folders
        self._vcam_device = vcam_device
        self._named: set[Path] = set()

    @property
    def live(self) -> bool:
        """Whether the virtual camera is on."""
        return self.outputs.is_on(VCAM)

    @property
    def recorded(self) -> int | None:
        """Seconds of the running recording; None without one."""
        return self.outputs.seconds(RECORDING)

    def toggle_vcam(self) -> str:
        """The virtual camera on, or off."""
        if self.live:
            self.outputs.stop(VCAM)
        else:
            self.outputs.start_vcam(self._vcam_device)
        return ""

    def toggle_recording(self) -> str:
        """Start a recording under a new name, or end it, which `Outputs.finished` reports; raises SinkError."""
        if self.recorded is None:
            path = fresh_path(self.folders.recordings, ".mp4", datetime.now(), self._named)
            self._named.add(path)
            self.outputs.start_recording(path)
        else:
            self.outputs.stop(RECORDING)
        return ""

    def snapshot(self, painted: Painted, mixer: Mixer) -> str:
        """A picture of the feed, with what plays in its metadata; raises SinkError."""
        artist = "" if mixer.real or mixer.blend else mixer.style.artist
        facts = {"style": mixer.title, "artist": artist, "strength": f"{painted.strength:.2f}"}
        if mixer.two_looks:
            facts |= {"room": mixer.parts[-1].title, "room-strength": f"{painted.room:.2f}"}
        return f"snapshot saved: {save_snapshot(self.folders.snapshots, painted.frame.image, facts, datetime.now())}"
