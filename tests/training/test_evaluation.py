"""Evaluation: figures of painters, and sheets on which people choose who do not know whose painting is whose."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="evaluation needs the extra `train` (torch)")

from PIL import Image  # noqa: E402

from live_style.cli import main  # noqa: E402
from live_style.errors import SettingsError  # noqa: E402
from live_style.inference.temporal_filter import share_at_rest  # noqa: E402
from live_style.settings import RunSettings  # noqa: E402
from live_style.training import recipe  # noqa: E402
from live_style.training.metrics import blind  # noqa: E402
from live_style.training.data.pictures import Pixels  # noqa: E402
from live_style.training.metrics.figures import REST, Judge, Material, clip_figures  # noqa: E402
from live_style.training.metrics.figures import evaluate, table, trail, wall  # noqa: E402
from live_style.training.export.onnx_files import export_predictor, export_transformer  # noqa: E402
from live_style.training.metrics.flicker import steadiness  # noqa: E402
from live_style.training.metrics.losses import Vgg  # noqa: E402
from live_style.training.networks.ours import PredictorNet, Transformer, Widths  # noqa: E402
from live_style.training.metrics.painters import Embedding, Foreign, Ours, Photograph  # noqa: E402
from tests.support.lessons import drawn, write_data  # noqa: E402
from tests.support.networks import write_network  # noqa: E402


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


class Plain:
    """Paints everything in one colour, whatever the style."""

    def __init__(self, name: str, color: tuple[int, int, int]) -> None:
        self.name, self.color = name, color

    def look(self, picture: Pixels) -> Embedding:
        return np.zeros(0, np.float32)

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        return np.full_like(frame, self.color)


RED, BLUE = Plain("red", (200, 0, 0)), Plain("blue", (0, 0, 200))


def chosen_by_colour(folder: Path, count: int, color: int) -> dict[str, dict[str, str]]:
    """What somebody chooses who sees the pages only and likes one colour."""
    choices: dict[str, dict[str, str]] = {}
    for page in sorted(folder.glob("page-*.png")):
        pixels = np.asarray(Image.open(page))
        height = 256 + blind.LINE + blind.GAP
        for row in range(round(pixels.shape[0] / height)):
            middle = row * height + blind.LINE + 40
            left = pixels[middle, blind.STYLE_SIDE + blind.GAP + 20]
            side = "left" if left[color] > 100 else "right"
            choices[str(len(choices) + 1)] = {"show": side, "closer": side}
    assert len(choices) == count
    return choices


def test_a_blind_sheet_knows_whose_painting_was_chosen(data: Path, tmp_path: Path) -> None:
    subjects = blind.subjects(data, 9, (256, 256), seed=3)
    assert len(subjects) == 9 and subjects[0].photo.shape == (256, 256, 3)
    pages = blind.draw((RED, BLUE), subjects, tmp_path / "sheet", seed=3)
    key = json.loads((tmp_path / "sheet" / "key.json").read_text())
    assert (key["first"], key["second"]) == ("red", "blue") and len(pages) == 3
    assert {row["first"] for row in key["pairs"]} == {"left", "right"}, "sides change"
    files = []
    for color, name in ((0, "likes-red"), (2, "likes-blue")):
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(json.dumps(chosen_by_colour(tmp_path / "sheet", 9, color)))
    assert blind.score(tmp_path / "sheet", files[:1]) == {"show": (9, 9), "closer": (9, 9)}
    assert blind.score(tmp_path / "sheet", files[1:]) == {"show": (0, 9), "closer": (0, 9)}
    assert blind.score(tmp_path / "sheet", files) == {"show": (9, 18), "closer": (9, 18)}


def test_two_seeds_give_other_pairs_and_other_sides(data: Path, tmp_path: Path) -> None:
    for seed in (1, 2):
        blind.draw((RED, BLUE), blind.subjects(data, 12, (64, 64), seed), tmp_path / str(seed), seed)
    one, other = (json.loads((tmp_path / name / "key.json").read_text())["pairs"] for name in "12")
    assert [row["first"] for row in one] != [row["first"] for row in other]


def test_a_share_comes_with_the_least_that_agrees_with_it() -> None:
    assert blind.Count(31, 48).least == pytest.approx(0.504, abs=0.001), "Wilson's lower bound at 95 %"
    assert blind.Count(24, 24).least == pytest.approx(0.862, abs=0.001)
    assert blind.Count(0, 0).least == 0


def test_choices_that_miss_a_pair_or_say_nothing_are_refused(data: Path, tmp_path: Path) -> None:
    sheet, file = tmp_path / "sheet", tmp_path / "choices.json"
    blind.draw((RED, BLUE), blind.subjects(data, 2, (64, 64), 0), sheet, 0)
    for said, wrong in (({"1": {"show": "left", "closer": "left"}}, "does not answer pairs 1 to 2"),
                        ({"1": {"show": "left", "closer": "up"}, "2": {"show": "left", "closer": "left"}}, "closer"),
                        ([1, 2], "no JSON object")):
        file.write_text(json.dumps(said))
        with pytest.raises(SettingsError, match=wrong):
            blind.score(sheet, [file])
    with pytest.raises(SettingsError, match="is not empty"):
        blind.draw((RED, BLUE), [], sheet, 0)
    with pytest.raises(SettingsError, match="cannot be read"):
        blind.score(tmp_path, [file])


def test_the_command_draws_a_sheet_and_counts_choices(data: Path, tmp_path: Path,
                                                      capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for i in range(3):
            Image.fromarray(drawn(i, 64)).save(tmp_path / name / f"{i}.png")
    predictor = tmp_path / "predictor.onnx"
    export_predictor(PredictorNet(), predictor)
    common = ["evaluate", "--data", str(data), "--predictor", str(predictor), "--sheet", str(tmp_path / "sheet")]
    assert main([*common, "--blind", str(tmp_path / "a"), str(tmp_path / "b"), "--count", "3", "--size", "96x72",
                 "--seed", "5"]) == 0
    assert "page-01.png" in capsys.readouterr().out
    choices = tmp_path / "c.json"
    choices.write_text(json.dumps({str(i): {"show": "left", "closer": "right"} for i in (1, 2, 3)}))
    assert main([*common, "--choices", str(choices)]) == 0
    counted = capsys.readouterr().out
    assert "show: " in counted and " of 3" in counted
    assert main([*common[:-1], str(tmp_path / "new"), "--blind", str(tmp_path / "a"), str(tmp_path / "b"),
                 "--size", "100x80"]) == 2
    assert "multiples of 8" in capsys.readouterr().err


def test_networks_of_others_and_folders_can_be_painters(tmp_path: Path) -> None:
    write_network(tmp_path / "same.onnx")
    frame = drawn(1, 64)
    assert np.array_equal(Foreign(tmp_path / "same.onnx").paint(frame, np.zeros(0, np.float32)), frame)
    (tmp_path / "pictures").mkdir()
    Image.fromarray(drawn(2, 64)).save(tmp_path / "pictures" / "1.png")
    folder = blind.Folder(tmp_path / "pictures")
    assert np.array_equal(folder.paint(frame, np.zeros(0, np.float32)), drawn(2, 64))
    with pytest.raises(SettingsError, match="fewer pictures"):
        folder.paint(frame, np.zeros(0, np.float32))


def test_flicker_is_seen_where_nothing_moves_and_lag_where_something_does() -> None:
    frames = []
    for t in range(8):
        frame = np.full((80, 80, 3), 90, np.uint8)
        frame[5:25, 5 + 4 * t:25 + 4 * t] = 200
        frames.append(frame)
    steady = steadiness(frames, frames)
    assert steady.flicker == 0 and steady.motion == pytest.approx(1)
    shaking = [frame + np.uint8(6 * (t % 2)) for t, frame in enumerate(frames)]
    assert steadiness(frames, shaking).flicker == pytest.approx(6, abs=0.1)
    late = [np.mean([frames[max(0, t - 1)], frame], axis=0).astype(np.uint8) for t, frame in enumerate(frames)]
    assert steadiness(frames, late).motion < 0.8


def test_the_filter_of_a_show_is_measured_too() -> None:
    assert REST == share_at_rest(RunSettings().smooth)
    chance = np.random.default_rng(0)
    still = [np.clip(drawn(1, 128) + chance.normal(0, 2, (128, 128, 3)), 0, 255).astype(np.uint8) for _ in range(40)]

    class Restless:
        """Paints the noise of a frame five times as strong as it is."""

        name = "restless"

        def look(self, picture: np.ndarray) -> np.ndarray:
            return picture

        def paint(self, frame: np.ndarray, look: np.ndarray) -> np.ndarray:
            return (5 * (frame.astype(int) - drawn(1, 128)) + 128).clip(0, 255).astype(np.uint8)

    bare, filtered = clip_figures(Restless(), still, [drawn(2, 64)])
    assert bare.flicker > 5 and filtered.flicker < 0.4 * bare.flicker


def test_a_wall_with_texture_is_told_from_a_calm_one() -> None:
    photo = np.full((64, 64, 3), 120, np.uint8)
    photo[:, 40:] = drawn(1, 64)[:, 40:]
    woven = photo.copy()
    woven[::2, :40] += 20
    assert wall(photo, photo) < 1 and wall(photo, woven) == pytest.approx(10, rel=0.15)
    rough = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    assert np.isnan(wall(rough, rough)), "no place is flat"


def test_a_trail_is_seen_behind_a_moving_block() -> None:
    assert trail(Photograph(), drawn(1)) < 1

    class Fence(Plain):
        """Paints stripes that hang on where the block is: what a filter by stillness keeps."""

        def paint(self, frame: Pixels, look: Embedding) -> Pixels:
            edge = int(frame[100, :, 0].argmax())
            made = frame.copy()
            made[:, max(0, edge - 60):edge] = 200
            return made

    assert trail(Fence("fence", (0, 0, 0)), drawn(1)) > 10


def test_evaluation_gives_figures(data: Path, tmp_path: Path) -> None:
    export_transformer(Transformer(Widths(4, 8, 8, 4, 1)), "fast", tmp_path / "transformer-fast-fp32.onnx",
                       half=False)
    export_predictor(PredictorNet(), tmp_path / "predictor-fp32.onnx")
    ours = Ours(tmp_path / "transformer-fast-fp32.onnx", tmp_path / "predictor-fp32.onnx")
    material = Material([drawn(1, 256)], [drawn(2, 256)], {})
    judge = Judge(material, Vgg(data / recipe.VGG_FILE))
    results = [evaluate(painter, material, judge, turns=1) for painter in (Photograph(), ours)]
    assert results[0].content == 0 and results[1].content > 0
    assert results[1].palette > 0 and results[1].strokes > 0 and results[1].noise > 0
    assert "| fast-fp32 |" in table(results)
    assert table(results).endswith("| – | – | – | – | – |"), "no clips, no flicker"
    still = [drawn(1, 128)] * 5
    assert clip_figures(Photograph(), still, [drawn(2, 64)])[0].flicker == 0
    assert REST == share_at_rest(RunSettings().smooth)
