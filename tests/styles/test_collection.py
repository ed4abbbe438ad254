"""The collection: an order, names that are guessed, and one bad file that spoils nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from live_style.errors import StyleError
from live_style.imaging.read import read_picture
from live_style.inference.onnxruntime import plain_session
from live_style.style import dump_style
from live_style.style import make_style
from live_style.styles.collection import StyleCollection
from live_style.styles.collection import StyleEntry
from live_style.styles.collection import load_collection
from live_style.system import paths

SPACE = "live-style-2"


def put(folder: Path, name: str, artist: str = "", space: str = SPACE, file: str = "") -> Path:
    """A style file in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    style = make_style(name, space, np.full(100, len(name), np.float32), artist=artist)
    path = folder / (file or f"{style.slug}.json")
    path.write_text(dump_style(style), encoding="utf-8")
    return path


@pytest.fixture
def collection(tmp_path: Path) -> StyleCollection:
    for name, artist in (("Great Wave", "Katsushika Hokusai"), ("Starry Night", "Vincent van Gogh"),
                         ("Night Rain", "Utagawa Hiroshige")):
        put(tmp_path, name, artist)
    (tmp_path / "order.txt").write_text("starry-night\n\nnot-here\ngreat-wave\n")
    return load_collection([tmp_path], SPACE)[0]


def slugs(collection: StyleCollection) -> list[str]:
    return [style.slug for style in collection.styles]


def test_order_txt_comes_first_then_the_rest_by_name(collection: StyleCollection, tmp_path: Path) -> None:
    assert slugs(collection) == ["starry-night", "great-wave", "night-rain"]
    (tmp_path / "order.txt").unlink()
    assert slugs(load_collection([tmp_path], SPACE)[0]) == ["great-wave", "night-rain", "starry-night"]


@pytest.mark.parametrize("name", ["great-wave", "Great Wave", " GREAT WAVE ", "wave", "hokusai"])
def test_a_name_or_a_clear_part_of_it_finds_a_style(collection: StyleCollection, name: str) -> None:
    assert collection.find(name).slug == "great-wave"


def test_a_slug_is_sure_but_a_name_may_be_had_by_several(tmp_path: Path) -> None:
    put(tmp_path, "Night", file="a.json")
    put(tmp_path, "night", file="b.json")
    put(tmp_path, "Other", file="night.json")
    collection, _ = load_collection([tmp_path], SPACE)
    assert [entry.file for entry in collection.named("Night")] == [tmp_path / "night.json"]
    (tmp_path / "night.json").unlink()
    collection, _ = load_collection([tmp_path], SPACE)
    assert [entry.style.slug for entry in collection.named(" NIGHT ")] == ["a", "b"]
    assert collection.named("nigh") == () and collection.find("night").slug == "a"


@pytest.mark.parametrize(("name", "cure"), [
    ("graet wave", "Did you mean great-wave?"),
    ("stary-nite", "Did you mean starry-night?"),
    ("night", "Choose one: starry-night, night-rain."),
    ("zzz", "`live-style styles list` shows them all."),
    ("", "`live-style styles list` shows them all."),
])
def test_a_name_that_is_none_is_answered_with_a_guess(collection: StyleCollection, name: str, cure: str) -> None:
    with pytest.raises(StyleError) as caught:
        collection.find(name)
    assert caught.value.cure == cure


def test_one_bad_file_hides_no_other(tmp_path: Path) -> None:
    put(tmp_path, "Good")
    put(tmp_path, "Foreign", space="live-style-9")
    (tmp_path / "broken.json").write_text('{"format": "live-style/1", ')
    (tmp_path / "empty.json").write_text("")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "._good.json").write_bytes(b"what a Mac notes about a file")
    collection, problems = load_collection([tmp_path], SPACE)
    assert slugs(collection) == ["good"]
    assert [problem.split()[0] for problem in problems] == ["broken.json", "empty.json", "the"]
    assert 'the style "Foreign" belongs to the style space "live-style-9"' in problems[2]


def test_no_folder_is_no_trouble(tmp_path: Path) -> None:
    assert load_collection([tmp_path / "none"], SPACE) == (StyleCollection(), ())
    with pytest.raises(StyleError, match="no style"):
        StyleCollection().find("x")


def test_the_users_styles_come_after_and_never_replace(tmp_path: Path) -> None:
    put(tmp_path / "shipped", "Great Wave", "Katsushika Hokusai")
    put(tmp_path / "shipped", "Starry Night")
    put(tmp_path / "own", "Great Wave", "me")
    put(tmp_path / "own", "Another")
    collection, problems = load_collection([tmp_path / "shipped", tmp_path / "own"], SPACE)
    assert slugs(collection) == ["great-wave", "starry-night", "another", "great-wave-2"]
    assert collection.find("great-wave").artist == "Katsushika Hokusai"
    assert collection.find("great-wave-2").artist == "me"
    assert problems == ("the name great-wave is taken: your style is now called great-wave-2",)


def test_previews_are_found(tmp_path: Path) -> None:
    put(tmp_path, "Great Wave")
    assert load_collection([tmp_path], SPACE)[0].entries[0].preview is None
    (tmp_path / "previews").mkdir()
    preview = tmp_path / "previews" / "great-wave.webp"
    preview.write_bytes(b"webp")
    assert load_collection([tmp_path], SPACE)[0].entries[0].preview == preview


def test_joining_leaves_both_as_they_were(collection: StyleCollection) -> None:
    before = slugs(collection)
    twin = StyleEntry(collection.styles[0])
    joined, renamed = collection.joined([twin, twin])
    assert slugs(collection) == before
    assert slugs(joined) == [*before, "starry-night-2", "starry-night-3"]
    assert len(renamed) == 2


def test_the_shipped_gallery() -> None:
    folder = paths.styles_folder()
    collection, problems = load_collection([folder], SPACE)
    assert problems == ()
    assert len(collection) >= 24
    assert slugs(collection) == (folder / "order.txt").read_text().split()
    marks = {plain_session(str(file)).get_modelmeta().custom_metadata_map["live_style.mark"]
             for file in paths.models_folder().glob("transformer-*.onnx")}
    assert all(set(style.norms) <= marks for style in collection.styles), "they were fitted to networks that are here"
    credits = (folder / "README.md").read_text(encoding="utf-8")
    for style, preview, file in collection.entries:
        assert file == folder / f"{style.slug}.json"
        assert preview is not None and preview.stat().st_size <= 12_000, style.slug
        assert read_picture(preview).shape == (135, 240, 3)
        line = next(line for line in credits.splitlines() if line.startswith(f"| `{style.slug}` |"))
        assert style.artist and style.artist in line and style.year in line


def test_no_two_shipped_styles_are_alike() -> None:
    collection, _ = load_collection([paths.styles_folder()], SPACE)
    numbers = np.array([style.embedding for style in collection.styles])
    apart = np.linalg.norm(numbers[:, None] - numbers[None], axis=2) + 9 * np.eye(len(numbers))
    assert apart.min() > 1.0


@pytest.mark.parametrize(("typed", "slug"), [
    ("la mousme", "la-mousme"), ("LA MOUSME\u0301", "la-mousme"), ("La Mousmé", "la-mousme"), ("mousme", "la-mousme"),
    ("kobenhavn", "kbenhavn"), ("KØBENHAVN", "kbenhavn"), ("vallotton felix", "the-glacier"),
    ("félix", "the-glacier"), ("l'etoile", "letoile"), ("l\u2019étoile", "letoile"),
    ("ſtrasse", "strae"), ("STRASSE", "strae"),
    ("1", "kbenhavn"), (" 3 ", "letoile"), ("4", "strae"), ("1888", "1888"), ("２", "la-mousme")])
def test_accents_composition_and_numbers(typed: str, slug: str, tmp_path: Path) -> None:
    for name, artist in (("København", ""), ("La Mousmé", "van Gogh"), ("L'Étoile", ""), ("Straße", ""),
                         ("The Glacier", "Vallotton Félix"), ("1888", "")):
        put(tmp_path, name, artist)
    (tmp_path / "order.txt").write_text("kbenhavn\nla-mousme\nletoile\nstrae\nthe-glacier\n1888\n")
    collection = load_collection([tmp_path], SPACE)[0]
    assert slugs(collection) == ["kbenhavn", "la-mousme", "letoile", "strae", "the-glacier", "1888"]
    assert collection.find(typed).slug == slug


def test_of_names_that_differ_in_accents_only_the_one_that_is_spelt_so_is_meant(tmp_path: Path) -> None:
    for name in ("Cote", "Coté", "Côte"):
        put(tmp_path, name, file=f"{len(list(tmp_path.iterdir()))}.json")
    collection = load_collection([tmp_path], SPACE)[0]
    assert [collection.find(name).name for name in ("Côte", "Cote\u0301")] == ["Côte", "Coté"]
    with pytest.raises(StyleError, match="no style matches|matches"):
        collection.find("7")


@pytest.mark.long
def test_the_scripts_beside_the_styles_run(tmp_path: Path) -> None:
    styles = paths.styles_folder()
    subprocess.run([sys.executable, styles / "textures.py", tmp_path], check=True)
    assert {file.name for file in tmp_path.iterdir()} >= {"neon.png", "stained-glass.png", "kintsugi.png"}
    subprocess.run([sys.executable, styles / "showcase.py", tmp_path / "top.webp", "Neon"], check=True)
    assert read_picture(tmp_path / "top.webp").shape == (720, 1280, 3)
