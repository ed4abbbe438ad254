"""`live-style video`: paints a video file."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import threading
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

from live_style import __version__
from live_style.cli.files import PIPE
from live_style.cli.files import check_free
from live_style.cli.files import check_name
from live_style.cli.options import LONGEST
from live_style.cli.options import MODEL
from live_style.cli.options import PLACE
from live_style.cli.options import PERSON
from live_style.cli.options import PROVIDER
from live_style.cli.options import ROOM
from live_style.cli.options import STYLES
from live_style.cli.options import Checked
from live_style.cli.options import MixPart
from live_style.cli.options import Pixels
from live_style.cli.options import part_look
from live_style.cli.options import told
from live_style.cli.output.terminal import film_bar
from live_style.control.cues import Cue
from live_style.control.cues import CueTimeline
from live_style.control.cues import TwoPlans
from live_style.control.cues import read_cues
from live_style.errors import LiveStyleError
from live_style.errors import SettingsError
from live_style.errors import SinkError
from live_style.frame import Size
from live_style.frame import size_text
from live_style.imaging.geometry import scaled_to
from live_style.inference.providers import Wanted as Provider
from live_style.look import REAL
from live_style.look import Look
from live_style.look import Part
from live_style.look import TwoLooks
from live_style.offline.photo import LARGEST
from live_style.offline.photo import SMALLEST
from live_style.offline.photo import STROKE
from live_style.offline.photo import PictureStylizer
from live_style.offline.photo import load_stylizer
from live_style.offline.resume import Checkpoint
from live_style.offline.resume import Checkpoints
from live_style.offline.video import VideoOptions
from live_style.offline.video import VideoStylizer
from live_style.settings import PartLook
from live_style.settings import RunSettings
from live_style.styles.library import mix_styles
from live_style.system.malloc import give_large_blocks_back
from live_style.system.signals import ending_signals
from live_style.video.codecs import CODECS
from live_style.video.codecs import Shape
from live_style.video.codecs import open_encoder
from live_style.video.file_reader import FileReader
from live_style.video.file_reader import clock
from live_style.video.file_writer import CONTAINERS
from live_style.video.tracks import Track
from live_style.video.tracks import fitted
from live_style.video.unfinished import Unfinished


class Flags(NamedTuple):
    """The options about the look, as typed."""

    parts: tuple[MixPart, ...]
    strength: float
    preserve_color: bool
    person: PartLook | None
    room: PartLook | None
    cues: Path | None
    size: int | None
    stroke: int | None
    smooth: float
    model: str | None
    codec: str


@click.command()
@click.argument("source", metavar="IN", type=PLACE)
@click.argument("out", type=PLACE)
@STYLES
@click.option("--strength", type=Checked("strength", "0..1"), metavar="0..1", default=1.0,
              help="Strength of the style: 0 is the video, 1 the full style.  [default: 1]")
@click.option("--preserve-color", is_flag=True, help="Keep the video's own colours.")
@PERSON
@ROOM
@click.option("--cues", type=PLACE, metavar="FILE", help='Cues with times: lines like "0:10 Water Lilies in 2s".')
@click.option("--size", type=Pixels(2, LONGEST, "original"), metavar="LONG|original", default="original",
              help="Longer side of the painting, in pixels.  [default: original]")
@click.option("--stroke", type=Pixels(SMALLEST, LARGEST), metavar="LONG",
              help=f"Longer side, in pixels, at which the network works; fewer pixels make larger brush strokes.  "
                   f"[default: the painting's, at most {STROKE}]")
@click.option("--smooth", type=Checked("smooth", "0..1"), metavar="0..1", default=RunSettings.smooth,
              help="How strongly to reduce flicker in still areas of the video; 0 turns it off.  "
                   f"[default: {RunSettings.smooth:g}]")
@MODEL
@PROVIDER
@click.option("--codec", type=click.Choice(list(CODECS)), metavar="CODEC", default="h264",
              help=f"Video codec: {', '.join(CODECS)}; those with _ need a graphics card.  [default: h264]")
@click.option("--resume", is_flag=True, help="Continue a video that was interrupted.")
@click.option("--overwrite", is_flag=True, help="Overwrite an existing video.")
def video(source: Path, out: Path, provider: Provider, resume: bool, overwrite: bool, **flags: object) -> int:
    """Paint every frame of a video, and keep its timing, sound and subtitles.

    OUT must end in .mp4, .mov or .mkv. Until it is finished, it stays in the folder OUT.live-style and can be played.
    """
    wanted = Flags(**flags)  # type: ignore[arg-type]
    if source == PIPE:
        raise SettingsError("a video cannot be read from standard input", "Save it to a file first.")
    check_name(out, f"Name the video: {out / 'painted.mp4'}", CONTAINERS, "videos can be written as .mp4, .mov or .mkv")
    unfinished = Unfinished(out)
    unfinished.check(source, wanted.cues)
    check_free(out, overwrite)
    cues = read_cues(wanted.cues) if wanted.cues else ()
    give_large_blocks_back()
    _check_styles(wanted, cues)
    with contextlib.closing(FileReader(source)) as reader, unfinished:
        _check_begun(unfinished, resume, overwrite)
        final, work = _sizes(reader.size, wanted.size, wanted.stroke)
        mark = open_encoder(wanted.codec, Shape(final, reader.rate, reader.tick, reader.colors)).extradata or b""
        tracks = _tracks(source, out)
        stylizer = load_stylizer(wanted.model, wanted.stroke or STROKE, provider)
        plan = _plan(stylizer, wanted, cues)
        settings = {"video": _digest_of(source), "encoder": _digest(mark), "size": "x".join(map(str, final)),
                    **_settings(stylizer, wanted, cues, plan)}
        checkpoints = Checkpoints(unfinished.state, settings)
        begin = _begin(unfinished, checkpoints, resume)
        facts = {"comment": f"painted by live-style {__version__}: {settings['style']}, {stylizer.model}"}
        options = VideoOptions(stylizer, plan, work, final, wanted.smooth, wanted.codec, tracks, facts)
        film = VideoStylizer(reader, options, unfinished, checkpoints)
        status = _run(film, begin, reader.seconds, unfinished)
        if status == 0:
            unfinished.deliver(overwrite)
            if reader.loss():
                click.echo(f"live-style: {reader.loss()}", err=True)
    return status


def _check_begun(unfinished: Unfinished, resume: bool, overwrite: bool) -> None:
    """Raises SinkError if the output exists and neither --overwrite nor --resume was given."""
    check_free(unfinished.out, overwrite)
    if unfinished.begun and not resume and not overwrite:
        raise SinkError(f"there is an unfinished video for {unfinished.out}: {unfinished.part}",
                        "--resume continues it; --overwrite starts again.")


def _check_styles(wanted: Flags, cues: Sequence[Cue]) -> None:
    parts, both = wanted.parts, wanted.person is not None and wanted.room is not None
    if both and (parts or any(cue.part is None for cue in cues)):
        raise SettingsError("with both --person and --room nothing is left for -s and --cues to paint",
                            "Omit --person or --room.")
    if not both and not parts and not any(cue.mix for cue in cues):
        raise SettingsError("no style was given", 'Name one: -s "Water Lilies"; `live-style styles list` shows all.')
    if parts and sum(part.weight for part in parts) <= 0.0:
        raise SettingsError("the weights of all styles are 0", 'Give one of them a weight: "Neon:0.5".')


def _sizes(shape: Size, size: int | None, stroke: int | None) -> tuple[Size, Size]:
    """The video's size, and the size at which it is painted: larger, if its strokes would be finer than its pixels."""
    wanted = scaled_to(shape, size or max(shape))
    final = wanted[0] // 2 * 2, wanted[1] // 2 * 2
    if 0 in final:
        raise SinkError(f"a picture of {size_text(wanted)} pixels is too small for a video",
                        "Choose a larger --size.")
    return final, scaled_to(shape, max(*wanted, min(stroke or 0, max(shape))))


def _tracks(source: Path, out: Path) -> dict[int, Track]:
    """How sound and subtitles are kept; prints a note if they change."""
    tracks = fitted(source, out.suffix, *CONTAINERS[out.suffix.lower()])
    for line in dict.fromkeys(track.told for track in tracks.values() if track.told):
        click.echo(f"live-style: {line}", err=True)
    return tracks


def _plan(stylizer: PictureStylizer, wanted: Flags, cues: Sequence[Cue]) -> CueTimeline | TwoPlans:
    """The look at each moment; raises StyleError."""
    def mixed(mix: Sequence[tuple[str, float]]) -> Look:
        return mix_styles([(stylizer.style(name), weight) for name, weight in mix])

    start = mixed([(part.style, part.weight) for part in wanted.parts]) if wanted.parts else REAL
    color = float(wanted.preserve_color)

    def plan(name: Part, part: PartLook | None) -> CueTimeline:
        own = [cue for cue in cues if cue.part in (name, "both") or cue.part is None and part is None]
        look = start if part is None else part_look(part, stylizer.style)
        return CueTimeline(look, wanted.strength, color, own, mixed)

    if wanted.person is None and wanted.room is None and not any(cue.part in ("person", "room") for cue in cues):
        return plan("both", None)
    return TwoPlans(plan("person", wanted.person), plan("room", wanted.room))


def _bytes(look: Look | TwoLooks) -> bytes:
    if isinstance(look, TwoLooks):
        return b"|".join(map(_bytes, look))
    return b"".join(values.tobytes() for values in (look.point, *look.norms.values()))


def _settings(stylizer: PictureStylizer, wanted: Flags, cues: Sequence[Cue],
              plan: CueTimeline | TwoPlans) -> dict[str, str]:
    """Everything that decides how each frame is painted; --resume compares it."""
    styles = ", ".join([*(f"{part.style}:{part.weight:g}" for part in wanted.parts),
                        *told(wanted.person, wanted.room)]) or "none"
    looks = b"".join(_bytes(plan.at(t)) for t in (-1.0, *(cue.at + cue.seconds for cue in cues)))
    return {"style": styles, "strength": f"{wanted.strength:g}",
            "preserve-color": "yes" if wanted.preserve_color else "no",
            "cues": _digest(repr(cues).encode()), "numbers": _digest(looks), "stroke": str(stylizer.resolution),
            "smooth": f"{wanted.smooth:g}", "model": stylizer.model, "codec": wanted.codec, "live-style": __version__}


def _begin(unfinished: Unfinished, checkpoints: Checkpoints, resume: bool) -> Checkpoint:
    """The frame to start at: after those of an earlier run with --resume; otherwise its files are deleted."""
    fresh = Checkpoint(0, ())
    if not resume or not unfinished.resumable:
        unfinished.forget()
        return fresh
    known = checkpoints.load()
    pictures = unfinished.put_aside()
    return max((one for one in known if one.pictures <= pictures), default=fresh)


def _run(film: VideoStylizer, begin: Checkpoint, seconds: float, unfinished: Unfinished) -> int:
    """Paint; the exit status."""
    ending, numbers = threading.Event(), list[int]()
    try:
        with _signals(ending, numbers), film_bar(seconds) as tell:
            if film.run(begin, ending, tell):
                return 0
    except LiveStyleError:
        if os.path.exists(unfinished.part):
            _tell_of(unfinished, film, seconds)
        raise
    _tell_of(unfinished, film, seconds)
    return 128 + numbers[0]


def _tell_of(unfinished: Unfinished, film: VideoStylizer, seconds: float) -> None:
    of = f" of {clock(seconds)}" if seconds else ""
    click.echo(f"live-style: stopped at {clock(film.seconds)}{of}; {unfinished.part} can be played up to there\n"
               "  To continue, run the same command with --resume.", err=True)


@contextlib.contextmanager
def _signals(ending: threading.Event, numbers: list[int]) -> Iterator[None]:
    """A signal finishes the current frame and stops; a second one ends the program at once."""
    before = {number: signal.getsignal(number) for number in ending_signals()}

    def end(number: int, frame: object) -> None:
        numbers.append(number)
        ending.set()
        signal.signal(number, before[signal.Signals(number)])

    try:
        for number in before:
            signal.signal(number, end)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return _digest(opened.read(1 << 20) + str(file.stat().st_size).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
