"""`live-style video`, as its users type it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from live_style import cli
from live_style import load_stylizer
from live_style import mix_styles
from live_style.frame import Image
from live_style.imaging.write import write_png
from live_style.video.codecs import CODECS
from live_style.video.unfinished import Unfinished
from tests.support.films import frames_of
from tests.support.films import packets_of
from tests.support.films import timed_frames_of
from tests.support.films import write_clip
from tests.support.films import write_film
from tests.support.networks import picture

SIZE = (96, 64)
STILL = picture(SIZE, 4)
PART, STATE = (Path("out.mp4.live-style") / name for name in ("film.mp4", "state"))
SMALL = ("--model", "fast", "--stroke", "64")


def moving(count: int) -> list[Image]:
    """A block that crosses a still picture; no two pictures are alike."""
    pictures = []
    for number in range(count):
        image = STILL.copy()
        at = number * 3 % (SIZE[0] - 20)
        image[20:40, at:at + 20] = (250, 240, 40 + number % 200)
        pictures.append(image)
    return pictures


def regular(count: int) -> list[int]:
    return list(range(0, 20 * count, 20))


@pytest.fixture(autouse=True)
def mixer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def clip() -> Path:
    """A second of film with sound."""
    return write_clip(Path("clip.mp4"), moving(30), regular(30))


def video(*words: object) -> int:
    """Run the command with the quickest network."""
    return cli.main(["video", *map(str, words), *SMALL])


def decodable(path: Path) -> int:
    """Pictures that a decoder gets out of a file that is not whole."""
    count = 0
    with av.open(str(path)) as container:
        for packet in container.demux(container.streams.video[0]):
            try:
                count += len(packet.decode())
            except av.FFmpegError:
                continue
    return count


def names(folder: Path = Path()) -> set[str]:
    return {file.name for file in folder.iterdir()}


def two_lines(capsys: pytest.CaptureFixture[str]) -> str:
    """The cause, when cause and cure are all that was said."""
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == "" and len(lines) == 2, err
    assert lines[0].startswith("live-style: ") and lines[1].startswith("  ") and "bug" not in lines[0], err
    return lines[0].removeprefix("live-style: ")


def apart(a: Sequence[Image], b: Sequence[Image]) -> float:
    """Mean difference in levels."""
    return float(np.mean([np.abs(x.astype(np.float32) - y).mean() for x, y in zip(a, b, strict=True)]))


class TestWhatComesOut:
    @pytest.mark.sampled(2)
    @pytest.mark.parametrize("out", ["out.mp4", "out.mov", "out.mkv", "new/folder/out.MP4"])
    def test_every_picture_at_its_time_and_the_sound_bit_for_bit(
            self, clip: Path, out: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert video(clip, out, "-s", "neon") == 0
        assert capsys.readouterr() == ("", "")
        before, after = timed_frames_of(clip), timed_frames_of(Path(out))
        assert len(after[1]) == 30 and np.abs(before[0] - after[0]).max() <= 0.0006
        heard, copied = packets_of(clip, "audio"), packets_of(Path(out), "audio")
        assert [data for _, _, data in heard] == [data for _, _, data in copied] and len(heard) > 40
        begin = [packets_of(file, "video")[0][0] for file in (clip, Path(out))]
        for (time_before, _, _), (time_after, _, _) in zip(heard, copied, strict=True):
            assert time_before - begin[0] == pytest.approx(time_after - begin[1], abs=0.0006)
        if not out.endswith("mkv"):
            assert packets_of(clip, "audio") == packets_of(Path(out), "audio")
            with av.open(str(clip)) as a, av.open(out) as b:
                assert a.duration == b.duration
                assert [s.duration * s.time_base for s in a.streams] == [s.duration * s.time_base for s in b.streams]
        assert names(Path(out).parent) >= {Path(out).name} and not list(Path().rglob("*.live-style*"))

    def test_the_pictures_are_those_of_the_brush(self, clip: Path) -> None:
        words = ("-s", "neon:3", "-s", "water lilies:1", "--strength", "0.8", "--smooth", "0.5")
        assert video(clip, "out.mp4", *words) == 0
        stylizer = load_stylizer("fast", 64)
        look = mix_styles([(stylizer.style("neon"), 3.0), (stylizer.style("water lilies"), 1.0)], 0.8)
        painted = list(stylizer.paint_all(frames_of(clip), look, 0.5))
        assert apart(frames_of(Path("out.mp4")), painted) < 4.0
        assert apart(frames_of(Path("out.mp4")), frames_of(clip)) > 12.0

    def test_strength_0_is_the_video(self, clip: Path) -> None:
        assert video(clip, "out.mp4", "-s", "neon", "--strength", "0") == 0
        assert apart(frames_of(Path("out.mp4")), frames_of(clip)) < 2.5

    def test_a_variable_frame_rate(self) -> None:
        ticks = [0, 7, 40, 41, 400, 420, 1000, 1010]
        for out in ("out.mp4", "out.mkv"):
            write_clip(Path("clip.mp4"), moving(8), ticks)
            assert video("clip.mp4", out, "-s", "neon") == 0
            assert timed_frames_of(Path(out))[0] == pytest.approx(np.array(ticks) / 600, abs=0.0006)

    def test_a_video_that_was_held_upright(self) -> None:
        write_clip(Path("clip.mp4"), moving(4), regular(4), rotation=90)
        assert video("clip.mp4", "out.mp4", "-s", "neon", "--strength", "0") == 0
        with av.open("out.mp4") as container:
            frame = next(container.decode(video=0))
            assert (frame.width, frame.height, frame.rotation) == (64, 96, 0)
            shown = frame.to_ndarray(format="rgb24")
        assert apart([np.asarray(shown, np.uint8)], [np.rot90(moving(1)[0])]) < 6.0

    @pytest.mark.sampled(2)
    @pytest.mark.parametrize(("pixels", "matrix", "full"), [("yuv420p", 1, 1), ("yuv420p", 5, 1), ("yuvj420p", 5, 2),
                                                            ("yuv420p10le", 9, 1), ("yuv444p", 6, 1)])
    def test_colours_keep_their_range_and_their_matrix(self, pixels: str, matrix: int, full: int) -> None:
        bars = np.repeat(np.array([(250, 10, 10), (10, 250, 10), (10, 10, 250), (128, 128, 128)], np.uint8), 24, axis=0)
        image = np.ascontiguousarray(np.broadcast_to(bars, (64, 96, 3)))
        with av.open("clip.mkv", "w") as container:
            stream = container.add_stream("ffv1", rate=30)
            stream.width, stream.height, stream.pix_fmt = 96, 64, pixels.replace("yuvj", "yuv")
            stream.codec_context.color_range, stream.codec_context.colorspace = full, matrix
            for _ in range(3):
                frame = av.VideoFrame.from_ndarray(image, "rgb24").reformat(
                    format=stream.pix_fmt, dst_colorspace=5 if matrix == 6 else matrix, dst_color_range=full)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        assert video("clip.mkv", "out.mp4", "-s", "neon", "--strength", "0") == 0
        with av.open("out.mp4") as container:
            frame = next(container.decode(video=0))
            assert (frame.colorspace, frame.color_range) == (matrix, full)
            shown = frame.to_ndarray(format="rgb24")
        for place in range(12, 96, 24):
            assert np.abs(shown[10:54, place].astype(int) - image[0, place]).max() <= 6, place

    def test_square_pixels_and_even_sides(self) -> None:
        write_film(Path("clip.mkv"), [picture((97, 65), n) for n in range(3)])
        assert video("clip.mkv", "out.mp4", "-s", "neon", "--strength", "0") == 0
        shown = frames_of(Path("out.mp4"))
        assert shown[0].shape == (64, 96, 3)
        assert apart(shown, [image[:64, :96] for image in frames_of(Path("clip.mkv"))]) < 6.0

    @pytest.mark.sampled(1)
    @pytest.mark.parametrize(("words", "size"), [(("--size", "48"), (48, 32)), (("--size", "200"), (200, 132)),
                                                 (("--size", "49", "--stroke", "96"), (48, 32))])
    def test_sizes(self, clip: Path, words: tuple[str, ...], size: tuple[int, int]) -> None:
        assert video(clip, "out.mp4", "-s", "neon", *words) == 0
        assert frames_of(Path("out.mp4"))[0].shape == (size[1], size[0], 3)

    def test_subtitles_chapters_and_titles(self) -> None:
        write_clip(Path("clip.mp4"), moving(30), regular(30))
        with av.open("clip.mp4") as source, av.open("clip.mkv", "w") as target:
            copies = {s.index: target.add_stream_from_template(s) for s in source.streams}
            target.streams.audio[0].metadata["language"] = "deu"
            words = target.add_mux_stream("subrip")
            target.metadata["title"] = "My film"
            target.set_chapters([{"id": 1, "start": 0, "end": 500, "time_base": Fraction(1, 1000),
                                  "metadata": {"title": "One"}}])
            for packet in source.demux():
                if packet.size:
                    packet.stream = copies[packet.stream.index]
                    target.mux(packet)
            for at, text in ((100, b"Hello"), (100, b"you"), (600, b"World")):
                line = av.Packet(text)
                line.stream, line.time_base, line.pts, line.dts, line.duration = words, Fraction(1, 1000), at, at, 300
                target.mux(line)
        assert video("clip.mkv", "out.mkv", "-s", "neon") == 0
        assert packets_of(Path("out.mkv"), "subtitle") == packets_of(Path("clip.mkv"), "subtitle")
        assert len(packets_of(Path("out.mkv"), "subtitle")) == 3
        assert packets_of(Path("out.mkv"), "audio") == packets_of(Path("clip.mkv"), "audio")
        with av.open("out.mkv") as container:
            assert container.metadata["title"] == "My film" and "neon" in container.metadata["COMMENT"]
            assert container.streams.audio[0].metadata["language"] == "deu"
            assert [chapter["metadata"]["title"] for chapter in container.chapters()] == ["One"]

    @pytest.mark.sampled(2)
    @pytest.mark.parametrize(("codec", "out", "decoder"), [("hevc", "out.mp4", "hevc"), ("prores", "out.mov", "prores"),
                                                           ("av1", "out.mkv", "libdav1d"), ("h264", "out.mov", "h264")])
    def test_codecs(self, clip: Path, codec: str, out: str, decoder: str, capfd: pytest.CaptureFixture[str]) -> None:
        if CODECS[codec].encoder not in av.codecs_available:
            pytest.skip(f"this PyAV has no {CODECS[codec].encoder}")
        assert video(clip, out, "-s", "neon", "--codec", codec, "--strength", "0") == 0
        assert capfd.readouterr() == ("", "")
        with av.open(out) as container:
            assert container.streams.video[0].codec_context.name == decoder
            assert len(list(container.decode(video=0))) == 30
        assert apart(frames_of(Path(out)), frames_of(clip)) < 3.0

    def test_cues(self) -> None:
        write_clip(Path("clip.mp4"), [STILL] * 60, regular(60))
        Path("show.txt").write_text("# the show\n0:00.5 neon in 0.5s\n0:01.5 strength 0\n")
        assert video("clip.mp4", "out.mp4", "--cues", "show.txt", "--smooth", "0") == 0
        shown, plain = frames_of(Path("out.mp4")), frames_of(Path("clip.mp4"))
        far = [apart([a], [b]) for a, b in zip(shown, plain, strict=True)]
        assert max(far[:15]) < 3.0 and max(far[46:]) < 3.0
        assert min(far[30:45]) > 12.0
        assert all(later > earlier - 1.0 for earlier, later in zip(far[15:30], far[16:31], strict=True))


class TestWhatWasBrokenOff:
    def words(self, *more: str) -> list[str]:
        return [sys.executable, "-m", "live_style", "video", "clip.mp4", "out.mp4", "-s", "neon", *SMALL, *more]

    @pytest.fixture
    def long(self) -> Path:
        """Long enough to be broken off in the middle."""
        return write_clip(Path("clip.mp4"), moving(400), regular(400))

    def begun(self, *signals: int) -> subprocess.Popen[str]:
        """A run that was ended in the middle."""
        process = subprocess.Popen(self.words(), stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 60.0
        while not (STATE.exists() and self.count() >= 130):
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.02)
        process.send_signal(signals[0])
        return process

    def count(self) -> int:
        try:
            return len(packets_of(PART, "video"))
        except (av.FFmpegError, OSError):
            return 0

    @pytest.mark.sampled(1)
    @pytest.mark.parametrize("number", [
        pytest.param(signal.SIGINT, marks=pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals")),
        pytest.param(getattr(signal, "SIGKILL", signal.SIGTERM), id="SIGKILL")])
    def test_it_plays_and_goes_on_to_the_bit(self, long: Path, number: int) -> None:
        killed = number != signal.SIGINT
        with self.begun(number) as process:
            said = process.communicate(timeout=60)[1]
        assert not Path("out.mp4").exists()
        if not killed:
            assert process.returncode == 130 and f"{PART} can be played up to there" in said and "--resume" in said
        times, shown = timed_frames_of(PART)
        assert 130 <= len(shown) < 400
        heard = packets_of(PART, "audio")
        assert heard[-1][0] > times[-1] - 0.5 and heard == packets_of(long, "audio")[:len(heard)]

        assert cli.main(self.words("--resume")[3:]) == 0
        assert names() == {"clip.mp4", "out.mp4"}
        Path("out.mp4").rename("resumed.mp4")
        assert cli.main(self.words()[3:]) == 0
        assert packets_of(Path("out.mp4"), "video") == packets_of(Path("resumed.mp4"), "video")
        assert packets_of(Path("out.mp4"), "audio") == packets_of(long, "audio")
        assert packets_of(Path("resumed.mp4"), "audio") == packets_of(long, "audio")

    @pytest.mark.long
    def test_other_settings_are_refused(self, long: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with self.begun(getattr(signal, "SIGKILL", signal.SIGTERM)) as process:
            process.communicate(timeout=60)
        before = {name: Path(name).stat().st_size for name in names()}
        for more, said in ((("--resume", "--strength", "0.5"), "started with strength 1, not 0.5"),
                           (("--resume", "--codec", "hevc"), "encoder"),
                           (("--resume", "-s", "tiger"), "started with style neon:1, not neon:1, tiger:1"),
                           ((), "there is an unfinished video for out.mp4")):
            assert cli.main(self.words(*more)[3:]) == 2
            assert said in two_lines(capsys)
        assert {name: Path(name).stat().st_size for name in names()} == before
        write_clip(Path("clip.mp4"), moving(300), regular(300))
        assert cli.main(self.words("--resume")[3:]) == 2
        assert "a different video" in two_lines(capsys)
        STATE.write_bytes(b"PK\x03\x04 torn")
        assert cli.main(self.words("--resume")[3:]) == 2
        assert "cannot be read" in two_lines(capsys)
        assert cli.main(self.words("--overwrite")[3:]) == 0
        assert names() == {"clip.mp4", "out.mp4"} and len(packets_of(Path("out.mp4"), "video")) == 300

    def test_resume_of_nothing_is_a_beginning(self, clip: Path) -> None:
        assert video(clip, "out.mp4", "-s", "neon", "--resume") == 0
        assert names() == {"clip.mp4", "out.mp4"}

    @pytest.mark.parametrize("left", ["film.mp4", "earlier.mp4"])
    def test_resume_of_what_was_killed_before_its_first_picture_or_after_its_last_is_a_beginning(
            self, clip: Path, left: str) -> None:
        with Unfinished(Path("out.mp4")) as unfinished:
            (unfinished.folder / left).write_bytes(clip.read_bytes() if left == "earlier.mp4" else b"")
        assert video(clip, "out.mp4", "-s", "neon", "--resume") == 0
        assert names() == {"clip.mp4", "out.mp4"}

    def test_pictures_without_their_state_are_not_thrown_away(self, clip: Path,
                                                              capsys: pytest.CaptureFixture[str]) -> None:
        with Unfinished(Path("out.mp4")) as unfinished:
            unfinished.part.write_bytes(clip.read_bytes())
        assert video(clip, "out.mp4", "-s", "neon", "--resume") == 2
        assert f"{STATE}, which is needed to continue, cannot be read" in two_lines(capsys)
        assert PART.read_bytes() == clip.read_bytes()


class TestWhatIsDamaged:
    @pytest.fixture
    def streamed(self) -> bytes:
        """A film whose index comes first."""
        write_clip(Path("whole.mp4"), moving(90), regular(90), options={"movflags": "faststart"})
        return Path("whole.mp4").read_bytes()

    def test_a_truncated_video_gives_what_is_there(self, streamed: bytes, capsys: pytest.CaptureFixture[str]) -> None:
        Path("cut.mp4").write_bytes(streamed[:len(streamed) * 6 // 10])
        assert video("cut.mp4", "out.mp4", "-s", "neon") == 0
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("live-style: cut.mp4 ends early, at 0:0") and "of 0:0" in err
        assert len(err.splitlines()) == 1
        assert len(frames_of(Path("out.mp4"))) == decodable(Path("cut.mp4")) >= 30

    def test_a_damaged_video_loses_what_is_damaged(self, streamed: bytes, capsys: pytest.CaptureFixture[str]) -> None:
        packets = [data for _, _, data in packets_of(Path("whole.mp4"), "video")]
        for data in packets[40:50]:  # the codec does not notice each
            streamed = streamed.replace(data, data[:20] + bytes(byte ^ 0x5A for byte in data[20:]))
        Path("bad.mp4").write_bytes(streamed)
        assert video("bad.mp4", "out.mp4", "-s", "neon") == 0
        out, err = capsys.readouterr()
        assert err.startswith("live-style: bad.mp4 is damaged: ") and len(err.splitlines()) == 1
        assert len(frames_of(Path("out.mp4"))) >= 60

    def test_the_end_of_a_matroska_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        write_clip(Path("whole.mkv"), moving(90), regular(90))
        Path("cut.mkv").write_bytes(Path("whole.mkv").read_bytes()[:20_000])
        assert video("cut.mkv", "out.mkv", "-s", "neon") == 0
        assert "ends early" in capsys.readouterr().err

    @pytest.mark.sampled(4)
    @pytest.mark.parametrize(("name", "said"), [
        ("zero.mp4", "zero.mp4 is empty"),
        ("text.mp4", "text.mp4 is damaged or was cut off"),
        ("cut.mp4", "cut.mp4 is damaged or was cut off"),
        ("folder.mp4", "folder.mp4 is a folder"),
        ("none.mp4", "the file none.mp4 does not exist"),
        ("sound.m4a", "sound.m4a has sound but no picture"),
        ("photo.png", "photo.png is a picture, not a video"),
        ("dot.mkv", "a picture of 1x1 pixels is too small for a video"),
        ("nothing.mkv", "nothing.mkv"),
        ("poem.txt", "poem.txt is not a video"),
    ])
    def test_what_is_no_video(self, name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
        write_clip(Path("whole.mp4"), moving(9), regular(9))
        Path("zero.mp4").touch()
        Path("text.mp4").write_text("Roses are red")
        Path("poem.txt").write_text("Roses are red\n" * 99)
        Path("cut.mp4").write_bytes(Path("whole.mp4").read_bytes()[:3000])
        Path("folder.mp4").mkdir()
        write_png(Path("photo.png"), STILL, {})
        with av.open("dot.mkv", "w") as container:
            stream = container.add_stream("ffv1", rate=30)
            stream.width, stream.height, stream.pix_fmt = 1, 1, "yuv444p"
            container.mux(stream.encode(av.VideoFrame(1, 1, "yuv444p")))
            container.mux(stream.encode(None))
        with av.open("nothing.mkv", "w") as container:
            stream = container.add_stream("ffv1", rate=30)
            stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv444p"
            container.start_encoding()
        with av.open("whole.mp4") as source, av.open("sound.m4a", "w", format="mp4") as target:
            audio = target.add_stream_from_template(source.streams.audio[0])
            for packet in source.demux(audio=0):
                if packet.size:
                    packet.stream = audio
                    target.mux(packet)
        before = names()
        assert video(name, "out.mp4", "-s", "neon") == 2
        assert two_lines(capsys).startswith(said)
        assert names() == before

    def test_one_pixel_wide(self) -> None:
        with av.open("thin.mov", "w") as container:
            stream = container.add_stream("png", rate=30)
            stream.width, stream.height, stream.pix_fmt = 1, 64, "rgb24"
            for _ in range(3):
                container.mux(stream.encode(av.VideoFrame(1, 64, "rgb24")))
            container.mux(stream.encode(None))
        assert video("thin.mov", "out.mp4", "-s", "neon") == 2
        assert video("thin.mov", "out.mp4", "-s", "neon", "--size", "640") == 0
        assert frames_of(Path("out.mp4"))[0].shape == (640, 10, 3)

    def test_an_animated_picture(self) -> None:
        with av.open("a.gif", "w") as container:
            stream = container.add_stream("gif", rate=10)
            stream.width, stream.height, stream.pix_fmt = 96, 64, "rgb8"
            for image in moving(5):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24").reformat(format="rgb8")))
            container.mux(stream.encode(None))
        assert video("a.gif", "out.mp4", "-s", "neon") == 0
        assert timed_frames_of(Path("out.mp4"))[0] == pytest.approx(np.arange(5) / 10)

    def test_a_folder_that_may_not_be_written(self, clip: Path, locked: Path,
                                              capsys: pytest.CaptureFixture[str]) -> None:
        assert video(clip, locked / "out.mp4", "-s", "neon") == 2
        assert "no permission to write there" in two_lines(capsys)
        assert not list(locked.glob("out*"))

    @pytest.mark.skipif(os.name == "nt", reason="Windows knows no such rights")
    def test_a_video_that_may_not_be_read(self, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
        clip.chmod(0)
        me = os.geteuid()
        os.seteuid(65534 if me == 0 else me)
        try:
            status = video(clip, "out.mp4", "-s", "neon")
        finally:
            os.seteuid(me)
        assert status == 2 and "you have no permission to read" in two_lines(capsys)


class TestWhatIsRefused:
    @pytest.mark.sampled(5)
    @pytest.mark.parametrize(("words", "said"), [
        (("clip.mp4", "out.mp4"), "no style was given"),
        (("clip.mp4", "out.avi", "-s", "neon"), "videos can be written as .mp4, .mov or .mkv, not as .avi"),
        (("clip.mp4", "out", "-s", "neon"), "videos can be written as .mp4, .mov or .mkv, but the name of OUT has"),
        (("clip.mp4", ".", "-s", "neon"), ". is a folder"),
        (("clip.mp4", "clip.mp4", "-s", "neon", "--overwrite"), "IN and OUT are the same file"),
        (("clip.mp4", "clip.mp4", "-s", "neon"), "IN and OUT are the same file"),
        (("clip.mp4", "there.mp4", "-s", "neon"), "there.mp4 already exists"),
        (("clip.mp4", "out.mp4", "-s", "Nonesuch"), 'no style matches "Nonesuch"'),
        (("clip.mp4", "out.mp4", "-s", "neon:0"), "the weights of all styles are 0"),
        (("clip.mp4", "out.mp4", "-s", "neon", "--cues", "none.txt"), "the cue file none.txt cannot be read"),
        (("clip.mp4", "out.mp4", "--cues", "bad.txt"), 'bad.txt line 2: "soon" is not a time'),
        (("clip.mp4", "out.mp4", "--cues", "strange.txt"), 'cues, line 1: no style matches "Nonesuch"'),
        (("clip.mp4", "out.mp4", "--cues", "plain.txt"), "no style was given"),
        (("clip.mp4", "out.mp4", "-s", "neon", "--codec", "prores"), "a .mp4 file does not support prores"),
        (("clip.mp4", "out.mp4", "-s", "neon", "--codec", "h265"), "Invalid value for '--codec'"),
    ])
    def test_before_any_work(self, clip: Path, words: tuple[str, ...], said: str,
                             capsys: pytest.CaptureFixture[str]) -> None:
        Path("there.mp4").write_bytes(b"mine")
        Path("bad.txt").write_text("0 neon\nsoon neon\n")
        Path("strange.txt").write_text("0 Nonesuch\n")
        Path("plain.txt").write_text("0 strength 0.5\n")
        before = names()
        assert video(*words) == 2
        assert two_lines(capsys).startswith(said)
        assert names() == before and Path("there.mp4").read_bytes() == b"mine"

    def test_a_graphics_card_that_is_not_there(self, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
        status = video(clip, "out.mp4", "-s", "neon", "--codec", "hevc_qsv")
        if status == 0:
            pytest.skip("this machine has Intel's encoder")
        assert "hevc_qsv" in two_lines(capsys) and names() == {"clip.mp4"}

    def test_overwrite(self, clip: Path) -> None:
        Path("out.mp4").write_bytes(b"mine")
        assert video(clip, "out.mp4", "-s", "neon", "--overwrite") == 0
        assert len(frames_of(Path("out.mp4"))) == 30


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pty")
def test_on_a_terminal_a_bar_tells_pace_and_time(clip: Path) -> None:
    pty, terminal = os.openpty()
    words = [sys.executable, "-m", "live_style", "video", str(clip), "out.mp4", "-s", "neon", *SMALL]
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=terminal, timeout=60)
        shown = os.read(pty, 100_000).decode()
    finally:
        os.close(terminal)
        os.close(pty)
    assert (done.returncode, done.stdout) == (0, b"")
    assert "100%" in shown and " fps" in shown


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_length() -> None:
    peaks = []
    # After so many pictures the heap has reached its size: what comes later is growth.
    for count in (400, 1000):
        write_clip(Path(f"{count}.mp4"), moving(count), regular(count))
        script = ("import sys, pathlib; from live_style.cli import main; status = main(sys.argv[1:]);"
                  "lines = pathlib.Path('/proc/self/status').read_text().splitlines();"
                  "print(next(line for line in lines if 'VmHWM' in line).split()[1]); sys.exit(status)")
        words = ["video", f"{count}.mp4", f"out{count}.mp4", "-s", "neon", *SMALL]
        done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        peaks.append(int(done.stdout))
    assert peaks[1] < 1.05 * peaks[0] + 2000, peaks
