"""Batches without end: made where they are asked for, or ahead by processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import numpy as np
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

T = TypeVar("T")
# Batches that each process keeps ready: one decides in a tenth of a second what the next four are.
AHEAD = 4


class _Endless(IterableDataset[T], Generic[T]):
    def __init__(self, make: Callable[[np.random.Generator], T], seed: int) -> None:
        self._make, self._seed = make, seed

    def __iter__(self) -> Iterator[T]:
        info = get_worker_info()
        chance = np.random.default_rng((self._seed, info.id if info else 0))
        while True:
            yield self._make(chance)


def _as_it_is(batch: T) -> T:
    return batch


def batches(make: Callable[[np.random.Generator], T], seed: int, workers: int) -> Iterator[T]:
    """What `make` gives, again and again.

    One batch of four crops takes 9 ms of a core: nothing beside a second of training on a CPU, too much for a GPU,
    which wants several `workers`. What `make` holds is then sent to each of them. Raises what `make` raises.
    """
    loader = DataLoader(_Endless(make, seed), batch_size=None, collate_fn=_as_it_is, num_workers=workers,
                        prefetch_factor=AHEAD if workers else None,
                        # A fork of a process that has threads can hang, and CUDA forbids it.
                        multiprocessing_context="spawn" if workers else None)
    return iter(loader)
