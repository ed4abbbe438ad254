"""live-style from Python, as the README shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import live_style
from live_style import LiveStyleError
from live_style import PictureStylizer
from live_style import load_stylizer
from live_style import mix_styles
from live_style import read_picture
from live_style.frame import Image
from live_style.imaging.write import write_png
from live_style.style import dump_style
from live_style.style import make_style
from live_style.styles.library import Library
from live_style.system import paths
from tests.support.networks import picture

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def stylizer() -> PictureStylizer:
    """The quickest network, as the tests of speed are elsewhere."""
    return load_stylizer("fast", resolution=160)


@pytest.fixture
def holiday(tmp_path: Path) -> Path:
    write_png(tmp_path / "holiday.png", picture((200, 150), 3), {})
    return tmp_path / "holiday.png"


def apart(a: Image, b: Image) -> float:
    """Mean difference in levels."""
    return float(np.abs(a.astype(np.float32) - b.astype(np.float32)).mean())


def test_the_lines_of_the_readme_run(holiday: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    block = re.search(r"From Python\..*?```python\n(.*?)```", README, re.S)
    assert block and len(block[1].splitlines()) <= 12
    shutil.copy(holiday, holiday.with_suffix(".jpg"))
    monkeypatch.chdir(holiday.parent)
    names: dict[str, object] = {}
    exec(compile(block[1], "README.md", "exec"), names)
    painted = names["painted"]
    assert isinstance(painted, np.ndarray) and painted.shape == (150, 200, 3) and painted.dtype == np.uint8


def test_importing_it_loads_nothing_heavy() -> None:
    script = ("import sys, live_style; heavy = {'cv2', 'numpy', 'onnxruntime', 'PIL', 'click'} & set(sys.modules);"
              "sys.exit(', '.join(heavy) or None)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_public_name_is_there() -> None:
    assert [name for name in live_style.__all__ if not getattr(live_style, name).__doc__] == []
    with pytest.raises(AttributeError, match="has no attribute 'dance'"):
        live_style.dance  # noqa: B018


@pytest.mark.parametrize("size", [(64, 64), (160, 120), (333, 251), (90, 400), (1, 1), (1, 300), (300, 1), (7, 9)])
def test_a_picture_of_any_size_keeps_it(stylizer: PictureStylizer, size: tuple[int, int]) -> None:
    photo = picture(size)
    before = photo.copy()
    painted = stylizer.paint(photo, mix_styles([(stylizer.style("neon"), 1.0)]))
    assert painted.shape == photo.shape and painted.dtype == np.uint8
    assert np.array_equal(photo, before)
    assert apart(painted, photo) > 5.0


def test_an_array_may_be_a_view(stylizer: PictureStylizer) -> None:
    look = mix_styles([(stylizer.style("neon"), 1.0)])
    wide = picture((320, 120))
    assert np.array_equal(stylizer.paint(wide[:, ::2], look), stylizer.paint(wide[:, ::2].copy(), look))


@pytest.mark.parametrize("wrong", [
    np.zeros((9, 9, 3), np.float32), np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8),
    np.zeros((0, 9, 3), np.uint8), np.zeros((1, 9, 9, 3), np.uint8)], ids=lambda wrong: f"{wrong.dtype}{wrong.shape}")
def test_what_is_no_picture_is_refused(stylizer: PictureStylizer, wrong: npt.NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match=r"a picture is uint8 \[height, width, 3\]; this is"):
        stylizer.paint(wrong, stylizer.styles[0].look())


def test_a_mix_of_nothing_is_refused(stylizer: PictureStylizer) -> None:
    for nothing in ([], [(stylizer.styles[0], 0.0)]):
        with pytest.raises(LiveStyleError, match="nothing to mix"):
            mix_styles(nothing)


def test_strength_grows_steadily_from_the_photograph(stylizer: PictureStylizer) -> None:
    photo, style = picture((320, 240)), stylizer.style("Water Lilies")
    at = {s: stylizer.paint(photo, mix_styles([(style, 1.0)], s)) for s in (0.0, 0.25, 0.5, 0.75, 1.0)}
    assert np.array_equal(at[0.0], photo) and not np.shares_memory(at[0.0], photo)
    way = [apart(at[s], photo) for s in at]
    steps = np.diff(way) / way[-1]
    assert steps.min() > 0.1 and steps.max() < 0.45, steps


def test_a_mix_lies_between_its_parts(stylizer: PictureStylizer) -> None:
    photo = picture((160, 120))
    one, other = stylizer.style("neon"), stylizer.style("water-lilies")
    pictures = [stylizer.paint(photo, mix_styles([(one, 1.0 - t), (other, t)])) for t in (0.0, 0.25, 0.5, 0.75, 1.0)]
    whole = apart(pictures[0], pictures[-1])
    from_one = [apart(pictures[0], painted) for painted in pictures]
    from_other = [apart(pictures[-1], painted) for painted in pictures]
    assert from_one == sorted(from_one) and from_other == sorted(from_other, reverse=True)
    assert max(from_one[3], from_other[1]) < whole
    np.testing.assert_allclose(mix_styles([(one, 3.0), (other, 1.0)]).embedding,
                               0.75 * one.embedding + 0.25 * other.embedding, atol=1e-5)


def test_own_colours_are_kept(stylizer: PictureStylizer) -> None:
    photo = np.full((120, 160, 3), (220, 40, 40), np.uint8)
    style = [(stylizer.style("water-lilies"), 1.0)]
    means = [stylizer.paint(photo, mix_styles(style, 1.0, keep)).mean((0, 1)) for keep in (False, True)]
    assert means[1][0] - means[1][2] > 80.0 > means[0][0] - means[0][2]


def test_smaller_strokes_are_finer() -> None:
    photo = picture((512, 384))

    def fineness(stroke: int) -> float:
        """Mean step from pixel to pixel."""
        fine = load_stylizer("fast", stroke)
        painted = fine.paint(photo, mix_styles([(fine.style("neon"), 1.0)])).astype(np.float32)
        return float(np.abs(np.diff(painted, axis=1)).mean())
    assert fineness(128) < 0.7 * fineness(512)


def test_a_style_by_name_by_file_and_by_picture(stylizer: PictureStylizer, holiday: Path) -> None:
    file = holiday.with_name("Ours.JSON")
    file.write_text(dump_style(make_style("Ours", stylizer.space, np.linspace(-1, 1, 100, dtype=np.float32))))
    assert stylizer.style("Water Lilies").slug == stylizer.style("water-lilies").slug == "water-lilies"
    assert stylizer.style(file).name == stylizer.style(str(file)).name == "Ours"
    first = stylizer.style(holiday)
    assert (first.name, first.space) == ("holiday", stylizer.space)
    shutil.copy(holiday, holiday.with_name("beach"))
    again = Library(stylizer.space).style(holiday.with_name("beach"))
    assert again.name == "beach"
    np.testing.assert_allclose(again.embedding, first.embedding, rtol=1e-4, atol=1e-6)
    assert len(os.listdir(paths.cache_folder() / "styles")) == 1


def test_the_users_own_styles_have_names_too(stylizer: PictureStylizer) -> None:
    paths.user_styles_folder().mkdir(parents=True)
    style = make_style("Grandma's Quilt", stylizer.space, np.zeros(100, np.float32))
    (paths.user_styles_folder() / "grandmas-quilt.json").write_text(dump_style(style))
    assert Library(stylizer.space).style("grandma's quilt").slug == "grandmas-quilt"


@pytest.mark.parametrize(("what", "cause"), [
    ("Watr Lilies", 'no style matches "Watr Lilies"'),
    ("gone.jpg", "gone.jpg cannot be read"),
    ("gone.json", "gone.json cannot be read"),
    ("", 'no style matches ""'),
])
def test_a_style_that_is_not_there_is_told(stylizer: PictureStylizer, what: str, cause: str) -> None:
    with pytest.raises(LiveStyleError) as told:
        stylizer.style(what)
    assert told.value.cause.startswith(cause) and told.value.cure


def test_styles_of_another_space_are_refused(stylizer: PictureStylizer, tmp_path: Path) -> None:
    foreign = make_style("Foreign", "elsewhere-9", np.zeros(100, np.float32))
    (tmp_path / "foreign.json").write_text(dump_style(foreign))
    with pytest.raises(LiveStyleError, match="elsewhere-9"):
        stylizer.style(tmp_path / "foreign.json")
    with pytest.raises(LiveStyleError, match="elsewhere-9"):
        mix_styles([(stylizer.style("neon"), 1.0), (foreign, 1.0)])


def test_a_stream_is_painted_one_by_one(stylizer: PictureStylizer) -> None:
    asked: list[int] = []

    def frames():
        for number in range(3):
            asked.append(number)
            yield picture((160, 120), number)
    look = mix_styles([(stylizer.style("neon"), 1.0)])
    stream = stylizer.paint_all(frames(), look, smooth=0.0)
    assert asked == []
    assert np.array_equal(next(stream), stylizer.paint(picture((160, 120), 0), look)) and asked == [0]
    assert np.array_equal(next(stream), stylizer.paint(picture((160, 120), 1), look)) and asked == [0, 1]
    assert len(list(stream)) == 1


def test_a_stream_stands_still_where_its_frames_do(stylizer: PictureStylizer) -> None:
    rng = np.random.default_rng(5)
    still = np.full((120, 160, 3), 128, np.int16) + np.arange(160)[:, np.newaxis] // 4
    noisy = [np.clip(still + rng.normal(0, 2, still.shape), 0, 255).astype(np.uint8) for _ in range(6)]
    look = mix_styles([(stylizer.style("neon"), 1.0)])
    flicker = {smooth: apart(*list(stylizer.paint_all(noisy, look, smooth))[-2:]) for smooth in (0.0, 0.9)}
    assert flicker[0.9] < 0.5 * flicker[0.0]


def test_a_stream_may_change_its_size(stylizer: PictureStylizer) -> None:
    look = mix_styles([(stylizer.style("neon"), 1.0)])
    sizes = [(160, 120), (120, 160), (80, 60), (160, 120)]
    painted = stylizer.paint_all((picture(size) for size in sizes), look)
    assert [(image.shape[1], image.shape[0]) for image in painted] == sizes


def test_read_picture_takes_a_name(holiday: Path) -> None:
    assert np.array_equal(read_picture(str(holiday)), picture((200, 150), 3))
    with pytest.raises(LiveStyleError, match="does not exist"):
        read_picture("nowhere.png")
