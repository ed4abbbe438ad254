"""Providers: what a network can run on, the options of ONNX Runtime for each, and plain messages for their errors."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from typing import NamedTuple
from typing import get_args

from live_style.errors import ModelError
from live_style.errors import ProviderError
from live_style.system.install_hints import again

Provider = Literal["cuda", "tensorrt", "directml", "coreml", "openvino", "cpu"]
Wanted = Literal["auto", "cuda", "tensorrt", "directml", "coreml", "openvino", "cpu"]
PROVIDERS: tuple[Provider, ...] = get_args(Provider)
GPUS: frozenset[Provider] = frozenset({"cuda", "tensorrt"})
"""Those that paint on an NVIDIA GPU, in FP16."""
HALF: frozenset[Provider] = GPUS | {"openvino"}
"""Those that use the FP16 file: its folds are single operators, which make OpenVINO a fifth faster than the transposes
that ONNX Runtime's CPU provider needs; its weights are the same."""
NAMES: dict[Provider, str] = {"cuda": "CUDA", "tensorrt": "TensorRT", "directml": "DirectML", "coreml": "CoreML",
                              "openvino": "OpenVINO", "cpu": "CPU"}


class ProviderChoice(NamedTuple):
    """The processor a session runs on."""

    provider: Provider
    device: str
    """The GPU by name, or the number of threads."""
    why: str
    """One line for users: the chosen processor, and why."""
    cure: str = ""
    """How to get a better one; empty if nothing is missing."""


def _text(error: Exception) -> str:
    """ONNX Runtime's message, without its prefix and source lines, shortened."""
    text = " ".join(str(error).split())
    text = text.rsplit("Status Message: ", 1)[-1].split(" : ", 3)[-1]
    return text if len(text) <= 160 else text[:157] + "..."


def unusable(error: Exception, path: Path, choice: ProviderChoice) -> ModelError:
    """The error for a file that ONNX Runtime cannot load."""
    kind = type(error).__name__
    if not path.is_file():
        return ModelError(f"the network {path} does not exist", again(path.parent))
    if kind in ("InvalidProtobuf", "InvalidGraph", "NoModel") or "No graph was found" in str(error):
        size = path.stat().st_size
        return ModelError(f"{path.name} is damaged, or not an ONNX file ({size} bytes)", again(path.parent))
    # A size that the network cannot take is seen at load, too: the file is good.
    if out_of_memory(error) or choice.provider != "cpu" or "ShapeInferenceError" in str(error):
        return lost(error, choice)
    return ModelError(f"ONNX Runtime cannot load {path.name}: {_text(error)}", again(path.parent))


def out_of_memory(error: Exception) -> bool:
    """Whether an error means that memory ran out; a thread that cannot start lacks memory for its stack."""
    words = ("failed to allocate memory", "cannot allocate memory", "out of memory", "bad_alloc", "bad allocation",
             "resource temporarily unavailable")
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in words)


def lost(error: Exception, choice: ProviderChoice) -> ProviderError:
    """The error for a processor that does not work, or stopped working."""
    if isinstance(error, ProviderError):
        return error
    place = choice.device if choice.provider != "cpu" else "computer"
    if out_of_memory(error):
        return no_memory(place)
    if choice.provider == "cpu":
        return ProviderError(f"the network failed on the CPU: {_text(error)}", "Run live-style doctor.")
    if "explicitly disabled by the user" in str(error):
        return ProviderError(f"{NAMES[choice.provider]} cannot run every step of this network",
                             "Use --provider auto, or --provider cpu.")
    return ProviderError(f"{choice.why} failed: {_text(error)}",
                         "Start live-style again; if that does not help, use --provider cpu.")


def no_memory(place: str) -> ProviderError:
    """The error for a computer or a GPU without free memory."""
    return ProviderError(f"the {place} is out of memory",
                         "Close other programs, or use --model fast or a smaller --net-size (image: --stroke).")


KEYS: dict[Provider, str] = {"cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider",
                             "directml": "DmlExecutionProvider", "coreml": "CoreMLExecutionProvider",
                             "cpu": "CPUExecutionProvider"}
"""ONNX Runtime's names of its providers; OpenVINO is used through its own library here."""


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
    """Whether the GPU's work for a frame is recorded once and then replayed as a whole."""


def entries(provider: Provider) -> dict[str, str]:
    """The settings of a session."""
    said = {"session.set_denormal_as_zero": "1"}
    if provider in GPUS:
        # It would run single operators on the CPU without a message.
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
