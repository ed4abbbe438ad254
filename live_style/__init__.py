"""live-style paints a webcam live; from Python, it also paints pictures and streams of pictures."""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from live_style.errors import LiveStyleError
    from live_style.imaging.read import read_picture
    from live_style.look import Look
    from live_style.offline.photo import PictureStylizer
    from live_style.offline.photo import load_stylizer
    from live_style.pipeline.session import LiveSession
    from live_style.sources.arrays import ArraySource
    from live_style.style import Style
    from live_style.styles.library import mix_styles

__version__ = "0.2.0.dev0"
_HOMES = {"ArraySource": "sources.arrays", "PictureStylizer": "offline.photo", "LiveSession": "pipeline.session",
          "LiveStyleError": "errors", "Look": "look", "Style": "style", "load_stylizer": "offline.photo",
          "mix_styles": "styles.library", "read_picture": "imaging.read"}
__all__ = ["ArraySource", "LiveSession", "LiveStyleError", "Look", "PictureStylizer", "Style", "load_stylizer",
           "mix_styles", "read_picture"]


# Silent, unless the host program sets up logging.
logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> object:
    """The public names and their modules, each imported at its first use, which keeps the command line quick."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
