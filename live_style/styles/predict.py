"""Turns picture files into styles, and caches them by the picture's content."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from live_style.errors import StyleError
from live_style.frame import Image
from live_style.imaging.read import read_picture
from live_style.look import Vector
from live_style.style import Style
from live_style.style import dump_style
from live_style.style import make_style
from live_style.style import parse_style
from live_style.style import slug_of
from live_style.styles.collection import check_space
from live_style.system.atomic_file import write_whole

ENOUGH = 512
"""Pixels of the shorter side to read of a large picture: twice what the predictor needs."""


class PicturePredictor(Protocol):
    """Gives the style of a picture."""

    space: str

    def predict(self, image: Image) -> Vector:
        """float32[100] of an RGB picture of any size."""


class StyleMaker:
    """Makes styles of pictures for one style space; used by one thread at a time."""

    def __init__(self, predictor: Callable[[], PicturePredictor], space: str, cache: Path) -> None:
        self._open, self._space, self._cache = predictor, space, cache
        self._predictor: PicturePredictor | None = None

    def prepare(self) -> None:
        """Load the network now (0.1 s) instead of at the first picture; raises ModelError."""
        if self._predictor is None:
            self._predictor = self._open()

    def recall(self, picture: Path) -> Style | None:
        """The cached style of a picture, under the current name of the file."""
        file = self._memory(picture)
        try:
            style = parse_style(file.read_bytes(), file)
            check_space(style, self._space)
        except (OSError, StyleError):
            return None
        return _called_after(style, picture)

    def make(self, picture: Path) -> Style:
        """The style of a picture, from the cache if possible; raises StyleError or ModelError."""
        known = self.recall(picture)
        if known:
            return known
        style = self.look_at(read_picture(picture, ENOUGH), picture.stem, f"made from {picture.name}")
        file, text = self._memory(picture), dump_style(style)
        self._remember(text, file)
        # Rounded as in the cache, to 5 digits, so that a picture always gives the same painting.
        return _called_after(parse_style(text, file), picture)

    def look_at(self, image: Image, name: str, credit: str) -> Style:
        """The style of an RGB picture without a file; raises StyleError or ModelError."""
        self.prepare()
        assert self._predictor is not None
        style = make_style(name, self._predictor.space, self._predictor.predict(image), credit=credit)
        check_space(style, self._space)
        return style

    def _memory(self, picture: Path) -> Path:
        try:
            with picture.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as e:
            raise StyleError(f"{picture.name} cannot be read: {e.strerror}", "Check the file.") from e
        return self._cache / "styles" / f"{content[:32]}-{slug_of(self._space)}.json"

    def _remember(self, text: str, file: Path) -> None:
        # On a full disk the style is not cached, but usable.
        with contextlib.suppress(OSError):
            write_whole(file, text.encode())


def _called_after(style: Style, picture: Path) -> Style:
    name = " ".join(picture.stem.replace("_", " ").split()) or "picture"
    return replace(style, slug=slug_of(picture.stem), name=name, credit=f"made from {picture.name}")
