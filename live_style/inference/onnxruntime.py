"""The parts of ONNX Runtime that live-style uses: sessions on a processor that was tested."""

from __future__ import annotations

import contextlib
import io
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from typing import Literal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from live_style.errors import ModelError
from live_style.errors import ProviderError
from live_style.inference.cuda import INSTALL
from live_style.inference.cuda import NoGpu
from live_style.inference.cuda import find_gpu
from live_style.inference.cuda import require_libraries
from live_style.inference.cuda import require_tensorrt
from live_style.inference.providers import GPUS
from live_style.inference.providers import KEYS
from live_style.inference.providers import NAMES
from live_style.inference.providers import Provider
from live_style.inference.providers import ProviderChoice
from live_style.inference.providers import Tuning
from live_style.inference.providers import entries
from live_style.inference.providers import lost
from live_style.inference.providers import options
from live_style.inference.providers import unusable
from live_style.system.cpu import logical_cores
from live_style.system.cpu import physical_cores
from live_style.system.environment import for_now
from live_style.system.install_hints import pip
from live_style.system.paths import cache_folder

# From 1.29 on it makes a number for this computer, keeps a store of events in the user's cache and sends them to its
# makers. Only this, and only at its import, keeps the sender from starting; the call below stills what other versions,
# and Windows, have.
with for_now(ORT_DISABLE_TELEMETRY="1"):
    import onnxruntime as ort
ort.disable_telemetry_events()

Array = npt.NDArray[Any]
Apart = Literal["directml", "coreml"]
APART: dict[Apart, tuple[str, str]] = {"directml": ("win32", "graphics card"), "coreml": ("darwin", "Apple chip")}
"""Processors for which ONNX Runtime has builds of its own: the system they are of, and what they are called."""
_SILENT = 4


class Signature(NamedTuple):
    """The inputs and outputs of a network."""

    sample: Mapping[str, Array]
    """Its inputs by name, of the shape and type that they always have; used to warm it up."""
    output: str
    """The name of its first output."""
    dims: Mapping[str, int] = {}
    """The sizes that its symbolic dimensions are fixed to."""


class Buffers:
    """A network's inputs and its first output in its processor's memory, made once.

    A frame then costs two copies and no allocation, and the addresses never change, which a CUDA graph needs.
    """

    def __init__(self, session: ort.InferenceSession, signature: Signature, place: Literal["cuda", "cpu"]) -> None:
        buffer = ort.OrtValue.ortvalue_from_shape_and_type
        self._session, self._binding = session, session.io_binding()
        self._inputs = {name: buffer(value.shape, value.dtype.type, place, 0)
                        for name, value in signature.sample.items()}
        for name, value in self._inputs.items():
            self._binding.bind_ortvalue_input(name, value)
        node = session.get_outputs()[0]
        self._output = buffer(node.shape, _dtype(node.type).type, place, 0)
        self._binding.bind_ortvalue_output(node.name, self._output)

    def upload(self, feeds: Mapping[str, Array]) -> None:
        """Copy what the next frame is made of; what is not named stays as it was."""
        for name, value in feeds.items():
            self._inputs[name].update_inplace(value)

    def compute(self) -> None:
        """Run on what was uploaded, and wait until that is done."""
        self._session.run_with_iobinding(self._binding)

    def download(self) -> Array:
        """The output, a new array."""
        seen: Array = self._output.numpy()
        return seen if seen.flags.owndata else seen.copy()  # on the CPU it is the buffer itself


class Session:
    """A network ready to run at one fixed shape; used by one thread at a time."""

    def __init__(self, session: ort.InferenceSession, path: Path, choice: ProviderChoice,
                 buffers: Buffers | None) -> None:
        self.path = path
        self.choice = choice
        self.metadata: dict[str, str] = dict(session.get_modelmeta().custom_metadata_map)
        self._session, self._buffers = session, buffers
        self._outputs = [node.name for node in session.get_outputs()]

    def run(self, feeds: Mapping[str, Array]) -> Array:
        """The network's first output, a new array.

        Raises ProviderError when the processor was lost or is out of memory.
        """
        try:
            if self._buffers is None:
                return np.asarray(self._session.run(self._outputs[:1], dict(feeds))[0])
            self._buffers.upload(feeds)
            self._buffers.compute()
            return self._buffers.download()
        except Exception as e:  # ONNX Runtime's errors have no common base but Exception
            raise lost(e, self.choice) from e

    def again(self) -> None:
        """Once more on the last feeds, without copies where there are buffers; raises ProviderError as `run` does."""
        try:
            if self._buffers is not None:
                self._buffers.compute()
        except Exception as e:
            raise lost(e, self.choice) from e


class Input(NamedTuple):
    """An input of a network; variable sides are None."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int | None, ...]


class GraphPart:
    """A part of a network, an ONNX file's bytes, that runs at any shape; used by one thread at a time."""

    def __init__(self, model: bytes, choice: ProviderChoice) -> None:
        self._choice = choice
        try:
            # TensorRT would take minutes to build an engine for each part.
            provider: Provider = "cuda" if choice.provider in GPUS else "cpu"
            self._session = ort.InferenceSession(model, _options(choice, {}, None), _providers(provider, Tuning()),
                                                 enable_fallback=0)
        except Exception as e:  # ONNX Runtime's errors have no common base but Exception
            raise lost(e, choice) from e

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Its inputs, in the order of the file."""
        return tuple(Input(node.name, _dtype(node.type), tuple(d if isinstance(d, int) else None for d in node.shape))
                     for node in self._session.get_inputs())

    def run(self, feeds: Mapping[str, Array]) -> list[Array]:
        """All its outputs, as new arrays; unknown inputs are ignored. Raises ProviderError like `Session`."""
        try:
            return list(self._session.run(None, {node.name: feeds[node.name] for node in self._session.get_inputs()}))
        except Exception as e:
            raise lost(e, self._choice) from e


def plain_session(source: str | bytes, threads: int = 0) -> ort.InferenceSession:
    """ONNX Runtime's own session on the CPU, of a file or of its bytes, for tools that measure and make networks."""
    said = ort.SessionOptions()
    said.intra_op_num_threads = threads
    said.log_severity_level = _SILENT
    return ort.InferenceSession(source, said, providers=["CPUExecutionProvider"])


def open_session(path: Path, provider: Provider, signature: Signature, threads: int | None = None,
                 tuning: Tuning | None = None) -> Session:
    """A session that has already run once, on the signature's sample.

    Works on the processor that was named, or raises ProviderError; a file of another kind raises ModelError.
    `threads` are for the CPU, None: as many as help. `tuning` is for the bench: the session then has buffers wherever
    it runs.
    """
    return _open(path, _ready(provider, threads), signature, threads, tuning)


def check_provider(provider: Provider) -> ProviderChoice:
    """What a session would run on; raises ProviderError when the driver, a GPU or a library is missing."""
    return _ready(provider, None)


def offered() -> tuple[Apart, ...]:
    """Those of APART that this build of ONNX Runtime has."""
    return tuple(provider for provider in APART if KEYS[provider] in ort.get_available_providers())


def _ready(provider: Provider, threads: int | None) -> ProviderChoice:
    if provider == "cpu":
        count = threads or cpu_threads()
        return ProviderChoice("cpu", f"{count} thread{'s' * (count > 1)}", f"CPU, {count} thread{'s' * (count > 1)}")
    if provider == "directml" or provider == "coreml":
        return _apart(provider)
    build = cuda_build()
    gpu = find_gpu(build)
    if platform.machine() not in ("x86_64", "AMD64"):
        raise NoGpu(f"ONNX Runtime supports CUDA on x86-64 only; this is {platform.machine()}",
                    "Use --provider auto, or --provider cpu.")
    if KEYS[provider] not in ort.get_available_providers():
        raise ProviderError(f"this ONNX Runtime ({ort.__version__}) has no support for {NAMES[provider]}",
                            f"Run: {pip('uninstall -y onnxruntime')}; {INSTALL}")
    # It prints what it cannot load, as does its default logger; the check that follows gives a better message.
    ort.set_default_logger_severity(_SILENT)
    with contextlib.redirect_stdout(io.StringIO()):
        ort.preload_dlls()
    require_libraries(build)
    if provider == "tensorrt":
        require_tensorrt()
    return ProviderChoice(provider, gpu.name, f"{NAMES[provider]} on {gpu.name}")


def _apart(provider: Apart) -> ProviderChoice:
    system, device = APART[provider]
    if provider in offered():
        return ProviderChoice(provider, device, f"{NAMES[provider]} on the {device}")
    if sys.platform != system:
        raise ProviderError(f"there is no {NAMES[provider]} on this system", "Use --provider auto, or --provider cpu.")
    lacks = f"this ONNX Runtime ({ort.__version__}) has no support for {NAMES[provider]}"
    package = "onnxruntime-directml" if provider == "directml" else "onnxruntime"
    raise ProviderError(lacks, f"Run: {pip('uninstall -y onnxruntime onnxruntime-gpu')}; {pip(f'install {package}')}")


def cuda_build() -> int:
    """The major version of CUDA that this ONNX Runtime was built for; 0: none."""
    return int(str(getattr(ort, "cuda_version", "") or "0").split(".")[0])


def cpu_threads() -> int:
    """All physical cores except one for the camera and the window, but at least two if there are two."""
    return min(logical_cores(), max(2, physical_cores() - 1))


def versions() -> str:
    """ONNX Runtime's version and what it was built for."""
    return f"{ort.__version__}, CUDA {ort.cuda_version}" if cuda_build() else str(ort.__version__)


def _options(choice: ProviderChoice, dims: Mapping[str, int], threads: int | None) -> ort.SessionOptions:
    said = ort.SessionOptions()
    said.log_severity_level = _SILENT
    said.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    said.intra_op_num_threads = 1 if choice.provider in GPUS else threads or cpu_threads()
    # DirectML refuses a session with memory patterns, or one that is not sequential.
    said.enable_mem_pattern = choice.provider != "directml"
    for key, value in entries(choice.provider).items():
        said.add_session_config_entry(key, value)
    for name, size in dims.items():
        said.add_free_dimension_override_by_name(name, size)
    return said


def _providers(provider: Provider, tuning: Tuning) -> list[tuple[str, dict[str, str]]]:
    engines = cache_folder() / "tensorrt"
    if provider == "tensorrt":
        engines.mkdir(parents=True, exist_ok=True)
    return options(provider, tuning, engines)


def _open(path: Path, choice: ProviderChoice, signature: Signature, threads: int | None,
          tuning: Tuning | None) -> Session:
    said = _options(choice, signature.dims, threads)
    try:
        # ONNX Runtime's own fallback prints text and hides errors: the fallback is decided above.
        inner = ort.InferenceSession(str(path), said, _providers(choice.provider, tuning or Tuning()),
                                     enable_fallback=0)
    except Exception as e:  # ONNX Runtime's errors have no common base but Exception
        raise unusable(e, path, choice) from e
    _check_inputs(inner, path, signature)
    got = inner.get_providers()[0]
    if got != KEYS[choice.provider]:
        raise ProviderError(f"ONNX Runtime uses {got} instead of {NAMES[choice.provider]}",
                            f"Run: {INSTALL}" if choice.provider in GPUS else "Use --provider auto, or --provider cpu.")
    try:
        gpu = choice.provider in GPUS
        buffers = Buffers(inner, signature, "cuda" if gpu else "cpu") if gpu or tuning is not None else None
    except Exception as e:
        raise lost(e, choice) from e
    session = Session(inner, path, choice, buffers)
    session.run(signature.sample)
    return session


def _check_inputs(session: ort.InferenceSession, path: Path, signature: Signature) -> None:
    wants = {name: (_type(value.dtype), list(value.shape)) for name, value in signature.sample.items()}
    has = {node.name: (node.type, list(node.shape)) for node in session.get_inputs()}
    outputs = [node.name for node in session.get_outputs()]
    if wants != has or outputs[:1] != [signature.output]:
        raise ModelError(f"{path.name} is a different kind of network: it has the inputs {_listed(has)} and the "
                         f"outputs {', '.join(outputs)}, not {_listed(wants)} and {signature.output}",
                         "Use a network of live-style; models/README.md explains how to make one.")


def _type(dtype: np.dtype[Any]) -> str:
    return f"tensor({'float' if dtype == np.float32 else dtype.name})"


def _dtype(kind: str) -> np.dtype[Any]:
    """The other way round: "tensor(float)" is float32."""
    name = kind.removeprefix("tensor(").removesuffix(")")
    return np.dtype({"float": "float32", "double": "float64"}.get(name, name))


def _listed(nodes: Mapping[str, tuple[str, list[Any]]]) -> str:
    return ", ".join(f"{name} {kind[7:-1]}{shape}" for name, (kind, shape) in nodes.items())
