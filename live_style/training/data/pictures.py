"""Pictures in tar shards, read without unpacking: crops of photographs, squares of paintings, and what is held out."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

Pixels = NDArray[np.uint8]
# One picture in so many of a source is never trained on: in forty, and more of the small sources of people.
HELD_OUT = 40
HELD_OUT_OF = {"human-seg": 5, "voc-people": 5, "faces": 8}
# Sources of people, and the share of the crops that is taken from them: most frames of a show have a face in them.
PEOPLE, PEOPLE_SHARE = ("human-seg", "voc-people", "faces"), 0.35
# Short side, px, of the frames from which crops are taken.
SHORT_SIDE = (200, 480)


class Place(NamedTuple):
    """Where one picture lies: name in the shard, shard, first byte, length."""

    name: str
    shard: Path
    start: int
    length: int


class Pictures:
    """The pictures of some shards, decoded when asked for; H x W x 3 uint8 RGB. Another process opens its own files."""

    def __init__(self, places: list[Place]) -> None:
        self.places = places
        self._files = {place.shard: os.open(place.shard, os.O_RDONLY) for place in places}

    def __reduce__(self) -> tuple[type[Pictures], tuple[list[Place]]]:
        return Pictures, (self.places,)

    def __len__(self) -> int:
        return len(self.places)

    def decode(self, index: int, least: tuple[int, int] | None = None) -> Image.Image:
        """The picture as PIL holds it, in RGB; at a half or less of its size, which is quicker, if `least` allows."""
        place = self.places[index]
        data = os.pread(self._files[place.shard], place.length, place.start)
        picture = Image.open(io.BytesIO(data))
        if least is not None:
            picture.draft("RGB", least)
        return picture.convert("RGB")

    def square(self, index: int, size: int) -> Pixels:
        """The largest centred square, scaled to size x size."""
        return square(self.decode(index), size)

    def crop(self, index: int, size: int, chance: np.random.Generator) -> Pixels:
        """A random window of size x size, mirrored half the time.

        The picture is scaled first, so that its short side is that of the frames that networks run on.
        """
        picture = self.decode(index)
        scale = max(size, chance.uniform(*SHORT_SIDE)) / min(picture.size)
        width, height = (max(size, round(side * scale)) for side in picture.size)
        left, top = int(chance.integers(width - size + 1)), int(chance.integers(height - size + 1))
        box = (left / scale, top / scale, (left + size) / scale, (top + size) / scale)
        box = (box[0], box[1], min(box[2], picture.width), min(box[3], picture.height))
        pixels = np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR, box=box))
        return pixels[:, ::-1] if chance.random() < 0.5 else pixels


def square(picture: Image.Image, size: int, share: float = 1) -> Pixels:
    """The largest centred square of a picture, or that share of its side, scaled to size x size."""
    side = min(picture.size) * share
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    box = (left, top, left + side, top + side)
    return np.array(picture.convert("RGB").resize((size, size), Image.Resampling.LANCZOS, box=box))


class Photographs:
    """Photographs to draw crops from, people more often than their number."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures
        self._people = [i for i, place in enumerate(pictures.places) if source_of(place) in PEOPLE]

    def draw(self, size: int, chance: np.random.Generator) -> Pixels:
        """A random window of size x size."""
        if self._people and chance.random() < PEOPLE_SHARE:
            return self.pictures.crop(int(chance.choice(self._people)), size, chance)
        return self.pictures.crop(int(chance.integers(len(self.pictures))), size, chance)


def to_tensor(pixels: Pixels, device: torch.device) -> Tensor:
    """Pixels [N,H,W,3] uint8 -> [N,3,H,W] float 0..1, channels last in memory."""
    picture = torch.from_numpy(np.ascontiguousarray(pixels)).to(device).permute(0, 3, 1, 2)
    return picture.float().div_(255).contiguous(memory_format=torch.channels_last)


def source_of(place: Place) -> str:
    """The first folder of its name."""
    return place.name.split("/")[0]


def find(folder: Path, kind: str) -> tuple[list[Place], list[Place]]:
    """Pictures of the shards `kind-*.tar`: those to train on, and those held out."""
    train: list[Place] = []
    held: list[Place] = []
    seen: dict[str, int] = {}
    for shard in sorted(folder.glob(f"{kind}-*.tar")):
        with tarfile.open(shard) as tar:
            found = [Place(m.name, shard, m.offset_data, m.size) for m in tar if m.isfile() and m.name.endswith(".jpg")]
        for place in found:
            source = source_of(place)
            number = seen[source] = seen.get(source, -1) + 1
            (train if number % HELD_OUT_OF.get(source, HELD_OUT) else held).append(place)
    return train, held
