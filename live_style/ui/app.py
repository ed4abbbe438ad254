"""The show: the main thread, which connects the user's actions with the other threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from live_style.control.keys import KeyPress
from live_style.control.mixer import BARE
from live_style.control.mixer import Mixer
from live_style.control.moves import LOOKS
from live_style.control.moves import MOVES
from live_style.control.surface import LEAST
from live_style.control.surface import Action
from live_style.control.surface import Command
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
from live_style.pipeline.outputs import STREAM
from live_style.pipeline.session import LiveSession
from live_style.pipeline.session_stats import SessionStats
from live_style.pipeline.stylize import Painted
from live_style.sources.beat import Beat
from live_style.styles.collection import StyleCollection
from live_style.styles.watcher import StyleWatcher
from live_style.telemetry.trace import of_frame
from live_style.telemetry.trace import span
from live_style.ui.camera_status import CameraStatus
from live_style.ui.mouse import Mouse
from live_style.ui.overlay import Indicators
from live_style.ui.overlay import Measurements
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
        self._window, self._overlay, self._keys, self._explorer = interface[:4]
        self._switches, self._console, self._player, self._preview, self._settings = interface[4:]
        self._remotes = Remotes(interface)
        self._lines, self._clock = lines, clock
        self._newest: Painted | None = None
        self._beat: Beat | None = None
        self._watch = CameraStatus()
        self._posted: tuple[str, ...] = ()
        """Texts that the window always shows."""
        self._quit_asked, self._expected = -SURE, 0.0
        self._mouse = Mouse(self._overlay, self._explorer, self.act, self._mark, self._arrange)
        self._before: dict[str, str] = {}
        """The style that played before each one that was added."""
        self._own = self._commands()

    def _commands(self) -> Mapping[Command, Callable[[float], object]]:
        """What the show does itself, by command, at a clock time."""
        return {
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
            Command.SEARCH: lambda now: self._search(),
            Command.SETTINGS: lambda now: self._show_settings(),
            Command.EARLIER: lambda now: self._arrange(self._overlay.strip.shifted(self.mixer, -1)),
            Command.LATER: lambda now: self._arrange(self._overlay.strip.shifted(self.mixer, 1)),
            Command.UNDO: lambda now: self._watcher.undo(),
            Command.QUIT: self._quit,
        }

    @property
    def mixer(self) -> Mixer:
        """The current mixer."""
        return self._session.mixer

    def run(self, limits: Limits = Limits(), script: tuple[KeyPress, ...] = ()) -> None:
        """Play until a limit, the end key or a failure of the capture or painter thread, which is raised."""
        pending, started = list(script), self._clock()
        if self.mixer.real_part and self.stats.began is None:
            self._unpainted(started)
        while not self._lines.ending.is_set():
            with span("wait"):
                painted = self._session.paintings.take(TICK)
            now = self._clock()
            while pending and self.stats.began is not None and self.stats.elapsed(now) >= pending[0].seconds:
                self.press(pending.pop(0).key, now)
            with span("hands"):
                for event in self._window.poll():
                    self._happen(event, now)
                for action in self._console.take():
                    self.act(action, now)
                self._attend(now)
                self._listen(now)
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
            self._use(collection, now)
        for notice in self._watcher.notices():
            self._say(notice.text, now, notice.cure)
            place = self.mixer.find(notice.slug) if now < self._expected else None
            if place is not None:
                self._before[notice.slug] = self.mixer.style.slug
                self.act(Action(Command.STYLE, place + 1), now)
        self._session.watched = (self._newest is None or self._window.visible or self._window.projecting
                                 or not self._switches.outputs.unseen)
        for line in self._console.lines():
            self._say(line, now)
        while not self._session.troubles.empty():
            self._trouble(self._session.troubles.get(), now)
        undivided = self._session.painter.undivided
        if undivided is not None and self.mixer.room is not None:
            self._session.mixer = self.mixer.united()
            self._say(f"you and the room now share one look: {undivided.cause}", now, undivided.cure)
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

    def _use(self, collection: StyleCollection, now: float) -> None:
        """Other styles from now on; where the one that plays is gone, the one that played before it is back."""
        slug = self.mixer.style.slug
        self._session.mixer = self.mixer.with_favourites(collection.favourites).with_styles(collection.styles)
        self._overlay.use(collection)
        self._explorer.use(self.mixer.part, self._overlay.previews, now)
        before = self.mixer.find(self._before.get(slug, ""))
        if self.mixer.find(slug) is None and before is not None and self.mixer.preview is None:
            self.act(Action(Command.STYLE, before + 1), now)

    def _arrange(self, slugs: tuple[str, ...]) -> None:
        if slugs:
            self._watcher.arrange(slugs)

    def _conduct(self, now: float) -> None:
        try:
            self._move(Action(Command.CUE), self._player.attend(self.mixer, now), now)
        except (SettingsError, StyleError) as e:
            self._trouble(e, now)
        signs = (*self._console.signs, *self._player.signs, *(["output window"] if self._window.projecting else ()),
                 *(["stream"] if self._switches.outputs.is_on(STREAM) else ()))
        # The same tuple until its content changes: panels are redrawn for a new one.
        self._posted = self._posted if signs == self._posted else signs

    def _listen(self, now: float) -> None:
        """Let the mixer follow the beat of the sound."""
        beat = self._lines.beat(now)
        if beat is not self._beat:
            self._beat = beat
            bpm, at = (beat.bpm, beat.at) if beat else (None, now)
            self._session.mixer = self.mixer.hear(bpm, at, now)

    def _lead(self, now: float) -> None:
        """Let the look follow the pointer, path or drift on the map; the report keeps styles chosen by hand."""
        blend = self._explorer.needs(self.mixer.tempo.pushed(now, self.mixer.pulse))
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
            self._newest, self._console.picture = painted, painted.frame.image
            of_frame(painted.frame.number)
            self._window.project(painted.frame.image)
        self._look_ahead(now)
        chart = self._explorer.chart(self.mixer.part) if self._explorer.open and self._window.visible else None
        if self._window.visible and (painted is not None or self._overlay.changed(now, chart)):
            size = self._window.size
            with span("draw"):
                image = self._newest.frame.image if self._newest else self._overlay.waiting(size)
                layers = self._overlay.layers(size, self.mixer, now, self._measures, chart, self._signs)
            # The window is mirrored for the person, independent of the output.
            mirrored = self._newest is not None and self.mixer.mirror_window != self._newest.mirrored
            self._window.show(image, layers, mirrored)
        if painted is not None and painted.fresh:
            done = self._clock()
            self.stats.shown(done, painted.frame.born, done - began, now < _arrival(self.mixer),
                             painted.skipped)

    def _look_ahead(self, now: float) -> None:
        """Have the preview painted, while it is on and seen."""
        part, newest = self.mixer.part, self._session.capture.newest
        if part.preview is None:
            self._preview.close()
            self._overlay.preview = None
        elif newest is not None and self._window.visible:
            self._preview.ask(newest.image, part.preview.look(part.strength, part.color), now)
            self._overlay.preview = picture if (picture := self._preview.take()) is not None else self._overlay.preview
            trouble = self._preview.trouble()
            if trouble is not None:
                self._session.mixer = self.mixer.on_part(lambda one: one.with_preview(False))
                self._trouble(trouble, now)

    @property
    def _signs(self) -> Indicators:
        """Whether the window shows the real picture: also at the ends of a fade, and as a frozen picture."""
        newest, board = self._newest, self._settings.look(self._overlay.key_of.get(Command.SETTINGS, ""))
        if newest is None:
            return Indicators(self._explorer.word, mirrored=self.mixer.mirror_output, busy=self._session.busy,
                              more=self._posted, settings=board)
        return Indicators(self._explorer.word, (newest.strength < BARE, newest.room < BARE), newest.mirrored,
                          self._session.busy, self._posted, board)

    def _unpainted(self, now: float) -> None:
        """Give notice that the show starts with the real picture, or a part of it."""
        self.stats.changed(now, Command.BYPASS.value, REAL_PICTURE, 0.0)
        part, mixer = self.mixer.real_part, self.mixer.parts[-1] if self.mixer.real_part == "room" else self.mixer
        what = "picture" if part == "both" else part
        if mixer.bypassed:
            self._say(f"the real {what} is shown, because of --person or --room", now)
        else:
            self._say(f"the real {what} is shown: the strength is {mixer.strength * 100:.0f} %", now,
                      f"Use a strength of at least {LEAST:g}, or press the key that makes the style stronger.")

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
            self._mouse.move(event, now)
        elif isinstance(event, Wheel):
            self._overlay.turn(event.notches)
        elif isinstance(event, Click):
            self._click(event, now)
        elif isinstance(event, Drop) and not self._settings.take_folder(Path(event.path)):
            self._watcher.add(Path(event.path))
            self._expected = now + EXPECTED
        elif isinstance(event, OutputClosed):
            self._say(event.why, now)
        elif isinstance(event, Close):
            self._lines.ending.set()

    def _click(self, click: Click, now: float) -> None:
        if self._settings.shown:
            self._set(lambda: self._settings.click(self._window.size, click.x, click.y), now)
        else:
            self._say(self._mouse.click(click, now), now)

    def _mark(self, place: int, now: float) -> None:
        marked = self.mixer.toggle_favourite(self.mixer.styles[place].slug)
        self._move(Action(Command.FAVOURITE), marked, now)

    def _search(self) -> None:
        """Begin or end a search, which needs the strip and the keys for itself."""
        if self._explorer.open:
            self._explorer.toggle()
        self._settings.shown = False
        self._overlay.toggle_search()

    def _show_settings(self) -> None:
        self._overlay.search = None
        self._settings.shown = not self._settings.shown

    def _set(self, change: Callable[[], str | None], now: float) -> bool:
        """Do what a hand on the settings wants; whether it was for them."""
        self._overlay.look_again()
        try:
            line = change()
        except LiveStyleError as e:
            self._trouble(e, now)
            return True
        self._say(line or "", now)
        return line is not None

    def _typed(self, key: str, now: float) -> bool:
        """Whether a key belongs to the search."""
        search = self._overlay.search
        if search is None:
            return False
        if key in ("Enter", "Shift+Enter"):
            place = search.chosen(self.mixer.styles)
            if place is not None:
                self._overlay.toggle_search()
                self.act(Action(Command.STYLE, place + 1, key != "Enter"), now)
            return True
        typed = search.typed(key, self.mixer.styles)
        self._overlay.search = typed or search
        return typed is not None

    def press(self, key: str, now: float) -> None:
        """Do what the key table says of a key, if anything; while a style is searched, letters are for that."""
        if self._typed(key, now) or self._settings.shown and self._set(lambda: self._settings.press(key), now):
            return
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
        if mixer.favourites is not before.favourites:
            self._watcher.favour(mixer.favourites)
        if action.command in LOOKS and action.command is not Command.BYPASS:
            self._explorer.leave()
        moved = [part for part, old in zip(mixer.parts, before.parts) if part.look is not old.look]
        if action.command in LOOKS and moved or mixer.real_part != before.real_part:
            changed = moved[0] if moved else mixer.part
            name = REAL_PICTURE if changed.real else changed.title
            # In the report a style is a style, whichever of its numbers chose it.
            command = Command.STYLE if action.command is Command.SLOT else action.command
            self.stats.changed(now, command.value, name, changed.look.seconds)

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
        blend = part.chosen
        if blend.pure:
            self._say(f"{blend.name} is already a style", now, "Move to a point between styles on the map.")
            return
        # The new style equals the current look: nothing fades, and a drift goes on.
        self._watcher.keep(blend.parts, blend.name)

    def _see(self, now: float) -> None:
        newest = self._session.capture.newest
        if newest is None:
            self._say("the camera has not sent a picture yet", now)
            return
        self._watcher.see(newest.image, f"Camera {datetime.now():%H:%M}")
        self._expected = now + EXPECTED

    def _quit(self, now: float) -> None:
        """Close the topmost open panel; else end the show, after a second press if something is on."""
        on = [word for word, there in (("the recording", self._switches.recorded is not None),
                                       ("the virtual camera", self._switches.live),
                                       ("the stream", self._switches.outputs.is_on(STREAM)),
                                       ("the output window", self._window.projecting),
                                       (f"the {self._explorer.word}", self._explorer.leading)) if there]
        if self._overlay.helping:
            self._overlay.toggle_help()
        elif self._overlay.search is not None:
            self._overlay.toggle_search()
        elif self._settings.shown:
            self._settings.shown = False
        elif self._explorer.open:
            self._explorer.toggle()
        elif self._window.fills_screen:
            self._window.fullscreen()
        elif on and now - self._quit_asked > SURE:
            self._quit_asked = now
            again = self._overlay.key_of.get(Command.QUIT, "it")
            self._say(f"{' and '.join(on)} {'are' if len(on) > 1 else 'is'} on: press {again} again to end "
                      "the show", now)
        else:
            self._lines.ending.set()

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
