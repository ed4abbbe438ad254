"""Magenta's mobile transformer (Ghiasi et al. 2017) rebuilt in PyTorch from its ONNX file: a teacher, never shipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import Tensor, nn

from live_style.errors import ModelError
from live_style.training.networks.ours import conditional_norm

RESIDUALS = [f"residual/residual{i}/conv{j}" for i in range(1, 6) for j in (1, 2)]


class Magenta(nn.Module):
    """Frame [N,3,H,W] in 0..1 and embedding [N,100] -> painting; H and W are multiples of 4."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        graph = onnx.load(str(file)).graph
        found = {t.name.removesuffix("_dequant"): numpy_helper.to_array(t) for t in graph.initializer}
        if "transformer/contract/conv1/weights" not in found:
            raise ModelError(f"{file} is not Magenta's transformer", "Give magenta-mobile-transform-384-f32.onnx.")
        self._names: dict[str, str] = {}
        for name, value in found.items():
            if value.dtype == np.float32 and value.ndim in (1, 4) and "transformer/" in name:
                # Module names may hold neither points nor slashes in a row.
                self._names[name] = name.replace("/", "_")
                self.register_buffer(self._names[name], torch.from_numpy(value.copy()))

    def _value(self, name: str) -> Tensor:
        return self.get_buffer(self._names[name])

    def _conv(self, name: str, x: Tensor, stride: int = 1) -> Tensor:
        weight = self._value(f"transformer/{name}/weights")
        edge = weight.shape[-1] // 2
        return F.conv2d(F.pad(x, [edge] * 4, mode="reflect"), weight, stride=stride)

    def _norm(self, name: str, x: Tensor, style: Tensor) -> Tensor:
        scale, bias = (self._linear(f"style_params/transformer/{name}/StyleNorm/{part}", style)
                       for part in ("Conv_1", "Conv"))
        return conditional_norm(x, scale, bias)

    def _linear(self, name: str, style: Tensor) -> Tensor:
        return F.linear(style, self._value(f"{name}/weights").flatten(1), self._value(f"{name}/Conv2D_bias"))

    def forward(self, frame: Tensor, style: Tensor) -> Tensor:
        x = frame
        for i, stride in ((1, 1), (2, 2), (3, 2)):
            bias = self._value(f"transformer/contract/conv{i}/Conv2D_bias")[:, None, None]
            x = F.relu(self._conv(f"contract/conv{i}", x, stride) + bias)
        for first, second in zip(RESIDUALS[0::2], RESIDUALS[1::2]):
            inner = F.relu(self._norm(first, self._conv(first, x), style))
            x = x + self._norm(second, self._conv(second, inner), style)
        for name in ("expand/conv1/conv", "expand/conv2/conv"):
            x = F.interpolate(x, scale_factor=2, mode="nearest")
            x = F.relu(self._norm(name, self._conv(name, x), style))
        last = "expand/conv3/conv"
        return torch.sigmoid(self._norm(last, self._conv(last, x), style).float())
