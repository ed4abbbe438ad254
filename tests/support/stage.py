"""A show on a clock of its own: the real loop, mixer, painter and panels; the test sees every picture."""

from __future__ import annotations

import threading
from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from typing import NamedTuple

import numpy as np

from live_style.cli.microphones import Microphones
from live_style.cli.panel import Hardware
from live_style.cli.panel import settings_panel
from live_style.cli.remotes import RemoteControls
from live_style.control.explorer import MapExplorer
from live_style.control.keys import KEYS
from live_style.control.mixer import Mixer
from live_style.control.surface import Console
from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import Size
from live_style.interfaces import Event
from live_style.interfaces import Key
from live_style.interfaces import Layer
from live_style.look import Vector
from live_style.pipeline.outputs import RECORDING
from live_style.pipeline.outputs import VCAM
from live_style.pipeline.session import LiveSession
from live_style.pipeline.stylize import Painted
from live_style.settings import RunSettings
from live_style.sources.sound_library import PortAudio
from live_style.sources.sound_library import SoundSystem
from live_style.styles.collection import StyleCollection
from live_style.styles.collection import StyleEntry
from live_style.styles.predict import StyleMaker
from live_style.styles.watcher import StyleWatcher
from live_style.threads.slot import Slot
from live_style.ui.app import Show
from live_style.ui.output_switches import OutputFolders
from live_style.ui.output_switches import OutputSwitches
from live_style.ui.overlay import Overlay
from live_style.ui.panels.badges import Badges
from live_style.ui.panels.badges import badge_layers
from live_style.ui.parts import Connections
from live_style.ui.parts import Limits
from live_style.ui.parts import UserInterface
from live_style.ui.preview import Preview
from live_style.ui.set_list_player import SetListPlayer
from tests.support.scripted import Inverter
from tests.support.scripted import ScriptedSource
from tests.support.scripted import style

TICK = 0.04
"""Seconds of the clock from one frame to the next."""
WINDOW: Size = (640, 360)
STYLES = (style("one"), style("other"), style("a third"))


class Moment(NamedTuple):
    """A frame of the show."""

    input: Image
    feed: Image
    layers: tuple[Layer, ...]
    mirrored: bool

    def badge(self, word: str) -> bool:
        """Whether a badge of that word is in the window."""
        wanted, = badge_layers(Badges(modes=(word,)), WINDOW)
        return any(layer.image is wanted.image or np.array_equal(layer.image, wanted.image) for layer in self.layers)


Seen = Callable[[Image, tuple[Layer, ...], bool], None]
"""What is given the pictures of a window."""


class ScriptedWindow:
    """Says what a script says that hands do, one event a frame, and passes on what it is given to show."""

    size, visible, fills_screen, projecting = WINDOW, True, False, False
    monitors, monitor = ((1920, 1080), (1280, 720)), 0

    def __init__(self, seen: Seen) -> None:
        self.script: list[Event | None] = []
        self.projected: list[Image] = []
        self.seen = seen

    def poll(self) -> list[Event]:
        event = self.script.pop(0) if self.script else None
        return [event] if event else []

    def show(self, image: Image, layers: tuple[Layer, ...] = (), mirrored: bool = False) -> None:
        self.seen(image, layers, mirrored)

    def fullscreen(self) -> None:
        self.fills_screen = not self.fills_screen

    def toggle_output(self) -> str:
        self.projecting = not self.projecting
        return ""

    def project(self, image: Image) -> None:
        if self.projecting:
            self.projected.append(image)

    def close(self) -> None:
        pass


class MeanColor:
    """A predictor that is quick: the style of a picture is its mean colour."""

    space = "test"

    def predict(self, image: Image) -> Vector:
        return np.resize(image.mean(axis=(0, 1)) / 255, 100).astype(np.float32)


class PromptWatcher(StyleWatcher):
    """Does at once, without a thread, what it is asked for."""

    def __init__(self, folder: Path, collection: StyleCollection) -> None:
        maker = StyleMaker(MeanColor, "test", folder / "cache")
        super().__init__(folder / "styles", collection, maker, "test", folder / "cache")

    def _needs(self, work: Callable[[], None]) -> None:
        self._guarded(work)


class Stage:
    """A show that is played by `play`, a frame of the clock at a time; nothing in it sleeps."""

    def __init__(self, folder: Path, mixer: Mixer = Mixer(STYLES, seconds=0.2), setlist: Path | None = None,
                 window: Callable[[Seen], Any] = ScriptedWindow, sounds: Callable[[], SoundSystem] = PortAudio) -> None:
        self.now, self.moments, self.said = 100.0, list[Moment](), list[str]()
        self.window = window(self._seen)
        self.ending = threading.Event()
        collection = StyleCollection(tuple(StyleEntry(each) for each in mixer.styles))
        self.session = session = LiveSession(ScriptedSource(), Inverter(), mixer, size=(64, 36), fps=25.0)
        session.paintings = _Paintings(self)
        self.painter, self.outputs = session.painter, session.outputs
        self.overlay = Overlay(KEYS, collection)
        switches = OutputSwitches(self.outputs, OutputFolders(folder, folder), None)
        self.explorer = MapExplorer(mixer.styles, self.overlay.previews, 1.0)
        self.console, player = Console(), SetListPlayer(setlist, mixer)
        self._preview = Preview(lambda size: Inverter())
        self._controls = RemoteControls(self.console, self.said.append)
        self.microphones = Microphones(self.outputs, self.console.say, session.troubles.put, sounds)
        self.settings = settings_panel(RunSettings(), self.window, session, switches,
                                       Hardware(self._controls, self.microphones))
        interface = UserInterface(self.window, self.overlay, KEYS, self.explorer, switches, self.console, player,
                                  self._preview, self.settings)
        self.capture, self.watcher = session.capture, PromptWatcher(folder, collection)
        connections = Connections(self.ending, self.said.append)
        self.show = Show(session, self.watcher, interface, connections, lambda: self.now)

    def play(self, script: Sequence[str | Event | None], frames: int = 0) -> list[Moment]:
        """One key or event a frame (None: none), then so many frames more; what was seen meanwhile."""
        before = len(self.moments)
        self.window.script = [Key(event) if isinstance(event, str) else event for event in script]
        self.show.run(Limits(frames=self.show.stats.latency.count + len(script) + frames))
        return self.moments[before:]

    def close(self) -> None:
        """End what has threads."""
        self.outputs.close()
        self._preview.close()
        self._controls.close()
        self.microphones.close()
        self.settings.close()

    def _seen(self, image: Image, layers: tuple[Layer, ...], mirrored: bool) -> None:
        self.moments.append(Moment(self._input, image, layers, mirrored))

    def next(self) -> Painted:
        """The next frame, painted: another picture each time, with both dark and light in it."""
        self.now += TICK
        self._input = np.random.default_rng(len(self.moments)).integers(0, 256, (36, 64, 3), np.uint8)
        frame = self.capture.newest = Frame(self._input, len(self.moments), self.now)
        painted = self.painter.paint(frame, self.painter.mixer, self.now, True)
        for name in (VCAM, RECORDING):
            if self.outputs.seconds(name) is not None:
                self.outputs.ensure(name)
        self.outputs.put(painted.frame)
        return painted


class _Paintings(Slot[Painted]):
    """Paints the next frame whenever the show asks for one."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage

    def take(self, timeout: float | None = None) -> Painted | None:
        return self._stage.next()
