"""A training run: optimiser, averaged weights, checkpoint, log and progress line; it goes on where it was cut off."""

from __future__ import annotations

import copy
import json
import os
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from live_style.errors import ModelError

SAVE_SECONDS = 90.0
LOG_STEPS = 20
# The learning rate is held, then falls to nothing over the last part: a run may be lengthened without a jump.
COOLING = 0.5


def best_device() -> torch.device:
    """CUDA where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def rate(done: float, peak: float, warm: float = 0.01) -> float:
    """Learning rate after the part `done` (0..1) of the run."""
    return peak * min(1.0, (done + 1e-3) / warm, max(0.0, (1 - done) / COOLING))


class Run:
    """One network in training under `folder`: checkpoint.pt holds all of it, log.jsonl a line every LOG_STEPS steps.

    paces: parts of `net` that learn at a rate of their own, as a share of the common one; all of it at 1 without.
    """

    def __init__(self, net: nn.Module, folder: Path, crops: int, peak: float, clip: float, keep: float,
                 paces: Sequence[tuple[nn.Module, float]] = ()) -> None:
        self.net = net
        self.average = copy.deepcopy(net).requires_grad_(False)
        self.folder = folder
        self.total, self.peak, self.clip, self.keep = crops, peak, clip, keep
        groups = [{"params": list(part.parameters()), "pace": pace} for part, pace in paces or [(net, 1.0)]]
        self.optimiser = torch.optim.AdamW(groups, lr=peak, betas=(0.9, 0.98), weight_decay=0.0)
        self.crops = self.steps = 0
        self.seconds = 0.0
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "checkpoint.pt"
        if self.file.exists():
            self._load()
        self._sums: dict[str, float] = {}
        self._summed = 0
        self._since = self._saved = time.perf_counter()

    def _load(self) -> None:
        state = torch.load(self.file, map_location="cpu", weights_only=True)
        if not all("exp_avg_sq" in each for each in state["optimiser"]["state"].values()):
            raise ModelError(f"{self.file} comes from a run with another optimiser and cannot be continued",
                             f"Run live-style train export {self.file} -o FOLDER, and begin another --run with "
                             "--start FOLDER.")
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.crops, self.steps, self.seconds = state["crops"], state["steps"], state["seconds"]

    def save(self) -> None:
        """Write the checkpoint: whole or not at all."""
        state = {"net": self.net.state_dict(), "average": self.average.state_dict(),
                 "optimiser": self.optimiser.state_dict(), "crops": self.crops, "steps": self.steps,
                 "seconds": self.seconds}
        part = self.file.with_suffix(".part")
        torch.save(state, part)
        os.replace(part, self.file)

    def seed(self) -> int:
        """Drawn from the weights as they are: what goes on from here, in this run or another, sees other crops."""
        return zlib.crc32(b"".join(part.detach().cpu().numpy().tobytes() for part in self.net.parameters()))

    @property
    def unfinished(self) -> bool:
        return self.crops < self.total

    def step(self, loss: Tensor, crops: int, shown: dict[str, Tensor]) -> None:
        """Learn from one batch of `crops`; `shown` goes to the log."""
        lr = rate(self.crops / self.total, self.peak)
        for group in self.optimiser.param_groups:
            group["lr"] = lr * group["pace"]
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        size = nn.utils.clip_grad_norm_(self.net.parameters(), self.clip)
        if torch.isfinite(size):
            self.optimiser.step()
        self._follow()
        self.crops += crops
        self.steps += 1
        for key, value in {"loss": loss, "gradient": size, **shown}.items():
            self._sums[key] = self._sums.get(key, 0.0) + float(value.detach())
        self._summed += 1
        if self._summed == LOG_STEPS:
            self._write(lr)
        now = time.perf_counter()
        if now - self._saved > SAVE_SECONDS or not self.unfinished:
            self._saved = now
            self.save()

    @torch.no_grad()
    def _follow(self) -> None:
        # The average of a young run must not remember its start for long.
        keep = min(self.keep, (1 + self.steps) / (10 + self.steps))
        for ours, theirs in zip(self.average.parameters(), self.net.parameters()):
            ours.lerp_(theirs, 1 - keep)
        # Statistics of batch norms are averages already.
        for held, counted in zip(self.average.buffers(), self.net.buffers()):
            held.copy_(counted)

    def _write(self, lr: float) -> None:
        now = time.perf_counter()
        spent, self._since = now - self._since, now
        self.seconds += spent
        row = {"crops": self.crops, "seconds": round(self.seconds, 1), "rate": lr}
        row |= {key: round(value / self._summed, 5) for key, value in self._sums.items()}
        self._sums, self._summed = {}, 0
        with open(self.folder / "log.jsonl", "a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")
        speed = (self.crops / self.seconds) if self.seconds else 0.0
        filled = int(24 * self.crops / self.total)
        words = "  ".join(f"{k} {v:.4f}" for k, v in row.items() if k not in ("crops", "seconds", "rate"))
        print(f"\r[{'#' * filled:24}] {self.crops}/{self.total} crops, {speed:.1f}/s  {words} ", end="", flush=True)
