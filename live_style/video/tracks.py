"""Tracks: copies sound, subtitles and attachments to the output, or converts them if the format needs that."""

from __future__ import annotations

import io
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any
from typing import NamedTuple
from typing import Protocol
from typing import TypeAlias

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.container import OutputContainer
from av.packet import Packet as AnyPacket
from av.stream import Disposition
from av.stream import Stream
from av.subtitles.codeccontext import SubtitleCodecContext

from live_style.video.input import open_container
from live_style.video.input import video_of
from live_style.video.muxer import PROBLEMS

Packet: TypeAlias = "AnyPacket[Any]"
_SAMPLES, _SEARCHED = 4, 3000
"""Packets of each stream with which it is tried, and packets of the file among which they are looked for."""
_GAP = 0.1
"""Seconds that sound may be away from where it should be: less is a rounding of the file's, more is silence."""
_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
_NAMES = {"aac": "AAC", "pcm_s16le": "PCM", "pcm_s24le": "PCM", "mov_text": "mov_text", "subrip": "SubRip"}


class TrackWriter(Protocol):
    """One track of a film that is being written."""

    @property
    def stream(self) -> Stream:
        """Where it goes."""

    def feed(self, packet: Packet) -> Sequence[Packet]:
        """What a packet of the original becomes."""

    def end(self) -> Sequence[Packet]:
        """What is left."""


Maker: TypeAlias = "Callable[[OutputContainer, Any], TrackWriter]"


class Track(NamedTuple):
    """How a stream of the input is written."""

    make: Maker | None
    """None: it is left out."""
    told: str
    """A note for the user; empty if it is copied."""


class CopiedTrack:
    """A stream as it is."""

    def __init__(self, container: OutputContainer, original: Stream) -> None:
        self.stream = container.add_stream_from_template(original)
        self._strict = container.format.name != "matroska"
        self._last: int | None = None
        self._step = 0
        self._unheard: Packet | None = None

    def feed(self, packet: Packet) -> Sequence[Packet]:
        """The packet itself. In MP4 none may begin with another, and the last one is not heard if it takes no time.

        Of what an edit list of MP4 leaves out at the beginning, other formats keep the last one: decoders need it.
        """
        if packet.is_discard and not self._strict:
            self._unheard = packet
            return []
        unheard, self._unheard = self._unheard, None
        return [self._timed(one) for one in (unheard, packet) if one is not None]

    def _timed(self, packet: Packet) -> Packet:
        packet.stream = self.stream
        if self._strict and packet.dts is not None:
            late = 0 if self._last is None else max(0, self._last + 1 - packet.dts)
            packet.dts += late
            packet.pts = None if packet.pts is None else packet.pts + late
            self._step = packet.dts - self._last if self._last is not None else 0
            self._last = packet.dts
            packet.duration = packet.duration or self._step
        return packet

    def end(self) -> Sequence[Packet]:
        """Nothing is held back."""
        return []


class UnwrappedAac(CopiedTrack):
    """AAC of a broadcast, where each packet has a header (ADTS): here the file has it once."""

    def __init__(self, container: OutputContainer, original: Stream) -> None:
        super().__init__(container, original)
        self._filter = BitStreamFilterContext("aac_adtstoasc", original)

    def feed(self, packet: Packet) -> Sequence[Packet]:
        """The packet without its head."""
        packets: list[Packet] = list(self._filter.filter(packet))
        for one in packets:
            one.stream = self.stream
        return packets


class EncodedSound:
    """Sound, decoded and encoded again; it has no holes."""

    def __init__(self, codec: str, plain: bool, container: OutputContainer, original: AudioStream) -> None:
        rate = original.codec_context.sample_rate or 48000
        self._rate = rate if rate in _RATES and not plain else 48000
        self._original = original
        stream = container.add_stream(codec, rate=self._rate)
        assert isinstance(stream, AudioStream)
        self.stream: AudioStream = stream
        context = stream.codec_context
        context.layout = "stereo" if plain else _layout(original)
        if codec == "aac":
            context.bit_rate = 96_000 * max(1, context.layout.nb_channels)
        self._resampler: AudioResampler | None = None
        self._shape: tuple[str, str, int] | None = None
        self._at: int | None = None
        self._heard = Fraction(0)

    def feed(self, packet: Packet) -> Sequence[Packet]:
        """What it sounds like; what cannot be decoded is silence."""
        try:
            frames = self._original.codec_context.decode(packet)
        except av.FFmpegError:
            return []
        return [out for frame in frames for out in self._encoded(frame)]

    def end(self) -> Sequence[Packet]:
        """What the codecs held back."""
        packets = [out for frame in _rest(self._original) for out in self._encoded(frame)]
        packets += self._resampled(None)
        return [*packets, *self.stream.encode(None)] if self._at is not None else []

    def _encoded(self, frame: AudioFrame) -> list[Packet]:
        at = frame.pts * frame.time_base if frame.pts is not None and frame.time_base else None
        if self._at is None:
            self._heard = at or Fraction(0)
            self._at = round(self._heard * self._rate)
        packets: list[Packet] = []
        if at is not None and at - self._heard > _GAP:
            packets += self._silence(at - self._heard)
            self._heard = at
        self._heard += Fraction(frame.samples, frame.sample_rate)
        shape = frame.format.name, frame.layout.name, frame.sample_rate
        if shape != self._shape:
            packets += self._resampled(None)
            context = self.stream.codec_context
            self._resampler, self._shape = AudioResampler(context.format, context.layout, self._rate), shape
        frame.pts = None
        return packets + self._resampled(frame)

    def _resampled(self, frame: AudioFrame | None) -> list[Packet]:
        if self._resampler is None:
            return []
        return [out for one in self._resampler.resample(frame) for out in self._written(one)]

    def _silence(self, seconds: Fraction) -> list[Packet]:
        packets, left = list[Packet](), round(seconds * self._rate)
        context = self.stream.codec_context
        while left > 0:
            frame = AudioFrame(context.format.name, context.layout.name, min(left, self._rate))
            frame.sample_rate = self._rate
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            left -= frame.samples
            packets += self._written(frame)
        return packets

    def _written(self, frame: AudioFrame) -> list[Packet]:
        assert self._at is not None
        frame.pts, frame.time_base = self._at, Fraction(1, self._rate)
        self._at += frame.samples
        return list(self.stream.encode(frame))


class ConvertedSubtitles:
    """Subtitles of one kind of text, as another kind of text."""

    def __init__(self, codec: str, container: OutputContainer, original: Stream) -> None:
        assert isinstance(original.codec_context, SubtitleCodecContext)
        self._from = original.codec_context
        self._from.open(strict=False)
        self.stream: Stream = container.add_stream(codec)
        assert isinstance(self.stream.codec_context, SubtitleCodecContext)
        self._to = self.stream.codec_context
        self._to.subtitle_header = self._from.subtitle_header

    def feed(self, packet: Packet) -> Sequence[Packet]:
        """The same words at the same time."""
        try:
            words = self._from.decode2(packet)
        except av.FFmpegError:
            return []
        if not words:
            return []
        out: Packet = self._to.encode_subtitle(words)
        out.stream = self.stream
        out.pts, out.dts, out.duration, out.time_base = packet.pts, packet.dts, packet.duration, packet.time_base
        return [out]

    def end(self) -> Sequence[Packet]:
        """Nothing is held back."""
        return []


def fitted(path: Path, suffix: str, format: str, options: Mapping[str, str]) -> dict[int, Track]:
    """How to write each stream of a file except its pictures to a video of a format; each way is tested first."""
    with open_container(str(path), path.name) as container:
        video = video_of(container, path.name)
        others = [stream for stream in container.streams if stream.type in ("audio", "subtitle", "attachment")]
        samples: dict[int, list[Packet]] = {stream.index: [] for stream in others}
        wanted = [stream for stream in others if stream.type != "attachment"]
        try:
            for number, packet in enumerate(container.demux(wanted) if wanted else ()):
                if packet.size:
                    samples[packet.stream.index].append(packet)
                if number > _SEARCHED or all(len(samples[stream.index]) >= _SAMPLES for stream in wanted):
                    break
        except av.FFmpegError:
            pass  # missing parts are reported when everything was read
        tracks = {stream.index: _track(stream, samples[stream.index][:_SAMPLES], suffix, format, options)
                  for stream in others}
        rest = [stream for stream in container.streams if stream.index not in tracks and stream is not video]
        return tracks | {stream.index: Track(None, _told_of(stream)) for stream in rest}


def _told_of(rest: Stream) -> str:
    """A line about what no film takes, whatever its format."""
    if rest.type != "video":
        return f"data other than pictures, sound or subtitles ({rest.type}) is left out"
    if rest.disposition & Disposition.attached_pic or rest.frames == 1:
        return "the cover is left out"
    return "one video in the file is painted; others are left out"


def _track(original: Stream, samples: Sequence[Packet], suffix: str, format: str, options: Mapping[str, str]) -> Track:
    codec = original.codec_context.name if original.codec_context else "of an unknown kind"
    one, as_it_is = ("the sound", "it as it is") if original.type == "audio" else ("the subtitles", "them as they are")
    what = f"{one} ({codec}) {'is' if original.type == 'audio' else 'are'}"
    for name, make in _ways(original, codec, format):
        if _works(make, original, samples, format, options):
            told = f"{what} converted to {name}: a {suffix} file does not support {as_it_is}"
            return Track(make, told if name else "")
    if original.type == "attachment":
        return Track(None, "attachments are left out: only .mkv files keep them")
    keeps = format != "matroska" and any(
        _works(make, original, samples, "matroska", {}) for _, make in _ways(original, codec, "matroska"))
    cure = f"; an .mkv file keeps {as_it_is.split()[0]}"
    return Track(None, f"{what} left out: a {suffix} file does not support that kind{cure if keeps else ''}")


def _ways(original: Stream, codec: str, format: str) -> Iterable[tuple[str, Maker]]:
    """What a stream may become, the best first, with its name where it is not copied."""
    if original.type == "attachment":
        return [("", CopiedTrack)] if format == "matroska" else []
    context = original.codec_context
    if context is None:  # PyAV has none for a codec that it cannot decode, whatever its types say
        return []
    if original.type == "subtitle":
        new = "subrip" if format == "matroska" else "mov_text"
        return [("", CopiedTrack), (_NAMES[new], partial(ConvertedSubtitles, new))]
    plain = codec == "aac" and not context.extradata
    ways: list[tuple[str, Maker]] = [("", UnwrappedAac if plain else CopiedTrack)]
    if codec.startswith("pcm_") and format == "mp4":
        ways = []  # libav writes it, but many players cannot play it, and some play 24 bits as 16: noise
    elif codec.startswith("pcm_"):
        deep = isinstance(original, AudioStream) and original.format.bytes > 2
        new = "pcm_s24le" if deep else "pcm_s16le"
        ways.append((_NAMES[new], partial(EncodedSound, new, False)))
    return [*ways, ("AAC", partial(EncodedSound, "aac", False)), ("AAC", partial(EncodedSound, "aac", True))]


def _works(make: Maker, original: Stream, samples: Sequence[Packet], format: str, options: Mapping[str, str]) -> bool:
    """Whether a film of that format takes the first packets of a stream, made like that."""
    try:
        with av.open(io.BytesIO(), "w", format=format, options=dict(options)) as container:
            track = make(container, original)
            container.start_encoding()
            for packet in map(_copy, samples):
                for out in track.feed(packet):
                    container.mux_one(out)
            for out in track.end():
                container.mux_one(out)
    except PROBLEMS:
        return False
    finally:
        if isinstance(original, AudioStream) and original.codec_context:  # PyAV has none for an unknown codec
            original.codec_context.flush_buffers()
    return True


def _copy(packet: Packet) -> Packet:
    copy: Packet = AnyPacket(bytes(packet))
    copy.stream = packet.stream
    copy.pts, copy.dts, copy.duration, copy.time_base = packet.pts, packet.dts, packet.duration, packet.time_base
    copy.is_keyframe = packet.is_keyframe
    return copy


def _layout(stream: AudioStream) -> str:
    """Where its channels are heard; AVI and WAV often tell only how many there are."""
    layout = stream.codec_context.layout
    usual = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
    return usual.get(layout.nb_channels, "stereo") if "channels" in layout.name else layout.name


def _rest(stream: AudioStream) -> list[AudioFrame]:
    try:
        return stream.codec_context.decode(None)
    except av.FFmpegError:
        return []
