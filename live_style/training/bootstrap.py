"""Weights read back from the ONNX files of the first `balanced` and predictor, and networks widened or narrowed from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from live_style.training.networks import SIZES, Predictor, Transformer


def _weights(path: Path) -> dict[str, Tensor]:
    graph = onnx.load(str(path)).graph
    return {t.name: torch.from_numpy(np.array(numpy_helper.to_array(t), np.float32)) for t in graph.initializer}


def _folded(weights: dict[str, Tensor]) -> list[Tensor]:
    """Convolutions whose batch norm was folded in at export: the exporter numbered them in the order of the graph."""
    names = sorted((n for n in weights if n.startswith("onnx::")), key=lambda n: int(n.rpartition("_")[2]))
    return [weights[name] for name in names]


def read_balanced(path: Path) -> Transformer:
    """The bootstrap `balanced` transformer as a module."""
    found = _weights(path)
    down = _folded(found)
    net = Transformer(SIZES["balanced"])
    norms = [f"net.r.{i}.{half}.n.fc" for i in range(5) for half in "ab"] + ["net.u1.n.fc", "net.un.fc", "net.gate"]
    state = {
        "down1.weight": down[0], "down1.bias": down[1], "down2.weight": down[2], "down2.bias": down[3],
        "up1.weight": found["net.u1.c.weight"], "up2.weight": found["net.u2.weight"],
        "look.weight": torch.cat([found[f"{n}.weight"] for n in norms]),
        "look.bias": torch.cat([found[f"{n}.bias"] for n in norms]),
    }
    state |= {f"body.{2 * i + j}.weight": found[f"net.r.{i}.{'ab'[j]}.c.weight"] for i in range(5) for j in (0, 1)}
    net.load_state_dict(state)
    return net


def read_predictor(path: Path) -> Predictor:
    """The bootstrap predictor as a module."""
    found = _weights(path)
    convs = _folded(found)
    net = Predictor()
    order = ["down.0"]
    for stage in range(4):
        order += [f"down.{stage + 1}", f"inner.{stage}.0", f"inner.{stage}.1"]
    state = {"hidden.weight": found["net.h.0.weight"], "hidden.bias": found["net.h.0.bias"],
             "out.weight": found["net.h.2.weight"], "out.bias": found["net.h.2.bias"]}
    for i, name in enumerate(order):
        state |= {f"{name}.weight": convs[2 * i], f"{name}.bias": convs[2 * i + 1]}
    net.load_state_dict(state)
    return net
