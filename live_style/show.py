"""The show: the main thread between the hands and the threads."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from live_style import opencv
from live_style.capture import Capture
from live_style.cards import calm_card
from live_style.desk import Desk
from live_style.errors import LiveStyleError
from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import Size
from live_style.hud import Hud
from live_style.hud import Measures
from live_style.interfaces import Click
from live_style.interfaces import Close
from live_style.interfaces import Drop
from live_style.interfaces import Event
from live_style.interfaces import Key
from live_style.interfaces import Window
from live_style.keys import Action
from live_style.keys import Command
from live_style.keys import KeyTable
from live_style.keys import Press
from live_style.moves import LOOKS
from live_style.moves import MOVES
from live_style.outputs import RECORDING
from live_style.outputs import VCAM
from live_style.outputs import Outputs
from live_style.painter import Painted
from live_style.painter import Painter
from live_style.panels.stats import Stats
from live_style.sinks.names import fresh_path
from live_style.sinks.snapshot import save_snapshot
from live_style.slot import Slot
from live_style.studio import Studio
from live_style.tally import Tally

TICK = 1 / 60
"""Seconds that the main thread waits for a frame before it looks at the keys again."""
PATIENCE = 5.0
"""Seconds after which the clock of --seconds runs although no frame came."""
DROPPED = 3.0
"""Seconds within which a style that was dropped on the window is faded to when it is ready."""
SURE = 3.0
"""Seconds within which Esc must be pressed again while the virtual camera is live."""


Posted = queue.SimpleQueue[LiveStyleError]
"""Troubles that other threads met and got over, to be told by the main one."""


class Limits(NamedTuple):
    """When a show ends by itself."""

    frames: int | None = None
    seconds: float | None = None


class Folders(NamedTuple):
    """Where what the keys make is kept."""

    recordings: Path
    snapshots: Path


class Show:
    """Owns the loop: keys move the desk, the painter's newest frame goes to the window. Main thread only."""

    def __init__(self, capture: Capture, painter: Painter, preview: Slot[Painted], outputs: Outputs, window: Window,
                 hud: Hud, studio: Studio, keys: KeyTable, size: Size, folders: Folders, vcam_device: str | None,
                 posted: Posted, ending: threading.Event, tell: Callable[[str], None]) -> None:
        self.tally = Tally()
        self._posted, self._ending = posted, ending
        self._capture, self._painter, self._preview = capture, painter, preview
        self._outputs, self._window, self._hud, self._studio = outputs, window, hud, studio
        self._keys, self._size, self._folders, self._vcam_device = keys, size, folders, vcam_device
        self._tell = tell
        self._newest: Painted | None = None
        self._lost = self._dark = False
        self._quit_asked, self._expected = -SURE, 0.0
        self._own: Mapping[Command, Callable[[float], None]] = {
            Command.FULLSCREEN: lambda now: self._window.fullscreen(),
            Command.STATS: lambda now: self._hud.toggle_stats(),
            Command.STRIP: lambda now: self._hud.toggle_strip(),
            Command.HELP: lambda now: self._hud.toggle_help(),
            Command.RELOAD: lambda now: self._studio.reload(),
            Command.VCAM: self._toggle_vcam,
            Command.RECORD: self._toggle_recording,
            Command.SNAPSHOT: self._snapshot,
            Command.QUIT: self._quit,
        }

    @property
    def desk(self) -> Desk:
        """What is wished now."""
        return self._painter.desk

    def run(self, limits: Limits = Limits(), script: tuple[Press, ...] = ()) -> None:
        """Play until a limit, the end key or a failure of the capture or painter thread, which is raised."""
        pending, started = list(script), time.perf_counter()
        while not self._ending.is_set():
            painted = self._preview.take(TICK)
            now = time.perf_counter()
            while pending and self.tally.began is not None and self.tally.elapsed(now) >= pending[0].seconds:
                self.press(pending.pop(0).key, now)
            for event in self._window.poll():
                self._happen(event, now)
            self._attend(now)
            self._present(painted, now)
            if self._reached(limits, started + PATIENCE):
                return

    def _reached(self, limits: Limits, latest: float) -> bool:
        frames, seconds = limits
        elapsed = time.perf_counter() - (self.tally.began or latest)
        return (frames is not None and self.tally.latency.count >= frames
                or seconds is not None and elapsed >= seconds)

    def _attend(self, now: float) -> None:
        """Look after the threads."""
        self._capture.check()
        self._painter.check()
        for failure in self._outputs.check():
            self._trouble(failure, now)
        gallery = self._studio.take()
        if gallery is not None:
            self._painter.desk = self.desk.with_styles(gallery.styles)
            self._hud.use(gallery)
        for notice in self._studio.notices():
            self._say(notice.text, now, notice.cure)
            if notice.slug and now < self._expected:
                place = next((i for i, style in enumerate(self.desk.styles) if style.slug == notice.slug), None)
                if place is not None:
                    self.act(Action(Command.STYLE, place + 1), now)
        while not self._posted.empty():
            self._trouble(self._posted.get(), now)
        self._watch(now)

    def _watch(self, now: float) -> None:
        """Say when the camera goes away, comes back, or shows nothing but black."""
        lost, dark = self._capture.lost(now), self._capture.dark()
        if lost and not self._lost:
            trouble = self._capture.trouble
            self._say(trouble.cause if trouble else "the camera sends nothing any more", now,
                      "The show holds its last picture and goes on by itself when the camera is back.")
            if self._newest is None:
                # Whoever watches the feed is to see that it is on, before the first picture too.
                card = calm_card(self._size, "live-style", "the camera will be back in a moment")
                self._outputs.put(Frame(card, 0, now))
        elif self._lost and not lost:
            self._say("the camera is back", now)
        if dark and not self._dark:
            self._say("the camera's picture is black", now, "Open its shutter or take off its cap.")
        self._lost, self._dark = lost, dark

    def _present(self, painted: Painted | None, now: float) -> None:
        began = time.perf_counter()
        if painted is not None:
            self._newest = painted
        if self._window.visible and (painted is not None or self._hud.changed(now)):
            size = self._window.size
            image = self._mirrored(self._newest.frame.image) if self._newest else self._hud.waiting(size)
            self._window.show(image, self._hud.layers(size, self.desk, now, self._measures))
        if painted is not None and painted.fresh:
            done = time.perf_counter()
            self.tally.shown(done, painted.frame.born, done - began, now < _arrival(self.desk))

    def _measures(self) -> Measures:
        latency = self.tally.latency.spread()
        facts = self._painter.stylizer.facts()
        stats = Stats(fps=round(self.tally.latency.fps(time.perf_counter()), 1), p50=latency.p50, p95=latency.p95,
                      dropped=self._capture.frames.dropped, audio=round(latency.p50 / 10) * 10,
                      provider=str(facts["provider"]).upper(), model=str(facts["model"]),
                      net_size=str(facts.get("net_size", "")))
        return Measures(stats, self._outputs.seconds(RECORDING), self._outputs.is_on(VCAM))

    def _mirrored(self, image: Image) -> Image:
        # The preview is a mirror of the person, whatever the output does: people mirror only what they see themselves.
        return opencv.flip(image) if self.desk.mirror_preview != self.desk.mirror_output else image

    def _happen(self, event: Event, now: float) -> None:
        if isinstance(event, Key):
            self.press(event.name, now)
        elif isinstance(event, Click):
            chosen = self._hud.hit(event.x, event.y)
            if chosen is not None:
                self.act(Action(Command.STYLE, chosen + 1), now)
        elif isinstance(event, Drop):
            self._studio.add(Path(event.path))
            self._expected = now + DROPPED
        elif isinstance(event, Close):
            self._ending.set()

    def press(self, key: str, now: float) -> None:
        """What the key table says of a key; a key that does nothing does nothing."""
        action = self._keys.action(key)
        if action is not None:
            self.act(action, now)

    def act(self, action: Action, now: float) -> None:
        """Do what a key or a click asks for."""
        move = MOVES.get(action.command)
        if move is None:
            self._own[action.command](now)
            return
        self._painter.desk = desk = move(self.desk, action, now)
        if action.command in LOOKS:
            name = "real picture" if desk.bypassed else desk.style.name
            self.tally.changed(now, action.command.value, name, desk.look.seconds)

    def _toggle_vcam(self, now: float) -> None:
        if self._outputs.is_on(VCAM):
            self._outputs.stop(VCAM)
        else:
            self._outputs.start_vcam(self._vcam_device)

    def _toggle_recording(self, now: float) -> None:
        if self._outputs.is_on(RECORDING):
            self._outputs.stop(RECORDING)
            self._say(f"recording kept in {self._folders.recordings}", now)
        else:
            self._outputs.start_recording(fresh_path(self._folders.recordings, ".mp4", datetime.now()))

    def _snapshot(self, now: float) -> None:
        if self._newest is None:
            return
        desk = self.desk
        facts = {"style": desk.style.name, "artist": desk.style.artist, "strength": f"{self._newest.strength:.2f}"}
        try:
            path = save_snapshot(self._folders.snapshots, self._newest.frame.image, facts, datetime.now())
            self._say(f"snapshot {path}", now)
        except SinkError as e:
            self._trouble(e, now)

    def _quit(self, now: float) -> None:
        if self._outputs.is_on(VCAM) and now - self._quit_asked > SURE:
            self._quit_asked = now
            self._say("the virtual camera is live: press Esc again to end the show", now)
        else:
            self._ending.set()

    def _say(self, line: str, now: float, cure: str = "") -> None:
        self._hud.notice(line, cure, now)
        self._tell(f"{line}\n  {cure}" if cure else line)

    def _trouble(self, error: LiveStyleError, now: float) -> None:
        self._say(error.cause, now, error.cure)


def _arrival(desk: Desk) -> float:
    return desk.look.began + desk.look.seconds
