"""The panel of measures: how fast it runs, how late the picture is, what paints it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from live_style.frame import Image
from live_style.frame import Size
from live_style.imaging.text import width_of
from live_style.interfaces import Layer
from live_style.ui.panels.theme import ACCENT
from live_style.ui.panels.theme import SOFT
from live_style.ui.panels.theme import TEXT
from live_style.ui.panels.theme import Unit
from live_style.ui.panels.theme import ground
from live_style.ui.panels.theme import unit_of


@dataclass(frozen=True)
class Stats:
    """The content of the panel; rounded by the caller, so that equal values are drawn once."""

    fps: float = 0.0
    p50: float = 0.0
    """Latency from the camera to the window in ms, median."""
    p95: float = 0.0
    """The same, 95th percentile."""
    dropped: int = 0
    skipped: int = 0
    """Frames that were not painted on purpose, at a level with a lower frame rate."""
    audio: int = 0
    """Milliseconds to set as OBS's audio sync offset."""
    provider: str = ""
    """What runs the network: "CUDA", "CPU"."""
    model: str = ""
    net_size: str = ""
    """"640x360"."""


def stats_panel(stats: Stats, size: Size, bottom: int = 0) -> tuple[Layer, ...]:
    """The panel in the lower left corner of a window, `bottom` pixels above its edge."""
    unit = unit_of(size)
    image = _panel(stats, unit, size[0] - 2 * unit(16))
    return (Layer(image, unit(16), size[1] - bottom - image.shape[0] - unit(16)),)


@functools.lru_cache(maxsize=8)
def _panel(stats: Stats, unit: Unit, room: int) -> Image:
    """As many of the figures as fit, the most important first."""
    cells = [
        (f"{stats.fps:.1f}", "fps"),
        (f"{stats.p50:.0f} / {stats.p95:.0f} ms", "latency p50 / p95"),
        (f"{stats.dropped}", "dropped"),
        *([(f"{stats.skipped}", "skipped")] if stats.skipped else []),
        (f"{stats.audio} ms", "OBS audio offset"),
        (stats.provider, f"{stats.model} {stats.net_size.replace('x', ' × ')}".strip()),
    ]
    # A cell is at least as wide as four digits: the panel is not to tremble when a 9.9 becomes a 10.1.
    big, small, least = unit(16), unit(11), width_of("0000", unit(16))
    pad, gap = unit(16), unit(22)

    def widths() -> list[int]:
        return [max(width_of(label, small), width_of(value, big), least) for value, label in cells]

    for name in ("OBS audio offset", "skipped", "dropped", "latency p50 / p95"):
        if 2 * pad + sum(widths()) + gap * (len(cells) - 1) > room:
            cells = [cell for cell in cells if cell[1] != name]
    canvas = ground((2 * pad + sum(widths()) + gap * (len(cells) - 1), unit(56)), unit)
    x = pad
    for place, ((value, label), width) in enumerate(zip(cells, widths(), strict=True)):
        canvas.text(x, unit(27), value, big, ACCENT if place == len(cells) - 1 else TEXT, bold=True)
        canvas.text(x, unit(44), label, small, SOFT)
        x += width + gap
    return canvas.image()
