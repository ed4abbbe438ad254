"""The bench: every row is measured, and comes as a table, as JSON and as a row to paste."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from live_style import cli
from live_style.diagnostics import benchmark
from live_style.diagnostics.benchmark import BenchRow
from live_style.errors import ProviderError
from live_style.inference.engine import check_provider
from tests.support.networks import MODELS
from tests.support.networks import write_network

QUICK = ("bench", "--model", "balanced", "--provider", "cpu", "--seconds", "0.2")


@pytest.fixture(scope="module")
def row() -> BenchRow:
    return next(benchmark.measure(MODELS, ("balanced",), ((128, 72),), "cpu", 0.3, lambda what: None))


def test_a_row_holds_network_and_show_with_and_without_a_fade(row: BenchRow) -> None:
    assert (row.model, row.precision, row.provider, row.net_size) == ("balanced", "fp32", "cpu", "128x72")
    assert not row.automatic
    for rate in (row.network, row.network_fading, row.pipeline, row.pipeline_fading):
        assert rate.fps > 0 and 0 < rate.ms.p50 <= rate.ms.p95 <= rate.ms.max
    # A frame of the show is at least as old as the network needs, and no faster than the camera.
    assert row.pipeline.ms.p50 >= 0.5 * row.network.ms.p50
    assert row.pipeline.fps < 40


def test_no_thread_is_left_and_sizes_come_once(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    sizes = ((64, 40), (64, 40), (128, 72))
    rows = list(benchmark.measure(MODELS, ("balanced",), sizes, "cpu", 0.1, told.append))
    assert [row.net_size for row in rows] == ["64x40", "128x72"]
    assert told == ["balanced at 64x40", "balanced at 128x72"]


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*QUICK, "--net-size", "128x72"]) == 0
    said = capsys.readouterr()
    *_, head, line = said.out.rstrip().splitlines()
    assert head.split()[:2] == ["model", "net"] and len(head) == len(line)
    assert line.split()[:2] == ["balanced", "128x72"]
    assert "measuring balanced at 128x72" in said.err


def test_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*QUICK, "--net-size", "128x72", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["machine"]["processor"] and said["machine"]["cores"] >= 1
    (found,) = said["rows"]
    assert found["network"]["ms"]["p50"] > 0 and found["pipeline_fading"]["fps"] > 0


def test_one_row_to_paste_is_of_the_size_a_show_would_choose(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*QUICK, "--share"]) == 0
    said = capsys.readouterr()
    (pasted,) = said.out.splitlines()
    head = benchmark.HEADER.splitlines()[0]
    assert pasted.count("|") == head.count("|") and head in said.err
    assert "balanced fp32 at" in pasted


def test_a_wrong_size_is_told_with_its_cure(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*QUICK, "--net-size", "130x72"]) == 2
    assert "multiples of 8" in capsys.readouterr().err


def test_a_processor_that_is_not_there_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        check_provider("cuda")
    except ProviderError:
        assert cli.main(["bench", "--provider", "cuda"]) == 2
        assert capsys.readouterr().err.count("\n") == 2
    else:
        pytest.skip("this machine has CUDA")


def test_another_network_is_measured_in_turns_with_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rival = write_network(tmp_path / "rival.onnx")
    assert cli.main(["bench", "--model", "fast", "--net-size", "128x96", "--seconds", "0.2", "--against",
                     str(rival)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert re.search(r"fast on \w+ at 128x96: [\d.]+ ms; rival.onnx: [\d.]+ ms; fast is 0\.\d\d times as fast", said), (
        "a network that does next to nothing is faster than any")
    assert cli.main(["bench", "--model", "fast", "--seconds", "0.2", "--json", "--against", str(rival)]) == 0
    (duel,) = json.loads(capsys.readouterr().out)["duels"]
    assert duel["net_size"] == "384x384" and 0 < duel["ratio"] < 1 and duel["theirs"]["p50"] < duel["ours"]["p50"]


def test_what_is_no_image_network_is_no_rival(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "--model", "fast", "--against", str(tmp_path / "gone.onnx")]) == 2
    assert "gone.onnx cannot be read" in capsys.readouterr().err
    (tmp_path / "text.onnx").write_text("no network")
    assert cli.main(["bench", "--model", "fast", "--against", str(tmp_path / "text.onnx")]) == 2
    assert "text.onnx" in capsys.readouterr().err
