"""`live-style run`: the main job."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import TypeVar

import click

from live_style import __version__
from live_style.adaptive.stylizer import Gearbox
from live_style.adaptive.stylizer import Wish
from live_style.adaptive.stylizer import open_gearbox
from live_style.cli.options import run_options
from live_style.cli.remotes import remotes
from live_style.control.explorer import DRIFT
from live_style.control.explorer import Roam
from live_style.control.mixer import Desk
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.control.surface import Console
from live_style.errors import LiveStyleError
from live_style.errors import ProviderError
from live_style.imaging.placeholder import calm_card
from live_style.inference.style_predictor import Predictor
from live_style.inference.stylizer import OnnxStylizer
from live_style.interfaces import Source
from live_style.interfaces import Stylizer
from live_style.interfaces import Window
from live_style.pipeline.capture import Capture
from live_style.pipeline.outputs import RECORDING
from live_style.pipeline.outputs import VCAM
from live_style.pipeline.outputs import Outputs
from live_style.pipeline.report import facts_of
from live_style.pipeline.report import write_report
from live_style.pipeline.stylize import Painted
from live_style.pipeline.stylize import Painter
from live_style.redact import without_secrets
from live_style.settings import RunSettings
from live_style.sources import open_source
from live_style.styles.collection import Gallery
from live_style.styles.collection import load_gallery
from live_style.styles.predict import Maker
from live_style.styles.preview import Painting
from live_style.styles.watcher import Studio
from live_style.system import paths
from live_style.system.calibration_cache import remember
from live_style.system.calibration_cache import remembered
from live_style.system.cpu import logical_cores
from live_style.system.cpu import processor_name
from live_style.system.malloc import keep_one_heap
from live_style.telemetry.trace import MOST
from live_style.telemetry.trace import Trace
from live_style.telemetry.trace import write_trace
from live_style.threads.slot import Slot
from live_style.threads.worker import Stage
from live_style.ui.app import Show
from live_style.ui.app import kept
from live_style.ui.conductor import Conductor
from live_style.ui.overlay import Hud
from live_style.ui.parts import Booth
from live_style.ui.parts import Crew
from live_style.ui.parts import Limits
from live_style.ui.parts import Lines
from live_style.ui.parts import Posted
from live_style.ui.recording import Folders
from live_style.ui.recording import Takes
from live_style.ui.window import NullWindow
from live_style.ui.window import PygameWindow

T = TypeVar("T")


@click.command()
@run_options
def run(settings: RunSettings) -> int:
    """Paint the camera's picture, in a window and in the virtual camera."""
    keep_one_heap()
    with _traced(settings), contextlib.ExitStack() as stack:
        return _perform(settings, stack)


@contextlib.contextmanager
def _traced(settings: RunSettings) -> Iterator[None]:
    """A trace of all that is done within: for the report, and to be written at the end, however that came."""
    trace = Trace(MOST if settings.trace else 0)
    with trace.current() if settings.trace or settings.report else contextlib.nullcontext():
        try:
            yield
        finally:
            if settings.trace:
                write_trace(settings.trace, trace)


def _perform(settings: RunSettings, stack: contextlib.ExitStack) -> int:
    """Build the show from its parts, play it, and take it down in the opposite order, whatever happens."""
    ending = threading.Event()
    stack.enter_context(_signals(ending))
    opening = _beside(lambda: _gearbox(settings), stack)
    window = _window(settings)
    stack.callback(window.close)
    source = _source(settings)
    capture = Capture(source, settings.size, settings.fit)
    stack.callback(capture.stop)
    situation, gears = opening()
    _introduce(gears.stylizer)
    studio = _studio(settings, gears.stylizer)
    desk = _desk(settings, studio.gallery)
    outputs, preview, posted = Outputs(settings.size, settings.fps), Slot[Painted](), Posted()

    def publish(painted: Painted) -> None:
        preview.put(painted)
        outputs.put(painted.frame)

    painter = Painter(capture.frames, gears.stylizer, desk, publish, lambda error: _rescue(error, gears, posted),
                      gears.after)
    gears.tell = posted.put
    stack.callback(gears.stop)
    stack.callback(painter.stop)
    stack.callback(_finish, outputs)
    booth = _booth(settings, window, studio.gallery, outputs, desk)
    show = Show(Crew(capture, painter, preview, studio), booth, Lines(posted, ending, _say), settings.size)
    stack.callback(studio.close)
    gears.start()
    capture.resting = lambda: painter.idle or show.unseen
    _start(settings, outputs, studio, painter, capture, show)
    try:
        _play(settings, show, booth)
    finally:
        stack.close()
        _keep(settings, source.facts(), capture, painter, outputs, show, gears, situation)
    for failure in outputs.failures:
        _tell(failure)
    return 2 if outputs.failures else 0


def _play(settings: RunSettings, show: Show, booth: Booth) -> None:
    with remotes(settings, booth.console, _say):
        show.run(Limits(settings.frames, settings.seconds), settings.keys)


def _booth(settings: RunSettings, window: Window, gallery: Gallery, outputs: Outputs, desk: Desk) -> Booth:
    folders = Folders(paths.recordings_folder(), paths.snapshots_folder())
    hud, takes = Hud(settings.key_table, gallery), Takes(outputs, folders, settings.vcam_device)
    return Booth(window, hud, settings.key_table, Roam(gallery.styles, hud.previews, settings.drift or DRIFT), takes,
                 Console(), Conductor(settings.setlist, desk))


def _start(settings: RunSettings, outputs: Outputs, studio: Studio, painter: Painter, capture: Capture,
           show: Show) -> None:
    """Set everything going, the camera last: its first frame finds the rest ready."""
    if settings.vcam:
        outputs.start_vcam(settings.vcam_device)
    if settings.record:
        outputs.start_recording(settings.record)
        # Whoever asks for a recording of this show does not want a show without one.
        outputs.ensure(RECORDING)
    if settings.vcam and settings.headless and not settings.record:
        outputs.ensure(VCAM)
    studio.start()
    painter.start()
    capture.start()
    if settings.drift:
        show.act(Action(Command.DRIFT), time.perf_counter())


def _keep(settings: RunSettings, camera: Mapping[str, object], capture: Capture, painter: Painter, outputs: Outputs,
          show: Show, gears: Gearbox, situation: str) -> None:
    """What is to be known after the show, however it ended: camera and step, for the next one, and the report."""
    if proven := gears.proven():
        remember(situation, proven)
    if camera.get("kind") == "camera":
        paths.remember_camera(str(camera.get("name", "")))
    if settings.report:
        write_report(settings.report,
                     facts_of(camera, capture, painter, outputs, show.tally, settings.size, gears.facts()))


def _finish(outputs: Outputs) -> None:
    """Close what is fed, and say where the recordings are."""
    outputs.close()
    for path in outputs.finished():
        _say(kept(path))


def _say(line: str) -> None:
    click.echo(without_secrets(f"live-style: {line}"), err=True)


def _tell(error: LiveStyleError) -> None:
    _say(error.cause + (f"\n  {error.cure}" if error.cure else ""))


def _window(settings: RunSettings) -> Window:
    if settings.headless:
        return NullWindow(settings.size)
    window = PygameWindow("live-style", settings.size)
    window.show(calm_card(settings.size, "live-style", "getting the brushes ready"))
    return window


def _gearbox(settings: RunSettings) -> tuple[str, Gearbox]:
    """The networks, and the name of the situation under which the step that keeps up is remembered."""
    wish = Wish(paths.models_folder(), settings.size, settings.fps, settings.model, settings.net_size,
                settings.provider, settings.smooth)
    situation = ", ".join(map(str, (__version__, processor_name(), logical_cores(), *wish[1:6])))
    known = remembered(situation)
    gears = open_gearbox(wish, known)
    if gears.chosen() and not known:
        remember(situation, gears.chosen())
    return situation, gears


def _beside(work: Callable[[], T], stack: contextlib.ExitStack) -> Callable[[], T]:
    """Begin some work in a thread of its own; what is given back waits for its result, or raises its error."""
    found: list[T] = []
    stage = Stage("opening", lambda stopping: found.append(work()))
    stage.start()
    stack.callback(stage.stop)

    def result() -> T:
        stage.stop(threading.TIMEOUT_MAX)
        stage.check()
        return found[0]

    return result


def _introduce(stylizer: OnnxStylizer) -> None:
    for word in (stylizer.why, stylizer.note, stylizer.cure):
        if word:
            _say(word)


def _source(settings: RunSettings) -> Source:
    source, notice = open_source(settings.camera, settings.size, settings.fps, paths.remembered_camera())
    if notice:
        _say(notice)
    return source


def _rescue(error: ProviderError, gears: Gearbox, posted: Posted) -> Stylizer:
    """The CPU takes over when the processor is lost, unless that one was asked for by name."""
    if gears.wish.provider != "auto":
        raise error
    stylizer = gears.rescue()
    posted.put(ProviderError(f"{error.cause} - the CPU goes on with the show", error.cure))
    return stylizer


def _studio(settings: RunSettings, stylizer: OnnxStylizer) -> Studio:
    """The styles, those of the user's folder included, and what makes new ones beside the show."""
    shipped, problems = load_gallery((paths.styles_folder(),), stylizer.space)
    for problem in problems:
        _say(problem)
    maker = Maker(lambda: Predictor(paths.models_folder(), threads=1), stylizer.space, paths.cache_folder())
    studio = Studio(settings.styles or paths.user_styles_folder(), shipped, maker, stylizer.space,
                    paths.cache_folder(), Painting(paths.models_folder(), stylizer.model))
    studio.learn()
    return studio


def _desk(settings: RunSettings, gallery: Gallery) -> Desk:
    position = gallery.styles.index(gallery.find(settings.style)) if settings.style else 0
    return Desk(gallery.styles, position, settings.strength, settings.preserve_color, settings.fade,
                mirror_preview=settings.mirror)


@contextlib.contextmanager
def _signals(ending: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM are wishes to end, so that recordings are finished and cameras let go."""
    before = {number: signal.signal(number, lambda number, frame: ending.set())
              for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
