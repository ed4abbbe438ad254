"""Every command in the README and in the pages for users is run here, or by the gate."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from live_style.cli import main
from live_style.control.keys import KEYS
from live_style.imaging.write import write_png
from live_style.sinks.v4l2loopback import MODPROBE
from live_style.system import paths
from tests.support.films import write_film

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ("README.md", "docs/files.md", "docs/hardware.md", "docs/playing.md", "docs/remote.md", "docs/styles.md",
         "docs/virtual-camera.md")
"""The README, and the pages for users."""
TEXT = "\n".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
COMMANDS = list(dict.fromkeys(line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.S)
                              for line in block.strip().splitlines()))
OURS = [line for line in COMMANDS if line.startswith("live-style ")]
EXPECTED = {'live-style run --camera "C920"': "C920"}
"""Commands that need something that a test machine lacks, and the word that their error must contain."""
MADE = {'"Neon Pond"': "live-style styles mix", "for-a-friend.zip": "live-style styles export"}
"""What a command needs, and the command that makes it; a command that makes something does not need it."""


@pytest.fixture(autouse=True)
def a_short_show(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Runs the commands unchanged; variables, which any user could set, make them short."""
    for name, value in {"SDL_VIDEODRIVER": "dummy", "LIVE_STYLE_FRAMES": "5", "LIVE_STYLE_SIZE": "320x180",
                        "LIVE_STYLE_NET_SIZE": "128x72"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    picture = np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8)
    write_png(tmp_path / "holiday.jpg", picture, {})
    write_film(tmp_path / "clip.mp4", [picture] * 10)
    (tmp_path / "show.txt").write_text(TEXT.split("```text\n")[1].split("```")[0], encoding="utf-8")


def test_the_commands_are_found():
    assert len(OURS) >= 10
    assert {"live-style run", "live-style doctor"} <= set(OURS)


@pytest.mark.sampled(14)
@pytest.mark.parametrize("line", OURS)
def test_every_command_runs(line, capsys):
    needs = next((word for start, word in EXPECTED.items() if line.startswith(start)), None)
    for earlier in before(line):
        assert main(shlex.split(earlier)[1:]) == 0
    status = main(shlex.split(line)[1:])
    said = capsys.readouterr().err
    assert "Traceback" not in said
    if needs:
        assert status == 2 and needs in said
    elif "--vcam" in line and status == 2:
        assert "virtual camera" in said  # without a driver the show goes on, and says what to do
    else:
        assert status == 0, said


def before(line: str) -> list[str]:
    """The commands that make what a command needs, in order."""
    makers = [maker for thing, maker in MADE.items() if thing in line and not line.startswith(maker)]
    needed = [other for other in OURS if other.startswith(tuple(makers))] if makers else []
    return [*(first for other in needed for first in before(other)), *needed]


def test_the_other_commands_are_the_gates_own():
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    others = [line for line in COMMANDS if line not in OURS and "modprobe" not in line]
    assert others == ['pip install -e ".[dev]"', "python -m pytest"]
    assert "pip install -q -e '.[dev]'" in gate and "python -m pytest" in gate


def test_the_driver_line_is_the_one_that_doctor_gives():
    assert MODPROBE in COMMANDS


def test_every_key_is_in_the_table():
    table = README.split("| key |")[1].split("\n\n")[0]
    for row in KEYS.rows:
        if not row.name.startswith("style-"):
            assert any(key.removeprefix("Shift+") in table for key in row.keys), row


def test_pictures_and_pages_that_it_links_to_exist():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_it_links_to_every_page_for_users():
    assert set(PAGES[1:]) <= set(re.findall(r"\]\(([^)]+)\)", README))


def test_the_included_models_and_styles_exist():
    assert paths.styles_folder().is_dir() and paths.models_folder().is_dir()
