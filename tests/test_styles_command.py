"""`live-style styles`, as its users type it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from live_style import cli
from live_style import places
from live_style.pictures.files import read_picture
from live_style.pictures.files import write_png
from live_style.style import parse_style


@pytest.fixture
def sunset(tmp_path: Path) -> Path:
    """A picture that nobody has seen before."""
    y, x = np.mgrid[0:180, 0:320]
    colors = np.stack([255 - y, 80 + x / 4, 40 + y / 2], axis=2)
    write_png(tmp_path / "My Sunset.png", colors.astype(np.uint8), {})
    return tmp_path / "My Sunset.png"


def test_list_shows_the_shipped_styles(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list(places.styles_folder().glob("*.json")))
    assert lines[0].split()[:2] == ["1", (places.styles_folder() / "order.txt").read_text().split()[0]]


def test_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert set(rows[0]) == {"slug", "name", "artist", "year", "credit", "licence", "space", "preview", "shipped"}
    assert all(row["shipped"] and Path(row["preview"]).is_file() for row in rows)


def test_list_names_a_bad_file_and_shows_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    places.user_styles_folder().mkdir(parents=True)
    (places.user_styles_folder() / "broken.json").write_text("{")
    assert cli.main(["styles", "list"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) >= 24
    assert err.startswith("live-style: broken.json is no style: ") and len(err.splitlines()) == 1


def test_add_makes_a_style_of_a_picture(sunset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "add", str(sunset), "--artist", "me", "--year", "2026", "--licence", "CC0-1.0"]) == 0
    file = places.user_styles_folder() / "my-sunset.json"
    assert capsys.readouterr().out == f"my-sunset: {file}\n"
    style = parse_style(file.read_bytes(), file)
    assert (style.name, style.artist, style.year, style.licence) == ("My Sunset", "me", "2026", "CC0-1.0")
    assert style.credit == "made from My Sunset.png"
    assert read_picture(file.parent / "previews" / "my-sunset.webp").shape == (135, 240, 3)
    assert cli.main(["styles", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("My Sunset - me, 2026  (yours)")


def test_add_never_overwrites(sunset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "add", str(sunset)]) == 0
    before = (places.user_styles_folder() / "my-sunset.json").read_bytes()
    capsys.readouterr()
    for name in ("My Sunset", "feminine wave"):
        assert cli.main(["styles", "add", str(sunset), "--name", name]) == 2
        cause, cure = capsys.readouterr().err.splitlines()
        assert "already" in cause and "--name" in cure
    assert (places.user_styles_folder() / "my-sunset.json").read_bytes() == before


def test_add_says_what_is_no_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "poem.jpg").write_text("Roses are red")
    for arguments in ([str(tmp_path / "poem.jpg")], [str(tmp_path / "gone.jpg")], [str(tmp_path)],
                      ["a.jpg", "b.jpg", "--name", "both"]):
        assert cli.main(["styles", "add", *arguments]) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("live-style: ") and len(err.splitlines()) == 2
    assert not places.user_styles_folder().exists()


def test_previews_are_painted_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(places.styles_folder() / "neon.json", tmp_path)
    assert cli.main(["styles", "preview", "--into", str(tmp_path)]) == 0
    assert "1 preview in" in capsys.readouterr().out
    again = read_picture(tmp_path / "previews" / "neon.webp").astype(float)
    shipped = read_picture(places.styles_folder() / "previews" / "neon.webp").astype(float)
    # Not equal: the networks are trained on, and other processors round otherwise.
    assert np.abs(again.mean(axis=(0, 1)) - shipped.mean(axis=(0, 1))).max() < 40
