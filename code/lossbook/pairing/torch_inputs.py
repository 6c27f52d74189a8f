"""Batches for a PyTorch module: a few samples of the one given, or one guessed from its layers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

FEW = 4
"""Samples on which the module is run."""


def few(x: Any, most: int = FEW) -> Any:
    """A few samples of a batch, as parts; other arguments as they are."""
    import torch

    if isinstance(x, Mapping):
        return {key: few(value, most) for key, value in x.items()}
    if isinstance(x, tuple | list) and x and not isinstance(x[0], int | float):
        return type(x)(few(value, most) for value in x)
    if isinstance(x, torch.Tensor):
        return x[:most]
    if isinstance(x, np.ndarray | list | tuple):
        array = np.asarray(x)
        kind = torch.float32 if array.dtype.kind == "f" else torch.int64
        return torch.as_tensor(array[:most], dtype=kind)
    return x


def guessed(model: Any) -> Any:
    """Random inputs for the first module with weights; None where they cannot be guessed."""
    import torch

    first: Any = next((m for m in model.modules() if list(m.parameters(recurse=False))), None)
    generator = torch.Generator().manual_seed(0)
    name = type(first).__name__
    if name in ("Linear", "LazyLinear") and hasattr(first, "in_features"):
        shape: tuple[int, ...] = (FEW, first.in_features)
    elif name.startswith("Conv") and first is not None:
        size = {"1": (64,), "2": (64, 64), "3": (32, 32, 32)}.get(name[-2], (64,))
        shape = (2, first.in_channels, *size)
    elif name.startswith("BatchNorm1d") and first is not None:
        shape = (FEW, first.num_features)
    elif name in ("LSTM", "GRU", "RNN") and first is not None:
        shape = (FEW, 7, first.input_size) if first.batch_first else (7, FEW, first.input_size)
    elif name.startswith("Embedding") and first is not None:
        return torch.randint(0, first.num_embeddings, (FEW, 8), generator=generator)
    else:
        return None
    return torch.randn(shape, generator=generator)
