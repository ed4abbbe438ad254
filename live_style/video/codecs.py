"""Encoders for videos, at a quality that keeps every brush stroke."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

import av
import numpy as np
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange
from av.video.reformatter import Colorspace

from live_style.errors import SinkError
from live_style.frame import Image
from live_style.frame import Size
from live_style.video.input import DecodedPicture
from live_style.video.input import reason
from live_style.video.wide_gamut import light_of


class Codec(NamedTuple):
    """An encoder of libav, with its options."""

    encoder: str
    options: Mapping[str, str]
    pixels: str = "yuv420p"


# Pictures are encoded in the order in which they are shown: with it every file plays to its last picture, however its
# writing ended, and holds its right length. On a painted 1280x720 film pictures out of order (B) save 8 % of the bytes.
# x264 fast: 16.3 Mbit/s, 41.4 dB, 57 ms of CPU a frame; veryfast shows 1 dB less in 20 ms, medium as much in 75 ms.
# mbtree (41.8 dB) writes other bits at each run, but --resume needs the same ones; without it x264 need
# not look ahead, so that one picture is lost when the machine dies.
_X264 = {"preset": "fast", "crf": "16", "bf": "0", "mbtree": "0", "rc-lookahead": "0"}
# 13.3 Mbit/s, 42.0 dB, 133 ms. Pools and threads are fixed, because they change the bits.
_X265 = {"preset": "fast", "crf": "19",
         "x265-params": "log-level=none:bframes=0:rc-lookahead=12:pools=4:frame-threads=2:open-gop=0:scenecut=0"}
# Low delay: 13.5 Mbit/s, 41.2 dB, 38 ms; with its usual 60 pictures of delay 10.4 Mbit/s, 40.9 dB.
_SVT = {"preset": "8", "crf": "25", "svtav1-params": "lookahead=0:pred-struct=1"}
_NVENC = {"preset": "p5", "rc": "vbr", "cq": "19", "bf": "0", "forced-idr": "1"}
_QSV = {"global_quality": "19", "bf": "0"}
_AMF = {"rc": "cqp", "qp_i": "18", "qp_p": "20", "bf": "0"}
_APPLE = {"flags": "+qscale", "global_quality": str(70 * 118), "bf": "0"}

CODECS: Mapping[str, Codec] = MappingProxyType({
    "h264": Codec("libx264", _X264),
    "hevc": Codec("libx265", _X265),
    "av1": Codec("libsvtav1", _SVT),
    "prores": Codec("prores_ks", {"profile": "hq", "vendor": "apl0"}, "yuv422p10le"),
    "h264_nvenc": Codec("h264_nvenc", _NVENC),
    "hevc_nvenc": Codec("hevc_nvenc", _NVENC),
    "av1_nvenc": Codec("av1_nvenc", _NVENC),
    "h264_videotoolbox": Codec("h264_videotoolbox", _APPLE),
    "hevc_videotoolbox": Codec("hevc_videotoolbox", _APPLE),
    "h264_qsv": Codec("h264_qsv", _QSV, "nv12"),
    "hevc_qsv": Codec("hevc_qsv", _QSV, "nv12"),
    "h264_amf": Codec("h264_amf", _AMF),
    "hevc_amf": Codec("hevc_amf", _AMF),
})
"""By the name that `--codec` takes. Those with an underscore run on a graphics card."""
THREADS = 4
"""Threads of every encoder on every computer: x264 writes other bits with another number."""

_RGB, _UNTOLD = 0, 2
_MATRICES = {1: Colorspace.ITU709, 5: Colorspace.ITU601, 6: Colorspace.ITU601, 7: Colorspace.SMPTE240M,
             9: Colorspace.BT2020}


class Colors(NamedTuple):
    """How the numbers in a video mean colours, as numbered in ITU-T H.273."""

    matrix: int = 1
    range: int = 1
    primaries: int = 1
    transfer: int = 1

    @classmethod
    def of(cls, picture: DecodedPicture) -> Colors:
        """Those of a picture as it is painted; BT.709 where it has none that a video can have, or wider ones."""
        frame = picture.frame
        if frame.colorspace == _RGB or frame.format.is_rgb or light_of(frame) is not None:
            return cls()
        matrix = frame.colorspace
        if matrix == _UNTOLD:
            matrix = 1 if picture.matrix == Colorspace.ITU709 else 6
        full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
        return cls(matrix if matrix in _MATRICES else 1, 2 if full else 1, frame.color_primaries, frame.color_trc)

    def encoded(self, image: Image, pixels: str) -> av.VideoFrame:
        """An RGB picture in these colours."""
        frame = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(image), "rgb24")
        return frame.reformat(format=pixels, dst_colorspace=_MATRICES[self.matrix],
                              dst_color_range=ColorRange.JPEG if self.range == 2 else ColorRange.MPEG)


class Shape(NamedTuple):
    """The properties of a video that an encoder needs."""

    size: Size
    """Both sides are even."""
    rate: Fraction
    """Pictures a second, on average."""
    tick: Fraction
    """Seconds: the unit of its times."""
    colors: Colors


def describe(context: VideoCodecContext, shape: Shape, pixels: str) -> None:
    """Set these properties on an encoder that is not open yet."""
    context.width, context.height = shape.size
    context.pix_fmt = pixels
    context.time_base, context.framerate = shape.tick, shape.rate
    context.color_range, context.colorspace = shape.colors.range, shape.colors.matrix
    context.color_primaries, context.color_trc = shape.colors.primaries, shape.colors.transfer
    context.thread_count = THREADS
    context.gop_size = 100_000  # pieces are encoded by one encoder each
    context.flags |= int(Flags.global_header) | int(Flags.frame_duration)


def open_encoder(name: str, shape: Shape) -> VideoCodecContext:
    """A new encoder, ready for the first picture; raises SinkError with a cure if it does not work here."""
    codec = CODECS[name]
    cure = "Omit --codec: H.264 works everywhere." if name != "h264" else "Reinstall PyAV from PyPI."
    if codec.encoder not in av.codecs_available:
        raise SinkError(f"this installation of PyAV has no encoder {codec.encoder}", cure)
    context = av.CodecContext.create(codec.encoder, "w")
    assert isinstance(context, VideoCodecContext)
    try:
        describe(context, shape, codec.pixels)
        context.options = dict(codec.options)
        context.open()
    except (av.FFmpegError, OSError, ValueError) as e:
        width, height = shape.size
        card = ", or its graphics card and driver are missing" if "_" in name else ""
        raise SinkError(f"the encoder {codec.encoder} refuses {width}x{height}{card} ({reason(e)})", cure) from e
    return context
