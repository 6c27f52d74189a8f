"""PyTorch's own functions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

lgamma = torch.lgamma
erfc = torch.special.erfc
bessel_i0e = torch.special.i0e
matmul = torch.matmul
floor = torch.floor
cumsum = torch.cumsum
sin = torch.sin
tanh = torch.tanh
arctan2 = torch.atan2


def maximum(x: Any, y: Any) -> Any:
    """Also of a tensor and a number."""
    return torch.maximum(x, y) if isinstance(y, torch.Tensor) else torch.clamp(x, min=y)


def minimum(x: Any, y: Any) -> Any:
    """Also of a tensor and a number."""
    return torch.minimum(x, y) if isinstance(y, torch.Tensor) else torch.clamp(x, max=y)


def solve_lower(lower: Any, right: Any) -> Any:
    """By substitution."""
    return torch.linalg.solve_triangular(lower, right, upper=False)


def largest(x: Any) -> Any:
    """Along the last axis."""
    return torch.amax(x, dim=-1, keepdim=True)


def gradient(function: Callable[[Any], Any], at: Any) -> Any:
    """By torch.func.grad, also inside vmap; what comes back belongs to no graph."""
    return torch.func.grad(lambda raw: function(raw).sum())(torch.as_tensor(at).detach())


def seen(tensor: Any) -> np.ndarray | None:
    """The values of a tensor in main memory that no transform of `torch.func` has wrapped."""
    if torch.compiler.is_compiling() or not isinstance(tensor, torch.Tensor):
        return None
    if tensor.device.type != "cpu" or torch._C._functorch.maybe_get_level(tensor) != -1:
        return None
    return tensor.detach().numpy()
