"""Sessions: every way in which a file or a processor can be wrong ends in a cause and a cure."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from onnx import TensorProto

from live_style.errors import ModelError
from live_style.errors import ProviderError
from live_style.inference import onnxruntime
from live_style.inference import openvino
from live_style.inference.engine import Network
from live_style.inference.engine import check_provider
from live_style.inference.engine import doubts
from live_style.inference.engine import open_network
from live_style.inference.model_files import transformer
from live_style.inference.onnxruntime import Array
from live_style.inference.onnxruntime import Signature
from live_style.inference.onnxruntime import cpu_threads
from live_style.inference.onnxruntime import open_session
from live_style.inference.providers import ProviderChoice
from live_style.inference.providers import Tuning
from live_style.inference.providers import Wanted
from live_style.inference.providers import options
from live_style.look import NORMS
from live_style.look import REAL
from tests.support.networks import MODELS
from tests.support.networks import has
from tests.support.networks import write_network

BALANCED = transformer(MODELS, "balanced", half=False)


def signature(width: int = 64, height: int = 48) -> Signature:
    one = np.ones(1, np.float32)
    sample = {"frame": np.zeros((1, height, width, 3), np.uint8), "style": REAL.embedding[np.newaxis],
              "norms": np.zeros((1, NORMS), np.float32), "strength": one, "color": one}
    return Signature(sample, "stylized", {"width": width, "height": height})


def test_the_processor_is_found_and_said_in_one_line() -> None:
    session = open_network(lambda _: BALANCED, "auto", signature())
    assert session.choice.why
    assert "\n" not in session.choice.why
    assert session.metadata["live_style.model"] == "balanced"
    out = session.run(signature().sample)
    assert out.shape == (1, 48, 64, 3) and out.dtype == np.uint8


def test_auto_says_why_it_is_the_cpu() -> None:
    if has("cuda"):
        pytest.skip("this machine has CUDA")
    session = open_network(lambda _: BALANCED, "auto", signature())
    assert session.choice.provider == ("openvino" if openvino.helps() else "cpu")
    assert f"{cpu_threads()} thread" in session.choice.why
    assert "NVIDIA" in session.choice.why or "CUDA" in session.choice.why


@pytest.mark.parametrize("provider", ["cuda", "tensorrt"])
def test_a_processor_that_was_named_and_is_not_there_is_an_error_with_a_cure(provider: Wanted) -> None:
    if has(provider):
        pytest.skip(f"this machine has {provider}")
    with pytest.raises(ProviderError) as e:
        open_session(BALANCED, provider, signature())
    assert e.value.cure
    assert "nnxruntime::" not in str(e.value)


def test_openvino_paints_what_onnx_runtime_paints() -> None:
    if not has("openvino"):
        pytest.skip("no openvino on this machine")
    frame = np.kron(np.random.default_rng(0).integers(0, 256, (1, 6, 8, 3)), np.ones((1, 8, 8, 1))).astype(np.uint8)
    feeds = {**signature().sample, "frame": frame, "style": np.full((1, 100), 0.1, np.float32)}
    session = open_network(lambda _: BALANCED, "openvino", signature())
    assert session.metadata["live_style.model"] == "balanced"
    assert session.choice.why.startswith("OpenVINO on ")
    one, cpu = session.run(feeds), open_session(BALANCED, "cpu", signature())
    apart = np.abs(one.astype(int) - cpu.run(feeds))
    # bfloat16 has 8 bits: on photographs 0.2 to 0.4 levels on average.
    assert apart.mean() < 1.0 and one.shape == frame.shape and one.dtype == np.uint8
    real = {**feeds, "strength": np.zeros(1, np.float32)}
    assert np.array_equal(session.run(real), frame), "at strength 0 it is the frame, to the bit"
    assert np.abs(one.astype(int) - session.run(feeds)).max() == 0, "what was given is kept by whoever asked for it"


def test_openvino_tells_nobody_that_it_is_used() -> None:
    if not has("openvino"):
        pytest.skip("no openvino on this machine")
    code = ("import sys, threading\n"
            "from live_style.inference import openvino\n"
            "openvino.helps()\n"
            "print('openvino' in sys.modules, [name for name in sys.modules if 'openvino_telemetry' in name],\n"
            "      threading.active_count())\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True [] 1"


INTERRUPTED = """
import signal, threading
from tests.inference.test_engine import BALANCED, open_network, openvino, signature
for _ in range(9):
    openvino.check_vino()
    here = [open_network(lambda _: BALANCED, "openvino", signature())]
    elsewhere = threading.Thread(target=here.clear)
    elsewhere.start()
    elsewhere.join()
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("ends in order")
"""


def test_ctrl_c_ends_in_order_after_another_thread_closed_a_network() -> None:
    if not has("openvino"):
        pytest.skip("no openvino on this machine")
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)" + INTERRUPTED
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "ends in order\n"), done.stderr


def test_openvino_refuses_what_is_no_network_of_ours(tmp_path: Path) -> None:
    if not has("openvino"):
        pytest.skip("no openvino on this machine")
    junk = tmp_path / "junk.onnx"
    junk.write_bytes(b"junk" * 100)
    with pytest.raises(ModelError, match="cannot load junk.onnx"):
        open_network(lambda _: junk, "openvino", signature())
    other = write_network(tmp_path / "net.onnx", inputs=("style", "norms", "strength"))
    with pytest.raises(ModelError, match="net.onnx is a different kind of network"):
        open_network(lambda _: other, "openvino", signature())


def test_without_openvino_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    with pytest.raises(ProviderError, match="OpenVINO is not installed") as e:
        open_network(lambda _: BALANCED, "openvino", signature())
    assert "live-style[openvino]" in e.value.cure
    assert open_network(lambda _: BALANCED, "auto", signature()).choice.provider in ("cpu", "cuda")


@pytest.mark.parametrize("provider", ["cuda", "tensorrt"])
def test_the_gpu_paints_what_the_cpu_paints(provider: Wanted) -> None:
    if not has(provider):
        pytest.skip(f"no {provider} on this machine")
    frame = np.random.default_rng(0).integers(0, 256, (1, 48, 64, 3), np.uint8)
    feeds = {**signature().sample, "frame": frame}
    gpu = open_session(transformer(MODELS, "balanced", half=True), provider, signature())
    cpu = open_session(BALANCED, "cpu", signature())
    assert gpu.choice.provider == provider
    assert np.abs(gpu.run(feeds).astype(int) - cpu.run(feeds)).mean() < 1.0


@pytest.mark.parametrize("provider", ["directml", "coreml"])
def test_a_processor_of_another_system_or_build_is_an_error_with_a_cure(provider: Wanted) -> None:
    if has(provider):
        pytest.skip(f"this machine has {provider}")
    with pytest.raises(ProviderError, match="DirectML|CoreML") as e:
        open_session(BALANCED, provider, signature())
    assert "--provider cpu" in e.value.cure or "pip" in e.value.cure


def test_what_the_build_lists_and_does_not_run_gives_place_to_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    if has("cuda"):
        pytest.skip("this machine has CUDA")
    # A list with one more name: what follows, ONNX Runtime's refusal of it too, is real.
    listed = [*ort.get_available_providers(), "DmlExecutionProvider"]
    if "DmlExecutionProvider" in ort.get_available_providers():
        pytest.skip("this machine has DirectML")
    assert onnxruntime.offered() == ()
    monkeypatch.setattr(ort, "get_available_providers", lambda: listed)
    assert onnxruntime.offered() == ("directml",)
    assert check_provider("directml").why == "DirectML on the graphics card"
    with pytest.raises(ProviderError):
        open_session(BALANCED, "directml", signature())
    session = open_network(lambda _: BALANCED, "auto", signature())
    assert session.choice.provider == ("openvino" if openvino.helps() else "cpu")
    assert "DirectML" in session.choice.why and "\n" not in session.choice.why


class Stand:
    """A network in the place of one on a processor that is not here."""

    def __init__(self, known: Network, change: int, seconds: float) -> None:
        self.path, self.metadata = known.path, known.metadata
        self.choice = ProviderChoice("coreml", "Apple chip", "CoreML")
        self.known, self.change, self.seconds = known, change, seconds

    def run(self, feeds: Mapping[str, Array]) -> Array:
        time.sleep(self.seconds)
        return np.clip(self.known.run(feeds).astype(int) + self.change, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("own, change, theirs, doubt", [
    (0.05, 0, 0.0, ""), (0.0, 0, 0.05, "CoreML is slower"), (0.05, 20, 0.0, "CoreML paints a different picture"),
])
def test_a_processor_is_used_unasked_only_where_it_is_seen_to_help(own: float, change: int, theirs: float,
                                                                   doubt: str) -> None:
    cpu = open_session(BALANCED, "cpu", signature())
    assert doubts(Stand(cpu, change, theirs), Stand(cpu, 0, own), signature()) == doubt


def test_directml_is_given_neither_memory_patterns_nor_parallel_steps() -> None:
    said = onnxruntime._options(ProviderChoice("directml", "graphics card", ""), {}, None)
    assert not said.enable_mem_pattern and said.execution_mode == ort.ExecutionMode.ORT_SEQUENTIAL


def test_a_network_paints_the_same_through_buffers_that_are_made_once() -> None:
    plain = open_session(BALANCED, "cpu", signature())
    bound = open_session(BALANCED, "cpu", signature(), tuning=Tuning())
    frames = np.random.default_rng(0).integers(0, 256, (2, 1, 48, 64, 3), np.uint8)
    looks = np.random.default_rng(1).normal(0, 0.3, (2, 1, 100)).astype(np.float32)
    painted = [bound.run({**signature().sample, "frame": frame, "style": look})
               for frame, look in zip(frames, looks, strict=True)]
    for frame, look, seen in zip(frames, looks, painted, strict=True):
        assert np.array_equal(seen, plain.run({**signature().sample, "frame": frame, "style": look}))
    # What is not given again stays as it was, and `again` changes nothing but the clock.
    bound.again()
    assert np.array_equal(bound.run({"frame": frames[1]}), painted[1])
    assert np.array_equal(bound.run({"frame": frames[0], "style": looks[0]}), painted[0])


def test_a_show_asks_cuda_for_quick_searches_and_the_bench_for_what_it_compares() -> None:
    (name, said), = options("cuda", Tuning(), Path())
    assert name == "CUDAExecutionProvider"
    assert said == {"cudnn_conv_algo_search": "HEURISTIC", "prefer_nhwc": "0", "enable_cuda_graph": "0"}
    (_, said), = options("cuda", Tuning("EXHAUSTIVE", nhwc=True, graph=True), Path())
    assert said == {"cudnn_conv_algo_search": "EXHAUSTIVE", "prefer_nhwc": "1", "enable_cuda_graph": "1"}
    names = [name for name, _ in options("tensorrt", Tuning(), Path())]
    assert names == ["TensorrtExecutionProvider", "CUDAExecutionProvider"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="the network .*gone.onnx does not exist"):
        open_session(tmp_path / "gone.onnx", "cpu", signature())


@pytest.mark.parametrize("damage", ["half", "text", "empty", "tail"])
def test_a_damaged_file_is_named_with_its_cure(tmp_path: Path, damage: str) -> None:
    whole = BALANCED.read_bytes()
    content = {"half": whole[:len(whole) // 2], "text": b"<html>404 not found</html>" * 40, "empty": b"",
               "tail": whole[:-1000]}[damage]
    file = tmp_path / "net.onnx"
    file.write_bytes(content)
    with pytest.raises(ModelError, match="net.onnx is damaged, or not an ONNX file") as e:
        open_session(file, "cpu", signature())
    assert "-m pip install" in e.value.cure
    assert not isinstance(e.value, ProviderError)


def test_a_folder_is_no_network(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        open_session(tmp_path, "cpu", signature())


@pytest.mark.parametrize("change", [
    {"inputs": ("style", "norms", "strength")}, {"inputs": ("style", "norms", "strength", "colour")},
    {"inputs": ("style", "strength", "color")},
    {"output": "picture"}, {"kind": TensorProto.FLOAT},
])
def test_another_kind_of_network_is_refused_and_told_apart(tmp_path: Path, change: dict[str, object]) -> None:
    file = write_network(tmp_path / "net.onnx", **change)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="net.onnx is a different kind of network: .* not frame uint8"):
        open_session(file, "cpu", signature())


def test_a_network_of_its_own_kind_is_taken(tmp_path: Path) -> None:
    session = open_session(write_network(tmp_path / "net.onnx"), "cpu", signature())
    assert session.metadata["live_style.model"] == "tiny"


def test_a_size_the_network_cannot_take_is_an_error() -> None:
    with pytest.raises(ProviderError, match="the network failed on the CPU"):
        open_session(BALANCED, "cpu", signature(62, 62))


class Torn:
    """A session whose GPU is lost at the next frame: what ONNX Runtime then says, word for word."""

    def __init__(self, text: str) -> None:
        self.text = text

    def run(self, outputs: list[str], feeds: dict[str, object]) -> object:
        raise RuntimeError(self.text)


@pytest.mark.parametrize("text, cause", [
    ("[ONNXRuntimeError] : 1 : FAIL : CUDNN_FE failure 11: CUDNN_STATUS_EXECUTION_FAILED ; GPU=0 ; "
     "file=/onnxruntime_src/onnxruntime/core/providers/cuda/nn/conv.cc", "CUDA on RTX 3060 failed"),
    ("CUDA failure 700: an illegal memory access was encountered ; GPU=0", "CUDA on RTX 3060 failed"),
    ("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Non-zero status code returned while running Conv node. "
     "Name:'c' Status Message: bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 1",
     "the RTX 3060 is out of memory"),
    ("CUDA failure 2: out of memory ; GPU=0", "the RTX 3060 is out of memory"),
])
def test_a_gpu_lost_in_the_middle_is_said_with_a_cure(text: str, cause: str) -> None:
    session = open_session(BALANCED, "cpu", signature())
    session.choice = ProviderChoice("cuda", "RTX 3060", "CUDA on RTX 3060")
    session._session = Torn(text)
    with pytest.raises(ProviderError) as e:
        session.run(signature().sample)
    assert e.value.cause.startswith(cause)
    assert e.value.cure


RUN_OUT = """
import resource
from tests.inference.test_engine import BALANCED, signature, open_session
from live_style.errors import ProviderError
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (300 << 20), used + (300 << 20)))
try:
    open_session(BALANCED, "cpu", signature(2000, 2000))
except ProviderError as e:
    print(e.cause)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_memory_that_runs_out_is_said_with_a_cure() -> None:
    done = subprocess.run([sys.executable, "-c", RUN_OUT], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "the computer is out of memory", done.stderr
    assert done.stderr == ""


def test_nothing_is_printed() -> None:
    code = ("from tests.inference.test_engine import *\n"
            "open_network(lambda _: BALANCED, 'auto', signature())\n"
            "for name in ('cuda', 'tensorrt'):\n"
            "    try: open_session(BALANCED, name, signature())\n"
            "    except ProviderError: pass\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("seed", range(24))
def test_no_damage_whatever_leads_to_another_error(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    content = bytearray(BALANCED.read_bytes())
    # Operators lie at the start of the file, inputs and facts at its end; between are weights, where any byte goes.
    for place in rng.integers(-3000, 3000, size=4):
        content[place] = rng.integers(256)
    file = tmp_path / "net.onnx"
    file.write_bytes(content)
    try:
        open_session(file, "cpu", signature())
    except ModelError as e:
        assert "net.onnx" in e.cause and e.cure
