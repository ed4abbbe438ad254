"""Previews: the demo scene painted in a style."""

from __future__ import annotations

import contextlib
from functools import cached_property
from pathlib import Path

from live_style.errors import StyleError
from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.read import read_picture
from live_style.inference.model_files import default_model
from live_style.inference.stylizer import OnnxStylizer
from live_style.inference.stylizer import open_stylizer
from live_style.look import Look
from live_style.sources.demo import draw_scene
from live_style.styles.collection import StyleEntry

SIZE: Size = (480, 272)
MOMENT = 1.5
"""Seconds into the demo scene: she looks up, the cat's tail is down."""


class PreviewPainter:
    """Paints the demo scene in any look, on one CPU thread so that a running show is not disturbed."""

    def __init__(self, models: Path, model: str) -> None:
        self._models, self._model = models, model

    @property
    def space(self) -> str:
        """The style space of the looks that it paints."""
        return self._stylizer.space

    @cached_property
    def _stylizer(self) -> OnnxStylizer:
        return open_stylizer(self._models, SIZE, 30.0, self._model, SIZE, "cpu", threads=1)

    @cached_property
    def _scene(self) -> Image:
        return draw_scene(SIZE, MOMENT)

    def __call__(self, look: Look) -> Image:
        """RGB, SIZE. Loads its network at the first call."""
        return self._stylizer.stylize(self._scene, look)


def default_painting(models: Path) -> PreviewPainter:
    """A painter with the best of the available networks; raises ModelError without one."""
    return PreviewPainter(models, default_model(models, gpu=True)[0])


def picture_of(entry: StyleEntry, paint: PreviewPainter) -> Image:
    """Its preview, painted now if it cannot be read."""
    if entry.preview is not None:
        with contextlib.suppress(StyleError):
            return read_picture(entry.preview)
    return paint(entry.style.look())
