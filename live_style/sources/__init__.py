"""Where frames come from."""

from __future__ import annotations

from pathlib import Path

from live_style.errors import SourceError
from live_style.frame import Size
from live_style.interfaces import Source
from live_style.pictures.files import SUFFIXES
from live_style.sources.clip import ClipSource
from live_style.sources.demo import DemoSource
from live_style.sources.still import StillSource


def open_source(choice: str | None, size: Size, fps: float, remembered: str | None = None) -> tuple[Source, str]:
    """DEMO"""
    source: Source = DemoSource(size, fps) if choice in (None, "demo") else ClipSource(str(choice))
    source.open()
    return source, ""
