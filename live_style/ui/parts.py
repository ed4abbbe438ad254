"""The parts of a show besides its session: window, panels, limits and connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from live_style.control.explorer import Roam
from live_style.control.keys import KeyTable
from live_style.control.surface import Console
from live_style.interfaces import Window
from live_style.ui.conductor import Conductor
from live_style.ui.overlay import Hud
from live_style.ui.preview import Preview
from live_style.ui.recording import Takes


class Limits(NamedTuple):
    """When a show ends by itself."""

    frames: int | None = None
    seconds: float | None = None


class Booth(NamedTuple):
    """The user interface."""

    window: Window
    hud: Hud
    keys: KeyTable
    roam: Roam
    takes: Takes
    console: Console
    conductor: Conductor
    preview: Preview


class Lines(NamedTuple):
    """The connections to remote controls and files."""

    ending: threading.Event
    tell: Callable[[str], None]
