"""The rows of the settings panel: what of `live-style run` can be changed while the show runs, and how."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from typing import TypeVar

from live_style.adaptive.stylizer import AdaptiveStylizer
from live_style.adaptive.stylizer import Requirements
from live_style.cli.microphones import Microphones
from live_style.cli.remotes import RemoteControls
from live_style.errors import RemoteError
from live_style.errors import SourceError
from live_style.frame import Image
from live_style.frame import size_text
from live_style.imaging.opencv import quick_resize
from live_style.inference.model_files import MODELS
from live_style.inference.net_size import ladder
from live_style.interfaces import Window
from live_style.pipeline.session import LiveSession
from live_style.settings import RunSettings
from live_style.settings import save_config
from live_style.sources import open_source
from live_style.sources.camera import CameraInfo
from live_style.sources.devices import Camera
from live_style.sources.devices import list_cameras
from live_style.system import paths
from live_style.threads.worker import Worker
from live_style.ui.camera_pictures import SIZE
from live_style.ui.camera_pictures import CameraPictures
from live_style.ui.output_switches import OutputSwitches
from live_style.ui.settings_panel import CameraViews
from live_style.ui.settings_panel import Choice
from live_style.ui.settings_panel import Row
from live_style.ui.settings_panel import SettingsPanel

T = TypeVar("T")
DEMO = "demo"
GLANCE, LOOK = 0.25, 2.0
"""Seconds between two pictures of the camera in use, and between two looks at what is plugged in."""
ON_OFF = (Choice("off", False), Choice("on", True))


def requirements(settings: RunSettings) -> Requirements:
    """What the settings require of the stylizer."""
    return Requirements(paths.models_folder(), settings.size, settings.fps, settings.model, settings.net_size,
                        settings.provider, settings.smooth, settings.prefer)


class Hardware(NamedTuple):
    """What is plugged in or connected."""

    controls: RemoteControls
    microphones: Microphones


def settings_panel(settings: RunSettings, window: Window, session: LiveSession, switches: OutputSwitches,
                   hardware: Hardware) -> SettingsPanel:
    """The panel for a show; nothing is opened or listed before it is shown."""
    pictures = CameraPictures(list_cameras, lambda: _path_of(session))
    rows = (*_inputs(session, pictures), *_outputs(window, session, switches), *_sound(hardware.microphones),
            *_quality(settings, session.adaptive), *_controls(hardware.controls))
    return SettingsPanel(settings, rows, _views(session, pictures), _save)


def _save(values: Mapping[str, object]) -> Path:
    file = paths.config_file()
    save_config(file, values)
    return file


def _chosen_by(camera: Camera, cameras: Sequence[Camera]) -> str:
    """What --camera calls it: its name, or its path or number if two have the same name."""
    alone = sum(other.name == camera.name for other in cameras) == 1
    return camera.name if alone else camera.path or str(camera.number)


def _path_of(session: LiveSession) -> str:
    """The path of the camera that is read; "" for another source."""
    info = session.source.info()
    return info.path if isinstance(info, CameraInfo) else ""


def _in_use(session: LiveSession, cameras: Sequence[Camera]) -> str:
    """What --camera calls the source that is read; "" for a file or an address."""
    info = session.source.info()
    if not isinstance(info, CameraInfo):
        return DEMO if info.kind == DEMO else ""
    same = (camera for camera in cameras if (camera.path, camera.number) == (info.path, info.number))
    return next((_chosen_by(camera, cameras) for camera in same), info.name)


def _inputs(session: LiveSession, pictures: CameraPictures) -> Sequence[Row]:
    def cameras() -> Sequence[Choice]:
        listed = pictures.cameras
        return (*(Choice(camera.name, _chosen_by(camera, listed)) for camera in listed), Choice("demo scene", DEMO))

    wish: str | None = None

    def opened(settings: RunSettings) -> None:
        nonlocal wish
        try:
            source = open_source(settings.camera, settings.size, settings.fps)[0]
        except SourceError as e:
            session.troubles.put(e)
        else:
            # One that woke up after another was chosen is not wanted any more.
            if settings.camera == wish:
                session.capture.switch(source)
            else:
                source.close()
        wish = None if settings.camera == wish else wish

    def switch(settings: RunSettings) -> None:
        nonlocal wish
        before, wish = wish, settings.camera
        if wish not in (before, _in_use(session, pictures.cameras)):
            # A camera may take seconds to wake up: meanwhile the show goes on with the other one.
            Worker("camera", lambda stopping: opened(settings)).start()

    return [Row("camera", "Camera", "Left and Right: choose a camera  ·  Enter: use it", cameras, switch)]


def _views(session: LiveSession, pictures: CameraPictures) -> Callable[[bool], CameraViews]:
    glance = _at_most_every(GLANCE, lambda: _small(session))

    def views(shown: bool) -> CameraViews:
        pictures.want(shown)
        current = _in_use(session, pictures.cameras)
        picture = glance() if shown else None
        taken: dict[object, Image] = {_chosen_by(camera, pictures.cameras): image
                                      for camera, image in pictures.taken.items()}
        return CameraViews(taken if picture is None else {**taken, current: picture}, current)

    return views


def _small(session: LiveSession) -> Image | None:
    newest = session.capture.newest
    return None if newest is None else quick_resize(newest.image, SIZE)


def _outputs(window: Window, session: LiveSession, switches: OutputSwitches) -> Sequence[Row]:
    def monitors() -> Sequence[Choice]:
        return (Choice("off", None), Choice("second monitor", 0),
                *(Choice(f"monitor {i} · {size_text(size)}", i) for i, size in enumerate(window.monitors, 1)))

    def project(settings: RunSettings) -> str:
        if window.projecting:
            window.toggle_output()
        window.monitor = settings.output_window or 0
        return "" if settings.output_window is None else window.toggle_output()

    def vcam(settings: RunSettings) -> str:
        return switches.toggle_vcam() if settings.vcam is not switches.live else ""

    def mirror(settings: RunSettings) -> None:
        session.mixer = replace(session.mixer, mirror_window=settings.mirror)

    def folders() -> Sequence[Choice]:
        found = dict.fromkeys((switches.folders.recordings, paths.recordings_folder(), Path.home()))
        return tuple(Choice(_short(folder), None if folder == paths.recordings_folder() else folder)
                     for folder in found)

    def record_to(settings: RunSettings) -> None:
        folder = settings.recordings or paths.recordings_folder()
        switches.folders = switches.folders._replace(recordings=folder)

    return [
        Row("output_window", "Output window", "A second window for a projector, with the painting only", monitors,
            project, lambda: window.monitor if window.projecting else None),
        Row("vcam", "Virtual camera", "The painting as a camera, for OBS, Zoom and browsers", lambda: ON_OFF, vcam,
            lambda: switches.live),
        Row("recordings", "Recordings", "Where recordings are saved; or drop a folder on this window", folders,
            record_to),
        Row("mirror", "Mirror the window", "You see yourself as in a mirror; the output does not change",
            lambda: ON_OFF, mirror, lambda: session.mixer.mirror_window)]


def _short(folder: Path) -> str:
    return f"~/{folder.relative_to(Path.home())}" if folder.is_relative_to(Path.home()) else str(folder)


def _sound(microphones: Microphones) -> Sequence[Row]:
    def names() -> Sequence[Choice]:
        listed = microphones.names()
        return Choice("off", None), Choice("default microphone", "default"), *(Choice(name, name) for name in listed)

    def record(settings: RunSettings) -> None:
        microphones.change(settings.record_sound, microphones.heard)

    def follow(settings: RunSettings) -> None:
        microphones.change(microphones.sound, settings.beat)

    return [
        Row("record_sound", "Sound", "The microphone for recordings and streams", names, record,
            lambda: microphones.sound),
        Row("beat", "Beat of the music", "Style changes wait for the beat that this microphone hears", names, follow,
            lambda: microphones.heard)]


def _quality(settings: RunSettings, adaptive: AdaptiveStylizer | None) -> Sequence[Row]:
    def change(changed: RunSettings) -> None:
        if adaptive is not None:
            adaptive.change(requirements(changed))

    models = (Choice("auto", None), *(Choice(name, name) for name in MODELS))
    sizes = (Choice("auto", None), *(Choice(size_text(size).replace("x", " × "), size)
                                     for size in ladder(settings.size)))
    smooth = tuple(Choice(text, value) for text, value in (("off", 0.0), ("a little", 0.5), ("a lot", 0.9)))
    return [
        Row("model", "Network", "balanced paints more detail than fast; auto: the best that keeps up", lambda: models,
            change),
        Row("net_size", "Network size", "A larger size is finer but slower; auto: the largest that keeps up",
            lambda: sizes, change),
        Row("prefer", "When slow, keep", "Every frame with less detail, or the detail with fewer frames", lambda: (
            Choice("smooth motion", "smooth"), Choice("sharp picture", "sharp")), change),
        Row("smooth", "Reduce flicker", "In still areas of the picture", lambda: smooth, change)]


def _controls(controls: RemoteControls) -> Sequence[Row]:
    names = _at_most_every(LOOK, _midi_names)

    def ports() -> Sequence[Choice]:
        return Choice("off", None), *(Choice(name, name) for name in names())

    return [
        Row("midi", "MIDI controller", "Assign its controls: live-style midi learn", ports, controls.follow),
        Row("osc", "OSC", "For TouchOSC, Companion and others", lambda: ON_OFF, controls.follow),
        Row("remote", "Remote page", "A page for phones and browsers", lambda: ON_OFF, controls.follow)]


def _midi_names() -> tuple[str, ...]:
    if sys.platform == "linux" and not os.path.exists("/dev/snd/seq"):
        return ()  # where the system has no MIDI, its library complains on standard error, each time
    try:
        from live_style.remote.midi.rtmidi import RtMidi
        from live_style.remote.midi.rtmidi import bare

        return tuple(dict.fromkeys(map(bare, RtMidi().names())))
    except RemoteError:  # its library is not installed
        return ()


def _at_most_every(seconds: float, ask: Callable[[], T]) -> Callable[[], T]:
    """Ask again only when an answer is that old."""
    known: list[tuple[float, T]] = []

    def answer() -> T:
        if not known or time.monotonic() - known[0][0] >= seconds:
            known[:] = [(time.monotonic(), ask())]
        return known[0][1]

    return answer
