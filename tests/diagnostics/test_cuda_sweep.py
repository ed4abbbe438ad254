"""The sweep: every cell is measured or says why not, and a bound is what a network does over what a GPU can do."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from live_style import cli
from live_style.diagnostics import cuda_sweep
from live_style.diagnostics.benchmark import A as LOOK
from live_style.diagnostics.cuda_sweep import VARIANTS
from live_style.diagnostics.cuda_sweep import Sweep
from live_style.diagnostics.cuda_sweep import about
from live_style.diagnostics.cuda_sweep import markdown
from live_style.diagnostics.roofline import least_ms
from live_style.diagnostics.roofline import work
from live_style.frame import Size
from live_style.frame import size_text
from live_style.inference.cuda import Gpu
from live_style.inference.cuda import Speed
from live_style.inference.cuda import speed_of
from live_style.inference.engine import check_provider
from live_style.inference.model_files import transformer
from live_style.inference.providers import Tuning
from live_style.inference.stylizer import feeds
from live_style.look import Look
from tests.support.networks import MODELS

FAST = transformer(MODELS, "fast", half=False)
DIMS = {"width": 128, "height": 72}


def told(cells: str) -> list[list[str]]:
    """The rows of a Markdown table, its head left out."""
    rows = [[word.strip() for word in line[1:-1].split("|")] for line in cells.splitlines() if line.startswith("|")]
    return rows[2:]


def test_it_measures_what_people_show() -> None:
    assert cuda_sweep.SIZES == ((640, 360), (1280, 720), (1920, 1080))


@pytest.mark.parametrize("sizes", [((128, 72), (256, 144)), pytest.param(cuda_sweep.SIZES, marks=pytest.mark.long)])
def test_the_command_prints_a_row_a_size_and_model(capsys: pytest.CaptureFixture[str], sizes: tuple[Size, ...],
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_sweep, "SIZES", sizes)
    assert cli.main(["bench", "--sweep", "--provider", "cpu", "--model", "fast", "--seconds", "0.2"]) == 0
    said = capsys.readouterr()
    assert "no options to compare; no bound known" in said.out
    rows = told(said.out)
    assert [row[:3] for row in rows] == [["fast", size, "-"] for size in map(size_text, sizes)]
    assert all(float(figure) > 0 for row in rows for figure in row[3:7]) and {row[7] for row in rows} == {"-"}
    assert f"measuring fast at {size_text(sizes[1])} ..." in said.err


def test_json_comes_alone_and_the_table_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "--sweep", "--provider", "cpu", "--model", "fast", "--net-size", "128x72", "--seconds",
                     "0.2", "--json"]) == 0
    said = capsys.readouterr()
    (cell,) = json.loads(said.out)["cells"]
    assert cell["network_ms"] > 0 and cell["fps"] == pytest.approx(1000 / cell["frame_ms"]) and not cell["trouble"]
    assert len(told(said.err)) == 1


def test_a_sweep_is_a_table_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "--sweep", "--share"]) == 2
    assert "--sweep cannot be combined" in capsys.readouterr().err


def test_every_option_has_its_row_and_its_share_of_the_bound() -> None:
    # A CPU in the place of the GPU: it ignores the options, everything else is the same.
    swept = Sweep(MODELS, ("fast",), ((128, 72),), check_provider("cpu"), Speed(1e12, 1e11), 0.02, VARIANTS)
    cells = list(swept.cells(lambda what: None))
    assert [cell.told for cell in cells] == list(VARIANTS)
    for cell in cells:
        assert cell.share == pytest.approx(least_ms(work(FAST, DIMS), Speed(1e12, 1e11)) / cell.network_ms)
        assert told(f"|\n|\n{markdown(cell)}")[0][7].endswith("%")
    assert "bound by 1 TFLOPS and 100 GB/s" in about(swept)


def test_what_paints_another_picture_has_no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another look in the place of garbage: the second option gets it.
    looks = iter((LOOK, Look.of(LOOK.embedding[::-1]), LOOK))
    monkeypatch.setattr(cuda_sweep, "feeds", lambda seen, look: feeds(seen, next(looks)))
    swept = Sweep(MODELS, ("fast",), ((128, 72),), check_provider("cpu"), None, 0.02, dict(list(VARIANTS.items())[:3]))
    assert [cell.trouble for cell in swept.cells(lambda what: None)] == ["", "paints a different picture", ""]


def test_what_a_show_uses_is_measured_first_and_the_others_change_it() -> None:
    assert next(iter(VARIANTS.values())) == Tuning()
    assert {tuning.graph for tuning in VARIANTS.values()} == {tuning.nhwc for tuning in VARIANTS.values()} == {
        True, False}
    assert {tuning.search for tuning in VARIANTS.values()} == {"HEURISTIC", "EXHAUSTIVE", "DEFAULT"}


RUN_OUT = """
import resource
from live_style.inference.engine import check_provider
from live_style.diagnostics.cuda_sweep import PLAIN, Sweep, markdown
from tests.support.networks import MODELS
swept = Sweep(MODELS, ("fast",), ((64, 64), (4096, 4096), (128, 72)), check_provider("cpu"), None, 0.02, PLAIN)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (400 << 20), used + (400 << 20)))
for cell in swept.cells(lambda what: None):
    print(markdown(cell))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_memory_that_runs_out_is_said_in_its_row_and_the_sweep_goes_on() -> None:
    done = subprocess.run([sys.executable, "-c", RUN_OUT], capture_output=True, text=True, check=False)
    small, huge, last = (line.split("|") for line in done.stdout.splitlines())
    assert huge[4].strip() == "the computer is out of memory" and len(huge) == len(small), done.stderr
    assert float(small[5]) > 0 and float(last[5]) > 0 and done.stderr == ""


def test_a_networks_work_is_counted_from_its_file() -> None:
    one, four = work(FAST, DIMS), work(FAST, {"width": 256, "height": 144})
    assert four.multiply_adds == pytest.approx(4 * one.multiply_adds, rel=0.02)
    # Weights are read once, whatever the size.
    assert four.moved == pytest.approx(4 * one.moved, rel=0.15)
    half = work(transformer(MODELS, "fast", half=True), DIMS)
    # On a CPU a convolution after upsampling is four small ones, with 4/9 of the work.
    assert one.multiply_adds < half.multiply_adds < 1.4 * one.multiply_adds
    assert half.moved == pytest.approx(one.moved / 2, rel=0.2)
    a_pixel = [work(transformer(MODELS, name, half=False), DIMS).multiply_adds / (128 * 72)
               for name in ("fast", "balanced")]
    assert 5e3 < a_pixel[0] < 8e3 and 1.2e4 < a_pixel[1] < 2e4


def test_a_bound_is_its_arithmetic_and_then_its_memory() -> None:
    done = work(FAST, DIMS)
    assert least_ms(done, Speed(2.0 * done.multiply_adds, 1e30)) == pytest.approx(1000.0)
    assert least_ms(done, Speed(1e30, float(done.moved))) == pytest.approx(1000.0)


@pytest.mark.parametrize("name, compute, processors, mhz, tflops", [
    ("NVIDIA GeForce RTX 2080 Ti", (7, 5), 68, 1545, 53.8), ("TITAN RTX", (7, 5), 72, 1770, 130.5),
    ("NVIDIA A100-SXM4-40GB", (8, 0), 108, 1410, 312.0), ("NVIDIA GeForce RTX 3090", (8, 6), 82, 1695, 71.0),
    ("NVIDIA RTX A6000", (8, 6), 84, 1800, 154.8), ("NVIDIA GeForce RTX 4090", (8, 9), 128, 2520, 165.2),
    ("NVIDIA L4", (8, 9), 58, 2040, 121.0), ("NVIDIA H100 80GB HBM3", (9, 0), 132, 1830, 989.4),
    ("NVIDIA GeForce RTX 5090", (12, 0), 170, 2407, 209.5),
])
def test_a_gpus_peak_is_the_published_one(name: str, compute: tuple[int, int], processors: int, mhz: int,
                                          tflops: float) -> None:
    speed = speed_of(Gpu(name, compute, 13000), processors, mhz * 1000, 10_501_000, 384)
    assert speed is not None
    assert speed.flops / 1e12 == pytest.approx(tflops, rel=0.005)
    assert speed.bandwidth / 1e9 == pytest.approx(1008, rel=0.001)


@pytest.mark.parametrize("name, compute", [
    ("NVIDIA GeForce GTX 1660", (7, 5)), ("NVIDIA T400", (7, 5)), ("NVIDIA B200", (10, 0)), ("Quadro GV100", (7, 0)),
])
def test_a_gpu_of_which_nothing_was_published_has_no_bound(name: str, compute: tuple[int, int]) -> None:
    assert speed_of(Gpu(name, compute, 13000), 40, 1_500_000, 7_000_000, 256) is None


def test_a_driver_that_tells_no_clock_gives_no_bound() -> None:
    assert speed_of(Gpu("NVIDIA L4", (8, 9), 13000), 58, 0, 0, 0) is None
