"""The poster: every style is on it, complete, with its name, next to similar ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from live_style import cli
from live_style.frame import Image
from live_style.imaging.read import read_picture
from live_style.imaging.write import read_facts
from live_style.style import dump_style
from live_style.style import make_style
from live_style.system import paths
from live_style.ui.map_poster import PosterItem
from live_style.ui.map_poster import draw_poster
from live_style.ui.panels.theme import ACCENT


def hung(count: int, own: int = 0) -> list[PosterItem]:
    """Styles with previews of plain colours that are found again, and long names."""
    rng = np.random.default_rng(count)
    levels = rng.permutation(256)
    return [PosterItem(make_style(f"The {i}th of the styles with names that are long", "s", rng.normal(0, 1, 100),
                                  "Somebody with a name as long as that of a style", "1999"),
                       np.full((9, 16, 3), (levels[i], 255 - levels[i], 250), np.uint8), i < own) for i in range(count)]


def found(poster: Image, one: PosterItem) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a preview on a poster."""
    ys, xs = np.nonzero((poster == one.preview[0, 0]).all(axis=2))
    return xs.min(), ys.min(), xs.max() + 1, ys.max() + 1


@pytest.mark.parametrize("count", [1, 2, 3, pytest.param(30, marks=pytest.mark.long)])
def test_previews_and_their_lines_lie_apart_and_within(count: int) -> None:
    styles = hung(count)
    poster = draw_poster(styles)
    boxes = [found(poster, one) for one in styles]
    for left, top, right, bottom in boxes:
        # Of 240x135 a faint line around it takes one.
        assert (right - left, bottom - top) == (238, 133)
        assert 40 < left and right < poster.shape[1] - 40 and 130 < top and bottom < poster.shape[0] - 60
    for i, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[:i]:
            # 52 rows below a preview are for its name and its credit.
            assert right <= other[0] or other[2] <= left or bottom + 52 <= other[1] or other[3] + 52 <= top
        below = poster[bottom + 4:bottom + 52, left:right].max(axis=2)
        assert (below > 200).sum() > 200, "its name is there"


def test_alike_styles_are_neighbours() -> None:
    styles = hung(10)
    twin = styles[0]._replace(preview=np.full((9, 16, 3), (9, 9, 9), np.uint8), style=make_style(
        "twin", "s", styles[0].style.embedding + np.float32(0.01)))
    poster = draw_poster([*styles, twin])
    one, other = found(poster, styles[0]), found(poster, twin)
    assert np.hypot(one[0] - other[0], one[1] - other[1]) < 300


def test_the_users_own_are_framed() -> None:
    gold = np.array(ACCENT[:3], np.uint8)
    count = [(draw_poster(hung(3, own)) == gold).all(axis=2)[150:].sum() for own in (0, 1, 2)]
    assert count[0] == 0 and count[2] == pytest.approx(2 * count[1], rel=0.02) and count[1] > 1000


@pytest.mark.long
def test_many_styles_make_no_endless_poster() -> None:
    assert max(draw_poster(hung(240)).shape) == pytest.approx(6000, abs=2)


def test_the_command_draws_all_styles(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                      monkeypatch: pytest.MonkeyPatch) -> None:
    """All of a few: that it draws those of the program, the test of the README's commands shows."""
    few = home / "few"
    few.mkdir()
    for file in sorted(paths.styles_folder().glob("*.json"))[:5]:
        shutil.copy(file, few)
    monkeypatch.setattr(paths, "styles_folder", lambda: few)
    folder = paths.user_styles_folder()
    folder.mkdir(parents=True)
    (folder / "mine.json").write_text(dump_style(make_style("Mine", "live-style-2", np.zeros(100, np.float32))))
    (folder / "far.json").write_text(dump_style(make_style("Far", "elsewhere", np.zeros(100, np.float32))))
    out = tmp_path / "map.png"
    assert cli.main(["styles", "map", "-o", str(out)]) == 0
    assert 'the style "Far" belongs to the style space "elsewhere"' in capsys.readouterr().err
    assert read_facts(out)["styles"] == "6"
    before = out.read_bytes()
    assert (read_picture(out)[150:] == np.array(ACCENT[:3], np.uint8)).all(axis=2).sum() > 1000
    assert cli.main(["styles", "map", "-o", str(out)]) == 2
    assert out.read_bytes() == before
    assert cli.main(["styles", "map", "-o", str(tmp_path / "map.txt")]) == 2
    assert cli.main(["styles", "map", "-o", str(tmp_path)]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["map.png"]
