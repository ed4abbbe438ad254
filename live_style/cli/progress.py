"""The bar of a film on its way: how much is done, how fast, how long it will take; silent where nobody looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager

import click
from click._termui_impl import ProgressBar


@contextmanager
def film_bar(seconds: float) -> Iterator[Callable[[float], None]]:
    """Gives what is to be told, after each picture, how many seconds of a film that has `seconds` are done."""
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
