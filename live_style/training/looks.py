"""Style pictures as training sees them: embeddings of all, Gram matrices worked out once and kept in a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from live_style.training.data import Pictures, Pixels
from live_style.training.losses import Vgg, gram
from live_style.training.networks import Predictor

SIZE = 256
CHANNELS = (64, 128, 256, 512)
LENGTH = sum(c * c for c in CHANNELS)


def to_tensor(pixels: np.ndarray, device: torch.device) -> Tensor:
    """Pixels [N,H,W,3] uint8 -> [N,3,H,W] float 0..1, channels last in memory."""
    picture = torch.from_numpy(np.ascontiguousarray(pixels)).to(device).permute(0, 3, 1, 2)
    return picture.float().div_(255).contiguous(memory_format=torch.channels_last)


def _mark(predictor: Predictor) -> str:
    """A short name of its weights: another predictor gives other embeddings."""
    weights = torch.cat([value.detach().float().cpu().flatten() for value in predictor.out.parameters()])
    return hashlib.sha256(weights.numpy().tobytes()).hexdigest()[:8]


class Looks:
    """Embeddings [100] of style pictures, Gram matrices of `count` of them taken at random; kept under `folder`.

    Grams are bfloat16, 0.7 MB a picture: float16 overflows.
    """

    def __init__(self, pictures: Pictures, predictor: Predictor, vgg: Vgg, folder: Path, count: int) -> None:
        self.pictures = pictures
        self.order = np.random.default_rng(0).permutation(len(pictures))[:count].tolist()
        self.vgg = vgg
        self.device = next(vgg.parameters()).device
        folder.mkdir(parents=True, exist_ok=True)
        self.embeddings = self._embed(predictor, folder / f"embeddings-{len(pictures)}-{_mark(predictor)}.npy")
        file = folder / f"grams-{len(pictures)}.bf16"
        fresh = not file.exists()
        self._rows: dict[int, Tensor] = {}
        self._squares: dict[int, Pixels] = {}
        self._grams = np.memmap(file, np.uint16, "w+" if fresh else "r+", shape=(len(pictures), LENGTH))

    def _embed(self, predictor: Predictor, file: Path) -> Tensor:
        if not file.exists():
            rows = []
            with torch.no_grad():
                for i in range(len(self.pictures)):
                    picture = to_tensor(self.pictures.square(i, SIZE)[None], self.device)
                    rows.append(predictor(picture).float().cpu().numpy())
            np.save(file, np.concatenate(rows))
        return torch.from_numpy(np.load(file)).to(self.device)

    def square(self, index: int) -> Pixels:
        """One picture as the predictor sees it, [256,256,3]; decoded once."""
        if index not in self._squares:
            self._squares[index] = self.pictures.square(index, SIZE)
        return self._squares[index]

    def grams(self, indices: list[int]) -> list[Tensor]:
        """Gram matrices of some pictures, one tensor [N,C,C] for each layer."""
        rows = torch.stack([self._row(i) for i in indices])
        parts = torch.split(rows, [c * c for c in CHANNELS], dim=1)
        return [part.view(len(indices), c, c) for part, c in zip(parts, CHANNELS)]

    def _row(self, i: int) -> Tensor:
        # Kept in memory as well: the file's pages are the first that a busy machine takes back.
        if i not in self._rows:
            # A Gram matrix starts with a sum of squares: never 0 once it is written.
            if not self._grams[i, 0]:
                with torch.no_grad():
                    picture = to_tensor(self.pictures.square(i, SIZE)[None], self.device)
                    flat = torch.cat([gram(f).flatten() for f in self.vgg(picture)]).to(torch.bfloat16)
                self._grams[i] = flat.cpu().view(torch.uint16).numpy()
            self._rows[i] = torch.from_numpy(self._grams[i].copy()).view(torch.bfloat16).to(self.device)
        return self._rows[i]
