"""The mask network on pictures that the test draws: it learns from what is not held out, and is exported as it is."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train` (torch)")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from PIL import Image  # noqa: E402

from live_style.inference.onnxruntime import plain_session  # noqa: E402
from live_style.training import recipe  # noqa: E402
from live_style.training.data import people  # noqa: E402
from live_style.training.data.people import MaskLessons, examples  # noqa: E402
from live_style.training.export.onnx_files import export_mask  # noqa: E402
from live_style.training.methods.masking import TEACHER_FILE, SelfieTeacher, filmed_people  # noqa: E402
from live_style.training.metrics.masks import edge_flicker, mask_table, measure_masks, overlap  # noqa: E402
from live_style.training.networks.mask import MaskNet  # noqa: E402
from tests.support.films import write_film  # noqa: E402
from tests.support.lessons import drawn  # noqa: E402

COUNT, SIDE = 40, 96


def somebody(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A drawn picture with a bright block that stands at its lower edge, and its mask."""
    chance = np.random.default_rng(seed)
    left, top = chance.integers(10, 50), chance.integers(20, 50)
    picture, mask = drawn(seed, SIDE) // 3, np.zeros((SIDE, SIDE), np.uint8)
    picture[top:, left:left + 36], mask[top:, left:left + 36] = 250, 255
    return picture, mask


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder: blocks as people with masks, blocks without masks, and pictures without blocks."""
    folder = tmp_path_factory.mktemp("data")
    names = {f"human-seg/{i:05}-{i}.jpg": somebody(i)[0] for i in range(COUNT)}
    names |= {f"faces/{i:05}-a.jpg": somebody(100 + i)[0] for i in range(COUNT)}
    names |= {f"imagenet/{i:05}-n0_bird.jpg": drawn(200 + i, SIDE) // 3 for i in range(COUNT)}
    names |= {f"bsds500/{i:05}-b.jpg": drawn(300 + i, SIDE) // 3 for i in range(4)}
    masks = {f"human-seg/{i:05}-{i}.png": somebody(i)[1] for i in range(COUNT)}
    for file, pictures in (("content-0.tar", names), (people.TRUE_MASKS, masks)):
        with tarfile.open(folder / file, "w") as tar:
            for name, picture in pictures.items():
                buffer = io.BytesIO()
                Image.fromarray(picture).save(buffer, "JPEG" if name.endswith(".jpg") else "PNG", quality=95)
                member = tarfile.TarInfo(name)
                member.size = buffer.tell()
                tar.addfile(member, io.BytesIO(buffer.getvalue()))
    return folder


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that takes what is bright for a person."""
    folder = tmp_path_factory.mktemp("teacher")
    shape = ["n", "h", "w"]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [*shape, colours])
              for name, colours in (("image", 3), ("person", 1))]
    nodes = [helper.make_node("ReduceMean", ["image"], ["light"], axes=[3], keepdims=1),
             helper.make_node("Sub", ["light", "middle"], ["apart"]),
             helper.make_node("Mul", ["apart", "steep"], ["x"]),
             helper.make_node("Sigmoid", ["x"], ["person"])]
    constants = [numpy_helper.from_array(np.array(value, np.float32), name)
                 for name, value in (("middle", 0.7), ("steep", 60.0))]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(folder / TEACHER_FILE))
    return folder


def test_nothing_that_is_held_out_is_learned_from(data: Path, teacher: Path) -> None:
    asked: list[str] = []

    def teach(photos: people.Pictures, index: int) -> people.Mask:
        asked.append(photos.places[index].name)
        return SelfieTeacher(teacher).mask(np.asarray(photos.decode(index)))

    photos, found = examples(data, teach)
    names = {photos.places[each.picture].name: each for each in found}
    assert {f"human-seg/{i:05}-{i}.jpg" for i in range(COUNT) if i % 10} == {n for n in names if "human" in n}
    assert {name.split("/")[0] for name in asked} == {"faces"}, "who has a true mask, or is empty, is known"
    assert all(each.mask is None for name, each in names.items() if name.startswith(("imagenet", "bsds500")))
    face = next(each for name, each in names.items() if name.startswith("faces"))
    assert face.mask is not None and face.mask.max() > 250 and face.mask.min() < 5


def test_frames_of_clips_are_examples_too_but_not_of_those_that_are_measured(data: Path, teacher: Path,
                                                                             tmp_path: Path) -> None:
    frames = [np.repeat(np.repeat(somebody(number)[0], 4, 0), 4, 1) for number in range(13)]
    for name in ("sign-help.mkv", "sign-book.mkv"):
        write_film(tmp_path / name, frames)
    found = filmed_people(tmp_path, SelfieTeacher(teacher))
    assert len(found) == 3 and all(each.true and each.mask is not None for each in found)
    assert all(0.05 < float((each.mask > 127).mean()) < 0.6 for each in found if each.mask is not None)
    lessons = MaskLessons(people.all_pictures(data), [*found, people.Example(0, None, False)], 8, 128)
    assert lessons(np.random.default_rng(1)).masks.max() > 200


def test_lessons_have_people_nobody_and_masks_that_fit(data: Path, teacher: Path) -> None:
    lessons = MaskLessons(*examples(data, lambda photos, index: np.full((SIDE, SIDE), 255, np.uint8)), 8, 128)
    chance, shapes, shares = np.random.default_rng(1), set(), list[float]()
    for _ in range(20):
        lesson = lessons(chance)
        assert lesson.frames.shape == (*lesson.masks.shape, 3) and lesson.frames.dtype == np.uint8
        assert all(side % 16 == 0 for side in lesson.masks.shape[1:])
        shapes.add(lesson.masks.shape[1:])
        shares += [float((mask > 127).mean()) for mask in lesson.masks]
    assert len(shapes) > 3 and 0.1 < float(np.mean([share == 0 for share in shares])) < 0.5


def test_a_file_computes_what_the_network_does(tmp_path: Path) -> None:
    torch.manual_seed(1)
    net = MaskNet()
    with torch.no_grad():
        net.out.weight.mul_(30)
        for _ in range(3):
            net(torch.rand(2, 3, 64, 64))  # statistics of the batch norms
    net.eval()
    export_mask(net, tmp_path / "mask.onnx")
    frame = np.random.default_rng(0).integers(0, 256, (1, 48, 80, 3), np.uint8)
    found = plain_session(str(tmp_path / "mask.onnx")).run(None, {"frame": frame})[0]
    with torch.no_grad():
        wanted = net(torch.from_numpy(frame).permute(0, 3, 1, 2).float() / 255).sigmoid().numpy()[:, 0] * 255
    assert found.shape == (1, 48, 80) and wanted.std() > 5
    assert np.abs(found - wanted).max() < 1.5
    assert sum(part.numel() for part in net.parameters()) < 110_000


@pytest.mark.long
def test_it_learns_goes_on_and_is_measured(data: Path, teacher: Path, tmp_path: Path) -> None:
    def run(pictures: int) -> list[float]:
        recipe.mask(recipe.MaskTraining(data, teacher, tmp_path / "run", pictures, 8, 64, 4e-3, 0))
        return [json.loads(line)["loss"] for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]

    torch.manual_seed(0)
    rows = run(480)
    assert rows[-1] < 0.8 * rows[0]
    assert run(640)[:len(rows)] == rows, "it goes on"
    file, = recipe.export([tmp_path / "run" / "checkpoint.pt"], tmp_path / "models")
    taught, plain, filtered = measure_masks(data, teacher, file, ())
    assert taught.iou > 0.9 and plain.iou > 0.2 and filtered.iou == pytest.approx(plain.iou)
    assert mask_table([plain]).splitlines()[-1].startswith("| mask-fp32 | 0.")


def test_figures_of_masks_that_are_known() -> None:
    mask = np.zeros((40, 40), np.uint8)
    mask[:, :20] = 255
    half = mask.copy()
    half[:, 10:20] = 0
    assert overlap(mask, mask) == 1.0 and overlap(half, mask) == 0.5 and overlap(mask, 255 - mask) == 0.0
    still = [np.full((40, 40, 3), 90, np.uint8)] * 3
    soft = mask.copy()
    soft[:, 20] = 100
    other = soft.copy()
    other[:, 20] = 120
    assert edge_flicker(still, [soft, other, soft]) == pytest.approx(20.0)
    assert np.isnan(edge_flicker([frame + np.uint8(80 * n) for n, frame in enumerate(still[:2])], [soft, other]))
