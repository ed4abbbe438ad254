"""Opens a network on the best available processor, or on the named one."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np

from live_style.errors import ProviderError
from live_style.inference import onnxruntime
from live_style.inference import openvino
from live_style.inference.cuda import NoGpu
from live_style.inference.onnxruntime import Array
from live_style.inference.onnxruntime import Signature
from live_style.inference.providers import NAMES
from live_style.inference.providers import Provider
from live_style.inference.providers import ProviderChoice
from live_style.inference.providers import Wanted
from live_style.telemetry.meter import time_of

SAME = 3.0
"""Levels of 255 by which two processors may differ on average: bfloat16 does by less than one."""


class Network(Protocol):
    """A network ready to run at one fixed shape; used by one thread at a time."""

    path: Path
    choice: ProviderChoice
    metadata: dict[str, str]

    def run(self, feeds: Mapping[str, Array]) -> Array:
        """The first output, a new array; raises ProviderError when the processor was lost or is out of memory."""


def check_provider(provider: Provider) -> ProviderChoice:
    """The processor that a network would use; raises ProviderError if a driver, a processor or a library is missing."""
    return openvino.check_vino() if provider == "openvino" else onnxruntime.check_provider(provider)


def open_network(file_for: Callable[[Provider], Path], wanted: Wanted, signature: Signature,
                 threads: int | None = None) -> Network:
    """A network that has already run once, on the signature's sample.

    `file_for` gives the file for a processor: FP16 for some, FP32 for others. "auto" tries CUDA, then DirectML
    or CoreML where ONNX Runtime's build has them and a trial shows that they help, then OpenVINO where that is faster
    than the rest, then the CPU, and says why; one that was named works or raises ProviderError.
    A file of another kind raises ModelError. `threads` are for the CPU, None: as many as help.
    """
    if wanted == "openvino":
        return openvino.open_vino(file_for(wanted), signature, threads)
    if wanted != "auto":
        return onnxruntime.open_session(file_for(wanted), wanted, signature, threads)
    try:
        return onnxruntime.open_session(file_for("cuda"), "cuda", signature, threads)
    except ProviderError as e:
        found = _without_cuda(file_for, signature, threads)
        # A user without an NVIDIA GPU needs no advice about it at every start, and no text that reads like an error.
        none = isinstance(e, NoGpu)
        why = f"{found.choice.why}{', as' if none else ':'} {e.cause}"
        found.choice = found.choice._replace(why=why, cure="" if none else e.cure)
        return found


def _without_cuda(file_for: Callable[[Provider], Path], signature: Signature, threads: int | None) -> Network:
    known = _on_the_cpu(file_for, signature, threads)
    for provider in onnxruntime.offered():
        try:
            found = onnxruntime.open_session(file_for(provider), provider, signature, threads)
            doubt = doubts(found, known, signature)
        except ProviderError as e:
            doubt = e.cause
        if not doubt:
            return found
        known.choice = known.choice._replace(why=f"{known.choice.why}: {doubt}")
    return known


def _on_the_cpu(file_for: Callable[[Provider], Path], signature: Signature, threads: int | None) -> Network:
    if openvino.helps():
        try:
            return openvino.open_vino(file_for("openvino"), signature, threads)
        except ProviderError:
            pass  # ONNX Runtime's CPU provider works everywhere
    return onnxruntime.open_session(file_for("cpu"), "cpu", signature, threads)


def doubts(found: Network, known: Network, signature: Signature) -> str:
    """Why a network should not replace another; empty if it paints the same picture, and faster.

    Raises ProviderError when one of them fails.
    """
    # Apple's chips, for example, run norms whose parameters are not constants, as ours, on the CPU, perhaps slower.
    rng, name = np.random.default_rng(0), NAMES[found.choice.provider]
    feeds = {key: rng.integers(0, 256, value.shape, np.uint8) if value.dtype == np.uint8
             else np.full(value.shape, 0.25, value.dtype) for key, value in signature.sample.items()}
    if not alike(found.run(feeds), known.run(feeds)):
        return f"{name} paints a different picture"
    return "" if time_of(lambda: found.run(feeds)) < time_of(lambda: known.run(feeds)) else f"{name} is slower"


def alike(one: Array, other: Array) -> bool:
    """Whether two paintings of one frame, uint8, are nearly the same."""
    return bool(np.abs(one.astype(np.int16) - other).mean() <= SAME)
