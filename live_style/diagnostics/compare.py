"""Compares our networks with another image network, in alternating runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import NamedTuple

import numpy as np

from live_style.diagnostics.benchmark import A
from live_style.diagnostics.benchmark import FPS
from live_style.errors import ModelError
from live_style.errors import ProviderError
from live_style.frame import Size
from live_style.frame import size_text
from live_style.inference.net_size import STEP
from live_style.inference.onnxruntime import Array
from live_style.inference.onnxruntime import GraphPart
from live_style.inference.onnxruntime import Input
from live_style.inference.onnxruntime import check_provider
from live_style.inference.providers import GPUS
from live_style.inference.providers import Wanted
from live_style.inference.stylizer import OnnxStylizer
from live_style.inference.stylizer import open_stylizer
from live_style.sources.demo import draw_scene
from live_style.telemetry.meter import Meter
from live_style.telemetry.meter import Percentiles

USUAL: Size = (384, 384)
"""For networks that take any size."""


class Comparison(NamedTuple):
    """One of our models and the rival at one size, in alternating frames."""

    model: str
    provider: str
    net_size: str
    ours: Percentiles
    theirs: Percentiles
    ratio: float
    """How many times as fast ours is: the median of all pairs."""

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return {**self._asdict(), "ours": self.ours._asdict(), "theirs": self.theirs._asdict()}


class OtherNetwork:
    """Runs an ONNX file with an image input [1,H,W,3] or [1,3,H,W], uint8 or float; other inputs are given 0.1.

    It uses ONNX Runtime, with CUDA if ours shall run on the GPU, else on the CPU. Raises ModelError for another kind
    of file.
    """

    def __init__(self, file: Path, size: Size | None, provider: Wanted) -> None:
        try:
            model = file.read_bytes()
        except OSError as e:
            raise ModelError(f"{file} cannot be read: {e.strerror}", "Check the file.") from e
        choice = check_provider("cuda" if provider in GPUS else "cpu")
        try:
            self._part = GraphPart(model, choice)
        except ProviderError as e:
            raise ModelError(f"{file.name} is damaged, or not an ONNX file", "Give another file.") from e
        images = [value for value in self._part.inputs if len(value.shape) == 4 and 3 in value.shape[1::2]]
        if len(images) != 1:
            raise ModelError(f"{file.name} is not an image network: it takes {len(images)} pictures, not one",
                             "Give an ONNX file whose input is one picture of three colours.")
        last = images[0].shape[3] == 3
        height, width = images[0].shape[1:3] if last else images[0].shape[2:]
        self.size: Size = _sides(width, height, size)
        if self.size[0] % STEP or self.size[1] % STEP:
            raise ModelError(f"{file.name} works at {size_text(self.size)}, which our networks cannot use",
                             f"Give one whose sides are multiples of {STEP}.")
        self._feeds = {value.name: _filled(value) for value in self._part.inputs}
        picture = draw_scene(self.size, 0.0)[np.newaxis]
        scaled = picture if images[0].dtype == np.uint8 else (picture / 255).astype(images[0].dtype)
        self._feeds[images[0].name] = np.ascontiguousarray(scaled if last else scaled.transpose(0, 3, 1, 2))

    def run(self) -> None:
        """Once."""
        self._part.run(self._feeds)


def duels(folder: Path, names: tuple[str, ...], file: Path, size: Size | None, provider: Wanted,
          seconds: float) -> Iterator[Comparison]:
    """Compares each of our models with the rival, for some seconds."""
    for name in names:
        rival = OtherNetwork(file, size, provider)
        stylizer = open_stylizer(folder, rival.size, FPS, name, rival.size, provider)
        yield duel(stylizer, rival, seconds)


def duel(stylizer: OnnxStylizer, rival: OtherNetwork, seconds: float) -> Comparison:
    """Alternating frames, so that other load hits both equally."""
    picture = draw_scene(rival.size, 0.0)
    ours, theirs, ratios = Meter(), Meter(), list[float]()
    rival.run()
    stylizer.stylize(picture, A)
    began = time.perf_counter()
    while time.perf_counter() < began + seconds or len(ratios) < 3:
        start = time.perf_counter()
        stylizer.stylize(picture, A)
        middle = time.perf_counter()
        rival.run()
        end = time.perf_counter()
        ours.add(middle, middle - start)
        theirs.add(end, end - middle)
        ratios.append((end - middle) / (middle - start))
    return Comparison(stylizer.model, stylizer.provider, size_text(rival.size), ours.spread(), theirs.spread(),
                      float(f"{np.median(ratios):.3g}"))


def _sides(width: int | None, height: int | None, size: Size | None) -> Size:
    wide, high = size or USUAL
    return width or wide, height or high


def _filled(value: Input) -> Array:
    return np.full([side or 1 for side in value.shape], 0.1).astype(value.dtype)
