"""A style: a hundred numbers with a name and its credit; about one kilobyte of JSON on disk."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

from live_style.errors import StyleError
from live_style.look import DIMENSIONS
from live_style.look import Vector

FORMAT = "live-style/1"
MAX_BYTES = 65536
"""A style file has about 1,300 bytes; what is larger than this is something else."""
MAX_TEXT = 300
MAX_NUMBER = 1000.0
"""Embeddings stay below 10; beyond this a network could only paint noise."""
CREDITS = ("artist", "year", "credit", "licence")


@dataclass(frozen=True, eq=False)
class Style:
    """A point of a style space that somebody gave a name."""

    slug: str
    """Its file name without the ending; how it is called on the command line."""
    name: str
    artist: str
    year: str
    credit: str
    """Where the numbers come from, in a few words."""
    licence: str
    space: str
    """The style space that it belongs to; networks of another space cannot paint it."""
    embedding: Vector
    """float32[100], read-only."""


def make_style(name: str, space: str, embedding: Vector, artist: str = "", year: str = "", credit: str = "",
               licence: str = "", slug: str = "") -> Style:
    """A style of its parts; without a slug it is called after its name."""
    numbers = np.array(embedding, np.float32).reshape(DIMENSIONS)
    numbers.setflags(write=False)
    return Style(slug or slug_of(name), name, artist, year, credit, licence, space, numbers)


def parse_style(text: str | bytes, where: str | PurePath) -> Style:
    """The style in a JSON text; `where` is its file. Raises StyleError for anything that is none."""
    where = PurePath(where)
    try:
        fields = _fields(text)
        name = _text(fields, "name")
        if not name:
            raise ValueError("it has no name")
        return make_style(name, _text(fields, "space"), _numbers(fields.get("embedding")),
                          slug=slug_of(where.stem), **{key: _text(fields, key) for key in CREDITS})
    except (ValueError, RecursionError, OverflowError, MemoryError) as e:
        reason = "it is nested too deep" if isinstance(e, RecursionError) else str(e)
        raise StyleError(f"{where.name} is no style: {reason}",
                         "Get the file again, or make it from its picture: live-style styles add.") from e


def dump_style(style: Style) -> str:
    """The JSON text that `parse_style` reads; numbers to 5 significant digits."""
    fields: dict[str, Any] = {"format": FORMAT, "name": style.name}
    fields |= {key: getattr(style, key) for key in CREDITS}
    fields |= {"space": style.space, "embedding": "HERE"}
    rows = [", ".join(f"{float(x):.5g}" for x in row) for row in style.embedding.reshape(-1, 10)]
    numbers = "[\n    " + ",\n    ".join(rows) + "\n  ]"
    text = json.dumps(fields, indent=2, ensure_ascii=False)
    head, _, tail = text.rpartition('"HERE"')
    return f"{head}{numbers}{tail}\n"


def slug_of(name: str) -> str:
    """A name as file names and command lines like it: "La Mousmé (1888)" -> "la-mousme-1888"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-") or "style"


def tidy(text: str) -> str:
    """A text on one line, without what paints the terminal (control characters) or cannot be printed (surrogates)."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _fields(text: str | bytes) -> dict[str, Any]:
    if len(text) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES // 1024} KB")
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        fields = json.loads(plain, parse_constant=_not_finite)
    except UnicodeDecodeError as e:
        raise ValueError("it is not UTF-8 text") from e
    except json.JSONDecodeError as e:
        raise ValueError(f"it is not JSON, or only a part of it (line {e.lineno})") from e
    if not isinstance(fields, dict) or "format" not in fields:
        raise ValueError("it is JSON, but of another program")
    if fields["format"] != FORMAT:
        raise ValueError(f"its format is {_shown(fields['format'])}, not {FORMAT}")
    return fields


def _not_finite(word: str) -> None:
    raise ValueError(f"it holds {word}, which is no number")


def _text(fields: dict[str, Any], key: str) -> str:
    value = fields.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"its {key} is {_shown(value)}, not a text")
    if len(value) > MAX_TEXT:
        raise ValueError(f"its {key} is longer than {MAX_TEXT} letters")
    return tidy(value)


def _numbers(value: object) -> Vector:
    if not isinstance(value, list) or len(value) != DIMENSIONS:
        count = f"{len(value)}" if isinstance(value, list) else "no list of"
        raise ValueError(f"it has {count} numbers, not {DIMENSIONS}")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise ValueError(f"{_shown(number)} stands among its numbers")
        if not math.isfinite(number) or abs(number) > MAX_NUMBER:
            raise ValueError(f"a number of it is out of range: {_shown(number)}")
    return np.array(value, np.float32)


def _shown(value: object) -> str:
    plain = isinstance(value, (str, int, float, bool, type(None)))
    text = repr(value) if plain else f"a {type(value).__name__}"
    return text if len(text) <= 40 else text[:37] + "..."
