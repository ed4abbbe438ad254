"""The mask network learns where people are: from masks that were drawn, and from a larger network's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from live_style.inference.onnxruntime import plain_session
from live_style.training.data.people import Example, MaskLesson, Mask, examples
from live_style.training.data.pictures import Pictures, Pixels, to_tensor
from live_style.training.methods.run import Run
from live_style.training.metrics.flicker import frames_of

TEACHER_FILE = "selfie-segmentation-any.onnx"
# Short side at which the teacher sees a picture, and what its sides are multiples of.
SHORT_SIDE, STEP = 256, 16
# How much more a place near an edge counts, and how near that is, px.
EDGE, NEAR = 3.0, 7


# Clips whose frames are learned from, as the teacher's masks of them are good, and their sizes; figures are taken of
# others. One frame in so many.
FILMED = {f"sign-{word}.mkv": (640, 480) for word in ("help", "milk", "please", "school", "walk")}
FILMED |= {"talking-face-720x720.mp4": (720, 720)}
FRAMES, EVERY = 90, 6


class SelfieTeacher:
    """MediaPipe's selfie segmentation, on one thread."""

    def __init__(self, folder: Path) -> None:
        self._network = plain_session(str(folder / TEACHER_FILE), threads=1)

    def mask(self, picture: Pixels) -> Mask:
        """The mean with the mirrored picture, of the picture's size."""
        height, width = picture.shape[:2]
        scale = SHORT_SIDE / min(height, width)
        size = (max(STEP, round(width * scale / STEP) * STEP), max(STEP, round(height * scale / STEP) * STEP))
        seen = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))
        found = (self.at_once(seen) + self.at_once(seen[:, ::-1])[:, ::-1]) / 2
        levels = Image.fromarray((found * 255 + 0.5).astype(np.uint8))
        return np.asarray(levels.resize((width, height), Image.Resampling.BILINEAR))

    def at_once(self, picture: Pixels) -> np.ndarray:
        """0..1 in one run, for a picture whose sides are multiples of 16."""
        return np.asarray(self._network.run(None, {"image": picture[None].astype(np.float32) / 255})[0])[0, ..., 0]


def kept_examples(data: Path, teacher: Path, file: Path) -> tuple[Pictures, list[Example]]:
    """All examples; what the teacher says is worked out once and kept in a file."""
    known: dict[str, Mask] = dict(np.load(file)) if file.exists() else {}
    before, network = len(known), SelfieTeacher(teacher)

    def teach(photos: Pictures, index: int) -> Mask:
        name = photos.places[index].name
        if name not in known:
            known[name] = network.mask(np.asarray(photos.decode(index)))
        return known[name]

    photos, found = examples(data, teach)
    if len(known) > before:
        np.savez(file, **cast(Any, known))
    return photos, found + filmed_people(data / "clips", network)


def filmed_people(clips: Path, network: SelfieTeacher) -> list[Example]:
    """Frames of clips as examples: whole upper bodies in rooms, which photographs show too seldom."""
    found = [(name, size) for name, size in FILMED.items() if (clips / name).exists()]
    return [Example(frame, network.mask(frame), True) for name, size in found
            for frame in frames_of(clips / name, *size, FRAMES)[::EVERY]]


def find_people(run: Run, net: Callable[[Tensor], Tensor], lessons: Iterator[MaskLesson], device: torch.device) -> None:
    """Train a mask network until the run has seen all its frames.

    The loss is the cross entropy, in which places near an edge count more, and the share of the union of both masks
    that is not in both.
    """
    while run.unfinished:
        lesson = next(lessons)
        wanted = torch.from_numpy(lesson.masks).to(device)[:, None].float() / 255
        with torch.autocast(device.type, torch.bfloat16):
            found = net(to_tensor(lesson.frames, device)).float()
        around = F.avg_pool2d(wanted, NEAR, 1, NEAR // 2, count_include_pad=False)
        weights = 1 + EDGE * 4 * around * (1 - around)
        crossed = (F.binary_cross_entropy_with_logits(found, wanted, reduction="none") * weights).mean()
        shares = found.sigmoid()
        both = (shares * wanted).sum((1, 2, 3))
        union = (shares + wanted - shares * wanted).sum((1, 2, 3))
        # A frame without people has no union to miss: one whole row of the picture more, so that it weighs little.
        missed = (1 - (both + wanted.shape[-1]) / (union + wanted.shape[-1])).mean()
        run.step(crossed + 0.5 * missed, len(wanted), {"crossed": crossed, "missed": missed})
