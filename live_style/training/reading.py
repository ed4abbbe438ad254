"""Networks read back: from the checkpoint of a run, or from an exported file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from live_style.errors import ModelError
from live_style.training.networks import SIZES, STAGES, Predictor, Transformer, Widths
from live_style.training.resize import deepened, pruned, widened


def _weights(path: Path) -> dict[str, Tensor]:
    try:
        graph = onnx.load(str(path)).graph
    except Exception as error:
        raise ModelError(f"{path} cannot be read: {error}", "give a .onnx file or a checkpoint.pt") from error
    return {t.name: torch.from_numpy(numpy_helper.to_array(t).astype(np.float32)) for t in graph.initializer}


def _widths(shapes: dict[str, torch.Size]) -> Widths:
    half, quarter = shapes["down2.weight"][1], shapes["down2.weight"][0]
    blocks = sum(name.startswith("body.") for name in shapes) // 2
    return Widths(half, quarter, shapes["up1.weight"][0] // 4, blocks)


def _averaged(path: Path) -> dict[str, Tensor]:
    found: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)["average"]
    return found


def read_networks(path: Path) -> list[Predictor | Transformer]:
    """All networks of a checkpoint (their averaged weights), or the one of our .onnx files."""
    if path.suffix != ".pt":
        return [read_predictor(path) if "hidden_weight" in _weights(path) else read_transformer(path)]
    state = _averaged(path)
    # `train together` keeps predictor.*, transformers.fast.* and so on in one.
    names = {name.rsplit(end, 1)[0] for name in state for end in ("hidden.weight", "look.weight") if name.endswith(end)}
    return [_filled({name.removeprefix(front): value for name, value in state.items() if name.startswith(front)})
            for front in sorted(names)]


def read_mean(paths: Sequence[Path]) -> list[Predictor | Transformer]:
    """As `read_networks`; of several runs that began alike, the mean of their weights (Wortsman et al. 2022)."""
    first, *others = [read_networks(path) for path in paths]
    if any([_shapes(net) for net in found] != [_shapes(net) for net in first] for found in others):
        raise ModelError(f"{' and '.join(map(str, paths))} hold networks of other kinds or sizes: they have no mean",
                         "name runs of the same networks")
    for net, *peers in zip(first, *others):
        states = [each.state_dict() for each in (net, *peers)]
        net.load_state_dict({name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]})
    return first


def _shapes(net: torch.nn.Module) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in net.state_dict().items()}


def _filled(state: dict[str, Tensor]) -> Predictor | Transformer:
    seer = "hidden.weight" in state
    net = Predictor() if seer else Transformer(_widths({name: value.shape for name, value in state.items()}))
    if not seer:
        state = {"faint": torch.tensor(0.0)} | state  # from before 2026-11-28
    net.load_state_dict(state)
    return net


def read_transformer(path: Path) -> Transformer:
    """The transformer of a checkpoint (its averaged weights) or of one of our .onnx files."""
    if path.suffix != ".pt":
        return cast(Transformer, _filled(_named(path)))
    found = [net for net in read_networks(path) if isinstance(net, Transformer)]
    if len(found) != 1:
        raise ModelError(f"{path} holds {len(found)} transformers, not one",
                         f"live-style train export {path} -o FOLDER, and name a file of the folder")
    return found[0]


def _named(path: Path) -> dict[str, Tensor]:
    found = _weights(path)
    if "look_weight" not in found:
        raise ModelError(f"{path} is no transformer of live-style", "give models/transformer-*.onnx")
    state = {"look.weight": found["look_weight"].T.contiguous(), "look.bias": found["look_bias"]}
    for part in ("down1", "down2"):
        state |= {f"{part}.{kind}": found[f"{part}_{kind}"] for kind in ("weight", "bias")}
    half = int(state["down1.weight"].flatten(1).abs().sum(1).nonzero().max()) + 1  # the rest fills a block with zeros
    state |= {"down1.weight": state["down1.weight"][:half], "down1.bias": state["down1.bias"][:half],
              "down2.weight": state["down2.weight"][:, :half]}
    up2 = found["up2_weight"]
    # Files from before 2026-11-23 fold the picture inside the network; the networks of some cards begin from one.
    if state["down1.weight"].shape[1] == 12:
        state["down1.weight"] = _unfolded(state["down1.weight"])
        for part in ("look.weight", "look.bias"):
            rest, last = state[part][:-36], state[part][-36:]
            state[part] = torch.cat([rest, *(_turned(part[None])[0] for part in torch.split(last, 12))])
        up2 = _turned(up2.transpose(0, 1)).transpose(0, 1)
    blocks = sum(name.startswith("block") and name.endswith("a_weight") for name in found)
    state |= {f"body.{2 * i + j}.weight": found[f"block{i}{'ab'[j]}_weight"] for i in range(blocks) for j in (0, 1)}
    state["up1.weight"] = found["up1_weight"]
    state |= {name: value for name, value in found.items() if name == "faint"}
    state["up2.weight"] = torch.cat([up2[:, :-12], _turned(up2[:, -12:])], dim=1)
    return state


def _unfolded(weight: Tensor) -> Tensor:
    """[C,12,3,3] on the folded picture as [C,3,5,5] of stride 2 on the picture."""
    wide = weight.reshape(-1, 2, 2, 3, 3, 3).permute(0, 3, 4, 1, 5, 2).reshape(-1, 3, 6, 6)
    return wide[..., :5, :5].contiguous()


def _turned(weight: Tensor) -> Tensor:
    """The graph has a picture's twelve planes as (place, colour), PyTorch as (colour, place)."""
    return weight.reshape(len(weight), 4, 3, *weight.shape[2:]).transpose(1, 2).flatten(1, 2)


def read_predictor(path: Path) -> Predictor:
    """The predictor of a checkpoint (its averaged weights) or of one of our .onnx files."""
    none = ModelError(f"{path} is no predictor of live-style", "give models/predictor-fp32.onnx")
    if path.suffix == ".pt":
        for net in read_networks(path):
            if isinstance(net, Predictor):
                return net
        raise none
    found = _weights(path)
    if "hidden_weight" not in found:
        raise none
    net = Predictor()
    names = {"down.0": "down0", "hidden": "hidden", "out": "out"}
    for i in range(1, len(STAGES)):
        names |= {f"down.{i}": f"down{i}", f"inner.{i - 1}.0": f"inner{i}a", f"inner.{i - 1}.1": f"inner{i}b"}
    net.load_state_dict({f"{ours}.{kind}": found[f"{theirs}_{kind}"] for ours, theirs in names.items()
                         for kind in ("weight", "bias")})
    return net


def size_name(net: Transformer) -> str:
    """fast, balanced or fine; raises ModelError for widths that we do not ship."""
    for name, widths in SIZES.items():
        if widths == net.widths:
            return name
    raise ModelError(f"a network of widths {tuple(net.widths)} has no name", f"train one of {', '.join(SIZES)}")


def started(name: str, source: Path) -> Transformer:
    """A network of the named size to go on with, begun from another one of any size; it is to core its frames."""
    net = read_transformer(source)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # what is new in it is the same each time
        wanted = Transformer(SIZES[name])
        if net.widths.blocks != wanted.widths.blocks:
            net = deepened(net, wanted.widths.blocks)
    if net.widths != wanted.widths:
        grows = math.prod(wanted.widths) > math.prod(net.widths)
        net = widened(net, wanted) if grows else pruned(net, wanted)
    net.faint.copy_(wanted.faint)
    return net
