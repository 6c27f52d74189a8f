"""What Keras leaves to its backend: special functions, a triangular solve, differentiation.

And a few functions that Keras has, but that give float32 for float64 on PyTorch or on JAX.

One module a backend, all with the same functions; the one that Keras runs on is imported when the
first of them is called. `KERAS_BACKEND` chooses it, as for Keras.
"""

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from lossbook._lazy import keras

Tensor = Any


_found: list[ModuleType] = []  # a cache of functools makes torch.compile warn


def _chosen() -> ModuleType:
    if _found:
        return _found[0]
    name = keras.backend.backend()
    if name not in ("tensorflow", "torch", "jax"):
        raise NotImplementedError(
            f"Keras runs on {name!r}, which has no automatic differentiation; set KERAS_BACKEND to "
            "tensorflow, torch or jax"
        )
    _found.append(importlib.import_module(f"lossbook.backend.on_{name}"))
    return _found[0]


def lgamma(x: Tensor) -> Tensor:
    """log Γ(x) for x > 0."""
    return _chosen().lgamma(x)


def erfc(x: Tensor) -> Tensor:
    """1 - erf(x), with all digits for large x."""
    return _chosen().erfc(x)


def bessel_i0e(x: Tensor) -> Tensor:
    """exp(-|x|) I₀(x)."""
    return _chosen().bessel_i0e(x)


def solve_lower(lower: Tensor, right: Tensor) -> Tensor:
    """x with lower · x = right, for lower triangles `(…, d, d)` and right sides `(…, d, k)`."""
    return _chosen().solve_lower(lower, right)


def matmul(x: Tensor, y: Tensor) -> Tensor:
    """The matrix product."""
    return _chosen().matmul(x, y)


def maximum(x: Tensor, y: Tensor | float) -> Tensor:
    """The larger one, of a tensor and another or a number."""
    return _chosen().maximum(x, y)


def minimum(x: Tensor, y: Tensor | float) -> Tensor:
    """The smaller one, of a tensor and another or a number."""
    return _chosen().minimum(x, y)


def floor(x: Tensor) -> Tensor:
    """The largest whole number that is not larger."""
    return _chosen().floor(x)


def cumsum(x: Tensor) -> Tensor:
    """The sums up to each place of the last axis."""
    return _chosen().cumsum(x, -1)


def largest(x: Tensor) -> Tensor:
    """The largest along the last axis, which stays; also of an empty batch."""
    return _chosen().largest(x)


def sin(x: Tensor) -> Tensor:
    """The sine."""
    return _chosen().sin(x)


def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return _chosen().tanh(x)


def arctan2(y: Tensor, x: Tensor) -> Tensor:
    """The angle of the arrow (x, y), in (-π, π]."""
    return _chosen().arctan2(y, x)


def of_shape(x: Tensor, shape: tuple[Any, ...]) -> Tensor:
    """x, whose lengths must be those, some of which are known only when a graph runs.

    Raises the backend's own error then if they are others.
    """
    if isinstance(x, keras.KerasTensor) or keras.backend.backend() != "tensorflow":
        return keras.ops.reshape(x, shape)
    return _chosen().of_shape(x, shape)


def gradient(function: Callable[[Tensor], Tensor], at: Tensor) -> Tensor:
    """The derivative of the sum of `function`'s values, in the shape of `at`."""
    return _chosen().gradient(function, at)


def seen(tensor: Tensor) -> np.ndarray | None:
    """The tensor's values if they can be read now, without waiting for a device; None in a graph.

    That is not the case while a function is traced or compiled, nor for a tensor on a GPU.
    """
    return tensor if isinstance(tensor, np.ndarray) else _chosen().seen(tensor)
