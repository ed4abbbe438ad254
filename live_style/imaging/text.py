"""Lines of text as masks, in Pillow's built-in typeface (Aileron Regular) and without a font file.

The typeface in Pillow has ASCII and a few signs. Accents, slashed letters, dashes and arrows are drawn here to match
it; other scripts use the system's typefaces, if there are any.
"""

from __future__ import annotations

import functools
import math
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image as Pillow
from PIL import ImageDraw
from PIL import ImageFont

Font = ImageFont.FreeTypeFont
Path = tuple[tuple[float, float], ...]
"""Points of a pen stroke in em, right and up."""

X_HEIGHT, CAP_HEIGHT = 0.525, 0.70
"""Aileron's, in em."""
PEN = 0.075
"""Width of a pen stroke, in em: that of Aileron's stems."""
FINE = 4
"""Letters are drawn this many times larger, then averaged: FreeType moves small ones to whole pixels."""


class Line(NamedTuple):
    """A line of text, drawn."""

    mask: Pillow.Image
    """Mode L; 255 is ink."""
    left: int
    """Columns of the mask before the pen's starting point."""
    ascent: int
    """Rows of the mask above the baseline."""
    width: int
    """Advance of the pen, in pixels."""


class Glyph(NamedTuple):
    """A letter to draw: from the font, or our own."""

    text: str
    font: Font
    strokes: tuple[Path, ...] = ()
    """Drawn over it, measured from its left end and the baseline."""
    dots: tuple[tuple[float, float], ...] = ()
    advance: float | None = None
    """In em, for signs that are drawn as a whole; else the font's."""
    beheaded: bool = False
    """The dot of an i or a j, which an accent replaces."""


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Path:
    angles = [math.radians(start + (end - start) * i / 16) for i in range(17)]
    return tuple((x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles)


_WAVE = tuple((x / 100, 0.075 + 0.03 * math.sin(x / 13 * math.pi)) for x in range(-13, 14, 2))
ABOVE: dict[str, tuple[Path, ...]] = {
    "\u0300": (((0.05, 0.01), (-0.05, 0.14)),),
    "\u0301": (((-0.05, 0.01), (0.05, 0.14)),),
    "\u0302": (((-0.1, 0.02), (0, 0.13), (0.1, 0.02)),),
    "\u0303": (_WAVE,),
    "\u0304": (((-0.11, 0.07), (0.11, 0.07)),),
    "\u0306": (_arc(0, 0.13, 0.1, 0.1, 180, 360),),
    "\u030a": (_arc(0, 0.09, 0.07, 0.07, 0, 360),),
    "\u030b": (((-0.1, 0.01), (-0.03, 0.14)), ((0.04, 0.01), (0.11, 0.14))),
    "\u030c": (((-0.1, 0.13), (0, 0.02), (0.1, 0.13)),),
}
"""Combining marks above a letter: strokes from the letter's middle and its top."""
BELOW: dict[str, tuple[Path, ...]] = {
    "\u0327": (((0.01, -0.01), (0.0, -0.07)), ((0, -0.07), (0.06, -0.1), (0.05, -0.17), (-0.06, -0.18))),
    "\u0328": (((0.12, 0), (0.06, -0.08), (0.08, -0.16), (0.16, -0.15)),),
    "\u0326": (((0.02, -0.09), (-0.02, -0.19)),),
    "\u0331": (((-0.11, -0.12), (0.11, -0.12)),),
}
"""Combining marks below a letter: strokes from the letter's middle and the baseline."""
DOTS = {"\u0307": ((0.0, 0.07),), "\u0308": ((-0.085, 0.07), (0.085, 0.07)), "\u0323": ((0.0, -0.14),)}
"""Combining dots, measured like the marks above (the last one: below)."""
SLASHED: dict[str, tuple[str, Path]] = {
    "ø": ("o", ((0.07, -0.03), (0.5, 0.56))), "Ø": ("O", ((0.1, -0.05), (0.68, 0.75))),
    "ł": ("l", ((-0.02, 0.3), (0.24, 0.46))), "Ł": ("L", ((-0.01, 0.26), (0.36, 0.47))),
    "đ": ("d", ((0.3, 0.6), (0.62, 0.6))), "Đ": ("D", ((-0.02, 0.35), (0.3, 0.35))),
}
"""A letter of the typeface and the stroke through it."""
SIGNS: dict[str, tuple[float, tuple[Path, ...]]] = {
    "–": (0.56, (((0.06, 0.26), (0.5, 0.26)),)),
    "—": (0.96, (((0.06, 0.26), (0.9, 0.26)),)),
    "−": (0.6, (((0.08, 0.3), (0.52, 0.3)),)),
    "×": (0.56, (((0.11, 0.12), (0.45, 0.46)), ((0.11, 0.46), (0.45, 0.12)))),
    "→": (0.9, (((0.08, 0.3), (0.8, 0.3)), ((0.54, 0.54), (0.8, 0.3), (0.54, 0.06)))),
    "←": (0.9, (((0.1, 0.3), (0.82, 0.3)), ((0.36, 0.54), (0.1, 0.3), (0.36, 0.06)))),
    "↑": (0.7, (((0.35, -0.02), (0.35, 0.66)), ((0.1, 0.42), (0.35, 0.67), (0.6, 0.42)))),
    "↓": (0.7, (((0.35, 0.68), (0.35, 0.0)), ((0.1, 0.24), (0.35, -0.01), (0.6, 0.24)))),
}
"""Signs drawn as a whole: advance and strokes."""
SPELLED = {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th",
           "ð": "d", "ı": "i", "•": "·", "\u2011": "-", "‚": ",", "„": '"', "′": "'", "¿": "?", "¡": "!"}
"""Characters that are replaced by others."""
SYSTEM = ("DejaVuSans.ttf", "segoeui.ttf", "Arial Unicode.ttf", "NotoSansCJK-Regular.ttc", "msyh.ttc",
          "YuGothM.ttc", "malgun.ttf", "Hiragino Sans GB.ttc", "DroidSansFallbackFull.ttf")
"""Typefaces of Linux, Windows and macOS with other scripts; Pillow finds them where the system keeps them."""


@functools.lru_cache(maxsize=4096)
def width_of(text: str, size: int) -> int:
    """Width of a line in pixels, bold or not."""
    return math.ceil(sum(_advances(_glyphs(text, size * FINE), size * FINE)) / FINE)


@functools.lru_cache(maxsize=2048)
def shorten(text: str, size: int, width: int) -> str:
    """The text, shortened with an ellipsis to fit into `width` pixels."""
    if width_of(text, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width_of(text[:middle].rstrip() + "…", size) <= width
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + "…" if low else ""


def wrap(text: str, size: int, width: int, lines: int) -> tuple[str, ...]:
    """The text in at most `most` lines of `width` pixels, broken at spaces; the last one is shortened."""
    rows: list[str] = []
    words = text.split()
    while words and len(rows) < lines - 1:
        count = 1
        while count < len(words) and width_of(" ".join(words[:count + 1]), size) <= width:
            count += 1
        rows.append(shorten(" ".join(words[:count]), size, width))
        words = words[count:]
    return (*rows, shorten(" ".join(words), size, width)) if words else tuple(rows)


@functools.lru_cache(maxsize=1024)
def letter(text: str, size: int, bold: bool = False) -> Line:
    """A line of text at `size` pixels an em; bold is drawn with a thicker pen."""
    em = size * FINE
    glyphs = _glyphs(text, em)
    advances = _advances(glyphs, em)
    margin = math.ceil(size * 0.15) + 1
    ascent, descent = math.ceil(size * 1.05), math.ceil(size * 0.35)
    width = math.ceil(sum(advances) / FINE)
    mask = Pillow.new("L", ((width + 2 * margin) * FINE, (ascent + descent) * FINE), 0)
    thick = em * 0.02 if bold else 0.0
    draw, x = ImageDraw.Draw(mask), float(margin * FINE)
    for glyph, advance in zip(glyphs, advances, strict=True):
        _draw(draw, glyph, (x, ascent * FINE), em, thick)
        x += advance
    return Line(mask.reduce(FINE), margin, ascent, width)


def _advances(glyphs: tuple[Glyph, ...], em: int) -> list[float]:
    return [g.advance * em if g.advance is not None else g.font.getlength(g.text) for g in glyphs]


def _draw(draw: ImageDraw.ImageDraw, glyph: Glyph, pen: tuple[float, float], em: int, thick: float) -> None:
    if glyph.text:
        draw.text(pen, glyph.text, 255, glyph.font, "ls", stroke_width=thick)
    if glyph.beheaded:
        end = pen[0] + glyph.font.getlength(glyph.text) - 1
        draw.rectangle((pen[0], 0, end, pen[1] - em * (X_HEIGHT + 0.045)), 0)
    radius = em * PEN / 2 + thick
    for path in glyph.strokes:
        points = [(pen[0] + x * em, pen[1] - y * em) for x, y in path]
        draw.line(points, 255, round(2 * radius), "curve")
        for point in (points[0], points[-1]):
            draw.circle(point, radius, 255)
    for x, y in glyph.dots:
        draw.circle((pen[0] + x * em, pen[1] - y * em), radius * 1.25, 255)


def _glyphs(text: str, size: int) -> tuple[Glyph, ...]:
    return tuple(_runs(text, size))


def _runs(text: str, size: int) -> Iterator[Glyph]:
    font, plain = _own(size), ""
    for char in "".join(SPELLED.get(c, c) for c in unicodedata.normalize("NFC", text)):
        # Line breaks and other control characters are removed.
        char = char if char.isprintable() else " "
        if _has(font, char):
            plain += char
            continue
        if plain:
            # Letters that the typeface has stay together, for its kerning.
            yield Glyph(plain, font)
            plain = ""
        yield _drawn(char, font, size) or _foreign(char, size) or Glyph("?", font)
    if plain:
        yield Glyph(plain, font)


def _drawn(char: str, font: Font, size: int) -> Glyph | None:
    if char in SIGNS:
        advance, strokes = SIGNS[char]
        return Glyph("", font, strokes, advance=advance)
    if char in SLASHED:
        base, stroke = SLASHED[char]
        return Glyph(base, font, (stroke,))
    parts = unicodedata.normalize("NFD", char)
    base, marks = parts[0], parts[1:]
    if not _has(font, base) or not marks or any(m not in ABOVE | BELOW | DOTS for m in marks):
        return None
    middle = font.getlength(base) / size / 2
    top = (CAP_HEIGHT if base.isupper() or base in "bdfhklt" else X_HEIGHT) + 0.075
    pen = [tuple((middle + x, y + (top if mark in ABOVE else 0)) for x, y in path)
           for mark in marks for path in ABOVE.get(mark, BELOW.get(mark, ()))]
    dots = [(middle + x, y + (top if y > 0 else 0)) for mark in marks for x, y in DOTS.get(mark, ())]
    above = any(mark in ABOVE or mark in ("\u0307", "\u0308") for mark in marks)
    return Glyph(base, font, tuple(pen), tuple(dots), beheaded=above and base in "ij")


def _foreign(char: str, size: int) -> Glyph | None:
    for name in SYSTEM:
        font = _system(name, size)
        if font is not None and _has(font, char):
            return Glyph(char, font)
    return None


@functools.lru_cache(maxsize=64)
def _own(size: int) -> Font:
    font = ImageFont.load_default(size)
    if not isinstance(font, Font):
        raise RuntimeError("Pillow was built without FreeType")
    return font


@functools.lru_cache(maxsize=64)
def _system(name: str, size: int) -> Font | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


@functools.lru_cache(maxsize=4096)
def _has(font: Font, char: str) -> bool:
    if char.isspace():
        return True
    # A font draws a missing character like one that no font has.
    return bytes(font.getmask(char)) != bytes(font.getmask("\uffff"))
