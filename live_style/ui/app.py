"""The show: the main thread, which connects the user's actions with the other threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from live_style.control.keys import KeyPress
from live_style.control.mixer import BARE
from live_style.control.mixer import LOOKS
from live_style.control.mixer import MOVES
from live_style.control.mixer import Mixer
from live_style.control.mixer import fade_seconds
from live_style.control.surface import LEAST
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import action_of
from live_style.errors import LiveStyleError
from live_style.errors import ScreenError
from live_style.errors import SettingsError
from live_style.errors import SinkError
from live_style.errors import StyleError
from live_style.frame import Frame
from live_style.imaging.placeholder import calm_card
from live_style.interfaces import Click
from live_style.interfaces import Close
from live_style.interfaces import Drop
from live_style.interfaces import Event
from live_style.interfaces import Key
from live_style.interfaces import OutputClosed
from live_style.interfaces import Pointer
from live_style.interfaces import Wheel
from live_style.pipeline.session import LiveSession
from live_style.pipeline.session_stats import SessionStats
from live_style.pipeline.stylize import Painted
from live_style.styles.watcher import StyleWatcher
from live_style.telemetry.trace import of_frame
from live_style.telemetry.trace import span
from live_style.ui.camera_status import CameraStatus
from live_style.ui.overlay import Indicators
from live_style.ui.overlay import Measurements
from live_style.ui.panels.now_playing import Slider
from live_style.ui.panels.stats import Stats
from live_style.ui.parts import Connections
from live_style.ui.parts import Limits
from live_style.ui.parts import UserInterface
from live_style.ui.remotes import ROAMS
from live_style.ui.remotes import Remotes
from live_style.ui.set_list_player import CUES

TICK = 1 / 25
"""Seconds that the main thread waits for a frame before it checks the keys again: longer than a frame interval, because
the effect of a key appears with the next frame."""
PATIENCE = 5.0
"""Seconds after which --seconds begins to count even without a frame."""
EXPECTED = 3.0
"""Seconds within which a style that the person added is faded to when it is ready."""
REAL_PICTURE = "real picture"
"""Its name in the report."""
SURE = 3.0
"""Seconds within which Esc must be pressed again if something is on that would end with the show."""


class Show:
    """Runs the main loop: keys move the mixer, the newest painting goes to the window. Main thread only."""

    def __init__(self, session: LiveSession, watcher: StyleWatcher, interface: UserInterface, lines: Connections,
                 clock: Callable[[], float] = time.perf_counter) -> None:
        self.stats = SessionStats()
        self._session, self._watcher = session, watcher
        self._window, self._overlay, self._keys, self._explorer, self._switches, self._console, self._player = interface
        self._remotes = Remotes(interface)
        self._lines, self._clock = lines, clock
        self._newest: Painted | None = None
        self._watch = CameraStatus()
        self._posted: tuple[str, ...] = ()
        """Texts that the window always shows."""
        self.unseen = False
        """Whether the output is unwatched: no window, no recording, and no reader of the virtual camera."""
        self.busy: Callable[[], bool] = lambda: False
        """Whether other programs keep the computer busy and the quality is reduced."""
        self._quit_asked, self._expected = -SURE, 0.0
        self._grip: Slider | None = None
        """The slider that is dragged with the mouse."""
        self._own: Mapping[Command, Callable[[float], object]] = {
            Command.FULLSCREEN: lambda now: self._window.fullscreen(),
            Command.OUTPUT: lambda now: self._say(self._window.toggle_output(), now),
            Command.PANELS: lambda now: self._overlay.toggle_panels(),
            Command.STATS: lambda now: self._overlay.toggle_stats(),
            Command.STRIP: lambda now: self._overlay.toggle_strip(),
            Command.HELP: lambda now: self._overlay.toggle_help(),
            Command.RELOAD: lambda now: self._watcher.reload(),
            Command.VCAM: lambda now: self._say(self._switches.toggle_vcam(), now),
            Command.RECORD: lambda now: self._say(self._switches.toggle_recording(), now),
            Command.SNAPSHOT: self._snapshot,
            Command.MAP: lambda now: self._explorer.toggle(),
            Command.DRIFT: self._drift,
            Command.PATH: self._path,
            Command.KEEP_STYLE: self._keep,
            Command.CAMERA_STYLE: self._see,
            Command.QUIT: self._quit,
        }

    @property
    def mixer(self) -> Mixer:
        """The current mixer."""
        return self._session.mixer

    def run(self, limits: Limits = Limits(), script: tuple[KeyPress, ...] = ()) -> None:
        """Play until a limit, the end key or a failure of the capture or painter thread, which is raised."""
        pending, started = list(script), self._clock()
        if self.mixer.real_part == "both" and self.stats.began is None:
            self._unpainted(started)
        while not self._lines.ending.is_set():
            with span("wait"):
                painted = self._session.preview.take(TICK)
            now = self._clock()
            while pending and self.stats.began is not None and self.stats.elapsed(now) >= pending[0].seconds:
                self.press(pending.pop(0).key, now)
            with span("hands"):
                for event in self._window.poll():
                    self._happen(event, now)
                for action in self._console.take():
                    self.act(action, now)
                self._attend(now)
                self._conduct(now)
                self._lead(now)
                self._remotes.tell(self.mixer, self._player.state())
            with span("present"):
                self._present(painted, now)
            if self._reached(limits, started + PATIENCE):
                return

    def _reached(self, limits: Limits, latest: float) -> bool:
        frames, seconds = limits
        elapsed = self._clock() - (self.stats.began or latest)
        return (frames is not None and self.stats.latency.count >= frames
                or seconds is not None and elapsed >= seconds)

    def _attend(self, now: float) -> None:
        """Check the threads."""
        self._session.check()
        for failure in self._switches.outputs.check():
            self._trouble(failure, now)
        for path in self._switches.outputs.finished():
            self._say(kept(path), now)
        collection = self._watcher.take()
        if collection is not None:
            self._session.mixer = self.mixer.with_styles(collection.styles)
            self._overlay.use(collection)
            self._explorer.use(self.mixer.part, self._overlay.previews, now)
        for notice in self._watcher.notices():
            self._say(notice.text, now, notice.cure)
            place = self.mixer.find(notice.slug) if now < self._expected else None
            if place is not None:
                self.act(Action(Command.STYLE, place + 1), now)
        self.unseen = (self._newest is not None and not self._window.visible and not self._window.projecting
                       and self._switches.outputs.unseen)
        for line in self._console.lines():
            self._say(line, now)
        while not self._session.troubles.empty():
            self._trouble(self._session.troubles.get(), now)
        capture = self._session.capture
        watch, before = CameraStatus(capture.lost(now), capture.dark(now)), self._watch
        self._watch = watch
        for word in watch.words(before, capture.trouble):
            self._say(word.line, now, word.cure)
        if watch.lost and not before.lost and self._newest is None:
            # Viewers of the feed shall see that it is on, even before the first picture.
            card = calm_card(self._session.size, "live-style", "the camera will be back soon")
            self._switches.outputs.put(Frame(card, 0, now))
            self._window.project(card)

    def _conduct(self, now: float) -> None:
        try:
            self._move(Action(Command.CUE), self._player.attend(self.mixer, now), now)
        except (SettingsError, StyleError) as e:
            self._trouble(e, now)
        signs = (*self._console.signs, *self._player.signs, *(["output window"] if self._window.projecting else ()))
        # The same tuple until its content changes: panels are redrawn for a new one.
        self._posted = self._posted if signs == self._posted else signs

    def _lead(self, now: float) -> None:
        """Let the look follow the pointer, path or drift on the map; the report keeps styles chosen by hand."""
        blend = self._explorer.needs(now)
        if blend is None:
            return
        before = self.mixer.part.title
        self._session.mixer = self.mixer.on_part(lambda part: part.lead(blend, now, self._explorer.metric))
        part = self.mixer.part
        if part.blend is None and part.title != before and not self._explorer.leading:
            self.stats.changed(now, Command.MAP.value, part.title, round(part.look.seconds, 2))

    def _present(self, painted: Painted | None, now: float) -> None:
        began = self._clock()
        if painted is not None:
            self._newest = painted
            of_frame(painted.frame.number)
            self._window.project(painted.frame.image)
        chart = self._explorer.chart(self.mixer.part) if self._explorer.open and self._window.visible else None
        if self._window.visible and (painted is not None or self._overlay.changed(now, chart)):
            size = self._window.size
            with span("draw"):
                image = self._newest.frame.image if self._newest else self._overlay.waiting(size)
                layers = self._overlay.layers(size, self.mixer, now, self._measures, chart, self._signs)
            # The preview is mirrored for the person, independent of the output.
            mirrored = self._newest is not None and self.mixer.mirror_preview != self._newest.mirrored
            self._window.show(image, layers, mirrored)
        if painted is not None and painted.fresh:
            done = self._clock()
            self.stats.shown(done, painted.frame.born, done - began, now < _arrival(self.mixer),
                             painted.skipped)

    @property
    def _signs(self) -> Indicators:
        """Whether the window shows the real picture: also at the ends of a fade, and as a frozen picture."""
        newest = self._newest
        if newest is None:
            return Indicators(self._explorer.word, mirrored=self.mixer.mirror_output, busy=self.busy(),
                              more=self._posted)
        return Indicators(self._explorer.word, (newest.strength < BARE, newest.room < BARE), newest.mirrored,
                          self.busy(), self._posted)

    def _unpainted(self, now: float) -> None:
        """Give notice that the show starts with the real picture."""
        self.stats.changed(now, Command.BYPASS.value, REAL_PICTURE, 0.0)
        self._say(f"the real picture is shown: the strength is {self.mixer.strength * 100:.0f} %", now,
                  f"Use a strength of at least {LEAST:g}, or press the key for stronger.")

    def _measures(self) -> Measurements:
        latency = self.stats.latency.spread()
        painting = self._session.painter.stylizer.info()
        stats = Stats(fps=round(self.stats.latency.fps(self._clock()), 1), p50=latency.p50, p95=latency.p95,
                      dropped=self._session.capture.frames.dropped, skipped=self._session.painter.skipped,
                      audio=round(latency.p50 / 10) * 10, provider=painting.provider.upper(),
                      model=painting.model, net_size=painting.net_size)
        return Measurements(stats, self._switches.recorded, self._switches.live)

    def _happen(self, event: Event, now: float) -> None:
        if isinstance(event, Key):
            self.press(event.name, now)
        elif isinstance(event, Pointer):
            self._grip = self._grip if event.held else None
            if self._grip is not None:
                self._slide(self._grip, event.x, now)
            else:
                self._explorer.point(self._overlay.place(event.x, event.y), now)
        elif isinstance(event, Wheel):
            self._overlay.turn(event.notches)
        elif isinstance(event, Click):
            self._click(event, now)
        elif isinstance(event, Drop):
            self._watcher.add(Path(event.path))
            self._expected = now + EXPECTED
        elif isinstance(event, OutputClosed):
            self._say(event.why, now)
        elif isinstance(event, Close):
            self._lines.ending.set()

    def _click(self, click: Click, now: float) -> None:
        chosen = self._overlay.hit(click.x, click.y)
        self._grip = None if click.right else self._overlay.slider(click.x, click.y)
        if self._grip is not None:
            self._slide(self._grip, click.x, now)
        elif not self._explorer.open:
            if chosen is not None and not click.right:
                self.act(Action(Command.STYLE, chosen + 1), now)
            elif not click.right:
                self._overlay.arrow(click.x, click.y)
        elif not click.right:
            self._explorer.click(self._overlay.place(click.x, click.y), now)
        elif chosen is not None and not self._explorer.pin(chosen):
            self._say("four styles are pinned: right-click one to unpin it", now)

    def _slide(self, slider: Slider, x: int, now: float) -> None:
        share = self._overlay.share(slider, x)
        self.act(action_of(Command.STRENGTH, share) if slider == "strength"
                 else action_of(Command.FADE, fade_seconds(share)), now)

    def press(self, key: str, now: float) -> None:
        """Do what the key table says of a key, if anything."""
        action = self._keys.action(key)
        if action is not None:
            self.act(action, now)

    def act(self, action: Action, now: float) -> None:
        """Do the action of a key or a click."""
        if self._remotes.stands(action):
            return
        self._overlay.look_again()
        if action.command is Command.HELP and action.value is None and self._overlay.turn_help():
            return
        try:
            move = MOVES.get(action.command)
            if move is not None:
                self._move(action, move(self.mixer, action, now), now)
            elif action.command in ROAMS:
                self._remotes.explorer(action, self.mixer)
            elif action.command in CUES:
                self._move(Action(Command.CUE), self._player.act(action, self.mixer, now), now)
            else:
                self._own[action.command](now)
        except (ScreenError, SettingsError, SinkError, StyleError) as e:
            self._trouble(e, now)

    def _move(self, action: Action, mixer: Mixer, now: float) -> None:
        before = self.mixer
        if mixer is before:
            return
        self._session.mixer = mixer
        if action.command in LOOKS and action.command is not Command.BYPASS:
            self._explorer.leave()
        changed = next((part for part, old in zip(mixer.parts, before.parts) if part is not old), mixer.part)
        if action.command in LOOKS or mixer.real_part != before.real_part:
            name = REAL_PICTURE if changed.real else changed.title
            self.stats.changed(now, action.command.value, name, changed.look.seconds)

    def _snapshot(self, now: float) -> None:
        if self._newest is not None:
            self._say(self._switches.snapshot(self._newest, self.mixer), now)

    def _drift(self, now: float) -> None:
        self._say(self._explorer.drift(self.mixer.part, now), now)
        self._led(Command.DRIFT, now)

    def _path(self, now: float) -> None:
        self._say(self._explorer.record(now), now)
        self._led(Command.PATH, now)

    def _led(self, command: Command, now: float) -> None:
        if self._explorer.leading:
            self.stats.changed(now, command.value, self.mixer.part.title, 0.0)

    def _keep(self, now: float) -> None:
        part = self.mixer.part
        blend = part.blend
        if blend is None:
            self._say(f"{part.style.name} is already a style", now, "Go to a place between styles on the map.")
            return
        # The new style equals the current look: nothing fades, and a drift goes on.
        self._watcher.keep(blend.parts, blend.name)

    def _see(self, now: float) -> None:
        newest = self._session.capture.newest
        if newest is None:
            self._say("the camera has sent no picture yet", now)
            return
        self._watcher.see(newest.image, f"Camera {datetime.now():%H:%M}")
        self._expected = now + EXPECTED

    def _quit(self, now: float) -> None:
        """Close the topmost open panel; else end the show, after a second press if something is on."""
        on = [word for word, there in (("the recording", self._switches.recorded is not None),
                                       ("the virtual camera", self._switches.live),
                                       ("the output window", self._window.projecting),
                                       (f"the {self._explorer.word}", self._explorer.leading)) if there]
        if self._overlay.helping:
            self._overlay.toggle_help()
        elif self._explorer.open:
            self._explorer.toggle()
        elif self._window.fills_screen:
            self._window.fullscreen()
        elif on and now - self._quit_asked > SURE:
            self._quit_asked = now
            self._say(f"{' and '.join(on)} {'are' if len(on) > 1 else 'is'} on: press {self._quit_key} again to end "
                      f"the show", now)
        else:
            self._lines.ending.set()

    @property
    def _quit_key(self) -> str:
        return next((row.keys[0] for row in self._keys.rows if row.action.command is Command.QUIT and row.keys), "it")

    def _say(self, line: str, now: float, cure: str = "") -> None:
        if line:
            self._overlay.notice(line, cure, now)
            self._lines.tell(f"{line}\n  {cure}" if cure else line)

    def _trouble(self, error: LiveStyleError, now: float) -> None:
        self._say(error.cause, now, error.cure)


def kept(path: Path) -> str:
    """The notice about a finished recording."""
    return f"recording saved: {path}"


def _arrival(mixer: Mixer) -> float:
    return max(part.look.began + part.look.seconds for part in mixer.parts)
