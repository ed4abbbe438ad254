"""`live-style image`, as its users type it."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pillow
from PIL import ImageCms
from PIL import ImageOps

from live_style import cli
from live_style import load_stylizer
from live_style import mix_styles
from live_style import read_picture
from live_style.frame import Image
from live_style.imaging.read import read_photo
from live_style.imaging.write import read_facts
from live_style.offline.photo import STROKE
from tests.support.networks import picture

PHOTO = picture((240, 160), 4)


@pytest.fixture(autouse=True)
def mixer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with one photograph."""
    monkeypatch.chdir(tmp_path)
    Pillow.fromarray(PHOTO).save("photo.png")
    return tmp_path


def image(*words: object) -> int:
    """Run the command with the quickest network."""
    return cli.main(["image", *map(str, words), "--model", "fast"])


def api(photo: Image, *parts: tuple[str, float], strength: float = 1.0, stroke: int = STROKE) -> Image:
    """What Python's users get."""
    stylizer = load_stylizer("fast", stroke)
    return stylizer.paint(photo, mix_styles([(stylizer.style(style), weight) for style, weight in parts], strength))


def two_lines(capsys: pytest.CaptureFixture[str]) -> str:
    """The cause, when cause and cure are all that was said."""
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == "" and len(lines) == 2, err
    assert lines[0].startswith("live-style: ") and lines[1].startswith("  ") and "bug" not in lines[0], err
    assert "Traceback" not in err and "0x" not in err
    return lines[0].removeprefix("live-style: ")


def test_the_commands_picture_is_pythons(capsys: pytest.CaptureFixture[str]) -> None:
    assert image("photo.png", "-s", "Water Lilies", "-o", "painted.png") == 0
    assert np.array_equal(read_picture("painted.png"), api(PHOTO, ("Water Lilies", 1.0)))
    assert image("photo.png", "-s", "neon:0.75", "-s", "photo.png:0.25", "--strength", "0.6", "--stroke", "128",
                 "-o", "new/folder/mixed.png") == 0
    mixed = api(PHOTO, ("neon", 3.0), ("photo.png", 1.0), strength=0.6, stroke=128)
    assert np.array_equal(read_picture("new/folder/mixed.png"), mixed)
    assert capsys.readouterr() == ("", "")


def test_strength_0_is_the_photograph() -> None:
    for out in ("same.png", "same.jpg"):
        assert image("photo.png", "-s", "neon", "--strength", "0", "-o", out) == 0
    assert np.array_equal(read_picture("same.png"), PHOTO)
    assert np.abs(read_picture("same.jpg").astype(int) - PHOTO).mean() < 4.0


@pytest.mark.sampled(2)
@pytest.mark.parametrize("out", ["painted.png", "painted.jpg", "painted.JPEG", "painted.webp"])
def test_what_made_it_is_in_the_file(out: str) -> None:
    Pillow.fromarray(PHOTO).save("Öl auf Holz.png")
    old = "Tokugawa Iemitsu and Ii Naotaka in Nikkō:2"
    assert image("photo.png", "-s", old, "-s", "Öl auf Holz.png", "--strength", "0.85", "-o", out) == 0
    facts = read_facts(Path(out))
    assert facts.pop("Software").startswith("live-style ")
    assert facts == {"style": f"{old}, Öl auf Holz:1", "strength": "0.85", "preserve-color": "no",
                     "model": "fast", "stroke": "240"}
    with Pillow.open(out) as opened:
        assert opened.format == {".png": "PNG", ".webp": "WEBP"}.get(Path(out).suffix, "JPEG")
        assert opened.size == (240, 160)


def test_a_picture_of_another_program_has_no_facts() -> None:
    Pillow.fromarray(PHOTO).save("plain.jpg", comment=b"hello")
    assert read_facts(Path("plain.jpg")) == {}


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("words", "size", "stroke"), [
    (("--size", "original"), (240, 160), "240"),
    (("--size", "120"), (120, 80), "120"),
    (("--size", "400"), (400, 267), "400"),
    (("--size", "120", "--stroke", "200"), (120, 80), "200"),
    (("--stroke", "64"), (240, 160), "64"),
    (("--stroke", "2048"), (240, 160), "240"),
])
def test_sizes_and_strokes(words: tuple[str, ...], size: tuple[int, int], stroke: str) -> None:
    assert image("photo.png", "-s", "neon", "-o", "painted.png", *words) == 0
    with Pillow.open("painted.png") as opened:
        assert opened.size == size
    assert read_facts(Path("painted.png"))["stroke"] == stroke


def test_a_picture_that_was_held_upright() -> None:
    Pillow.fromarray(PHOTO).save("turned.png", exif=held(6))
    assert image("turned.png", "-s", "neon", "-o", "painted.jpg") == 0
    assert image("turned.png", "-s", "neon", "-o", "painted.png") == 0
    assert np.array_equal(read_picture("painted.png"), api(np.ascontiguousarray(np.rot90(PHOTO, -1)), ("neon", 1.0)))
    with Pillow.open("painted.jpg") as opened:
        assert opened.size == (160, 240) and 0x0112 not in opened.getexif()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("how", range(1, 9))
def test_a_picture_held_in_any_way_is_upright(how: int) -> None:
    Pillow.fromarray(PHOTO).save("turned.png", exif=held(how))
    with Pillow.open("turned.png") as opened:
        upright = np.asarray(ImageOps.exif_transpose(opened))
    assert np.array_equal(read_picture("turned.png"), upright)


def test_the_largest_photographs_are_read_without_a_word(recwarn: pytest.WarningsRecorder) -> None:
    Pillow.new("L", (11000, 9000), 200).save("large.png", compress_level=1)
    assert read_picture("large.png", 512).mean() == 200.0
    assert not recwarn.list


def test_transparency_is_kept_or_white() -> None:
    alpha = np.zeros((160, 240), np.uint8)
    alpha[40:120, 40:120], alpha[40:120, 120:200] = 255, 128
    hidden = np.where(alpha[..., np.newaxis] == 0, 0, PHOTO).astype(np.uint8)
    Pillow.fromarray(np.dstack([hidden, alpha])).save("cut.png")
    for out in ("painted.png", "painted.webp", "painted.jpg"):
        assert image("cut.png", "-s", "neon", "-o", out) == 0
    with Pillow.open("painted.png") as png, Pillow.open("painted.webp") as webp:
        kept = np.asarray(png)
        assert np.array_equal(kept[..., 3], alpha) and np.array_equal(np.asarray(webp)[..., 3], alpha)
    white = read_picture("painted.jpg")
    assert white[:32].min() > 245
    # Half seen over white: the mean of the strokes and the paper.
    expected = (kept[45:115, 125:195, :3].astype(int) + 255) / 2
    assert np.abs(white[45:115, 125:195] - expected).mean() < 4.0
    assert image("cut.png", "-s", "neon", "--size", "60", "--strength", "0", "-o", "small.png") == 0
    small = read_photo(Path("small.png"))
    assert small.alpha is not None and small.alpha.shape == (40, 60)
    # Nothing of what is hidden bleeds into what is seen.
    seen = small.alpha[12:28, 12:28] == 255
    assert np.abs(small.image[12:28, 12:28][seen].mean(0) - PHOTO[48:112, 48:112].mean((0, 1))).max() < 6.0


def swapped_profile(called: str = "Swapped screen") -> bytes:
    """An ICC profile of a screen whose red and green are exchanged; everything else is sRGB's, at gamma 2.2."""
    def fixed(*numbers: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(n * 65536)) for n in numbers)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    text = called.encode() + b"\0"
    tags = {b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + b"\0" * 79, b"cprt": b"text\0\0\0\0CC0\0",
            b"wtpt": fixed(0.9642, 1.0, 0.8249), b"rXYZ": fixed(0.3851, 0.7169, 0.0971),
            b"gXYZ": fixed(0.4361, 0.2225, 0.0139), b"bXYZ": fixed(0.1431, 0.0606, 0.7141),
            b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s12s4sIIIIQIiii", at + len(body), b"\0" * 4, 0x02400000, b"mntr", b"RGB ", b"XYZ ",
                       struct.pack(">6H", 2026, 1, 1, 0, 0, 0), b"acsp", 0, 0, 0, 0, 0, 0, 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


def test_colours_are_those_that_a_viewer_shows() -> None:
    red = Pillow.new("RGB", (64, 48), (230, 20, 20))
    red.save("green.png", icc_profile=swapped_profile())
    red.save("named.png", icc_profile=swapped_profile("sRGB IEC61966-2.1"))
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Pillow.fromarray(PHOTO).save("own.png", icc_profile=own)
    red.save("red.png", icc_profile=b"no profile at all")
    for name in ("green", "red", "named", "own"):
        assert image(f"{name}.png", "-s", "neon", "--strength", "0", "-o", f"{name}-out.png") == 0
    for name in ("green", "named"):
        assert np.abs(read_picture(f"{name}-out.png")[0, 0].astype(int) - (20, 230, 20)).max() < 12
    assert (read_picture("own-out.png") == PHOTO).all()
    assert tuple(read_picture("red-out.png")[0, 0]) == (230, 20, 20)
    with Pillow.open("green-out.png") as opened:
        assert "icc_profile" not in opened.info


def gif() -> None:
    frames = [Pillow.new("RGB", (48, 32), color) for color in ("red", "blue")]
    frames[0].save("odd", format="GIF", save_all=True, append_images=frames[1:], duration=100)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def deep() -> None:
    """A PNG of 16 bits in each of three channels, which Pillow does not write."""
    row = b"\0" + struct.pack(">3H", 16 * 257, 128 * 257, 240 * 257) * 48
    Path("odd").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 48, 32, 16, 2, 0, 0, 0))
                            + chunk(b"IDAT", zlib.compress(row * 32)) + chunk(b"IEND", b""))


def held(how: int) -> Pillow.Exif:
    exif = Pillow.Exif()
    exif[0x0112] = how
    return exif


GOOD: dict[str, tuple[Callable[[], object], tuple[int, int], tuple[int, int, int]]] = {
    "16 bits, grey": (lambda: Pillow.fromarray(np.full((32, 48), 32896, np.uint16)).save("odd", format="PNG"),
                      (48, 32), (128, 128, 128)),
    "CMYK": (lambda: Pillow.new("CMYK", (48, 32), (0, 255, 255, 0)).save("odd", format="JPEG"), (48, 32), (254, 0, 0)),
    "one pixel wide": (lambda: Pillow.new("RGB", (1, 200), (9, 99, 199)).save("odd", format="PNG"),
                       (1, 200), (9, 99, 199)),
    "one pixel": (lambda: Pillow.new("RGB", (1, 1), (9, 99, 199)).save("odd", format="PNG"), (1, 1), (9, 99, 199)),
    "black and white": (lambda: Pillow.new("1", (48, 32), 1).save("odd", format="PNG"), (48, 32), (255, 255, 255)),
    "palette": (lambda: Pillow.new("RGB", (48, 32), "lime").convert("P").save("odd", format="PNG"),
                (48, 32), (0, 255, 0)),
    "animated": (gif, (48, 32), (255, 0, 0)),
    "TIFF": (lambda: Pillow.new("RGB", (48, 32), "navy").save("odd", format="TIFF"), (48, 32), (0, 0, 128)),
    "16 bits, PGM": (lambda: Path("odd").write_bytes(b"P5 48 32 65535 " + b"\x80\x80" * 48 * 32),
                     (48, 32), (128, 128, 128)),
    "16 bits, colours": (deep, (48, 32), (16, 128, 240)),
    "CMYK with a wrong profile": (lambda: Pillow.new("CMYK", (48, 32), (0, 255, 255, 0)).save(
        "odd", format="JPEG", icc_profile=swapped_profile()), (48, 32), (254, 0, 0)),
    "EXIF nonsense": (lambda: Pillow.new("RGB", (48, 32), "grey").save(
        "odd", format="JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\1\x12" + b"\xff" * 40), (48, 32), (128, 128, 128)),
    "held in a ninth way": (lambda: Pillow.new("RGB", (48, 32), "teal").save("odd", format="PNG", exif=held(9)),
                            (48, 32), (0, 128, 128)),
}


@pytest.mark.sampled(6)
@pytest.mark.parametrize("kind", GOOD)
def test_unusual_pictures_are_right(kind: str) -> None:
    make, size, color = GOOD[kind]
    make()
    assert image("odd", "-s", "neon", "--strength", "0", "-o", "same.png") == 0
    same = read_picture("same.png")
    assert (same.shape[1], same.shape[0]) == size
    assert np.abs(same.reshape(-1, 3).astype(int) - color).max() <= 2
    assert image("odd", "-s", "neon", "-o", "painted.webp") == 0
    assert read_picture("painted.webp").shape == same.shape


def encoded(format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(PHOTO).save(buffer, format, **options)
    return buffer.getvalue()


def tiff(numbers: npt.NDArray[np.float32] | npt.NDArray[np.int32]) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(numbers).save(buffer, "TIFF")
    return buffer.getvalue()


BROKEN: dict[str, tuple[bytes | None, str]] = {
    "cut.jpg": (encoded("JPEG")[:3000], "cut.jpg cannot be read as a picture: image file is truncated"),
    "cut.png": (encoded("PNG")[:9000], "cut.png cannot be read as a picture: "),
    "cut.webp": (encoded("WEBP")[:900], "cut.webp cannot be read as a picture: "),
    "head.jpg": (encoded("JPEG")[:20], "head.jpg cannot be read as a picture: "),
    "head.png": (encoded("PNG")[:40], "head.png cannot be read as a picture: "),
    "empty.jpg": (b"", "empty.jpg cannot be read as a picture: it is not a picture, or its format is unknown"),
    "poem.jpg": (b"Roses are red\n" * 50, "poem.jpg cannot be read as a picture: it is not a picture"),
    "film.mp4": (b"\0\0\0\x18ftypmp42\0\0\0\0", "film.mp4 cannot be read as a picture: it is not a picture"),
    "zeros.png": (b"\0" * 5000, "zeros.png cannot be read as a picture: it is not a picture"),
    "bomb.png": (encoded("PNG")[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0))
                 + chunk(b"IDAT", b""), "bomb.png is too large: more than 178 megapixels"),
    "program.jpg": (encoded("EPS"), "program.jpg cannot be read as a picture: it is not a picture"),
    "flat.bmp": (encoded("BMP")[:200], "flat.bmp cannot be read as a picture: "),
    "half.gif": (encoded("GIF")[:800], "half.gif cannot be read as a picture: "),
    "half.tif": (encoded("TIFF")[:800], "half.tif cannot be read as a picture: "),
    "float.tif": (tiff(np.full((32, 48), 0.5, np.float32)), "float.tif has 32 bits a channel"),
    "int.tif": (tiff(np.full((32, 48), 7000, np.int32)), "int.tif has 32 bits a channel"),
    "gone.jpg": (None, "the picture gone.jpg does not exist"),
}


@pytest.mark.sampled(6)
@pytest.mark.parametrize("name", BROKEN)
def test_broken_pictures_are_told(name: str, mixer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, cause = BROKEN[name]
    if data is not None:
        Path(name).write_bytes(data)
    before = sorted(os.listdir())
    assert image(name, "-s", "neon", "-o", "painted.png") == 2
    assert two_lines(capsys).startswith(cause)
    assert sorted(os.listdir()) == before


@pytest.mark.sampled(10)
@pytest.mark.parametrize(("words", "cause"), [
    (("photo.png", "-s", "neon"), "Missing option '-o' / '--out'."),
    (("photo.png", "-o", "a.png"), "no style was given"),
    (("-s", "neon", "-o", "a.png"), "Missing argument 'CONTENT...'."),
    (("photo.png", "-s", "neom", "-o", "a.png"), 'no style matches "neom"'),
    (("photo.png", "-s", "neon:much", "-o", "a.png"), 'no style matches "neon:much"'),
    (("photo.png", "-s", "neon:-1", "-o", "a.png"), "-s neon:-1: -1 is not a weight"),
    (("photo.png", "-s", "neon:nan", "-o", "a.png"), "-s neon:nan: nan is not a weight"),
    (("photo.png", "-s", "neon:0", "-o", "a.png"), "the weights of all styles are 0"),
    (("photo.png", "-s", "n" * 300, "-o", "a.png"), 'no style matches "nnnn'),
    (("p" * 300, "-s", "neon", "-o", "a.png"), "pppp"),
    (("photo.png", "-s", "gone.jpg", "-o", "a.png"), "gone.jpg cannot be read"),
    (("photo.png", "-s", "empty", "-o", "a.png"), 'no style matches "empty"'),
    (("photo.png", "-s", "neon", "-o", "a.gif"), "pictures can be written as .jpg, .png or .webp, not as .gif: a.gif"),
    (("photo.png", "-s", "neon", "-o", "a"), "pictures can be written as .jpg, .png or .webp, but the name of OUT has"),
    (("photo.png", "-s", "neon", "-o", "."), ". is a folder"),
    (("photo.png", "-s", "neon", "-o", "photo.png"), "photo.png already exists"),
    (("photo.png", "-s", "neon", "-o", "photo.png/a.png"), "the picture photo.png/a.png cannot be written: "),
    (("photo.png", "-s", "neon", "-o", "a" * 300 + ".png"), "the picture aaaa"),
    (("photo.png", "-s", "neon", "-o", "a.png", "--strength", "2"), "--strength: '2' is out of range"),
    (("photo.png", "-s", "neon", "-o", "a.png", "--size", "huge"), "--size: huge is not a valid size"),
    (("photo.png", "-s", "neon", "-o", "a.png", "--size", "0"), "--size: 0 is not a valid size"),
    (("photo.png", "-s", "neon", "-o", "a.png", "--stroke", "9999"), "--stroke: 9999 is not a valid size"),
    (("photo.png", "photo.png", "-s", "neon", "-o", "a.png"), "several pictures cannot be written to one file, a.png"),
    (("photo.png", "photo.png", "-s", "neon", "-o", "photo.png"), "several pictures cannot be written to one file"),
    (("photo.png", "photo.png", "-s", "neon", "-o", "-"), "- can be used for one picture"),
    (("photo.png", "-", "-s", "neon", "-o", "out"), "- can be used for one picture"),
    (("photo.png", "--sheet", "--grid", "-s", "neon", "-o", "a.png"), "--sheet and --grid cannot be combined"),
    (("photo.png", "--sheet", "-s", "neon:0.5", "-o", "a.png"), "a sheet shows each style on its own"),
    (("photo.png", "photo.png", "--sheet", "-s", "neon", "-o", "a.png"), "--sheet shows one photograph only"),
    (("photo.png", "--sheet", "-s", "neon", "-o", "empty"), "empty is a folder"),
    (("photo.png", "--grid", "-s", "neon", "-o", "photo.png"), "photo.png already exists"),
    (("empty", "-s", "neon", "-o", "out"), "the folder empty contains no pictures"),
    (("https://u:pw@example.org/a.jpg", "-s", "neon", "-o", "a.png"), "https://example.org/a.jpg is an address, not"),
    (("photo.png", "-s", "neon", "-o", "https://example.org/a.png"), "https://example.org/a.png is an address, not"),
])
def test_slips_are_told_and_nothing_is_written(words: tuple[str, ...], cause: str,
                                               capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert image(*words) == 2
    assert two_lines(capsys).startswith(cause)
    assert sorted(os.listdir()) == ["empty", "photo.png"]


def test_missing_rights_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("locked").mkdir()
    Path("locked").chmod(0o500)
    Pillow.fromarray(PHOTO).save("secret.png")
    Path("secret.png").chmod(0)
    if os.access("secret.png", os.R_OK):
        pytest.skip("rights bind neither root nor Windows' owners")
    assert image("photo.png", "-s", "neon", "-o", "locked/a.png") == 2
    assert "Permission denied" in two_lines(capsys)
    assert image("secret.png", "-s", "neon", "-o", "a.png") == 2
    assert two_lines(capsys) == "secret.png cannot be read as a picture: Permission denied"


def test_overwriting_is_asked_for() -> None:
    before = Path("photo.png").read_bytes()
    assert image("photo.png", "-s", "neon", "-o", "photo.png") == 2
    assert Path("photo.png").read_bytes() == before
    assert image("photo.png", "-s", "neon", "-o", "photo.png", "--overwrite") == 0
    assert np.array_equal(read_picture("photo.png"), api(PHOTO, ("neon", 1.0)))


def test_a_folder_goes_into_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    Path("in").mkdir()
    for name, size in {"a.png": (90, 60), "b.JPG": (60, 90), "c.webp": (90, 60), "d.tif": (90, 60)}.items():
        Pillow.fromarray(picture(size)).save(f"in/{name}")
    Pillow.fromarray(picture((90, 60))).save("d.png")
    Path("in/words.txt").write_text("no picture")
    Path("in/poem.jpg").write_text("Roses are red")
    assert image("in", "d.png", "-s", "neon", "-o", "out") == 2
    out, err = capsys.readouterr()
    assert out == "5 paintings in out\n"
    assert err.splitlines()[-2].startswith("live-style: poem.jpg cannot be read as a picture")
    assert sorted(os.listdir("out")) == ["a.png", "b.JPG", "c.webp", "d-2.png", "d.png"]
    assert np.array_equal(read_picture("out/a.png"), api(picture((90, 60)), ("neon", 1.0)))
    before = Path("out/a.png").stat().st_mtime_ns
    assert image("in/a.png", "in/b.JPG", "-s", "tiger", "-o", "out") == 2
    assert capsys.readouterr().err.count("already exists") == 2
    assert Path("out/a.png").stat().st_mtime_ns == before
    assert image("in/a.png", "in/b.JPG", "-s", "tiger", "-o", "out", "--overwrite") == 0
    assert capsys.readouterr().out == "2 paintings in out\n"


def test_folders_take_what_files_take_and_pass_over_what_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    Path("in/album.jpg").mkdir(parents=True)
    kinds = ("a.jpg", "b.avif", "c.jp2", "d.tga", "e.PPM", "f.ico", "g.j2k", "h.pgm", "i.bmp", "j.gif", "k.jfif")
    taken = []
    for name in kinds:
        photo = Pillow.fromarray(PHOTO).resize((64, 48))
        try:
            (photo.convert("L") if name.endswith("pgm") else photo).save(
                f"in/{name}", **({"format": "JPEG"} if name.endswith("jfif") else {}))
        except (OSError, KeyError, ValueError):  # a Pillow without that codec
            Path(f"in/{name}").unlink(missing_ok=True)
            continue
        taken.append(name)
    for hidden in ("._a.jpg", ".b.jpg", ".DS_Store", "Thumbs.db"):
        Path(f"in/{hidden}").write_bytes(b"\0\5\x16\7Mac OS X")
    assert image("in", "-s", "neon", "-o", "out") == 0
    assert capsys.readouterr().out == f"{len(taken)} paintings in out\n" and len(os.listdir("out")) == len(taken) > 7
    assert image("in", "-s", "neon", "-o", "grid.png", "--grid") == 0


def test_a_style_picture_with_a_time_in_its_name() -> None:
    Pillow.fromarray(PHOTO).save("plain.png")
    try:
        Path("plain.png").rename("walk 10:30")
    except OSError:
        pytest.skip("this system knows no such names")
    assert image("photo.png", "-s", "walk 10:30", "-o", "a.png") == 0


def found_in(sheet: Image, cell: Image) -> bool:
    """Whether a picture hangs somewhere on a sheet, whole."""
    height, width = cell.shape[:2]
    rows, columns = np.nonzero((sheet[:-height, :-width] == cell[0, 0]).all(2))
    return any(np.array_equal(sheet[y:y + height, x:x + width], cell) for y, x in zip(rows, columns))


def test_a_sheet_shows_the_photograph_in_each_style() -> None:
    assert image("photo.png", "--sheet", "-s", "neon", "-s", "tiger", "-s", "photo.png", "-o", "sheet.png") == 0
    sheet = read_picture("sheet.png")
    for cell in (PHOTO, *(api(PHOTO, (style, 1.0)) for style in ("neon", "tiger", "photo.png"))):
        assert found_in(sheet, cell)
    assert 1.0 < sheet.shape[1] / sheet.shape[0] < 2.2
    assert read_facts(Path("sheet.png"))["style"] == "Neon, Tiger, photo"
    # Four names are written on the wall, two lines to a style with a known hand.
    dark = (sheet.max(2) < 90) & (sheet[0, 0].min() > 200)
    below = dark[15 + 160 + 4:15 + 160 + 20]
    assert below[:, 15:255].sum() > 50 and below[:, 270:510].sum() > 50


def test_a_sheet_of_all_styles_and_one_of_a_grain() -> None:
    Pillow.new("RGB", (1, 40), "teal").save("line.png")
    assert image("line.png", "--sheet", "-o", "all.webp") == 0
    assert read_facts(Path("all.webp"))["style"].startswith("Peasants, The Love Drink, ")
    assert image("photo.png", "--sheet", "-s", "neon", "--size", "60", "--stroke", "200", "-o", "small.png") == 0
    assert found_in(read_picture("small.png"), read_photo(Path("photo.png")).resized((60, 40)).image)


def test_a_grid_has_a_row_for_each_photograph_and_a_column_for_each_style(capsys: pytest.CaptureFixture[str]) -> None:
    Path("in").mkdir()
    photos = {"wide": picture((120, 60), 7), "high": picture((60, 120), 8)}
    for name, photo in photos.items():
        Pillow.fromarray(photo).save(f"in/{name}.png")
    assert image("in", "photo.png", "--grid", "-s", "neon", "-s", "tiger", "-o", "grid.png") == 0
    grid = read_picture("grid.png")
    for photo in (*photos.values(), PHOTO):
        for cell in (photo, api(photo, ("neon", 1.0)), api(photo, ("tiger", 1.0))):
            assert found_in(grid, cell)
    Path("in/poem.jpg").write_text("Roses are red")
    assert image("in", "--grid", "-s", "neon", "-o", "again.png") == 2
    assert capsys.readouterr().err.splitlines()[-2].startswith("live-style: poem.jpg cannot be read as a picture")
    assert not Path("again.png").exists()


def test_through_pipes() -> None:
    words = [sys.executable, "-m", "live_style", "image", "-", "-s", "neon", "-o", "-", "--model", "fast"]
    done = subprocess.run(words, input=encoded("JPEG", quality=95), capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    Path("photo.jpg").write_bytes(encoded("JPEG", quality=95))
    Path("piped.png").write_bytes(done.stdout)
    assert np.array_equal(read_picture("piped.png"), api(read_picture("photo.jpg"), ("neon", 1.0)))
    assert read_facts(Path("piped.png"))["style"] == "Neon:1"
    done = subprocess.run(words, input=b"Roses are red", capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"live-style: standard input cannot be read as a picture: it is not a picture")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pty")
def test_a_terminal_is_not_filled_with_bytes() -> None:
    pty, terminal = os.openpty()
    words = [sys.executable, "-m", "live_style", "image", "photo.png", "-s", "neon", "-o", "-", "--model", "fast"]
    try:
        done = subprocess.run(words, stdout=terminal, stderr=subprocess.PIPE, timeout=60)
    finally:
        os.close(terminal)
        os.close(pty)
    assert done.returncode == 2 and done.stderr.startswith(b"live-style: a terminal cannot show pictures")
