"""The cast: everything and everybody that a show is made of."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import NamedTuple

from live_style.control.explorer import Roam
from live_style.control.keys import KeyTable
from live_style.control.surface import Console
from live_style.errors import LiveStyleError
from live_style.interfaces import Window
from live_style.pipeline.capture import Capture
from live_style.pipeline.stylize import Painted
from live_style.pipeline.stylize import Painter
from live_style.styles.watcher import Studio
from live_style.threads.slot import Slot
from live_style.ui.conductor import Conductor
from live_style.ui.overlay import Hud
from live_style.ui.recording import Takes

Posted = queue.SimpleQueue[LiveStyleError]
"""Troubles that other threads met and got over, to be told by the main one."""


class Limits(NamedTuple):
    """When a show ends by itself."""

    frames: int | None = None
    seconds: float | None = None


class Crew(NamedTuple):
    """Who works beside the main thread, and where what they painted last is left for it."""

    capture: Capture
    painter: Painter
    preview: Slot[Painted]
    studio: Studio


class Booth(NamedTuple):
    """What the person at the show sees and touches."""

    window: Window
    hud: Hud
    keys: KeyTable
    roam: Roam
    takes: Takes
    console: Console
    conductor: Conductor


class Lines(NamedTuple):
    """How the show and the world outside tell each other something."""

    posted: Posted
    ending: threading.Event
    tell: Callable[[str], None]
