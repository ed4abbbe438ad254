"""The parts of OpenCV that live-style uses: fast pixel operations and cameras."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from live_style.frame import Image
from live_style.frame import Size
from live_style.frame import size_of


def resize(image: Image, size: Size) -> Image:
    """The picture at another size: area means when it shrinks (no shimmer), bilinear when it grows."""
    if size_of(image) == size:
        return image
    shrinks = size[0] * size[1] < image.shape[0] * image.shape[1]
    return _u8(cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR))


_SOFT = 0.5
"""Deviation, px: noise of 6 levels at 1280x720 is 1.5 at 432x240, where area means of all pixels leave 1.9."""


def jpeg(image: Image) -> bytes:
    """A picture as a JPEG for a glance."""
    return bytes(cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 70])[1])


def quick_resize(image: Image, size: Size) -> Image:
    """Like `resize`, within two levels and without more shimmer; takes half of the time when it shrinks."""
    # Only halving is fast: 0.3 ms from 1280x720, where any other factor takes 1.5 ms more.
    while image.shape[1] >= 2 * size[0] and image.shape[0] >= 2 * size[1]:
        image = resize(image, (image.shape[1] // 2, image.shape[0] // 2))
    factor = max(image.shape[1] / size[0], image.shape[0] / size[1])
    if factor == 1.0 or factor > 2.0:
        return resize(image, size)
    # A pixel between two is mean enough up to a third; beyond, that would let noise and shimmer through: softened by
    # as much as area means would, for two thirds of the time of growing to twice the size and halving.
    if factor > 4 / 3:
        image = _u8(cv2.GaussianBlur(image, (3, 3), _SOFT))
    return _u8(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR))


def flip(image: Image) -> Image:
    """The mirror image, left and right exchanged."""
    return _u8(cv2.flip(image, 1))


_ROWS = 60
"""Rows of a screen that fit into a core's cache while they are converted: 0.45 ms at 1280x720, all at once 0.7."""


def show_on(screen: npt.NDArray[np.uint8], image: Image, mirrored: bool) -> None:
    """Write a picture, or its mirror image, into a screen of its size: BGRX, uint8 [height, width, 4]."""
    for y in range(0, screen.shape[0], _ROWS):
        rows = screen[y:y + _ROWS]
        cv2.cvtColor(image[y:y + _ROWS], cv2.COLOR_RGB2BGRA, dst=rows)
        if mirrored:
            # Integers are reversed in a third of the time that four single bytes take.
            cv2.flip(rows.view(np.int32), 1, dst=rows.view(np.int32))


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


def relight(planes: Sequence[npt.NDArray[np.uint16]], linear: npt.NDArray[np.float32],
            matrix: npt.NDArray[np.float32], shown: npt.NDArray[np.uint8]) -> Image:
    """Another kind of RGB: `linear` of each number, mixed by `matrix`, then `shown` of the float32's upper half.

    Both tables have 65536 entries.
    """
    image = np.empty((*planes[0].shape, 3), np.uint8)
    for y in range(0, len(image), _ROWS):
        numbers = cv2.merge([plane[y:y + _ROWS] for plane in planes])
        bright = np.asarray(cv2.transform(cv2.LUT(numbers, linear), matrix), np.float32)
        cv2.LUT((bright.view(np.uint32) >> 16).astype(np.uint16), shown, dst=image[y:y + _ROWS])
    return image


def restore_detail(painted: Image, seen: Image, original: Image, share: float) -> Image:
    """`painted` enlarged to the size of `original`, plus `share` (0..1) of the detail that shrinking to `seen` removed.

    `painted` and `seen` are of one size, the network's. At share 1 with painted = seen the result is exactly
    the original, so that a fade to the real picture ends on it without a step in sharpness.
    """
    if share <= 0.0:
        # Nor is the original read: 0.6 ms less at 1280x720.
        return _u8(cv2.resize(painted, size_of(original), interpolation=cv2.INTER_CUBIC))
    # painted - share * seen is grown as one picture of bytes: 1.2 ms at 1280x720 where 16 bits took 9, for an
    # error of at most two levels. Its offset is an integer, or share 1 would be one level off the original.
    scale = 1.0 / (1.0 + share)
    offset = float(round(255.0 * share * scale + 0.01))
    change = cv2.addWeighted(painted, scale, seen, -share * scale, offset)
    grown = cv2.resize(change, size_of(original), interpolation=cv2.INTER_CUBIC)
    # Into the same memory: alone 1.3 ms at 1280x720, where fresh memory made it 3.7.
    return _u8(cv2.addWeighted(original, share, grown, 1.0 / scale, -offset / scale, dst=grown))


Plane = npt.NDArray[np.uint8]
"""One channel, uint8 [height, width]; weights go from 0 to 255."""


def brightness(image: Image) -> Plane:
    """Luma at half of the size, averaged over 6x6 pixels, which removes sensor noise."""
    grey = _u8(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    half = max(1, grey.shape[1] // 2), max(1, grey.shape[0] // 2)
    return _u8(cv2.blur(resize(grey, half), (3, 3)))


def weights_of_change(a: Plane, b: Plane, table: Plane, reach: int) -> Plane:
    """`table`[|a - b|] where and `reach` pixels around where two planes differ, with soft edges; table uint8[256]."""
    change = cv2.dilate(cv2.absdiff(a, b), np.ones((reach, reach), np.uint8))
    return _u8(cv2.LUT(cv2.blur(change, (3, 3)), table))


def weigh(old: npt.NDArray[np.uint8], new: npt.NDArray[np.uint8], weights: Plane) -> npt.NDArray[np.uint8]:
    """old + weights / 255 (new - old), rounded, pixel by pixel; both of one shape."""
    # Of bytes, half of the time of OpenCV's blendLinear, which takes weights of float32. Up and down apart: what
    # differs by less than a rounding stays as it was, where a sum of two rounded products would flicker by a level.
    # Into the same memory where it can be, which saves a fifth of the time.
    step = cv2.cvtColor(weights, cv2.COLOR_GRAY2RGB) if new.ndim == 3 else weights.copy()
    apart = cv2.absdiff(old, new)
    # The product is a third of the time: one serves both ways, as the way that a pixel does not go has no room.
    cv2.multiply(apart, step, dst=step, scale=1 / 255)
    rise = cv2.min(step, cv2.subtract(new, old, dst=apart), dst=apart)
    fall = cv2.min(step, cv2.subtract(old, new), dst=step)
    return _u8(cv2.subtract(cv2.add(old, rise, dst=rise), fall, dst=rise))


_REACH, _FLAT = 1, 0.0004
"""Radius in pixels of the mask, and the variance of brightness (0..1) below which an edge is taken for noise."""
_STEEP = 1.6
"""How much steeper the drawn edge is made: to follow edges takes means twice, which widens it."""
_GUIDE = 640
"""Longest side at which a mask follows the picture's edges."""


def follow_edges(mask: Plane, image: Image, finest: int = _GUIDE) -> Plane:
    """A small mask at the size of a picture, its soft edges drawn along those of the picture (fast guided filter).

    He and Sun 2015: around each place the mask is a line of the brightness, found at the small size, drawn at `finest`.
    """
    factor = min(1.0, finest / max(size_of(image)))
    middle = max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor))
    guide = _u8(cv2.cvtColor(quick_resize(image, middle), cv2.COLOR_RGB2GRAY))
    small, share = (np.asarray(plane / np.float32(255.0), np.float32) for plane in (resize(guide, size_of(mask)), mask))
    light, found = _mean(small), _mean(share)
    slope = (_mean(small * share) - light * found) / (_mean(small * small) - light * light + _FLAT)
    start = _mean(found - slope * light)
    drawn = cv2.multiply(cv2.resize(_mean(slope), middle), guide, dtype=cv2.CV_32F)
    drawn = cv2.add(drawn, cv2.resize(start * np.float32(255.0), middle), dtype=cv2.CV_32F)
    steep = cv2.addWeighted(drawn, _STEEP, drawn, 0.0, 127.5 * (1.0 - _STEEP), dtype=cv2.CV_8U)
    return _u8(cv2.resize(steep, size_of(image), interpolation=cv2.INTER_LINEAR))


def _mean(plane: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.blur(plane, (2 * _REACH + 1, 2 * _REACH + 1)), np.float32)


def _u8(image: object) -> Image:
    return np.asarray(image, np.uint8)


Points = npt.NDArray[np.float64]
"""[n, 2] x and y in pixels."""


def shape_mask(points: Points, size: Size) -> npt.NDArray[np.float32]:
    """How much of each pixel (0..1) lies inside a closed outline."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    draw_shape(mask, points, 255)
    return mask.astype(np.float32) / np.float32(255.0)


def draw_shape(image: npt.NDArray[np.uint8], points: Points, color: int | tuple[int, int, int]) -> None:
    """Fill an outline with smooth edges, in place."""
    # OpenCV counts from pixel centres, in 1/16 of a pixel here.
    cv2.fillPoly(image, [np.round((points - 0.5) * 16).astype(np.int32)], color, cv2.LINE_AA, 4)


def blur(image: npt.NDArray[np.float32], across: float, along: float) -> npt.NDArray[np.float32]:
    """Gaussian blur by `across` pixels sideways and `along` up and down."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), across, sigmaY=along), np.float32)


def lay(image: Image, sprite: npt.NDArray[np.uint8], matrix: npt.NDArray[np.float64]) -> None:
    """Draw a premultiplied RGBA sprite over a picture, in place, through an affine map of pixels [2, 3]."""
    height, width = sprite.shape[:2]
    corners = np.array([(0, 0, 1), (width, 0, 1), (0, height, 1), (width, height, 1)]) @ matrix.T
    low = np.maximum(np.floor(corners.min(0)).astype(int), 0)
    high = np.minimum(np.ceil(corners.max(0)).astype(int), size_of(image))
    if (high <= low).any():
        return
    if np.array_equal(matrix, np.round(matrix)) and np.array_equal(matrix[:, :2], np.eye(2)):
        start, end = low - matrix[:, 2].astype(int), high - matrix[:, 2].astype(int)
        patch = np.ascontiguousarray(sprite[start[1]:end[1], start[0]:end[0]])
    else:
        moved = matrix.copy()
        moved[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5 - low
        patch = _u8(cv2.warpAffine(sprite, moved, (int(high[0] - low[0]), int(high[1] - low[1]))))
    alpha = cv2.bitwise_not(cv2.extractChannel(patch, 3))
    under = image[low[1]:high[1], low[0]:high[0]]
    left = cv2.multiply(under, cv2.merge((alpha, alpha, alpha)), scale=1 / 255)
    cv2.add(left, cv2.cvtColor(patch, cv2.COLOR_RGBA2RGB), dst=under)


def placed(image: Image, swapped: bool, across: bool, down: bool) -> Image:
    """The picture with rows and columns swapped, then mirrored from left to right and from top to bottom."""
    if swapped:
        image = _u8(cv2.transpose(image))
    if across or down:
        image = _u8(cv2.flip(image, -1 if across and down else int(across)))
    return image


class CameraHandle:
    """An open camera: `place` is a path (Linux) or a number. Nothing is raised: None means no picture.

    MJPG is requested first, because over USB 2 few cameras deliver 1280x720 at 30 frames a second without it.
    """

    def __init__(self, place: str | int, size: Size, fps: float) -> None:
        self._camera = cv2.VideoCapture()
        try:
            if sys.platform == "win32":
                _open_directshow(self._camera, int(place), size, fps)
            elif sys.platform == "darwin":
                if self._camera.open(int(place), cv2.CAP_AVFOUNDATION):
                    _ask(self._camera, None, size, fps)
            elif self._camera.open(place, cv2.CAP_V4L2):
                _ask(self._camera, "MJPG", size, fps)
                if self.format != "MJPG":  # the driver chose another format, perhaps with 3 bytes a pixel
                    _ask(self._camera, "YUYV", size, fps)
        except cv2.error:
            self.close()

    @property
    def opened(self) -> bool:
        """Whether it was opened; stays true for a camera that was unplugged."""
        return self._camera.isOpened()

    @property
    def format(self) -> str:
        """Four letters, as the driver reports them: MJPG, YUYV ..."""
        code = int(self._get(cv2.CAP_PROP_FOURCC))
        return code.to_bytes(4, "little", signed=True).decode("ascii", "replace")

    @property
    def fps(self) -> float:
        """Frames a second, as the driver claims; 0 if unknown."""
        return max(0.0, round(self._get(cv2.CAP_PROP_FPS), 3))

    def grab(self) -> bool:
        """Wait for the next picture; False when none came: at once, or after 2 s."""
        try:
            return self._camera.grab()
        except cv2.error:
            return False

    def picture(self) -> Image | None:
        """The grabbed picture."""
        try:
            good, image = self._camera.retrieve()
            return _u8(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)) if good and image is not None else None
        except cv2.error:  # a broken JPEG, or a format of one channel
            return None

    def close(self) -> None:
        """Release the camera."""
        self._camera.release()

    def _get(self, what: int) -> float:
        try:
            return float(self._camera.get(what))
        except cv2.error:
            return 0.0


def _ask(camera: cv2.VideoCapture, fourcc: str | None, size: Size, fps: float) -> None:
    if fourcc is not None:
        camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*fourcc))
    camera.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
    camera.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    camera.set(cv2.CAP_PROP_FPS, fps)
    # With one buffer a UVC driver has nowhere to put the picture that begins while we look at the last one, and
    # loses every other; two add no age, because the next one is always waited for.
    camera.set(cv2.CAP_PROP_BUFFERSIZE, 2)


def _open_directshow(camera: cv2.VideoCapture, number: int, size: Size, fps: float) -> None:
    """Everything in one call: DirectShow rebuilds its graph, which takes seconds, at each later change."""
    wanted = [cv2.CAP_PROP_FRAME_WIDTH, size[0], cv2.CAP_PROP_FRAME_HEIGHT, size[1],
              cv2.CAP_PROP_FPS, round(fps)]
    mjpg = [cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")]
    for parameters in ([*mjpg, *wanted], wanted, []):
        if camera.open(number, cv2.CAP_DSHOW, parameters):
            return
