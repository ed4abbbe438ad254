"""The parts of OpenVINO that live-style uses: another way to paint without an NVIDIA GPU.

On processors with bfloat16 it is twice as fast as ONNX Runtime (more with matrix units such as AMX), with a
difference of 0.2 levels of 255; on Intel's graphics chips it is the only way.
"""

from __future__ import annotations

import functools
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from typing import NamedTuple

import numpy as np

from live_style.errors import ModelError
from live_style.errors import ProviderError
from live_style.inference.onnxruntime import Array
from live_style.inference.onnxruntime import Signature
from live_style.inference.onnxruntime import cpu_threads
from live_style.inference.providers import ProviderChoice
from live_style.inference.providers import no_memory
from live_style.inference.providers import out_of_memory
from live_style.system.cpu import processor_name
from live_style.system.install_hints import again
from live_style.system.install_hints import pip

INSTALL = pip('install "live-style[openvino]"')


class Target(NamedTuple):
    """The device and the precision of OpenVINO."""

    device: str
    """OpenVINO's name of the device; Intel's graphics chip if there is one."""
    precision: str
    """f16, bf16 or f32."""


class OpenVinoSession:
    """A network ready to run at one fixed shape; used by one thread at a time."""

    def __init__(self, model: Any, compiled: Any, path: Path, choice: ProviderChoice, signature: Signature) -> None:
        self.path, self.choice = path, choice
        about = model.rt_info["framework"] if "framework" in model.rt_info else {}
        self.metadata: dict[str, str] = {key: about[key].value for key in about}
        self._request = compiled.create_infer_request()
        self._names = tuple(signature.sample)

    def run(self, feeds: Mapping[str, Array]) -> Array:
        """The network's first output, a new array.

        Raises ProviderError when the processor was lost or is out of memory.
        """
        try:
            self._request.infer({name: feeds[name] for name in self._names}, share_inputs=True, share_outputs=True)
            return np.array(self._request.get_output_tensor(0).data)
        except Exception as e:  # OpenVINO's errors are RuntimeErrors, those of its checks TypeErrors and others
            raise _lost(e, self.choice) from e


def helps() -> bool:
    """Whether it is installed, can be loaded, and is faster here than ONNX Runtime on the CPU."""
    try:
        return _core()[1].precision != "f32"
    except ProviderError:
        return False


def check_vino() -> ProviderChoice:
    """The device that a session would use; raises ProviderError if OpenVINO is missing."""
    core, target = _core()
    return _choice(core, target, None)


def open_vino(path: Path, signature: Signature, threads: int | None = None) -> OpenVinoSession:
    """A session that has already run once, on the signature's sample, from an FP16 file.

    Raises ModelError for another kind of file, ProviderError if OpenVINO is missing or does not work.
    """
    core, target = _core()
    choice = _choice(core, target, threads)
    try:
        model = core.read_model(path)
    except Exception as e:
        # It lists the readers that it could load. The one for ONNX is included: if it is missing, memory ran out.
        if out_of_memory(e) or "onnx" not in str(e).partition("Available frontends:")[2].split():
            raise no_memory("computer") from e
        raise ModelError(f"OpenVINO cannot load {path.name}: {_text(e)}", again(path.parent)) from e
    _check(model, path, signature)
    try:
        model.reshape({name: list(value.shape) for name, value in signature.sample.items()})
        compiled = core.compile_model(model, target.device, _settings(target, threads))
        session = OpenVinoSession(model, compiled, path, choice, signature)
    except Exception as e:
        raise _lost(e, choice) from e
    session.run(signature.sample)
    return session


def _core() -> tuple[Any, Target]:
    if importlib.util.find_spec("openvino") is None:
        raise ProviderError("OpenVINO is not installed", f"Run: {INSTALL}")
    try:
        return _only_core()
    except Exception as e:
        if out_of_memory(e) or "failed to map segment" in str(e):
            raise no_memory("computer") from e
        raise ProviderError(f"OpenVINO cannot be loaded: {_text(e)}", f"Run: {INSTALL}") from e


@functools.cache
def _only_core() -> tuple[Any, Target]:
    """OpenVINO's core, which stays until the process ends.

    The thread that makes a core handles its signals in memory of that core. If another thread then frees the core,
    the next Ctrl-C is a segmentation fault.
    """
    core = _silently_imported().Core()
    return core, _target(core)


def _silently_imported() -> Any:
    """The package without its telemetry package, which sends data to its makers at every import."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        import openvino
    finally:
        if sys.modules["openvino_telemetry"] is None:
            del sys.modules["openvino_telemetry"]
    return openvino


def _target(core: Any) -> Target:
    device = next((name for name in core.available_devices if name.startswith("GPU")), "CPU")
    if device != "CPU":
        return Target(device, "f16")
    # On a processor that only emulates bfloat16, it is slow.
    return Target(device, "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32")


def _settings(target: Target, threads: int | None) -> dict[str, Any]:
    settings: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": target.precision}
    if target.device != "CPU":
        return settings
    # Pinned threads would get in the way of those of the camera and the window.
    return settings | {"ENABLE_CPU_PINNING": False, "INFERENCE_NUM_THREADS": threads or cpu_threads()}


def _choice(core: Any, target: Target, threads: int | None) -> ProviderChoice:
    if target.device != "CPU":
        name = str(core.get_property(target.device, "FULL_DEVICE_NAME"))
        return ProviderChoice("openvino", name, f"OpenVINO on {name}, FP16")
    count = threads or cpu_threads()
    bits = {"bf16": "BF16", "f32": "FP32"}[target.precision]
    label = f"OpenVINO on the CPU, {bits}, {count} thread{'s' * (count > 1)}"
    return ProviderChoice("openvino", processor_name(), label)


def _check(model: Any, path: Path, signature: Signature) -> None:
    has = {node.any_name: node.get_element_type().to_dtype() for node in model.inputs}
    wants = {name: value.dtype for name, value in signature.sample.items()}
    outputs = [node.any_name for node in model.outputs]
    if has != wants or outputs[:1] != [signature.output]:
        raise ModelError(f"{path.name} is a different kind of network: it has the inputs {', '.join(has)} and the "
                         f"outputs {', '.join(outputs)}", "Use a network of live-style; models/README.md "
                         "explains how to make one.")


def _text(error: Exception) -> str:
    """The last line with content: the first ones name source files of OpenVINO."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("Exception from")]
    return (lines[-1] if lines else type(error).__name__)[:160]


def _lost(error: Exception, choice: ProviderChoice) -> ProviderError:
    if out_of_memory(error) or "alloc" in str(error).lower():
        return no_memory("computer")
    return ProviderError(f"{choice.why} failed: {_text(error)}", "Use --provider auto, or --provider cpu.")
