"""Scenarios: the whole program with a window on SDL's dummy driver, played by its keys."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from live_style.cli import main
from live_style.imaging.read import read_picture
from live_style.imaging.write import read_facts
from tests.support.films import frames_of
from tests.support.films import speeds_of
from tests.support.films import timed_frames_of
from tests.support.films import write_film

QUICK = ["--size", "320x180", "--model", "fast", "--net-size", "128x72", "--provider", "cpu"]


@pytest.fixture(autouse=True)
def dummy_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


@pytest.fixture
def still(tmp_path: Path) -> str:
    """A film of one grey picture: whatever moves in the output was made by us."""
    return str(write_film(tmp_path / "still.mp4", [np.full((180, 320, 3), 128, np.uint8)] * 30))


def play(*arguments: str, status: int = 0) -> None:
    assert main(["run", *QUICK, *arguments]) == status


def levels(path: Path) -> list[float]:
    return [float(frame.mean()) for frame in frames_of(path)]


def test_a_tour_of_every_key(still, tmp_path, home, capsys):
    """No key may end the show, and none may reach the feed as a panel."""
    keys = ("Right Left N P 1 2 9 Shift+Right 0 0 Up Down [ ] C C T T M Shift+M F F I I Tab Tab H H ? ? L S V "
            "A W W D D Shift+S E A")
    script = " ".join(f"{0.3 + 0.12 * i:.2f}:{key}" for i, key in enumerate(keys.split()))
    play("--camera", still, "--seconds", "7", "--keys", script, "--report", str(tmp_path / "r.json"), status=2)
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "virtual camera" in said  # V: there is none on a test machine; the show went on
    snapshot, = (home / "pictures").glob("*.png")
    assert "style" in read_facts(snapshot)
    assert json.loads((tmp_path / "r.json").read_text())["frames"]["shown"] > 30


def test_the_feed_is_clean_whatever_is_open_in_the_window(still, tmp_path):
    """Panels, strip and help come and go over a still picture; the recording does not move."""
    out = tmp_path / "out.mp4"
    play("--camera", still, "--seconds", "3", "--record", str(out), "--keys", "0.8:H 1.3:Tab 1.8:I 2.2:M")
    frames = [frame.astype(int) for frame in frames_of(out)[5:]]
    assert max(np.abs(frame - frames[0]).mean() for frame in frames) < 2


def test_black_goes_to_black_and_back(still, tmp_path):
    out = tmp_path / "out.mp4"
    play("--camera", still, "--seconds", "3", "--record", str(out), "--keys", "1:B 2:B")
    values = levels(out)
    assert min(values) < 3
    assert values[3] > 20 and values[-1] > 20
    assert any(5 < value < 0.8 * values[3] for value in values), "it fades"


def test_freeze_holds_a_moving_picture(tmp_path):
    out = tmp_path / "out.mp4"
    play("--camera", "demo", "--seconds", "4", "--record", str(out), "--keys", "1.5:Z 3:Z")
    times, frames = timed_frames_of(out)

    def change(since: float, until: float) -> float:
        a, b = (frames[int(np.searchsorted(times, t, "right")) - 1].astype(int) for t in (since, until))
        return float(np.abs(b - a).mean())

    assert change(1.9, 2.8) < 0.4 * change(0.4, 1.3)


def test_recording_is_started_and_stopped_by_its_key(still, home):
    play("--camera", still, "--seconds", "3", "--keys", "0.5:R 2:R")
    film, = (home / "videos").glob("*.mp4")
    assert 10 < len(frames_of(film)) < 75


def test_the_output_is_mirrored_only_by_its_own_key(tmp_path):
    picture = np.full((180, 320, 3), 40, np.uint8)
    picture[:, :100] = 220
    film = str(write_film(tmp_path / "still.mp4", [picture] * 30))
    out = tmp_path / "out.mp4"
    play("--camera", film, "--seconds", "3", "--strength", "0", "--record", str(out), "--keys", "0.5:M 1.5:Shift+M")
    frames = frames_of(out)
    assert frames[len(frames) // 3][90, 20].mean() > 150
    assert frames[-1][90, 300].mean() > 150


def test_the_close_button_ends_the_show(still):
    import pygame
    timer = threading.Timer(3.0, lambda: pygame.event.post(pygame.event.Event(pygame.QUIT)))
    timer.start()
    play("--camera", still, "--seconds", "30")
    timer.join()


def test_escape_ends_the_show(still, tmp_path):
    play("--camera", still, "--seconds", "30", "--keys", "0.5:Esc", "--report", str(tmp_path / "r.json"))
    assert json.loads((tmp_path / "r.json").read_text())["seconds"] < 3


def test_a_picture_dropped_on_the_window_is_a_style_a_moment_later(still, tmp_path, home, capsys):
    import pygame
    from PIL import Image
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (300, 400, 3), np.uint8)).save(tmp_path / "noise.png")
    event = pygame.event.Event(pygame.DROPFILE, file=str(tmp_path / "noise.png"))
    timer = threading.Timer(3.0, lambda: pygame.event.post(event))
    timer.start()
    play("--camera", still, "--seconds", "6", "--report", str(tmp_path / "r.json"))
    timer.join()
    assert "new style: noise" in capsys.readouterr().err
    assert [change["style"] for change in json.loads((tmp_path / "r.json").read_text())["style_changes"]] == ["noise"]
    assert [file.name for file in (home / "data" / "styles").iterdir()] == ["noise.png"]


def test_what_is_no_picture_is_refused_with_a_word(still, tmp_path, capsys):
    import pygame
    (tmp_path / "notes.txt").write_text("not a picture")
    timer = threading.Timer(2.5, lambda: pygame.event.post(
        pygame.event.Event(pygame.DROPFILE, file=str(tmp_path / "notes.txt"))))
    timer.start()
    play("--camera", still, "--seconds", "4.5")
    timer.join()
    assert "notes.txt" in capsys.readouterr().err


def test_the_snapshot_is_the_clean_feed(still, home):
    play("--camera", still, "--seconds", "2", "--strength", "0", "--keys", "0.5:H 1:S")
    snapshot, = (home / "pictures").glob("*.png")
    assert np.abs(read_picture(snapshot).astype(int) - 128).max() < 6


def test_a_missing_virtual_camera_never_stops_the_show(still, tmp_path, capsys):
    play("--camera", still, "--seconds", "2", "--vcam", "--vcam-device", "/dev/video987",
         "--report", str(tmp_path / "r.json"), status=2)
    report: dict[str, Any] = json.loads((tmp_path / "r.json").read_text())
    assert report["frames"]["shown"] > 15
    assert len(report["failures"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert any(line.startswith("  ") for line in said), said


def test_a_full_disk_ends_the_recording_not_the_show(tmp_path):
    """A limit on the size of files stands for the full disk: the system refuses the write in the same way."""
    out, report = tmp_path / "out.mp4", tmp_path / "r.json"
    limit = 150_000
    code = "import sys; from live_style.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", *QUICK, "--headless", "--camera", "demo", "--seconds", "6",
         "--record", str(out), "--report", str(report)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        env={**os.environ}, capture_output=True, text=True, timeout=90)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    facts = json.loads(report.read_text())
    assert facts["seconds"] > 5
    assert facts["failures"][0]["cure"]
    assert out.stat().st_size <= limit
    assert len(frames_of(out)) > 5, "what was written plays"


def test_the_camera_becomes_a_style_by_a_key(still, tmp_path, home, capsys):
    play("--camera", still, "--seconds", "5", "--keys", "1.5:E", "--report", str(tmp_path / "r.json"))
    assert "new style: Camera " in capsys.readouterr().err
    change, = json.loads((tmp_path / "r.json").read_text())["style_changes"]
    assert change["action"] == "style" and change["style"].startswith("Camera ")
    file, = (home / "data" / "styles").glob("*.json")
    assert "camera" in file.name


def test_escape_closes_the_map_and_then_the_show(still, tmp_path):
    play("--camera", still, "--seconds", "30", "--keys", "0.5:A 1.0:Esc 2.0:Esc", "--report", str(tmp_path / "r.json"))
    assert 1.5 < json.loads((tmp_path / "r.json").read_text())["seconds"] < 4


def test_only_a_place_between_styles_can_be_kept(still, capsys):
    play("--camera", still, "--seconds", "2", "--keys", "0.5:Shift+S")
    assert "is already a style" in capsys.readouterr().err


def test_a_wall_drifts_by_itself_and_a_style_key_ends_that(still, tmp_path, capsys):
    out = tmp_path / "out.mp4"
    play("--camera", still, "--seconds", "5", "--drift", "1", "--keys", "3:2", "--record", str(out), "--report",
         str(tmp_path / "r.json"), "--headless")
    assert "1 s from style to style" in capsys.readouterr().err
    changes = json.loads((tmp_path / "r.json").read_text())["style_changes"]
    assert [change["action"] for change in changes] == ["drift", "style"]
    times, speeds = speeds_of(out)
    assert np.mean(speeds[(times > 1) & (times < 3)] > 1) > 0.7, "it moves all the time"
    times, frames = timed_frames_of(out)
    resting = [frame.astype(float) for at, frame in zip(times, frames, strict=True) if at > 4.3]
    assert np.abs(resting[0] - resting[-1]).mean() < 2, "and rests in the style that was chosen"
