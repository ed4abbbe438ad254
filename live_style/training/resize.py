"""Networks made from networks of another width: widened without changing what they compute, or pruned."""

from __future__ import annotations

import torch
from torch import Tensor

from live_style.training.networks import Transformer


def _copies(old: int, new: int) -> Tensor:
    """For each of the new channels, the old one that it repeats."""
    return torch.arange(new) % old


def _shared(weight: Tensor, source: Tensor, chance: torch.Generator) -> Tensor:
    """Inputs [O,I,k,k] -> [O,new,k,k]: what goes to an old input is split among its copies in random parts."""
    parts = 0.5 + 0.25 * torch.randn(weight.shape[0], len(source), 1, 1, generator=chance)
    old = weight.shape[1]
    for channel in range(old):
        same = (source == channel).nonzero()[:, 0]
        own = parts[:, same]
        parts[:, same] = own + (1 - own.sum(1, keepdim=True)) / len(same)
    return weight[:, source] * parts


def widened(net: Transformer, wider: Transformer, seed: int = 0) -> Transformer:
    """Fill `wider` so that it computes what `net` does (Net2Net).

    New channels repeat old ones; what leaves a channel is shared among its copies in random parts, so that they
    learn different things from the first step on.
    """
    chance = torch.Generator().manual_seed(seed)
    old, new = net.widths, wider.widths
    half, quarter, up = (_copies(a, b) for a, b in zip(old[:3], new[:3]))
    shuffled = (up[:, None] * 4 + torch.arange(4)).flatten()
    with torch.no_grad():
        wider.down1.weight.copy_(net.down1.weight[half])
        wider.down1.bias.copy_(net.down1.bias[half])
        wider.down2.weight.copy_(_shared(net.down2.weight, half, chance)[quarter])
        wider.down2.bias.copy_(net.down2.bias[quarter])
        for ours, theirs in zip(wider.body, net.body):
            ours.weight.copy_(_shared(theirs.weight, quarter, chance)[quarter])
        wider.up1.weight.copy_(_shared(net.up1.weight, quarter, chance)[shuffled])
        joined = torch.cat([up, torch.arange(old.up, old.up + 12)])
        wider.up2.weight.copy_(_shared(net.up2.weight, joined, chance))
        _fill_look(net, wider, quarter, shuffled)
    return wider


def _fill_look(net: Transformer, other: Transformer, quarter: Tensor, shuffled: Tensor) -> None:
    kept = torch.arange(12)
    picks = [quarter] * (4 * net.widths.blocks) + [shuffled] * 2 + [kept] * 3
    for ours, theirs in ((other.look.weight, net.look.weight), (other.look.bias, net.look.bias)):
        ours.copy_(torch.cat([part[pick] for part, pick in zip(theirs.split(net.parts()), picks)]))


def pruned(net: Transformer, smaller: Transformer) -> Transformer:
    """Fill `smaller` with the channels of `net` that weigh most: a start for distillation, not the same function."""
    new = smaller.widths
    half = net.down2.weight.square().sum((0, 2, 3)).topk(new.half).indices
    leaving = torch.stack([conv.weight.square().sum((0, 2, 3)) for conv in [*net.body[0::2], net.up1]]).sum(0)
    quarter = leaving.topk(new.quarter).indices
    up = net.up2.weight[:, : net.widths.up].square().sum((0, 2, 3)).topk(new.up).indices
    shuffled = (up[:, None] * 4 + torch.arange(4)).flatten()
    with torch.no_grad():
        smaller.down1.weight.copy_(net.down1.weight[half])
        smaller.down1.bias.copy_(net.down1.bias[half])
        smaller.down2.weight.copy_(net.down2.weight[quarter][:, half])
        smaller.down2.bias.copy_(net.down2.bias[quarter])
        picks = []
        for i in range(new.blocks):
            first, second = net.body[2 * i].weight, net.body[2 * i + 1].weight
            inner = second[quarter].square().sum((0, 2, 3)).topk(new.quarter).indices
            smaller.body[2 * i].weight.copy_(first[inner][:, quarter])
            smaller.body[2 * i + 1].weight.copy_(second[quarter][:, inner])
            picks += [inner, inner, quarter, quarter]
        smaller.up1.weight.copy_(net.up1.weight[shuffled][:, quarter])
        joined = torch.cat([up, torch.arange(net.widths.up, net.widths.up + 12)])
        smaller.up2.weight.copy_(net.up2.weight[:, joined])
        picks += [shuffled] * 2 + [torch.arange(12)] * 3
        for ours, theirs in ((smaller.look.weight, net.look.weight), (smaller.look.bias, net.look.bias)):
            ours.copy_(torch.cat([part[pick] for part, pick in zip(theirs.split(net.parts()), picks)]))
    return smaller
