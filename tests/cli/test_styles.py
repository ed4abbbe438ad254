"""`live-style styles`, as its users type it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from live_style import cli
from live_style.imaging.read import read_picture
from live_style.imaging.write import read_facts
from live_style.imaging.write import write_png
from live_style.style import dump_style
from live_style.style import make_style
from live_style.style import parse_style
from live_style.styles.collection import load_collection
from live_style.styles.collection import load_entry
from live_style.styles.library import Library
from live_style.system import paths

SHIPPED = len(list(paths.styles_folder().glob("*.json")))


@pytest.fixture
def sunset(tmp_path: Path) -> Path:
    """A picture that has no style yet."""
    y, x = np.mgrid[0:180, 0:320]
    colors = np.stack([255 - y, 80 + x / 4, 40 + y / 2], axis=2)
    write_png(tmp_path / "My Sunset.png", colors.astype(np.uint8), {})
    return tmp_path / "My Sunset.png"


def test_list_shows_the_shipped_styles(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(list(paths.styles_folder().glob("*.json")))
    first = (paths.styles_folder() / "order.txt").read_text().split()[0]
    assert lines[1].startswith(f"  1  {Library().entry(first).style.name} ")


def test_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert set(rows[0]) == {"slug", "name", "artist", "year", "credit", "licence", "space", "preview", "shipped"}
    assert all(row["shipped"] and Path(row["preview"]).is_file() for row in rows)


def test_list_names_a_bad_file_and_shows_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    paths.user_styles_folder().mkdir(parents=True)
    (paths.user_styles_folder() / "broken.json").write_text("{")
    assert cli.main(["styles", "list"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) >= 24
    assert err.startswith("live-style: broken.json is not a style: ") and len(err.splitlines()) == 1


def test_add_makes_a_style_of_a_picture(sunset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "add", str(sunset), "--artist", "me", "--year", "2026", "--licence", "CC0-1.0"]) == 0
    file = paths.user_styles_folder() / "my-sunset.json"
    assert capsys.readouterr().out == f"my-sunset: {file}\n"
    style = parse_style(file.read_bytes(), file)
    assert (style.name, style.artist, style.year, style.licence) == ("My Sunset", "me", "2026", "CC0-1.0")
    assert style.credit == "made from My Sunset.png"
    assert read_picture(file.parent / "previews" / "my-sunset.webp").shape == (135, 240, 3)
    assert cli.main(["styles", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == ["", "Your own", f" {SHIPPED + 1}  My Sunset  me, 2026"]


def test_add_never_overwrites(sunset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "add", str(sunset)]) == 0
    before = (paths.user_styles_folder() / "my-sunset.json").read_bytes()
    capsys.readouterr()
    for name in ("My Sunset", "lady macbeth"):
        assert cli.main(["styles", "add", str(sunset), "--name", name]) == 2
        cause, cure = capsys.readouterr().err.splitlines()
        assert "already" in cause and "--name" in cure
    assert (paths.user_styles_folder() / "my-sunset.json").read_bytes() == before


def test_a_name_that_looks_alike_as_a_file_gets_a_number(sunset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("浮世絵", "水墨画", "Neon!"):
        assert cli.main(["styles", "add", str(sunset), "--name", name]) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == ["style", "style-2", "neon-2"]
    assert cli.main(["styles", "show", "水墨画", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["slug"] == "style-2"


def test_add_takes_folders_and_tells_what_it_could_not_use(sunset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = sunset.parent / "elsewhere"
    shutil.copy(sunset, sunset.with_name("Évening.png"))
    sunset.with_name("poem.jpg").write_text("Roses are red")
    assert cli.main(["styles", "add", str(sunset.parent), "--into", str(into), "--licence", "CC0-1.0"]) == 2
    out, err = capsys.readouterr()
    assert {line.split(":")[0] for line in out.splitlines()} == {"my-sunset", "evening"}
    assert err.splitlines()[-2].startswith("live-style: poem.jpg: ") and "Traceback" not in err
    entries = load_collection([into], None)[0].entries
    assert [entry.style.name for entry in entries] == ["Évening", "My Sunset"]
    assert all(entry.preview and entry.style.licence == "CC0-1.0" for entry in entries)
    assert not paths.user_styles_folder().exists()


@pytest.mark.parametrize(("arguments", "cause"), [
    (["--name", "x" * 301], "--name: the text is longer than 300 characters"),
    (["--name", "\x1b\n "], "--name: the text is empty"),
    (["--artist", "y" * 301], "--artist: the text is longer than 300 characters"),
])
def test_words_that_no_file_could_hold_are_told_before_anything_is_made(
        arguments: list[str], cause: str, sunset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "add", str(sunset), *arguments]) == 2
    assert capsys.readouterr().err.startswith(f"live-style: {cause}\n  ")
    assert not paths.user_styles_folder().exists()


def test_words_are_kept_as_they_can_be_read(sunset: Path) -> None:
    assert cli.main(["styles", "add", str(sunset), "--name", "Dusk\x1b[31m\n at\udcff sea"]) == 0
    assert [entry.style.name for entry in load_collection([paths.user_styles_folder()], None)[0].entries] == [
        "Dusk [31m at sea"]


def test_an_added_style_is_known_everywhere_by_its_name(sunset: Path, tmp_path: Path,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "add", str(sunset), "--name", "Harbour at Noon"]) == 0
    show = ["run", "--headless", "--camera", "demo", "--frames", "3", "--size", "128x72", "--style"]
    for number, name in enumerate(("harbour-at-noon", "Harbour at Noon", "noon")):
        out = tmp_path / f"{number}.png"
        assert cli.main(["image", str(sunset), "-s", name, "--model", "fast", "--size", "96", "-o", str(out)]) == 0
        assert read_facts(out)["style"] == "Harbour at Noon:1"
        assert cli.main([*show, name]) == 0
    assert cli.main(["styles", "remove", "harbour-at-noon"]) == 0
    capsys.readouterr()
    for command in (["image", str(sunset), "-o", str(tmp_path / "gone.png"), "-s"], show):
        assert cli.main([*command, "harbour-at-noon"]) == 2
        assert 'no style matches "harbour-at-noon"' in capsys.readouterr().err
    assert not (tmp_path / "gone.png").exists()


def test_a_picture_in_the_folder_is_a_style_as_in_a_show(sunset: Path, tmp_path: Path,
                                                         capsys: pytest.CaptureFixture[str]) -> None:
    paths.user_styles_folder().mkdir(parents=True)
    kept = Path(shutil.copy(sunset, paths.user_styles_folder()))
    assert cli.main(["styles", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == ["Your own", f" {SHIPPED + 1}  My Sunset"]
    out = tmp_path / "painted.png"
    assert cli.main(["image", str(sunset), "-s", "my sunset", "--size", "96", "-o", str(out)]) == 0
    capsys.readouterr()
    # A photograph is not ours to delete.
    assert cli.main(["styles", "remove", "my-sunset"]) == 2
    assert capsys.readouterr().err == (f"live-style: my-sunset is a picture file, which may be your only copy: {kept}\n"
                                       "  Move it out of that folder to remove the style.\n")
    assert kept.is_file()


def test_mix_makes_a_style_between_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "mix", "Water Lilies:0.6", "neon:0.4", "--name", "Neon Pond"]) == 0
    file = paths.user_styles_folder() / "neon-pond.json"
    assert capsys.readouterr().out == f"neon-pond: {file}\n"
    style, preview, _ = load_entry(file, None)
    shipped = load_collection([paths.styles_folder()], None)[0]
    between = 0.6 * shipped.find("water-lilies").embedding + 0.4 * shipped.find("neon").embedding
    np.testing.assert_allclose(style.embedding, between, rtol=1e-3, atol=1e-4)
    assert style.credit == "60% Water Lilies (Claude Monet), 40% Neon (live-style, 2026)"
    assert (style.artist, style.licence) == ("Claude Monet, live-style", "CC0-1.0")
    assert preview and read_picture(preview).shape == (135, 240, 3)


@pytest.mark.parametrize(("arguments", "cause"), [
    (["neon", "--name", "x"], "a mix needs at least two styles"),
    (["neon:0", "tiger", "--name", "x"], "a mix needs at least two styles"),
    (["neon:-1", "tiger", "--name", "x"], "neon:-1: -1 is not a weight"),
    (["neon", "gone", "--name", "x"], 'no style matches "gone"'),
    (["neon", "tiger", "--name", "TIGER"], "a style named Tiger already exists"),
    (["neon", "tiger"], "Missing option '--name'"),
])
def test_what_cannot_be_mixed_is_told(arguments: list[str], cause: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "mix", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(f"live-style: {cause}") and len(err.splitlines()) == 2
    assert not paths.user_styles_folder().exists()


def test_remove_takes_away_what_was_added_and_says_so(sunset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = paths.user_styles_folder()
    for name in ("Dusk", "Dawn", "Noon"):
        assert cli.main(["styles", "add", str(sunset), "--name", name]) == 0
    capsys.readouterr()
    assert cli.main(["styles", "remove", "dusk", "DAWN", "dusk"]) == 0
    assert capsys.readouterr().out == f"removed dusk: {folder / 'dusk.json'}\nremoved dawn: {folder / 'dawn.json'}\n"
    assert sorted(file.name for file in folder.rglob("*.*")) == ["noon.json", "noon.webp"]
    assert sunset.is_file()


@pytest.mark.parametrize(("names", "cause", "cure"), [
    (["dusk", "neon"], "neon is an included style", "Only your own styles"),
    (["dusk", "daw"], 'there is no style called "daw"', "Did you mean dawn? Give the full name."),
    (["dusk", "zzz"], 'no style matches "zzz"', "styles list"),
    (["dusk", "Twin"], '2 styles are called "Twin"', "Choose one: a, b."),
    (["dusk", "../../dusk"], 'no style matches "../../dusk"', "Did you mean dusk?"),
])
def test_remove_guesses_nothing_and_then_removes_nothing(names: list[str], cause: str, cure: str,
                                                         capsys: pytest.CaptureFixture[str]) -> None:
    folder = paths.user_styles_folder()
    folder.mkdir(parents=True)
    for file, name in (("dusk", "Dusk"), ("dawn", "Dawn"), ("a", "Twin"), ("b", "twin")):
        style = make_style(name, "live-style-2", np.ones(100, np.float32))
        (folder / f"{file}.json").write_text(dump_style(style))
    assert cli.main(["styles", "remove", *names]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"live-style: {cause}" and cure in lines[1]
    assert len(list(folder.iterdir())) == 4 and (paths.styles_folder() / "neon.json").is_file()


def test_show_tells_credit_colours_and_what_is_alike(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "show", "water lil"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["name     Water Lilies", "artist   Claude Monet"]
    assert "\x1b" not in "".join(lines)
    assert re.fullmatch(r"colours( {2,3}#[0-9a-f]{6}){6}", next(line for line in lines if line.startswith("colours")))
    assert sum(bool(re.match(r"(alike| {5}) +\d+\.\d\d  [a-z-]+ +\S", line)) for line in lines) == 5


def test_show_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "show", "tiger", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["slug"] == "tiger" and facts["file"].endswith("tiger.json") and facts["shipped"]
    collection = load_collection([paths.styles_folder()], None)[0]
    tiger = collection.find("tiger").embedding
    apart = {style.slug: float(np.linalg.norm(style.embedding - tiger)) for style in collection.styles}
    wanted = sorted(apart, key=lambda slug: apart[slug])[1:6]
    assert [near["slug"] for near in facts["nearest"]] == wanted
    assert [near["distance"] for near in facts["nearest"]] == [round(apart[slug], 3) for slug in wanted]
    assert len(facts["palette"]) == 6


def test_any_picture_is_shown_as_a_style_and_nothing_is_kept_of_it(sunset: Path,
                                                                   capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["styles", "show", str(sunset), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["name"], facts["preview"], facts["shipped"]) == ("My Sunset", None, False)
    assert len(facts["palette"]) == 6 and len(facts["nearest"]) == 5
    assert not paths.user_styles_folder().exists()


@pytest.mark.parametrize(("colors", "codes"), [("truecolor", r"\x1b\[38;2;\d+;\d+;\d+m"), ("", r"\x1b\[38;5;\d+m")])
def test_a_terminal_shows_the_colours_themselves(colors: str, codes: str, home: Path) -> None:
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLORTERM": colors, "TERM": "xterm-256color", "COLUMNS": "40"}
    environment.pop("NO_COLOR", None)
    words = [sys.executable, "-m", "live_style", "styles", "show", "tiger"]
    with subprocess.Popen(words, stdout=theirs, env=environment) as process:
        os.close(theirs)
        text = b""
        with contextlib.suppress(OSError):  # where the other end is closed, a Linux terminal breaks off
            while piece := os.read(ours, 65536):
                text += piece
    os.close(ours)
    assert process.returncode == 0
    lines = text.decode().splitlines()
    assert lines[0].count("▀") == 40 and len(re.findall(codes, lines[0])) == 40
    assert "\x1b[48;" in next(line for line in lines if line.startswith("colours"))


def test_add_says_what_is_no_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "poem.jpg").write_text("Roses are red")
    for arguments in ([str(tmp_path / "poem.jpg")], [str(tmp_path / "gone.jpg")], [str(tmp_path)],
                      ["a.jpg", "b.jpg", "--name", "both"]):
        assert cli.main(["styles", "add", *arguments]) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("live-style: ") and len(err.splitlines()) == 2
    assert not paths.user_styles_folder().exists()


def test_previews_are_painted_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(paths.styles_folder() / "neon.json", tmp_path)
    assert cli.main(["styles", "preview", "--into", str(tmp_path)]) == 0
    assert "1 preview in" in capsys.readouterr().out
    again = read_picture(tmp_path / "previews" / "neon.webp").astype(float)
    shipped = read_picture(paths.styles_folder() / "previews" / "neon.webp").astype(float)
    # Not equal: the networks are trained on, and other processors round otherwise.
    assert np.abs(again.mean(axis=(0, 1)) - shipped.mean(axis=(0, 1))).max() < 40
