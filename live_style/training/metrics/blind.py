"""The blind sheet: pairs of paintings, left and right by chance, between which people choose who do not know whose.

No number foretells which of two paintings people choose, so that their choices are the measure. A sheet shows the
style picture and the two paintings of one photograph; which side is whose stands in a second file, the key.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from live_style.errors import SettingsError
from live_style.training.data.pictures import PEOPLE, Pictures, Pixels, find, source_of
from live_style.training.metrics.flicker import frames_of
from live_style.training.metrics.painters import Embedding, PicturePainter

# Of the photographs, so many are people and so many are frames of clips of people; the rest is anything.
PEOPLE_SHARE, CLIP_SHARE = 0.6, 0.2
# Clips that no network is trained on.
CLIPS = ("sign-book.mkv", "sign-sorry.mkv")
STYLE_SIDE, GAP, LINE = 256, 12, 26
QUESTIONS = ("show", "closer")
KEY, SIDES = "key.json", ("left", "right")
WILSON = 1.96
_CURE = "Name the folder of a sheet, and JSON files of choices."
PLAIN = {".jpg", ".jpeg", ".png", ".webp"}


class Subject(NamedTuple):
    """A photograph to be painted in the style of a picture, with the names of both."""

    photo: Pixels
    painting: Pixels
    names: tuple[str, str]


class Count(NamedTuple):
    """How often the first of two was chosen, and the least of all shares that agree with that at 95 % (Wilson 1927)."""

    chosen: int
    of: int

    @property
    def share(self) -> float:
        return self.chosen / self.of if self.of else 0.0

    @property
    def least(self) -> float:
        if not self.of:
            return 0.0
        n, p, z = self.of, self.share, WILSON
        return (p + z * z / (2 * n) - z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def subjects(data: Path, count: int, size: tuple[int, int], seed: int) -> list[Subject]:
    """`count` held-out photographs of width x height px with held-out paintings, none twice where there are enough."""
    chance = np.random.default_rng(seed)
    photos, paintings = (Pictures(find(data, kind)[1]) for kind in ("content", "style"))
    people = [i for i, place in enumerate(photos.places) if source_of(place) in PEOPLE]
    others = [i for i in range(len(photos)) if i not in set(people)]
    clips = [data / "clips" / name for name in CLIPS if (data / "clips" / name).exists()]
    of_clips = round(count * CLIP_SHARE) if clips else 0
    of_people = min(len(people), round(count * PEOPLE_SHARE))
    chosen = [*chance.permutation(people)[:of_people],
              *np.resize(chance.permutation(others), count - of_clips - of_people)]
    pictures = [(fitted(photos.decode(int(i)), size), photos.places[int(i)].name) for i in chosen]
    pictures += [_frame_of(clips[i % len(clips)], size, chance) for i in range(of_clips)]
    styles = chance.permutation(len(paintings))[np.arange(len(pictures)) % len(paintings)]
    found = [Subject(photo, paintings.square(int(style), STYLE_SIDE), (name, paintings.places[int(style)].name))
             for (photo, name), style in zip(pictures, styles)]
    return [found[i] for i in chance.permutation(len(found))]


def _frame_of(clip: Path, size: tuple[int, int], chance: np.random.Generator) -> tuple[Pixels, str]:
    number = int(chance.integers(1, 90))
    frame = frames_of(clip, 640, 480, number)[-1]
    return fitted(Image.fromarray(frame), size), f"{clip.name} frame {number}"


def fitted(picture: Image.Image, size: tuple[int, int]) -> Pixels:
    """The largest part of the size's shape from the picture's middle, scaled to the size."""
    scale = min(picture.width / size[0], picture.height / size[1])
    width, height = size[0] * scale, size[1] * scale
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    box = (left, top, left + width, top + height)
    return np.asarray(picture.convert("RGB").resize(size, Image.Resampling.LANCZOS, box=box))


def draw(pair: tuple[PicturePainter, PicturePainter], shown: Sequence[Subject], folder: Path, seed: int) -> list[Path]:
    """Write pages of pairs and the key into an empty folder; gives the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SettingsError(f"{folder} is not empty", "Name a new folder for the sheet.")
    swapped = np.random.default_rng((seed, 1)).permutation(np.arange(len(shown)) % 2 == 1)
    rows, key = [], []
    for number, (subject, swap) in enumerate(zip(shown, swapped.tolist()), start=1):
        made = [painter.paint(subject.photo, painter.look(subject.painting)) for painter in pair]
        rows.append(_row(number, subject, made[::-1] if swap else made))
        key.append({"pair": number, "first": SIDES[int(swap)], "photograph": subject.names[0],
                    "painting": subject.names[1]})
    per_page = max(1, round(1250 / rows[0].height))
    pages = []
    for start in range(0, len(rows), per_page):
        pages.append(folder / f"page-{start // per_page + 1:02}.png")
        _page(rows[start:start + per_page]).save(pages[-1])
    about = {"first": pair[0].name, "second": pair[1].name, "seed": seed, "pairs": key}
    (folder / KEY).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return pages


def _row(number: int, subject: Subject, made: Sequence[Pixels]) -> Image.Image:
    pictures = [Image.fromarray(pixels) for pixels in (subject.painting, *made)]
    names = ("painting", f"{number} left", f"{number} right")
    row = Image.new("RGB", (sum(p.width for p in pictures) + GAP * 2, LINE + max(p.height for p in pictures)), "white")
    pen, x = ImageDraw.Draw(row), 0
    for picture, name in zip(pictures, names):
        pen.text((x + 2, 4), name, fill="black", font_size=16)
        row.paste(picture, (x, LINE))
        x += picture.width + GAP
    return row


def _page(rows: Sequence[Image.Image]) -> Image.Image:
    page = Image.new("RGB", (rows[0].width, sum(row.height + GAP for row in rows)), "white")
    for i, row in enumerate(rows):
        page.paste(row, (0, i * (row.height + GAP)))
    return page


def score(folder: Path, choices: Sequence[Path]) -> dict[str, Count]:
    """How often the first painter of a sheet was chosen, for each question, in all files of choices together.

    A file of choices is JSON: {"1": {"show": "left", "closer": "right"}, ...}, every pair by its number.
    """
    key = _read(folder / KEY)
    sides = {str(row["pair"]): row["first"] for row in key["pairs"]}
    chosen = dict.fromkeys(QUESTIONS, 0)
    for file in choices:
        said = _read(file)
        if said.keys() != sides.keys():
            raise SettingsError(f"{file} does not answer pairs 1 to {len(sides)}", "Answer every pair once.")
        for pair, side in sides.items():
            for question in QUESTIONS:
                answer = said[pair].get(question) if isinstance(said[pair], dict) else None
                if answer not in SIDES:
                    raise SettingsError(f"{file}: pair {pair} has no answer to \"{question}\"", "Say left or right.")
                chosen[question] += answer == side
    return {question: Count(count, len(sides) * len(choices)) for question, count in chosen.items()}


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise SettingsError(f"{file} cannot be read: {e}", _CURE) from e
    if not isinstance(found, dict):
        raise SettingsError(f"{file} holds no JSON object", _CURE)
    return found


class Folder:
    """Finished pictures in place of a painter: those of a folder in the order of their names, one for each pair."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self._files = iter(sorted(file for file in folder.iterdir() if file.suffix.lower() in PLAIN))

    def look(self, picture: Pixels) -> Embedding:
        """Nothing: the pictures are finished."""
        return np.zeros(0, np.float32)

    def paint(self, frame: Pixels, look: Embedding) -> Pixels:
        """The next picture, cut and scaled to the frame's size."""
        file = next(self._files, None)
        if file is None:
            raise SettingsError(f"{self.name} has fewer pictures than the sheet has pairs", "Ask for fewer: --count.")
        with Image.open(file) as picture:
            return fitted(picture, (frame.shape[1], frame.shape[0]))
