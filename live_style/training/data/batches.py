"""Batches without end: made where they are asked for, or ahead by processes of their own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Generator
from multiprocessing.queues import Queue
from queue import Empty, Full
from typing import Any, TypeVar, cast

import numpy as np

T = TypeVar("T")
Make = Callable[[np.random.Generator], T]
# Batches that each process keeps ready, and seconds after which it is asked whether it still lives.
AHEAD, PATIENCE = 4, 1.0


def batches(make: Make[T], seed: int, workers: int) -> Generator[T, None, None]:
    """What `make` gives, again and again.

    One batch of four crops takes 9 ms of a core: little compared with a second of training on a CPU, too much for a
    GPU, which needs several `workers`. What `make` holds is then sent to each of them. Raises what `make` raises.
    """
    if not workers:
        yield from _endless(make, seed, 0)
    # A fork of a process that has threads can hang, and CUDA forbids it. Not PyTorch's DataLoader: after one with
    # worker processes (PyTorch 2.14), PyAV crashed in this process, four times of four.
    context = multiprocessing.get_context("spawn")
    ready: Queue[T | Exception] = context.Queue(workers * AHEAD)
    team = [context.Process(target=_work, args=(make, seed, n, ready), daemon=True) for n in range(workers)]
    for one in team:
        one.start()
    try:
        while True:
            yield _next(ready, lambda: all(one.is_alive() for one in team))
    finally:
        for one in team:
            one.terminate()
            one.join()


def _endless(make: Make[T], seed: int, number: int) -> Generator[T, None, None]:
    chance = np.random.default_rng((seed, number))
    while True:
        yield make(chance)


def _work(make: Make[T], seed: int, number: int, ready: Queue[T | Exception]) -> None:
    try:
        for batch in _endless(make, seed, number):
            while not _put(ready, batch):
                # A parent that was killed has ended nothing: this process would wait for ever.
                if not cast(Any, multiprocessing.parent_process()).is_alive():
                    ready.cancel_join_thread()
                    return
    except Exception as error:
        ready.put(error)


def _put(ready: Queue[T | Exception], batch: T) -> bool:
    try:
        ready.put(batch, timeout=PATIENCE)
    except Full:
        return False
    return True


def _next(ready: Queue[T | Exception], alive: Callable[[], bool]) -> T:
    while True:
        try:
            item = ready.get(timeout=PATIENCE)
        except Empty:
            if not alive():
                raise RuntimeError("a process that prepares crops ended: fewer --workers take less memory") from None
            continue
        if isinstance(item, Exception):
            raise item
        return item
