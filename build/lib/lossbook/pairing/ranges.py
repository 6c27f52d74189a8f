"""What values an activation can put out: known by name, or found by trying it."""

import warnings
from collections.abc import Callable
from enum import Enum
from typing import Any

import numpy as np

from lossbook._lazy import keras


class Range(Enum):
    """The values that can come out, in words."""

    REAL = "any real number"
    UNIT = "between 0 and 1"
    SIMPLEX = "positive, summing to one"
    POSITIVE = "above zero"
    CUT = "zero or more, cut off at zero"
    CLIPPED = "clipped to 0 and 1"
    SYMMETRIC = "between -1 and 1"
    NEGATIVE = "below zero"
    LOG_SIMPLEX = "logarithms of probabilities"
    ABOVE = "bounded below"
    UNKNOWN = "unknown"


KNOWN: dict[str, Range] = {
    "linear": Range.REAL,
    "leaky_relu": Range.REAL,
    "tanh_shrink": Range.REAL,
    "soft_shrink": Range.REAL,
    "hard_shrink": Range.REAL,
    "sigmoid": Range.UNIT,
    "softmax": Range.SIMPLEX,
    "sparsemax": Range.SIMPLEX,
    "softplus": Range.POSITIVE,
    "exponential": Range.POSITIVE,
    "exp": Range.POSITIVE,
    "squareplus": Range.POSITIVE,
    "relu": Range.CUT,
    "relu6": Range.CUT,
    "sparse_plus": Range.CUT,
    "hard_sigmoid": Range.CLIPPED,
    "sparse_sigmoid": Range.CLIPPED,
    "tanh": Range.SYMMETRIC,
    "hard_tanh": Range.SYMMETRIC,
    "softsign": Range.SYMMETRIC,
    "log_sigmoid": Range.NEGATIVE,
    "log_softmax": Range.LOG_SIMPLEX,
    "elu": Range.ABOVE,
    "celu": Range.ABOVE,
    "selu": Range.ABOVE,
    "silu": Range.ABOVE,
    "gelu": Range.ABOVE,
    "mish": Range.ABOVE,
    "hard_silu": Range.ABOVE,
}
"""Keras's activations, by the names that Keras gives them."""


def named(activation: Any) -> str:
    """Keras's name for one of its own activations, "" for any other function."""
    name = getattr(activation, "__name__", "")
    module = getattr(activation, "__module__", "") or ""
    return name if module.startswith("keras.") and name in KNOWN else ""


def of(activation: Callable[[Any], Any], units: int | None) -> tuple[str, Range]:
    """Name and range of an activation: by name if it is Keras's, else by trying it."""
    name = named(activation)
    if name:
        return name, KNOWN[name]
    found = tried(activation, (units or 4,))
    # A function that changes nothing is a linear output, whatever it is called.
    if found is Range.REAL:
        return "linear" if unchanged(activation, (units or 4,)) else "a function", found
    shown = getattr(activation, "__name__", type(activation).__name__)
    return shown.strip("<>"), found


def probes(shape: tuple[int, ...]) -> np.ndarray:
    """Numbers small and large to try a function on, `(240, *shape)`."""
    rng = np.random.default_rng(0)
    scales = np.repeat([0.3, 2.0, 10.0], 80).reshape((240,) + (1,) * len(shape))
    return (scales * rng.normal(size=(240, *shape))).astype("float32")


def _values(function: Callable[[Any], Any], shape: tuple[int, ...]) -> np.ndarray | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            out = function(keras.ops.convert_to_tensor(probes(shape)))
        return np.asarray(keras.ops.convert_to_numpy(out), float)
    except Exception:  # somebody else's code: whatever it raises, its range is unknown
        return None


def unchanged(function: Callable[[Any], Any], shape: tuple[int, ...]) -> bool:
    """Whether the function gives back what it is given."""
    out = _values(function, shape)
    return out is not None and out.shape == (240, *shape) and np.allclose(out, probes(shape))


def tried(function: Callable[[Any], Any], shape: tuple[int, ...]) -> Range:
    """The range of a function on arrays of that shape, from what comes out for 240 samples."""
    out, given = _values(function, shape), probes(shape)
    if out is None or out.size == 0 or not np.isfinite(out).all():
        return Range.UNKNOWN
    tiny = 1e-6
    if out.min() >= 0 and out.ndim > 1 and np.allclose(out.sum(-1), 1, atol=1e-4):
        return Range.SIMPLEX
    if out.max() <= tiny and out.ndim > 1 and np.allclose(np.exp(out).sum(-1), 1, atol=1e-4):
        return Range.LOG_SIMPLEX
    # A sigmoid is exactly 0 or 1 only far out; a clip is so for small inputs already.
    near = np.abs(given) < 4 if out.shape == given.shape else np.zeros(out.shape, bool)
    zeros, ones = (out[near] == 0).mean() > 0.05, (out[near] == 1).mean() > 0.05
    if out.min() >= 0 and out.max() <= 1:
        return Range.CLIPPED if zeros and ones else Range.UNIT
    if out.min() >= 0:
        return Range.CUT if zeros else Range.POSITIVE
    if np.abs(out).max() <= 1:
        return Range.SYMMETRIC
    return Range.NEGATIVE if out.max() <= tiny else Range.REAL
