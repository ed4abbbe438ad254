"""The stylizer: paints at the network's size, ends on the real picture, never jumps, keeps up."""

from __future__ import annotations

import threading
import weakref
from pathlib import Path

import numpy as np
import pytest

from live_style.errors import ModelError
from live_style.frame import Image
from live_style.frame import Size
from live_style.inference.net_size import choose_net_size
from live_style.inference.net_size import ladder
from live_style.inference.net_size import SMALLEST
from live_style.inference.style_predictor import Predictor
from live_style.inference.stylizer import OnnxStylizer
from live_style.inference.stylizer import open_stylizer
from live_style.look import REAL
from live_style.look import NORMS
from live_style.look import Look
from live_style.sources.demo import draw_scene
from tests.support.networks import MODELS
from tests.support.networks import picture
from tests.support.networks import write_network

OUTPUT = (320, 180)


@pytest.fixture(scope="module")
def stylizer() -> OnnxStylizer:
    return open_stylizer(MODELS, OUTPUT, 30, model="balanced", net_size=(160, 88), provider="cpu")


@pytest.fixture(scope="module")
def look() -> Look:
    return Look.of(Predictor(MODELS).predict(picture((256, 256), seed=3)))


def apart(a: Image, b: Image) -> float:
    return float(np.abs(a.astype(int) - b).mean())


def test_a_picture_is_painted_at_its_own_size(stylizer: OnnxStylizer, look: Look) -> None:
    image = picture(OUTPUT)
    kept = image.copy()
    painted = stylizer.stylize(image, look)
    assert painted.shape == image.shape and painted.dtype == np.uint8 and painted.flags.c_contiguous
    assert apart(painted, image) > 10
    assert np.array_equal(image, kept)


def test_the_real_picture_is_itself(stylizer: OnnxStylizer, look: Look) -> None:
    image = picture(OUTPUT)
    assert stylizer.stylize(image, REAL) is image
    assert stylizer.stylize(image, look.toward(REAL, 1.0)) is image


@pytest.mark.parametrize("net_size", [(160, 88), (320, 184)])
def test_a_fade_to_the_real_picture_ends_on_it_and_never_jumps(net_size: Size, look: Look) -> None:
    stylizer = open_stylizer(MODELS, OUTPUT, 30, model="balanced", net_size=net_size, provider="cpu")
    image = picture(OUTPUT)
    fade = [stylizer.stylize(image, look.toward(REAL, t)) for t in np.linspace(0.7, 1.0, 31)]
    assert fade[-1] is image
    steps = [apart(a, b) for a, b in zip(fade, fade[1:])]
    assert max(steps) < 5.0 * np.median(steps)
    # The last step, onto the picture itself, is no larger than its neighbours.
    assert steps[-1] <= 1.5 * max(steps[-5:-1])
    assert apart(stylizer.stylize(image, look.toward(REAL, 1.0 - 1e-5)), image) < 0.05


def test_half_the_strength_looks_like_half_of_the_style(stylizer: OnnxStylizer, look: Look) -> None:
    image = draw_scene(OUTPUT, 1.0)
    fade = [stylizer.stylize(image, look.toward(REAL, t)) for t in np.linspace(0, 1, 21)]
    steps = [apart(a, b) for a, b in zip(fade, fade[1:])]
    assert max(steps) <= 2.0 * np.mean(steps)
    assert 0.35 <= sum(steps[:10]) / sum(steps) <= 0.65


def test_a_crossfade_moves_evenly(stylizer: OnnxStylizer, look: Look) -> None:
    other = Look.of(Predictor(MODELS).predict(picture((256, 256), seed=9)))
    image = picture(OUTPUT)
    fade = [stylizer.stylize(image, look.toward(other, t)) for t in np.linspace(0, 1, 21)]
    steps = [apart(a, b) for a, b in zip(fade, fade[1:])]
    assert 0 < max(steps) <= 2.5 * np.median(steps)


def test_a_style_that_was_fitted_to_a_network_is_painted_by_its_norms_there(stylizer: OnnxStylizer, look: Look) -> None:
    image = picture(OUTPUT)
    norms = np.random.default_rng(0).normal(0.0, 0.3, NORMS).astype(np.float32)
    plain = stylizer.stylize(image, look)
    fitted = Look.of(look.embedding, norms={stylizer.mark: norms})
    other = Look.of(look.embedding, norms={"another": norms})
    assert stylizer.mark and np.array_equal(stylizer.stylize(image, other), plain)
    whole = apart(stylizer.stylize(image, fitted), plain)
    assert whole > 5.0
    between = [stylizer.stylize(image, look.toward(fitted, t)) for t in np.linspace(0.0, 1.0, 9)]
    steps = [apart(a, b) for a, b in zip(between, between[1:])]
    assert max(steps) < 0.4 * whole, "a crossfade to it moves as evenly as to any other"


def test_colours_of_the_picture_are_kept(stylizer: OnnxStylizer, look: Look) -> None:
    def chroma(image: Image) -> np.ndarray:
        return image.astype(int) - image.astype(int).mean(axis=2, keepdims=True)

    image = picture(OUTPUT)
    free = stylizer.stylize(image, look)
    kept = stylizer.stylize(image, Look(look.point, look.strength, color=1.0))
    assert np.abs(chroma(kept) - chroma(image)).mean() < 0.5 * np.abs(chroma(free) - chroma(image)).mean()


def test_only_a_stream_keeps_its_last_picture(stylizer: OnnxStylizer, look: Look) -> None:
    image = picture(stylizer.net_size)
    for smooth, kept in ((0.0, False), (0.9, True)):
        stream = stylizer.steadied(smooth)
        painted = weakref.ref(stream.stylize(image, look))
        assert (painted() is not None) is kept, "a photograph's takes memory"


@pytest.mark.parametrize("net_size, least, most", [((80, 48), 0.3, 0.5), ((112, 64), 0.0, 0.02)])
def test_lines_too_fine_for_the_network_are_seen_where_it_sees_far_less(net_size: Size, least: float, most: float,
                                                                        look: Look) -> None:
    """At a quarter they keep a face recognisable; above a third they would double the painted outlines."""
    stylizer = open_stylizer(MODELS, OUTPUT, 30, model="balanced", net_size=net_size, provider="cpu")
    image = np.full((OUTPUT[1], OUTPUT[0], 3), 160, np.uint8)
    plain = stylizer.stylize(image, look).astype(int)
    image[::3] = 40
    fine = stylizer.stylize(image, look).astype(int) - plain
    seen = (fine[1::3].mean() - fine[::3].mean()) / 120
    assert least - 0.01 < seen < most


def test_frames_of_any_size_are_taken(stylizer: OnnxStylizer, look: Look) -> None:
    for size in ((640, 480), (101, 77), (160, 88), (90, 160)):
        assert stylizer.stylize(picture(size), look).shape == (size[1], size[0], 3)


def test_it_may_be_made_on_one_thread_and_run_by_another(stylizer: OnnxStylizer, look: Look) -> None:
    done: list[Image] = []
    thread = threading.Thread(target=lambda: done.append(stylizer.stylize(picture(OUTPUT), look)))
    thread.start()
    thread.join()
    assert np.array_equal(done[0], stylizer.stylize(picture(OUTPUT), look))


def test_the_report_has_what_was_got(stylizer: OnnxStylizer) -> None:
    info = stylizer.info()
    assert info.model == "balanced" and info.provider == "cpu" and info.precision == "fp32"
    assert info.net_size == "160x88"


def test_it_names_the_space_that_its_styles_must_be_of(stylizer: OnnxStylizer, tmp_path: Path) -> None:
    assert stylizer.space == "live-style-2"
    write_network(tmp_path / "transformer-fast-fp32.onnx", space="other-2")
    assert open_stylizer(tmp_path, OUTPUT, 30, net_size=(64, 64), provider="cpu").space == "other-2"


def test_a_missing_model_lists_the_others(tmp_path: Path) -> None:
    write_network(tmp_path / "transformer-fast-fp32.onnx")
    with pytest.raises(ModelError, match="the model balanced is missing") as e:
        open_stylizer(tmp_path, OUTPUT, 30, model="balanced", provider="cpu")
    assert "Available: fast" in e.value.cure


def test_without_a_size_the_largest_that_keeps_up_is_found(tmp_path: Path) -> None:
    write_network(tmp_path / "transformer-balanced-fp32.onnx")
    quick = open_stylizer(tmp_path, OUTPUT, 5, provider="cpu")
    assert quick.net_size == ladder(OUTPUT)[-1]
    assert quick.note == "the model fast is missing, so balanced is used"
    slow = open_stylizer(MODELS, (1280, 720), 10000, model="balanced", provider="cpu")
    assert slow.net_size == (384, 216)


@pytest.mark.parametrize("output", [(1280, 720), (1920, 1080), (640, 480), (720, 1280), (320, 180), (100, 60),
                                    (9, 7)])
def test_the_ladder_has_the_shape_of_the_output(output: Size) -> None:
    steps = ladder(output)
    assert steps and steps == sorted(steps)
    for width, height in steps:
        assert width % 8 == 0 and height % 8 == 0
        assert max(width, height) <= max(1280, *output)
        if max(output) >= SMALLEST:
            assert width <= output[0] + 7 and height <= output[1] + 7
            assert width * output[1] / (height * output[0]) == pytest.approx(1.0, abs=0.025)
    assert max(output) < SMALLEST or max(steps[0]) == SMALLEST


class Machine:
    """A clock and a network whose time grows with its pixels, plus what opening it costs."""

    def __init__(self, per_megapixel: float, opening: float = 0.0) -> None:
        self.now, self.per_megapixel, self.opening = 0.0, per_megapixel, opening
        self.tried: list[Size] = []

    def cost(self, size: Size) -> float:
        return self.per_megapixel * size[0] * size[1] / 1e6 + 0.001

    def measure(self, size: Size) -> float:
        self.tried.append(size)
        self.now += self.opening + 4 * self.cost(size)
        return self.cost(size)

    def choose(self, output: Size, fps: float, rung: int = 0) -> Size:
        return choose_net_size(self.measure, output, fps, ladder(output)[rung], clock=lambda: self.now)


@pytest.mark.parametrize("per_megapixel", [0.001, 0.01, 0.05, 0.2, 0.25, 1.0])
@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
def test_the_size_chosen_is_the_largest_that_keeps_up(per_megapixel: float, fps: float) -> None:
    machine = Machine(per_megapixel)
    size = machine.choose((1280, 720), fps)
    fitting = [step for step in ladder((1280, 720)) if machine.cost(step) <= 0.75 / fps]
    assert size == (fitting[-1] if fitting else (384, 216))
    assert machine.now <= 0.65
    assert len(set(machine.tried)) == len(machine.tried)


@pytest.mark.parametrize("per_megapixel, opening, rung", [
    (0.3, 0.15, 0), (2.0, 0.02, 0), (5.0, 0.02, 0),  # slow CPUs
    (0.04, 0.5, -1), (0.2, 0.5, -1),  # GPUs that take long to open and do not keep up at the largest size
])
def test_a_slow_machine_ends_at_a_size_it_measured(per_megapixel: float, opening: float, rung: int) -> None:
    machine = Machine(per_megapixel, opening)
    size = machine.choose((1280, 720), 30, rung)
    assert size in machine.tried
    assert size == (384, 216) or 0.012 < machine.cost(size) <= 0.025
    assert len(machine.tried) <= 4


def test_a_gpu_that_keeps_up_at_the_largest_size_is_tried_once() -> None:
    machine = Machine(per_megapixel=0.005)
    assert machine.choose((1280, 720), 30, rung=-1) == (1280, 720)
    assert machine.tried == [(1280, 720)]
