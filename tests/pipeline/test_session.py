"""A session from Python: arrays in, painted frames out, threads ended and failures raised, however it goes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from live_style.adaptive.stylizer import Requirements
from live_style.adaptive.stylizer import open_adaptive
from live_style.errors import ProviderError
from live_style.errors import SinkError
from live_style.errors import StyleError
from live_style.frame import Frame
from live_style.frame import Image
from live_style.look import Look
from live_style.pipeline.session import LiveSession
from live_style.sinks.null import NullSink
from live_style.sources.arrays import ArraySource
from tests.support.networks import MODELS
from tests.support.scripted import Inverter
from tests.support.scripted import ScriptedSource
from tests.support.scripted import grey
from tests.support.scripted import style

SIZE = (64, 36)
STYLES = (style("one"), style("other"))


def opened() -> ScriptedSource:
    source = ScriptedSource()
    source.open()
    return source


def test_a_stream_of_arrays_is_painted_to_its_last() -> None:
    kept: list[int] = []
    with LiveSession(ArraySource((grey(level) for level in range(10)), 50.0), Inverter(), STYLES, size=SIZE) as session:
        for frame in session:
            kept.append(frame.number)
            assert np.array_equal(frame.image, 255 - grey(frame.number))
    assert kept == sorted(set(kept)) and kept[-1] == 9 and len(kept) > 3


def test_a_sink_gets_the_frames_and_is_finished() -> None:
    sink = NullSink()
    with LiveSession(ArraySource([grey(5)] * 20, 100.0), Inverter(), STYLES, [sink], size=SIZE) as session:
        shown = len(list(session))
    assert 0 < sink.frames <= 20 and 0 < shown <= 20
    assert session.outputs.infos[0][1].written == sink.frames


def test_frames_are_fitted_to_the_size_of_the_session() -> None:
    with LiveSession(ArraySource([grey(5, (50, 80))]), Inverter(), STYLES, size=SIZE) as session:
        assert [frame.image.shape for frame in session] == [(36, 64, 3)]


def test_the_mixer_may_be_replaced_while_it_plays() -> None:
    source = opened()
    with LiveSession(source, Inverter(), STYLES, size=SIZE) as session:
        frames = iter(session)
        next(frames)
        session.mixer = session.mixer.bypass(0.0)
        assert any(np.array_equal(frame.image, grey(frame.number % 200)) for frame in frames)
    assert source.closes == source.opens == 1


def test_what_a_source_raises_ends_the_loop() -> None:
    def broken() -> Iterator[Image]:
        yield grey(1)
        raise ZeroDivisionError("of a user's own")

    with pytest.raises(ZeroDivisionError):
        with LiveSession(ArraySource(broken()), Inverter(), STYLES, size=SIZE) as session:
            list(session)


def test_a_failure_that_was_not_looked_for_is_raised_at_the_end() -> None:
    class Lost(Inverter):
        def stylize(self, image: Image, look: Look) -> Image:
            raise ProviderError("the GPU was lost", "Restart it.")

    source = opened()
    with pytest.raises(ProviderError, match="the GPU was lost"):
        with LiveSession(source, Lost(), STYLES, size=SIZE) as session:
            while not session.painter.ended:
                pass
    assert source.closes == 1


class Full(NullSink):
    """A disk that is full after three frames, or before the first."""

    def __init__(self, room: int = 3) -> None:
        super().__init__()
        self.room = room

    def open(self, size: tuple[int, int], fps: float) -> None:
        if not self.room:
            raise SinkError("the disk is full", "Free some space.")
        super().open(size, fps)

    def write(self, frame: Frame) -> None:
        if self.frames == self.room:
            raise SinkError("the disk is full", "Free some space.")
        super().write(frame)


def test_a_sink_that_fails_ends_nothing_else_and_is_raised_at_the_end() -> None:
    full, other, seen = Full(), NullSink(), 0
    with pytest.raises(SinkError, match="the disk is full"):
        with LiveSession(ArraySource([grey(5)] * 30, 100.0), Inverter(), STYLES, [full, other], size=SIZE) as session:
            for _ in session:
                seen += 1
    assert full.frames == 3 < other.frames and seen > 3


def test_a_sink_that_cannot_be_opened_is_an_error_at_the_start() -> None:
    source = opened()
    with pytest.raises(SinkError, match="the disk is full"):
        with LiveSession(source, Inverter(), STYLES, [NullSink(), Full(0)], size=SIZE):
            pytest.fail("it began")
    assert source.closes == 1


def test_an_own_error_in_the_block_stays_that_error() -> None:
    with pytest.raises(KeyError):
        with LiveSession(opened(), Inverter(), STYLES, [Full()], size=SIZE) as session:
            next(iter(session))
            raise KeyError


def test_without_a_style_there_is_nothing_to_paint() -> None:
    with pytest.raises(StyleError):
        LiveSession(opened(), Inverter(), (), size=SIZE)


def test_it_can_be_closed_before_it_began_and_again() -> None:
    source = opened()
    session = LiveSession(source, Inverter(), STYLES, size=SIZE)
    session.close()
    session.close()
    assert source.closes == 1


def test_frames_of_a_session_that_was_not_entered_are_an_error_and_not_none() -> None:
    session = LiveSession(opened(), Inverter(), STYLES, size=SIZE)
    with pytest.raises(RuntimeError, match="with LiveSession"):
        list(session)
    session.close()


def test_a_session_plays_once_and_is_not_disturbed_by_who_enters_it_again() -> None:
    sink = NullSink()
    with LiveSession(opened(), Inverter(), STYLES, [sink], size=SIZE) as session:
        with pytest.raises(RuntimeError, match="used only once"):
            session.__enter__()
        assert next(iter(session)) and next(iter(session)), "it goes on, whoever looks"
    frames = sink.frames
    with pytest.raises(RuntimeError, match="used only once"):
        session.start()
    assert frames == sink.frames > 0


def test_a_sink_that_hangs_at_its_end_is_given_up_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live_style.pipeline.outputs.STOP_SECONDS", 0.2)
    free = threading.Event()

    class Hanging(NullSink):
        def close(self) -> None:
            free.wait()

    source = opened()
    with pytest.raises(SinkError, match="did not finish"):
        with LiveSession(source, Inverter(), STYLES, [Hanging()], size=SIZE) as session:
            next(iter(session))
    free.set()
    assert source.closes == 1


def test_it_adapts_its_network_where_it_is_given_a_gearbox() -> None:
    adaptive = open_adaptive(Requirements(MODELS, (320, 180), 30.0, provider="cpu"), {})
    with LiveSession(ArraySource([grey(5)] * 8, 30.0), adaptive, STYLES, size=(320, 180)) as session:
        assert len(list(session)) > 0
    steps = adaptive.facts()["steps"]
    assert isinstance(steps, list) and sum(step["frames"] for step in steps) > 0


def test_it_needs_neither_window_nor_command_line() -> None:
    code = ("import sys; from live_style import LiveSession\n"
            "print([name for name in sys.modules if name.split('.')[0] in ('pygame', 'click', 'av')\n"
            "       or name.startswith(('live_style.ui', 'live_style.cli', 'live_style.settings'))])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
