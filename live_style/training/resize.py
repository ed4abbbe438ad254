"""Networks made from networks of another size: deepened or widened without changing what they compute, or pruned."""

from __future__ import annotations

import torch
from torch import Tensor

from live_style.training.networks import Transformer


def _joined(weight: Tensor, fresh: Tensor, inputs: Tensor) -> Tensor:
    """`fresh` [O,I,k,k] with `weight` [o,i,k,k] in its place: the old outputs hear the old inputs and nothing else.

    inputs: where the old ones are now. New outputs hear all, as loudly as the old ones do.
    """
    made = fresh * (weight.square().mean() / fresh.square().mean()).sqrt()
    made[:len(weight)] = 0
    made[:len(weight), inputs] = weight
    return made


def widened(net: Transformer, wider: Transformer) -> Transformer:
    """Put `net` into the new network `wider`, which then computes the same: nothing hears its new channels yet.

    These are a new network's. Copies of old ones, the other way to widen (Net2Net), stay copies: with what leaves them
    split among them in random parts, `fine` had each of its channels twice (a cosine of 0.99) after 6 k crops.
    """
    old = net.widths
    half, quarter = torch.arange(old.half), torch.arange(old.quarter)
    skip = torch.arange(12) + wider.widths.up
    with torch.no_grad():
        for (_, ours), (_, theirs) in zip(wider.encoder(), net.encoder()):
            ours[:len(theirs)] = theirs
        heard = [(wider.down1, net.down1, torch.arange(3)), (wider.down2, net.down2, half),
                 *((*pair, quarter) for pairs in zip(wider.blocks(), net.blocks()) for pair in zip(*pairs)),
                 (wider.up1, net.up1, quarter), (wider.up2, net.up2, torch.cat([torch.arange(old.up), skip]))]
        for conv, source, inputs in heard:
            conv.weight.copy_(_joined(source.weight, conv.weight, inputs))
        for rows, known in ((wider.look.weight, net.look.weight), (wider.look.bias, net.look.bias)):
            for new, part in zip(torch.split(rows, wider.parts()), torch.split(known, net.parts())):
                new[:len(part)] = part
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
