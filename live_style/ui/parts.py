"""The parts of a show besides its session: window, panels, limits and connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from live_style.control.explorer import MapExplorer
from live_style.control.keys import KeyTable
from live_style.control.surface import Console
from live_style.interfaces import Window
from live_style.sources.beat import Beat
from live_style.ui.preview import Preview
from live_style.ui.output_switches import OutputSwitches
from live_style.ui.overlay import Overlay
from live_style.ui.set_list_player import SetListPlayer
from live_style.ui.settings_panel import SettingsPanel


class Limits(NamedTuple):
    """When a show ends by itself."""

    frames: int | None = None
    seconds: float | None = None


class UserInterface(NamedTuple):
    """The user interface."""

    window: Window
    overlay: Overlay
    keys: KeyTable
    explorer: MapExplorer
    switches: OutputSwitches
    console: Console
    player: SetListPlayer
    preview: Preview
    settings: SettingsPanel


class Connections(NamedTuple):
    """The connections to remote controls and files."""

    ending: threading.Event
    tell: Callable[[str], None]
    beat: Callable[[float], Beat | None] = lambda now: None
    """The beat of the sound at a moment."""
