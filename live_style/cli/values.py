"""Values and flags on the command line that several commands take."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any
from typing import NamedTuple

import click

from live_style.cli.options import Checked
from live_style.errors import SettingsError
from live_style.inference.providers import PROVIDERS


LONGEST = 16383
"""Pixels of the longer side; WebP ends there, and so does the patience of most programs."""

PLACE = click.Path(readable=False, path_type=Path)
"""A path that we look at ourselves: what is wrong with it is told in our words."""


class Part(NamedTuple):
    """One style of a mix, as it was typed."""

    style: str
    weight: float


class StylePart(click.ParamType[Any]):
    """STYLE or STYLE:WEIGHT; a colon that no number follows belongs to the name."""

    name = "style"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Part:
        style, colon, text = str(value).rpartition(":")
        try:
            weight = float(text) if colon and style else None
        except ValueError:
            weight = None
        if weight is None:
            return Part(str(value), 1.0)
        if not math.isfinite(weight) or weight < 0.0:
            flag = f"{param.opts[0]} " if isinstance(param, click.Option) else ""
            raise SettingsError(f"{flag}{value}: {text} is no weight", 'A weight is a number from 0 up: "Neon:0.5".')
        return Part(style, weight)


class Pixels(click.ParamType[Any]):
    """Pixels of the longer side."""

    name = "pixels"

    def __init__(self, low: int, high: int, word: str = "") -> None:
        self._low, self._high, self._word = low, high, word

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        if value is None or self._word and value == self._word:
            return None
        if str(value).isascii() and str(value).isdigit() and self._low <= int(value) <= self._high:
            return int(value)
        assert param is not None
        also = f", or {self._word}" if self._word else ""
        raise SettingsError(f"{param.opts[0]}: {value} is not what it takes",
                            f"Give the longer side in pixels, {self._low} to {self._high}{also}.")


_MODELS, _PROVIDERS = "fast|balanced|fine", "|".join(("auto", *PROVIDERS))

STYLES = click.option("-s", "--style", "parts", multiple=True, metavar="STYLE[:WEIGHT]", type=StylePart(),
                      help="A style by name, a style file or any picture; several are mixed by their weights.")
MODEL = click.option("--model", type=Checked("model", _MODELS), metavar=_MODELS,
                     help="Which network paints.  [default: balanced]")
PROVIDER = click.option("--provider", type=Checked("provider", _PROVIDERS), metavar=_PROVIDERS, default="auto",
                        help="Which processor paints.  [default: auto]")
