"""Two screens and a real desktop: whatever is played, pulled, closed and sized, no letter gets into the output."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import given
from hypothesis import seed
from hypothesis import settings
from hypothesis import strategies as st

from live_style.control.keys import KEYS
from live_style.imaging.write import write_png
from tests.support.monitors import FIRST
from tests.support.monitors import SECOND
from tests.support.monitors import Monitors

SCREENS = os.environ.get("SCREENSHOTS")
"""A folder where screenshots are kept, to be looked at."""
SECONDS = 60.0
TYPED = {"Esc": "Escape", "Enter": "Return", "Space": "space", "Backspace": "BackSpace", ".": "period", ",": "comma",
         "/": "slash", "<": "less", ">": "greater", "[": "bracketleft", "]": "bracketright", "?": "question",
         "Shift+Tab": "shift+Tab"}
"""xdotool's names of keys."""
NAMES = sorted({TYPED.get(key, key.lower().replace("right", "Right").replace("left", "Left").replace("up", "Up")
                          .replace("down", "Down").replace("tab", "Tab").replace("f3", "F3"))
                for row in KEYS.rows for key in row.keys} - {"Escape"})
SHARE = st.floats(0.0, 0.99, allow_subnormal=False)  # a library may have switched them off for the process
SHARES = st.tuples(SHARE, SHARE)
PLAY = st.one_of(
    st.tuples(st.just("key"), st.sampled_from(NAMES)), st.tuples(st.just("key"), st.sampled_from("okahq")),
    st.tuples(st.just("click"), SHARES, st.sampled_from(["1", "1", "3", "4", "5"])),
    st.tuples(st.just("touch"), SHARES),
    st.tuples(st.just("size"), st.tuples(st.integers(120, 620), st.integers(80, 420))),
    *(st.just((kind,)) for kind in ("pull", "plug", "open", "quit", "iconify")))


class Booth:
    """The show on its two screens, and hands on everything."""

    def __init__(self, monitors: Monitors, folder: Path) -> None:
        self.monitors, self.plugged, self.shown, self.size = monitors, True, 0, (560, 320)
        self._show = subprocess.Popen([sys.executable, "-W", "error", "-m", "tests.support.projected", str(folder)],
                                      env=monitors.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def window(self, title: str) -> str | None:
        """X's number of a window; None: it is not there."""
        done = subprocess.run(["xwininfo", "-name", title], env=self.monitors.environment, capture_output=True,
                              text=True, timeout=20)
        return next((line.split()[3] for line in done.stdout.splitlines() if "Window id:" in line), None)

    def do(self, *words: str) -> None:
        """Something that the desktop may refuse, such as to a window that is just going."""
        subprocess.run(words, env=self.monitors.environment, capture_output=True, timeout=20)

    def act(self, kind: object, *more: object) -> None:
        """One move of PLAY."""
        panels, output = self.window("live-style"), self.window("live-style output")
        if kind == "key" and panels:
            self.do("xdotool", "windowactivate", panels, "key", str(more[0]))
        elif kind == "click" and panels:
            (x, y), button = more  # type: ignore[misc]
            place = str(int(x * self.size[0])), str(int(y * self.size[1]))
            self.do("xdotool", "mousemove", "--window", panels, *place, "click", button)
        elif kind == "touch" and self.plugged:
            x, y = more[0]  # type: ignore[misc]
            place = str(FIRST[0] + int(x * SECOND[0])), str(int(y * SECOND[1]))
            self.do("xdotool", "mousemove", *place, "click", "1")
        elif kind == "size" and panels:
            self.size = width, height = more[0]  # type: ignore[misc]
            self.do("xdotool", "windowsize", panels, str(width), str(height), "windowmove", panels, "2", "20")
        elif kind == "iconify" and panels:
            self.do("xdotool", "windowminimize", panels, "sleep", "0.1", "windowactivate", panels)
        elif kind == "quit" and output:
            self.do("xdotool", "windowactivate", "--sync", output, "key", "alt+F4")
        elif kind == "open" and panels and not output:
            self.do("xdotool", "windowactivate", panels, "key", "o")
        elif kind in ("pull", "plug") and self.plugged is (kind == "pull"):
            (self.monitors.pull if kind == "pull" else self.monitors.plug)()
            self.plugged = kind == "plug"
            self.do("xrefresh")  # the dummy driver leaves what it had in memory of another width
            time.sleep(0.1)

    def look(self) -> None:
        """What the second screen shows is the flat picture from edge to edge on black, or nothing."""
        assert self._show.poll() is None, self._show.communicate()[1]
        if not self.plugged:
            return
        picture = self.monitors.second()
        band = picture[75:525]
        self.shown += bool(band.any())
        if picture[:75].any() or picture[525:].any() or (band != band[:1]).any() or len(np.unique(band[0], axis=0)) > 6:
            if SCREENS:
                write_png(Path(SCREENS) / "letters in the output.png", picture.copy(), {})
            raise AssertionError("something else than the feed is in the output")

    def close(self) -> None:
        """End it all."""
        self._show.kill()
        self._show.communicate()


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    monitors = Monitors(tmp_path)
    booth = Booth(monitors, tmp_path)
    yield booth
    booth.close()
    monitors.close()


@pytest.mark.long
def test_whatever_is_played_no_letter_gets_into_the_output(booth: Booth) -> None:
    end, moves, kinds = time.monotonic() + 30.0, list[tuple[object, ...]](), set[object]()
    while not booth.window("live-style"):
        assert time.monotonic() < end
        time.sleep(0.1)
    end = time.monotonic() + SECONDS

    def over() -> bool:
        """After a minute, when everything was done once: on a busy machine each move takes its time."""
        return time.monotonic() > end and len(kinds) == 9

    # Not shrunk: what happens depends on what happened before.
    @settings(max_examples=25, deadline=None, phases=[Phase.generate], database=None,
              suppress_health_check=list(HealthCheck))
    @given(st.lists(PLAY, min_size=5, max_size=15))
    def played(script: list[tuple[object, ...]]) -> None:
        for kind, *more in script:
            if over():
                return
            # Most of the time there is an output.
            for move in ((kind, *more), *([("plug",), ("open",)] if len(moves) % 3 == 0 else [])):
                moves.append(move)
                kinds.add(move[0])
                booth.act(*move)
                for _ in range(3):
                    booth.look()
            if SCREENS and len(moves) % 10 < 2:
                write_png(Path(SCREENS) / f"two screens {len(moves):04}.png", booth.monitors._picture().copy(), {})

    numbers = itertools.count()
    while not over():
        seed(next(numbers))(played)()
    print(f"{len(moves)} moves, {booth.shown} pictures of the output")
    assert booth.shown > len(moves) / 4, "the output was there most of the time"
