"""Films by the hundred, as cameras, phones, broadcasters and editors write them; each tells what is right about it."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from live_style.frame import Image
from live_style.frame import Size
from tests.support.light import coded

CORNERS = ((200, 40, 40), (40, 170, 60), (50, 70, 200), (220, 200, 90))
"""From the left to the right, the upper ones first: no turn and no mirror leaves them where they were."""
PLACINGS = ((1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0), (-1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0),
            (0, -1, -1, 0))
"""Display matrices: a point at (x, y) goes to (ax + cy, bx + dy)."""
SIZES: tuple[Size, ...] = ((96, 64), (160, 96), (128, 96), (64, 96), (98, 66))
RATES = ("24", "25", "30000/1001", "50", "24000/1001", "60")
_FIXED = MappingProxyType({"h261": (176, 144), "h263": (176, 144), "dvvideo": (720, 576), "dnxhd": (256, 128),
                           "roqvideo": (128, 64), "svq1": (128, 96), "rv10": (96, 64), "rv20": (160, 96)})
_ALL_PIXELS = ("yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le")
_MORE = {
    "libx264": ("-preset", "ultrafast", "-qp", "6"), "libx264rgb": ("-preset", "ultrafast", "-qp", "0"),
    "libx265": ("-preset", "ultrafast", "-x265-params", "log-level=none:qp=8"),
    "libsvtav1": ("-preset", "12", "-qp", "10"), "libaom-av1": ("-cpu-used", "8", "-crf", "10"),
    "libvpx": ("-crf", "4", "-b:v", "2M", "-auto-alt-ref", "0"),
    "libvpx-vp9": ("-crf", "4", "-b:v", "0", "-cpu-used", "8"), "libtheora": ("-q:v", "10"),
    "dnxhd": ("-profile:v", "dnxhr_hqx"), "cinepak": ("-strip_number_adaptivity", "1")}
_QUALITY = ("-q:v", "2")
_LOSSLESS = {
    "ffv1", "huffyuv", "ffvhuff", "utvideo", "rawvideo", "png", "qtrle", "gif", "apng", "zmbv", "magicyuv", "v210",
    "r210", "wrapped_avframe", "dvvideo", "svq1", "cinepak", "msvideo1", "roqvideo", "flashsv", "prores_ks"}
"""Codecs that know no quality."""
_STANDARD = {"mpeg1video", "mpeg2video", "dvvideo", "h261", "roqvideo"}
"""Codecs that know only certain rates."""
_TONES = {"aac": 44100, "libmp3lame": 44100, "mp2": 48000, "ac3": 48000, "pcm_s16le": 48000, "pcm_s24le": 48000,
          "pcm_s16be": 44100, "flac": 48000, "libopus": 48000, "libvorbis": 44100, "wmav2": 44100, "wmav1": 44100,
          "adpcm_ms": 22050, "adpcm_ima_wav": 22050, "pcm_alaw": 8000, "pcm_mulaw": 8000, "pcm_u8": 22050,
          "alac": 44100, "adpcm_swf": 22050, "nellymoser": 22050, "eac3": 48000, "pcm_f32le": 48000, "tta": 44100,
          "wavpack": 44100, "pcm_bluray": 48000, "pcm_dvd": 48000, "libtwolame": 48000, "adpcm_ima_qt": 44100,
          "dca": 48000, "truehd": 48000, "s302m": 48000, "roq_dpcm": 22050, "libspeex": 16000}


class Kind(NamedTuple):
    """A container with a video codec."""

    ending: str
    codec: str
    pixels: tuple[str, ...] = ("yuv420p",)
    sounds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    timed: bool = True
    """Whether each picture has a time of its own."""
    off: float = 12.0
    """Levels that a colour may be off, as far as the codec keeps colours."""


_MP4 = ("aac", "libmp3lame", "ac3", "alac", "eac3", "libopus", "flac")
_MKV = ("aac", "ac3", "flac", "libopus", "libvorbis", "libmp3lame", "pcm_s16le", "pcm_f32le", "tta", "wavpack", "dca",
        "truehd", "mp2", "eac3")
_MOV = ("aac", "pcm_s16be", "pcm_s24le", "alac", "adpcm_ima_qt", "pcm_alaw", "libmp3lame", "ac3")
_AVI = ("libmp3lame", "pcm_s16le", "adpcm_ms", "adpcm_ima_wav", "pcm_alaw", "pcm_mulaw", "pcm_u8", "ac3", "wmav2")
_TS = ("aac", "mp2", "ac3", "libmp3lame", "eac3", "dca", "s302m", "libopus")
_ASF = ("wmav1", "wmav2", "libmp3lame")
_WEBM = ("libopus", "libvorbis")
KINDS: tuple[Kind, ...] = (
    Kind(".mp4", "libx264", _ALL_PIXELS, _MP4, ("mov_text",)),
    Kind(".mp4", "libx265", ("yuv420p", "yuv420p10le"), _MP4, ("mov_text",)),
    Kind(".mp4", "libsvtav1", ("yuv420p", "yuv420p10le"), _MP4),
    Kind(".mp4", "mpeg4", ("yuv420p",), _MP4),
    Kind(".mp4", "libvpx-vp9", ("yuv420p",), _MP4),
    Kind(".m4v", "libx264", ("yuv420p",), ("aac",)),
    Kind(".mp4", "mjpeg", ("yuvj420p", "yuvj422p"), _MP4),
    Kind(".mp4", "libx264", ("yuvj420p",), _MP4),
    Kind(".mov", "libx264", _ALL_PIXELS, _MOV, ("mov_text",)),
    Kind(".mov", "libx265", ("yuv420p10le",), _MOV),
    Kind(".mov", "prores_ks", ("yuv422p10le", "yuv444p10le", "yuva444p10le"), _MOV),
    Kind(".mov", "mjpeg", ("yuvj420p", "yuvj422p"), _MOV),
    Kind(".mov", "qtrle", ("rgb24", "argb"), _MOV),
    Kind(".mov", "png", ("rgb24", "rgba", "rgb48be"), _MOV),
    Kind(".mov", "dnxhd", ("yuv422p10le",), _MOV, off=16.0),
    Kind(".mov", "rawvideo", ("uyvy422", "rgb24", "yuv420p"), _MOV),
    Kind(".mov", "v210", ("yuv422p10le",), _MOV),
    Kind(".mov", "dvvideo", ("yuv420p",), ("pcm_s16le",)),
    Kind(".mov", "svq1", ("yuv410p",), _MOV, off=30.0),
    Kind(".mov", "mpeg4", ("yuv420p",), _MOV),
    Kind(".mov", "r210", ("gbrp10le",), _MOV),
    Kind(".3gp", "h263", ("yuv420p",), ("aac",), off=16.0),
    Kind(".3gp", "mpeg4", ("yuv420p",), ("aac",)),
    Kind(".3gp", "libx264", ("yuv420p",), ("aac",)),
    Kind(".3g2", "mpeg4", ("yuv420p",), ("aac",)),
    Kind(".mkv", "libx264", (*_ALL_PIXELS, "yuvj420p", "gray"), _MKV, ("srt", "ass", "webvtt")),
    Kind(".mkv", "libx265", ("yuv420p", "yuv420p10le", "yuv444p"), _MKV, ("srt", "ass")),
    Kind(".mkv", "ffv1", ("yuv420p", "yuv444p10le", "gbrp10le", "bgr0", "gray", "gray16le", "yuva420p", "yuv410p",
         "yuv422p16le", "bgra"), _MKV, ("srt",)),
    Kind(".mkv", "huffyuv", ("yuv422p", "rgb24", "bgra"), _MKV),
    Kind(".mkv", "utvideo", ("gbrp", "gbrap", "yuv422p"), _MKV),
    Kind(".mkv", "mpeg2video", ("yuv420p", "yuv422p"), _MKV),
    Kind(".mkv", "libtheora", ("yuv420p", "yuv444p"), _MKV),
    Kind(".mkv", "rawvideo", ("yuv420p", "rgb24"), _MKV),
    Kind(".mkv", "libvpx", ("yuv420p",), _MKV),
    Kind(".mkv", "libx264rgb", ("rgb24",), _MKV),
    Kind(".mkv", "snow", ("yuv420p",), _MKV),
    Kind(".mkv", "mjpeg", ("yuvj420p", "yuvj444p"), _MKV),
    Kind(".mkv", "mpeg4", ("yuv420p",), _MKV),
    Kind(".webm", "libvpx", ("yuv420p", "yuva420p"), _WEBM, ("webvtt",)),
    Kind(".webm", "libvpx-vp9", ("yuv420p", "yuva420p", "yuv444p", "gbrp", "yuv420p10le"), _WEBM),
    Kind(".webm", "libaom-av1", ("yuv420p", "yuv420p10le"), _WEBM),
    Kind(".avi", "mpeg4", ("yuv420p",), _AVI),
    Kind(".avi", "mjpeg", ("yuvj420p", "yuvj422p"), _AVI),
    Kind(".avi", "huffyuv", ("yuv422p", "rgb24"), _AVI),
    Kind(".avi", "ffvhuff", ("yuv420p", "yuv444p"), _AVI),
    Kind(".avi", "rawvideo", ("bgr24", "yuyv422", "yuv420p"), _AVI),
    Kind(".avi", "msmpeg4v2", ("yuv420p",), _AVI),
    Kind(".avi", "wmv1", ("yuv420p",), _AVI),
    Kind(".avi", "cinepak", ("rgb24",), _AVI, off=40.0),
    Kind(".avi", "zmbv", ("bgr0", "rgb565le"), _AVI),
    Kind(".avi", "utvideo", ("yuv420p", "gbrp"), _AVI),
    Kind(".avi", "magicyuv", ("gbrp", "yuv444p"), _AVI),
    Kind(".avi", "msvideo1", ("rgb555le",), _AVI, off=16.0),
    Kind(".avi", "libx264", ("yuv420p",), ("libmp3lame",)),
    Kind(".avi", "dvvideo", ("yuv420p",), ("pcm_s16le",)),
    Kind(".avi", "libxvid", ("yuv420p",), _AVI),
    Kind(".ts", "libx264", ("yuv420p",), _TS),
    Kind(".ts", "libx265", ("yuv420p", "yuv420p10le"), _TS),
    Kind(".ts", "mpeg2video", ("yuv420p",), _TS),
    Kind(".m2ts", "libx264", ("yuv420p",), ("ac3", "pcm_bluray")),
    Kind(".mts", "libx264", ("yuv420p",), ("ac3",)),
    Kind(".mpg", "mpeg1video", ("yuv420p",), ("mp2",)),
    Kind(".mpg", "mpeg2video", ("yuv420p",), ("mp2", "ac3")),
    Kind(".vob", "mpeg2video", ("yuv420p",), ("ac3", "mp2", "pcm_dvd")),
    Kind(".flv", "flv1", ("yuv420p",), ("libmp3lame", "adpcm_swf", "nellymoser")),
    Kind(".flv", "libx264", ("yuv420p",), ("aac", "libmp3lame")),
    Kind(".f4v", "libx264", ("yuv420p",), ("aac",)),
    Kind(".flv", "flashsv", ("bgr24",), ("libmp3lame",)),
    Kind(".wmv", "wmv1", ("yuv420p",), _ASF),
    Kind(".wmv", "wmv2", ("yuv420p",), _ASF),
    Kind(".asf", "msmpeg4", ("yuv420p",), _ASF),
    Kind(".ogv", "libtheora", ("yuv420p", "yuv444p"), ("libvorbis", "flac", "libopus")),
    Kind(".mxf", "mpeg2video", ("yuv420p", "yuv422p"), ("pcm_s16le", "pcm_s24le")),
    Kind(".mxf", "dnxhd", ("yuv422p10le",), ("pcm_s16le",), off=16.0),
    Kind(".mxf", "libx264", ("yuv420p",), ("pcm_s16le",)),
    Kind(".nut", "ffv1", ("yuv420p", "gbrp"), ("pcm_s16le", "libvorbis", "flac")),
    Kind(".rm", "rv10", ("yuv420p",), ("ac3",), off=16.0),
    Kind(".rm", "rv20", ("yuv420p",), ("ac3",), off=16.0),
    Kind(".dv", "dvvideo", ("yuv420p",), ("pcm_s16le",)),
    Kind(".roq", "roqvideo", ("yuvj444p",), ("roq_dpcm",), timed=False, off=40.0),
    Kind(".gif", "gif", ("rgb8",), off=40.0),
    Kind(".apng", "apng", ("rgb24", "rgba")),
    Kind(".y4m", "wrapped_avframe", ("yuv420p", "yuv444p")),
    Kind(".ivf", "libvpx-vp9", ("yuv420p",)),
    Kind(".h264", "libx264", ("yuv420p",), timed=False),
    Kind(".hevc", "libx265", ("yuv420p",), timed=False),
    Kind(".m2v", "mpeg2video", ("yuv420p",), timed=False),
    Kind(".mjpeg", "mjpeg", ("yuvj420p",), timed=False),
    Kind(".obu", "libaom-av1", ("yuv420p",), timed=False),
    Kind(".ismv", "libx264", ("yuv420p",), ("aac",)),
    Kind(".swf", "flv1", ("yuv420p",), ("libmp3lame",), timed=False),
    Kind(".wtv", "mpeg2video", ("yuv420p",), ("mp2", "ac3")),
)
_SEVERAL = {".mp4", ".mov", ".mkv", ".avi", ".ts"}
_TURNS = {".mp4", ".mov", ".m4v", ".3gp", ".3g2", ".f4v"}
_UNEVEN = {".mp4", ".mov", ".mkv", ".m4v"}
_DEEP = {"libx265", "libx264", "libvpx-vp9", "libsvtav1", "libaom-av1", "ffv1", "prores_ks"}
_MATRIX = {"bt709": ("bt709", "bt709", "bt709"), "smpte170m": ("smpte170m", "smpte170m", "smpte170m"),
           "bt2020": ("bt2020nc", "bt2020", "bt2020-10"), "pq": ("bt2020nc", "bt2020", "smpte2084"),
           "hlg": ("bt2020nc", "bt2020", "arib-std-b67"), "p3": ("bt709", "smpte432", "bt709")}
"""Matrix, primaries and transfer, as ffmpeg names them."""
_WIDE = ("bt2020", "pq", "hlg", "p3")


class Media(NamedTuple):
    """A film that is to be made, and what is right about it."""

    number: int
    kind: Kind
    pixels: str
    size: Size
    rate: Fraction
    pictures: int
    placing: tuple[int, int, int, int] = PLACINGS[0]
    aspect: Fraction = Fraction(1)
    colors: str = ""
    full: bool = False
    uneven: bool = False
    interlaced: bool = False
    sounds: tuple[str, ...] = ()
    words: str = ""
    second: bool = False
    attached: bool = False
    late: float = 0.0
    """Seconds at which its times begin."""
    out: str = ".mp4"

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.number:03}{self.kind.ending}"

    @property
    def timed(self) -> bool:
        """Whether each picture has the time that it was given; AVI puts them off where its sound begins earlier."""
        return self.kind.timed and not (self.sounds and self.kind.ending == ".avi")

    @property
    def alpha(self) -> bool:
        """Whether a corner of it is transparent."""
        kept = self.pixels.startswith("yuva") or self.pixels in ("argb", "rgba", "bgra", "gbrap")
        return kept and self.colors not in _WIDE

    @property
    def width(self) -> int:
        """Of the painted film: pixels are square, and sides even."""
        return (self.size[1] if self.placing[0] == 0 else round(self.size[0] * self.aspect)) // 2 * 2

    @property
    def height(self) -> int:
        """Of the painted film."""
        return (round(self.size[0] * self.aspect) if self.placing[0] == 0 else self.size[1]) // 2 * 2

    def times(self) -> npt.NDArray[np.float64]:
        """When its pictures are shown, after the first."""
        numbers = np.arange(self.pictures)
        times: npt.NDArray[np.float64] = (numbers + 0.4 * (numbers % 2) * self.uneven) / float(self.rate)
        return times

    def told(self) -> str:
        """What it is, in a line."""
        return ", ".join(f"{key} {value}" for key, value in self._asdict().items()
                         if key != "kind" and value not in ("", (), False, 0.0, PLACINGS[0])) + f", {self.kind[:2]}"

    def seen(self) -> list[Image]:
        """Its pictures as they are to be seen, on white."""
        found = []
        for number in range(self.pictures):
            image = picture(number, self.size, self.alpha)
            image = np.where(image[..., 3:] == 0, np.uint8(255), image[..., :3])
            if self.pixels.startswith("gray"):
                image = np.repeat((image @ (0.299, 0.587, 0.114)).round().astype(np.uint8)[..., np.newaxis], 3, 2)
            found.append(self._upright(image))
        return found

    def _upright(self, image: Image) -> Image:
        a, b, c, d = self.placing
        if a == 0:
            image = image.swapaxes(0, 1)
        image = image[:, ::-1] if a + c < 0 else image
        return image[::-1] if b + d < 0 else image


def media(number: int) -> Media:
    """One of them; the same at each call."""
    chance = random.Random(number)
    kind = KINDS[number % len(KINDS)]
    pixels = chance.choice(kind.pixels)
    fixed = _FIXED.get(kind.codec)
    rates = ("25",) if kind.codec == "dvvideo" else ("30",) if kind.codec == "roqvideo" else \
        ("30000/1001",) if kind.codec == "h261" else \
        RATES if kind.codec in _STANDARD or kind.ending in (".mxf", ".gif", ".wtv") else (*RATES, "12", "15", "240")
    made = Media(number, kind, pixels, fixed or chance.choice(SIZES), Fraction(chance.choice(rates)),
                 chance.randint(3, 9), out=chance.choice((".mp4", ".mkv", ".mov")),
                 aspect=Fraction(16, 15) if kind.ending == ".dv" else Fraction(1))

    def seldom(share: float) -> bool:
        return chance.random() < share

    if kind.ending in _TURNS and seldom(0.5):
        made = made._replace(placing=chance.choice(PLACINGS[1:]))
    if kind.ending in _UNEVEN and kind.codec not in ("dvvideo", "dnxhd") and seldom(0.25):
        made = made._replace(uneven=True)
    if kind.ending in (".mp4", ".mkv", ".mov", ".ts") and not fixed and kind.codec != "mpeg2video" and seldom(0.2):
        made = made._replace(aspect=chance.choice((Fraction(4, 3), Fraction(16, 11), Fraction(1, 2))))
    if kind.codec in ("libx264", "mpeg2video") and seldom(0.15):
        made = made._replace(interlaced=True)
    made = made._replace(**_coloured(chance, made))  # type: ignore[arg-type]
    if kind.sounds and seldom(0.75):
        more = 1 + (len(kind.sounds) > 1 and kind.ending in _SEVERAL and seldom(0.25))
        made = made._replace(sounds=tuple(chance.sample(kind.sounds, more)))
    if kind.words and seldom(0.5):
        made = made._replace(words=chance.choice(kind.words))
    if kind.ending in (".mp4", ".mkv", ".mov", ".avi", ".ts"):
        made = made._replace(second=seldom(0.12))
    if kind.ending == ".mkv":
        made = made._replace(attached=seldom(0.2))
    if kind.ending in (".ts", ".mkv", ".mp4", ".mpg") and seldom(0.2):
        made = made._replace(late=chance.choice((0.5, 3.0, 95000.0 if kind.ending == ".ts" else 10.0)))
    return made


def _coloured(chance: random.Random, made: Media) -> dict[str, object]:
    kind, pixels = made.kind, made.pixels
    if kind.codec == "dnxhd":  # it has no word for those who say nothing
        return {"colors": "bt709"}
    if kind.ending not in (".mp4", ".mkv", ".mov") or not pixels.startswith("yuv") or pixels.startswith("yuvj"):
        return {}
    known = ["", "", "bt709", "smpte170m"]
    if kind.codec in _DEEP and "10" in pixels:
        known += _WIDE
    full = kind.codec in ("libx264", "libx265", "ffv1") and chance.random() < 0.2
    return {"colors": chance.choice(known), "full": full}


def picture(number: int, size: Size, alpha: bool) -> npt.NDArray[np.uint8]:
    """RGBA: four colours, one of which may be transparent, and between them a grey that tells the picture's number."""
    width, height = size
    image = np.full((height, width, 4), 255, np.uint8)
    for place, color in enumerate(CORNERS):
        rows = slice(0, height // 2) if place < 2 else slice(height // 2, height)
        columns = slice(0, width // 2) if place % 2 == 0 else slice(width // 2, width)
        image[rows, columns, :3] = color
    if alpha:
        image[height // 2:, width // 2:, 3] = 0
    image[height // 4:3 * height // 4, width // 4:3 * width // 4] = (*[30 + 24 * number] * 3, 255)
    return image


def make(made: Media, folder: Path) -> Path:
    """Write it with the ffmpeg program; raises CalledProcessError where that cannot."""
    path = folder / made.name
    pictures = np.stack([picture(n, made.size, made.alpha) for n in range(made.pictures)])
    layout, data = "rgba", pictures.tobytes()
    if made.colors in _WIDE:
        layout, data = "rgb48le", coded(pictures[..., :3], made.colors).tobytes()
    words = ["-f", "rawvideo", "-pix_fmt", layout, "-s", "{}x{}".format(*made.size), "-r", str(made.rate), "-i", "-"]
    maps = ["-map", "0:v"]
    for number, codec in enumerate(made.sounds):
        words += ["-f", "lavfi", "-i", f"sine={440 + 220 * number}:d=1:r={_TONES[codec]},aformat=channel_layouts="
                  f"{'mono' if codec in _MONO else 'stereo'}"]
        maps += ["-map", f"{number + 1}:a"]
    count = 1 + len(made.sounds)
    if made.words:
        (folder / "words.srt").write_text("1\n00:00:00,050 --> 00:00:00,900\nHello\n", encoding="utf-8")
        words += ["-i", str(folder / "words.srt")]
        maps += ["-map", f"{count}:s"]
    if made.second:
        maps += ["-map", "0:v"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *words, *maps, *_encoding(made, folder), str(path)], input=data,
                   check=True, capture_output=True, timeout=60)
    if made.placing != PLACINGS[0]:
        path.write_bytes(_placed(path.read_bytes(), made.placing))
    return path


_MONO = {"nellymoser", "adpcm_swf", "libspeex"}


def _encoding(made: Media, folder: Path) -> list[str]:
    codec = made.kind.codec
    words = ["-c:v", codec, "-pix_fmt", made.pixels, *_MORE.get(codec, () if codec in _LOSSLESS else _QUALITY)]
    scale = ["flags=accurate_rnd+full_chroma_int+bicubic"]
    if made.colors:
        matrix, primaries, transfer = _MATRIX[made.colors]
        scale.append(f"out_color_matrix={'bt2020' if matrix == 'bt2020nc' else matrix}")
        words += ["-colorspace", matrix, "-color_primaries", primaries, "-color_trc", transfer]
    if made.colors or made.full:
        scale.append(f"out_range={'pc' if made.full else 'tv'}")
        words += ["-color_range", "pc" if made.full else "tv"]
    filters = [f"scale={':'.join(scale)}", f"setsar={made.aspect.numerator}/{made.aspect.denominator}"]
    if made.uneven:
        filters.append(f"settb=1/9600,setpts=(N+0.4*mod(N\\,2))/({made.rate})/TB")
        words += ["-vsync", "passthrough", "-enc_time_base", "1/9600"]
    if codec == "gif":
        filters.append("split[a][b];[a]palettegen=max_colors=32:stats_mode=full[p];[b][p]paletteuse=dither=none")
        words[2:4] = []
    if made.interlaced:
        words += ["-flags", "+ilme+ildct", *(("-x264opts", "tff=1") if codec == "libx264" else ("-top", "1"))]
        filters.append("setfield=tff")
    words += ["-vf", ",".join(filters)]
    for number, sound in enumerate(made.sounds):
        words += [f"-c:a:{number}", sound]
    if made.words:
        words += ["-c:s", made.words]
    if made.attached:
        (folder / "font.ttf").write_bytes(b"a font" * 100)
        words += ["-attach", str(folder / "font.ttf"), "-metadata:s:t", "mimetype=font/ttf"]
    if made.late:
        words += ["-output_ts_offset", str(made.late)]
    if made.kind.ending in (".mts", ".m2ts"):
        words += ["-f", "mpegts", "-mpegts_m2ts_mode", "1"]
    return [*words, *_FORMATS.get(made.kind.ending, ()), "-strict", "-2"]


_FORMATS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    ".h264": ("-f", "h264"), ".hevc": ("-f", "hevc"), ".mjpeg": ("-f", "mjpeg"), ".f4v": ("-f", "f4v"),
    ".apng": ("-f", "apng", "-plays", "0")})


def _placed(data: bytes, placing: tuple[int, int, int, int]) -> bytes:
    """The file with another display matrix of its pictures."""
    a, b, c, d = placing
    matrix = b"".join((value << 16 if place % 3 < 2 else value << 30).to_bytes(4, "big", signed=True)
                      for place, value in enumerate((a, b, 0, c, d, 0, 0, 0, 1)))
    whole = bytearray(data)
    at = data.find(b"tkhd")
    while at >= 0:
        if any(data[at + 80:at + 84]):  # a width
            whole[at + 44:at + 80] = matrix
        at = data.find(b"tkhd", at + 4)
    return bytes(whole)
