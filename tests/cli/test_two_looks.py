"""Two looks, as users type them: `--person` and `--room` of run, image and video."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from live_style import cli
from live_style.frame import Image
from live_style.imaging.write import read_facts
from live_style.offline.resume import Checkpoints
from live_style.offline.video import PIECE
from live_style.sources.demo import draw_scene
from live_style.styles.collection import load_collection
from live_style.system import paths
from tests.support.films import frames_of
from tests.support.films import write_film

SIZE = (320, 180)
FACE, WALL = (slice(50, 90), slice(166, 188)), (slice(10, 40), slice(250, 280))
"""Places of the demo scene: in the middle of the face, and the picture on the wall."""
NEAR = 0.3
"""What counts as the same, as a share of the way between the photograph and its painting."""
QUICK = ("--model", "fast", "--provider", "cpu")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a photograph of the demo scene."""
    monkeypatch.chdir(tmp_path)
    Pillow.fromarray(draw_scene(SIZE, 2.0)).save("photo.png")
    return tmp_path


def painted(*words: str) -> Image:
    assert cli.main(["image", "photo.png", *words, "-o", "out.png", "--overwrite", *QUICK]) == 0
    return np.asarray(Pillow.open("out.png").convert("RGB"))


def apart(a: Image, b: Image, place: tuple[slice, slice]) -> float:
    return float(np.abs(a[place].astype(int) - b[place]).mean())


def two_lines(capsys: pytest.CaptureFixture[str]) -> str:
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2 and lines[1].startswith("  "), lines
    return lines[0].removeprefix("live-style: ")


def test_a_photograph_has_a_painted_room_and_a_real_person() -> None:
    photo, whole = np.asarray(Pillow.open("photo.png")), painted("-s", "neon")
    room = painted("-s", "neon", "--person", "real")
    far = min(apart(whole, photo, place) for place in (FACE, WALL))
    assert max(apart(room, photo, FACE), apart(room, whole, WALL)) < NEAR * far
    person = painted("--person", "neon", "--room", "real")
    assert max(apart(person, whole, FACE), apart(person, photo, WALL)) < NEAR * far
    assert read_facts(Path("out.png"))["style"] == "person neon:1, room real:0"


def test_a_part_can_be_weaker() -> None:
    whole, weaker = painted("-s", "neon"), painted("-s", "neon", "--room", "neon:0.4")
    assert apart(weaker, whole, FACE) < NEAR * apart(weaker, whole, WALL)


@pytest.mark.parametrize(("words", "cause"), [
    (("--person", "neon"), "no style was given"),
    (("-s", "neon", "--person", "neon", "--room", "real"), "with both --person and --room nothing is left"),
    (("-s", "neon", "--person", "neon:2"), "--person: '2' is out of range"),
    (("-s", "neon", "--room", "nowhere"), 'no style matches "nowhere"'),
    (("-s", "neon", "--room", "real", "--sheet"), "--person and --room cannot be combined with --sheet"),
])
def test_slips_are_told(words: tuple[str, ...], cause: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["image", "photo.png", *words, "-o", "out.png", *QUICK]) == 2
    assert two_lines(capsys).startswith(cause)
    assert not Path("out.png").exists()


def test_a_video_has_two_looks_and_its_cues_play_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    scene = draw_scene(SIZE, 2.0)
    write_film(Path("clip.mkv"), [scene] * 20, fps=10)
    Path("cues.txt").write_text("0:00 neon\n0:01 real\n")
    command = ["video", "clip.mkv", "out.mp4", "--room", "real", "--cues", "cues.txt", *QUICK]
    assert cli.main(command) == 0
    shown = frames_of(Path("out.mp4"))
    far = apart(shown[5], scene, FACE)
    assert far > 20 and apart(shown[15], scene, FACE) < NEAR * far
    assert max(apart(frame, scene, WALL) for frame in shown) < NEAR * far
    assert cli.main(["video", "clip.mkv", "b.mp4", "--room", "real", "--person", "neon", "--cues", "cues.txt"]) == 2
    assert "nothing is left for -s and --cues" in capsys.readouterr().err


def test_cues_of_a_video_name_the_person_and_the_room(capsys: pytest.CaptureFixture[str]) -> None:
    scene = draw_scene(SIZE, 2.0)
    write_film(Path("clip.mkv"), [scene] * 20, fps=10)
    Path("cues.txt").write_text("0:00 neon\n0:01 person: real\n")
    assert cli.main(["video", "clip.mkv", "out.mp4", "--cues", "cues.txt", *QUICK]) == 0
    shown = frames_of(Path("out.mp4"))
    far = apart(shown[5], scene, FACE)
    assert far > 20 and apart(shown[15], scene, FACE) < NEAR * far
    assert apart(shown[15], shown[5], WALL) < NEAR * far, "the room stays painted"
    Path("cues.txt").write_text("0:01 person: neon\n")
    assert cli.main(["video", "clip.mkv", "b.mp4", "--person", "real", "--room", "real", "--cues", "cues.txt",
                     *QUICK]) == 0
    shown = frames_of(Path("b.mp4"))
    assert apart(shown[5], scene, FACE) < NEAR * far < apart(shown[15], scene, FACE)


def test_a_video_in_two_looks_goes_on_to_the_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    write_film(Path("clip.mkv"), [draw_scene((128, 72), t / 30) for t in range(PIECE + 20)])
    command = ["video", "clip.mkv", "out.mp4", "-s", "neon", "--room", "water lilies:0.6", *QUICK]
    assert cli.main(command) == 0
    whole = Path("out.mp4").read_bytes()
    Path("out.mp4").unlink()

    added = Checkpoints.add

    def broken(self: Checkpoints, *args: object) -> None:
        added(self, *args)  # type: ignore[arg-type]
        if len(self._newest) == 2:
            raise KeyboardInterrupt
    with monkeypatch.context() as cut_off:
        cut_off.setattr(Checkpoints, "add", broken)
        assert cli.main(command) != 0
    assert cli.main([*command, "--resume"]) == 0
    assert Path("out.mp4").read_bytes() == whole


@pytest.mark.parametrize(("person", "room"), [("real", "neon"), ("neon", "real")])
@pytest.mark.parametrize("mask", [None, b"nonsense"], ids=["missing", "broken"])
def test_a_show_without_its_person_mask_goes_on_with_one_look_and_is_never_bare(
        person: str, room: str, mask: bytes | None, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for file in paths.models_folder().iterdir():
        if file.suffix == ".onnx" and not file.name.startswith("mask"):
            (models / file.name).symlink_to(file)
    if mask is not None:
        (models / "mask-fp32.onnx").write_bytes(mask)
    monkeypatch.setattr(paths, "models_folder", lambda: models)
    write_film(Path("clip.mkv"), [draw_scene(SIZE, 2.0)] * 20, fps=10)
    assert cli.main(["run", "--headless", "--camera", "clip.mkv", "--size", "320x180", "--net-size", "128x72", *QUICK,
                     "--person", person, "--room", room, "--record", "show.mp4", "--frames", "12"]) == 0
    said = capsys.readouterr().err.splitlines()
    line = next(i for i, line in enumerate(said) if "you and the room now share one look" in line)
    assert said[line + 1].startswith("  ") and len([one for one in said if "one look" in one]) == 1
    scene = draw_scene(SIZE, 2.0)
    for frame in frames_of(Path("show.mp4")):
        for place in (FACE, WALL):
            assert apart(frame, scene, place) > 15, "painted everywhere"


def test_a_show_starts_in_two_looks_and_reports_what_was_played(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "--headless", "--camera", "demo", "--size", "320x180", "--net-size", "128x72", *QUICK,
                     "--person", "real", "--room", "neon:0.5", "--record", "show.mp4", "--frames", "12",
                     "--report", "report.json", "--keys", "0:J 0:Right"]) == 0
    report = json.loads(Path("report.json").read_text())
    start, change = report["style_changes"]
    assert start["style"] == "real picture" and "the real person is shown" in capsys.readouterr().err
    names = [style.name for style in load_collection([paths.styles_folder()], None)[0].styles]
    assert change["action"] == "next" and change["style"] == names[names.index("Neon") + 1], "the room's is Neon"
    assert report["failures"] == []
    assert len(frames_of(Path("show.mp4"))) >= 10
