"""Checkpoints: the data to continue an unfinished video as if it had never been interrupted."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from typing import NamedTuple

import numpy as np

from live_style.errors import SinkError
from live_style.inference.stylizer import Memories
from live_style.inference.temporal_filter import FilterState
from live_style.system.atomic_file import write_whole
from live_style.video.durable_file import cannot_write

_KEPT = 2
"""Checkpoints in a file: the newest may be ahead of the video, whose last tenth of a second may be lost."""


class Checkpoint(NamedTuple):
    """The state before a frame is painted."""

    pictures: int
    """Number of painted frames."""
    memory: Memories
    """The memory of the temporal filters; empty at the start."""


class Checkpoints:
    """The newest checkpoints of an unfinished video and its settings, in one file in its folder."""

    def __init__(self, file: Path, settings: Mapping[str, str]) -> None:
        self.file = file
        self._settings = dict(settings)
        self._newest: list[Checkpoint] = []

    def add(self, checkpoint: Checkpoint) -> None:
        """Save another checkpoint; raises SinkError."""
        self._newest = [*self._newest, checkpoint][-_KEPT:]
        self._save()

    def keep_to(self, checkpoint: Checkpoint) -> None:
        """Remove later checkpoints; raises SinkError."""
        self._newest = [one for one in self._newest if one.pictures <= checkpoint.pictures]
        self._save()

    def _save(self) -> None:
        arrays: dict[str, Any] = {}
        facts = []
        for number, (pictures, memories) in enumerate(self._newest):
            facts.append({"pictures": pictures, "filters": len(memories)})
            for part, memory in enumerate(memories):
                planes = memory._asdict() if memory else {}
                arrays |= {f"{name}{number}-{part}": plane for name, plane in planes.items()}
        text = json.dumps({"settings": self._settings, "checkpoints": facts}).encode()
        buffer = io.BytesIO()
        np.savez(buffer, facts=np.frombuffer(text, np.uint8), **arrays)
        try:
            write_whole(self.file, buffer.getvalue())
        except OSError as e:
            raise cannot_write(self.file, e) from e

    def load(self) -> list[Checkpoint]:
        """The checkpoints in the file, oldest first; raises SinkError if the settings differ or the file is damaged."""
        try:
            with np.load(io.BytesIO(self.file.read_bytes()), allow_pickle=False) as arrays:
                facts = json.loads(arrays["facts"].tobytes())
                before = dict(facts["settings"])
                self._newest = [
                    Checkpoint(int(one["pictures"]),
                               tuple(_memory(arrays, f"{n}-{part}") for part in range(one["filters"])))
                    for n, one in enumerate(facts["checkpoints"])]
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as e:
            raise SinkError(f"{self.file}, which is needed to continue, cannot be read", _ANEW) from e
        for key, now in self._settings.items():
            if before.get(key) != now:
                raise SinkError(_other(key, str(before.get(key)), now), f"Use the same settings. {_ANEW}")
        return self._newest


def _memory(arrays: Mapping[str, Any], number: str) -> FilterState | None:
    names = FilterState._fields
    return FilterState(*(arrays[f"{name}{number}"] for name in names)) if f"{names[0]}{number}" in arrays else None


_ANEW = "To start again, use --overwrite without --resume."


def _other(key: str, before: str, now: str) -> str:
    if key in _SHOWN:
        return f"the unfinished video was started with {key} {before}, not {now}"
    return f"the unfinished video was started with {_HIDDEN.get(key, f'a different {key}')}"


_SHOWN = ("style", "strength", "preserve-color", "size", "stroke", "smooth", "model", "codec", "live-style")
_HIDDEN = {"numbers": "a style of this name that has changed since", "cues": "different cues",
           "encoder": "a different version of the encoder"}
