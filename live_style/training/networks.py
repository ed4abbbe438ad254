"""The networks as PyTorch modules: a style predictor and a transformer in three sizes."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from live_style.training.luma import LUMA

STYLE_LENGTH = 100
NORM_EPSILON = 1e-5
# Levels (of 255) up to which a difference is noise. Two frames of a still scene differ by 0.55, 0.3, 0.2 and 0.15
# levels at 1, 2, 4 and 8 px (deviation of the luma; ten clips of people at 480x360), at night by 0.75 at 1 px.
FAINT = 4.0


class Widths(NamedTuple):
    """Channels at half size, at a quarter, and after the first upsampling; residual blocks."""

    half: int
    quarter: int
    up: int
    blocks: int = 5

    def norms(self) -> list[int]:
        """Channels of every conditional norm, in the order in which the graph meets them."""
        return [self.quarter] * (2 * self.blocks) + [4 * self.up, 12]

    def macs_per_pixel(self) -> float:
        """Multiply-adds of all convolutions for each pixel of the frame."""
        half, quarter, up, blocks = self
        at_half = 75 * half + 9 * (up + 12) * 12
        at_quarter = 9 * quarter * (half + 2 * blocks * quarter + 4 * up)
        return at_half / 4 + at_quarter / 16


SIZES = {"fast": Widths(12, 32, 16, 3), "balanced": Widths(16, 64, 24, 3), "fine": Widths(32, 128, 32)}


def conditional_norm(x: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    """Instance norm of x [N,C,H,W] with one scale and bias [N,C] for each picture."""
    variance, mean = torch.var_mean(x.float(), dim=(2, 3), keepdim=True, correction=0)
    gain = torch.rsqrt(variance + NORM_EPSILON) * scale.float()[..., None, None]
    shift = bias.float()[..., None, None] - mean * gain
    return x * gain.to(x.dtype) + shift.to(x.dtype)


def cored(picture: Tensor, faint: Tensor) -> Tensor:
    """The picture [N,C,H,W] less what differs from its surroundings by no more than `faint`, at 2 and 4 px.

    Coring, as television takes noise out of a picture: a network paints what differs between two frames of a still
    scene seven times as strong, on a wall up to twenty times, as hatching that dances. The finest scale is left to the
    first convolution. Nothing changes by more than `faint`.
    """
    fine = F.avg_pool2d(picture, 2)
    coarse = F.avg_pool2d(fine, 2)
    coarse = coarse - _differing(coarse, F.avg_pool2d(coarse, 2)).clamp(-faint, faint)
    found = _differing(fine, coarse).clamp(-faint, faint)
    return picture - F.interpolate(found, scale_factor=2, mode="nearest")


def _differing(plane: Tensor, half: Tensor) -> Tensor:
    return plane - F.interpolate(half, scale_factor=2, mode="bilinear")


class Transformer(nn.Module):
    """Frame [N,3,H,W] in 0..1 and look [N,100] -> frame in the look; H and W are multiples of 8."""

    faint: Tensor

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        self.widths = widths
        # Part of the weights: networks from before 2026-11-28 learned without, and have 0 here.
        self.register_buffer("faint", torch.tensor(FAINT / 255))
        half, quarter, up, blocks = widths
        self.down1 = nn.Conv2d(3, half, 5, stride=2, padding=2)
        self.down2 = nn.Conv2d(half, quarter, 3, stride=2, padding=1)
        # No biases before an instance norm: it takes them out again.
        self.body = nn.ModuleList(nn.Conv2d(quarter, quarter, 3, padding=1, bias=False) for _ in range(2 * blocks))
        self.up1 = nn.Conv2d(quarter, 4 * up, 3, padding=1, bias=False)
        self.up2 = nn.Conv2d(up + 12, 12, 3, padding=1, bias=False)
        # One matrix for all that depends on the look: [scale, bias] of every norm, then the gates of the skip.
        self.look = nn.Linear(STYLE_LENGTH, 2 * sum(widths.norms()) + 12)
        self._start()

    def _start(self) -> None:
        nn.init.normal_(self.look.weight, std=0.02)
        nn.init.zeros_(self.look.bias)
        with torch.no_grad():
            for part in torch.split(self.look.bias, self.parts())[0::2]:
                part.fill_(1.0)

    def blocks(self) -> list[tuple[nn.Conv2d, nn.Conv2d]]:
        """The two convolutions of each residual block."""
        convs = cast("list[nn.Conv2d]", list(self.body))
        return list(zip(convs[0::2], convs[1::2]))

    def encoder(self) -> list[tuple[Tensor, Tensor]]:
        """Weight and bias of the two convolutions that have a bias."""
        return [(conv.weight, cast(Tensor, conv.bias)) for conv in (self.down1, self.down2)]

    def parts(self) -> list[int]:
        """Lengths of the pieces of what `look` gives."""
        return [size for norm in self.widths.norms() for size in (norm, norm)] + [12]

    def levelled(self) -> tuple[Tensor, Tensor]:
        """Weight and bias of `look` as they are used: one bias for the four places that a channel is shuffled to.

        Biases of their own painted a grid of 4 px over flat areas: with one, half of it is left.
        """
        return self.level(self.look.weight), self.level(self.look.bias)

    def level(self, rows: Tensor) -> Tensor:
        """What belongs to the outputs of `look` [n,...], as it is used."""
        *parts, scale, bias, last_scale, last_bias, gate = torch.split(rows, self.parts())
        bias, last_bias = (part.reshape(-1, 4, *part.shape[1:]).mean(1).repeat_interleave(4, 0)
                           for part in (bias, last_bias))
        return torch.cat([*parts, scale, bias, last_scale, last_bias, gate])

    def forward(self, frame: Tensor, style: Tensor, fitted: Tensor | None = None) -> Tensor:
        """fitted [1,n]: what a style adds to the outputs of `look`."""
        looked = F.linear(style, *self.levelled())
        looked = looked if fitted is None else looked + self.level(fitted[0])
        pieces = list(torch.split(looked, self.parts(), dim=1))
        gate = pieces.pop()
        norms = iter(zip(pieces[0::2], pieces[1::2]))
        picture = cored(frame - 0.5, self.faint)
        x = F.relu(self.down2(F.relu(self.down1(picture))))
        for first, second in self.blocks():
            inner = F.relu(conditional_norm(first(x), *next(norms)))
            x = x + conditional_norm(second(inner), *next(norms))
        x = F.pixel_shuffle(F.relu(conditional_norm(self.up1(x), *next(norms))), 2)
        skip = F.pixel_unshuffle(picture, 2) * gate[..., None, None].to(picture.dtype)
        x = conditional_norm(self.up2(torch.cat([x, skip.to(x.dtype)], dim=1)), *next(norms))
        return torch.sigmoid(F.pixel_shuffle(x, 2).float())


def stylize(net: Transformer, frame: Tensor, style: Tensor, strength: Tensor, color: Tensor,
            fitted: Tensor) -> Tensor:
    """What the exported graph computes, in floats: frame [N,3,H,W] 0..1, style [N,100], strength and color [N],
    what was fitted [1,n] for one frame.

    The weaker the look, the more of the frame itself is mixed in: left alone, a network is already 0.6 of the way from
    the frame at a strength of 0.1, in some looks all of it.
    """
    weight = strength.clamp(0, 1)[:, None, None, None]
    change = net(frame, style * strength[:, None], fitted * strength) - frame
    luma = (change * change.new_tensor(LUMA)[:, None, None]).sum(1, keepdim=True)
    kept = color[:, None, None, None]
    return frame + weight * ((1 - kept) * change + kept * luma)


# Channels of each stage of the predictor; every stage halves the picture.
STAGES = (32, 64, 96, 128, 192)
# The square root of a dead channel's variance, 0, has no gradient.
DEVIATION_FLOOR = 1e-8


class Predictor(nn.Module):
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
