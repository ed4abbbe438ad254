"""The library: styles by name, by file and by picture; what is broken spoils nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from live_style.errors import StyleError
from live_style.imaging.write import write_png
from live_style.style import dump_style
from live_style.style import make_style
from live_style.styles.library import Library
from live_style.system import paths
from tests.support.networks import picture

SPACE = "live-style-2"


@pytest.fixture
def folder() -> Path:
    """The user's own styles: one file, one picture, and what is no use."""
    folder = paths.user_styles_folder()
    folder.mkdir(parents=True)
    write_png(folder / "Red Boat.png", picture((120, 90), 5), {})
    for name, space in (("Aurora", SPACE), ("Far", "elsewhere"), ("Neon", SPACE)):
        style = make_style(name, space, np.ones(100, np.float32))
        (folder / f"{style.slug}.json").write_text(dump_style(style))
    (folder / "poem.jpg").write_text("Roses are red")
    (folder / "half.json").write_text("{")
    return folder


def own(library: Library) -> list[str]:
    return [entry.style.slug for entry in library.collection.entries
            if entry.file is not None and entry.file.parent == paths.user_styles_folder()]


def test_the_users_files_and_pictures_come_after_the_shipped(folder: Path) -> None:
    library = Library(SPACE)
    assert own(library) == ["aurora", "neon-2", "red-boat"]
    assert library.collection.styles[-1].slug == "red-boat"
    assert [line.split()[0] for line in library.problems] == ["the", "half.json", "poem.jpg", "the"]
    assert library.style("red boat") is library.collection.find("red-boat")
    assert library.style(folder / "Red Boat.png").embedding == pytest.approx(library.style("red boat").embedding)


def test_without_a_space_those_of_all_are_there(folder: Path) -> None:
    library = Library()
    assert own(library) == ["aurora", "far", "neon-2", "red-boat"]
    assert library.style("red-boat").space == SPACE


def test_a_style_that_is_nowhere_is_told(folder: Path) -> None:
    with pytest.raises(StyleError, match='no style matches "Blue Boat"'):
        Library(SPACE).style("Blue Boat")


def test_without_a_predictor_all_but_pictures_are_there(folder: Path, tmp_path: Path,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "models_folder", lambda: tmp_path / "nowhere")
    for library in (Library(SPACE), Library()):
        assert "aurora" in own(library) and "red-boat" not in own(library)
        assert sum("nowhere" in line for line in library.problems) == 1
