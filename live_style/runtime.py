"""ONNX Runtime, as much of it as live-style uses: a session on a processor that was seen to work."""

from __future__ import annotations

import contextlib
import io
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from live_style.cores import logical_cores
from live_style.cores import physical_cores
from live_style.cuda import INSTALL
from live_style.cuda import NoGpu
from live_style.cuda import find_gpu
from live_style.cuda import require_libraries
from live_style.cuda import require_tensorrt
from live_style.cures import pip
from live_style.errors import ModelError
from live_style.errors import ProviderError
from live_style.places import cache_folder
from live_style.processor import GPUS
from live_style.processor import NAMES
from live_style.processor import Choice
from live_style.processor import Provider
from live_style.processor import lost
from live_style.processor import unusable

Array = npt.NDArray[Any]
_KEYS: dict[Provider, str] = {"cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider",
                              "cpu": "CPUExecutionProvider"}
_SILENT = 4
# Libraries that cannot be loaded are logged by ONNX Runtime's default logger, before any session exists.
ort.set_default_logger_severity(_SILENT)


class Signature(NamedTuple):
    """What a network is called with."""

    sample: Mapping[str, Array]
    """Its inputs by name, of the shape and type that they always have; used to warm it up."""
    output: str
    """The name of its first output."""
    dims: Mapping[str, int] = {}
    """The sizes that its symbolic dimensions are fixed to."""


class Session:
    """A network ready to run at one fixed shape; used by one thread at a time."""

    def __init__(self, session: ort.InferenceSession, path: Path, choice: Choice,
                 signature: Signature) -> None:
        self.path = path
        self.choice = choice
        self.metadata: dict[str, str] = dict(session.get_modelmeta().custom_metadata_map)
        self._session = session
        self._outputs = [node.name for node in session.get_outputs()]
        self._binding: ort.IOBinding | None = None
        self._values: dict[str, ort.OrtValue] = {}
        if choice.provider in GPUS:
            self._bind(signature)

    def _bind(self, signature: Signature) -> None:
        """Buffers on the GPU, made once: a frame then costs two copies and no allocation."""
        self._binding = self._session.io_binding()
        buffer = ort.OrtValue.ortvalue_from_shape_and_type
        for name, value in signature.sample.items():
            self._values[name] = buffer(value.shape, value.dtype.type, "cuda", 0)
            self._binding.bind_ortvalue_input(name, self._values[name])
        node = self._session.get_outputs()[0]
        kind = np.uint8 if node.type == "tensor(uint8)" else np.float32
        self._values[node.name] = buffer(node.shape, kind, "cuda", 0)
        self._binding.bind_ortvalue_output(node.name, self._values[node.name])

    def run(self, feeds: Mapping[str, Array]) -> Array:
        """The network's first output, a new array.

        Raises ProviderError when the processor was lost or is out of memory.
        """
        try:
            if self._binding is None:
                return np.asarray(self._session.run(self._outputs[:1], dict(feeds))[0])
            for name, value in feeds.items():
                self._values[name].update_inplace(value)
            self._session.run_with_iobinding(self._binding)
            return np.asarray(self._values[self._outputs[0]].numpy())
        except Exception as e:  # ONNX Runtime's errors have no common base but Exception
            raise lost(e, self.choice) from e


class Input(NamedTuple):
    """An input of a network; sides that may be any are None."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int | None, ...]


class Part:
    """A part of a network, an ONNX file's bytes, that runs at any shape; used by one thread at a time."""

    def __init__(self, model: bytes, choice: Choice) -> None:
        self._choice = choice
        try:
            # TensorRT would take minutes to build an engine for each part.
            providers = _providers("cuda" if choice.provider in GPUS else "cpu")
            self._session = ort.InferenceSession(model, _options(choice, {}, None), providers, enable_fallback=0)
        except Exception as e:  # ONNX Runtime's errors have no common base but Exception
            raise lost(e, choice) from e

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it takes, in the order of the file."""
        return tuple(Input(node.name, _dtype(node.type), tuple(d if isinstance(d, int) else None for d in node.shape))
                     for node in self._session.get_inputs())

    def run(self, feeds: Mapping[str, Array]) -> list[Array]:
        """All its outputs, as new arrays; what it does not take is left. Raises ProviderError as `Session` does."""
        try:
            return list(self._session.run(None, {node.name: feeds[node.name] for node in self._session.get_inputs()}))
        except Exception as e:
            raise lost(e, self._choice) from e


def open_session(path: Path, provider: Provider, signature: Signature, threads: int | None = None) -> Session:
    """A session that has already run once, on the signature's sample.

    Works on the processor that was named, or raises ProviderError; a file of another kind raises ModelError.
    `threads` are for the CPU, None: as many as help.
    """
    return _open(path, _ready(provider, threads), signature, threads)


def check_provider(provider: Provider) -> Choice:
    """What a session would run on; raises ProviderError when the driver, a GPU or a library is missing."""
    return _ready(provider, None)


def _ready(provider: Provider, threads: int | None) -> Choice:
    if provider == "cpu":
        count = threads or cpu_threads()
        return Choice("cpu", f"{count} thread{'s' * (count > 1)}", f"CPU, {count} thread{'s' * (count > 1)}")
    build = cuda_build()
    gpu = find_gpu(build)
    if platform.machine() not in ("x86_64", "AMD64"):
        raise NoGpu(f"ONNX Runtime paints with CUDA on x86-64 only, this is {platform.machine()}",
                    "Use --provider cpu.")
    if _KEYS[provider] not in ort.get_available_providers():
        raise ProviderError(f"this ONNX Runtime ({ort.__version__}) was built without {NAMES[provider]}",
                            f"Run: {pip('uninstall -y onnxruntime')}; {INSTALL}")
    # It prints what it cannot load; the check that follows says it better.
    with contextlib.redirect_stdout(io.StringIO()):
        ort.preload_dlls()
    require_libraries(build)
    if provider == "tensorrt":
        require_tensorrt()
    return Choice(provider, gpu.name, f"{NAMES[provider]} on {gpu.name}")


def cuda_build() -> int:
    """The major version of CUDA that this ONNX Runtime was built for; 0: none."""
    return int(str(getattr(ort, "cuda_version", "") or "0").split(".")[0])


def cpu_threads() -> int:
    """All physical cores but one, which is left to the camera and the window; two where there are but two."""
    return min(logical_cores(), max(2, physical_cores() - 1))


def versions() -> str:
    """ONNX Runtime's version and what it was built for."""
    return f"{ort.__version__}, CUDA {ort.cuda_version}" if cuda_build() else str(ort.__version__)


def _options(choice: Choice, dims: Mapping[str, int], threads: int | None) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.log_severity_level = _SILENT
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.intra_op_num_threads = 1 if choice.provider in GPUS else threads or cpu_threads()
    entries = {"session.set_denormal_as_zero": "1"}
    if choice.provider not in GPUS:
        # Workers spin between operators, but not through the pause between frames.
        entries["session.intra_op.spin_duration_us"] = "200"
    else:
        entries["session.intra_op.allow_spinning"] = "0"
        entries["session.disable_cpu_ep_fallback"] = "1"
    for key, value in entries.items():
        options.add_session_config_entry(key, value)
    for name, size in dims.items():
        options.add_free_dimension_override_by_name(name, size)
    return options


def _providers(provider: Provider) -> list[tuple[str, dict[str, str]]]:
    # EXHAUSTIVE, the default, stalls 0.3 to 1.3 s at a new shape; reports see no gain in speed from it.
    cuda = (_KEYS["cuda"], {"cudnn_conv_algo_search": "HEURISTIC"})
    if provider == "tensorrt":
        # Building an engine takes a minute or more for every size: kept, it is a second.
        engines = cache_folder() / "tensorrt"
        engines.mkdir(parents=True, exist_ok=True)
        options = {"trt_fp16_enable": "1", "trt_engine_cache_enable": "1", "trt_engine_cache_path": str(engines),
                   "trt_timing_cache_enable": "1", "trt_timing_cache_path": str(engines)}
        return [(_KEYS["tensorrt"], options), cuda]
    return [cuda] if provider == "cuda" else [(_KEYS["cpu"], {})]


def _open(path: Path, choice: Choice, signature: Signature, threads: int | None) -> Session:
    options = _options(choice, signature.dims, threads)
    try:
        # ONNX Runtime's own fallback prints and hides: ours is decided above.
        inner = ort.InferenceSession(str(path), options, _providers(choice.provider), enable_fallback=0)
    except Exception as e:  # ONNX Runtime's errors have no common base but Exception
        raise unusable(e, path, choice) from e
    _check_inputs(inner, path, signature)
    got = inner.get_providers()[0]
    if got != _KEYS[choice.provider]:
        raise ProviderError(f"ONNX Runtime went to the {got} instead of {NAMES[choice.provider]}",
                            f"Run: {INSTALL}")
    try:
        session = Session(inner, path, choice, signature)
    except Exception as e:
        raise lost(e, choice) from e
    session.run(signature.sample)
    return session


def _check_inputs(session: ort.InferenceSession, path: Path, signature: Signature) -> None:
    wants = {name: (_type(value.dtype), list(value.shape)) for name, value in signature.sample.items()}
    has = {node.name: (node.type, list(node.shape)) for node in session.get_inputs()}
    outputs = [node.name for node in session.get_outputs()]
    if wants != has or outputs[:1] != [signature.output]:
        raise ModelError(f"{path.name} is another kind of network: it takes {_listed(has)} and gives "
                         f"{', '.join(outputs)}; wanted are {_listed(wants)} and {signature.output}",
                         "Use a network that live-style made, or make one as models/README.md tells.")


def _type(dtype: np.dtype[Any]) -> str:
    return f"tensor({'float' if dtype == np.float32 else dtype.name})"


def _dtype(kind: str) -> np.dtype[Any]:
    """The other way round: "tensor(float)" is float32."""
    name = kind.removeprefix("tensor(").removesuffix(")")
    return np.dtype({"float": "float32", "double": "float64"}.get(name, name))


def _listed(nodes: Mapping[str, tuple[str, list[Any]]]) -> str:
    return ", ".join(f"{name} {kind[7:-1]}{shape}" for name, (kind, shape) in nodes.items())
