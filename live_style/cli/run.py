"""`live-style run`: paints a camera live."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import click

from live_style import __version__
from live_style.adaptive.stylizer import AdaptiveStylizer
from live_style.adaptive.stylizer import Requirements
from live_style.adaptive.stylizer import open_adaptive
from live_style.cli.microphones import Microphones
from live_style.cli.options import run_options
from live_style.cli.panel import Hardware
from live_style.cli.panel import requirements
from live_style.cli.panel import settings_panel
from live_style.cli.remotes import RemoteControls
from live_style.control.explorer import DRIFT
from live_style.control.explorer import MapExplorer
from live_style.control.mixer import Mixer
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import Console
from live_style.errors import LiveStyleError
from live_style.errors import ScreenError
from live_style.errors import SettingsError
from live_style.frame import Size
from live_style.imaging.placeholder import calm_card
from live_style.inference.style_predictor import Predictor
from live_style.inference.stylizer import OnnxStylizer
from live_style.inference.stylizer import open_stylizer
from live_style.interfaces import Source
from live_style.interfaces import Window
from live_style.look import Part
from live_style.pipeline.outputs import RECORDING
from live_style.pipeline.outputs import VCAM
from live_style.pipeline.report import facts_of
from live_style.pipeline.report import write_report
from live_style.pipeline.session import LiveSession
from live_style.redact import without_secrets
from live_style.settings import PartLook
from live_style.settings import RunSettings
from live_style.sources import open_source
from live_style.sources.camera import CameraInfo
from live_style.styles.collection import StyleCollection
from live_style.styles.collection import load_collection
from live_style.styles.predict import StyleMaker
from live_style.styles.preview import PreviewPainter
from live_style.styles.watcher import StyleWatcher
from live_style.system import paths
from live_style.system.calibration_cache import remember
from live_style.system.calibration_cache import remembered
from live_style.system.cpu import logical_cores
from live_style.system.cpu import processor_name
from live_style.system.malloc import keep_one_heap
from live_style.system.signals import ending_signals
from live_style.system.x11 import when_screen_is_lost
from live_style.telemetry.trace import MOST
from live_style.telemetry.trace import Trace
from live_style.telemetry.trace import write_trace
from live_style.threads.worker import Worker
from live_style.ui.app import Show
from live_style.ui.app import kept
from live_style.ui.preview import Preview
from live_style.ui.output_switches import OutputFolders
from live_style.ui.output_switches import OutputSwitches
from live_style.ui.overlay import Overlay
from live_style.ui.parts import Connections
from live_style.ui.parts import Limits
from live_style.ui.parts import UserInterface
from live_style.ui.set_list_player import SetListPlayer
from live_style.ui.window import NullWindow
from live_style.ui.window import PygameWindow

T = TypeVar("T")


@click.command()
@run_options
def run(settings: RunSettings) -> int:
    """Paint what the camera sees, in a window and a virtual camera."""
    keep_one_heap()
    with _traced(settings), contextlib.ExitStack() as stack:
        return _perform(settings, stack)


@contextlib.contextmanager
def _traced(settings: RunSettings) -> Iterator[None]:
    """Traces everything that runs inside, for the report, and writes the trace at the end, even after an error."""
    trace = Trace(MOST if settings.trace else 0)
    with trace.current() if settings.trace or settings.report else contextlib.nullcontext():
        try:
            yield
        finally:
            if settings.trace:
                write_trace(settings.trace, trace)


def _perform(settings: RunSettings, stack: contextlib.ExitStack) -> int:
    """Build the show from its parts, run it, and always close them in the opposite order."""
    ending = threading.Event()
    stack.enter_context(_signals(ending))
    opening = _beside(lambda: _adaptive(settings), stack)
    window = _window(settings)
    stack.callback(window.close)
    with contextlib.ExitStack() as unless_taken:
        source = _source(settings)
        unless_taken.callback(source.close)
        adaptive = opening()
        _introduce(adaptive.stylizer)
        watcher = _watcher(settings, adaptive.stylizer)
        session = LiveSession(source, adaptive, _mixer(settings, watcher.collection), size=settings.size,
                              fps=settings.fps, fit=settings.fit)
        unless_taken.pop_all()
    stack.callback(session.close)
    controls = RemoteControls(Console(), _say)
    stack.callback(controls.close)
    # Before anything is recorded: a port that is taken is found out at the start.
    controls.follow(settings)
    microphones = Microphones(session.outputs, controls.console.say, session.troubles.put)
    stack.callback(microphones.close)
    microphones.follow(settings.record_sound, settings.beat)
    interface = _interface(settings, window, watcher.collection, session, Hardware(controls, microphones))
    stack.callback(interface.preview.close)
    stack.callback(interface.settings.close)
    show = Show(session, watcher, interface, Connections(ending, _say, microphones.beat))
    stack.callback(watcher.close)
    stack.enter_context(when_screen_is_lost(lambda: _leave(settings, session, show, adaptive)))
    controls.say = controls.console.say
    _start(settings, session, watcher, show, interface.console)
    try:
        show.run(Limits(settings.frames, settings.seconds), settings.keys)
    finally:
        stack.close()
        _keep(settings, session, show, adaptive)
    for failure in session.outputs.failures:
        _tell(failure)
    return 2 if session.outputs.failures else 0


def _interface(settings: RunSettings, window: Window, collection: StyleCollection,
               session: LiveSession, hardware: Hardware) -> UserInterface:
    folders = OutputFolders(settings.recordings or paths.recordings_folder(), paths.snapshots_folder())
    overlay = Overlay(settings.key_table, collection)
    explorer = MapExplorer(collection.styles, overlay.previews, settings.drift or DRIFT)
    switches = OutputSwitches(session.outputs, folders, settings.vcam_device)

    def small(size: Size) -> OnnxStylizer:
        # One thread of the processor, whatever paints the show: it takes as little from the show as can be.
        model = session.painter.stylizer.info().model
        return open_stylizer(paths.models_folder(), size, settings.fps, model, size, "cpu", threads=1)

    return UserInterface(window, overlay, settings.key_table, explorer, switches, hardware.controls.console,
                         SetListPlayer(settings.setlist, session.mixer, _rest(settings)), Preview(small),
                         settings_panel(settings, window, session, switches, hardware))


def _rest(settings: RunSettings) -> Part:
    """Whose look is changed by cues that do not say so: of two looks the one that no option has set."""
    if settings.person is None:
        return "both" if settings.room is None else "person"
    return "room" if settings.room is None else "both"


def _start(settings: RunSettings, session: LiveSession, watcher: StyleWatcher, show: Show, console: Console) -> None:
    """Start everything, the camera last."""
    outputs = session.outputs
    if settings.vcam:
        outputs.start_vcam(settings.vcam_device)
    if settings.record:
        outputs.start_recording(settings.record)
        # A user who asks for a recording does not want a show without one.
        outputs.ensure(RECORDING)
    if settings.stream:
        outputs.start_stream(settings.stream, console.say)
    if settings.vcam and settings.headless and not settings.record:
        outputs.ensure(VCAM)
    if settings.output_window is not None:
        show.act(Action(Command.OUTPUT), time.perf_counter())
    watcher.start()
    session.start()
    if settings.drift:
        show.act(Action(Command.DRIFT), time.perf_counter())


def _keep(settings: RunSettings, session: LiveSession, show: Show, adaptive: AdaptiveStylizer) -> None:
    """Save what outlives the show, however it ended: camera and quality level for the next start, and the report."""
    for path in session.outputs.finished():
        _say(kept(path))
    if proven := adaptive.proven():
        remember(_situation(adaptive.needs), proven)
    if isinstance(camera := session.source.info(), CameraInfo):
        paths.remember_camera(camera.name)
    if settings.report:
        write_report(settings.report, facts_of(session, show.stats))


def _leave(settings: RunSettings, session: LiveSession, show: Show, adaptive: AdaptiveStylizer) -> None:
    """End what can still be ended in order after the screen was lost: recordings, cameras, streams."""
    _tell(ScreenError("the connection to the screen was lost",
                      "Start the show again; with --headless it needs no screen."))
    session.close()
    _keep(settings, session, show, adaptive)


def _say(line: str) -> None:
    click.echo(without_secrets(f"live-style: {line}"), err=True)


def _tell(error: LiveStyleError) -> None:
    _say(error.cause + (f"\n  {error.cure}" if error.cure else ""))


def _window(settings: RunSettings) -> Window:
    if settings.headless:
        if settings.output_window is not None:
            raise SettingsError("--output-window cannot be used without the main window", "Omit --headless.")
        return NullWindow(settings.size)
    window = PygameWindow("live-style", settings.size, settings.output_window or 0)
    if settings.fullscreen:
        window.fullscreen()
    window.show(calm_card(settings.size, "live-style", "loading the networks"))
    return window


def _adaptive(settings: RunSettings) -> AdaptiveStylizer:
    needs = requirements(settings)
    known = remembered(_situation(needs))
    adaptive = open_adaptive(needs, known)
    if adaptive.chosen() and not known:
        remember(_situation(needs), adaptive.chosen())
    return adaptive


def _situation(needs: Requirements) -> str:
    """The key under which the quality level that keeps up is remembered."""
    return ", ".join(map(str, (__version__, processor_name(), logical_cores(), *needs[1:6], needs.prefer)))


def _beside(work: Callable[[], T], stack: contextlib.ExitStack) -> Callable[[], T]:
    """Start some work in a thread; the returned function waits for its result, or raises its error."""
    found: list[T] = []
    worker = Worker("opening", lambda stopping: found.append(work()))
    worker.start()
    # Python that ends while a library starts its threads would abort; on a busy machine it takes long to open.
    stack.callback(worker.stop, 60.0)

    def result() -> T:
        worker.stop(threading.TIMEOUT_MAX)
        worker.check()
        return found[0]

    return result


def _introduce(stylizer: OnnxStylizer) -> None:
    for word in (f"painting with {stylizer.why}", stylizer.note, stylizer.cure):
        if word:
            _say(word)


def _source(settings: RunSettings) -> Source:
    source, notice = open_source(settings.camera, settings.size, settings.fps, paths.remembered_camera())
    if notice:
        _say(notice)
    return source


def _watcher(settings: RunSettings, stylizer: OnnxStylizer) -> StyleWatcher:
    """The styles, with those of the user's folder, and the watcher that adds new ones during the show."""
    shipped, problems = load_collection((paths.styles_folder(),), stylizer.space)
    for problem in problems:
        _say(problem)
    maker = StyleMaker(lambda: Predictor(paths.models_folder(), threads=1), stylizer.space, paths.cache_folder())
    watcher = StyleWatcher(settings.styles or paths.user_styles_folder(), shipped, maker, stylizer.space,
                           paths.cache_folder(), PreviewPainter(paths.models_folder(), stylizer.model))
    watcher.learn()
    return watcher


def _mixer(settings: RunSettings, collection: StyleCollection) -> Mixer:
    def worn(mixer: Mixer, part: PartLook | None) -> Mixer:
        if part is None:
            return mixer
        position = collection.styles.index(collection.find(part.style)) if part.style else mixer.position
        strength = part.strength if part.style else mixer.strength
        return replace(mixer, position=position, strength=strength, bypassed=not part.style).cut(0.0)

    position = collection.styles.index(collection.find(settings.style)) if settings.style else 0
    mixer = Mixer(collection.styles, position, settings.strength, settings.preserve_color, settings.fade,
                  mirror_window=settings.mirror, favourites=collection.favourites, pulse=settings.pulse,
                  quick_pulse=settings.quick_pulse)
    if settings.person is None and settings.room is None:
        return mixer
    return (mixer.toggle_two_looks(0.0).on_part(lambda one: worn(one, settings.room), "room")
            .on_part(lambda one: worn(one, settings.person), "person"))


@contextlib.contextmanager
def _signals(ending: threading.Event) -> Iterator[None]:
    """A signal ends the show in order, so that recordings are finished and cameras are closed."""
    before = {number: signal.signal(number, lambda number, frame: ending.set())
              for number in ending_signals()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
