"""`live-style run` as people use it: the real program, real networks, no camera, no screen."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from live_style.cli import main
from live_style.control.mixer import Mixer
from live_style.control.moves import MOVES
from live_style.control.surface import Action
from live_style.control.surface import Command
from live_style.errors import ProviderError
from live_style.frame import Frame
from live_style.frame import Image
from live_style.inference.stylizer import OnnxStylizer
from live_style.inference.stylizer import open_stylizer
from live_style.look import Look
from live_style.pipeline.stylize import Painter
from live_style.settings import RunSettings
from live_style.styles.collection import load_collection
from live_style.system import paths
from live_style.threads.slot import Slot
from tests.support.films import frames_of
from tests.support.films import timed_frames_of
from tests.support.films import write_film
from tests.support.networks import MODELS

QUICK = ["--size", "320x180", "--model", "fast", "--net-size", "128x72", "--provider", "cpu", "--headless"]


def play(*arguments: str, report: Path) -> dict[str, Any]:
    """Run a quick show and give its report."""
    assert main(["run", *QUICK, *arguments, "--report", str(report)]) == 0
    facts: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return facts


def test_the_demo_plays_without_camera_and_screen_and_says_so(tmp_path, capsys):
    facts = play("--camera", "demo", "--frames", "15", report=tmp_path / "r.json")
    assert facts["frames"]["shown"] == 15
    assert facts["frames"]["stylized"] >= facts["frames"]["shown"]
    assert facts["camera"]["kind"] == "demo"
    assert "CPU" in capsys.readouterr().err


def test_the_report_has_every_field(tmp_path):
    facts = play("--camera", "demo", "--frames", "20", report=tmp_path / "r.json")
    assert set(facts) >= {"frames", "fps", "latency_ms", "stages_ms", "provider", "model", "net_size", "size",
                          "camera", "outputs", "style_changes", "reconnects", "failures"}
    assert set(facts["frames"]) == {"captured", "stylized", "shown", "dropped", "skipped"}
    assert set(facts["latency_ms"]) == {"p50", "p95", "max"}
    assert 0 < facts["latency_ms"]["p50"] <= facts["latency_ms"]["p95"] <= facts["latency_ms"]["max"]
    assert facts["frames"]["shown"] == 20
    assert facts["net_size"] == "128x72"


def test_keys_change_the_style_and_the_recording_shows_it(tmp_path):
    film = write_film(tmp_path / "still.mp4", [np.full((180, 320, 3), 128, np.uint8)] * 30)
    facts = play("--camera", str(film), "--frames", "72", "--fade", "0.2", "--keys", "0.6:Right 1.2:Shift+3 1.8:0",
                 "--record", str(tmp_path / "out.mp4"), report=tmp_path / "r.json")
    assert [change["action"] for change in facts["style_changes"]] == ["next", "style", "bypass"]
    assert [change["at"] for change in facts["style_changes"]] == pytest.approx([0.6, 1.2, 1.8], abs=0.3)
    assert [change["fade"] for change in facts["style_changes"]] == [0.2, 0, 0.2]
    times, frames = timed_frames_of(tmp_path / "out.mp4")
    first, second, third, last = (frames[int(np.searchsorted(times, t))].astype(int) for t in (0.4, 1.1, 1.7, 2.3))
    assert np.abs(last - 128).mean() < 4, "bypass shows the picture itself"
    for a, b in ((first, second), (second, third), (third, last)):
        assert np.abs(a - b).mean() > 4


def test_a_fade_on_a_still_picture_has_no_jump():
    """The painter's frames with the real network, on a clock that is even: a jump would be ours."""
    collection = load_collection((paths.styles_folder(),), None)[0]
    stylizer = open_stylizer(MODELS, (320, 180), 30.0, "fast", (128, 72), "cpu", smooth=RunSettings().smooth)
    mixer, painted = Mixer(collection.styles, seconds=1.5).cut(0.0), list[Image]()
    painter = Painter(Slot(), stylizer, mixer, lambda painted: None)
    for number in range(70):
        now = number / 30
        mixer = MOVES[Command.NEXT](mixer, Action(Command.NEXT), now) if number == 10 else mixer
        painted.append(painter.paint(Frame(picture(), number, now), mixer, now, fresh=True).frame.image)
    steps = np.array([np.abs(b.astype(np.float32) - a).mean() for a, b in itertools.pairwise(painted)])
    assert steps[5:9].max() < 0.2 and steps[-5:].max() < 0.2, "nothing moves before and after"
    moving = steps[steps > 0.3 * np.percentile(steps, 90)]
    assert len(moving) > 20, "it fades over many frames"
    assert moving.max() <= 2.5 * np.median(moving)


def picture() -> np.ndarray:
    """A still picture with edges, gradients and texture."""
    from live_style.sources.demo import draw_scene
    return draw_scene((320, 180), 1.0)


def test_strength_zero_is_the_picture(tmp_path):
    film = write_film(tmp_path / "still.mp4", [picture()] * 30)
    facts = play("--camera", str(film), "--frames", "12", "--strength", "0", "--record", str(tmp_path / "out.mp4"),
                 report=tmp_path / "r.json")
    assert [change["style"] for change in facts["style_changes"]] == ["real picture"], "reported as the key 0 is"
    assert np.abs(blocks(frames_of(tmp_path / "out.mp4")[5]) - blocks(frames_of(film)[5])).mean() < 2


def blocks(image: np.ndarray) -> np.ndarray:
    """Means of 4x4 pixels."""
    return image.reshape(45, 4, 80, 4, 3).mean(axis=(1, 3))


@pytest.mark.sampled(4)
@pytest.mark.parametrize("arguments, words", [
    (["--camera", "no such camera"], ["no such camera"]),
    (["--camera", "missing.mp4"], ["missing.mp4"]),
    (["--camera", "demo", "--style", "starry nite"], ["starry nite"]),
    (["--camera", "demo", "--model", "fastt"], ["fast"]),
    (["--camera", "demo", "--record", "out.xyz"], [".xyz"]),
    (["--camera", "demo", "--record", "/no/such/folder/out.mp4"], ["/no/such/folder"]),
    (["--camera", "demo", "--keys", "soon:Right"], ["soon"]),
    (["--camera", "demo", "--size", "big"], ["big"]),
    (["--camera", "demo", "--provider", "cuda"], ["--provider cpu"]),
])
def test_what_cannot_work_is_told_in_a_line_of_cause_and_a_line_of_cure(arguments, words, capsys):
    quick = [flag for flag in QUICK if flag not in ("--provider", "cpu")] if "--provider" in arguments else QUICK
    assert main(["run", *quick, "--seconds", "0.2", *arguments]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert "Traceback" not in "".join(lines)
    assert all(word.lower() in "".join(lines).lower() for word in words), lines
    assert lines[-1].startswith("  ") and len(lines[-1]) > 10


def test_no_screen_is_an_error_with_a_cure(tmp_path):
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
    done = subprocess.run([sys.executable, "-m", "live_style", "run", "--camera", "demo"], env=env, text=True,
                          capture_output=True, timeout=60)
    if sys.platform.startswith("linux"):
        assert done.returncode == 2
        assert "--headless" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
@pytest.mark.parametrize("number", [
    pytest.param(signal.SIGINT, marks=pytest.mark.long), signal.SIGTERM,
    pytest.param(getattr(signal, "SIGHUP", signal.SIGTERM), marks=pytest.mark.long, id="a closed terminal")])
def test_a_signal_ends_the_show_and_keeps_the_recording(tmp_path, number):
    out, report = tmp_path / "out.mp4", tmp_path / "r.json"
    before = signal.signal(number, signal.SIG_DFL)  # a child ignores what the tests ignore, as after nohup
    show = subprocess.Popen([sys.executable, "-W", "error", "-m", "live_style", "run", *QUICK, "--camera", "demo",
                             "--record", str(out), "--report", str(report)], stderr=subprocess.PIPE, text=True)
    signal.signal(number, before)
    deadline = time.monotonic() + 60
    while not (out.exists() and out.stat().st_size > 20_000):
        assert time.monotonic() < deadline and show.poll() is None
        time.sleep(0.1)
    show.send_signal(number)
    _, errors = show.communicate(timeout=20)
    assert show.returncode == 0, errors
    assert "Traceback" not in errors
    assert f"recording saved: {out}\n" in errors
    recording, = json.loads(report.read_text(encoding="utf-8"))["outputs"]
    assert len(frames_of(out)) > 0 and recording["written"] > 0


@pytest.fixture
def lost_at_the_tenth_frame(monkeypatch):
    """A processor that goes away in the middle of a show."""
    stylize, runs = OnnxStylizer.stylize, itertools.count()

    def failing(self: OnnxStylizer, image: Image, look: Look) -> Image:
        if next(runs) == 10:
            raise ProviderError("the GPU was lost", "Start the show again; if it happens again, update its driver.")
        return stylize(self, image, look)

    monkeypatch.setattr(OnnxStylizer, "stylize", failing)


def test_a_lost_gpu_is_replaced_by_the_cpu_while_the_show_goes_on(lost_at_the_tenth_frame, tmp_path, capsys):
    automatic = [flag for flag in QUICK if flag not in ("--provider", "cpu")]
    assert main(["run", *automatic, "--camera", "demo", "--frames", "30", "--report", str(tmp_path / "r.json")]) == 0
    said = capsys.readouterr().err
    assert "the GPU was lost - the show continues on the CPU" in said
    facts = json.loads((tmp_path / "r.json").read_text())
    assert facts["frames"]["shown"] == 30
    assert facts["step_changes"] and sum(step["frames"] for step in facts["steps"]) >= 25, "the whole show is told"


def test_a_processor_asked_for_by_name_is_never_replaced(lost_at_the_tenth_frame, tmp_path, capsys):
    out = tmp_path / "out.mp4"
    assert main(["run", *QUICK, "--camera", "demo", "--frames", "30", "--record", str(out),
                 "--report", str(tmp_path / "r.json")]) == 2
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "live-style: the GPU was lost", "  Start the show again; if it happens again, update its driver."]
    assert len(frames_of(out)) > 3, "what was recorded plays"
    assert json.loads((tmp_path / "r.json").read_text())["frames"]["shown"] > 3
