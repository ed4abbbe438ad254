"""What the computer has for CUDA: the driver, a GPU, and the libraries that ONNX Runtime needs."""

from __future__ import annotations

import ctypes
import importlib.util
import platform
import re
import sys
from pathlib import Path
from typing import NamedTuple

from live_style.errors import ProviderError
from live_style.system.install_hints import pip

OLDEST = (7, 5)
"""The first compute capability that ONNX Runtime's CUDA kernels are built for: GeForce 16 and RTX 20."""
INSTALL = pip('install "onnxruntime-gpu[cuda,cudnn]"')
"""What the `cuda` extra of live-style installs; works in a checkout as well as from a wheel."""
INSTALL_TENSORRT = pip('install "tensorrt-cu13-libs>=10.13,<11"')
DRIVERS = "https://www.nvidia.com/drivers"
_DRIVER = {"linux": "libcuda.so.1", "win32": "nvcuda.dll"}
_TENSORRT = ("libnvinfer.so.10", "libnvinfer_plugin.so.10", "libnvonnxparser.so.10")
_MAJOR, _MINOR = 75, 76


class NoGpu(ProviderError):
    """No NVIDIA GPU is available here; nothing is broken."""


class Gpu(NamedTuple):
    """A GPU that the driver offers."""

    name: str
    compute: tuple[int, int]
    """Compute capability, (8, 6) for a GeForce RTX 3060."""
    driver: int
    """The newest CUDA the driver can run, as major * 1000 + minor * 10."""


def find_gpu(needs: int) -> Gpu:
    """The first NVIDIA GPU, fit for that major version of CUDA; raises ProviderError when there is none."""
    gpu = _ask(_driver())
    if gpu.compute < OLDEST:
        compute = ".".join(map(str, gpu.compute))
        raise NoGpu(f"the {gpu.name} (compute {compute}) is too old: ONNX Runtime needs 7.5 or newer, "
                    "such as a GeForce 16 or RTX 20", "Use --provider auto, or --provider cpu.")
    if gpu.driver < needs * 1000:
        knows = f"{gpu.driver // 1000}.{gpu.driver % 1000 // 10}"
        raise ProviderError(f"the NVIDIA driver supports CUDA only up to {knows}, but ONNX Runtime needs CUDA {needs}",
                            f"Update the NVIDIA driver to 580 or newer ({DRIVERS}).")
    return gpu


def _driver() -> ctypes.CDLL:
    name = _DRIVER.get(sys.platform)
    if name is None:
        raise NoGpu("there is no CUDA on this system", "Use --provider auto, or --provider cpu.")
    try:
        return ctypes.CDLL(name)
    except OSError as e:
        raise _without_driver(name, nvidia_in_sight()) from e


def _without_driver(name: str, in_sight: bool | None) -> ProviderError:
    install = f"install its driver, 580 or newer ({DRIVERS})"
    if in_sight:
        return ProviderError(f"there is an NVIDIA GPU, but not its driver ({name})",
                             f"To use it, {install}; in a container, start it with access to the GPUs.")
    if in_sight is None:
        return NoGpu(f"no NVIDIA driver was found ({name})",
                     f"With an NVIDIA GPU: {install}. Without one: use --provider auto.")
    return NoGpu("there is no NVIDIA GPU in this computer", "Use --provider auto, or --provider cpu.")


def nvidia_in_sight(devices: Path = Path("/sys/bus/pci/devices")) -> bool | None:
    """Whether an NVIDIA GPU is plugged in, even without a driver; None if unknown."""
    # In WSL the GPU is no PCI device.
    if sys.platform != "linux" or "microsoft" in platform.release().lower() or not devices.is_dir():
        return None
    for device in devices.iterdir():
        try:
            kind, maker = ((device / name).read_text().strip() for name in ("class", "vendor"))
        except OSError:
            continue
        if maker == "0x10de" and kind.startswith("0x03"):
            return True
    return False


def _ask(driver: ctypes.CDLL) -> Gpu:
    count, device, value = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    code = driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)) or (0 if count.value else 100)
    if code:
        raise _dead(code)
    driver.cuDeviceGet(ctypes.byref(device), 0)
    name = ctypes.create_string_buffer(256)
    driver.cuDeviceGetName(name, 256, device)
    compute = []
    for attribute in (_MAJOR, _MINOR):
        driver.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
        compute.append(value.value)
    driver.cuDriverGetVersion(ctypes.byref(value))
    return Gpu(name.value.decode("utf-8", "replace"), (compute[0], compute[1]), value.value)


class Speed(NamedTuple):
    """The peak speed of a GPU."""

    flops: float
    """Operations on FP16 numbers whose sums are kept in FP32, as cuDNN's convolutions do, on its tensor cores."""
    bandwidth: float
    """Bytes from and to its memory."""


_PER_CLOCK = {(7, 5): 1024, (8, 0): 2048, (8, 6): 1024, (8, 9): 1024, (9, 0): 4096, (12, 0): 1024}
"""FP16 operations with FP32 sums of one multiprocessor in one clock, dense, by compute capability: the peaks in
NVIDIA's white papers on Turing, GA100, GA102, Ada, Hopper and Blackwell over multiprocessors and boost clocks (TFLOPS:
TITAN RTX 130.5, A100 312, RTX A6000 154.8, L4 121, H100 SXM 989, RTX PRO 6000 503.8). GeForce cards of those with 1024
do half (RTX 2080 Ti 53.8, RTX 3090 71, RTX 4090 165.2, RTX 5090 209.5)."""
_PROCESSORS, _CLOCK, _MEMORY_CLOCK, _BUS = 16, 13, 36, 37


def gpu_speed() -> Speed | None:
    """The speed of the first GPU, from the units and clocks that its driver reports.

    None if no figure for its tensor cores is published; raises ProviderError without a GPU.
    """
    driver = _driver()
    gpu, device, value = _ask(driver), ctypes.c_int(), ctypes.c_int()
    driver.cuDeviceGet(ctypes.byref(device), 0)
    told = []
    for attribute in (_PROCESSORS, _CLOCK, _MEMORY_CLOCK, _BUS):
        driver.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
        told.append(value.value)
    return speed_of(gpu, *told)


def speed_of(gpu: Gpu, processors: int, clock: int, memory_clock: int, bus: int) -> Speed | None:
    """Of a GPU with so many multiprocessors at a clock of so many kHz, and such a memory clock (kHz) and bus (bits)."""
    each = _PER_CLOCK.get(gpu.compute, 0)
    if gpu.compute == (7, 5) and not re.search(r"RTX|\bT4\b", gpu.name):
        each = 0  # GeForce 16 and their like have no tensor cores
    if "GeForce" in gpu.name and each == 1024:
        each //= 2
    speed = Speed(1000.0 * each * processors * clock, 2.0 * 1000.0 * memory_clock * bus / 8.0)
    return speed if all(speed) else None


def _dead(code: int) -> ProviderError:
    if code == 100:
        return NoGpu("no NVIDIA GPU was found",
                     "If there is one, check that CUDA_VISIBLE_DEVICES does not hide it; if not, use --provider cpu.")
    if code == 803:
        return ProviderError("the NVIDIA driver was updated, but the old one is still loaded", "Restart the computer.")
    return ProviderError(f"the NVIDIA driver does not start (error {code})",
                         f"Restart the computer; if that does not help, reinstall the driver ({DRIVERS}).")


def require_libraries(major: int) -> None:
    """Raises ProviderError naming the CUDA libraries that cannot be loaded; ONNX Runtime only logs that."""
    if sys.platform == "win32":
        names = [f"cublasLt64_{major}.dll", f"cublas64_{major}.dll", f"cudart64_{major}.dll", "cudnn64_9.dll"]
    else:
        names = [f"libcublasLt.so.{major}", f"libcublas.so.{major}", f"libcudart.so.{major}", "libcudnn.so.9"]
    missing = [name for name in names if not _loads(name)]
    if missing:
        raise ProviderError(f"CUDA libraries are missing: {', '.join(missing)}", f"Run: {INSTALL}")


def require_tensorrt() -> None:
    """Raises ProviderError when TensorRT 10 cannot be loaded; finds it in its pip package too."""
    if sys.platform == "win32":
        names: tuple[str, ...] = ("nvinfer_10.dll", "nvinfer_plugin_10.dll", "nvonnxparser_10.dll")
    else:
        names = _TENSORRT
    spec = importlib.util.find_spec("tensorrt_libs")
    folders = [Path(p) for p in (spec.submodule_search_locations or ())] if spec else []
    # The provider asks for them by bare name: loaded here, they are found wherever pip put them.
    missing = [name for name in names if not any(_loads(str(f / name)) for f in folders) and not _loads(name)]
    if missing:
        raise ProviderError(f"TensorRT 10 is missing: {', '.join(missing)}", f"Run: {INSTALL_TENSORRT}")


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name, mode=getattr(ctypes, "RTLD_GLOBAL", 0))
    except OSError:
        return False
    return True
