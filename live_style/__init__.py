"""live-style: a webcam becomes a living painting; and from Python, pictures and streams of them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from live_style.brush import Brush
    from live_style.brush import load_brush
    from live_style.errors import LiveStyleError
    from live_style.library import mix_styles
    from live_style.look import Look
    from live_style.pictures.files import read_picture
    from live_style.style import Style

__version__ = "0.1.0"
__all__ = ["Brush", "LiveStyleError", "Look", "Style", "load_brush", "mix_styles", "read_picture"]
_HOMES = {"Brush": "brush", "LiveStyleError": "errors", "Look": "look", "Style": "style", "load_brush": "brush",
          "mix_styles": "library", "read_picture": "pictures.files"}


def __getattr__(name: str) -> object:
    """The public names, each loaded at its first use: the command line asks for the version alone."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
