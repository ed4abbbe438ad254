"""Scenarios: the whole program with a window on SDL's dummy driver, played by its keys."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest
from PIL import Image as Pillow

from live_style.cli import main
from live_style.frame import Image
from live_style.imaging.read import read_picture
from live_style.imaging.write import read_facts
from live_style.ui.window import PygameWindow
from tests.support.films import frames_of
from tests.support.films import timed_frames_of
from tests.support.films import write_film
from tests.support.stage import STYLES
from tests.support.stage import Stage

QUICK = ["--size", "320x180", "--model", "fast", "--net-size", "128x72", "--provider", "cpu"]


@pytest.fixture(autouse=True)
def dummy_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


@pytest.fixture
def still(tmp_path: Path) -> str:
    """A film of one grey picture: whatever moves in the output was made by us."""
    return str(write_film(tmp_path / "still.mp4", [np.full((180, 320, 3), 128, np.uint8)] * 30))


Hand = Callable[[int, Image], int | pygame.event.Event | None]
"""Somebody before the window, who is asked after each picture, by its number, what happens now."""
B = pygame.event.Event(pygame.KEYDOWN, key=pygame.K_b, mod=0, unicode="b", scancode=5)


@pytest.fixture
def watched_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Hand], None]:
    """Has a hand act on what it has seen, in place of a clock: however slow the machine is, nothing comes too early."""
    def install(hand: Hand) -> None:
        show, shown = PygameWindow.show, iter(range(10**6))

        def seen(window: PygameWindow, image: Image, *more: Any) -> None:
            show(window, image, *more)
            event = hand(next(shown), image)
            if event is not None:
                pygame.event.post(pygame.event.Event(event) if isinstance(event, int) else event)
        monkeypatch.setattr(PygameWindow, "show", seen)
    return install


class Said:
    """What the program has said up to now, for a hand that waits for a word."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys, self._text = capsys, ""

    def __contains__(self, words: str) -> bool:
        self._text += self._capsys.readouterr().err
        return words in self._text


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(capsys)


def dropped(path: Path) -> pygame.event.Event:
    return pygame.event.Event(pygame.DROPFILE, file=str(path))


def play(*arguments: str, status: int = 0) -> None:
    assert main(["run", *QUICK, *arguments]) == status


def report_of(path: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(path.read_text())
    return facts


def levels(path: Path) -> list[float]:
    return [float(frame.mean()) for frame in frames_of(path)]


def test_a_tour_of_every_key(still, tmp_path, home, capsys):
    """No key may end the show, and none may reach the feed as a panel."""
    keys = ("Right Left N P 1 2 9 Shift+Right 0 0 Up Down [ ] C C T T M Shift+M F F I I Tab Tab H H ? ? L S V "
            "A W W D D Shift+S E A")
    script = " ".join(f"{0.3 + 0.06 * i:.2f}:{key}" for i, key in enumerate(keys.split()))
    play("--camera", still, "--frames", "90", "--keys", script, "--report", str(tmp_path / "r.json"), status=2)
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "virtual camera" in said  # V: there is none on a test machine; the show went on
    snapshot, = (home / "pictures").glob("*.png")
    assert "style" in read_facts(snapshot)
    assert report_of(tmp_path / "r.json")["frames"]["shown"] == 90


def test_the_feed_is_clean_whatever_is_open_in_the_window(still, tmp_path):
    """Panels, strip and help come and go over a still picture; the recording does not move."""
    out = tmp_path / "out.mp4"
    play("--camera", still, "--frames", "48", "--record", str(out), "--keys", "0.4:H 0.7:Tab 1:I 1.3:M")
    frames = [frame.astype(int) for frame in frames_of(out)[5:]]
    assert max(np.abs(frame - frames[0]).mean() for frame in frames) < 2


def test_black_goes_to_black_and_back(still, tmp_path, watched_by):
    out, seen, dark = tmp_path / "out.mp4", list[float](), list[int]()

    def hand(number: int, image: Image) -> int | pygame.event.Event | None:
        seen.append(float(image.mean()))
        if seen[-1] < 3 and not dark:
            dark.append(number)
            return B
        return pygame.QUIT if dark and seen[-1] > 0.9 * seen[3] else None
    watched_by(hand)
    play("--camera", still, "--seconds", "30", "--record", str(out), "--keys", "0.4:B")
    values = levels(out)
    assert min(values) < 3
    assert values[3] > 20 and values[-1] > 20
    assert any(5 < value < 0.8 * values[3] for value in values), "it fades"


@pytest.mark.long
def test_freeze_holds_a_moving_picture(tmp_path):
    out = tmp_path / "out.mp4"
    play("--camera", "demo", "--frames", "66", "--record", str(out), "--keys", "1:Z")
    times, frames = timed_frames_of(out)

    def change(since: float, until: float) -> float:
        a, b = (frames[int(np.searchsorted(times, t, "right")) - 1].astype(int) for t in (since, until))
        return float(np.abs(b - a).mean())

    assert change(times[-1] - 0.7, times[-1]) < 0.4 * change(0.2, 0.9)


@pytest.mark.long
def test_recording_is_started_and_stopped_by_its_key(still, tmp_path, home):
    play("--camera", still, "--frames", "54", "--keys", "0.3:R 1.1:R", "--report", str(tmp_path / "r.json"))
    film, = (home / "videos").glob("*.mp4")
    times, _ = timed_frames_of(film)
    assert 0.3 < times[-1] < report_of(tmp_path / "r.json")["seconds"] - 0.3


@pytest.mark.long
def test_the_output_is_mirrored_only_by_its_own_key(tmp_path):
    picture = np.full((180, 320, 3), 40, np.uint8)
    picture[:, :100] = 220
    film = str(write_film(tmp_path / "still.mp4", [picture] * 30))
    out = tmp_path / "out.mp4"
    play("--camera", film, "--frames", "48", "--strength", "0", "--record", str(out), "--keys", "0.3:M 0.8:Shift+M")
    frames = frames_of(out)
    assert frames[len(frames) // 3][90, 20].mean() > 150
    assert frames[-1][90, 300].mean() > 150


def test_the_close_button_ends_the_show(still, tmp_path, watched_by):
    watched_by(lambda number, image: pygame.QUIT if number == 5 else None)
    play("--camera", still, "--seconds", "30", "--report", str(tmp_path / "r.json"))
    assert report_of(tmp_path / "r.json")["seconds"] < 20


def test_escape_ends_the_show(still, tmp_path):
    play("--camera", still, "--seconds", "30", "--keys", "0.5:Esc", "--report", str(tmp_path / "r.json"))
    assert report_of(tmp_path / "r.json")["seconds"] < 20


def test_a_picture_dropped_on_the_window_is_a_style_a_moment_later(still, tmp_path, home, said, watched_by):
    rng = np.random.default_rng(0)
    Pillow.fromarray(rng.integers(0, 255, (300, 400, 3), np.uint8)).save(tmp_path / "noise.png")
    watched_by(lambda number, image: dropped(tmp_path / "noise.png") if number == 5 else
               pygame.QUIT if "new style: noise" in said else None)
    play("--camera", still, "--seconds", "30", "--report", str(tmp_path / "r.json"))
    assert "new style: noise" in said
    assert [change["style"] for change in report_of(tmp_path / "r.json")["style_changes"]] == ["noise"]
    assert [file.name for file in (home / "data" / "styles").iterdir()] == ["noise.png"]


def test_what_is_no_picture_is_refused_with_a_word(still, tmp_path, said, watched_by):
    (tmp_path / "notes.txt").write_text("not a picture")
    watched_by(lambda number, image: dropped(tmp_path / "notes.txt") if number == 5 else
               pygame.QUIT if "notes.txt" in said else None)
    play("--camera", still, "--seconds", "30")
    assert "notes.txt" in said


@pytest.mark.long
def test_the_snapshot_is_the_clean_feed(still, home):
    play("--camera", still, "--frames", "30", "--strength", "0", "--keys", "0.3:H 0.6:S")
    snapshot, = (home / "pictures").glob("*.png")
    assert np.abs(read_picture(snapshot).astype(int) - 128).max() < 6


def test_a_missing_virtual_camera_never_stops_the_show(still, tmp_path, capsys):
    play("--camera", still, "--frames", "20", "--vcam", "--vcam-device", "/dev/video987",
         "--report", str(tmp_path / "r.json"), status=2)
    report = report_of(tmp_path / "r.json")
    assert report["frames"]["shown"] == 20
    assert len(report["failures"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert any(line.startswith("  ") for line in said), said


def test_a_full_disk_ends_the_recording_not_the_show(tmp_path):
    """A limit on the size of files stands for the full disk: the system refuses the write in the same way."""
    out, report = tmp_path / "out.mp4", tmp_path / "r.json"
    limit = 60_000
    code = "import sys; from live_style.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", *QUICK, "--headless", "--camera", "demo", "--seconds", "3",
         "--record", str(out), "--report", str(report)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        env={**os.environ}, capture_output=True, text=True, timeout=90)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    facts = report_of(report)
    assert facts["seconds"] > 2.5
    assert facts["failures"][0]["cure"]
    assert out.stat().st_size <= limit
    assert len(frames_of(out)) > 5, "what was written plays"


def test_the_camera_becomes_a_style_by_a_key(still, tmp_path, home, said, watched_by):
    watched_by(lambda number, image: pygame.QUIT if "new style: Camera " in said else None)
    play("--camera", still, "--seconds", "30", "--keys", "0.3:E", "--report", str(tmp_path / "r.json"))
    change, = report_of(tmp_path / "r.json")["style_changes"]
    assert change["action"] == "style" and change["style"].startswith("Camera ")
    file, = (home / "data" / "styles").glob("*.json")
    assert "camera" in file.name


def test_escape_closes_the_map_and_then_the_show(still, tmp_path):
    play("--camera", still, "--seconds", "30", "--keys", "0.3:A 0.6:Esc 1.2:Esc", "--report", str(tmp_path / "r.json"))
    assert 1.1 < report_of(tmp_path / "r.json")["seconds"] < 20


def test_only_a_place_between_styles_can_be_kept(still, capsys):
    play("--camera", still, "--frames", "15", "--keys", "0.2:Shift+S")
    assert "is already a style" in capsys.readouterr().err


def test_a_wall_drifts_by_itself_and_a_style_key_ends_that(still, tmp_path, capsys):
    out = tmp_path / "out.mp4"
    play("--camera", still, "--frames", "75", "--drift", "1", "--fade", "0.2", "--keys", "1.5:2", "--record", str(out),
         "--report", str(tmp_path / "r.json"), "--headless")
    assert "1 s from style to style" in capsys.readouterr().err
    changes = report_of(tmp_path / "r.json")["style_changes"]
    assert [change["action"] for change in changes] == ["drift", "style"]
    frames = [frame.astype(float) for frame in frames_of(out)]
    assert max(np.abs(frame - frames[3]).mean() for frame in frames[3:]) > 2, "it moves"
    assert np.abs(frames[-3] - frames[-1]).mean() < 2, "and rests in the style that was chosen"


def test_a_drift_moves_all_the_time_and_rests_where_a_style_was_chosen(tmp_path):
    """On the clock of a stage, where no frame comes late."""
    stage = Stage(tmp_path)
    looks = []
    for script in ["D", *[None] * 75, "2", *[None] * 25]:
        stage.play([script])
        looks.append(stage.show.mixer.look.at(stage.now).point)
    stage.close()
    steps = np.abs(np.diff(looks, axis=0)).max(axis=1)
    assert np.mean(steps[5:75] > 0) > 0.95, "it moves all the time"
    assert not steps[-10:].any(), "and rests"
    assert np.allclose(looks[-1], STYLES[1].look().point)
