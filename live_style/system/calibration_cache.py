"""Results of earlier shows on this computer; they save a trial at the next start, but are never required."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping

from live_style.system import paths
from live_style.system.atomic_file import write_whole

FILE = "steps.json"
MOST = 50
"""The most situations that are kept; the oldest are removed first."""
MAX_BYTES = 100_000


def remembered(situation: str) -> dict[str, str]:
    """The results for a situation; {} without any, or if the file is invalid."""
    found = _all().get(situation, {})
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def remember(situation: str, facts: Mapping[str, str]) -> None:
    """Save results for a situation, if the file can be written."""
    others = {key: value for key, value in _all().items() if key != situation}
    kept = {**dict(list(others.items())[1 - MOST:]), situation: dict(facts)}
    with contextlib.suppress(OSError):
        write_whole(paths.cache_folder() / FILE, json.dumps(kept, indent=1).encode())


def _all() -> dict[str, object]:
    try:
        with (paths.cache_folder() / FILE).open(encoding="utf-8") as file:
            found = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
