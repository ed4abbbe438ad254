"""Training on pictures that the test draws: a tiny network learns, goes on after a cut, and is exported as it is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train` (torch)")

from PIL import Image  # noqa: E402

from live_style.cli.train import GRADES  # noqa: E402
from live_style.errors import ModelError  # noqa: E402
from live_style.look import NORMS  # noqa: E402
from live_style.style import parse_style  # noqa: E402
from live_style.training import recipe  # noqa: E402
from live_style.training.methods import grading, predicting, specialise  # noqa: E402
from live_style.training.methods.averaged import EDGE, REACH, SHIFTS, Lessons, Styles, Teach, average  # noqa: E402
from live_style.training.methods.averaged import difference, learn, recoloured, sharpened, unlike  # noqa: E402
from live_style.training.data.batches import PATIENCE, batches  # noqa: E402
from live_style.training.data.filmed import filmed  # noqa: E402
from live_style.training.data.pictures import HELD_OUT_OF, Photographs, Pictures  # noqa: E402
from live_style.training.data.pictures import Place, find, source_of, square  # noqa: E402
from live_style.training.export.onnx_files import export_predictor, export_transformer  # noqa: E402
from live_style.training.export.onnx_files import in_graph, write_checksums  # noqa: E402
from live_style.training.metrics.losses import Vgg, gram, patches, sliced_wasserstein, style_distance  # noqa: E402
from live_style.training.networks.magenta import Magenta  # noqa: E402
from live_style.training.networks.ours import SIZES, PredictorNet, Transformer, Widths, stylize  # noqa: E402
from live_style.inference.onnxruntime import plain_session  # noqa: E402
from live_style.training.networks.reading import mark_of, read_predictor, read_transformer, started  # noqa: E402
from live_style.training.methods.palette import MOST, colour_map  # noqa: E402
from live_style.training.methods.run import Run  # noqa: E402
from tests.support.lessons import drawn, write_data, write_teacher  # noqa: E402

TINY = Widths(4, 8, 8, 4, 1)
# Maps that change no colours.
SAME = np.tile(np.eye(3, 4, dtype=np.float32), (5, 1, 1))


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(1)
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_teacher(tmp_path_factory.mktemp("models") / "teacher")


def losses(folder: Path) -> list[float]:
    lines = (folder / "log.jsonl").read_text().splitlines()
    return [json.loads(line)["loss"] for line in lines]


def training(data: Path, teacher: Path, folder: Path, crops: int, start: Path | None = None,
             workers: int = 0) -> recipe.Training:
    return recipe.Training(data, teacher, folder, start, crops, pixels=32, batch=4, rate=5e-3, workers=workers,
                           compiled=False)


@pytest.mark.long
def test_tiny_networks_learn_what_the_teacher_paints_and_go_on_after_a_cut(
        data: Path, teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "balanced", TINY)
    monkeypatch.setitem(SIZES, "fast", TINY._replace(blocks=2))
    recipe.networks(("balanced", "fast"), training(data, teacher, tmp_path / "a", 480))
    rows = losses(tmp_path / "a")
    assert len(rows) == 6 and rows[-1] < 0.7 * rows[0]
    recipe.networks(("balanced", "fast"), training(data, teacher, tmp_path / "a", 640))
    again = losses(tmp_path / "a")
    assert again[:6] == rows and len(again) == 8 and max(again[6:]) < 0.8 * rows[0], "it goes on, and does not forget"
    files = recipe.export([tmp_path / "a" / "checkpoint.pt"], tmp_path / "models")
    assert sorted(file.name for file in files) == [f"transformer-{size}-{precision}.onnx" for size in
                                                   ("balanced", "fast") for precision in ("fp16", "fp32")]
    recipe.networks(("balanced", "fast"), training(data, teacher, tmp_path / "b", 80, start=tmp_path / "models"))
    assert losses(tmp_path / "b")[0] < 0.8 * rows[0], "a run begun from the files begins where they stand"
    with pytest.raises(ModelError, match="holds 2 transformers"):
        read_transformer(tmp_path / "a" / "checkpoint.pt")


@pytest.mark.long
def test_a_process_paints_the_targets_that_a_run_paints_itself(data: Path, teacher: Path) -> None:
    given = training(data, teacher, Path("unused"), 1)
    middle = torch.zeros(100)
    photos = Photographs(Pictures(find(data, "content")[0]))
    styles = Styles(np.eye(5, 100, dtype=np.float32), SAME)
    paint = partial(recipe.teaching, teacher / recipe.TEACHER_FILES[0], middle, False, torch.device("cpu"))
    there = batches(Lessons(photos, styles, 2, 32, paint), 7, workers=1)
    here = batches(Lessons(photos, styles, 2, 32), 7, workers=0)
    for _ in range(2):
        with_target, without = next(there), next(here)
        assert np.array_equal(with_target.windows, without.windows) and without.target is None
        target = paint()(without, torch.device("cpu")).numpy()
        assert target.shape == (2, 3, 32, 32) and np.abs(target - with_target.target).max() < 2e-3
    assert not np.array_equal(next(here).windows, without.windows), "none comes twice"
    there.close()
    with pytest.raises(ValueError, match="negative"):
        next(batches(Lessons(photos, styles, -1, 32), 7, workers=1))
    assert given.workers == 0


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked for in /proc")
def test_a_process_ends_when_the_run_that_started_it_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text("""
import multiprocessing, os, signal
from live_style.training.data import batches
def make(chance):
    return chance.random(4)
if __name__ == "__main__":
    lessons = batches.batches(make, 1, 1)
    next(lessons)
    print(multiprocessing.active_children()[0].pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
""")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    child = int(done.stdout)
    deadline = time.monotonic() + 4 * PATIENCE
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{child}").exists(), done.stderr


def test_the_average_lies_on_the_crop_whatever_the_shifts() -> None:
    windows = torch.rand(2, 3, 32 + 2 * EDGE + REACH, 32 + 2 * EDGE + REACH)
    shifts = np.array([[0, 8], [3, 1], [8, 8], [5, 0]])
    assert len(shifts) == SHIFTS
    same = average(lambda frame, style: frame, windows, torch.zeros(2, 100), shifts)
    assert torch.allclose(same, windows[:, :, 12:-12, 12:-12], atol=1e-6)
    grid = torch.zeros(1, 1, windows.shape[2] - REACH, windows.shape[3] - REACH)
    grid[..., ::2] = 1.0  # a teacher that stamps columns on its own grid
    stamped = average(lambda frame, style: frame + grid, windows, torch.zeros(2, 100), np.array([[0, 0], [0, 1]]))
    plain = windows[:, :, 12:-12, 12:-12] + 0.5
    assert torch.allclose(stamped, plain, atol=1e-6), "what hangs on the grid is averaged away"


def test_a_sharpened_target_has_more_contrast_at_edges_and_the_same_elsewhere() -> None:
    edge = torch.full((1, 3, 16, 16), 0.3)
    edge[..., 8:] = 0.7
    sharp = sharpened(edge)
    assert sharp[0, 0, 8, 8] > 0.7 and sharp[0, 0, 8, 7] < 0.3
    assert torch.allclose(sharp[..., :4], edge[..., :4]) and 0 <= float(sharp.min()) and float(sharp.max()) <= 1


def test_the_pixel_loss_is_nothing_for_the_same_and_sees_blur(data: Path) -> None:
    picture = torch.from_numpy(drawn(1)).permute(2, 0, 1)[None] / 255
    blurred = torch.nn.functional.avg_pool2d(picture, 3, 1, 1)
    assert float(difference(picture, picture)) == 0 < float(difference(blurred, picture))


def test_only_strokes_that_do_not_hang_on_the_noise_count() -> None:
    chance = torch.Generator().manual_seed(0)
    target, other, another = (0.5 + 0.1 * torch.randn(1, 3, 64, 64, generator=chance) for _ in range(3))
    assert float(unlike(target, target, target)) < 1e-6
    steady, dancing, bare = (float(unlike(*pair, target)) for pair in
                             ((other, other), (other, another), (target * 0 + 0.5, target * 0 + 0.5)))
    assert steady < 0.3 * dancing and dancing > 0.8 * bare, "two answers that have nothing in common are blank"


def test_colours_are_moved_to_those_of_the_painting_and_no_further() -> None:
    painted = drawn(1, 64) // 2 + 40
    painting = (painted @ [[1.2, 0.2, 0], [0, 0.9, 0.1], [0.1, 0, 0.8]] + [10, -20, 30]).clip(0, 255).astype(np.uint8)
    colours = colour_map(painted, painting)
    moved = recoloured(torch.from_numpy(painted / 255).float().permute(2, 0, 1)[None], torch.from_numpy(colours)[None])
    ours, theirs = moved[0].flatten(1).numpy(), painting.reshape(-1, 3).T / 255
    assert np.allclose(ours.mean(1), theirs.mean(1), atol=0.01)
    assert np.allclose(np.cov(ours), np.cov(theirs), atol=1e-3)
    grey = np.repeat(painted[..., :1], 3, axis=2) // 8 + 100
    stretched = np.linalg.eigvalsh(colour_map(grey, drawn(2, 64))[:, :3].astype(float))
    assert 1 / MOST - 1e-3 <= stretched.min() and stretched.max() <= MOST + 1e-3


def test_two_frames_of_one_view_differ_a_little_in_points_and_in_blocks() -> None:
    chance = np.random.default_rng(0)
    views = np.stack([drawn(seed, 64) for seed in range(8)])
    one, other = filmed(views, chance), filmed(views, chance)
    assert one.shape == views.shape and one.dtype == np.uint8
    apart = one.astype(np.float32) - other
    blocks = apart.reshape(8, 8, 8, 8, 8, 3).mean((2, 4))
    assert 0.5 < np.abs(apart).mean() < 12 and 0.2 < np.abs(blocks).mean() < 4


def test_a_run_of_another_optimiser_is_refused_with_its_cure(tmp_path: Path) -> None:
    net = Transformer(TINY)
    old = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net(torch.rand(1, 3, 32, 32), torch.randn(1, 100)).mean().backward()
    old.step()
    torch.save({"net": net.state_dict(), "average": net.state_dict(), "optimiser": old.state_dict(), "crops": 4,
                "steps": 1, "seconds": 1.0}, tmp_path / "checkpoint.pt")
    with pytest.raises(ModelError, match="another optimiser") as raised:
        Run(Transformer(TINY), tmp_path, crops=8, peak=1e-3, clip=1.0, keep=0.9)
    assert f"live-style train export {tmp_path / 'checkpoint.pt'}" in raised.value.cure
    assert torch.equal(read_transformer(tmp_path / "checkpoint.pt").up2.weight, net.up2.weight), "as its cure says"


def test_people_are_drawn_more_often_and_more_of_them_are_held_out(data: Path) -> None:
    places = Pictures(find(data, "content")[0]).places
    people = [Place(f"faces/{i}.jpg", *places[0][1:]) for i in range(2)]
    photos = Photographs(Pictures([*places, *people]))
    assert HELD_OUT_OF["human-seg"] <= 8 and source_of(people[0]) == "faces"
    chance, seen = np.random.default_rng(0), []
    photos.pictures.crop = lambda i, size, chance: seen.append(i) or np.zeros((8, 8, 3), np.uint8)  # type: ignore
    for _ in range(400):
        photos.draw(8, chance)
    assert 0.35 < np.mean(np.array(seen) >= len(places)) < 0.6
    train, held = find(data, "content")
    assert not {place.name for place in train} & {place.name for place in held} and held


@pytest.mark.long
def test_a_predictor_learns_the_embeddings_of_the_teacher(data: Path, teacher: Path, tmp_path: Path,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "balanced", TINY)
    export_transformer(Transformer(TINY), "balanced", tmp_path / "judge.onnx", half=False)
    given = training(data, teacher, tmp_path / "p", 160)
    said = recipe.predictor(None, tmp_path / "judge.onnx", given)
    rows = losses(tmp_path / "p")
    assert len(rows) == 2 and rows[1] < 0.8 * rows[0] and "of the variation" in said
    recipe.export([tmp_path / "p" / "checkpoint.pt"], tmp_path / "models")
    pictures = Pictures(find(data, "style")[0])
    embed = predicting.opened(teacher / recipe.TEACHER_FILES[1])
    known = predicting.embeddings(pictures, embed, tmp_path / f"teacher-embeddings-{len(pictures)}.npy")
    trained = read_predictor(tmp_path / "models" / "predictor-fp32.onnx")
    share = [predicting.told(net, pictures, embed, known.mean(0)) for net in (trained, PredictorNet())]
    assert share[0] > share[1], "of what the teacher says"


@pytest.mark.long
def test_predictor_and_transformers_learn_together(data: Path, teacher: Path, tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "balanced", TINY)
    predictor = PredictorNet()
    export_predictor(predictor, tmp_path / "predictor-fp32.onnx")
    recipe.together(("balanced",), tmp_path / "predictor-fp32.onnx", training(data, teacher, tmp_path / "t", 160))
    rows = losses(tmp_path / "t")
    # Two answers to noise differ from the target in any case: the loss cannot fall as far.
    assert len(rows) == 2 and rows[1] < 0.95 * rows[0]
    names = [file.name for file in recipe.export([tmp_path / "t" / "checkpoint.pt"], tmp_path / "models")]
    assert names == ["transformer-balanced-fp32.onnx", "transformer-balanced-fp16.onnx", "predictor-fp32.onnx"]
    picture = torch.rand(1, 3, 256, 256)
    with torch.no_grad():
        assert not torch.allclose(read_predictor(tmp_path / "models" / "predictor-fp32.onnx")(picture),
                                  predictor(picture), atol=1e-3)


@pytest.mark.long
@pytest.mark.parametrize(("wanted", "middle"), [(specialise.Wanted("contrast", 1.0, 0.0), 1.0),
                                                (specialise.Wanted("vivid", 0.5, 0.5), 0.6)])
def test_a_fitted_style_paints_what_its_grade_wants(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                    wanted: specialise.Wanted, middle: float) -> None:
    monkeypatch.setattr(specialise, "JUDGES", 2)  # seconds instead of a minute
    monkeypatch.setattr(specialise, "SIZE", 64)
    torch.manual_seed(1)
    export_transformer(Transformer(TINY), "fast", tmp_path / "net.onnx", half=False)
    export_predictor(PredictorNet(), tmp_path / "predictor.onnx")
    Image.fromarray(drawn(42)).save(tmp_path / "picture.png")
    fit = recipe.Fit(data, tmp_path / "predictor.onnx", (tmp_path / "net.onnx",), 30, middle, wanted)
    said = recipe.style(tmp_path / "picture.png", fit, tmp_path / "discs.json", {"name": "Discs", "artist": "a test"})
    made = parse_style((tmp_path / "discs.json").read_text(), "discs.json")
    assert made.name == "Discs" and made.artist == "a test" and made.space == "live-style-2"
    seen = Image.open(tmp_path / "picture.png")
    edge = round(seen.width * (1 - middle) / 2)
    part = square(seen.crop((edge, edge, seen.width - edge, seen.height - edge)), 256)
    with torch.no_grad():
        once = read_predictor(tmp_path / "predictor.onnx")(torch.from_numpy(part[None]).permute(0, 3, 1, 2) / 255)
    assert np.allclose(made.embedding, once[0], atol=1e-3)
    before, after = map(float, re.findall(r"([\d.]+) levels from the target in one pass, ([\d.]+) now", said)[0])
    assert after < (1.0 if wanted.closer else 0.9) * before, said
    about = plain_session(str(tmp_path / "net.onnx")).get_modelmeta().custom_metadata_map
    assert list(made.norms) == [about["live_style.mark"]] == [mark_of(tmp_path / "net.onnx")]
    assert np.abs(made.norms[about["live_style.mark"]]).max() > 0.01


def test_half_the_amount_of_a_grade_asks_for_half_the_change(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specialise, "JUDGES", 2)
    monkeypatch.setattr(specialise, "SIZE", 64)
    torch.manual_seed(1)
    nets, predictor = {"tiny": Transformer(TINY)}, PredictorNet()
    photos = Photographs(Pictures(find(data, "content")[0]))

    def change(amount: float) -> float:
        wanted = specialise.Wanted("vivid", amount, 0.0)
        fitted = specialise.specialise(nets, predictor, None, drawn(42, 256), photos, 1, wanted, lambda *a: None)
        return fitted.before[0]

    assert change(0.0) == 0
    assert change(0.5) == pytest.approx(change(1.0) / 2, rel=1e-3) and change(1.0) > 0.5


def test_grades_keep_black_and_white_and_are_as_the_command_names_them() -> None:
    assert get_args(grading.Name) == GRADES
    painted = torch.rand(2, 3, 32, 32) * 0.5 + 0.25
    painting = torch.from_numpy(drawn(3, 64)).permute(2, 0, 1)[None] / 255
    greys = torch.linspace(0, 1, 11).expand(1, 3, 4, 11)
    for name in GRADES:
        graded = grading.grade(name, painted, painting)(greys)
        assert graded.min() >= 0 and graded.max() <= 1, name
        assert name == "palette" or bool((graded[0, 0, 0].diff() >= 0).all()), "light places stay lighter"
    assert torch.equal(grading.grade("plain", painted, painting)(greys), greys)
    spread = painted.std()
    assert grading.grade("vivid", painted, painting)(painted).std() > 1.2 * spread
    assert grading.grade("contrast", painted, painting)(painted).std() > 1.02 * spread
    moved = grading.grade("palette", painted, painting)(painted).mean((0, 2, 3)) - painting.mean((0, 2, 3))
    assert moved.abs().max() < (painted.mean((0, 2, 3)) - painting.mean((0, 2, 3))).abs().max()


def test_gatys_comes_closer_and_keeps_the_photograph(data: Path, tmp_path: Path) -> None:
    for name, seed in (("photo", 1), ("picture", 2)):
        Image.fromarray(drawn(seed)).save(tmp_path / f"{name}.png")
    said: list[float] = []
    vgg = Vgg(data / recipe.VGG_FILE)
    made = recipe.paint(vgg, drawn(1, 64), drawn(2, 64), 20, 0.0, lambda step, near, kept: said.append(near))
    assert min(said) < 0.9 * said[0] and made.shape == (64, 64, 3)
    out = tmp_path / "out.png"
    assert str(out) in recipe.gatys(tmp_path / "photo.png", tmp_path / "picture.png", data, out, 64, 2, 0.25)
    with Image.open(out) as painted:
        assert painted.size == (64, 64)


def test_distances_are_least_for_the_picture_itself(data: Path) -> None:
    vgg = Vgg(data / recipe.VGG_FILE)
    one, other = (torch.from_numpy(drawn(seed, 64)).permute(2, 0, 1)[None] / 255 for seed in (1, 2))
    with torch.no_grad():
        ours, theirs = vgg(one), vgg(other)
    assert float(sliced_wasserstein(ours, theirs)) > 10 * float(sliced_wasserstein(ours, ours))
    assert float(style_distance([gram(f) for f in ours], [gram(f) for f in ours])) == 0
    assert [part.shape[1] for part in patches(one)] == [75, 75, 75]


@pytest.mark.parametrize("size", ["fast", "balanced"])
@pytest.mark.parametrize(("half", "tolerance"), [(False, 1), (True, 2)])
def test_the_exported_graph_agrees_with_pytorch(tmp_path: Path, size: str, half: bool, tolerance: int) -> None:
    net = Transformer(SIZES[size]).eval()
    export_transformer(net, size, tmp_path / "net.onnx", half)
    graph = plain_session(str(tmp_path / "net.onnx"))
    about = graph.get_modelmeta().custom_metadata_map
    assert about["live_style.precision"] == ("fp16" if half else "fp32") and about["live_style.space"] == "live-style-2"
    style = torch.randn(1, 100)
    frame = drawn(7, 64)[None, :, :56]
    again = read_transformer(tmp_path / "net.onnx").state_dict()
    assert all(torch.allclose(value, again[name], atol=2e-3) for name, value in net.state_dict().items())
    offsets = torch.randn(1, net.affine.out_features) * 0.1
    given = np.zeros((1, NORMS), np.float32)
    given[0, :offsets.shape[1]] = offsets[0].numpy()[in_graph(net)]
    for strength, color in ((0.1, 0.0), (1.0, 0.0), (1.0, 0.6)):
        controls = [torch.tensor([strength]), torch.tensor([color])]
        with torch.no_grad():
            floats = torch.from_numpy(frame.copy()).permute(0, 3, 1, 2) / 255
            wanted = stylize(net, floats, style, *controls, offsets).permute(0, 2, 3, 1).numpy() * 255
        made = graph.run(None, {"frame": frame, "style": style.numpy(), "norms": given, "strength": controls[0].numpy(),
                                "color": controls[1].numpy()})[0]
        assert np.abs(made - wanted.clip(0, 255).round()).max() <= tolerance


def test_strength_zero_returns_the_frame_and_full_colour_keeps_its_chroma(tmp_path: Path) -> None:
    export_transformer(Transformer(SIZES["fast"]), "fast", tmp_path / "net.onnx", half=False)
    graph = plain_session(str(tmp_path / "net.onnx"))
    frame = (drawn(3, 64)[None] // 4 + 96).astype(np.uint8)
    style = np.random.default_rng(0).normal(size=(1, 100)).astype(np.float32)

    def made(strength: float, color: float) -> np.ndarray:
        controls = {"strength": np.array([strength], np.float32), "color": np.array([color], np.float32),
                    "norms": np.zeros((1, NORMS), np.float32)}
        return graph.run(None, {"frame": frame, "style": style, **controls})[0]

    assert np.array_equal(made(0.0, 0.5), frame)
    kept = made(1.0, 1.0).astype(int)
    inside = ((kept > 0) & (kept < 255)).all(-1)
    assert inside.mean() > 0.5 and not np.array_equal(kept, frame)
    apart = (kept - frame)[inside]
    assert np.abs(apart - apart[:, :1]).max() <= 1, "all three colours move alike: only the brightness is painted"


def test_files_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    net, predictor = Transformer(TINY), PredictorNet()
    export_transformer(net, "fast", tmp_path / "transformer-fast-fp32.onnx", half=False)
    export_predictor(predictor, tmp_path / "predictor-fp32.onnx")
    write_checksums(tmp_path)
    assert len((tmp_path / "SHA256SUMS").read_text().splitlines()) == 2
    picture, style = torch.rand(1, 3, 256, 256), torch.randn(1, 100)
    with torch.no_grad():
        same = read_transformer(tmp_path / "transformer-fast-fp32.onnx")
        assert torch.allclose(same(picture, style), net(picture, style), atol=2e-3)
        assert torch.allclose(read_predictor(tmp_path / "predictor-fp32.onnx")(picture), predictor(picture), atol=2e-3)


def test_a_network_of_another_kind_is_not_read(tmp_path: Path) -> None:
    export_predictor(PredictorNet(), tmp_path / "predictor-fp32.onnx")
    with pytest.raises(ModelError, match="not a transformer of this version"):
        read_transformer(tmp_path / "predictor-fp32.onnx")
    (tmp_path / "transformer-fast-fp32.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="cannot be read"):
        started(("fast",), tmp_path)


def test_sizes_stay_within_what_laptops_can_do() -> None:
    assert SIZES["fast"].macs_per_pixel() <= 8_000
    assert SIZES["balanced"].macs_per_pixel() <= 26_000


def test_magenta_is_told_from_other_networks(tmp_path: Path, teacher: Path) -> None:
    painted = Magenta(teacher / recipe.TEACHER_FILES[0])(torch.rand(1, 3, 32, 32), torch.randn(1, 100))
    assert painted.shape == (1, 3, 32, 32) and 0 <= float(painted.min()) and float(painted.max()) <= 1
    with pytest.raises(ModelError, match="is not Magenta's transformer"):
        Magenta(teacher / recipe.TEACHER_FILES[1])


def test_a_lesson_is_learned_without_a_process_of_its_own(data: Path, tmp_path: Path) -> None:
    class Mean(torch.nn.Module):
        def forward(self, frame: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
            return frame.mean(1, keepdim=True).expand(-1, 3, -1, -1)

    photos = Photographs(Pictures(find(data, "content")[0]))
    run = Run(torch.nn.ModuleDict({"tiny": Transformer(TINY)}), tmp_path, 160, peak=5e-3, clip=1.0, keep=0.9)
    lessons = batches(Lessons(photos, Styles(np.zeros((2, 100), np.float32), SAME), 4, 32), 0, 0)
    learn(run, dict(run.net.items()), lessons, Teach(Mean(), torch.zeros(100)))  # type: ignore[operator]
    assert losses(tmp_path)[-1] < losses(tmp_path)[0] and run.crops == 160
