"""Finding a style: favourites, order, banks, search and undo, as hands in the window use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from live_style.control.mixer import Mixer
from live_style.control.search import Search
from live_style.control.surface import Command
from live_style.control.surface import action_of
from live_style.interfaces import Click
from live_style.interfaces import Pointer
from live_style.style import Style
from live_style.style import make_style
from tests.support.paper_camera import paper_cameras
from tests.support.scripted import style
from tests.support.stage import Stage

CALM = [None] * 3


def titled(name: str, artist: str = "") -> Style:
    return make_style(name, "test", style(name).embedding, artist=artist)


PAINTINGS = (titled("Water Lilies", "Claude Monet"), titled("La Mousm\u00e9", "Vincent van Gogh"),
             titled("The Iris", "Ogawa Kazumasa"), titled("Irises", "Claude Monet"), titled("K\u00f8benhavn"),
             *(titled(f"painting {i}") for i in range(6, 26)))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with paper_cameras():
        stage = Stage(tmp_path, Mixer(PAINTINGS, seconds=0.2))
        stage.play(CALM)
        yield stage
        stage.close()


def playing(stage: Stage) -> str:
    return stage.show.mixer.style.name


def names(stage: Stage) -> list[str]:
    return [each.name for each in stage.show.mixer.styles]


def at(stage: Stage, name: str) -> tuple[int, int]:
    """A point of the window on the tile of a style."""
    place = names(stage).index(name)
    return next((x, 320) for x in range(10, stage.window.size[0]) if stage.overlay.hit(x, 320) == place)


def marked(stage: Stage) -> list[str]:
    return (stage.watcher._folder / "favourites.txt").read_text().split()


@pytest.mark.parametrize(("text", "found"), [
    ("iris", ["Irises", "The Iris"]), ("monet", ["Water Lilies", "Irises"]), ("MONET i", ["Water Lilies", "Irises"]),
    ("mousme", ["La Mousm\u00e9"]), ("mousm\u00c9", ["La Mousm\u00e9"]), ("kobenhavn", ["K\u00f8benhavn"]),
    ("van  gogh", ["La Mousm\u00e9"]), ("painting 25", ["painting 25"]), ("nobody", []),
])
def test_a_search_finds_titles_and_artists_without_accents_and_the_best_first(text: str, found: list[str]) -> None:
    assert [PAINTINGS[place].name for place in Search(text).found(PAINTINGS)] == found


def test_a_style_is_found_by_typing_and_no_letter_is_a_key_meanwhile(stage: Stage) -> None:
    stage.play(["F3", *"BMONET", "Backspace", *["Backspace"] * 5, *"MONET", "Right"])
    mixer = stage.show.mixer
    assert not mixer.blacked and mixer.position == 0 and mixer.mirror_window, "B, M, N and T were letters"
    assert stage.overlay.search == Search("monet", 1)
    stage.play(["Enter"])
    assert playing(stage) == "Irises" and stage.overlay.search is None
    stage.play(["B"])
    assert stage.show.mixer.blacked


def test_a_search_can_be_left_and_finds_nothing_without_harm(stage: Stage) -> None:
    stage.play(["/", *"XYZ", "Enter", "Left"])
    assert stage.overlay.search == Search("xyz") and playing(stage) == "Water Lilies"
    stage.play(["Esc"])
    assert stage.overlay.search is None and playing(stage) == "Water Lilies" and not stage.ending.is_set()
    stage.play(["/", *"IRIS", "Shift+Enter", None])
    assert playing(stage) == "Irises" and stage.show.mixer.look.progress(stage.now) == 1.0, "it was a cut"


def test_a_click_chooses_among_what_was_found(stage: Stage) -> None:
    stage.play(["/", *"GOGH", *CALM])
    x, y = at(stage, "La Mousm\u00e9")
    stage.play([Click(x, y), Pointer(x, y), *CALM])
    assert playing(stage) == "La Mousm\u00e9" and stage.overlay.search is None


def test_the_keys_choose_in_a_bank_that_stays_until_it_is_turned(stage: Stage) -> None:
    for keys, name in (("3", "The Iris"), (".2", "painting 11"), (".7", "painting 25"), ("8", "painting 25"),
                       (".1", "Water Lilies"), (",1", "painting 19"), (",.,9", "painting 18")):
        stage.play(list(keys))
        assert playing(stage) == name, keys
    stage.play(["Shift+4", None])
    assert playing(stage) == "painting 13" and stage.show.mixer.look.progress(stage.now) == 1.0


def test_the_strip_goes_to_the_bank_and_its_tiles_can_be_clicked(stage: Stage) -> None:
    stage.play([".", *CALM])
    x, y = at(stage, "painting 10")
    stage.play([Click(x, y)])
    assert playing(stage) == "Water Lilies", "a style is chosen when the button is let go"
    stage.play([Pointer(x, y)])
    assert playing(stage) == "painting 10"
    x, y = at(stage, "painting 12")
    stage.play([Click(x, y), Pointer(x, 40, held=True), Pointer(x, 40), *CALM])
    assert playing(stage) == "painting 10", "let go of elsewhere, nothing is chosen"


def test_favourites_are_marked_saved_and_offered_alone(stage: Stage) -> None:
    stage.play(["Shift+X"])
    assert "there are no favourites yet" in stage.said[-1]
    stage.play([None] * 160)  # until that notice has gone, and the strip is back
    stage.play(["2", "X", "4", "X", "X", "5", "X", None])
    assert marked(stage) == ["kbenhavn", "la-mousme"]
    x, y = at(stage, "The Iris")
    stage.play([Click(x, y, right=True), *CALM])
    assert marked(stage) == ["kbenhavn", "la-mousme", "the-iris"] and playing(stage) == "K\u00f8benhavn"
    stage.play(["Shift+X", "2"])
    assert playing(stage) == "The Iris"
    played = []
    for key in ("Right", "Right", "Right", "Left"):
        stage.play([key])
        played.append(playing(stage))
    assert played == ["K\u00f8benhavn", "La Mousm\u00e9", "The Iris", "La Mousm\u00e9"]
    stage.console.put(action_of(Command.STYLE, 1))
    stage.play([None, "Right"])
    assert playing(stage) == "La Mousm\u00e9", "from outside they go on to the next one"
    stage.play(["Shift+X", "Right"])
    assert playing(stage) == "The Iris"


def test_the_last_favourite_that_goes_takes_its_view_along(stage: Stage) -> None:
    stage.play(["X", "Shift+X", "Right"])
    assert playing(stage) == "Water Lilies"
    stage.play(["X", "Right"])
    assert playing(stage) == "La Mousm\u00e9" and not stage.show.mixer.favourites_only


def test_a_tile_is_dragged_to_its_place_and_nothing_is_chosen(stage: Stage) -> None:
    stage.play(["X", *CALM])
    (x, y), (there, _) = at(stage, "The Iris"), at(stage, "Water Lilies")
    stage.play([Click(x, y), Pointer(x - 5, y, held=True), Pointer(there, y, held=True), *CALM])
    assert names(stage)[0] == "Water Lilies", "not before it is let go of"
    stage.play([Pointer(there, y), *CALM])
    assert names(stage)[:4] == ["The Iris", "Water Lilies", "La Mousm\u00e9", "Irises"]
    assert playing(stage) == "Water Lilies" and stage.show.mixer.look.progress(stage.now) == 1.0
    order = (stage.watcher._folder / "order.txt").read_text().split()
    assert order[:2] == ["the-iris", "water-lilies"] and len(order) == len(PAINTINGS)
    stage.play(["1"])
    assert playing(stage) == "The Iris"


def test_a_tile_goes_beyond_what_is_seen_over_an_arrow(stage: Stage) -> None:
    x, y = at(stage, "The Iris")
    edge = next(x for x in range(stage.window.size[0], 0, -1) if stage.overlay.arrow(x, y))
    stage.play([None, ",", ".", *CALM])
    x, y = at(stage, "The Iris")
    stage.play([Click(x, y), *[Pointer(edge, y + i % 2, held=True) for i in range(12)],
                Pointer(edge - 60, y, held=True), Pointer(edge - 60, y), *CALM])
    assert names(stage).index("The Iris") > 8


def test_the_order_can_be_changed_by_keys(stage: Stage) -> None:
    stage.play(["3", "<", None, "<", None, "<", None])
    assert names(stage)[:3] == ["The Iris", "Water Lilies", "La Mousm\u00e9"] and playing(stage) == "The Iris"
    stage.play([">", None])
    assert names(stage)[:3] == ["Water Lilies", "The Iris", "La Mousm\u00e9"]


def test_a_style_that_was_made_by_mistake_is_undone_and_the_one_before_is_back(stage: Stage) -> None:
    stage.play(["4", *[None] * 8, "E", *[None] * 8])
    assert playing(stage).startswith("Camera ")
    stage.play(["Backspace", *[None] * 8])
    assert playing(stage) == "Irises" and len(names(stage)) == len(PAINTINGS)
    stage.play(["Backspace", *CALM])
    assert "no style has been made in this show" in stage.said[-1]


def test_a_look_that_was_kept_is_undone_and_nothing_moves(stage: Stage) -> None:
    stage.play(["A", Pointer(320, 180), Click(320, 180), *[None] * 60, "Shift+S", *CALM])
    assert len(names(stage)) == len(PAINTINGS) + 1
    before = stage.show.mixer.look.at(stage.now).embedding
    stage.play(["Backspace", *CALM])
    assert len(names(stage)) == len(PAINTINGS)
    assert (stage.show.mixer.look.at(stage.now).embedding == before).all()
