"""Films of every kind, made by the hundred: each is painted right, or refused with a cause and a cure that works."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pillow
from PIL import ImageOps

from live_style import cli
from live_style.frame import Image
from tests.support.films import ffmpeg
from tests.support.films import need_ffmpeg
from tests.support.films import sounds_of
from tests.support.films import timed_frames_of
from tests.support.media import Media
from tests.support.media import make
from tests.support.media import media
from tests.support.media import picture

SAMPLE, ALL = range(0, 300, 100), range(300)
PLAIN = ("--model", "fast", "--stroke", "64", "--strength", "0", "-s", "neon")
PLACES = ((0.12, 0.12), (0.12, 0.88), (0.88, 0.12), (0.88, 0.88), (0.5, 0.5))
"""Down and across: the four corners, and the grey that tells the picture's number."""
REFUSED = {"uses an unknown video codec\n  Save it as H.264 in the program that made it.":
           lambda made: made._replace(kind=made.kind._replace(codec="libx264"), pixels="yuv420p")}
"""What may be refused: cause and cure, and how the cure is followed."""


def looks(image: Image, place: tuple[float, float]) -> npt.NDArray[np.float64]:
    """The colour at a place, the mean of 5 by 5 pixels."""
    y, x = int(place[0] * image.shape[0]), int(place[1] * image.shape[1])
    return np.asarray(image[y - 2:y + 3, x - 2:x + 3].reshape(-1, 3).mean(0), float)


def wrong_pictures(made: Media, film: Path) -> list[str]:
    """What is wrong with number, size, place, colours and times of a film's pictures."""
    times, shown = timed_frames_of(film)
    wanted = made.seen()
    if len(shown) != len(wanted):
        return [f"{len(shown)} of {len(wanted)} pictures"]
    found = []
    if shown[0].shape != (made.height, made.width, 3):
        found.append(f"{shown[0].shape}, not {made.height} by {made.width}")
    for number, (one, right) in enumerate(zip(shown, wanted, strict=True)):
        # A picture of two fields is restored from its neighbours, which have another grey.
        for place in PLACES[:4] if made.interlaced else PLACES:
            if np.abs(looks(one, place) - looks(right, place)).max() > made.kind.off:
                found.append(f"picture {number} is {looks(one, place).round()} at {place}, not {looks(right, place)}")
    if made.timed and np.abs(times - made.times()).max() > 0.012:
        found.append(f"pictures at {times.round(3)}, not at {made.times().round(3)}")
    return found[:3]


def wrong_tracks(made: Media, source: Path, film: Path, said: str) -> list[str]:
    """What is wrong with a film's sound, subtitles and other tracks, and was not reported."""
    found = []
    before, after = sounds_of(source), sounds_of(film)
    if "the sound" not in said or " left out" not in said:
        if len(before) != len(after):
            found.append(f"{len(after)} of {len(before)} sounds")
        found += [f"the sound is {b}, not {a}" for a, b in zip(before, after, strict=False)
                  if abs(a.begins - b.begins) > 0.06 or abs(a.lasts - b.lasts) > 0.09 or abs(a.pitch - b.pitch) > 12.0]
    with av.open(str(film)) as container:
        if made.words and len(container.streams.subtitles) != 1 and "the subtitles" not in said:
            found.append("no subtitles")
    if made.second and "others are left out" not in said:
        found.append("nothing told of a second video")
    if made.attached and made.out != ".mkv" and "attachments are left out" not in said:
        found.append("nothing told of an attachment")
    return found


def tried(made: Media, folder: Path, capsys: pytest.CaptureFixture[str], again: bool = True) -> str:
    """Make and paint it: "painted", "refused", "not made" by this ffmpeg program, or what is wrong."""
    film = folder / f"out{made.out}"
    try:
        source = make(made, folder)
    except subprocess.CalledProcessError:
        return "not made"
    status = cli.main(["video", str(source), str(film), *PLAIN, "--overwrite"])
    said = capsys.readouterr().err
    if status == 0:
        wrong = wrong_pictures(made, film) + wrong_tracks(made, source, film, said)
        return "; ".join([*wrong, made.told(), said]) if wrong else "painted"
    cured = next((cure(made) for cause, cure in REFUSED.items() if said.endswith(cause + "\n")), None)
    if cured is None or not again or tried(cured, folder, capsys, again=False) != "painted":
        return f"{made.told()}: {said}"
    return "refused"


def check(numbers: range, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    need_ffmpeg()
    found = [tried(media(number), folder, capsys) for number in numbers]
    wrong = [what for what in found if what not in ("painted", "refused", "not made")]
    assert not wrong, "\n".join(wrong)
    assert found.count("painted") >= 0.95 * (len(found) - found.count("not made")) > 0.7 * len(found)


def test_some_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(SAMPLE, tmp_path, capsys)


@pytest.mark.long
def test_all_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(ALL, tmp_path, capsys)


@pytest.mark.parametrize(("how", "name"), [(1, "e.avi"), (6, "e.mov"), (8, "e.mkv"), (2, "e.mjpeg")])
def test_jpeg_pictures_with_a_camera_s_notes(how: int, name: str, tmp_path: Path) -> None:
    need_ffmpeg()
    notes = Pillow.Exif()
    notes[0x010F], notes[0x0112] = "a camera", how  # its maker, and how it was held
    pictures = tmp_path / "pictures.mjpeg"
    with pictures.open("wb") as file:
        for number in range(3):
            jpeg = io.BytesIO()
            shot = Pillow.fromarray(picture(number, (96, 64), False)[..., :3])
            shot.save(jpeg, "JPEG", exif=notes, quality=95)
            file.write(jpeg.getvalue())
    source = tmp_path / name
    subprocess.run(["ffmpeg", "-v", "error", "-f", "mjpeg", "-i", pictures, "-c", "copy", source], check=True)
    assert cli.main(["video", str(source), str(tmp_path / "out.mp4"), *PLAIN]) == 0
    upright = np.asarray(ImageOps.exif_transpose(Pillow.open(jpeg)))
    shown = timed_frames_of(tmp_path / "out.mp4")[1]
    assert len(shown) == 3 and shown[0].shape == upright.shape
    for place in PLACES[:4]:
        assert looks(shown[0], place) == pytest.approx(looks(upright, place), abs=8.0)


@pytest.mark.parametrize("name", ["moving.avif", "second.mp4"])
def test_of_several_videos_that_is_painted_which_players_show(name: str, tmp_path: Path) -> None:
    red, moving = ("-f", "lavfi", "-i", "color=red:s=64x64:d=0.2"), ("-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=0.2")
    source, out = tmp_path / name, tmp_path / "out.mp4"
    if name.endswith("avif"):  # it also holds a still
        ffmpeg(*moving, "-c:v", "libaom-av1", "-cpu-used", "8", str(source))
    else:
        ffmpeg(*red, *moving, "-map", "0", "-map", "1", "-c:v", "libx264", "-disposition:v:0", "0", "-disposition:v:1",
               "default", str(source))
    assert cli.main(["video", str(source), str(out), *PLAIN]) == 0
    shown = timed_frames_of(out)[1]
    assert len(shown) == 5 and shown[0].shape == (64, 96, 3)


def test_a_format_that_ends_with_an_error_is_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.gxf"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=720x576:r=25:d=0.2", "-c:v", "dvvideo", "-pix_fmt", "yuv420p", str(source))
    assert cli.main(["video", str(source), str(tmp_path / "out.mp4"), *PLAIN]) == 0
    assert "ends early" not in capsys.readouterr().err
