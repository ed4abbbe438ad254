"""The show: the main thread, which connects the user's actions with the other threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from live_style.control.keys import Press
from live_style.control.mixer import BARE
from live_style.control.mixer import LOOKS
from live_style.control.mixer import MOVES
from live_style.control.mixer import Desk
from live_style.control.mixer import fade_seconds
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import LEAST
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
from live_style.pipeline.session import LiveSession
from live_style.interfaces import Wheel
from live_style.pipeline.session_stats import SessionStats
from live_style.pipeline.stylize import Painted
from live_style.styles.collection import Gallery
from live_style.styles.watcher import StyleWatcher
from live_style.telemetry.trace import of_frame
from live_style.telemetry.trace import span
from live_style.ui.camera_status import Watch
from live_style.ui.conductor import CUES
from live_style.ui.overlay import Measures
from live_style.ui.overlay import Signs
from live_style.ui.panels.now import Slider
from live_style.ui.panels.stats import Stats
from live_style.ui.parts import Booth
from live_style.ui.parts import Limits
from live_style.ui.parts import Lines
from live_style.ui.remotes import ROAMS
from live_style.ui.remotes import Remotes

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
    """Runs the main loop: keys move the desk, the newest painting goes to the window. Main thread only."""

    def __init__(self, session: LiveSession, studio: StyleWatcher, booth: Booth, lines: Lines,
                 clock: Callable[[], float] = time.perf_counter) -> None:
        self.tally = SessionStats()
        self._session, self._studio = session, studio
        self._window, self._hud, self._keys, self._roam, self._takes, self._console, self._conductor, self._preview = booth
        self._remotes = Remotes(booth)
        self._lines, self._clock = lines, clock
        self._newest: Painted | None = None
        self._watch = Watch()
        self._posted: tuple[str, ...] = ()
        """Texts that the window always shows."""
        self.unseen = False
        """Whether the output is unwatched: no window, no recording, and no reader of the virtual camera."""
        self.busy: Callable[[], bool] = lambda: False
        """Whether other programs keep the computer busy and the quality is reduced."""
        self._quit_asked, self._expected = -SURE, 0.0
        self._grip: Slider | None = None
        """The slider that is dragged with the mouse."""
        self._tile: int | None = None
        """The style in the strip that the mouse holds: let go of, it is chosen, or has moved."""
        self._before: dict[str, str] = {}
        """The style that played before each one that was added."""
        self._own = self._commands()

    def _commands(self) -> Mapping[Command, Callable[[float], object]]:
        """What the show does itself, by command, at a clock time."""
        return {
            Command.FULLSCREEN: lambda now: self._window.fullscreen(),
            Command.OUTPUT: lambda now: self._say(self._window.toggle_output(), now),
            Command.PANELS: lambda now: self._hud.toggle_panels(),
            Command.STATS: lambda now: self._hud.toggle_stats(),
            Command.STRIP: lambda now: self._hud.toggle_strip(),
            Command.HELP: lambda now: self._hud.toggle_help(),
            Command.RELOAD: lambda now: self._studio.reload(),
            Command.VCAM: lambda now: self._say(self._takes.toggle_vcam(), now),
            Command.RECORD: lambda now: self._say(self._takes.toggle_recording(), now),
            Command.SNAPSHOT: self._snapshot,
            Command.MAP: lambda now: self._roam.toggle(),
            Command.DRIFT: self._drift,
            Command.PATH: self._path,
            Command.KEEP_STYLE: self._keep,
            Command.CAMERA_STYLE: self._see,
            Command.SEARCH: lambda now: self._hud.toggle_search(),
            Command.EARLIER: lambda now: self._arrange(self._hud.strip.shifted(self.desk, -1)),
            Command.LATER: lambda now: self._arrange(self._hud.strip.shifted(self.desk, 1)),
            Command.UNDO: lambda now: self._studio.undo(),
            Command.QUIT: self._quit,
        }

    @property
    def desk(self) -> Desk:
        """The current desk."""
        return self._session.desk

    def run(self, limits: Limits = Limits(), script: tuple[Press, ...] = ()) -> None:
        """Play until a limit, the end key or a failure of the capture or painter thread, which is raised."""
        pending, started = list(script), self._clock()
        if self.desk.real and self.tally.began is None:
            self._unpainted(started)
        while not self._lines.ending.is_set():
            with span("wait"):
                painted = self._session.preview.take(TICK)
            now = self._clock()
            while pending and self.tally.began is not None and self.tally.elapsed(now) >= pending[0].seconds:
                self.press(pending.pop(0).key, now)
            with span("hands"):
                for event in self._window.poll():
                    self._happen(event, now)
                for action in self._console.take():
                    self.act(action, now)
                self._attend(now)
                self._conduct(now)
                self._lead(now)
                self._remotes.tell(self.desk, self._conductor.state())
            with span("present"):
                self._present(painted, now)
            if self._reached(limits, started + PATIENCE):
                return

    def _reached(self, limits: Limits, latest: float) -> bool:
        frames, seconds = limits
        elapsed = self._clock() - (self.tally.began or latest)
        return (frames is not None and self.tally.latency.count >= frames
                or seconds is not None and elapsed >= seconds)

    def _attend(self, now: float) -> None:
        """Check the threads."""
        self._session.check()
        for failure in self._takes.outputs.check():
            self._trouble(failure, now)
        for path in self._takes.outputs.finished():
            self._say(kept(path), now)
        gallery = self._studio.take()
        if gallery is not None:
            self._use(gallery, now)
        for notice in self._studio.notices():
            self._say(notice.text, now, notice.cure)
            place = self.desk.find(notice.slug) if now < self._expected else None
            if place is not None:
                self._before[notice.slug] = self.desk.style.slug
                self.act(Action(Command.STYLE, place + 1), now)
        self.unseen = (self._newest is not None and not self._window.visible and not self._window.projecting
                       and self._takes.outputs.unseen)
        for line in self._console.lines():
            self._say(line, now)
        while not self._session.troubles.empty():
            self._trouble(self._session.troubles.get(), now)
        capture = self._session.capture
        watch, before = Watch(capture.lost(now), capture.dark(now)), self._watch
        self._watch = watch
        for word in watch.words(before, capture.trouble):
            self._say(word.line, now, word.cure)
        if watch.lost and not before.lost and self._newest is None:
            # Viewers of the feed shall see that it is on, even before the first picture.
            card = calm_card(self._session.size, "live-style", "the camera will be back soon")
            self._takes.outputs.put(Frame(card, 0, now))
            self._window.project(card)

    def _use(self, gallery: Gallery, now: float) -> None:
        """Other styles from now on; where the one that plays is gone, the one that played before it is back."""
        slug = self.desk.style.slug
        self._session.desk = self.desk.with_favourites(gallery.favourites).with_styles(gallery.styles)
        self._hud.use(gallery)
        self._roam.use(self.desk, self._hud.previews, now)
        before = self.desk.find(self._before.get(slug, ""))
        if self.desk.find(slug) is None and before is not None and self.desk.preview is None:
            self.act(Action(Command.STYLE, before + 1), now)

    def _arrange(self, slugs: tuple[str, ...]) -> None:
        if slugs:
            self._studio.arrange(slugs)

    def _conduct(self, now: float) -> None:
        try:
            self._move(Action(Command.CUE), self._conductor.attend(self.desk, now), now)
        except (SettingsError, StyleError) as e:
            self._trouble(e, now)
        signs = (*self._console.signs, *self._conductor.signs, *(["output window"] if self._window.projecting else ()))
        # The same tuple until its content changes: panels are redrawn for a new one.
        self._posted = self._posted if signs == self._posted else signs

    def _lead(self, now: float) -> None:
        """Let the look follow the pointer, path or drift on the map; the report keeps styles chosen by hand."""
        blend = self._roam.wish(now)
        if blend is None:
            return
        before = self.desk.title
        self._session.desk = desk = self.desk.lead(blend, now, self._roam.eye)
        if desk.blend is None and desk.title != before and not self._roam.leading:
            self.tally.changed(now, Command.MAP.value, desk.title, round(desk.look.seconds, 2))

    def _present(self, painted: Painted | None, now: float) -> None:
        began = self._clock()
        if painted is not None:
            self._newest = painted
            of_frame(painted.frame.number)
            self._window.project(painted.frame.image)
        self._look_ahead(now)
        chart = self._roam.chart(self.desk) if self._roam.open and self._window.visible else None
        if self._window.visible and (painted is not None or self._hud.changed(now, chart)):
            size = self._window.size
            with span("draw"):
                image = self._newest.frame.image if self._newest else self._hud.waiting(size)
                layers = self._hud.layers(size, self.desk, now, self._measures, chart, self._signs)
            # The preview is mirrored for the person, independent of the output.
            mirrored = self._newest is not None and self.desk.mirror_preview != self._newest.mirrored
            self._window.show(image, layers, mirrored)
        if painted is not None and painted.fresh:
            done = self._clock()
            self.tally.shown(done, painted.frame.born, done - began, now < _arrival(self.desk))

    def _look_ahead(self, now: float) -> None:
        """Have the preview painted, while it is on and seen."""
        desk, newest = self.desk, self._session.capture.newest
        if desk.preview is None:
            self._preview.close()
            self._hud.preview = None
        elif newest is not None and self._window.visible:
            self._preview.ask(newest.image, desk.preview.look(desk.strength, desk.color), now)
            self._hud.preview = picture if (picture := self._preview.take()) is not None else self._hud.preview
            trouble = self._preview.trouble()
            if trouble is not None:
                self._session.desk = desk.with_preview(False)
                self._trouble(trouble, now)

    @property
    def _signs(self) -> Signs:
        """Whether the window shows the real picture: also at the ends of a fade, and as a frozen picture."""
        newest = self._newest
        if newest is None:
            return Signs(self._roam.word, mirrored=self.desk.mirror_output, busy=self.busy(), more=self._posted)
        return Signs(self._roam.word, newest.strength < BARE, newest.mirrored, self.busy(), self._posted)

    def _unpainted(self, now: float) -> None:
        """Give notice that the show starts with the real picture."""
        self.tally.changed(now, Command.BYPASS.value, REAL_PICTURE, 0.0)
        self._say(f"the real picture is shown: the strength is {self.desk.strength * 100:.0f} %", now,
                  f"Use a strength of at least {LEAST:g}, or press the key for stronger.")

    def _measures(self) -> Measures:
        latency = self.tally.latency.spread()
        painting = self._session.painter.stylizer.info()
        stats = Stats(fps=round(self.tally.latency.fps(self._clock()), 1), p50=latency.p50, p95=latency.p95,
                      dropped=self._session.capture.frames.dropped, audio=round(latency.p50 / 10) * 10,
                      provider=painting.provider.upper(), model=painting.model, net_size=painting.net_size)
        return Measures(stats, self._takes.recorded, self._takes.live)

    def _happen(self, event: Event, now: float) -> None:
        if isinstance(event, Key):
            self.press(event.name, now)
        elif isinstance(event, Pointer):
            self._grip = self._grip if event.held else None
            if self._tile is not None:
                self._carry(event, now)
            elif self._grip is not None:
                self._slide(self._grip, event.x, now)
            else:
                self._roam.point(self._hud.place(event.x, event.y), now)
        elif isinstance(event, Wheel):
            self._hud.turn(event.notches)
        elif isinstance(event, Click):
            self._click(event, now)
        elif isinstance(event, Drop):
            self._studio.add(Path(event.path))
            self._expected = now + EXPECTED
        elif isinstance(event, OutputClosed):
            self._say(event.why, now)
        elif isinstance(event, Close):
            self._lines.ending.set()

    def _click(self, click: Click, now: float) -> None:
        chosen = self._hud.hit(click.x, click.y)
        self._grip = None if click.right else self._hud.slider(click.x, click.y)
        if self._grip is not None:
            self._slide(self._grip, click.x, now)
        elif not self._roam.open:
            if chosen is not None and click.right:
                slug = self.desk.styles[chosen].slug
                self._move(Action(Command.FAVOURITE), self.desk.with_favourites(self.desk.favourites ^ {slug}), now)
            elif chosen is not None:
                self._tile = chosen
            elif not click.right:
                self._hud.arrow(click.x, click.y)
        elif not click.right:
            self._roam.click(self._hud.place(click.x, click.y), now)
        elif chosen is not None and not self._roam.pin(chosen):
            self._say("four styles are pinned: right-click one to unpin it", now)

    def _carry(self, pointer: Pointer, now: float) -> None:
        """Move the tile that the mouse holds; let go of where it was, its style is chosen."""
        tile = self._tile
        if pointer.held and tile is not None:
            if self._hud.search is None:
                self._hud.carry(tile, pointer.x, pointer.y)
            return
        self._tile = None
        moved = self._hud.strip.moving
        self._arrange(self._hud.strip.put_down())
        self._hud.look_again()
        if not moved and tile is not None and tile == self._hud.hit(pointer.x, pointer.y):
            self._hud.search = None
            self.act(Action(Command.STYLE, tile + 1), now)

    def _typed(self, key: str, now: float) -> bool:
        """Whether a key belongs to the search."""
        search = self._hud.search
        if search is None:
            return False
        if key in ("Enter", "Shift+Enter"):
            place = search.chosen(self.desk.styles)
            if place is not None:
                self._hud.toggle_search()
                self.act(Action(Command.STYLE, place + 1, key != "Enter"), now)
            return True
        typed = search.typed(key, self.desk.styles)
        self._hud.search = typed or search
        return typed is not None

    def _slide(self, slider: Slider, x: int, now: float) -> None:
        share = self._hud.share(slider, x)
        self.act(action_of(Command.STRENGTH, share) if slider == "strength"
                 else action_of(Command.FADE, fade_seconds(share)), now)

    def press(self, key: str, now: float) -> None:
        """Do what the key table says of a key, if anything; while a style is searched, letters are for that."""
        if self._typed(key, now):
            return
        action = self._keys.action(key)
        if action is not None:
            self.act(action, now)

    def act(self, action: Action, now: float) -> None:
        """Do the action of a key or a click."""
        if self._remotes.stands(action):
            return
        self._hud.look_again()
        try:
            move = MOVES.get(action.command)
            if move is not None:
                self._move(action, move(self.desk, action, now), now)
            elif action.command in ROAMS:
                self._remotes.roam(action, self.desk)
            elif action.command in CUES:
                self._move(Action(Command.CUE), self._conductor.act(action, self.desk, now), now)
            else:
                self._own[action.command](now)
        except (ScreenError, SettingsError, SinkError, StyleError) as e:
            self._trouble(e, now)

    def _move(self, action: Action, desk: Desk, now: float) -> None:
        before = self.desk
        if desk is before:
            return
        self._session.desk = desk
        if desk.favourites is not before.favourites:
            self._studio.favour(desk.favourites)
        if action.command in LOOKS and action.command is not Command.BYPASS:
            self._roam.leave()
        if action.command in LOOKS and desk.look is not before.look or desk.real is not before.real:
            name = REAL_PICTURE if desk.real else desk.title
            self.tally.changed(now, action.command.value, name, desk.look.seconds)

    def _snapshot(self, now: float) -> None:
        if self._newest is not None:
            self._say(self._takes.snapshot(self._newest, self.desk), now)

    def _drift(self, now: float) -> None:
        self._say(self._roam.drift(self.desk, now), now)
        self._led(Command.DRIFT, now)

    def _path(self, now: float) -> None:
        self._say(self._roam.record(now), now)
        self._led(Command.PATH, now)

    def _led(self, command: Command, now: float) -> None:
        if self._roam.leading:
            self.tally.changed(now, command.value, self.desk.title, 0.0)

    def _keep(self, now: float) -> None:
        blend = self.desk.chosen
        if blend.pure:
            self._say(f"{blend.name} is already a style", now, "Go to a place between styles on the map.")
            return
        # The new style equals the current look: nothing fades, and a drift goes on.
        self._studio.keep(blend.parts, blend.name)

    def _see(self, now: float) -> None:
        newest = self._session.capture.newest
        if newest is None:
            self._say("the camera has sent no picture yet", now)
            return
        self._studio.see(newest.image, f"Camera {datetime.now():%H:%M}")
        self._expected = now + EXPECTED

    def _quit(self, now: float) -> None:
        """Close the topmost open panel; else end the show, after a second press if something is on."""
        on = [word for word, there in (("the recording", self._takes.recorded is not None),
                                       ("the virtual camera", self._takes.live),
                                       ("the output window", self._window.projecting),
                                       (f"the {self._roam.word}", self._roam.leading)) if there]
        if self._hud.helping:
            self._hud.toggle_help()
        elif self._hud.search is not None:
            self._hud.toggle_search()
        elif self._roam.open:
            self._roam.toggle()
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
            self._hud.notice(line, cure, now)
            self._lines.tell(f"{line}\n  {cure}" if cure else line)

    def _trouble(self, error: LiveStyleError, now: float) -> None:
        self._say(error.cause, now, error.cure)


def kept(path: Path) -> str:
    """The notice about a finished recording."""
    return f"recording saved: {path}"


def _arrival(desk: Desk) -> float:
    return desk.look.began + desk.look.seconds
