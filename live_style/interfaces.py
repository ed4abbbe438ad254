"""The interfaces of sources, sinks, stylizers and windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from typing import Protocol

from live_style.frame import Frame
from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import SoundPiece
from live_style.frame import SoundFormat
from live_style.look import Look
from live_style.look import TwoLooks


@dataclass(frozen=True)
class SourceInfo:
    """What a source is and delivers."""

    kind: str
    """camera, clip, stream, picture, demo or a word of your own."""
    label: str
    size: Size | None
    """Size of its frames; None: not known."""
    fps_claimed: float | None
    fps_measured: float


@dataclass(frozen=True)
class SinkInfo:
    """What a sink was given, for the report."""

    label: str
    written: int
    repeated: int
    dropped: int
    """Frames that were dropped because the sink was busy."""
    failure: str | None
    """The error that ended it, if any."""


@dataclass(frozen=True)
class StylizerInfo:
    """What a stylizer uses; fields that do not apply are empty."""

    model: str
    provider: str
    device: str = ""
    precision: str = ""
    net_size: str = ""
    space: str = ""
    smooth: float = 0.0
    why: str = ""
    """Why this provider was chosen."""
    note: str = ""


class Source(Protocol):
    """Gives frames. One thread opens, reads and closes it; it can be opened again after it was closed."""

    label: str
    """A label for users: "Logitech C920 (/dev/video0)", "clip.mkv", "demo scene"."""

    dark_since: float | None
    """Clock time since which its pictures are black; None: they are not black, or it is not a camera."""

    def open(self) -> None:
        """Open the source; raises SourceError with a cure if that fails. Returns within seconds."""

    def read(self) -> Frame:
        """The next frame, RGB at its native size, stamped when it was grabbed; waits until it is due.

        Raises SourceLost when frames stopped (after about 2 s at most); then call `close` and `open` again.
        Raises SourceEnded after the last frame; a camera never does.
        """

    def close(self) -> None:
        """Release the device; may be called at any time, more than once."""

    def info(self) -> SourceInfo:
        """Describes the source, also after its end; the report contains every field, including those of a subclass."""


class SoundTap(Protocol):
    """What one listener hears of a microphone; one thread reads it."""

    @property
    def form(self) -> SoundFormat:
        """What its pieces have in common."""

    def take(self) -> tuple[SoundPiece, ...]:
        """The pieces since the last call, oldest first; of those that are seconds old, only the newest."""


class Sink(Protocol):
    """Takes the clean feed. One thread opens, writes and closes it."""

    label: str
    """A label for users: "virtual camera /dev/video10", "recording out.mp4"."""

    repeat_after: float | None
    """Seconds without a new frame after which the last one is written again; None: never."""

    @property
    def watched(self) -> bool:
        """Whether its frames are seen or kept; True if that is not known. Any thread may ask."""

    def open(self, size: Size, fps: float) -> None:
        """Prepare for frames of one size; raises SinkError with a cure if that fails."""

    def write(self, frame: Frame) -> None:
        """Write one frame of the size given to `open`; raises SinkError if that fails."""

    def close(self) -> None:
        """Finish and close; may be called at any time, more than once. Raises SinkError if data was lost."""


class Stylizer(Protocol):
    """Paints pictures. Any thread may create it; one thread runs it."""

    def stylize(self, image: Image, look: Look | TwoLooks) -> Image:
        """A new picture of the same size in that look; strength 0 returns the picture itself, exactly."""

    def info(self) -> StylizerInfo:
        """Describes what paints, and why."""


class Key(NamedTuple):
    """A key was pressed; `name` as in the key table: "Right", "Shift+Right", "1", "[", "C"."""

    name: str


class Click(NamedTuple):
    """A click of the left or the right button, in window pixels."""

    x: int
    y: int
    right: bool = False


class Pointer(NamedTuple):
    """The pointer was moved to x, y in window pixels, or let go of there; `held`: with the left button down."""

    x: int
    y: int
    held: bool = False


class Wheel(NamedTuple):
    """The wheel was turned by this many notches: up, or to the right, is positive."""

    notches: int


class Drop(NamedTuple):
    """A file was dropped on the window."""

    path: str


class Close(NamedTuple):
    """The close button was pressed, or the system asked the program to end."""


class OutputClosed(NamedTuple):
    """The output window closed without a command; `why` is a line for the user, "" if the user closed it."""

    why: str = ""


Event = Key | Click | Pointer | Wheel | Drop | Close | OutputClosed


class Layer(NamedTuple):
    """A panel over the painting in the window."""

    image: Image
    """RGBA uint8 [height, width, 4], straight alpha."""
    x: int
    y: int


class Window(Protocol):
    """Shows the paintings with panels over them; main thread only."""

    @property
    def size(self) -> Size:
        """Its inner size now, in pixels."""

    @property
    def visible(self) -> bool:
        """Whether the window is visible; a hidden window need not be drawn."""

    @property
    def fills_screen(self) -> bool:
        """Whether it is in fullscreen."""

    def poll(self) -> list[Event]:
        """Events since the last call, oldest first; of consecutive pointer moves only the last."""

    def show(self, image: Image, layers: tuple[Layer, ...] = (), mirrored: bool = False) -> None:
        """Present a picture or its mirror image, letterboxed into the window, with layers over it in window pixels."""

    def fullscreen(self) -> None:
        """Toggle borderless fullscreen."""

    @property
    def monitors(self) -> tuple[Size, ...]:
        """The sizes of the monitors, in order."""

    monitor: int
    """The monitor of the output window, from 1; 0: the second, if there is one."""

    @property
    def projecting(self) -> bool:
        """Whether the output window is open."""

    def toggle_output(self) -> str:
        """Open or close the output window; a line to say, "" for none. Raises ScreenError."""

    def project(self, image: Image) -> None:
        """Present a picture of the clean feed in the output window, if that is open; raises nothing."""

    def close(self) -> None:
        """Close the window; may be called more than once."""
