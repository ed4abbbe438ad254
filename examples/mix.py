"""A mix of styles: one picture, painted on the way from one style to another.

    python examples/mix.py [OUT.png] [STYLE] [STYLE]

STYLE is the name of a style, a style file or any picture.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from live_style import load_stylizer
from live_style import mix_styles
from live_style.imaging.write import write_png
from live_style.sources.demo import draw_scene

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def main(out: str = "mix.png", first: str = "Water Lilies", second: str = "Neon") -> None:
    """Five paintings in a row."""
    stylizer = load_stylizer("fast", resolution=256)
    here, there = stylizer.style(first), stylizer.style(second)
    scene = draw_scene((256, 144), seconds=1.5)  # or live_style.read_picture("holiday.jpg")
    looks = [mix_styles([(here, 1.0 - share), (there, share)]) for share in SHARES]
    write_png(Path(out), np.hstack([stylizer.paint(scene, look) for look in looks]), {"styles": f"{first}, {second}"})


if __name__ == "__main__":
    main(*sys.argv[1:])
