"""What earlier shows found out about this machine; it saves a trial at the next start and is never relied on."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping

from live_style.system import paths
from live_style.system.atomic_file import write_whole

FILE = "steps.json"
MOST = 50
"""Situations that are kept; the oldest go first."""
MAX_BYTES = 100_000


def remembered(situation: str) -> dict[str, str]:
    """What was kept for a situation; {} when nothing was, or the file is not ours."""
    found = _all().get(situation, {})
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def remember(situation: str, facts: Mapping[str, str]) -> None:
    """Keep facts for a situation; where nothing can be written, nothing is kept."""
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
