"""Training on pictures that the test draws: a tiny network learns, goes on after a cut, and is exported as it is."""

from __future__ import annotations

import copy
import io
import json
import re
import tarfile
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train` (torch)")
pytest.importorskip("onnx", reason="training needs the extra `train` (onnx)")
pytest.importorskip("pytorch_optimizer", reason="training needs the extra `train` (pytorch-optimizer)")

from PIL import Image  # noqa: E402

from live_style.errors import ModelError  # noqa: E402
from live_style.look import NORMS  # noqa: E402
from live_style.settings import RunSettings  # noqa: E402
from live_style.style import parse_style  # noqa: E402
from live_style.training import recipe, specialise  # noqa: E402
from live_style.training.batches import batches  # noqa: E402
from live_style.training.data import Pictures, Pixels, find, square  # noqa: E402
from live_style.training.distil import distil, make_lesson  # noqa: E402
from live_style.training.border import border, inner  # noqa: E402
from live_style.training.evaluate import SMOOTH, Judge, Material, Result, clip_figures  # noqa: E402
from live_style.training.evaluate import evaluate, sheet, table  # noqa: E402
from live_style.training.export import export_predictor, export_transformer  # noqa: E402
from live_style.training.export import in_graph, mark, write_checksums  # noqa: E402
from live_style.training.finetune import Weights, finetune  # noqa: E402
from live_style.training.flicker import steadiness  # noqa: E402
from live_style.training.grid import grid, lattice  # noqa: E402
from live_style.training.looks import Looks  # noqa: E402
from live_style.training.losses import BLOCKS, Vgg  # noqa: E402
from live_style.training.networks import FAINT, SIZES, Predictor, Transformer, Widths, cored, stylize  # noqa: E402
from live_style.training.painters import Crossed, Embedding, Ours, Photograph, session  # noqa: E402
from live_style.training.reading import read_predictor, read_transformer, started  # noqa: E402
from live_style.training.resize import deepened, widened  # noqa: E402
from live_style.training.run import Run  # noqa: E402
from live_style.training.together import System, together  # noqa: E402
from live_style.training.steady import REACH, STEP, grain, twins, unsteadiness  # noqa: E402
from live_style.training.tone import tone  # noqa: E402

TINY = Widths(4, 8, 4, 1)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(1)
    torch.set_num_threads(1)


def drawn(seed: int, size: int = 96) -> np.ndarray:
    """Discs and stripes in random colours."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size]
    picture = np.empty((size, size, 3))
    picture[:] = chance.uniform(0, 255, 3)
    for _ in range(6):
        cy, cx, r = chance.uniform(0, size), chance.uniform(0, size), chance.uniform(6, 24)
        picture[(y - cy) ** 2 + (x - cx) ** 2 < r * r] = chance.uniform(0, 255, 3)
    picture += 20 * np.sin((x * chance.normal() + y * chance.normal()) / 3)[..., None]
    return picture.clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `live-style train` wants it: shards of drawn pictures, a VGG-16 of random weights."""
    folder = tmp_path_factory.mktemp("data")
    for number, kind in enumerate(("content", "style")):
        with tarfile.open(folder / f"{kind}-0.tar", "w") as tar:
            for i in range(12):
                buffer = io.BytesIO()
                Image.fromarray(drawn(100 * number + i)).save(buffer, "JPEG", quality=95)
                member = tarfile.TarInfo(f"drawn/{i:05}.jpg")
                member.size = buffer.tell()
                tar.addfile(member, io.BytesIO(buffer.getvalue()))
    chance, inputs, weights = np.random.default_rng(0), 3, {}
    for block, count in enumerate(BLOCKS, start=1):
        for i in range(1, count + 1):
            outputs = 32 << block
            spread = (2 / (9 * inputs)) ** 0.5 * (0.02 if inputs == 3 else 1)
            weights[f"conv{block}_{i}_w"] = chance.normal(0, spread, (outputs, inputs, 3, 3)).astype(np.float16)
            weights[f"conv{block}_{i}_b"] = np.zeros(outputs, np.float16)
            inputs = outputs
    (folder / recipe.VGG_FILE).parent.mkdir()
    np.savez(folder / recipe.VGG_FILE, **weights)
    return folder


def losses(run: Run) -> list[float]:
    lines = (run.folder / "log.jsonl").read_text().splitlines()
    return [json.loads(line)["loss"] for line in lines]


def test_a_tiny_network_learns_from_another_and_goes_on_after_a_cut(data: Path, tmp_path: Path) -> None:
    photos, teacher = Pictures(find(data, "content")[0]), Transformer(TINY)
    embeddings = torch.randn(8, 100)
    run = Run(Transformer(TINY), tmp_path / "run", crops=320, peak=5e-3, clip=1.0, keep=0.9)
    distil(run, run.net, teacher, photos, embeddings, size=32, count=4)
    assert run.crops == 320 and not run.unfinished
    first, *_, last = losses(run)
    assert last < 0.8 * first
    again = Run(Transformer(TINY), tmp_path / "run", crops=640, peak=5e-3, clip=1.0, keep=0.9)
    assert again.crops == 320 and again.unfinished
    other = Transformer(TINY).to(memory_format=torch.channels_last)
    fresh = Run(other, tmp_path / "fresh", crops=320, peak=5e-3, clip=1.0, keep=0.9)
    assert again.seed() == run.seed() != fresh.seed(), "what goes on sees new crops"
    distil(again, again.net, teacher, photos, embeddings, size=32, count=4)
    assert losses(again)[-1] < last


def test_a_run_of_another_optimiser_is_refused_with_its_cure(tmp_path: Path) -> None:
    net = Transformer(TINY)
    old = torch.optim.AdamW(net.parameters())
    net(torch.rand(1, 3, 32, 32), torch.randn(1, 100)).mean().backward()
    old.step()
    torch.save({"net": net.state_dict(), "average": net.state_dict(), "optimiser": old.state_dict(), "crops": 4,
                "steps": 1, "seconds": 1.0}, tmp_path / "checkpoint.pt")
    with pytest.raises(ModelError, match="another optimiser") as raised:
        Run(Transformer(TINY), tmp_path, crops=8, peak=1e-3, clip=1.0, keep=0.9)
    assert f"--start {tmp_path / 'checkpoint.pt'}" in raised.value.cure
    assert torch.equal(read_transformer(tmp_path / "checkpoint.pt").up2.weight, net.up2.weight), "as its cure says"


def test_crops_are_the_same_from_another_process(data: Path) -> None:
    photos = Pictures(find(data, "content")[0])
    make = partial(make_lesson, photos, 5, 2, 32)
    here, there = batches(make, 7, workers=0), batches(make, 7, workers=1)
    for _ in range(2):
        one, other = next(here), next(there)
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert not np.array_equal(next(here).clean, one.clean), "and none comes twice"
    there.close()
    with pytest.raises(ValueError, match="negative"):
        next(batches(partial(make_lesson, photos, 5, -1, 32), 7, workers=1))


def test_the_perceptual_loss_falls(data: Path, tmp_path: Path) -> None:
    vgg = Vgg(data / recipe.VGG_FILE)
    predictor = Predictor()
    looks = Looks(Pictures(find(data, "style")[0]), predictor, vgg, tmp_path / "looks", count=2)
    run = Run(Transformer(TINY), tmp_path / "run", crops=80, peak=1e-2, clip=0.5, keep=0.9)
    finetune(run, run.net, Pictures(find(data, "content")[0]), looks, Weights(), size=32, pairs=(2, 1))
    rows = losses(run)
    assert len(rows) == 2 and rows[1] < 0.9 * rows[0]
    other = Looks(looks.pictures, Predictor(), vgg, tmp_path / "looks", count=2)
    assert not torch.equal(other.embeddings, looks.embeddings), "another predictor sees the same pictures otherwise"
    file = next(file for file in (tmp_path / "looks").glob("embeddings-*.npy")
                if np.array_equal(np.load(file), looks.embeddings.numpy()))
    np.save(file, np.load(file) + 1)
    kept = Looks(looks.pictures, predictor, vgg, tmp_path / "looks", count=2)
    assert torch.equal(kept.embeddings, looks.embeddings + 1), "embeddings are worked out once"


def test_the_mean_of_two_runs_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "fast", TINY)
    files = [tmp_path / name / "transformer-fast-fp32.onnx" for name in "ab"]
    for file in files:
        export_transformer(Transformer(TINY), "fast", file, half=False)
    one, other = (read_transformer(file).up2.weight for file in files)
    made = recipe.export(files, tmp_path / "mean")
    assert torch.allclose(read_transformer(made[0]).up2.weight, (one + other) / 2, atol=1e-3)
    assert not torch.allclose(one, other, atol=1e-2)
    export_predictor(Predictor(), tmp_path / "predictor-fp32.onnx")
    with pytest.raises(ModelError, match="no mean"):
        recipe.export([files[0], tmp_path / "predictor-fp32.onnx"], tmp_path / "mean")


def test_predictor_and_transformers_learn_together(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = Widths(4, 6, 4, 1)
    monkeypatch.setitem(SIZES, "fast", narrow)
    monkeypatch.setitem(SIZES, "balanced", TINY)
    start = Predictor()
    looks = Looks(Pictures(find(data, "style")[0]), start, Vgg(data / recipe.VGG_FILE), tmp_path / "looks", count=2)
    system = System(copy.deepcopy(start), {"fast": Transformer(narrow), "balanced": Transformer(TINY)})
    before = copy.deepcopy(system)
    run = Run(system, tmp_path / "run", crops=160, peak=1e-2, clip=0.5, keep=0.9,
              paces=[(system.transformers, 1.0), (system.predictor, 0.3)])
    nets = [cast(Transformer, net) for net in system.transformers.values()]
    together(run, system.predictor, nets, Pictures(find(data, "content")[0]), looks, Weights(), size=32, pairs=(2, 1))
    rows = losses(run)
    assert len(rows) == 4 and rows[3] < 0.9 * rows[0]
    for name, part in system.named_parameters():
        assert not torch.equal(part, before.get_parameter(name)), f"{name} learned nothing"
    made = recipe.export([tmp_path / "run" / "checkpoint.pt"], tmp_path / "models")
    assert {file.name for file in made} == {"predictor-fp32.onnx", *(f"transformer-{size}-{precision}.onnx" for size in
                                            ("fast", "balanced") for precision in ("fp32", "fp16"))}
    picture, style = torch.rand(1, 3, 256, 256), torch.randn(1, 100)
    average = cast(System, run.average)
    with torch.no_grad():
        again = read_predictor(tmp_path / "models" / "predictor-fp32.onnx")(picture)
        assert torch.allclose(again, average.predictor(picture), atol=2e-3)
        painted = read_transformer(tmp_path / "models" / "transformer-balanced-fp32.onnx")(picture, style)
        assert torch.allclose(painted, average.transformers["balanced"](picture, style), atol=2e-3)
    with pytest.raises(ModelError, match="holds 2 transformers"):
        read_transformer(tmp_path / "run" / "checkpoint.pt")


def test_a_fitted_style_is_closer_than_the_first_guess(data: Path, tmp_path: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specialise, "JUDGES", 1)  # seconds instead of a minute
    export_transformer(Transformer(TINY), "fast", tmp_path / "net.onnx", half=False)
    export_predictor(Predictor(), tmp_path / "predictor.onnx")
    Image.fromarray(drawn(42)).save(tmp_path / "picture.png")
    told = recipe.style(tmp_path / "picture.png", data, tmp_path / "predictor.onnx", (tmp_path / "net.onnx",),
                        tmp_path / "discs.json", name="Discs", artist="a test", year="", credit="", licence="",
                        steps=8, content=0.3, steady=12.0)
    made = parse_style((tmp_path / "discs.json").read_text(), "discs.json")
    assert made.name == "Discs" and made.artist == "a test"
    with torch.no_grad():
        first = read_predictor(tmp_path / "predictor.onnx")(torch.from_numpy(
            square(Image.open(tmp_path / "picture.png"), 256)[None]).permute(0, 3, 1, 2) / 255)
    assert not np.allclose(made.embedding, first[0], atol=1e-2)
    before, after = (float(x) for x in re.findall(r"style distance ([\d.]+) -> ([\d.]+)", told)[0])
    assert after < before, told
    about = session(str(tmp_path / "net.onnx")).get_modelmeta().custom_metadata_map
    assert list(made.norms) == [about["live_style.mark"]] == [mark(read_transformer(tmp_path / "net.onnx"))]
    assert np.abs(made.norms[about["live_style.mark"]]).max() > 0.01


@pytest.mark.parametrize(("half", "tolerance"), [(False, 1), (True, 2)])
def test_the_exported_graph_agrees_with_pytorch(tmp_path: Path, half: bool, tolerance: int) -> None:
    net = Transformer(SIZES["fast"]).eval()
    export_transformer(net, "fast", tmp_path / "net.onnx", half)
    graph = session(str(tmp_path / "net.onnx"))
    assert graph.get_modelmeta().custom_metadata_map["live_style.precision"] == ("fp16" if half else "fp32")
    style = torch.randn(1, 100)
    frame = drawn(7, 64)[None, :, :56]
    again = read_transformer(tmp_path / "net.onnx")
    assert all(torch.allclose(value, again.state_dict()[name], atol=2e-3) for name, value in net.state_dict().items()
               if not name.startswith("look"))
    assert all(torch.allclose(*parts, atol=2e-3) for parts in zip(again.levelled(), net.levelled()))
    norms = torch.randn(1, net.look.out_features) * 0.1
    given = np.zeros((1, NORMS), np.float32)
    given[0, :norms.shape[1]] = net.level(norms[0]).detach().numpy()[in_graph(net)]
    for strength, color in ((0.1, 0.0), (1.0, 0.0), (1.0, 0.6)):
        controls = [torch.tensor([strength]), torch.tensor([color])]
        with torch.no_grad():
            floats = torch.from_numpy(frame.copy()).permute(0, 3, 1, 2) / 255
            wanted = stylize(net, floats, style, *controls, norms).permute(0, 2, 3, 1).numpy() * 255
        made = graph.run(None, {"frame": frame, "style": style.numpy(), "norms": given, "strength": controls[0].numpy(),
                                "color": controls[1].numpy()})[0]
        assert np.abs(made - wanted.clip(0, 255).round()).max() <= tolerance


def test_strength_zero_returns_the_frame_and_full_colour_keeps_its_chroma(tmp_path: Path) -> None:
    export_transformer(Transformer(SIZES["fast"]), "fast", tmp_path / "net.onnx", half=False)
    graph = session(str(tmp_path / "net.onnx"))
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
    net, predictor = Transformer(TINY), Predictor()
    export_transformer(net, "fast", tmp_path / "transformer-fast-fp32.onnx", half=False)
    export_predictor(predictor, tmp_path / "predictor-fp32.onnx")
    write_checksums(tmp_path)
    assert len((tmp_path / "SHA256SUMS").read_text().splitlines()) == 2
    picture, style = torch.rand(1, 3, 256, 256), torch.randn(1, 100)
    with torch.no_grad():
        same = read_transformer(tmp_path / "transformer-fast-fp32.onnx")
        assert torch.allclose(same(picture, style), net(picture, style), atol=2e-3)
        assert torch.allclose(read_predictor(tmp_path / "predictor-fp32.onnx")(picture), predictor(picture), atol=2e-3)


def test_a_wider_network_starts_as_the_narrow_one(tmp_path: Path) -> None:
    net, frame, style = Transformer(TINY), torch.rand(2, 3, 32, 40), torch.randn(2, 100)
    wider = widened(net, Transformer(Widths(8, 16, 6, 1)))
    with torch.no_grad():
        assert torch.allclose(wider(frame, style), net(frame, style), atol=1e-4)
    for conv in [module for module in wider.modules() if isinstance(module, torch.nn.Conv2d)]:
        rows = torch.nn.functional.normalize(conv.weight.flatten(1), dim=1)
        alike = (rows @ rows.T).fill_diagonal_(0)
        assert alike.max() < 0.95, "a channel that repeats another one stays its copy: the width is wasted"
    export_transformer(Transformer(SIZES["balanced"]), "balanced", tmp_path / "b.onnx", half=False)
    assert started("fast", tmp_path / "b.onnx").widths == SIZES["fast"]
    assert started("fine", tmp_path / "b.onnx").widths == SIZES["fine"]
    one, two = (started("fine", tmp_path / "b.onnx").state_dict() for _ in range(2))
    assert all(torch.equal(value, two[key]) for key, value in one.items())


def test_a_deeper_network_starts_as_the_shallow_one() -> None:
    net, frame, style = Transformer(TINY), torch.rand(2, 3, 32, 40), torch.randn(2, 100)
    deeper = deepened(net, TINY.blocks + 2)
    with torch.no_grad():
        assert torch.allclose(deeper(frame, style), net(frame, style), atol=1e-5)
        assert torch.allclose(deepened(deeper, TINY.blocks)(frame, style), net(frame, style), atol=1e-5)
    deeper(frame, style).sum().backward()
    assert all(conv.weight.grad is not None for conv in deeper.body) and deeper.look.weight.grad.abs().sum() > 0


def test_sizes_stay_within_what_laptops_can_do() -> None:
    assert SIZES["fast"].macs_per_pixel() <= 9_000
    assert SIZES["balanced"].macs_per_pixel() <= 32_000
    assert SIZES["fine"].macs_per_pixel() <= 120_000


@pytest.mark.parametrize("levels", [1.0, 4.0])
def test_training_feels_the_grid_that_evaluation_measures(levels: float) -> None:
    frame = torch.full((1, 3, 96, 96), 0.5)
    painted = (frame + torch.randn(1, 1, 96, 96, generator=torch.Generator().manual_seed(0)) * 0.05).requires_grad_()
    dotted = painted.clone()
    dotted[:, :, ::4, ::4] += levels * 4 / 255
    pictures = [(picture[0].detach() * 255).permute(1, 2, 0).numpy() for picture in (frame, dotted)]
    felt = lattice(frame, dotted)
    assert felt.item() * 255 == pytest.approx(levels, abs=0.6) and grid(*pictures) == pytest.approx(levels, abs=0.6)
    felt.backward()
    assert torch.isfinite(painted.grad).all() and painted.grad[0, 0, ::4, ::4].mean() > painted.grad.mean()


def test_the_places_of_a_shuffle_have_no_bias_of_their_own_to_paint_a_grid_with() -> None:
    net, frame, style = Transformer(TINY), torch.rand(1, 3, 64, 64), torch.randn(1, 100)
    with torch.no_grad():
        before = net(frame, style)
        for part in (-4, -2):  # the biases of the two norms before a shuffle
            apart = torch.randn(net.parts()[part] // 4, 4)
            torch.split(net.look.bias, net.parts())[part].add_((apart - apart.mean(1, keepdim=True)).flatten())
        assert torch.allclose(net(frame, style), before, atol=1e-5)


def test_a_grid_is_seen_in_flat_places_and_strokes_are_none() -> None:
    frame, chance = drawn(5, 256), np.random.default_rng(0)
    noisy = (frame + chance.normal(0, 4, frame.shape)).clip(0, 255).astype(np.uint8)
    places = 3 * chance.choice([-1.0, 1.0], (4, 4))
    places -= places.mean()
    gridded = (noisy / 2 + 64 + np.tile(places, (64, 64))[..., None]).astype(np.uint8)
    assert grid(frame, noisy) < 0.5
    assert grid(frame, gridded) == pytest.approx(float(np.sqrt((places ** 2).mean())), abs=0.5)


def test_the_noise_of_a_camera_is_taken_out_before_the_network_sees_it() -> None:
    y, x = np.mgrid[:64, :64]
    scene = np.where(x + 0.3 * y < 40, 90.0, 160.0 + 0.8 * y)[..., None].repeat(3, 2)
    chance, faint = np.random.default_rng(0), torch.tensor(4 / 255)

    def seen(frame: np.ndarray) -> np.ndarray:
        return cored(torch.from_numpy(frame / 255).permute(2, 0, 1)[None], faint)[0].permute(1, 2, 0).numpy() * 255

    assert np.abs(seen(scene) - scene).max() < 4.01, "no edge, no slope changes by more"
    flat = (np.abs(x + 0.3 * y - 40) > 16) & (np.abs(x - 32) < 28) & (np.abs(y - 32) < 28)
    assert np.abs(seen(scene) - scene)[flat].max() < 0.5
    noise = chance.normal(0, 0.8, (16, 16, 3)).repeat(4, 0).repeat(4, 1)
    change = seen(scene + noise) - seen(scene)
    assert change[flat].std() < 0.6 * noise[flat].std()
    assert np.allclose(seen(scene + 9), seen(scene) + 9), "and a brighter frame is a brighter frame"


def test_a_network_from_before_sees_its_frames_as_it_learned_to(tmp_path: Path) -> None:
    net, picture, style = Transformer(TINY), torch.rand(1, 3, 64, 64), torch.randn(1, 100)
    now = net(picture, style)
    net.faint.zero_()
    torch.save({"average": {name: value for name, value in net.state_dict().items() if name != "faint"}},
               tmp_path / "before.pt")
    export_transformer(net, "fast", tmp_path / "zero.onnx", half=False)
    with torch.no_grad():
        for file in ("before.pt", "zero.onnx"):
            again = read_transformer(tmp_path / file)
            assert float(again.faint) == 0
            assert torch.allclose(again(picture, style), net(picture, style), atol=2e-3)
    assert not torch.allclose(net(picture, style), now, atol=2e-3)
    export_transformer(Transformer(SIZES["fast"]), "fast", tmp_path / "fast.onnx", half=False)
    assert 255 * float(started("balanced", tmp_path / "fast.onnx").faint) == pytest.approx(FAINT)


def test_two_frames_of_a_still_scene_differ_in_squares_as_those_of_a_codec() -> None:
    found = [grain(128, np.random.default_rng(seed)) for seed in range(40)]
    assert all(each.shape == (128, 128, 3) for each in found)
    whole = np.array([each.std() for each in found])
    coarse = np.array([each.reshape(16, 8, 16, 8, 3).mean((1, 3)).std() for each in found])
    assert 0.25 < whole.min() < 0.7 < 2 < whole.max() < 4.5
    assert np.all((coarse / whole > 0.2) & (coarse / whole < 0.6)), "white noise has 0.13 of it over 8x8 px"


def test_a_painter_that_only_follows_the_frame_is_perfectly_steady() -> None:
    crops = np.stack([drawn(i, 64 + REACH) for i in range(4)])
    for seed in range(6):
        twin = twins(crops, np.random.default_rng(seed))
        frames = [torch.from_numpy(part.copy()).permute(0, 3, 1, 2) / 255 for part in (twin.first, twin.second)]
        apart = float(unsteadiness(frames[0], frames[1], twin))
        assert apart < 0.04, "only noise and compression are left where nothing moved"
        blank = [torch.zeros_like(frame) for frame in frames]
        assert float(unsteadiness(blank[0], blank[1], twin)) == 0


def test_every_second_pair_of_windows_is_shifted_mostly_by_whole_steps_of_the_network() -> None:
    crops = np.stack([drawn(0, 16 + REACH)])
    shifts = [(twin.down, twin.right) for twin in (twins(crops, np.random.default_rng(seed)) for seed in range(300))]
    stepped = [down % STEP == 0 and right % STEP == 0 for down, right in shifts if (down, right) != (0, 0)]
    assert 110 < len(stepped) < 190
    assert 0.55 < np.mean(stepped) < 0.85
    assert max(map(max, shifts)) == REACH, "as far as what a network paints may hang on a border"


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
    assert SMOOTH == RunSettings().smooth
    chance = np.random.default_rng(0)
    still = [drawn(1, 128)] * 40  # the first painting lingers for a while, whatever the flicker

    class Restless:
        name = "restless"

        def look(self, picture: np.ndarray) -> np.ndarray:
            return picture

        def paint(self, frame: np.ndarray, look: np.ndarray) -> np.ndarray:
            return (frame.astype(int) + chance.integers(-20, 21)).clip(0, 255).astype(np.uint8)

    bare, filtered, _ = clip_figures(Restless(), still, [drawn(2, 64)])
    assert bare.flicker > 5 and filtered.flicker < 0.3 * bare.flicker


def test_what_is_painted_along_a_border_is_seen() -> None:
    whole = drawn(3, 192)
    assert border(whole, inner(whole)) == 0
    framed = inner(whole).astype(int)
    framed[:8] += 20  # a bright band along the upper edge
    beside = np.ones((128, 128), np.bool_)
    beside[32:-32, 32:-32] = False
    assert border(whole, framed.clip(0, 255).astype(np.uint8)) == pytest.approx(20 * 8 * 128 / beside.sum(), rel=0.05)


def test_a_dark_wall_painted_light_is_seen_and_strokes_are_not() -> None:
    frame = torch.full((1, 3, 64, 64), 0.7)
    frame[..., 32:] = 0.1  # a dark board
    strokes = 0.1 * torch.tensor([1.0, -1.0]).repeat(32)
    made = torch.cat([0.3 + 0.4 * frame + strokes, 0.6 + strokes.expand(1, 3, 64, 64), 1 - frame])
    found = tone(frame.expand(3, -1, -1, -1), made)
    assert found.tolist() == pytest.approx([0, 1, 2], abs=0.05)
    noise = 0.5 + 0.01 * torch.randn(1, 3, 64, 64)
    assert float(tone(noise, 1 - noise)) < 0.01, "noise has no light and dark"


def test_evaluation_gives_figures_and_a_sheet(data: Path, tmp_path: Path) -> None:
    export_transformer(Transformer(TINY), "fast", tmp_path / "transformer-fast-fp32.onnx", half=False)
    export_predictor(Predictor(), tmp_path / "predictor-fp32.onnx")
    ours = Ours(tmp_path / "transformer-fast-fp32.onnx", tmp_path / "predictor-fp32.onnx")
    material = Material([drawn(1, 256)], [drawn(2, 256)], {})
    judge = Judge(material, Vgg(data / recipe.VGG_FILE))
    results = [evaluate(painter, material, judge, turns=1) for painter in (Photograph(), ours)]
    assert results[0].content == 0 and results[1].content > 0 and results[1].style > 0
    assert results[0].tone == pytest.approx(0, abs=1e-3) and results[1].tone > 0.01
    assert "| fast-fp32 |" in table(results)
    crossed = evaluate(Crossed(ours, Photograph()), material, judge, turns=1)
    assert crossed.name == "fast-fp32, photograph's looks" and crossed.style != results[1].style
    assert table(results).endswith("| – | – | – | – | – |"), "no clips, no flicker"
    assert sheet([Photograph(), ours], material, 1, 1).size == (256 * 3, 512)


class Hatching:
    """Draws dark lines over every frame, whatever the style."""

    name = "hatching"

    def look(self, picture: Pixels) -> Embedding:
        return np.zeros((1, 100), np.float32)

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        lines = frame.copy()
        lines[::8] //= 2
        return lines


def test_the_median_of_content_does_not_hang_on_an_empty_photograph(data: Path) -> None:
    empty = np.full((256, 256, 3), 120, np.uint8)  # near the mean that VGG-16 takes away: it finds little there
    photographs = [drawn(1, 256), drawn(3, 256), drawn(5, 256)]
    vgg = Vgg(data / recipe.VGG_FILE)

    def measured(photographs: list[Pixels]) -> Result:
        material = Material(photographs, [drawn(2, 256)], {})
        return evaluate(Hatching(), material, Judge(material, vgg), turns=1)

    full, with_empty = measured(photographs), measured([*photographs[:2], empty])
    assert with_empty.content > 2 * full.content, "one pair of three carries the mean"
    assert with_empty.content_median < 1.5 * full.content_median
