"""Pictures with the masks of the people in them, and frames made of them: what a mask network learns from."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from live_style.training.data.filmed import filmed
from live_style.training.data.pictures import Pictures, Pixels, Place, find, source_of

Mask = NDArray[np.uint8]
"""[H,W]: 255 where a person is."""
TRUE_MASKS = "human-seg-masks.tar"
# One true mask in so many is never trained on.
HELD_OUT = 10
# True masks that are wrong by eye.
WRONG = {"00018-236", "00048-110", "00077-69", "00106-163", "00156-197"}
# Sources of which every picture has people, whose masks the teacher gives.
TAUGHT = ("voc-people", "faces")
# Sources of things, animals, landscapes and textures; a few of their pictures have people in them, by eye.
EMPTY = ("bsds500", "caltech101", "dtd", "imagenet", "pacs-photo")
WITH_PEOPLE = Path(__file__).with_name("with_people.txt")
# Shapes of the frames, over the width of one of 16:9, and how often each is drawn: 16:9, 4:3, upright, square; and all
# at three quarters, which makes the network know people of more sizes.
SHAPES = (((1.0, 0.5625), 0.5), ((0.8125, 0.625), 0.25), ((0.5625, 0.75), 0.15), ((0.625, 0.625), 0.1))
SMALLER = 0.75
# What the sides of a frame are multiples of.
STEP = 16
# Shares of the frames that are photographs of people, people pasted on another ground, and the rest, without people.
PHOTOGRAPHS, PASTED = 0.35, 0.35
# How many times more often a picture with a true mask is drawn.
TRUE_TIMES = 2
# Share of a picture's width or height that a window takes, whichever it fills more.
WINDOW = (0.6, 1.0)
# Share of a lesson that is newly made, and frames of each shape that are kept for others, in another light and with
# other noise: to decode and scale a picture takes as long as to learn from it.
FRESH, KEPT = 0.25, 600
# Height of a pasted picture of a person, over that of the frame.
TALL = (0.5, 1.7)


class Example(NamedTuple):
    """A picture, by its number or itself, and its mask; None: there are no people."""

    picture: int | Pixels
    mask: Mask | None
    true: bool
    """Whether the mask is good enough to cut the person out."""


class MaskLesson(NamedTuple):
    """Frames [N,H,W,3] and their masks [N,H,W]."""

    frames: Pixels
    masks: Mask


def true_masks(data: Path) -> dict[str, Mask]:
    """The true masks by the stems of their pictures, in order."""
    with tarfile.open(data / TRUE_MASKS) as tar:
        members = sorted((m for m in tar if m.name.endswith(".png")), key=lambda m: m.name)
        return {Path(m.name).stem: _gray(tar.extractfile(m).read()) for m in members}  # type: ignore[union-attr]


def _gray(data: bytes) -> Mask:
    return np.asarray(Image.open(io.BytesIO(data)).convert("L"))


def _closed(mask: Mask) -> Mask:
    """Without the pinholes that a background remover leaves in cloth."""
    return np.asarray(Image.fromarray(mask).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.MinFilter(5)))


def all_pictures(data: Path) -> Pictures:
    """The photographs of all shards, in order, and the textures among the pictures of styles."""
    return Pictures(sorted([*sum(find(data, "content"), []), *textures(sum(find(data, "style"), []))],
                           key=lambda place: place.name))


def textures(places: list[Place]) -> list[Place]:
    """Those of places that are textures."""
    return [place for place in places if source_of(place) == "dtd"]


def held_out_empty(data: Path) -> Pictures:
    """Held-out photographs without people."""
    return Pictures(without_people(find(data, "content")[1]))


def held_out_stems(masks: dict[str, Mask]) -> list[str]:
    """Every tenth of the true masks."""
    return list(masks)[::HELD_OUT]


def without_people(places: Sequence[Place]) -> list[Place]:
    """Those of places that show things, animals, landscapes or textures, and no people."""
    lines = (line.split() for line in WITH_PEOPLE.read_text(encoding="ascii").splitlines())
    people = {f"{source}/{number}" for source, *numbers in lines for number in numbers}
    return [place for place in places if source_of(place) in EMPTY and "__person__" not in place.name
            and f"{source_of(place)}/{Path(place.name).name[:5]}" not in people]


def examples(data: Path, teach: Callable[[Pictures, int], Mask]) -> tuple[Pictures, list[Example]]:
    """Everything to train on; `teach` gives the mask of a picture, by its number, where there is no drawn one."""
    truth, photos = true_masks(data), all_pictures(data)
    held = {place.name for kind in ("content", "style") for place in find(data, kind)[1]}
    held -= {f"human-seg/{stem}.jpg" for stem in truth}
    empty = set(without_people(photos.places))
    apart = {*held_out_stems(truth), *WRONG}
    found = []
    for index, place in enumerate(photos.places):
        stem = Path(place.name).stem
        if place.name in held or stem in apart:
            continue
        if stem in truth and source_of(place) == "human-seg":
            found.append(Example(index, _closed(truth[stem]), True))
        elif place in empty:
            found.append(Example(index, None, False))
        elif source_of(place) in TAUGHT or "__person__" in stem:
            found.append(Example(index, teach(photos, index), False))
    return photos, found


class MaskLessons:
    """Makes lessons: photographs with people, people pasted on other grounds, and grounds without people."""

    def __init__(self, photos: Pictures, found: list[Example], count: int, width: int) -> None:
        self._photos, self._count, self._width = photos, count, width
        self._cut = [each for each in found if each.true]
        # The best masks are the fewest.
        self._people = [each for each in found if each.mask is not None] + TRUE_TIMES * self._cut
        self._empty = [each for each in found if each.mask is None]
        self._kept: dict[tuple[int, int], list[tuple[Pixels, Mask]]] = {}

    def __call__(self, chance: np.random.Generator) -> MaskLesson:
        across, down = SHAPES[int(chance.choice(len(SHAPES), p=[share for _, share in SHAPES]))][0]
        width = self._width * (SMALLER if chance.random() < 0.5 else 1.0)
        shape = (max(STEP, round(across * width / STEP) * STEP), max(STEP, round(down * width / STEP) * STEP))
        kept = self._kept.setdefault(shape, [])
        kept += [self._drawn(shape, chance) for _ in range(max(1, round(FRESH * self._count), self._count - len(kept)))]
        del kept[:-KEPT]
        chosen = [kept[int(i)] for i in chance.choice(len(kept), self._count, replace=False)]
        made = [_varied(frame, mask, chance) for frame, mask in chosen]
        return MaskLesson(filmed(np.stack([frame for frame, _ in made]), chance), np.stack([mask for _, mask in made]))

    def _drawn(self, shape: tuple[int, int], chance: np.random.Generator) -> tuple[Pixels, Mask]:
        kind = chance.random()
        if kind < PHOTOGRAPHS:
            picture = self._window(self._people, shape, chance)
        else:
            picture = self._window(self._empty, shape, chance)
            if kind < PHOTOGRAPHS + PASTED:
                picture = self._pasted(picture, chance)
        return np.asarray(picture.convert("RGB")), np.asarray(picture.getchannel("A"))

    def _opened(self, drawn: list[Example], least: float, chance: np.random.Generator) -> Image.Image:
        """A picture with its mask as alpha, of at least that many pixels each way if it has them."""
        example = drawn[int(chance.integers(len(drawn)))]
        picture = (self._photos.decode(example.picture, (round(least), round(least)))
                   if isinstance(example.picture, int) else Image.fromarray(example.picture))
        mask = Image.new("L", picture.size) if example.mask is None else Image.fromarray(example.mask)
        picture.putalpha(mask if mask.size == picture.size else mask.resize(picture.size, Image.Resampling.BILINEAR))
        return picture

    def _window(self, drawn: list[Example], shape: tuple[int, int], chance: np.random.Generator) -> Image.Image:
        """A random window of a frame's shape."""
        share = chance.uniform(*WINDOW)
        picture = self._opened(drawn, max(shape) / share, chance)
        part = min(a / b for a, b in zip(picture.size, shape)) * share
        box = [side * part for side in shape]
        left, top = (chance.uniform(0, whole - side) for whole, side in zip(picture.size, box))
        return _scaled(picture, shape, (left, top, left + box[0], top + box[1]))

    def _pasted(self, ground: Image.Image, chance: np.random.Generator) -> Image.Image:
        """With a person in front, who comes from below, as pictures of people are mostly cut off there."""
        height = ground.height * chance.uniform(*TALL)
        person = self._opened(self._cut, height, chance)
        size = (max(8, round(person.width * height / person.height)), max(8, round(height)))
        person = _scaled(person, size, (0, 0, *person.size))
        lit = Image.fromarray(_lit(np.asarray(person.convert("RGB")), chance))
        left = round(chance.uniform(-0.4, 0.4) * ground.width + (ground.width - size[0]) / 2)
        top = ground.height - size[1] + round(chance.uniform(0, 0.3) * size[1])
        mask = Image.new("L", ground.size)
        mask.paste(person.getchannel("A"), (left, top))
        over = ground.convert("RGB")
        over.paste(lit, (left, top), person.getchannel("A"))
        over.putalpha(mask)
        return over


def _scaled(picture: Image.Image, size: tuple[int, int], box: tuple[float, float, float, float]) -> Image.Image:
    """Colours and mask scaled each by itself: together, Pillow would darken the colours under a mask of 0."""
    colours = picture.convert("RGB").resize(size, Image.Resampling.BILINEAR, box=box)
    colours.putalpha(picture.getchannel("A").resize(size, Image.Resampling.BILINEAR, box=box))
    return colours


def _varied(frame: Pixels, mask: Mask, chance: np.random.Generator) -> tuple[Pixels, Mask]:
    """Mirrored half the time, and in another light."""
    if chance.random() < 0.5:
        frame, mask = frame[:, ::-1], mask[:, ::-1]
    return _lit(frame, chance), mask


def _lit(frame: Pixels, chance: np.random.Generator) -> Pixels:
    """In another light: brighter or darker, flatter, of another tint."""
    gains = chance.uniform(0.6, 1.25) * chance.normal(1, 0.05, 3)
    gamma = chance.uniform(0.75, 1.35)
    table = 255 * (np.arange(256)[:, None] / 255) ** gamma * gains + chance.uniform(0, 25)
    steps = table.clip(0, 255).astype(np.uint8)
    return np.stack([steps[frame[..., c], c] for c in range(3)], axis=-1)
