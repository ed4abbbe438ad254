"""A mixture: a new style between others, which says whose they are."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence

from live_style.errors import StyleError
from live_style.look import mix
from live_style.style import MAX_TEXT
from live_style.style import Style
from live_style.style import make_style
from live_style.styles.collection import check_space

FREE = "CC0-1.0"
"""A licence that asks nothing of a mixture."""


def mixed_style(parts: Iterable[tuple[Style, float]], name: str) -> Style:
    """The style between others, by their weights (>= 0, of any sum); raises StyleError where nothing can be mixed.

    Artists and licences of its parts are kept; its licence is open where that of a part is.
    """
    kept = sorted(((style, weight) for style, weight in parts if weight > 0.0), key=lambda part: -part[1])
    if len(kept) < 2:
        raise StyleError("a mix needs two styles at least, each with a weight above 0",
                         'Name them with their weights: "Water Lilies:0.6" "Neon:0.4".')
    styles = [style for style, _ in kept]
    for style in styles:
        check_space(style, styles[0].space)
    total = sum(weight for _, weight in kept)
    look = mix([(style.look(), weight) for style, weight in kept])
    shares = [f"{weight / total:.0%} {_told(style)}" for style, weight in kept]
    return make_style(name, styles[0].space, look.embedding, artist=_line([style.artist for style in styles]),
                      credit=_line(shares), licence=_licence([style.licence for style in styles]), norms=look.norms)


def _told(style: Style) -> str:
    by = ", ".join(word for word in (style.artist, style.year) if word)
    return f"{style.name} ({by})" if by else style.name


def _licence(licences: Sequence[str]) -> str:
    """What a mixture must keep to: all that its parts ask; nothing is said where one part says nothing."""
    if not all(licences):
        return ""
    return _line([licence for licence in licences if licence != FREE], " and ") or FREE


def _line(words: Iterable[str], comma: str = ", ") -> str:
    """Each word once, as far as a line of a style file goes."""
    text = comma.join(dict.fromkeys(word for word in words if word))
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT - 1] + "…"
