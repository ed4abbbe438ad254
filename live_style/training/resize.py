"""Networks made from networks of another size: deepened or widened without changing what they compute, or pruned."""

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
        (first, bias), (second, other) = net.encoder()
        _fill(wider.encoder(), [(first[half], bias[half]),
                                (_shared(second, half, chance)[quarter], other[quarter])])
        for ours, theirs in zip(wider.blocks(), net.blocks()):
            for conv, source in zip(ours, theirs):
                conv.weight.copy_(_shared(source.weight, quarter, chance)[quarter])
        wider.up1.weight.copy_(_shared(net.up1.weight, quarter, chance)[shuffled])
        joined = torch.cat([up, torch.arange(old.up, old.up + 12)])
        wider.up2.weight.copy_(_shared(net.up2.weight, joined, chance))
        _fill_look(net, wider, [quarter] * (4 * old.blocks) + [shuffled] * 2)
        wider.faint.copy_(net.faint)
    return wider


def _fill(ours: list[tuple[Tensor, Tensor]], theirs: list[tuple[Tensor, Tensor]]) -> None:
    for (weight, bias), (new_weight, new_bias) in zip(ours, theirs):
        weight.copy_(new_weight)
        bias.copy_(new_bias)


def _fill_look(net: Transformer, other: Transformer, picks: list[Tensor]) -> None:
    """picks: for each scale and bias up to the first upsampling, the old channels that the new ones take."""
    whole = [*picks, *[torch.arange(12)] * 3]
    for ours, theirs in ((other.look.weight, net.look.weight), (other.look.bias, net.look.bias)):
        parts = torch.split(theirs, net.parts())
        ours.copy_(torch.cat([part[pick] for part, pick in zip(parts, whole)]))


def deepened(net: Transformer, blocks: int) -> Transformer:
    """The same network with `blocks` residual blocks: the first ones, as the last change its painting least.

    New ones add nothing yet.
    """
    other = Transformer(net.widths._replace(blocks=blocks))
    block = 4 * net.widths.quarter  # rows of `look` for one: scale and bias of two norms
    old = min(blocks, net.widths.blocks)
    with torch.no_grad():
        _fill(other.encoder(), net.encoder())
        kept = [pair for blocks_ in zip(other.blocks(), net.blocks()) for pair in zip(*blocks_)]
        for ours, theirs in [(other.up1, net.up1), (other.up2, net.up2), *kept]:
            ours.weight.copy_(theirs.weight)
        for rows, source in ((other.look.weight, net.look.weight), (other.look.bias, net.look.bias)):
            new = rows[:block].clone()
            new[block // 2:] = 0
            tail = source[block * net.widths.blocks:]
            rows.copy_(torch.cat([source[:block * old], *[new] * (blocks - old), tail]))
        other.faint.copy_(net.faint)
    return other


def pruned(net: Transformer, smaller: Transformer) -> Transformer:
    """Fill `smaller` with the channels of `net` that weigh most: a start for distillation, not the same function."""
    new = smaller.widths
    half = net.down2.weight.square().sum((0, 2, 3)).topk(new.half).indices
    leaving = [*(first for first, _ in net.blocks()), net.up1]
    energy = torch.stack([conv.weight.square().sum((0, 2, 3)) for conv in leaving]).sum(0)
    quarter = energy.topk(new.quarter).indices
    up = net.up2.weight[:, : net.widths.up].square().sum((0, 2, 3)).topk(new.up).indices
    shuffled = (up[:, None] * 4 + torch.arange(4)).flatten()
    with torch.no_grad():
        (first, bias), (second, other) = net.encoder()
        _fill(smaller.encoder(), [(first[half], bias[half]), (second[quarter][:, half], other[quarter])])
        picks = []
        for ours, theirs in zip(smaller.blocks(), net.blocks()):
            inner = theirs[1].weight[quarter].square().sum((0, 2, 3)).topk(new.quarter).indices
            ours[0].weight.copy_(theirs[0].weight[inner][:, quarter])
            ours[1].weight.copy_(theirs[1].weight[quarter][:, inner])
            picks += [inner, inner, quarter, quarter]
        smaller.up1.weight.copy_(net.up1.weight[shuffled][:, quarter])
        joined = torch.cat([up, torch.arange(net.widths.up, net.widths.up + 12)])
        smaller.up2.weight.copy_(net.up2.weight[:, joined])
        _fill_look(net, smaller, [*picks, shuffled, shuffled])
    return smaller
