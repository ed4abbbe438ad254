"""One contract for every sink, then what is particular to the small ones and to the feed around them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Size
from live_style.imaging.read import read_picture
from live_style.imaging.write import read_facts
from live_style.interfaces import Sink
from live_style.interfaces import SinkInfo
from live_style.pipeline.feed import Feed
from live_style.pipeline.outputs import Outputs
from live_style.sinks.null import NullSink
from live_style.sinks.recording import RecordingSink
from live_style.sinks.snapshot import save_snapshot
from live_style.sinks.stream import StreamSink
from live_style.sinks.virtual_camera import VirtualCameraSink
from live_style.system.paths import fresh_path
from tests.support.paper_camera import paper_cameras

SIZE = (96, 64)
KINDS = ("null", "mp4", "mkv", "mov", "virtual camera", "stream")
NOW = datetime(2026, 11, 23, 20, 15, 7)


@pytest.fixture(params=KINDS)
def sink(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sink]:
    """Each of the sinks, closed."""
    if request.param == "null":
        yield NullSink()
    elif request.param == "stream":
        yield StreamSink("udp://127.0.0.1:9")
    elif request.param == "virtual camera":
        with paper_cameras():
            yield VirtualCameraSink()
    else:
        yield RecordingSink(tmp_path / f"show.{request.param}")


def frame(number: int, size: Size = SIZE) -> Frame:
    image = np.full((size[1], size[0], 3), (200, 60, 10 + number % 200), np.uint8)
    image.flags.writeable = False  # frames are never written to
    return Frame(image, number, 50.0 + number / 30)


class TestEverySink:
    def test_takes_frames_between_open_and_close(self, sink: Sink) -> None:
        sink.open(SIZE, 30.0)
        for number in range(5):
            sink.write(frame(number))
        sink.close()

    def test_can_be_closed_at_any_time_and_again(self, sink: Sink) -> None:
        sink.close()
        sink.open(SIZE, 30.0)
        sink.close()
        sink.close()

    @pytest.mark.sampled(8)
    @pytest.mark.parametrize("size", [(97, 64), (96, 65), (97, 65), (64, 96), (1280, 720)])
    def test_takes_any_size(self, sink: Sink, size: Size) -> None:
        sink.open(size, 30.0)
        sink.write(frame(0, size))
        sink.close()

    def test_refuses_a_frame_of_another_size(self, sink: Sink) -> None:
        sink.open(SIZE, 30.0)
        with pytest.raises(SinkError, match="96x64.*128x64") as e:
            sink.write(frame(0, (128, 64)))
        assert e.value.cure
        sink.write(frame(1))
        sink.close()

    def test_refuses_a_frame_when_it_is_closed(self, sink: Sink) -> None:
        with pytest.raises(SinkError, match="closed"):
            sink.write(frame(0))
        sink.open(SIZE, 30.0)
        sink.close()
        with pytest.raises(SinkError, match="closed"):
            sink.write(frame(0))

    def test_takes_the_same_frame_again(self, sink: Sink) -> None:
        sink.open(SIZE, 30.0)
        for _ in range(3):
            sink.write(frame(0))
        sink.close()

    def test_has_a_label_for_people(self, sink: Sink) -> None:
        assert sink.label.strip()
        assert "\n" not in sink.label

    def test_works_behind_a_feed(self, sink: Sink) -> None:
        feed = Feed(sink, SIZE, 30.0)
        feed.start()
        feed.put(frame(0))
        feed.stop()
        assert feed.failure is None
        assert feed.info.written == 1
        assert feed.info.label == sink.label


def test_null_counts() -> None:
    sink = NullSink()
    sink.open(SIZE, 30.0)
    for number in range(7):
        sink.write(frame(number))
    sink.close()
    assert sink.frames == 7


class TestSnapshot:
    IMAGE = frame(3).image

    def test_keeps_every_pixel_and_tells_how_it_was_made(self, tmp_path: Path) -> None:
        facts = {"style": "Wellen", "strength": 0.75, "artist": "Käthe"}
        path = save_snapshot(tmp_path / "pictures", self.IMAGE, facts, NOW)
        assert path == tmp_path / "pictures" / "live-style 2026-11-23 20.15.07.png"
        assert np.array_equal(read_picture(path), self.IMAGE)
        assert read_facts(path) == {"style": "Wellen", "strength": "0.75", "artist": "Käthe"}

    def test_never_overwrites(self, tmp_path: Path) -> None:
        paths = [save_snapshot(tmp_path, self.IMAGE, {"n": n}, NOW) for n in range(3)]
        assert [read_facts(path)["n"] for path in paths] == ["0", "1", "2"]
        assert sorted(tmp_path.iterdir()) == sorted(paths)

    def test_ten_at_once_are_ten_files(self, tmp_path: Path) -> None:
        def save() -> None:
            save_snapshot(tmp_path, self.IMAGE, {}, NOW)

        threads = [threading.Thread(target=save) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(list(tmp_path.glob("*.png"))) == len(list(tmp_path.iterdir())) == 10

    def test_a_folder_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "notes").write_text("mine")
        with pytest.raises(SinkError) as e:
            save_snapshot(tmp_path / "notes", self.IMAGE, {}, NOW)
        assert e.value.cure
        assert (tmp_path / "notes").read_text() == "mine"


def test_fresh_path_makes_its_folder_and_counts(tmp_path: Path) -> None:
    folder = tmp_path / "Videos" / "live-style"
    first = fresh_path(folder, ".mp4", NOW)
    assert first == folder / "live-style 2026-11-23 20.15.07.mp4"
    first.touch()
    assert fresh_path(folder, ".mp4", NOW).name == "live-style 2026-11-23 20.15.07 (2).mp4"
    assert fresh_path(folder, ".mkv", NOW).name == "live-style 2026-11-23 20.15.07.mkv"


class Slow(NullSink):
    """A sink that waits at a gate before it takes a frame, and remembers the frames."""

    def __init__(self, repeat_after: float | None = None) -> None:
        super().__init__()
        self.repeat_after = repeat_after
        self.gate = threading.Event()
        self.waiting = threading.Event()
        self.numbers: list[int] = []
        self.thread: str = ""
        self.closed = 0

    def write(self, frame: Frame) -> None:
        self.waiting.set()
        self.gate.wait(10)
        super().write(frame)
        self.numbers.append(frame.number)

    def close(self) -> None:
        super().close()
        self.closed += 1
        self.thread = threading.current_thread().name


class Broken(NullSink):
    """A sink that fails at a chosen call."""

    def __init__(self, where: str, error: Exception) -> None:
        super().__init__()
        self.where, self.error = where, error

    def open(self, size: Size, fps: float) -> None:
        self._trip("open")
        super().open(size, fps)

    def write(self, frame: Frame) -> None:
        self._trip("write")

    def close(self) -> None:
        self._trip("close")

    def _trip(self, place: str) -> None:
        if place == self.where:
            raise self.error


class TestFeed:
    def test_never_waits_and_newest_wins(self) -> None:
        sink = Slow()
        feed = Feed(sink, SIZE, 30.0)
        feed.start()
        feed.put(frame(0))
        assert sink.waiting.wait(5)
        started = time.perf_counter()
        for number in range(1, 100):
            feed.put(frame(number))
        assert time.perf_counter() - started < 0.1
        sink.gate.set()
        feed.stop()
        assert sink.numbers == [0, 99]
        assert feed.info == SinkInfo("nowhere", written=2, repeated=0, dropped=98, failure=None)
        assert sink.closed == 1

    def test_opens_writes_and_closes_in_its_own_thread(self) -> None:
        sink = Slow()
        sink.gate.set()
        feed = Feed(sink, SIZE, 30.0)
        feed.start()
        assert feed.opened.wait(5)
        feed.stop()
        assert sink.thread == "feed nowhere"
        assert sink.thread not in [thread.name for thread in threading.enumerate()]

    def test_repeats_the_last_frame_for_sinks_that_ask(self) -> None:
        sink = Slow(repeat_after=0.02)
        sink.gate.set()
        feed = Feed(sink, SIZE, 30.0)
        feed.start()
        time.sleep(0.1)
        assert sink.numbers == []  # nothing to repeat yet
        feed.put(frame(4))
        time.sleep(0.2)
        feed.put(frame(5))
        feed.stop()
        assert sink.numbers[-1] == 5
        assert sink.numbers.count(4) >= 3
        assert feed.info.written == 2
        assert feed.info.repeated == len(sink.numbers) - 2

    @pytest.mark.parametrize("where", ["open", "write", "close"])
    def test_a_failure_is_kept_and_ends_this_feed_only(self, where: str) -> None:
        error = SinkError("the disk is full", "Free some space.")
        broken, fine = Feed(Broken(where, error), SIZE, 30.0), Feed(NullSink(), SIZE, 30.0)
        for feed in (broken, fine):
            feed.start()
            feed.put(frame(0))
        assert broken.opened.wait(5)
        broken.stop()
        for number in range(3):
            broken.put(frame(number))
        assert broken.failure is error
        assert broken.info.failure == "the disk is full"
        fine.stop()
        assert fine.failure is None

    def test_a_sink_that_cannot_open_says_so_without_stop(self) -> None:
        feed = Feed(Broken("open", SinkError("no camera", "Buy one.")), SIZE, 30.0)
        feed.start()
        assert feed.opened.wait(5)
        assert feed.failure is not None
        assert feed.failure.cause == "no camera"
        feed.stop()

    def test_a_fault_of_ours_becomes_a_sentence(self) -> None:
        feed = Feed(Broken("write", ZeroDivisionError("division by zero")), SIZE, 30.0)
        feed.start()
        feed.put(frame(0))
        feed.stop()
        assert feed.failure is not None
        assert "division by zero" in feed.failure.cause
        assert isinstance(feed.failure.__cause__, ZeroDivisionError)

    def test_a_sink_that_hangs_is_named_and_left(self) -> None:
        sink = Slow()
        feed = Feed(sink, SIZE, 30.0)
        feed.start()
        feed.put(frame(0))
        assert sink.waiting.wait(5)
        started = time.perf_counter()
        feed.stop(timeout=0.1)
        assert time.perf_counter() - started < 2
        assert feed.failure is not None
        assert "did not finish within 0.1 s" in feed.failure.cause
        sink.gate.set()
        feed.stop()

    def test_stop_without_start_and_again(self) -> None:
        feed = Feed(NullSink(), SIZE, 30.0)
        feed.stop()
        feed.stop()
        assert feed.failure is None


class Unread(NullSink):
    """A sink that no program reads yet."""

    watched = False
    repeat_after = 0.01


def test_what_nobody_looks_at_is_not_repeated() -> None:
    sink = Unread()
    feed = Feed(sink, SIZE, 30.0)
    feed.start()
    feed.put(frame(0))
    time.sleep(0.2)
    assert feed.info.repeated == 0
    sink.watched = True
    time.sleep(0.2)
    assert feed.info.repeated > 3
    feed.stop()


def test_outputs_are_unseen_only_while_nobody_looks_at_any(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    unread = Unread()
    monkeypatch.setattr("live_style.pipeline.outputs.VirtualCameraSink", lambda device: unread)
    outputs = Outputs(SIZE, 30.0)
    assert not outputs.unseen
    outputs.start_vcam(None)
    assert outputs.unseen
    outputs.start_recording(tmp_path / "show.mp4")
    assert not outputs.unseen
    outputs.put(frame(0))
    outputs.stop("recording")
    assert outputs.unseen, "also while its end is written"
    unread.watched = True
    assert not outputs.unseen
    outputs.close()
