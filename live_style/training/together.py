"""Predictor and transformers learn together on the perceptual loss, as Ghiasi 2017 trains them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import cycle

import numpy as np
import torch
from torch import Tensor, nn

from live_style.training.batches import batches
from live_style.training.data import Pictures
from live_style.training.finetune import Weights, aims, make_batch, measure
from live_style.training.looks import Looks, to_tensor
from live_style.training.networks import Predictor, Transformer
from live_style.training.run import Run

# Styles saved before are to go on playing: how dear it is to leave the embeddings that the run began with. Their
# deviation over pictures is 0.3, so that moving by a tenth of it costs 0.0002 of a loss of 1.3.
LEASH = 0.2


class System(nn.Module):
    """A predictor and the transformers, by size, that paint with its embeddings."""

    def __init__(self, predictor: Predictor, transformers: Mapping[str, Transformer]) -> None:
        super().__init__()
        self.predictor = predictor
        self.transformers = nn.ModuleDict(dict(transformers))


def embedded(predictor: nn.Module, looks: Looks, indices: list[int]) -> Tensor:
    """Embeddings [N,100] of style pictures as the predictor sees them now, each picture looked at once."""
    each, places = np.unique(indices, return_inverse=True)
    pictures = np.stack([looks.square(int(i)) for i in each])
    found: Tensor = predictor(to_tensor(pictures, looks.device))
    return found[torch.from_numpy(places).to(looks.device)]


def together(run: Run, predictor: nn.Module, nets: Sequence[Callable[[Tensor, Tensor], Tensor]], photos: Pictures,
             looks: Looks, weights: Weights, size: int, pairs: tuple[int, int], workers: int = 0) -> None:
    """Train until the run has seen all its crops; the transformers `nets` of run.net take turns."""
    made = batches(partial(make_batch, photos, looks.order, pairs, size), run.seed(), workers)
    turns = cycle(nets)
    while run.unfinished:
        net, batch = next(turns), next(made)
        indices = batch.looks + batch.others
        styles = embedded(predictor, looks, indices)
        moved = (styles - looks.embeddings[indices]).square().mean()
        parts = measure(net, looks.vgg, styles, aims(looks, batch), batch)
        run.step(weights.loss(parts) + LEASH * moved, len(batch.looks), parts._asdict() | {"moved": moved})
