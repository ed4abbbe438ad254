"""Pictures in tar shards, read without unpacking: crops of photographs, squares of paintings, and what is held out."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
# One picture in forty of each shard is never trained on.
HELD_OUT = 40
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

    def decode(self, index: int) -> Image.Image:
        """The picture as PIL holds it, in RGB."""
        place = self.places[index]
        data = os.pread(self._files[place.shard], place.length, place.start)
        return Image.open(io.BytesIO(data)).convert("RGB")

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


def square(picture: Image.Image, size: int) -> Pixels:
    """The largest centred square of a picture, scaled to size x size."""
    side = min(picture.size)
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    box = (left, top, left + side, top + side)
    return np.array(picture.convert("RGB").resize((size, size), Image.Resampling.LANCZOS, box=box))


def find(folder: Path, kind: str) -> tuple[list[Place], list[Place]]:
    """Pictures of the shards `kind-*.tar`: those to train on, and those held out."""
    train, held = [], []
    for shard in sorted(folder.glob(f"{kind}-*.tar")):
        with tarfile.open(shard) as tar:
            found = [Place(m.name, shard, m.offset_data, m.size) for m in tar if m.isfile() and m.name.endswith(".jpg")]
        held += found[::HELD_OUT]
        train += [place for i, place in enumerate(found) if i % HELD_OUT]
    return train, held
