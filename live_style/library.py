"""The library: every style there is, by its name, by its file, or by any picture."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from live_style import places
from live_style.errors import StyleError
from live_style.gallery import Gallery
from live_style.gallery import check_space
from live_style.gallery import load_entry
from live_style.gallery import load_gallery
from live_style.look import Look
from live_style.look import mix
from live_style.maker import Maker
from live_style.pictures.files import SUFFIXES
from live_style.predictor import Predictor
from live_style.style import Style


class Library:
    """The styles of one style space; used by one thread at a time."""

    def __init__(self, space: str) -> None:
        self._space = space
        self._maker = Maker(lambda: Predictor(places.models_folder()), space, places.cache_folder())

    @cached_property
    def gallery(self) -> Gallery:
        """The styles with a name: those that came with the program, then the user's own."""
        return load_gallery((places.styles_folder(), places.user_styles_folder()), self._space)[0]

    def style(self, what: str | Path) -> Style:
        """The style called `what`, in the .json file `what`, or of the picture file `what`; raises StyleError.

        A picture's style is predicted once; then it is remembered by the picture's content.
        """
        file = Path(what)
        if file.suffix.lower() == ".json":
            return load_entry(file, self._space).style
        if file.suffix.lower() in SUFFIXES:
            return self._maker.make(file)
        try:
            return self.gallery.find(str(what))
        except StyleError:
            if not os.path.isfile(file):
                raise
        return self._maker.make(file)


def mix_styles(parts: Iterable[tuple[Style, float]], strength: float = 1.0, preserve_color: bool = False) -> Look:
    """The look of styles mixed by their weights, at a strength of 0..1.

    Weights are >= 0 and need not add up to one. Raises StyleError for styles of different style spaces.
    """
    kept = [(style, weight) for style, weight in parts if weight > 0.0]
    for style, _ in kept:
        check_space(style, kept[0][0].space)
    return mix([(Look.of(style.embedding, strength, float(preserve_color)), weight) for style, weight in kept])
