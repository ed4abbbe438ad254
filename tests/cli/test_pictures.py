"""Pictures of a film as people see them: upright, whole, in their colours, from files of every kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from live_style import cli
from live_style.frame import Image
from live_style.imaging.read import read_picture
from live_style.sources.video import VideoSource
from tests.support.films import ffmpeg
from tests.support.films import frames_of
from tests.support.films import write_film
from tests.support.networks import picture

PLAIN = ("--model", "fast", "--stroke", "64", "--strength", "0", "-s", "neon")


@pytest.fixture(autouse=True)
def mixer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def video(source: str, out: str) -> Image:
    """The first picture of a film that is not painted."""
    assert cli.main(["video", source, out, *PLAIN]) == 0
    return frames_of(Path(out))[0]


def live(source: str) -> Image:
    """The first picture of a show."""
    clip = VideoSource(source)
    clip.open()
    try:
        return clip.read().image
    finally:
        clip.close()


def corners() -> Image:
    """Red, green, blue and white quarters."""
    image = np.zeros((64, 96, 3), np.uint8)
    image[:32, :48], image[:32, 48:], image[32:, :48], image[32:] = (255, 0, 0), (0, 255, 0), (0, 0, 255), image[32:]
    image[32:, 48:] = 255
    return image


def with_matrix(source: str, out: str, matrix: tuple[int, int, int, int]) -> None:
    """An MP4 whose track header says how its pictures lie: 16.16 numbers a, b, c, d of it."""
    data = bytearray(Path(source).read_bytes())
    place = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (np.array(value * 65536, ">i4").tobytes() for value in matrix)
    nothing = bytes(4)
    data[place:place + 36] = a + b + nothing + c + d + nothing + bytes(8) + np.array(1 << 30, ">i4").tobytes()
    Path(out).write_bytes(data)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("matrix", [(1, 0, 0, 1), (-1, 0, 0, 1), (1, 0, 0, -1), (-1, 0, 0, -1),
                                    (0, 1, 1, 0), (0, 1, -1, 0), (0, -1, 1, 0), (0, -1, -1, 0)])
def test_every_way_in_which_a_picture_may_lie(matrix: tuple[int, int, int, int]) -> None:
    write_film(Path("plain.mp4"), [corners()] * 3)
    with_matrix("plain.mp4", "in.mp4", matrix)
    a, b, c, d = matrix
    wanted = corners()
    if b or c:
        wanted = np.transpose(wanted, (1, 0, 2))
    wanted = wanted[:, ::-1] if a < 0 or c < 0 else wanted
    wanted = wanted[::-1] if d < 0 or b < 0 else wanted
    for shown in (video("in.mp4", "out.mp4"), live("in.mp4")):
        assert shown.shape == wanted.shape
        assert np.abs(shown.astype(int) - wanted).mean() < 8.0


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("codec", "pixels", "source"), [
    ("qtrle", "argb", "in.mov"), ("png", "rgba", "in.mov"), ("prores_ks", "yuva444p10le", "in.mov"),
    ("ffv1", "yuva420p", "in.mkv"), ("apng", "rgba", "in.apng"), ("utvideo", "gbrap", "in.avi"),
    ("libvpx-vp9", "yuva420p", "in.webm"), ("libvpx", "yuva420p", "in.webm")])
def test_transparent_films_are_as_transparent_photographs(codec: str, pixels: str, source: str) -> None:
    """Quarters of red: nothing of the first is seen, half of the second, all of the others."""
    image = np.zeros((64, 96, 4), np.uint8)
    image[..., 0], image[..., 3] = 250, 255
    image[:32, :48] = 0
    image[:32, 48:, 3] = 128
    Pillow.fromarray(image).save("layers.png")
    ffmpeg("-loop", "1", "-t", "0.2", "-i", "layers.png", "-c:v", codec, "-pix_fmt", pixels,
           *(("-auto-alt-ref", "0") if "vpx" in codec else ()), source)
    for strength in ("0", "1"):
        words = ("--model", "fast", "--stroke", "64", "--strength", strength, "-s", "neon", "--overwrite")
        assert cli.main(["image", "layers.png", "-o", "right.jpg", *words]) == 0
        assert cli.main(["video", source, "out.mp4", *words]) == 0
        right, shown = read_picture("right.jpg").astype(int), frames_of(Path("out.mp4"))[0]
        for rows, columns in ((slice(4, 28), slice(4, 44)), (slice(4, 28), slice(52, 92)), (slice(36, 60), slice(92))):
            assert np.abs(shown[rows, columns].astype(int) - right[rows, columns]).mean() < 6.0
        assert shown[4:28, 4:44].min() > 248
    assert np.abs(live(source)[16, 70].astype(int) - (252, 127, 127)).max() < 8


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ["2024-03-05T10:23:45.mp4", "concat:a.mp4", "pipe:1.mkv", "a%03d.mp4", "data:,x.mp4",
                                  "http:x.mp4", "a|b.mp4", "subfile,,start,0,end,9,,:a.mp4", "-a'b\\\"c.mp4"])
def test_a_path_is_a_path(name: str) -> None:
    write_film(Path("plain.mp4"), [corners()] * 3)
    try:
        Path("plain.mp4").rename(name)
    except OSError:
        pytest.skip("this system knows no such names")
    with_dots = f"./{name}" if name.startswith("-") else name
    shown = live(with_dots)
    assert video(with_dots, "./out:" + name).shape == shown.shape == (64, 96, 3)


def test_a_playlist_of_pieces_that_lie_beside_it() -> None:
    write_film(Path("plain.mp4"), [corners()] * 60)
    ffmpeg("-i", "plain.mp4", "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_list_size", "0", "in.m3u8")
    video("in.m3u8", "out.mp4")
    assert len(frames_of(Path("out.mp4"))) == 60


def combed(shown: list[Image]) -> int:
    """Pictures in which lines differ from their neighbours more than from those beyond."""
    count = 0
    for image in shown:
        grey = image.astype(np.float32).mean(2)
        near, far = np.abs(grey[1:-1] - grey[2:]).mean(), np.abs(grey[:-2] - grey[2:]).mean()
        count += bool(near > 1.1 * far)
    return count


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("codec", "order", "source"), [
    (("mpeg2video", "-flags", "+ildct+ilme"), "tff", "in.ts"),
    (("mpeg2video", "-flags", "+ildct+ilme"), "bff", "in.vob"),
    (("libx264", "-flags", "+ildct+ilme", "-bf", "0"), "tff", "in.mp4"),
    (("prores_ks", "-flags", "+ildct"), "tff", "in.mov"), (("dvvideo", "-s", "720x576"), "bff", "in.avi")])
def test_interlaced_films_have_no_combs(codec: tuple[str, ...], order: str, source: str) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=720x576:r=50:d=0.4,scroll=h=0.04", "-vf",
           f"interlace=scan={order},setfield={order}", "-c:v", *codec,
           "-pix_fmt", "yuv422p10le" if codec[0] == "prores_ks" else "yuv420p", source)
    assert cli.main(["video", source, "out.mp4", *PLAIN]) == 0
    shown = frames_of(Path("out.mp4"))
    assert len(shown) == len(frames_of(Path(source))) and combed(shown) <= 1  # the last one has no next
    assert combed(frames_of(Path(source))) > 5
    assert combed([live(source)]) == 0


def test_whole_films_are_not_touched() -> None:
    rows = np.zeros((64, 96, 3), np.uint8)
    rows[::2] = 200
    write_film(Path("in.mkv"), [rows] * 5)
    assert np.abs(video("in.mkv", "out.mkv").astype(int) - rows).mean() < 12


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("name", "cure"), [
    ("moves.gif", "Use `live-style video` to paint all of them."),
    ("moves.png", "Use `live-style video` to paint all of them."),
    ("moves.webp", "save them as GIF, APNG or MP4"), ("pages.tiff", "save them as GIF, APNG or MP4")])
def test_of_several_pictures_in_a_file_the_first_is_painted_and_told(name: str, cure: str,
                                                                     capsys: pytest.CaptureFixture[str]) -> None:
    pictures = [Pillow.fromarray(picture((96, 64), number)) for number in range(5)]
    pictures[0].save(name, save_all=True, append_images=pictures[1:], duration=100)
    assert cli.main(["image", name, "-o", "out.png", *PLAIN]) == 0
    said = capsys.readouterr().err
    assert said.startswith(f"live-style: {name} contains several pictures: only the first is painted\n  ")
    assert cure in said
    if name.startswith("moves"):
        if cure.startswith("save them"):
            assert cli.main(["video", name, "out.mp4", *PLAIN]) == 2
            assert "`live-style image` paints its first picture. If animated, save it as" in capsys.readouterr().err
            pictures[0].save("saved.gif", save_all=True, append_images=pictures[1:], duration=100)
            name = "saved.gif"
        assert cli.main(["video", name, "out.mp4", *PLAIN]) == 0
        assert len(frames_of(Path("out.mp4"))) == 5


def test_a_single_picture_is_told_nothing_of(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("still.gif", "still.png", "still.webp", "still.tiff", "still.jpg"):
        Pillow.fromarray(picture((96, 64), 3)).save(name)
        assert cli.main(["image", name, "-o", f"painted-{name}.png", *PLAIN]) == 0
        assert capsys.readouterr().err == ""
