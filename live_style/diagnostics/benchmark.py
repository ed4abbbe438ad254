"""The benchmark: how fast this computer paints, the network alone and the whole pipeline on the demo scene."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import NamedTuple

import numpy as np

from live_style import __version__
from live_style.control.fade import Fade
from live_style.control.fade import still
from live_style.control.mixer import Mixer
from live_style.frame import Size
from live_style.frame import size_text
from live_style.inference.providers import GPUS
from live_style.inference.providers import Wanted
from live_style.inference.stylizer import OnnxStylizer
from live_style.inference.stylizer import open_stylizer
from live_style.look import DIMENSIONS
from live_style.look import Look
from live_style.pipeline.session import TICK
from live_style.pipeline.session import LiveSession
from live_style.pipeline.stylize import Painted
from live_style.sources.demo import DemoSource
from live_style.sources.demo import draw_scene
from live_style.system.cpu import logical_cores
from live_style.system.cpu import processor_name
from live_style.telemetry.meter import Meter
from live_style.telemetry.meter import Percentiles

SHOW: Size = (1280, 720)
FPS = 30.0
SIZES: dict[str, tuple[Size | None, ...]] = {
    "cpu": (None, (256, 144), (384, 216), (640, 360)),
    "gpu": (None, (640, 360), (960, 544), (1280, 720)),
}
"""Network sizes to measure; None is the one that `run` would use."""
A, B = (Look.of(np.random.default_rng(seed).normal(0.0, 0.3, DIMENSIONS)) for seed in (0, 1))
"""Two looks; what a frame costs does not depend on the style."""


class Rate(NamedTuple):
    """A frame rate, with the times of the frames."""

    fps: float
    ms: Percentiles
    """The time of each frame (network), or its age when painted (pipeline)."""


class BenchRow(NamedTuple):
    """One model at one network size."""

    model: str
    precision: str
    provider: str
    device: str
    net_size: str
    automatic: bool
    """Whether `run` would use this size."""
    network: Rate
    network_fading: Rate
    pipeline: Rate
    pipeline_fading: Rate

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return {name: {"fps": value.fps, "ms": value.ms._asdict()} if isinstance(value, Rate) else value
                for name, value in self._asdict().items()}


def machine() -> dict[str, object]:
    """The computer and the versions of the measurement."""
    return {"version": __version__, "system": platform.system(), "processor": processor_name(),
            "cores": logical_cores(), "show": size_text(SHOW), "fps": FPS}


def measure(folder: Path, names: tuple[str, ...], sizes: tuple[Size | None, ...], provider: Wanted,
            seconds: float, begin: Callable[[str], None]) -> Iterator[BenchRow]:
    """A row per model and network size, each of four parts of `seconds`; `begin` is called with what comes next.

    None among `sizes` is the size that `run` would use; without sizes, SIZES is used. Raises ModelError and
    ProviderError.
    """
    for name in names:
        first = open_stylizer(folder, SHOW, FPS, name, sizes[0] if sizes else None, provider)
        usual = SIZES["gpu" if first.provider in GPUS else "cpu"]
        for size in dict.fromkeys(size or first.net_size for size in sizes or usual):
            stylizer = first if size == first.net_size else first.resized(size)
            begin(f"{name} at {size_text(size)}")
            yield _row(stylizer, size == first.net_size and None in (sizes or usual), seconds)


def chosen(folder: Path, provider: Wanted) -> OnnxStylizer:
    """The model that `run` uses by default, at a small size."""
    return open_stylizer(folder, SHOW, FPS, None, (128, 72), provider)


def _row(stylizer: OnnxStylizer, automatic: bool, seconds: float) -> BenchRow:
    info = stylizer.info()
    return BenchRow(info.model, info.precision, info.provider, info.device, info.net_size, automatic,
                    network(stylizer, seconds, fading=False), network(stylizer, seconds, fading=True),
                    pipeline(stylizer, seconds, fading=False), pipeline(stylizer, seconds, fading=True))


def network(stylizer: OnnxStylizer, seconds: float, fading: bool) -> Rate:
    """The network alone, with pictures of its own size."""
    image, meter = draw_scene(stylizer.net_size, 0.0), Meter()
    began = now = time.perf_counter()
    fade = Fade(A, B, began, seconds) if fading else still(A)
    while now < began + seconds or meter.count < 3:
        look = fade.at(now)
        start = time.perf_counter()
        stylizer.stylize(image, look)
        now = time.perf_counter()
        meter.add(now, now - start)
    return Rate(round(meter.count / (now - began), 1), meter.spread())


class _FrameCounter:
    """Replaces the window: counts painted frames and measures their age."""

    def __init__(self) -> None:
        self.meter = Meter()
        self.first = self.last = 0.0

    def put(self, painted: Painted) -> None:
        """One frame of the clean feed; the first three of the source are late because of the start."""
        if not painted.fresh:
            return
        self.last = time.perf_counter()
        if not self.first or painted.frame.number < 3:
            self.first = self.last
        else:
            self.meter.add(self.last, self.last - painted.frame.born)

    def rate(self) -> Rate:
        """Rate over the intervals between frames, and ages."""
        return Rate(round(self.meter.count / max(1e-9, self.last - self.first), 1), self.meter.spread())


def pipeline(stylizer: OnnxStylizer, seconds: float, fading: bool) -> Rate:
    """Runs the demo scene through the threads of a show, for some seconds."""
    source, gauge = DemoSource(SHOW, FPS), _FrameCounter()
    source.open()
    look = Fade(A, B, time.perf_counter(), seconds) if fading else still(A)
    with LiveSession(source, stylizer, Mixer((), look=look), size=SHOW, fps=FPS) as session:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or not gauge.meter.count:  # a busy computer starts slowly
            session.check()
            if painted := session.paintings.take(TICK):
                gauge.put(painted)
    return gauge.rate()


def markdown(row: BenchRow, about: dict[str, object]) -> str:
    """One row of a table to share: computer, model and provider, network, show."""
    device = f"{about['processor']}, {about['cores']} threads" if row.provider == "cpu" else row.device
    cells = (device, about["system"], f"{row.model} {row.precision} at {row.net_size}", row.provider,
             f"{row.network.ms.p50:.1f} / {row.network.ms.p95:.1f}", f"{row.pipeline.fps:.1f}",
             f"{row.pipeline_fading.fps:.1f}", f"{row.pipeline.ms.p50:.0f} / {row.pipeline.ms.p95:.0f}",
             about["version"])
    return f"| {' | '.join(map(str, cells))} |"


HEADER = ("| machine | system | model | provider | network ms p50 / p95 | show fps | while fading "
          "| latency ms p50 / p95 | live-style |\n|---|---|---|---|---|---|---|---|---|")
"""Header of the table of `markdown` rows."""
