"""Recordings as a streamer meets them: they play, with the right colours and times, however they ended."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import pytest

from live_style.errors import SinkError
from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import Size
from live_style.sinks.recording import RecordingSink
from live_style.video import durable_file
from live_style.video import output
from live_style.video.output import SUFFIXES
from tests.support.disk import disk_of_size

SIZE = (160, 96)
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (128, 128, 128), (255, 255, 255), (0, 0, 0),
           (180, 90, 40))


class Shot(NamedTuple):
    """A frame as a player shows it."""

    time: float
    image: Image
    alone: bool


def play(path: Path) -> list[Shot]:
    """Every frame that a player gets out of a file, whatever state it is in."""
    shots = []
    with av.open(str(path)) as container:
        try:
            for shot in container.decode(video=0):
                rgb = np.asarray(shot.to_ndarray(format="rgb24"), np.uint8)
                shots.append(Shot(float(shot.time), rgb, bool(shot.key_frame)))
        except av.FFmpegError:  # a torn end; players stop there too
            pass
    return shots


def bars(size: Size = SIZE) -> Image:
    """Upright bars in plain colours."""
    row = np.repeat(np.array(COLOURS, np.uint8), -(-size[0] // len(COLOURS)), axis=0)[:size[0]]
    return np.ascontiguousarray(np.broadcast_to(row, (size[1], size[0], 3)))


def noise(number: int, size: Size = SIZE) -> Image:
    """A picture that no encoder makes small."""
    return np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), np.uint8)


@pytest.fixture(params=SUFFIXES)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file to record into, of each kind."""
    return tmp_path / f"show{request.param}"


def record(path: Path, frames: list[Frame], size: Size = SIZE) -> None:
    sink = RecordingSink(path)
    sink.open(size, 30.0)
    for frame in frames:
        sink.write(frame)
    sink.close()


def steady(count: int, image: Image, fps: float = 30.0) -> list[Frame]:
    return [Frame(image, n, 1000.0 + n / fps) for n in range(count)]


class TestWhatPlays:
    @pytest.mark.sampled(2)
    @pytest.mark.parametrize(("fps", "camera"), [(30.0, 30.0), (30.0, 24.0), (30.0, 60.0), (25.0, 30.0), (60.0, 7.0),
                                                 (29.97, 29.9)])
    def test_the_frame_rate_is_constant_whatever_the_camera_does(self, path: Path, fps: float, camera: float) -> None:
        """A camera that is never quite even, and pauses once: each frame is less than a picture's time off."""
        chance = np.random.default_rng(0)
        born = 5000.0 + np.arange(60) / camera + chance.uniform(-0.2, 0.2, 60) / camera + 1.5 * (np.arange(60) >= 40)
        sink = RecordingSink(path)
        sink.open(SIZE, fps)
        for n, at in enumerate(born):
            sink.write(Frame(np.full((96, 160, 3), 4 * n, np.uint8), n, float(at)))
        sink.close()
        shots = play(path)
        with av.open(str(path)) as container:
            assert float(container.streams.video[0].average_rate or 0) == pytest.approx(fps, rel=0.003)
        assert [shot.time for shot in shots] == pytest.approx(list(np.arange(len(shots)) / fps), abs=0.001)
        for shot in shots:
            shown = born[round(shot.image.mean() / 4)] - born[0]
            following = min((at - born[0] for at in born if at - born[0] > shown), default=shown)
            assert shown - 1 / fps - 0.001 < shot.time < following + 1.01 / fps
        assert shots[-1].time == pytest.approx(born[-1] - born[0], abs=1.01 / fps)

    def test_an_even_camera_is_neither_repeated_nor_left_out(self, path: Path) -> None:
        born = np.arange(200) / 30.01 + np.random.default_rng(0).uniform(0.0, 0.012, 200)
        record(path, [Frame(np.full((96, 160, 3), n, np.uint8), n, float(at)) for n, at in enumerate(born)])
        assert len(play(path)) == 200

    def test_a_frame_that_is_given_again_lasts(self, path: Path) -> None:
        """As a feed does where the camera was pulled."""
        frame = Frame(bars(), 0, 7.0)
        record(path, [frame] * 7 + [Frame(bars(), 1, 10.5), Frame(bars(), 2, 10.5 + 1 / 30)])
        times = [shot.time for shot in play(path)]
        assert times == pytest.approx(list(np.arange(107) / 30), abs=0.001)

    def test_colours(self, path: Path) -> None:
        record(path, steady(10, bars((320, 96))), (320, 96))
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            context = stream.codec_context
            assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
            assert {context.colorspace, context.color_primaries, context.color_trc} == {1}  # BT.709
            assert context.color_range == 1  # 16 to 235
        shown = play(path)[-1].image
        for n, colour in enumerate(COLOURS):
            patch = shown[20:76, n * 40 + 10:n * 40 + 30].reshape(-1, 3).mean(axis=0)
            assert np.abs(patch - colour).max() <= 3, colour

    @pytest.mark.parametrize("size", [(161, 97), (2, 2), (854, 480)])
    def test_odd_sizes_lose_their_last_line_only(self, path: Path, size: Size) -> None:
        record(path, steady(3, bars(size)), size)
        shots = play(path)
        assert len(shots) == 3
        assert shots[0].image.shape == (size[1] // 2 * 2, size[0] // 2 * 2, 3)

    def test_a_player_can_jump_to_every_other_second(self, path: Path) -> None:
        record(path, steady(40, bars(), fps=4.0))
        starts = [shot.time for shot in play(path) if shot.alone]
        assert starts == pytest.approx([0, 2, 4, 6, 8], abs=0.26)

    def test_a_finished_mp4_is_an_ordinary_one(self, tmp_path: Path) -> None:
        record(tmp_path / "show.mp4", steady(90, bars()))
        assert boxes((tmp_path / "show.mp4").read_bytes()) == [b"ftyp", b"free", b"mdat", b"moov"]

    def test_without_x264_it_is_mpeg4(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(output, "_CODECS", output._CODECS[1:])
        record(path, steady(10, bars((320, 96))), (320, 96))
        shots = play(path)
        assert len(shots) == 10
        assert np.abs(shots[-1].image[20:76, 10:30].mean((0, 1)) - COLOURS[0]).max() <= 20

    def test_nothing_recorded_leaves_nothing(self, path: Path) -> None:
        record(path, [])
        assert not path.exists()


@pytest.mark.parametrize("jump", [8 * 3600.0, -8 * 3600.0], ids=["a night", "back"])
def test_a_clock_that_jumps_makes_no_hole_and_no_hours_of_a_still_picture(path: Path, jump: float) -> None:
    before, after = steady(30, bars()), steady(30, bars())
    record(path, [*before, before[-1], *(frame._replace(born=frame.born + 1.0 + jump) for frame in after)])
    times = [shot.time for shot in play(path)]
    assert 1.8 < times[-1] < 2.7 and np.diff(times).max() < 0.05


def boxes(data: bytes) -> list[bytes]:
    """The names of an MP4's outermost parts, all of them whole."""
    names, at = [], 0
    while at < len(data):
        names.append(data[at + 4:at + 8])
        at += int.from_bytes(data[at:at + 4], "big")
    assert at == len(data)
    return names


CHILD = """
import sys
from pathlib import Path
import numpy as np
from live_style.frame import Frame
from live_style.sinks.recording import RecordingSink
path, fps, count = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
rng = np.random.default_rng(0)
sink = RecordingSink(path)
sink.open((160, 96), 30.0)
for n in range(count):
    image = rng.integers(0, 256, (96, 160, 3), np.uint8)
    sink.write(Frame(image, n, 100.0 + n / fps))
    print(n, flush=True)
sys.stdin.read()
"""


class TestSuddenEnds:
    @pytest.mark.sampled(1)
    @pytest.mark.parametrize("fps", [30.0, 5.0])
    def test_killed_half_way_at_most_a_second_is_missing(self, path: Path, fps: float) -> None:
        command = [sys.executable, "-c", CHILD, str(path), str(fps), "1000000"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                if int(line) == 75:
                    child.kill()
                    break
            last = max([75, *map(int, child.stdout.read().split())])
        times = [shot.time for shot in play(path)]
        assert times == pytest.approx(list(np.arange(len(times)) / 30), abs=0.001)
        assert times[-1] >= last / fps - 1.0

    @pytest.mark.parametrize("share", [0.35, 0.6, 0.999])
    def test_cut_off_anywhere_it_plays_up_to_there(self, path: Path, share: float) -> None:
        sink = RecordingSink(path)
        sink.open(SIZE, 30.0)
        for n in range(120):
            sink.write(Frame(noise(n), n, n / 30))
        data = path.read_bytes()  # as it lies there when the power fails
        sink.close()
        torn = path.with_stem("torn")
        torn.write_bytes(data[:int(len(data) * share)])
        assert play(torn)[-1].time >= 4.0 * share - 1.0

    def test_the_disk_keeps_it_all_the_while(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kept: list[int] = []
        fsync = os.fsync

        def counted(fd: int) -> None:
            fsync(fd)
            kept.append(os.fstat(fd).st_size)

        monkeypatch.setattr(durable_file, "SYNC_SECONDS", 0.02)
        monkeypatch.setattr(os, "fsync", counted)
        sink = RecordingSink(path)
        sink.open(SIZE, 30.0)
        deadline, n = time.monotonic() + 30, 0
        while len(set(kept)) < 3:  # kept while it grows, not at the end only; a busy disk takes 0.2 s each time
            assert time.monotonic() < deadline
            sink.write(Frame(noise(n), n, n / 30))
            time.sleep(0.005)
            n += 1
        sink.close()
        assert kept[-1] == path.stat().st_size


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
sys.path.insert(0, sys.argv[2])
from test_recording import fill
fill(sys.argv[1])
"""


def fill(path: str) -> None:
    """Record noise until something is wrong; print the number of frames taken and the error."""
    sink = RecordingSink(Path(path))
    sink.open(SIZE, 30.0)
    pictures = [noise(n) for n in range(20)]
    for n in range(20000):
        try:
            sink.write(Frame(pictures[n % 20], n, n / 30))
        except SinkError as e:
            print(n, e)
            break
    try:
        sink.close()
    except SinkError:
        pass


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    with disk_of_size(tmp_path / "disk", "2M") as folder:
        yield folder


class TestWhenTheDiskSaysNo:
    def test_full_disk(self, small_disk: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = small_disk / path.name
        fill(str(file))
        written, _, reason = capsys.readouterr().out.partition(" ")
        assert "the disk is full" in reason
        assert "Free some space" in reason
        assert play(file)[-1].time >= int(written) / 30 - 1.1
        if file.suffix != ".mkv":
            assert b"moof" in boxes(file.read_bytes())

    def test_disk_that_is_filled_while_a_picture_is_held(self, small_disk: Path, path: Path) -> None:
        sink, held = RecordingSink(small_disk / path.name), Frame(noise(0), 0, 0.0)
        sink.open(SIZE, 30.0)
        sink.write(held)
        with pytest.raises(OSError), (small_disk / "other").open("wb") as other:
            other.write(bytes(4_000_000))
        with pytest.raises(SinkError, match="the disk is full"):
            for _ in range(2000):
                sink.write(held)
        for again in (lambda: sink.write(held), sink.close):  # the cause stays the cause
            with pytest.raises(SinkError, match="the disk is full"):
                again()

    def test_disk_that_is_full_already(self, small_disk: Path, path: Path) -> None:
        with pytest.raises(OSError), (small_disk / "old shows").open("wb") as old:
            old.write(bytes(4_000_000))
        sink = RecordingSink(small_disk / path.name)
        sink.open(SIZE, 30.0)
        with pytest.raises(SinkError, match="cannot be recorded: the disk is full"):
            for n in range(60):
                sink.write(Frame(noise(n), n, n / 30))
        with pytest.raises(SinkError, match="cannot be recorded"):
            sink.close()
        assert [file.name for file in small_disk.iterdir()] == ["old shows"]

    def test_file_size_limit(self, path: Path) -> None:
        pytest.importorskip("resource", reason="limits of a process are a Unix thing")
        command = [sys.executable, "-c", LIMITED, str(path), str(Path(__file__).parent)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        written, _, reason = done.stdout.partition(" ")
        assert "larger files" in reason
        assert done.stderr == ""
        assert play(path)[-1].time >= int(written) / 30 - 1.1

    def test_a_disk_that_breaks_down(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(fd: int) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        monkeypatch.setattr(durable_file, "SYNC_SECONDS", 0.02)
        sink = RecordingSink(path)
        sink.open(SIZE, 30.0)
        for n in range(60):
            sink.write(Frame(noise(n), n, n / 30))
        monkeypatch.setattr(os, "fsync", broken)
        with pytest.raises(SinkError, match="ended after [2-9] s: Input/output error") as e:
            for n in range(60, 600):
                time.sleep(0.005)
                sink.write(Frame(noise(n), n, n / 30))
        assert "another one" in e.value.cure
        with pytest.raises(SinkError):
            sink.close()
        sink.close()
        assert play(path)[-1].time >= 1.0

    def test_a_file_that_is_there_is_left_alone(self, path: Path) -> None:
        path.write_text("last night's show")
        with pytest.raises(SinkError, match="already exists") as e:
            RecordingSink(path).open(SIZE, 30.0)
        assert e.value.cure
        assert path.read_text() == "last night's show"

    @pytest.mark.parametrize("folder", ["missing", "file"])
    def test_no_such_folder(self, tmp_path: Path, folder: str) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(SinkError, match=f"the folder .*{folder}.* does not exist") as e:
            RecordingSink(tmp_path / folder / "show.mp4").open(SIZE, 30.0)
        assert "Create the folder" in e.value.cure

    def test_no_right_to_write(self, locked: Path) -> None:
        with pytest.raises(SinkError, match="no permission to write") as e:
            RecordingSink(locked / "show.mp4").open(SIZE, 30.0)
        assert "folder of your own" in e.value.cure

    @pytest.mark.parametrize("name", ["show.avi", "show", "show.webm", ".mp4"])
    def test_an_ending_that_is_no_video(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(SinkError, match="does not have the extension of a video") as e:
            RecordingSink(tmp_path / name).open(SIZE, 30.0)
        assert ".mp4, .mov, .mkv" in e.value.cure
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_is_no_video(self, tmp_path: Path) -> None:
        with pytest.raises(SinkError, match=f"{re.escape(str(tmp_path))} is a folder") as e:
            RecordingSink(tmp_path).open(SIZE, 30.0)
        assert str(tmp_path / "show.mp4") in e.value.cure

    def test_a_picture_without_pixels(self, path: Path) -> None:
        with pytest.raises(SinkError, match="too small"):
            RecordingSink(path).open((1, 96), 30.0)
        assert not path.exists()
