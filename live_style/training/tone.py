"""Light and dark over large areas: a dark wall is to stay darker than a light one, whatever is painted on it."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

# Side of the areas, px: brush strokes are smaller, a face at an arm's length is larger.
AREA = 16
# Frames whose deviation of brightness (0..1) is far below this one count for nothing: noise on a wall has no light and
# dark to keep.
FAINT = 0.03
# A square root has no gradient at 0.
TINY = 1e-9


def tone(frames: Tensor, painted: Tensor) -> Tensor:
    """1 - the correlation of brightness by areas, for each painting [N,3,H,W] of frames [N,3,H,W], both 0..1.

    Gram matrices know no places and features of relu3_3 hardly any brightness, so without this term a network
    that is to be steady paints a large dark area as light as the others.
    """
    seen, made = (F.avg_pool2d(picture.mean(1, keepdim=True), AREA).flatten(1) for picture in (frames, painted))
    seen, made = (areas - areas.mean(1, keepdim=True) for areas in (seen, made))
    contrast = seen.square().mean(1)
    alike = (seen * made).mean(1) / (contrast * made.square().mean(1) + TINY).sqrt()
    return (1 - alike) * contrast / (contrast + FAINT ** 2)
