"""What every source promises, and what each kind does with clips, streams and cameras that go wrong."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import sys
import time
import wave
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from live_style.errors import SourceError
from live_style.errors import SourceLost
from live_style.frame import Frame
from live_style.frame import Size
from live_style.imaging.write import write_png
from live_style.interfaces import Source
from live_style.sources import open_source
from live_style.sources.devices import list_cameras
from live_style.sources.video import VideoSource
from live_style.video.output import VideoWriter
from tests.support import films
from tests.support.servers import LIVE_FPS
from tests.support.servers import serving

FPS = 25.0
SIZE: Size = (160, 120)
COLORS = np.array([(220, 30, 30), (30, 200, 30), (40, 40, 220), (200, 200, 40)], np.uint8)
"""Top left, top right, bottom left, bottom right."""


def quadrants(size: Size = SIZE) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = COLORS.reshape(2, 2, 3).repeat(size[1] // 2, 0).repeat(size[0] // 2, 1)
    return np.ascontiguousarray(image)


def corners(frame: Frame) -> list[list[int]]:
    """The four corners' colours, in the order of COLORS."""
    h, w = frame.image.shape[:2]
    return [frame.image[y, x].tolist() for y in (h // 4, 3 * h // 4) for x in (w // 4, 3 * w // 4)]


def write_clip(path: Path, times: list[float], size: Size = SIZE) -> Path:
    """A clip whose picture number n has the brightness 10 n."""
    writer = VideoWriter(path, size, FPS)
    for number, seconds in enumerate(times):
        writer.write(np.full((size[1], size[0], 3), 10 * number % 250, np.uint8), seconds)
    writer.close()
    return path


def shade_of(frame: Frame) -> int:
    """The number of a clip's picture, by its brightness."""
    return round(float(frame.image.mean()) / 10)


class Clock:
    """Time that passes only while somebody sleeps."""

    now = 100.0

    def perf_counter(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of every clip in a test."""
    clock = Clock()
    monkeypatch.setattr("live_style.sources.video.time", clock)
    return clock


def read_for(source: Source, seconds: float, now: Callable[[], float] = time.perf_counter) -> list[Frame]:
    end, frames = now() + seconds, []
    while now() < end:
        frames.append(source.read())
    return frames


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """One second, 25 pictures."""
    return write_clip(tmp_path / "clip.mkv", [n / FPS for n in range(25)])


CAMERA = pytest.param("camera", marks=pytest.mark.skipif(not list_cameras(), reason="this machine has no camera"))


@pytest.fixture(params=["demo", "file", "picture", "address", "stream", CAMERA])
def choice(request: pytest.FixtureRequest, clip: Path, tmp_path: Path) -> Iterator[str]:
    """What a user gives to --camera."""
    if request.param in ("address", "stream"):
        with serving(clip) as server:
            yield server.url("clip.mkv" if request.param == "address" else "live")
    elif request.param == "picture":
        write_png(tmp_path / "still.png", quadrants(), {})
        yield str(tmp_path / "still.png")
    elif request.param == "camera":
        yield str(list_cameras()[0].number)
    else:
        yield {"demo": "demo", "file": str(clip)}[request.param]


def test_frames_are_rgb_numbered_and_stamped_when_they_came(choice: str) -> None:
    source, notice = open_source(choice, SIZE, FPS)
    assert notice == ""
    frames, seen = [], []
    for _ in range(8):
        frames.append(source.read())
        seen.append(time.perf_counter())
    source.close()
    assert [frame.number for frame in frames] == list(range(8))
    assert len({frame.image.shape for frame in frames}) == 1
    assert all(f.image.dtype == np.uint8 and f.image.shape[2] == 3 and f.image.flags.c_contiguous for f in frames)
    assert all(a.born < b.born for a, b in zip(frames, frames[1:]))
    assert all(0.0 <= now - frame.born < 0.5 for now, frame in zip(seen, frames))


def test_it_goes_at_its_own_pace_and_measures_it(choice: str) -> None:
    source, _ = open_source(choice, SIZE, FPS)
    read_for(source, 0.1)
    with contextlib.closing(source):
        for _ in range(10):  # a busy machine misses some now and then; none may come too early
            frames = read_for(source, 0.7)
            info = source.info()
            rate = (len(frames) - 1) / (frames[-1].born - frames[0].born)
            assert info.kind == "camera" or LIVE_FPS == FPS and rate < 1.1 * FPS
            if info.fps_measured == pytest.approx(rate, rel=0.15) and (info.kind == "camera" or rate > 0.75 * FPS):
                return
    pytest.fail(f"{rate:.1f} frames a second, measured as {info.fps_measured:.1f}, wanted {FPS}")


def test_it_can_be_closed_twice_and_opened_again(choice: str) -> None:
    source, _ = open_source(choice, SIZE, FPS)
    source.read()
    for _ in range(3):
        source.close()
        source.close()
        source.open()
        assert source.read().number == 0
    source.close()


def test_the_report_can_be_written_at_any_time(choice: str) -> None:
    source, _ = open_source(choice, SIZE, FPS)
    source.read()
    while_open = json.loads(json.dumps(asdict(source.info())))
    source.close()
    after = json.loads(json.dumps(asdict(source.info())))
    for facts in (while_open, after):
        assert {"kind", "label", "size", "fps_claimed", "fps_measured"} <= facts.keys()
        assert facts["label"] == source.label
    assert while_open["kind"] in {"demo", "clip", "picture", "stream", "camera"}


# -- clips -----------------------------------------------------------------------------------------------------------

def test_a_clip_plays_in_order_and_round_after_round(clip: Path, clock: Clock) -> None:
    source = VideoSource(str(clip))
    source.open()
    frames = read_for(source, 2.5, clock.perf_counter)
    assert source.info().loops == 2
    source.close()
    shades = [shade_of(frame) for frame in frames]
    assert shades == [number % 25 for number in range(len(frames))]
    assert np.diff([frame.born for frame in frames]) == pytest.approx(1 / FPS, abs=0.002)


def test_a_late_reader_misses_pictures_and_the_clip_is_not_slowed(clip: Path, clock: Clock) -> None:
    source = VideoSource(str(clip))
    source.open()
    began = source.read().born
    shown = []
    for _ in range(5):
        clock.sleep(0.1)
        frame = source.read()
        shown.append(shade_of(frame) - (frame.born - began) * FPS)
    source.close()
    assert np.ptp(shown) < 2
    assert abs(np.mean(shown)) < 2


def test_after_a_long_pause_it_goes_on_where_the_clock_is(clip: Path, clock: Clock) -> None:
    source = VideoSource(str(clip))
    source.open()
    began = source.read().born
    clock.sleep(60.4)
    frame = source.read()
    assert (shade_of(frame) - (frame.born - began) * FPS + 3) % 25 < 6
    following = [shade_of(source.read()) for _ in range(5)]
    assert following != [shade_of(frame)] * 5
    source.close()


def test_uneven_times_are_kept(tmp_path: Path, clock: Clock) -> None:
    times = [0.0, 0.04, 0.2, 0.24, 0.5, 0.54, 0.9]
    images = [np.full((SIZE[1], SIZE[0], 3), 10 * number, np.uint8) for number in range(7)]
    source = VideoSource(str(films.write_clip(tmp_path / "uneven.mp4", images, [round(600 * t) for t in times])))
    source.open()
    frames = [source.read() for _ in times]
    source.close()
    assert [shade_of(frame) for frame in frames] == list(range(7))
    assert np.diff([f.born for f in frames]) == pytest.approx(np.diff(times), abs=0.002)


def test_a_picture_that_lasts_long_is_given_again(tmp_path: Path, clock: Clock) -> None:
    source = VideoSource(str(write_clip(tmp_path / "slides.mkv", [0.0, 1.6, 1.7])))
    source.open()
    frames = read_for(source, 1.55, clock.perf_counter)
    source.close()
    assert len(frames) >= 3
    assert max(np.diff([frame.born for frame in frames])) < 0.8
    assert {shade_of(frame) for frame in frames[:3]} == {0}


def test_colours_and_places_are_right(tmp_path: Path) -> None:
    path = tmp_path / "colors.mp4"
    writer = VideoWriter(path, SIZE, FPS)
    for number in range(3):
        writer.write(quadrants(), number / FPS)
    writer.close()
    source = VideoSource(str(path))
    source.open()
    assert np.abs(np.array(corners(source.read())) - COLORS).max() < 8
    source.close()


@pytest.mark.parametrize("matrix, order", [
    ((0, 1, -1, 0), [2, 0, 3, 1]),  # filmed upright with a phone: to be turned clockwise
    ((-1, 0, 0, -1), [3, 2, 1, 0]),
    ((0, -1, 1, 0), [1, 3, 0, 2]),
])
def test_a_clip_from_a_turned_phone_is_upright(tmp_path: Path, matrix: tuple[int, ...], order: list[int]) -> None:
    path = tmp_path / "phone.mp4"
    writer = VideoWriter(path, SIZE, FPS)
    for number in range(3):
        writer.write(quadrants(), number / FPS)
    writer.close()
    data = bytearray(path.read_bytes())
    a, b, c, d = (value << 16 for value in matrix)
    at = data.find(b"tkhd")
    while at >= 0:
        long = 12 if data[at + 4] == 1 else 0
        struct.pack_into(">9i", data, at + 44 + long, a, b, 0, c, d, 0, 0, 0, 1 << 30)
        at = data.find(b"tkhd", at + 4)
    path.write_bytes(data)
    source = VideoSource(str(path))
    source.open()
    frame = source.read()
    source.close()
    assert frame.image.shape[:2] == ((120, 160) if matrix[0] else (160, 120))
    assert np.abs(np.array(corners(frame)) - COLORS[order]).max() < 8


def test_a_still_picture_is_itself_for_ever(tmp_path: Path) -> None:
    write_png(tmp_path / "still.png", quadrants(), {})
    source, _ = open_source(str(tmp_path / "still.png"), (1280, 720), 50.0)
    frames = read_for(source, 0.5)
    source.close()
    assert len(frames) >= 15
    assert all(np.array_equal(frame.image, quadrants()) for frame in frames)


# -- what cannot be played -------------------------------------------------------------------------------------------

def _tone(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))


def _cut(path: Path) -> None:
    whole = write_clip(path.with_name("whole.mp4"), [n / FPS for n in range(10)])
    path.write_bytes(whole.read_bytes()[:200])


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "folder.mp4": (lambda path: path.mkdir(), "is a folder"),
    "empty.mp4": (lambda path: path.write_bytes(b""), "is empty"),
    "letter.mp4": (lambda path: path.write_text("dear camera, " * 50), "is damaged or was cut off"),
    "letter.txt": (lambda path: path.write_text("dear camera, " * 50), "is not a video"),
    "cut.mp4": (_cut, "is damaged or was cut off"),
    "tone.wav": (_tone, "sound but no picture"),
    "bad.png": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\nnothing"), "cannot be read as a picture"),
    "none.mp4": (lambda path: None, "does not exist"),
    "none.png": (lambda path: None, "does not exist"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_cannot_be_played_is_refused_with_cause_and_cure(name: str, tmp_path: Path) -> None:
    make, cause = WRONG[name]
    make(tmp_path / name)
    with pytest.raises(SourceError) as caught:
        open_source(str(tmp_path / name), SIZE, FPS)
    assert cause in caught.value.cause
    assert name in caught.value.cause
    assert caught.value.cure


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="who runs this may read everything")
def test_a_file_without_rights_is_refused(clip: Path) -> None:
    clip.chmod(0)
    with pytest.raises(SourceError, match="no permission to read"):
        open_source(str(clip), SIZE, FPS)


def test_a_clip_that_was_cut_off_plays_as_far_as_it_goes(clip: Path, clock: Clock) -> None:
    data = clip.read_bytes()
    clip.write_bytes(data[:len(data) * 6 // 10])
    source = VideoSource(str(clip))
    source.open()
    frames = read_for(source, 1.5, clock.perf_counter)
    assert source.info().loops
    source.close()
    assert len(frames) > 25


# -- the network -----------------------------------------------------------------------------------------------------

def test_a_stream_gives_its_newest_pictures() -> None:
    with serving() as server:
        source, _ = open_source(server.url("live"), SIZE, FPS)
        read_for(source, 0.5)
        frame = source.read()
        age = time.perf_counter() - server.began - frame.image.mean() / 20
        assert source.info().kind == "stream"
        source.close()
    assert age < 0.3


def test_a_stream_that_falls_silent_is_lost_within_seconds_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live_style.video.input.READ_SECONDS", 0.6)
    with serving() as server:
        source, _ = open_source(server.url("live"), SIZE, FPS)
        read_for(source, 0.3)
        server.silent.set()
        silent = time.perf_counter()
        with pytest.raises(SourceLost) as caught:
            read_for(source, 6.0)
        assert 0.4 < time.perf_counter() - silent < 2.1
        assert caught.value.cure
        source.close()
        server.silent.clear()
        source.open()
        assert source.read().image.shape == (120, 160, 3)
        source.close()


def test_a_server_that_goes_away_is_lost_and_comes_back() -> None:
    with serving() as server:
        port = server.server_address[1]
        source, _ = open_source(server.url("live"), SIZE, FPS)
        read_for(source, 0.3)
    with pytest.raises(SourceLost):
        read_for(source, 3.0)
    source.close()
    with pytest.raises(SourceError):
        source.open()
    with serving(port=port):
        source.open()
        source.read()
        source.close()


def test_an_address_that_never_answers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live_style.video.input.OPEN_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.perf_counter()
        with pytest.raises(SourceError, match="no answer in time"):
            open_source(f"http://127.0.0.1:{silent.getsockname()[1]}/live", SIZE, FPS)
        assert time.perf_counter() - began < 3.0


@pytest.mark.parametrize("path", ["nothing.mp4", "clip"])
def test_an_address_without_a_picture_is_refused(path: str) -> None:
    with serving() as server, pytest.raises(SourceError, match="cannot be opened") as caught:
        open_source(server.url(path), SIZE, FPS)
    assert caught.value.cure


def test_nobody_at_the_address_is_refused() -> None:
    with serving() as server:
        url = server.url("live")
    with pytest.raises(SourceError, match="refused"):
        open_source(url, SIZE, FPS)


# -- the choice ------------------------------------------------------------------------------------------------------

@pytest.mark.skipif(bool(list_cameras()), reason="this machine has a camera")
def test_without_a_camera_the_demo_scene_plays_and_says_so() -> None:
    source, notice = open_source(None, (320, 180), FPS, "HD Pro Webcam C920")
    assert source.read().image.shape == (180, 320, 3)
    assert source.info().kind == "demo"
    source.close()
    assert "no camera" in notice and "demo scene" in notice and "\n" not in notice


@pytest.mark.parametrize("choice", ["99", "no such camera", "/dev/video99"])
def test_a_camera_that_is_not_there_is_an_error_and_never_something_else(choice: str) -> None:
    with pytest.raises(SourceError) as caught:
        open_source(choice, SIZE, FPS, "no such camera")
    assert choice in caught.value.cause
    assert caught.value.cure
