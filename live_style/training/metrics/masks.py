"""Figures of a mask network: people found, what is marked without any, and how edges flicker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from live_style.inference.person_mask import PersonMask, mask_size
from live_style.training.data.people import Mask, all_pictures, held_out_empty, held_out_stems, true_masks
from live_style.training.data.pictures import Pictures, Pixels
from live_style.training.methods.masking import SelfieTeacher
from live_style.training.metrics.flicker import frames_of
from live_style.training.metrics.luma import luma

# Frames of each clip, and their size.
CLIP_FRAMES, CLIP_SIZE = 60, (640, 480)
# A place is at an edge if a mask is neither 0 nor 1 within this margin, and still if its luma, averaged over a square
# of so many pixels, changed by less, levels.
MARGIN, AREA, STILL = 0.02, 5, 6.0

Find = Callable[[Pixels], Mask]
"""The mask (0..255) of a picture, at `mask_size`."""


class MaskFigures(NamedTuple):
    """iou: mean over the held-out pictures of people. worst: the least of them. marked: the mean share that is marked
    of held-out pictures without people. flicker: mean change of the mask from frame to frame, at its edges, where the
    clips stand still, in levels of 255.
    """

    name: str
    iou: float
    worst: float
    marked: float
    flicker: float


def measure_masks(data: Path, teacher: Path, file: Path, clips: Iterable[Path]) -> list[MaskFigures]:
    """The teacher's figures at the same size, the network's, and those behind the filter of a show."""
    selfie, plain = SelfieTeacher(teacher), PersonMask(file, steady=False)

    def taught(picture: Pixels) -> Mask:
        seen = np.asarray(Image.fromarray(picture).resize(mask_size((picture.shape[1], picture.shape[0]))))
        return np.asarray(selfie.at_once(seen) * 255 + 0.5, np.uint8)

    films = [frames_of(clip, *CLIP_SIZE, CLIP_FRAMES) for clip in clips]
    finders: list[tuple[str, Callable[[], Find]]] = [
        ("teacher", lambda: taught), (file.stem, lambda: plain.find),
        (f"{file.stem}, filtered", lambda: PersonMask(file, steady=True).find)]
    truth, photos = true_masks(data), all_pictures(data)
    people = _by_stem(photos, held_out_stems(truth))
    empty = held_out_empty(data)
    return [_figures(name, made, [(picture, truth[stem]) for stem, picture in people.items()],
                     [np.asarray(empty.decode(i)) for i in range(len(empty))], films) for name, made in finders]


def _by_stem(photos: Pictures, stems: list[str]) -> dict[str, Pixels]:
    places = {place.name: index for index, place in enumerate(photos.places)}
    return {stem: np.asarray(photos.decode(places[f"human-seg/{stem}.jpg"])) for stem in stems}


def _figures(name: str, made: Callable[[], Find], people: list[tuple[Pixels, Mask]], empty: list[Pixels],
             films: list[list[Pixels]]) -> MaskFigures:
    shares = [overlap(made()(picture), truth) for picture, truth in people]
    marked = [float((made()(picture) > 127).mean()) for picture in empty]
    flickers = [edge_flicker(film, [find_people(frame) for frame in film])
                for film in films for find_people in [made()]]
    return MaskFigures(name, float(np.mean(shares)), min(shares), float(np.mean(marked)),
                       float(np.mean(flickers)) if flickers else float("nan"))


def overlap(found: Mask, truth: Mask) -> float:
    """Intersection over union of the places above a half, at the size of the true mask."""
    grown = np.asarray(Image.fromarray(found).resize((truth.shape[1], truth.shape[0]), Image.Resampling.BILINEAR))
    ours, theirs = grown > 127, truth > 127
    return float((ours & theirs).sum() / max(1, (ours | theirs).sum()))


def edge_flicker(frames: list[Pixels], masks: list[Mask]) -> float:
    """The mean change of the masks at their edges, where the frames stand still, in levels."""
    size = masks[0].shape[1], masks[0].shape[0]
    light = [_smooth(np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BOX))) for frame in frames]
    changes = []
    for (seen, mask), (seen_next, mask_next) in zip(zip(light, masks), zip(light[1:], masks[1:])):
        low, high = 255 * MARGIN, 255 * (1 - MARGIN)
        edge = ((mask > low) & (mask < high)) | ((mask_next > low) & (mask_next < high))
        still = edge & (np.abs(seen_next - seen) < STILL)
        if still.any():
            changes.append(float(np.abs(mask_next.astype(np.int16) - mask)[still].mean()))
    return float(np.mean(changes)) if changes else float("nan")


def _smooth(picture: Pixels) -> np.ndarray:
    plane = luma(picture)
    padded = np.pad(plane, AREA // 2, mode="edge")
    rows = np.lib.stride_tricks.sliding_window_view(padded, (AREA, AREA))
    return np.asarray(rows.mean((2, 3)))


def mask_table(figures: Iterable[MaskFigures]) -> str:
    """The figures as lines of markdown."""
    lines = ["| mask | mean IoU | worst IoU | marked without people | edge flicker |", "|---|---|---|---|---|"]
    lines += [f"| {one.name} | {one.iou:.3f} | {one.worst:.3f} | {one.marked:.2%} | {one.flicker:.2f} |"
              for one in figures]
    return "\n".join(lines)
