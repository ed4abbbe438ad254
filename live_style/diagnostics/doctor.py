"""The doctor: tries everything that a show needs, and names commands that fix what is wrong."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import platform
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from typing import TYPE_CHECKING
from typing import Literal
from typing import NamedTuple

from live_style.errors import LiveStyleError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.frame import size_text
from live_style.inference import model_files
from live_style.system import paths
from live_style.system.install_hints import again
from live_style.system.install_hints import pip

if TYPE_CHECKING:
    from live_style.inference.providers import Provider
    from live_style.sources.devices import Camera

State = Literal["ok", "warn", "fail"]
SHOW: Size = (1280, 720)
FPS = 30.0
NEWEST = (3, 14)


class Check(NamedTuple):
    """The result of one check."""

    name: str
    state: State
    """ok; warn: a show works without it; fail: a show needs it."""
    line: str
    cure: str = ""
    """How to fix it, as a command if possible."""


class Package(NamedTuple):
    """A library, by the module that imports it; our own module if it configures the library first."""

    module: str
    names: tuple[str, ...]
    """Its distributions, the one for this computer first; they share a folder, so only one may be installed."""
    needs: tuple[str, str] = ("", "")
    """A system library that it needs and that a bare Linux lacks, with the command that installs it."""


_X86 = sys.platform in ("linux", "win32") and platform.machine() in ("x86_64", "AMD64")
_RUNTIMES = ("onnxruntime-gpu", "onnxruntime") if _X86 else ("onnxruntime", "onnxruntime-gpu")
_PYGAMES = ("pygame", "pygame-ce") if sys.version_info < (3, 14) else ("pygame-ce", "pygame")
PACKAGES = (
    Package("click", ("click",)),
    Package("numpy", ("numpy",)),
    Package("live_style.inference.onnxruntime", (*_RUNTIMES, "onnxruntime-openvino", "onnxruntime-directml")),
    Package("live_style.imaging.opencv", ("opencv-python", "opencv-contrib-python", "opencv-python-headless",
                                          "opencv-contrib-python-headless"),
            ("libGL", "sudo apt install libgl1 libglib2.0-0")),
    Package("live_style.imaging.read", ("pillow",)),
    Package("live_style.video.output", ("av",)),
    Package("live_style.ui.window", _PYGAMES),
    Package("live_style.sources.devices", ("cv2-enumerate-cameras",)),
    Package("live_style.sinks.virtual_camera", ("pyvirtualcam",)),
    Package("platformdirs", ("platformdirs",)),
)


def checks() -> Iterator[Check]:
    """Runs all checks in order; a window and the virtual camera open for a moment."""
    for part in (python, packages, settings, networks, styles, cpu, openvino, gpus, cameras, virtual_camera,
                 microphones, screen):
        yield from part()


def _tried(name: str, state: State, attempt: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """The results of a check; a LiveStyleError becomes a result with `state`."""
    try:
        yield from attempt()
    except LiveStyleError as e:
        yield Check(name, state, e.cause, e.cure)
    except ImportError as e:
        yield Check(name, state, f"cannot be checked without {e.name or e}", "Fix the packages first.")


def python() -> Iterator[Check]:
    """The Python interpreter."""
    version = platform.python_version()
    if sys.maxsize < 2 ** 32:
        yield Check("python", "fail", f"{version} is a 32-bit build",
                    "Install 64-bit Python: https://www.python.org")
    elif sys.version_info[:2] > NEWEST:
        newest = ".".join(map(str, NEWEST))
        yield Check("python", "warn", f"{version} is newer than the tested versions",
                    f"Use Python {newest} or older.")
    else:
        yield Check("python", "ok", f"{version} ({sys.executable})")


def packages(listed: tuple[Package, ...] = PACKAGES) -> Iterator[Check]:
    """Every library, by importing it."""
    good, missing = [], set()
    for package in listed:
        found = _installed(package)
        try:
            importlib.import_module(package.module)
        except ImportError as e:
            # Our modules import one another: a missing package is reported once.
            if e.name is None or e.name not in missing:
                yield _broken(package, e)
            missing.add(e.name)
            continue
        if len(found) > 1:
            yield _crowded(found)
        else:
            good.append(" ".join(found[0]) if found else package.names[0])
    yield Check("packages", "ok", ", ".join(good))


def _installed(package: Package) -> list[tuple[str, str]]:
    found = []
    for name in package.names:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found.append((name, importlib.metadata.version(name)))
    return found


def _broken(package: Package, error: ImportError) -> Check:
    name, (library, command) = package.names[0], package.needs
    if library and library in str(error):
        return Check("packages", "fail", f"{name} lacks a system library: {error}", f"Run: {command}")
    return Check("packages", "fail", f"{name} cannot be imported: {error}", f"Run: {pip(f'install {name}')}")


def _crowded(found: list[tuple[str, str]]) -> Check:
    names = [name for name, _ in found]
    return Check("packages", "warn", f"{' and '.join(names)} overwrite each other's files",
                 f"Run: {pip('uninstall -y ' + ' '.join(names))}; {pip(f'install {names[0]}')}")


def settings() -> Iterator[Check]:
    """config.toml."""
    def attempt() -> Iterator[Check]:
        from live_style.settings import load_config
        file = paths.config_file()
        said = load_config(file)
        found = f"{file}: {len(said)} setting{'s' * (len(said) != 1)}"
        there = found if file.exists() else f"none ({file} does not exist)"
        yield Check("settings", "ok", there)
    yield from _tried("settings", "fail", attempt)


def networks() -> Iterator[Check]:
    """The network files, checked by checksum."""
    def attempt() -> Iterator[Check]:
        folder = paths.models_folder()
        found = model_files.check_files(folder)
        good = [checked.name for checked in found if checked.state == "good"]
        for name, state in found:
            if state in ("damaged", "missing"):
                yield Check("models", "fail", f"{name} is {state}", again(folder))
            elif state == "unlisted":
                yield Check("models", "warn", f"{name} does not belong to live-style", f'Move it out of "{folder}".')
        if not model_files.available(folder):
            yield Check("models", "fail", f"{folder} contains no models", again(folder))
        else:
            names = ", ".join(model_files.available(folder))
            yield Check("models", "ok", f"{names}: {len(good)} files as published")
    yield from _tried("models", "fail", attempt)


def styles() -> Iterator[Check]:
    """The style files, checked by reading them."""
    def attempt() -> Iterator[Check]:
        from live_style.inference.style_predictor import Predictor
        from live_style.styles.collection import load_collection
        space = Predictor(paths.models_folder()).space
        shipped, problems = load_collection((paths.styles_folder(),), space)
        for problem in problems:
            yield Check("styles", "fail", problem, again(paths.styles_folder()))
        own, problems = load_collection((paths.user_styles_folder(),), space)
        for problem in problems:
            yield Check("styles", "warn", problem, f'Fix it or move it away: "{paths.user_styles_folder()}"')
        if len(shipped):
            yield Check("styles", "ok", f"{len(shipped)} included, {len(own)} of your own")
        else:
            folder = paths.styles_folder()
            yield Check("styles", "fail", f"{folder} contains no styles", again(folder))
    yield from _tried("styles", "fail", attempt)


def cpu() -> Iterator[Check]:
    """The CPU, checked by painting."""
    return _provider("cpu", "fail")


def gpus() -> Iterator[Check]:
    """CUDA, TensorRT, and DirectML or CoreML if this ONNX Runtime has them, checked by painting."""
    def attempt() -> Iterator[Check]:
        from live_style.inference.onnxruntime import offered
        from live_style.inference.providers import GPUS
        for provider in (*sorted(GPUS), *offered()):
            yield from _provider(provider, "warn")
    yield from _tried("cuda", "warn", attempt)


def openvino() -> Iterator[Check]:
    """OpenVINO, checked by painting; it is not needed with an NVIDIA GPU."""
    from live_style.inference.cuda import NoGpu
    from live_style.inference.engine import check_provider
    try:
        check_provider("cuda")
    except NoGpu:
        yield from _provider("openvino", "warn")
    except LiveStyleError:
        pass


def _provider(provider: Provider, state: State) -> Iterator[Check]:
    def attempt() -> Iterator[Check]:
        from live_style.inference.stylizer import frame_trial
        from live_style.inference.stylizer import open_stylizer
        stylizer = open_stylizer(paths.models_folder(), SHOW, FPS, provider=provider)
        took = frame_trial(SHOW)(stylizer)
        size = "x".join(map(str, stylizer.net_size))
        line = f"{stylizer.why}: {stylizer.model} at {size}, {took * 1000:.1f} ms in a show"
        if took > 1 / FPS:
            yield Check(provider, "warn", f"{line}, too slow for {FPS:g} frames a second",
                        "Close other programs, or run with a lower --fps.")
        else:
            yield Check(provider, "ok", line)
    yield from _tried(provider, state, attempt)


def cameras() -> Iterator[Check]:
    """The cameras, checked by reading each for one second; virtual cameras are only listed."""
    def attempt() -> Iterator[Check]:
        from live_style.sources.devices import list_cameras
        found = list_cameras()
        for camera in found:
            if camera.virtual:
                yield Check("camera", "ok", f"{camera}, fed by another program")
            else:
                yield from _tried("camera", "warn", lambda: _looked_through(camera))
        if not found:
            yield Check("camera", "warn", "no camera was found", "Plug one in; until then shows use the demo scene.")
    yield from _tried("camera", "warn", attempt)


def _looked_through(camera: Camera) -> Iterator[Check]:
    from live_style.sources.camera import CameraSource
    source = CameraSource(camera, SHOW, FPS)
    try:
        source.open()
        end = time.perf_counter() + 1.0
        while time.perf_counter() < end:
            source.read()
        info = source.info()
    finally:
        source.close()
    rate = info.fps_measured
    line = f"{camera}: {size_text(info.size or (0, 0))} {info.format}, {rate:.1f} frames a second"
    if info.dark_seconds:
        yield Check("camera", "warn", f"{line}, but the picture is black", "Open its shutter or remove its lens cap.")
    elif rate < 0.8 * FPS:
        yield Check("camera", "warn", line, "More light, another USB port or a smaller --size may make it faster; "
                                            "to list its sizes: live-style cameras --modes")
    else:
        yield Check("camera", "ok", line)


def virtual_camera() -> Iterator[Check]:
    """The virtual camera, checked by sending one black frame."""
    def attempt() -> Iterator[Check]:
        import numpy as np

        from live_style.sinks.virtual_camera import VirtualCameraSink
        sink = VirtualCameraSink()
        sink.open(SHOW, FPS)
        try:
            sink.write(Frame(np.zeros((SHOW[1], SHOW[0], 3), np.uint8), 0, time.perf_counter()))
        finally:
            sink.close()
        yield Check("virtual camera", "ok", sink.label)
    yield from _tried("virtual camera", "warn", attempt)


def microphones() -> Iterator[Check]:
    """The microphones, which are only listed."""
    def attempt() -> Iterator[Check]:
        from live_style.sources.sound_library import PortAudio
        found = PortAudio().devices()
        if found:
            yield Check("microphone", "ok", ", ".join(device.name for device in found))
        else:
            yield Check("microphone", "warn", "no microphone was found",
                        "Connect one to record sound or to follow a beat.")
    yield from _tried("microphone", "warn", attempt)


def screen() -> Iterator[Check]:
    """The screen, checked by opening a window for a moment."""
    def attempt() -> Iterator[Check]:
        from live_style.ui.window import PygameWindow
        PygameWindow("live-style doctor", (320, 180)).close()
        yield Check("screen", "ok", "a window opens")
    yield from _tried("screen", "warn", attempt)
