"""The library: finds styles by name, by style file, or by any picture."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from live_style.errors import StyleError
from live_style.inference.style_predictor import Predictor
from live_style.look import Look
from live_style.look import mix
from live_style.style import Style
from live_style.styles.collection import StyleCollection
from live_style.styles.collection import StyleEntry
from live_style.styles.collection import check_space
from live_style.styles.collection import is_picture
from live_style.styles.collection import load_collection
from live_style.styles.collection import load_entry
from live_style.styles.collection import load_folder
from live_style.styles.predict import StyleMaker
from live_style.system import paths


class Library:
    """Named styles, and those of any picture; used by one thread at a time."""

    def __init__(self, space: str | None = None) -> None:
        """Styles of one style space; without one, of all, and pictures use that of the included networks."""
        self._space = space

    @property
    def collection(self) -> StyleCollection:
        """The named styles: the included ones, then the user's own."""
        return self._found[0]

    @property
    def problems(self) -> tuple[str, ...]:
        """A line for each faulty file among the user's and the included styles."""
        return self._found[1]

    def style(self, what: str | Path) -> Style:
        """The style with the name `what`, in the .json file `what`, or of the picture file `what`; raises StyleError.

        A picture's style is predicted once, then cached by the picture's content.
        """
        return self.entry(what).style

    def entry(self, what: str | Path) -> StyleEntry:
        """The entry of the style that `style` returns."""
        file = Path(what)
        if file.suffix.lower() == ".json":
            return load_entry(file, self._space)
        if is_picture(file):
            return StyleEntry(self._make(file), file=file)
        try:
            return self.collection.entry(str(what))
        except StyleError:
            if not os.path.isfile(file):
                raise
        return StyleEntry(self._make(file), file=file)

    @cached_property
    def _found(self) -> tuple[StyleCollection, tuple[str, ...]]:
        shipped, problems = load_collection((paths.styles_folder(),), self._space)
        entries, broken = load_folder(paths.user_styles_folder(), self._space, self._make)
        collection, renamed = shipped.joined(entries)
        return collection.arranged(paths.user_styles_folder()), (*problems, *broken, *renamed)

    def _make(self, picture: Path) -> Style:
        return self._maker.make(picture)

    @cached_property
    def _maker(self) -> StyleMaker:
        folder, cache = paths.models_folder(), paths.cache_folder()
        if self._space is not None:
            return StyleMaker(lambda: Predictor(folder), self._space, cache)
        predictor = Predictor(folder)
        return StyleMaker(lambda: predictor, predictor.space, cache)


def mix_styles(parts: Iterable[tuple[Style, float]], strength: float = 1.0, preserve_color: bool = False) -> Look:
    """The look of styles mixed by their weights, at a strength of 0..1.

    Weights are >= 0 and need not add up to one. Raises StyleError for styles of different style spaces, and if no
    style has a weight.
    """
    kept = [(style, weight) for style, weight in parts if weight > 0.0]
    for style, _ in kept:
        check_space(style, kept[0][0].space)
    return mix([(style.look(strength, float(preserve_color)), weight) for style, weight in kept])


def is_shipped(entry: StyleEntry) -> bool:
    """Whether a style is an included one."""
    return entry.file is not None and entry.file.parent == paths.styles_folder()
