"""The sweep: every network at three sizes with every option of CUDA, compared with the bound of the GPU."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from typing import NamedTuple

from live_style.diagnostics.benchmark import A
from live_style.diagnostics.benchmark import chosen
from live_style.diagnostics.roofline import least_ms
from live_style.diagnostics.roofline import work
from live_style.errors import ProviderError
from live_style.frame import Size
from live_style.frame import size_text
from live_style.inference import model_files
from live_style.inference.cuda import Speed
from live_style.inference.cuda import gpu_speed
from live_style.inference.engine import Network
from live_style.inference.engine import alike
from live_style.inference.engine import check_provider
from live_style.inference.engine import open_network
from live_style.inference.onnxruntime import Array
from live_style.inference.onnxruntime import Session
from live_style.inference.onnxruntime import open_session
from live_style.inference.onnxruntime import versions
from live_style.inference.providers import GPUS
from live_style.inference.providers import HALF
from live_style.inference.providers import ProviderChoice
from live_style.inference.providers import Tuning
from live_style.inference.providers import Wanted
from live_style.inference.providers import no_memory
from live_style.inference.stylizer import feeds
from live_style.inference.stylizer import signature
from live_style.sources.demo import draw_scene
from live_style.telemetry.meter import time_of

SIZES: tuple[Size, ...] = ((640, 360), (1280, 720), (1920, 1080))
VARIANTS = {"as in a show": Tuning(), "CUDA graph": Tuning(graph=True), "NHWC": Tuning(nhwc=True),
            "NHWC, CUDA graph": Tuning(nhwc=True, graph=True), "EXHAUSTIVE": Tuning("EXHAUSTIVE"),
            "DEFAULT": Tuning("DEFAULT")}
"""The CUDA options to compare: each one alone, and the two that may need each other."""
PLAIN = {"": Tuning()}
"""Other processors have no such options."""
WARM = 0.3
"""Seconds of warm-up before measuring, at least three frames: the GPU wakes up and records its graph."""


class SweepCell(NamedTuple):
    """One network at one size with one set of options."""

    model: str
    size: str
    told: str
    open_s: float | None = None
    """Seconds until its first frame, which a show at this size would wait."""
    network_ms: float | None = None
    """Median of the network alone, on a frame in the processor's memory."""
    frame_ms: float | None = None
    """Median of a frame that is copied from main memory and back."""
    bound_ms: float | None = None
    trouble: str = ""
    """Why it could not be measured."""

    @property
    def fps(self) -> float | None:
        """Frames a second."""
        return 1000.0 / self.frame_ms if self.frame_ms else None

    @property
    def share(self) -> float | None:
        """Speed of the network alone as a share of the bound, 0..1."""
        return self.bound_ms / self.network_ms if self.bound_ms and self.network_ms else None

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return {**self._asdict(), "fps": self.fps, "share": self.share}


class Sweep(NamedTuple):
    """What is measured, and on which hardware."""

    folder: Path
    names: tuple[str, ...]
    sizes: tuple[Size, ...]
    choice: ProviderChoice
    speed: Speed | None
    """The limits of the GPU; None: unknown."""
    seconds: float
    """Seconds to measure each cell."""
    told: Mapping[str, Tuning]
    """The compared options, by name."""

    def cells(self, begin: Callable[[str], None]) -> Iterator[SweepCell]:
        """The cells as they are measured, small ones first; `begin` is called with what comes next."""
        for model in self.names:
            for size in self.sizes:
                painted: list[Array] = []
                for name, tuning in self.told.items():
                    begin(f"{model} at {size_text(size)} {name}".rstrip())
                    yield self._cell(SweepCell(model, size_text(size), name), size, tuning, painted)

    def _cell(self, cell: SweepCell, size: Size, tuning: Tuning, painted: list[Array]) -> SweepCell:
        file = model_files.transformer(self.folder, cell.model, half=self.choice.provider in HALF)
        try:
            began = time.perf_counter()
            network = self._opened(file, size, tuning)
            cell = cell._replace(open_s=time.perf_counter() - began)
            frame = feeds(draw_scene(size, 0.0), A)
            painted.append(network.run(frame))
            # There are reports of options that are fast but paint garbage.
            if not alike(painted[0], painted[-1]):
                return cell._replace(trouble="paints a different picture")
            return _timed(cell, network, frame, self.seconds, self._bound(file, size))
        except ProviderError as e:
            return cell._replace(trouble=e.cause)
        except MemoryError:
            return cell._replace(trouble=no_memory("computer").cause)

    def _opened(self, file: Path, size: Size, tuning: Tuning) -> Network:
        if self.choice.provider == "openvino":
            return open_network(lambda _: file, "openvino", signature(size))
        return open_session(file, self.choice.provider, signature(size), None, tuning)

    def _bound(self, file: Path, size: Size) -> float | None:
        return least_ms(work(file, signature(size).dims), self.speed) if self.speed else None


def sweep(folder: Path, names: tuple[str, ...], sizes: tuple[Size, ...], wanted: Wanted, seconds: float) -> Sweep:
    """A stylizer on the named processor, or on the one that a show would use; raises ProviderError."""
    provider = chosen(folder, wanted).provider if wanted == "auto" else wanted
    choice, speed = check_provider(provider), gpu_speed() if provider in GPUS else None
    return Sweep(folder, names, sizes or SIZES, choice, speed, seconds, VARIANTS if provider == "cuda" else PLAIN)


def _timed(cell: SweepCell, network: Network, frame: Mapping[str, Array], seconds: float,
           bound: float | None) -> SweepCell:
    if network.choice.provider in GPUS:
        time_of(lambda: network.run(frame), seconds=WARM)
    whole = time_of(lambda: network.run(frame), seconds=seconds / 2)
    alone = time_of(network.again, seconds=seconds / 2) if isinstance(network, Session) else whole
    return cell._replace(network_ms=1000.0 * alone, frame_ms=1000.0 * whole, bound_ms=bound)


COLUMNS = (("network", 8), ("at", 9), ("CUDA options", 16), ("ready in s", 10), ("network ms", 10), ("with copies", 11),
           ("fps", 6), ("of bound", 8))
"""Title and width."""


def _row(words: list[str]) -> str:
    cells = zip(words, COLUMNS, strict=False)
    return "|" + "".join(f" {word:<{width}} |" if i < 3 else f" {word:>{width}} |"
                         for i, (word, (_, width)) in enumerate(cells))


HEADER = f"{_row([title for title, _ in COLUMNS])}\n|{'|'.join('-' * (width + 2) for _, width in COLUMNS)}|"
"""Header of the table of `markdown` rows."""


def about(found: Sweep) -> str:
    """The line above the table: hardware, precision and bound."""
    said = [found.choice.why]
    if found.choice.provider != "openvino":  # its description contains its precision
        said.append("FP16" if found.choice.provider in GPUS else "FP32")
    if found.told == PLAIN:
        said.append("no options to compare")
    if found.speed is None:
        said.append("no bound known")
    else:
        said.append(f"bound by {found.speed.flops / 1e12:.0f} TFLOPS and {found.speed.bandwidth / 1e9:.0f} GB/s")
    return "; ".join((*said, f"ONNX Runtime {versions()}"))


def markdown(cell: SweepCell) -> str:
    """One row of the table."""
    start = [cell.model, cell.size, cell.told or "-"]
    if cell.trouble:
        return _row([*start, cell.trouble]) + " |" * (len(COLUMNS) - len(start) - 1)
    figures = ((cell.open_s, ".2f"), (cell.network_ms, ".2f"), (cell.frame_ms, ".2f"), (cell.fps, ".1f"),
               (cell.share, ".0%"))
    return _row(start + ["-" if value is None else format(value, form) for value, form in figures])
