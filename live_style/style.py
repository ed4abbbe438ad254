"""A style: a hundred numbers with a name and its credit; about one kilobyte of JSON on disk."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from dataclasses import dataclass
from dataclasses import field
from pathlib import PurePath
from typing import Any

import numpy as np
import numpy.typing as npt

from live_style.errors import StyleError
from live_style.look import DIMENSIONS
from live_style.look import NONE
from live_style.look import NORMS
from live_style.look import Look
from live_style.look import Norms
from live_style.look import Vector

FORMAT = "live-style/1"
MAX_BYTES = 65536
"""A style file has about 1,300 bytes, or 8,000 with the norms of fast and balanced; a larger file is not a style."""
MAX_TEXT = 300
MAX_NUMBER = 1000.0
"""Embeddings stay below 10; beyond this limit a network could only paint noise."""
CREDITS = ("artist", "year", "credit", "licence")


@dataclass(frozen=True, eq=False)
class Style:
    """A point of a style space with a name and a credit."""

    slug: str
    """Its file name without the extension; its name on the command line."""
    name: str
    artist: str
    year: str
    credit: str
    """The origin of the numbers, in a few words."""
    licence: str
    space: str
    """Its style space; networks of another space cannot paint it."""
    embedding: Vector
    """float32[100], read-only."""
    norms: Norms = field(default_factory=lambda: NONE)
    """Offsets of gamma and beta for the networks that it was fitted to; other networks use the embedding alone."""

    @property
    def credit_line(self) -> str:
        """The artist and the year of its picture; empty if they are not known."""
        return ", ".join(word for word in (self.artist, self.year) if word)

    def look(self, strength: float = 1.0, color: float = 0.0) -> Look:
        """The style at a strength of 0..1, with 0..1 of the picture's own colours."""
        return Look.of(self.embedding, strength, color, self.norms)


def make_style(name: str, space: str, embedding: Vector, artist: str = "", year: str = "", credit: str = "",
               licence: str = "", slug: str = "", norms: Norms = NONE) -> Style:
    """A style from its parts; the slug is derived from the name if it is empty. Shorter norms are padded with zeros."""
    numbers = np.array(embedding, np.float32).reshape(DIMENSIONS)
    numbers.setflags(write=False)
    whole = {mark: np.pad(np.asarray(values, np.float32), (0, NORMS - len(values))) for mark, values in norms.items()}
    return Style(slug or slug_of(name), name, artist, year, credit, licence, space, numbers, whole or NONE)


def parse_style(text: str | bytes, where: str | PurePath) -> Style:
    """The style in a JSON text; `where` is its file. Raises StyleError if it is not a style."""
    where = PurePath(where)
    try:
        fields = _fields(text)
        name = _text(fields, "name")
        if not name:
            raise ValueError("it has no name")
        embedding = _numbers(fields.get("embedding"))
        if len(embedding) != DIMENSIONS:
            raise ValueError(f"it has {len(embedding)} numbers, not {DIMENSIONS}")
        return make_style(name, _text(fields, "space"), embedding, slug=slug_of(where.stem), norms=_norms(fields),
                          **{key: _text(fields, key) for key in CREDITS})
    except (ValueError, RecursionError, OverflowError, MemoryError) as e:
        reason = "it is nested too deeply" if isinstance(e, RecursionError) else str(e)
        raise StyleError(f"{where.name} is not a style: {reason}",
                         "Get the file again, or make the style from its picture: live-style styles add.") from e


def dump_style(style: Style) -> str:
    """The JSON text that `parse_style` reads: numbers to 5 digits, norms as base64 of float16, low byte first."""
    fields: dict[str, Any] = {"format": FORMAT, "name": style.name}
    fields |= {key: getattr(style, key) for key in CREDITS}
    # Ten numbers in a line, which the json library cannot write.
    text = json.dumps(fields | {"space": style.space}, indent=2, ensure_ascii=False).removesuffix("\n}")
    rows = [", ".join(f"{float(x):.5g}" for x in style.embedding[i:i + 10]) for i in range(0, DIMENSIONS, 10)]
    text += ',\n  "embedding": [\n    ' + ",\n    ".join(rows) + "\n  ]"
    if style.norms:
        # Seventy styles with lists of norms would take a show 60 ms longer to start.
        each = {mark: base64.b64encode(np.trim_zeros(values, "b").astype("<f2").tobytes()).decode()
                for mark, values in style.norms.items()}
        text += ',\n  "norms": ' + json.dumps(each, indent=4).replace("\n}", "\n  }")
    return text + "\n}\n"


def slug_of(name: str) -> str:
    """A name for file names and command lines: "La Mousmé (1888)" -> "la-mousme-1888"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-") or "style"


def tidy(text: str) -> str:
    """Text on one line, without control characters and surrogates, which could garble a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _fields(text: str | bytes) -> dict[str, Any]:
    if len(text) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES // 1024} KB")
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        fields = json.loads(plain, parse_constant=_not_finite)
    except UnicodeDecodeError as e:
        raise ValueError("it is not UTF-8 text") from e
    except json.JSONDecodeError as e:
        raise ValueError(f"it is not complete JSON (line {e.lineno})") from e
    if not isinstance(fields, dict) or "format" not in fields:
        raise ValueError("it is JSON, but not a style")
    if fields["format"] != FORMAT:
        raise ValueError(f"its format is {_shown(fields['format'])}, not {FORMAT}")
    return fields


def _not_finite(word: str) -> None:
    raise ValueError(f"it contains {word}, which is not a number")


def _text(fields: dict[str, Any], key: str) -> str:
    value = fields.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"its {key} is {_shown(value)}, not text")
    if len(value) > MAX_TEXT:
        raise ValueError(f"its {key} is longer than {MAX_TEXT} characters")
    return tidy(value)


def _numbers(value: object) -> Vector:
    if not isinstance(value, list):
        raise ValueError(f"it has {_shown(value)} in place of a list of numbers")
    if not {int, float}.issuperset(map(type, value)):
        wrong = next(item for item in value if type(item) not in (int, float))
        raise ValueError(f"{_shown(wrong)} is among its numbers")
    return _in_range(np.array(value, np.float64))


def _packed(text: str) -> Vector:
    try:
        return _in_range(np.frombuffer(base64.b64decode(text, validate=True), "<f2"))
    except ValueError as e:
        raise ValueError(f"its norms are damaged: {e}") from e


def _in_range(numbers: npt.NDArray[np.floating]) -> Vector:
    beyond = np.flatnonzero(~(np.abs(numbers) <= MAX_NUMBER))
    if len(beyond):
        raise ValueError(f"one of its numbers is out of range: {_shown(float(numbers[beyond[0]]))}")
    return numbers.astype(np.float32)


def _norms(fields: dict[str, Any]) -> Norms:
    found = fields.get("norms", {})
    if not isinstance(found, dict):
        raise ValueError(f"its norms are {_shown(found)}, not a list of numbers for each network")
    norms = {tidy(mark)[:MAX_TEXT]: _packed(values) if isinstance(values, str) else _numbers(values)
             for mark, values in found.items()}
    if any(len(values) > NORMS for values in norms.values()):
        raise ValueError(f"it has norms of more than {NORMS} numbers")
    return norms


def _shown(value: object) -> str:
    plain = isinstance(value, (str, int, float, bool, type(None)))
    text = repr(value) if plain else f"a {type(value).__name__}"
    return text if len(text) <= 40 else text[:37] + "..."
