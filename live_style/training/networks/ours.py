"""The networks as PyTorch modules: a style predictor and a style transformer in two sizes (Ghiasi et al. 2017)."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from live_style.training.metrics.luma import LUMA

STYLE_LENGTH = 100
NORM_EPSILON = 1e-5
# Values of one pixel of the folded frame: three colours of each pixel of a 2x2 square.
FOLDED = 12
# The gates of the two skips at the start: half of what the encoder saw.
OPEN = 0.5


class Widths(NamedTuple):
    """Channels at half size, at a quarter, at an eighth, and after the last upsampling; number of residual blocks."""

    half: int
    quarter: int
    eighth: int
    up: int
    blocks: int
    """Residual blocks, at an eighth of the size."""

    def norms(self) -> list[int]:
        """Channels of every conditional instance norm, in the order in which the graph meets them."""
        return [self.eighth] * (2 * self.blocks) + [self.quarter, self.up]

    def gates(self) -> list[int]:
        """Channels of the two gated skips: the features at a quarter of the size, the folded frame."""
        return [self.quarter, FOLDED]

    def macs_per_pixel(self) -> float:
        """Multiply-adds of all convolutions for each pixel of the frame."""
        half, quarter, eighth, up, blocks = self
        at_half = 9 * (FOLDED * half + (quarter + FOLDED) * up + up * FOLDED)
        at_quarter = 9 * quarter * (half + eighth)
        at_eighth = 9 * eighth * (quarter + 2 * blocks * eighth)
        return at_half / 4 + at_quarter / 16 + at_eighth / 64


SIZES = {"fast": Widths(16, 32, 64, 16, 3), "balanced": Widths(16, 48, 80, 32, 4)}


def conditional_norm(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    """Conditional instance normalisation (Dumoulin et al. 2017) of x [N,C,H,W] by one gamma and beta [N,C] each."""
    variance, mean = torch.var_mean(x.float(), dim=(2, 3), keepdim=True, correction=0)
    gain = torch.rsqrt(variance + NORM_EPSILON) * gamma.float()[..., None, None]
    shift = beta.float()[..., None, None] - mean * gain
    return x * gain.to(x.dtype) + shift.to(x.dtype)


def _conv(inputs: int, outputs: int, stride: int = 1, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=bias)


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")


class Transformer(nn.Module):
    """Frame [N,3,H,W] in 0..1 and style embedding [N,100] -> painting [N,3,H,W] in 0..1; H, W are multiples of 8.

    The frame is folded to half its size, halved twice more, changed by residual blocks at an eighth of the size, and
    doubled twice by nearest-neighbour upsampling before a convolution, which stamps no grid (Odena et al. 2016). What
    the encoder saw comes back through two skips whose gates are part of the style.
    """

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        self.widths = widths
        half, quarter, eighth, up, blocks = widths
        self.down1 = _conv(FOLDED, half)
        self.down2 = _conv(half, quarter, stride=2)
        self.down3 = _conv(quarter, eighth, stride=2)
        # No biases before an instance norm: it takes them out again.
        self.body = nn.ModuleList(_conv(eighth, eighth, bias=False) for _ in range(2 * blocks))
        self.up1 = _conv(eighth, quarter, bias=False)
        self.up2 = _conv(quarter + FOLDED, up, bias=False)
        self.out = _conv(up, FOLDED)
        # One matrix for all that depends on the style: gamma and beta of every norm, then the gates of the skips.
        self.affine = nn.Linear(STYLE_LENGTH, sum(self.parts()))
        nn.init.normal_(self.affine.weight, std=0.02)
        with torch.no_grad():
            starts = [1.0, 0.0] * len(widths.norms()) + [OPEN] * len(widths.gates())
            for part, value in zip(torch.split(self.affine.bias, self.parts()), starts):
                part.fill_(value)

    def blocks(self) -> list[tuple[nn.Conv2d, nn.Conv2d]]:
        """The two convolutions of each residual block."""
        found = cast("list[nn.Conv2d]", list(self.body))
        return list(zip(found[0::2], found[1::2]))

    def parts(self) -> list[int]:
        """Lengths of the pieces of what `affine` gives: gamma and beta of each norm, then the gates."""
        return [size for norm in self.widths.norms() for size in (norm, norm)] + self.widths.gates()

    def forward(self, frame: Tensor, style: Tensor, offsets: Tensor | None = None) -> Tensor:
        """offsets [1,n]: what a fitted style adds to the outputs of `affine`."""
        values = self.affine(style)
        values = values if offsets is None else values + offsets
        *pieces, quarter_gate, gate = (part for part in torch.split(values, self.parts(), dim=1))
        norms = iter(zip(pieces[0::2], pieces[1::2]))
        folded = F.pixel_unshuffle(frame - 0.5, 2)
        quarter = F.relu(self.down2(F.relu(self.down1(folded))))
        x = F.relu(self.down3(quarter))
        for first, second in self.blocks():
            inner = F.relu(conditional_norm(first(x), *next(norms)))
            x = x + conditional_norm(second(inner), *next(norms))
        x = conditional_norm(self.up1(_doubled(x)), *next(norms))
        x = F.relu(x + quarter * quarter_gate[..., None, None].to(quarter.dtype))
        skip = (folded * gate[..., None, None].to(folded.dtype)).to(x.dtype)
        x = F.relu(conditional_norm(self.up2(torch.cat([_doubled(x), skip], dim=1)), *next(norms)))
        return torch.sigmoid(F.pixel_shuffle(self.out(x), 2).float())


def stylize(net: Transformer, frame: Tensor, style: Tensor, strength: Tensor, color: Tensor,
            offsets: Tensor) -> Tensor:
    """What the exported graph computes, in floats: frame [N,3,H,W] 0..1, style [N,100], strength and color [N],
    offsets [1,n] of a fitted style for one frame.

    The weaker the style, the more of the frame itself is mixed in: at strength 0 the result is the frame.
    """
    weight = strength.clamp(0, 1)[:, None, None, None]
    change = net(frame, style * strength[:, None], offsets * strength) - frame
    luma = (change * change.new_tensor(LUMA)[:, None, None]).sum(1, keepdim=True)
    kept = color[:, None, None, None]
    return frame + weight * ((1 - kept) * change + kept * luma)


# Side of the pictures that the predictor sees, px.
SQUARE = 256
# Channels of each stage of the predictor; every stage halves the picture.
STAGES = (32, 64, 96, 128, 192)
# The square root of a dead channel's variance, 0, has no gradient.
DEVIATION_FLOOR = 1e-8


class PredictorNet(nn.Module):
    """Picture [N,3,256,256] in 0..1 -> style [N,100], from the mean and deviation of its features at four depths."""

    def __init__(self) -> None:
        super().__init__()
        pairs = list(zip((3,) + STAGES[:-1], STAGES))
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairs)
        self.inner = nn.ModuleList(
            nn.ModuleList([nn.Conv2d(c, c, 3, padding=1), nn.Conv2d(c, c, 3, padding=1)]) for c in STAGES[1:]
        )
        self.hidden = nn.Linear(2 * sum(STAGES[1:]), 384)
        self.out = nn.Linear(384, STYLE_LENGTH)

    def stages(self) -> list[tuple[nn.Conv2d, nn.Conv2d, nn.Conv2d]]:
        """Every stage after the first: the convolution that halves, and the two of its residual block."""
        pairs = cast("list[list[nn.Conv2d]]", list(self.inner))
        downs = cast("list[nn.Conv2d]", list(self.down))
        return [(down, first, second) for down, (first, second) in zip(downs[1:], pairs)]

    def forward(self, picture: Tensor) -> Tensor:
        x = F.relu(self.down[0](picture * 2 - 1))
        pooled = []
        for down, first, second in self.stages():
            x = F.relu(down(x))
            x = F.relu(x + second(F.relu(first(x))))
            variance, mean = torch.var_mean(x.float(), dim=(2, 3), correction=1)
            pooled += [mean, torch.sqrt(variance + DEVIATION_FLOOR)]
        return self.out(F.relu(self.hidden(torch.cat(pooled, dim=1))))
