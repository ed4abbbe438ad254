"""OpenCV, as much of it as live-style uses: fast pixel work and cameras."""

from __future__ import annotations

import os

# A stalled V4L2 driver blocks read() for 10 s by default; 2 s is our own patience. Read by OpenCV at first use.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
# Media Foundation's hardware transforms make some cameras take minutes to open (opencv issue 17687).
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
# OpenCV prints a warning for every camera index that is not there; we say it better.
os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from live_style.frame import Image  # noqa: E402
from live_style.frame import Size  # noqa: E402
from live_style.frame import size_of  # noqa: E402


def resize(image: Image, size: Size) -> Image:
    """The picture at another size: area means when it shrinks (no shimmer), bilinear when it grows."""
    if size_of(image) == size:
        return image
    shrinks = size[0] * size[1] < image.shape[0] * image.shape[1]
    return _u8(cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR))


def flip(image: Image) -> Image:
    """The mirror image, left and right exchanged."""
    return _u8(cv2.flip(image, 1))


def blend(a: Image, b: Image, t: float) -> Image:
    """The picture at `t` (0: a .. 1: b) between two of one size."""
    if t <= 0.0:
        return a
    if t >= 1.0:
        return b
    return _u8(cv2.addWeighted(a, 1.0 - t, b, t, 0.0))


def dim(image: Image, t: float) -> Image:
    """The picture darkened by `t`: 0 leaves it, 1 is black."""
    if t <= 0.0:
        return image
    return _u8(cv2.convertScaleAbs(image, alpha=1.0 - min(1.0, t)))


def restore_detail(painted: Image, original: Image, seen: Image, share: float) -> Image:
    """painted + share * (original - seen), clipped: gives back what shrinking took from the original.

    `seen` is what is left of `original` at this size after the network's own; at share 1 with painted = seen the
    result is the original exactly, so that a fade to the real picture ends on it without a step in sharpness.
    """
    lost = cv2.subtract(original, seen, dtype=cv2.CV_16S)
    out = cv2.addWeighted(lost, share, painted, 1.0, 0.0, dtype=cv2.CV_16S)
    return np.clip(out, 0, 255, out=out).astype(np.uint8)


def _u8(image: object) -> Image:
    return np.asarray(image, np.uint8)
