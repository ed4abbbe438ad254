"""The CUDA look-up: it names the obstacle and the remedy."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pytest

from live_style.errors import ProviderError
from live_style.inference import cuda
from live_style.system import cpu as cores


class Driver:
    """A driver library with one GPU; `fails` is what cuInit answers."""

    def __init__(self, fails: int = 0, count: int = 1, compute: tuple[int, int] = (8, 6),
                 cuda: int = 13000) -> None:
        self.fails, self.count, self.compute, self.cuda = fails, count, compute, cuda

    def cuInit(self, flags: int) -> int:
        return self.fails

    def cuDeviceGetCount(self, out: object) -> int:
        out._obj.value = self.count  # type: ignore[attr-defined]
        return 0

    def cuDeviceGet(self, out: object, index: int) -> int:
        return 0

    def cuDeviceGetName(self, buffer: "ctypes.Array[ctypes.c_char]", size: int, device: object) -> int:
        buffer.value = b"NVIDIA GeForce RTX 3060"
        return 0

    def cuDeviceGetAttribute(self, out: object, attribute: int, device: object) -> int:
        told = {75: self.compute[0], 76: self.compute[1], 16: 28, 13: 1_777_000, 36: 7_501_000, 37: 192}
        out._obj.value = told[attribute]  # type: ignore[attr-defined]
        return 0

    def cuDriverGetVersion(self, out: object) -> int:
        out._obj.value = self.cuda  # type: ignore[attr-defined]
        return 0


def found(monkeypatch: pytest.MonkeyPatch, driver: Driver) -> cuda.Gpu:
    monkeypatch.setattr(cuda, "_driver", lambda: driver)
    return cuda.find_gpu(13)


def test_a_gpu_is_found_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, Driver()) == cuda.Gpu("NVIDIA GeForce RTX 3060", (8, 6), 13000)


def test_its_units_and_clocks_tell_what_it_can_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda, "_driver", lambda: Driver())
    speed = cuda.gpu_speed()
    assert speed is not None
    assert speed.flops / 1e12 == pytest.approx(25.5, abs=0.1) and speed.bandwidth / 1e9 == pytest.approx(360, abs=1)


@pytest.mark.parametrize("driver, cause, cure", [
    (Driver(count=0), "no NVIDIA GPU was found", "CUDA_VISIBLE_DEVICES"),
    (Driver(fails=100), "no NVIDIA GPU was found", "CUDA_VISIBLE_DEVICES"),
    (Driver(fails=803), "driver was updated", "Restart the computer"),
    (Driver(fails=999), "driver does not start (error 999)", "install the driver"),
    (Driver(compute=(6, 1)), "(compute 6.1) is too old", "--provider cpu"),
    (Driver(cuda=12080), "supports CUDA only up to 12.8, but ONNX Runtime needs CUDA 13", "580"),
])
def test_what_stands_in_the_way_is_named(monkeypatch: pytest.MonkeyPatch, driver: Driver, cause: str,
                                         cure: str) -> None:
    with pytest.raises(ProviderError) as e:
        found(monkeypatch, driver)
    assert cause in e.value.cause
    assert cure in e.value.cure


@pytest.mark.skipif(sys.platform != "linux", reason="reads a folder as Linux lays it out")
def test_a_gpu_without_its_driver_is_told_from_no_gpu(tmp_path: Path) -> None:
    assert cuda.nvidia_in_sight(tmp_path / "hidden") is None
    for name, kind, maker in (("0", "0x020000", "0x10de"), ("1", "0x030000", "0x1002")):  # a network card, AMD
        (tmp_path / name).mkdir()
        (tmp_path / name / "class").write_text(f"{kind}\n")
        (tmp_path / name / "vendor").write_text(f"{maker}\n")
    assert cuda.nvidia_in_sight(tmp_path) is False
    (tmp_path / "0" / "class").write_text("0x030200\n")
    assert cuda.nvidia_in_sight(tmp_path) is True
    missing = [cuda._without_driver("libcuda.so.1", seen) for seen in (True, False, None)]
    # Only a GPU that lies idle for want of a driver is worth advice in every show.
    assert [isinstance(error, cuda.NoGpu) for error in missing] == [False, True, True]
    assert "580" in missing[0].cure and "580" in missing[2].cure


def test_missing_libraries_are_named_with_the_command_that_brings_them() -> None:
    # No CUDA of this version will ever be installed.
    with pytest.raises(ProviderError) as e:
        cuda.require_libraries(999)
    assert "cublasLt" in e.value.cause
    assert e.value.cure.endswith('-m pip install "onnxruntime-gpu[cuda,cudnn]"')


@pytest.mark.skipif(sys.platform != "linux", reason="reads a folder as Linux lays it out")
def test_two_hardware_threads_of_one_core_count_once(tmp_path: Path) -> None:
    for cpu, siblings in enumerate(["0,2", "1,3", "0,2", "1,3"]):
        folder = tmp_path / f"cpu{cpu}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(siblings + "\n")
    assert cores._linux(tmp_path, {0, 1, 2, 3}) == 2
    assert cores._linux(tmp_path, {0, 2}) == 1
    assert cores._linux(tmp_path / "hidden", {0}) == 0


def test_there_is_at_least_one_core() -> None:
    assert 1 <= cores.physical_cores() <= cores.logical_cores()
