"""The errors that users read: one line of cause, one line of cure.

    LiveStyleError
    ├── SettingsError   a flag, a variable or config.toml is wrong
    ├── ModelError      a network file is missing, damaged or of the wrong kind
    │   └── ProviderError   the requested processor cannot run it, or was lost
    ├── StyleError      a style or a picture cannot be used
    ├── SourceError     a source gives no frames
    │   ├── SourceLost      frames stopped; opening the source again may help
    │   └── SourceEnded     the last frame was read
    ├── SinkError       a feed cannot be opened or written
    ├── ScreenError     there is no screen to open a window on
    └── RemoteError     OSC, MIDI or the remote page cannot be opened
"""

from __future__ import annotations

from live_style.redact import without_secrets


class LiveStyleError(Exception):
    """An error that a user can fix; `cause` and `cure` are one plain line each, without secrets."""

    def __init__(self, cause: str, cure: str = "") -> None:
        self.cause, self.cure = (without_secrets(_one_line(text)) for text in (cause, cure))
        super().__init__(self.cause)

    def __str__(self) -> str:
        return f"{self.cause}\n{self.cure}" if self.cure else self.cause


def _one_line(text: str) -> str:
    """With what no terminal should be sent, such as control characters from a file, as escapes."""
    line = " ".join(text.split())
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in line)
    # A byte of a file's name that is not UTF-8 is U+DC80 to U+DCFF in Python, and \xff in a shell.
    return shown.replace("\\udc", "\\x")


class SettingsError(LiveStyleError):
    """A flag, an environment variable or a line of config.toml is wrong."""


class ModelError(LiveStyleError):
    """A network file is missing, damaged or of the wrong kind."""


class ProviderError(ModelError):
    """The requested processor cannot run the network, or was lost while it ran."""


class StyleError(LiveStyleError):
    """A style file or a picture cannot be used as a style."""


class SourceError(LiveStyleError):
    """A camera, a file or an address does not give frames."""


class SourceLost(SourceError):
    """Frames stopped coming; closing the source and opening it again may bring them back."""


class SourceEnded(SourceError):
    """The last frame was read."""


class SinkError(LiveStyleError):
    """A virtual camera, a recording or a snapshot cannot be opened or written."""


class ScreenError(LiveStyleError):
    """There is no screen to open a window on."""


class RemoteError(LiveStyleError):
    """OSC, MIDI or the remote page cannot be opened."""
