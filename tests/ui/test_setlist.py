"""A set list at a real show: GO, BACK, jumps, by itself, on the beat, and edited while it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from live_style.control.cues import parse_cues
from live_style.control.mixer import Mixer
from live_style.control.setlist import SetList
from live_style.control.setlist import performed
from live_style.control.surface import Command
from live_style.control.surface import action_of
from live_style.errors import SettingsError
from live_style.errors import StyleError
from live_style.look import Part
from live_style.ui.set_list_player import SetListPlayer
from tests.support.scripted import style
from tests.support.stage import TICK
from tests.support.stage import Stage

STYLES = (style("one"), style("other"), style("a third"))
SHOW = """0:00  other in 0.2s
0:02  strength 0.5
0:02  color on in 0.4s
0:03  one:0.5 "a third":0.5 in 0.2s
0:05  real in 0.2s
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    text = tmp_path / "show.txt"
    text.write_text(SHOW)
    return text


@pytest.fixture
def stage(tmp_path: Path, file: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path, Mixer(STYLES, seconds=0.2), file)
    stage.console.listen(lambda state: None)
    yield stage
    stage.close()


def standing(stage: Stage) -> tuple[str, float, float]:
    mixer = stage.show.mixer
    return mixer.title, mixer.strength, mixer.color


def test_go_plays_cue_after_cue_and_stops_at_the_end(stage: Stage) -> None:
    seen = []
    for _ in range(5):
        stage.play(["G", *[None] * 15])
        seen.append(standing(stage))
    assert seen[:2] == [("other", 1.0, 0.0), ("other", 0.5, 1.0)]
    assert seen[2][0] in ("Between one and a third", "Between a third and one")
    assert [title for title, *_ in seen[3:]] == ["the real picture"] * 2
    assert stage.console.state["cue-next"] == "end of the list"
    assert stage.show.mixer.look.at(stage.now).strength == 0.0


def test_back_and_a_jump_lead_to_where_the_show_is_at_that_cue(stage: Stage) -> None:
    stage.play(["G", "G", "G", "G", "Shift+G", "Shift+G", *[None] * 15])
    assert standing(stage) == ("other", 0.5, 1.0)
    stage.play(["Shift+G", "Shift+G", "Shift+G", None])
    assert stage.console.state["cue"] == 1.0, "there is nothing before the first"
    stage.console.put(action_of(Command.CUE, 3))
    stage.play([None] * 15)
    assert standing(stage)[1:] == (0.5, 1.0) and stage.console.state["cue"] == 3.0
    stage.console.put(action_of(Command.CUE, 99))
    stage.play([None])
    assert stage.console.state["cue"] == 3.0


def test_by_itself_each_cue_follows_after_its_time(stage: Stage) -> None:
    stage.play(["U", None])
    assert stage.console.state["cue"] == 1.0, "the first is at 0:00"
    stage.play([None] * round(1.9 / TICK))
    assert stage.console.state["cue"] == 1.0
    stage.play([None] * 5)
    assert stage.console.state["cue"] == 2.0
    stage.play(["U", *[None] * 100])
    assert stage.console.state["cue"] == 2.0, "a hand has it again"


def test_a_cue_waits_for_the_beat() -> None:
    scene = SetList.of(parse_cues("0:00 other in 1s")).scenes[0]
    mixer = Mixer(STYLES).tap(10.0).tap(11.0)
    assert performed(mixer, scene, 11.3).look.began == pytest.approx(12.0)


def test_the_next_cue_is_shown_in_the_window(stage: Stage) -> None:
    assert stage.play([None, None])[-1].badge("next cue 1: other in 0.2s")
    assert stage.play(["G", None])[-1].badge("next cue 2: strength 0.5, own colours 1 in 0.4s")


def test_a_file_that_is_edited_is_read_again_at_the_same_place(stage: Stage, file: Path) -> None:
    stage.play(["G", *[None] * 3])
    file.write_text(SHOW.replace("strength 0.5", "strength 0.7"))
    stage.play([None] * 60)
    stage.play(["G", *[None] * 10])
    assert standing(stage)[1] == 0.7
    file.write_text("nonsense")
    stage.play([None] * 60)
    assert any("line 1" in line for line in stage.said) and stage.console.state["cue"] == 2.0
    os.unlink(file)
    stage.play([None] * 60)
    assert len(stage.moments) > 100


def test_a_hand_between_cues_is_no_matter(stage: Stage) -> None:
    stage.play(["G", "3", "D", *[None] * 5, "G", *[None] * 15])
    assert standing(stage)[1:] == (0.5, 1.0) and not stage.explorer.leading


def test_cues_play_the_person_and_the_room(tmp_path: Path) -> None:
    (tmp_path / "two.txt").write_text("0:00 other\n0:01 person: one in 0.2s\n0:01 room: real\n0:02 room: a third\n"
                                      "0:03 room: strength 0.5\n0:04 both: other\n")
    stage = Stage(tmp_path, Mixer(STYLES, seconds=0.2), tmp_path / "two.txt")
    seen = []
    for _ in range(5):
        stage.play(["G", *[None] * 10])
        person, room = stage.show.mixer.parts[0], stage.show.mixer.parts[-1]
        seen.append((person.title, room.title, room.strength, person.strength))
        assert stage.painter.mixer.look_at(stage.now).strength == pytest.approx(1.0)
    assert seen == [("other", "other", 1.0, 1.0), ("one", "the real picture", 1.0, 1.0), ("one", "a third", 1.0, 1.0),
                    ("one", "a third", 0.5, 1.0), ("other", "other", 0.5, 1.0)]
    stage.play(["Shift+G", *[None] * 10])
    person, room = stage.show.mixer.parts
    assert (person.title, room.title, room.strength) == ("one", "a third", 0.5), "back, to how it was there"
    assert stage.show.mixer.hand == "both", "what the keys act on did not change"
    assert any("person: one in 0.2s, room: real picture" in scene.words
               for scene in SetList.of(parse_cues((tmp_path / "two.txt").read_text())).scenes)
    stage.close()


def test_without_a_list_its_keys_say_so(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.play(["G", "Shift+G", "U", None])
    assert "there is no set list" in stage.said[0] and "--setlist" in stage.said[0]
    assert "cue" not in stage.console.state


def test_what_is_no_list_ends_before_the_show(tmp_path: Path) -> None:
    bad = tmp_path / "show.txt"
    bad.write_text("# the show\n0:00 other\n0:01 nobody")
    with pytest.raises(StyleError, match="line 3: .*nobody"):
        SetListPlayer(bad, Mixer(STYLES))
    with pytest.raises(SettingsError):
        SetListPlayer(tmp_path / "not there.txt", Mixer(STYLES))


def test_a_mix_of_a_cue_is_the_mix_of_its_styles() -> None:
    scene = SetList.of(parse_cues('0:00 one:3 other:1')).scenes[0]
    mixer = performed(Mixer(STYLES), scene, 0.0)
    wanted = 0.75 * STYLES[0].embedding + 0.25 * STYLES[1].embedding
    assert np.allclose(mixer.look.at(1.0).embedding, wanted, atol=1e-5)


def test_a_cue_is_live_while_the_preview_is_on_and_ends_the_real_picture(stage: Stage) -> None:
    stage.play(["Q", "0", *[None] * 9])
    preview = stage.show.mixer.preview
    assert stage.show.mixer.real and preview is not None
    stage.play(["G", *[None] * 15])
    assert standing(stage) == ("other", 1.0, 0.0) and stage.show.mixer.preview == preview


@pytest.mark.parametrize(("rest", "person", "room"), [("room", "one", "other"), ("person", "other", "one"),
                                                      ("both", "other", "other")])
def test_a_cue_that_names_neither_look_changes_the_one_that_no_option_has_set(
        rest: Part, person: str, room: str) -> None:
    mixer = Mixer(STYLES).toggle_two_looks(0.0)
    scene, = SetList.of(parse_cues("0:00 other in 0s")).scenes
    played = performed(mixer, scene, 1.0, rest)
    assert played.room is not None and (played.style.name, played.room.style.name) == (person, room)
    assert played.hand == mixer.hand == "person", "whatever the keys act on"
