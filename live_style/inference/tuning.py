"""Tunings: what ONNX Runtime is told about the processor that runs a network."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from typing import NamedTuple

from live_style.inference.providers import GPUS
from live_style.inference.providers import Provider

KEYS: dict[Provider, str] = {"cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider",
                             "directml": "DmlExecutionProvider", "coreml": "CoreMLExecutionProvider",
                             "cpu": "CPUExecutionProvider"}
"""What ONNX Runtime calls its ways to run a network; OpenVINO is a library of its own here."""


class Tuning(NamedTuple):
    """How CUDA runs a network; the defaults are those of a show, others are for the bench."""

    # EXHAUSTIVE, ONNX Runtime's own choice, stalls 0.3 to 1.3 s at every new shape, and a show takes a new shape
    # whenever its quality changes; reports see no gain from it. DEFAULT, cuDNN's fallbacks, is 4 to 50 times as slow.
    search: Literal["HEURISTIC", "EXHAUSTIVE", "DEFAULT"] = "HEURISTIC"
    """How a kernel is chosen for each convolution."""
    # No instance norm of CUDA takes it: each of the twelve would be wrapped in two transposes.
    nhwc: bool = False
    """Whether convolutions run with their channels last."""
    # A graph belongs to one thread; a show warms its networks on another than the one that paints.
    graph: bool = False
    """Whether the GPU's work for a frame is recorded once and then played at one stroke."""


def entries(provider: Provider) -> dict[str, str]:
    """The settings of a session."""
    said = {"session.set_denormal_as_zero": "1"}
    if provider in GPUS:
        # It would go to the CPU, step by step and without a word.
        return {**said, "session.intra_op.allow_spinning": "0", "session.disable_cpu_ep_fallback": "1"}
    # Workers spin between operators, but not through the pause between frames.
    return {**said, "session.intra_op.spin_duration_us": "200"}


def options(provider: Provider, tuning: Tuning, engines: Path) -> list[tuple[str, dict[str, str]]]:
    """ONNX Runtime's providers for a session, the first one first; TensorRT keeps its engines in that folder."""
    cuda = {"cudnn_conv_algo_search": tuning.search, "prefer_nhwc": str(int(tuning.nhwc)),
            "enable_cuda_graph": str(int(tuning.graph))}
    # Building an engine takes a minute or more for every size: kept, it is a second.
    kept = {"trt_fp16_enable": "1", "trt_engine_cache_enable": "1", "trt_engine_cache_path": str(engines),
            "trt_timing_cache_enable": "1", "trt_timing_cache_path": str(engines)}
    # Apple's older format, the default, knows fewer operators.
    said: dict[Provider, dict[str, str]] = {"cuda": cuda, "tensorrt": kept, "coreml": {"ModelFormat": "MLProgram"}}
    chain: tuple[Provider, ...] = ("tensorrt", "cuda") if provider == "tensorrt" else (provider,)
    return [(KEYS[each], said.get(each, {})) for each in chain]
