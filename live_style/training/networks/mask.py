"""The network that finds people: a small U-shaped network of our own."""

from __future__ import annotations

from typing import cast

import torch.nn.functional as F
from torch import Tensor, nn

# Channels at a half, a quarter, an eighth and a sixteenth of the size on the way down, and on the way up.
DOWN, UP = (16, 32, 48, 64), (16, 16, 32)
BLOCKS, WIDER = 3, 2
# Halvings of the picture: its sides are multiples of 2 ** HALVINGS.
HALVINGS = len(DOWN)
# Values of a 2x2 square of the mask.
SQUARE_OF_MASK = 4


def normed(conv: nn.Conv2d) -> nn.Sequential:
    """A convolution and a batch norm, which a file has as one convolution: without it a run learns ten times slower."""
    conv.bias = None
    return nn.Sequential(conv, nn.BatchNorm2d(conv.out_channels))


def joined(part: nn.Module) -> nn.Conv2d:
    """A convolution as it is, or with its batch norm in its weights."""
    if isinstance(part, nn.Conv2d):
        return part
    conv, norm = cast("tuple[nn.Conv2d, nn.BatchNorm2d]", tuple(part.children()))
    gain = norm.weight / (cast(Tensor, norm.running_var) + norm.eps).sqrt()
    whole = nn.Conv2d(conv.in_channels, conv.out_channels, cast("tuple[int, int]", conv.kernel_size),
                      cast("tuple[int, int]", conv.stride), groups=conv.groups)
    whole.weight = nn.Parameter(conv.weight * gain[:, None, None, None])
    whole.bias = nn.Parameter(norm.bias - cast(Tensor, norm.running_mean) * gain)
    return whole


class Block(nn.Module):
    """A residual block: 5x5 in each channel by itself, then two layers between the channels of each place."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.spread = normed(nn.Conv2d(channels, channels, 5, padding=2, groups=channels))
        self.widen = nn.Conv2d(channels, WIDER * channels, 1)
        self.narrow = nn.Conv2d(WIDER * channels, channels, 1)
        nn.init.zeros_(self.narrow.weight)

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, x + self.narrow(F.relu(self.widen(self.spread(x)))))


class MaskNet(nn.Module):
    """Picture [N,3,H,W] in 0..1 -> logits of being a person's [N,1,H,W]; H and W are multiples of 16.

    What it says of one place depends on the rest of the picture by its receptive field, and by the mean of its deepest
    features, which says whether there are people at all.
    """

    def __init__(self) -> None:
        super().__init__()
        half, quarter, eighth, deep = DOWN
        self.down1 = normed(nn.Conv2d(3, half, 3, stride=2, padding=1))
        self.down2 = normed(nn.Conv2d(half, quarter, 3, stride=2, padding=1))
        self.down3 = normed(nn.Conv2d(quarter, eighth, 3, stride=2, padding=1))
        self.down4 = nn.Conv2d(eighth, eighth, 3, stride=2, padding=1, groups=eighth)
        self.deepen = normed(nn.Conv2d(eighth, deep, 1))
        self.blocks = nn.ModuleList(Block(deep) for _ in range(BLOCKS))
        self.whole = nn.Conv2d(deep, deep, 1)
        widths = [deep, *UP[::-1]]
        self.rise = nn.ModuleList(normed(nn.Conv2d(a, b, 1)) for a, b in zip(widths, widths[1:]))
        self.skip = nn.ModuleList(nn.Conv2d(a, b, 1, bias=False) for a, b in zip((eighth, quarter, half), UP[::-1]))
        # At half the size a 3x3 convolution would take a quarter of all the time: the output is one itself.
        self.merge = nn.ModuleList(normed(nn.Conv2d(b, b, 3, padding=1)) for b in UP[:0:-1])
        self.out = nn.Conv2d(UP[0], SQUARE_OF_MASK, 3, padding=1)
        nn.init.normal_(self.out.weight, std=0.02)

    def forward(self, picture: Tensor) -> Tensor:
        half = F.relu(self.down1(picture * 2 - 1))
        quarter = F.relu(self.down2(half))
        eighth = F.relu(self.down3(quarter))
        x = F.relu(self.deepen(self.down4(eighth)))
        for block in self.blocks:
            x = block(x)
        x = F.relu(x + self.whole(x.mean((2, 3), keepdim=True)))
        merges = [*self.merge, None]
        for rise, skip, merge, seen in zip(self.rise, self.skip, merges, (eighth, quarter, half)):
            x = F.relu(F.interpolate(rise(x), scale_factor=2, mode="bilinear", align_corners=False) + skip(seen))
            if merge is not None:
                x = F.relu(x + merge(x))
        return F.pixel_shuffle(self.out(x), 2)
