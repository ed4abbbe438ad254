"""Pictures, colour swatches and the progress bar of a terminal; nothing if the output is not a terminal."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager

import click
from click._termui_impl import ProgressBar

from live_style.cli.output.lines import colorful
from live_style.frame import Image
from live_style.frame import size_of
from live_style.imaging.palette import Rgb
from live_style.imaging.read import scaled

WIDEST = 64
"""Columns of a picture: 64x18 characters of 1x2 pixels are enough to recognise a preview."""


def swatch(color: Rgb) -> str:
    """Two blocks of a colour and a space."""
    return click.style("  ", bg=_code(color)) + " " if colorful() else ""


def portrait(image: Image) -> list[str]:
    """A picture in lines of half blocks, as wide as the terminal allows; nothing without colours."""
    if not colorful():
        return []
    width = min(WIDEST, shutil.get_terminal_size().columns)
    height = max(1, round(width * size_of(image)[1] / size_of(image)[0] / 2))
    small = scaled(image, (width, 2 * height)).tolist()
    return ["".join(click.style("▀", fg=_code(above), bg=_code(below)) for above, below in zip(*rows))
            for rows in zip(small[::2], small[1::2])]


def _code(color: Rgb) -> Rgb | int:
    """The exact colour if the terminal supports it, else the nearest of its 216 colours."""
    if os.environ.get("COLORTERM") in ("truecolor", "24bit") or "WT_SESSION" in os.environ:
        return color
    red, green, blue = (round(level / 51) for level in color)
    return 16 + 36 * red + 6 * green + blue


@contextmanager
def film_bar(seconds: float) -> Iterator[Callable[[float], None]]:
    """Gives a function to call after each picture with the seconds that are done, of a video of `seconds`."""
    whole = max(1, round(1000 * seconds))
    made: ProgressBar[str] = click.progressbar(
        length=whole, label="painting", file=sys.stderr, hidden=not sys.stderr.isatty(), show_percent=True,
        item_show_func=lambda pace: pace or "")
    with made as bar:
        began, pictures = time.monotonic(), 0

        def tell(done: float) -> None:
            nonlocal pictures
            pictures += 1
            pace = pictures / max(0.001, time.monotonic() - began)
            bar.update(max(0, min(whole, round(1000 * done)) - bar.pos), f"{pace:.1f} fps")

        yield tell
