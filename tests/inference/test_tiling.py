"""Large pictures: painted strip by strip, as if in one piece."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from live_style import load_stylizer
from live_style import mix_styles
from live_style.frame import Image
from live_style.frame import size_of
from live_style.inference import tiling
from live_style.inference.graph_split import cut
from live_style.inference.model_files import MODELS as NAMES
from live_style.inference.onnxruntime import Session
from live_style.inference.providers import ProviderChoice
from live_style.inference.tiling import AT_ONCE
from live_style.inference.tiling import HALO
from live_style.inference.tiling import UNIT
from live_style.inference.tiling import Moments
from live_style.inference.tiling import TiledNetwork
from live_style.inference.tiling import too_large
from live_style.look import NORMS
from live_style.look import Look
from live_style.offline.photo import LARGEST
from live_style.offline.photo import PictureStylizer
from tests.support.networks import MODELS
from tests.support.networks import picture
from tests.support.networks import write_network

CPU = ProviderChoice("cpu", "1 thread", "CPU, 1 thread")
LOOK = np.linspace(-1.5, 1.5, 100, dtype=np.float32)


def feeds(frame: Image, strength: float = 1.0, color: float = 0.0) -> dict[str, np.ndarray]:
    return {"frame": frame[np.newaxis], "style": LOOK[np.newaxis], "strength": np.array([strength], np.float32),
            "norms": np.zeros((1, NORMS), np.float32), "color": np.array([color], np.float32)}


def opened(file: Path) -> Session:
    """The network of a file, at any size."""
    options = ort.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 4, 2
    inner = ort.InferenceSession(str(file), options, ["CPUExecutionProvider"])
    return Session(inner, file, CPU, None)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("size", [(64, 64), (160, 120), (120, 328), (8, 400), (400, 8), (96, 8)])
def test_bands_give_the_picture_of_one_run(size: tuple[int, int]) -> None:
    network, frame = opened(MODELS / "transformer-fast-fp32.onnx"), picture(size)
    for strength, color in ((1.0, 0.0), (0.6, 0.4), (0.1, 1.0)):
        whole = network.run(feeds(frame, strength, color))
        for thickness in (HALO, 3, 7, 1000):
            strips = TiledNetwork(network, thickness * UNIT * size[0]).run(feeds(frame, strength, color))
            assert strips.dtype == np.uint8 and strips.shape == whole.shape
            apart = np.abs(strips.astype(int) - whole)
            assert apart.mean() < 0.1 and apart.max() <= 2, (thickness, apart.mean(), apart.max())


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_every_network_can_be_cut(name: str, precision: str) -> None:
    network, frame = opened(MODELS / f"transformer-{name}-{precision}.onnx"), picture((96, 120))
    whole, strips = network.run(feeds(frame)), TiledNetwork(network, 5 * UNIT * 96).run(feeds(frame))
    apart = np.abs(strips.astype(int) - whole)
    assert apart.mean() < (0.1 if precision == "fp32" else 0.4) and apart.max() <= 6, (apart.mean(), apart.max())


def test_norms_know_the_whole_picture() -> None:
    """A picture whose halves differ: strips that only knew themselves would show where they meet."""
    network, frame = opened(MODELS / "transformer-fast-fp32.onnx"), picture((128, 256))
    frame[:128] //= 8
    whole = network.run(feeds(frame)).astype(int)
    alone = np.concatenate([network.run(feeds(half)) for half in (frame[:128], frame[128:])], axis=1)
    strips = TiledNetwork(network, 32 * UNIT * 128).run(feeds(frame))
    assert np.abs(alone - whole).mean() > 5.0
    assert np.abs(strips - whole).mean() < 0.1


def test_no_seam_shows() -> None:
    network, frame = opened(MODELS / "transformer-fast-fp32.onnx"), picture((256, 512), 3)
    painted = TiledNetwork(network, 4 * UNIT * 256).run(feeds(frame))[0].astype(int)
    steps = np.abs(np.diff(painted, axis=0)).mean((1, 2))
    borders = [band.first * UNIT - 1 for band in tiling.bands(512 // UNIT, 4)[1:]]
    assert len(borders) == 15 and np.median(steps[borders]) < 1.2 * np.median(steps)


def test_a_network_without_a_norm_is_one_piece(tmp_path: Path) -> None:
    file = write_network(tmp_path / "same.onnx")
    assert len(cut(file)) == 1
    frame = picture((64, 96))
    assert np.array_equal(TiledNetwork(opened(file), 4000).run(feeds(frame))[0], frame)


@pytest.mark.parametrize(("height", "thickness"), [(1, 2), (5, 2), (6, 2), (7, 2), (100, 9), (100, 99), (40, 400)])
def test_bands_cover_every_row_once_with_what_surrounds_it(height: int, thickness: int) -> None:
    strips = tiling.bands(height, thickness)
    assert [row for band in strips for row in range(band.first, band.last)] == list(range(height))
    assert len({band.bottom - band.top for band in strips}) == 1
    for band in strips:
        assert 0 <= band.top <= max(0, band.first - HALO) and min(height, band.last + HALO) <= band.bottom <= height


def test_moments_of_parts_are_those_of_the_whole() -> None:
    whole = np.random.default_rng(1).normal(300.0, 0.5, (3, 40, 7)).astype(np.float32)
    whole[:, :5] += 2.0
    moments = Moments()
    for part in (whole[:, :1], whole[:, 1:30], whole[:, 30:]):
        moments.add(part)
    facts = moments.facts("x")
    np.testing.assert_allclose(facts["x.mean"], whole.mean((1, 2), dtype=np.float64), rtol=1e-6)
    np.testing.assert_allclose(facts["x.variance"], whole.var((1, 2), dtype=np.float64), rtol=1e-3)


def painted(stylizer: PictureStylizer, photo: Image) -> Image:
    return stylizer.paint(photo, mix_styles([(stylizer.style("neon"), 1.0)], 0.8))


@pytest.mark.long
def test_a_brush_paints_what_is_too_large_in_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = picture((1608, 1400), 5)
    assert too_large(size_of(photo)) and 1400 // UNIT > 2 * (AT_ONCE // (1608 * UNIT))
    strips = painted(load_stylizer("fast", 1608, "cpu"), photo)
    monkeypatch.setattr(tiling, "BUDGET", 10 ** 12)
    assert np.abs(strips.astype(int) - painted(load_stylizer("fast", 1608, "cpu"), photo)).mean() < 0.1


def test_small_and_large_pictures_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiling, "BUDGET", 200 * 200 * tiling.COST)
    stylizer = load_stylizer("fast", 400)
    for size in ((333, 251), (251, 333), (120, 90), (333, 251), (1, 700)):
        photo = picture(size, 5)
        assert np.array_equal(painted(stylizer, photo), painted(load_stylizer("fast", 400), photo))


def test_a_stream_of_large_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiling, "BUDGET", 200 * 200 * tiling.COST)
    stylizer, frame, look = load_stylizer("fast", 400), picture((304, 240)), Look.of(LOOK)
    steady = list(stylizer.paint_all([frame] * 3, look, smooth=0.5))
    assert all(np.abs(one.astype(int) - stylizer.paint(frame, look)).max() <= 1 for one in steady)


def test_only_large_pictures_wait_for_the_library_that_cuts_networks() -> None:
    script = "import sys, live_style.offline.photo; sys.exit('onnx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == 0


def test_what_a_show_paints_is_never_cut() -> None:
    assert not too_large((1920, 1024)) and too_large((2048, 2048)) and too_large((LARGEST, 64 * 8))
