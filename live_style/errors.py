"""The errors that users read: one line of cause, one line of cure.

    LiveStyleError
    ├── SettingsError   a flag, a variable or config.toml is wrong
    ├── ModelError      a network file is missing, damaged or of the wrong kind
    │   └── ProviderError   the processor asked for cannot run it, or was lost
    ├── StyleError      a style or a picture cannot be used
    ├── SourceError     frames cannot be had
    │   ├── SourceLost      they stopped coming; opening again may help
    │   └── SourceEnded     there are no more
    ├── SinkError       a feed cannot be opened or written
    ├── ScreenError     there is no screen to open a window on
    └── RemoteError     OSC, MIDI or the remote page cannot be opened
"""

from __future__ import annotations

from live_style.redact import without_secrets


class LiveStyleError(Exception):
    """Something went wrong that a person can mend; `cause` and `cure` are one plain line each, without secrets."""

    def __init__(self, cause: str, cure: str = "") -> None:
        self.cause = without_secrets(" ".join(cause.split()))
        self.cure = without_secrets(" ".join(cure.split()))
        super().__init__(self.cause)

    def __str__(self) -> str:
        return f"{self.cause}\n{self.cure}" if self.cure else self.cause


class SettingsError(LiveStyleError):
    """A flag, an environment variable or a line of config.toml is wrong."""


class ModelError(LiveStyleError):
    """A network file is missing, damaged or of the wrong kind."""


class ProviderError(ModelError):
    """The processor asked for cannot run the network, or was lost while it ran."""


class StyleError(LiveStyleError):
    """A style file or a picture cannot be used as a style."""


class SourceError(LiveStyleError):
    """A camera, a file or an address does not give frames."""


class SourceLost(SourceError):
    """Frames stopped coming; closing the source and opening it again may bring them back."""


class SourceEnded(SourceError):
    """The last frame was given; there will be no other."""


class SinkError(LiveStyleError):
    """A virtual camera, a recording or a snapshot cannot be opened or written."""


class ScreenError(LiveStyleError):
    """There is no screen to open a window on."""


class RemoteError(LiveStyleError):
    """OSC, MIDI or the remote page cannot be opened."""
