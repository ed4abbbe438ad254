"""Light of HDR and of wide gamuts, as their standards print it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from live_style.frame import Image

# Of BT.709, and the matrices from its light to that of the others.
TO_2020 = np.array([(0.6274, 0.3293, 0.0433), (0.0691, 0.9195, 0.0114), (0.0164, 0.0880, 0.8956)])
TO_P3 = np.array([(0.8225, 0.1774, 0.0), (0.0332, 0.9669, 0.0), (0.0171, 0.0724, 0.9108)])
Floats = npt.NDArray[np.float64]


def pq(light: Floats) -> Floats:
    power = (light * 203.0 / 10000.0) ** (2610 / 16384)
    coded: Floats = ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)
    return coded


def hlg(light: Floats) -> Floats:
    scene = (light * 0.203) ** (1 / 1.2)
    coded: Floats = np.where(scene <= 1 / 12, np.sqrt(3 * scene),
                             0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073)
    return coded


def gamma(light: Floats) -> Floats:
    coded: Floats = light ** (1 / 2.4)
    return coded


def coded(pictures: Image, kind: str) -> npt.NDArray[np.uint16]:
    """Pictures of BT.709 as numbers of "pq", "hlg", "bt2020" or "p3"."""
    light = (pictures / 255) ** 2.4 @ (TO_P3 if kind == "p3" else TO_2020).T
    numbers = {"pq": pq, "hlg": hlg}.get(kind, gamma)(light)
    return (np.clip(numbers, 0, 1) * 65535).round().astype("<u2")
