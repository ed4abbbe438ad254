"""Networks read back: from the checkpoint of a run, or from an exported file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from live_style.errors import ModelError
from live_style.training.export.folds import whole_kernel
from live_style.training.export.onnx_files import mark
from live_style.training.networks.mask import MaskNet
from live_style.training.networks.ours import FOLDED, SIZES, STAGES, PredictorNet, Transformer, Widths

# Convolutions of a transformer that have a bias, and those that see values after nearest-neighbour upsampling.
_BIASED, _DOUBLED = ("down1", "down2", "down3", "out"), ("up1", "up2")


def _weights(path: Path) -> dict[str, Tensor]:
    try:
        graph = onnx.load(str(path)).graph
    except Exception as error:
        raise ModelError(f"{path} cannot be read: {error}", "Give a .onnx file or a checkpoint.pt.") from error
    return {t.name: torch.from_numpy(numpy_helper.to_array(t).astype(np.float32)) for t in graph.initializer}


def _averaged(path: Path) -> dict[str, Tensor]:
    found: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)["average"]
    return found


def read_networks(path: Path) -> list[PredictorNet | Transformer | MaskNet]:
    """All networks of a checkpoint (their averaged weights), or the one of our .onnx files."""
    if path.suffix != ".pt":
        return [read_predictor(path) if "hidden_weight" in _weights(path) else read_transformer(path)]
    state = _averaged(path)
    if "down4.weight" in state:
        net = MaskNet()
        net.load_state_dict(state)
        return [net]
    # A run keeps networks that learn together as predictor.*, balanced.* and so on.
    names = {name.rsplit(end, 1)[0] for name in state for end in ("hidden.weight", "affine.weight")
             if name.endswith(end)}
    return [_filled({name.removeprefix(front): value for name, value in state.items() if name.startswith(front)})
            for front in sorted(names)]


def _filled(state: dict[str, Tensor]) -> PredictorNet | Transformer:
    predicts = "hidden.weight" in state
    net = PredictorNet() if predicts else Transformer(_widths(state))
    net.load_state_dict(state)
    return net


def _widths(state: dict[str, Tensor]) -> Widths:
    eighth, quarter = state["down3.weight"].shape[:2]
    return Widths(state["down1.weight"].shape[0], quarter, eighth, state["up2.weight"].shape[0],
                  sum(name.startswith("body.") for name in state) // 2)


def read_transformer(path: Path) -> Transformer:
    """The transformer of a checkpoint (its averaged weights) or of one of our .onnx files."""
    if path.suffix != ".pt":
        return _of_graph(path)
    found = [net for net in read_networks(path) if isinstance(net, Transformer)]
    if len(found) != 1:
        raise ModelError(f"{path} holds {len(found)} transformers, not one",
                         f"Run live-style train export {path} -o FOLDER, and name a file in that folder.")
    return found[0]


def _of_graph(path: Path) -> Transformer:
    found = _weights(path)
    if not {"affine_weight", "down3_weight"} <= found.keys():
        raise ModelError(f"{path} is not a transformer of this version of live-style",
                         "Give one of models/transformer-*.onnx.")
    state = {"affine.weight": found["affine_weight"].T.contiguous(), "affine.bias": found["affine_bias"]}
    for part in ("affine.weight", "affine.bias"):
        state[part] = torch.cat([state[part][:-FOLDED], _turned(state[part][None, -FOLDED:])[0]])
    for part in _BIASED:
        state |= {f"{part}.{kind}": found[f"{part}_{kind}"] for kind in ("weight", "bias")}
    state["down1.weight"] = _turned(state["down1.weight"])
    state |= {"out.weight": _turned(state["out.weight"].transpose(0, 1)).transpose(0, 1).contiguous(),
              "out.bias": _turned(state["out.bias"][None])[0]}
    count = sum(name.startswith("block") and name.endswith("a_weight") for name in found)
    state |= {f"body.{2 * i + j}.weight": found[f"block{i}{'ab'[j]}_weight"] for i in range(count) for j in (0, 1)}
    for part in _DOUBLED:
        whole = f"{part}_weight"
        state[f"{part}.weight"] = found[whole] if whole in found else whole_kernel(found, part)
    state["up2.weight"] = torch.cat([state["up2.weight"], _turned(found["skip_weight"])], dim=1)
    return cast(Transformer, _filled(state))


def mark_of(path: Path) -> str:
    """The mark of a transformer in one of our .onnx files or a checkpoint: a style names by it what is fitted to it."""
    if path.suffix == ".pt":
        return mark(read_transformer(path))
    facts = {fact.key: fact.value for fact in onnx.load(str(path)).metadata_props}
    # Not the mark of the network as it is read: a kernel that is taken apart and put together again is rounded.
    return facts["live_style.mark"]


def _turned(weight: Tensor) -> Tensor:
    """The graph has the twelve values of a folded pixel as (place, colour), PyTorch as (colour, place)."""
    return weight.reshape(len(weight), 4, 3, *weight.shape[2:]).transpose(1, 2).flatten(1, 2)


def read_predictor(path: Path) -> PredictorNet:
    """The predictor of a checkpoint (its averaged weights) or of one of our .onnx files."""
    none = ModelError(f"{path} is not a style predictor of live-style", "Give models/predictor-fp32.onnx.")
    if path.suffix == ".pt":
        for net in read_networks(path):
            if isinstance(net, PredictorNet):
                return net
        raise none
    found = _weights(path)
    if "hidden_weight" not in found:
        raise none
    net = PredictorNet()
    names = {"down.0": "down0", "hidden": "hidden", "out": "out"}
    for i in range(1, len(STAGES)):
        names |= {f"down.{i}": f"down{i}", f"inner.{i - 1}.0": f"inner{i}a", f"inner.{i - 1}.1": f"inner{i}b"}
    net.load_state_dict({f"{ours}.{kind}": found[f"{theirs}_{kind}"] for ours, theirs in names.items()
                         for kind in ("weight", "bias")})
    return net


def size_name(net: Transformer) -> str:
    """fast or balanced; raises ModelError for widths that we do not ship."""
    for name, widths in SIZES.items():
        if widths == net.widths:
            return name
    raise ModelError(f"a network of widths {tuple(net.widths)} has no name", f"Train one of {', '.join(SIZES)}.")


def started(sizes: Sequence[str], folder: Path | None) -> dict[str, Transformer]:
    """Networks of the named sizes: new ones, or those of a folder of our files to go on with."""
    if folder is None:
        return {size: Transformer(SIZES[size]) for size in sizes}
    return {size: read_transformer(folder / f"transformer-{size}-fp32.onnx") for size in sizes}
