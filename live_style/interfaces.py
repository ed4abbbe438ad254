"""The seams: what a source, a sink, a stylizer and a window promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from typing import Protocol

from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import Size
from live_style.look import Look


@dataclass(frozen=True)
class SourceInfo:
    """What a source is and gives."""

    kind: str
    """camera, clip, stream, picture, demo or a word of one's own."""
    label: str
    size: Size | None
    """Of its frames; None: not known, or not now."""
    fps_claimed: float | None
    fps_measured: float


@dataclass(frozen=True)
class SinkInfo:
    """What a sink was given."""

    label: str
    written: int
    repeated: int
    dropped: int
    """Frames that it had no time for."""
    failure: str | None
    """Why it ended, if it did not end well."""


@dataclass(frozen=True)
class StylizerInfo:
    """What paints; the fields that have no meaning for a stylizer are empty."""

    model: str
    provider: str
    device: str = ""
    precision: str = ""
    net_size: str = ""
    space: str = ""
    smooth: float = 0.0
    why: str = ""
    """Why on this provider."""
    note: str = ""


class Source(Protocol):
    """Gives frames. One thread opens, reads and closes it; it can be opened again after it was closed."""

    label: str
    """What it is, for people: "Logitech C920 (/dev/video0)", "clip.mkv", "demo scene"."""

    dark_since: float | None
    """Clock time since when its pictures have been black; None: they are not, or it is no camera."""

    def open(self) -> None:
        """Get ready; raises SourceError with a cure when it cannot. Returns within seconds."""

    def read(self) -> Frame:
        """The next frame, RGB at its native size, stamped when it was grabbed; waits for it at the source's pace.

        Raises SourceLost when frames stopped (about 2 s without a new one at most); then `close` and `open` again.
        Raises SourceEnded after the last one; a camera has none.
        """

    def close(self) -> None:
        """Let go of the device; may be called at any time, more than once."""

    def info(self) -> SourceInfo:
        """What it is and gives, also after its end; the report has every field, those of a subclass too."""


class Sink(Protocol):
    """Takes the clean feed. One thread opens, writes and closes it."""

    label: str
    """What it is, for people: "virtual camera /dev/video10", "recording out.mp4"."""

    repeat_after: float | None
    """Seconds without a new frame after which the last one is written again; None: never (recordings)."""

    @property
    def watched(self) -> bool:
        """Whether somebody sees, or keeps, what it is given; True where that cannot be told. Any thread may ask."""

    def open(self, size: Size, fps: float) -> None:
        """Get ready for frames of one size for its whole life; raises SinkError with a cure when it cannot."""

    def write(self, frame: Frame) -> None:
        """Take one frame of the size that it was opened with; raises SinkError when it cannot go on."""

    def close(self) -> None:
        """Finish what was begun; may be called at any time, more than once. Raises SinkError when data was lost."""


class Stylizer(Protocol):
    """Paints pictures. Made on any thread, run by one."""

    def stylize(self, image: Image, look: Look) -> Image:
        """A new picture of the same size in that look; strength 0 returns the picture itself, exactly."""

    def info(self) -> StylizerInfo:
        """What paints, and why."""


class Key(NamedTuple):
    """A key was pressed; `name` as in the key table: "Right", "Shift+Right", "1", "[", "C"."""

    name: str


class Click(NamedTuple):
    """A click of the left or the right button, in window pixels."""

    x: int
    y: int
    right: bool = False


class Pointer(NamedTuple):
    """The pointer was moved to there, in window pixels; `held`: with the left button down."""

    x: int
    y: int
    held: bool = False


class Wheel(NamedTuple):
    """The wheel was turned by so many notches: up, or to the right, is positive."""

    notches: int


class Drop(NamedTuple):
    """A file was dropped on the window."""

    path: str


class Close(NamedTuple):
    """The window's close button, or the system asked the program to end."""


class OutputClosed(NamedTuple):
    """The output window went away without being told to; `why` is a line to say, "" where a hand closed it."""

    why: str = ""


Event = Key | Click | Pointer | Wheel | Drop | Close | OutputClosed


class Layer(NamedTuple):
    """A panel over the preview."""

    image: Image
    """RGBA uint8 [height, width, 4], straight alpha."""
    x: int
    y: int


class Window(Protocol):
    """Shows the preview with panels over it; main thread only."""

    @property
    def size(self) -> Size:
        """Its inner size now, in pixels."""

    @property
    def visible(self) -> bool:
        """Whether anybody can see it: what nobody sees need not be drawn."""

    @property
    def fills_screen(self) -> bool:
        """Whether it is in fullscreen."""

    def poll(self) -> list[Event]:
        """What happened since the last call, oldest first; of moves of the pointer in a row only the last."""

    def show(self, image: Image, layers: tuple[Layer, ...] = (), mirrored: bool = False) -> None:
        """Present a picture or its mirror image, letterboxed into the window, with layers over it in window pixels."""

    def fullscreen(self) -> None:
        """Toggle borderless fullscreen."""

    @property
    def projecting(self) -> bool:
        """Whether the output window is open."""

    def toggle_output(self) -> str:
        """Open or close the output window; a line to say, "" for none. Raises ScreenError."""

    def project(self, image: Image) -> None:
        """Present a picture of the clean feed in the output window, if that is open; raises nothing."""

    def close(self) -> None:
        """Take the window away; may be called more than once."""
