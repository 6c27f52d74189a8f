"""What values an activation can put out: known by name, or found by trying it."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
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
    BOUNDED = "between two bounds"
    UNKNOWN = "unknown"


SQUASHED = frozenset({Range.UNIT, Range.SIMPLEX})
CONFINED = frozenset(
    {Range.CUT, Range.CLIPPED, Range.SYMMETRIC, Range.POSITIVE, Range.NEGATIVE, Range.ABOVE}
)
"""What a loss that expects raw outputs cannot do with."""

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
"""Activations by the names that Keras gives them (PyTorch's are translated to these)."""

INFINITE = (-np.inf, np.inf)

BY_RANGE: dict[Range, tuple[float, float]] = {
    **dict.fromkeys((Range.UNIT, Range.SIMPLEX, Range.CLIPPED), (0.0, 1.0)),
    Range.SYMMETRIC: (-1.0, 1.0),
    **dict.fromkeys((Range.POSITIVE, Range.CUT), (0.0, np.inf)),
    **dict.fromkeys((Range.NEGATIVE, Range.LOG_SIMPLEX), (-np.inf, 0.0)),
}

BY_NAME: dict[str, tuple[float, float]] = {
    "elu": (-1.0, np.inf),
    "celu": (-1.0, np.inf),
    "selu": (-1.7581, np.inf),
    "silu": (-0.27847, np.inf),
    "gelu": (-0.16998, np.inf),
    "mish": (-0.30885, np.inf),
    "hard_silu": (-0.375, np.inf),
    "relu6": (0.0, 6.0),
}
"""Least and greatest value, by calculus, where the range alone does not say it."""


@dataclass(frozen=True)
class Reached:
    """What comes out of a function: its range, and its least and greatest value."""

    range: Range
    low: float = -np.inf
    high: float = np.inf
    axis: int = -1
    """The axis over which a simplex sums to one."""


def bounds(activation: str, range: Range) -> tuple[float, float]:
    """The least and the greatest value of an activation of Keras's, or of a range."""
    return BY_NAME.get(activation) or BY_RANGE.get(range, INFINITE)


def named(activation: Any) -> str:
    """Keras's name for one of its own activations, "" for any other function."""
    name = getattr(activation, "__name__", "")
    module = getattr(activation, "__module__", "") or ""
    return name if module.startswith("keras.") and name in KNOWN else ""


def of(activation: Callable[[Any], Any], units: int | None) -> tuple[str, Reached]:
    """Name and range of an activation: by name if it is Keras's, else by trying it.

    A function that changes nothing is "linear", whatever it is called.
    """
    name = named(activation)
    if name:
        return name, Reached(KNOWN[name], *bounds(name, KNOWN[name]))
    given = probes((units or 4,))
    out = values(activation, given)
    found = judged(out, given)
    if found.range is Range.REAL:
        return "linear" if unchanged(out, given) else "a function", found
    shown = getattr(activation, "__name__", type(activation).__name__)
    return shown.strip("<>"), found


def probes(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Numbers small and large to try a function on, `(n, *shape)`.

    Samples differ in scale and in their common mean, so that the greatest of many numbers is
    negative in some of them too. There are 240, fewer where each is large.
    """
    rng = np.random.default_rng(seed)
    count = int(np.clip(200_000 // max(int(np.prod(shape)), 1), 8, 240))
    scale = rng.choice([0.3, 2.0, 10.0], count)
    mean = rng.choice([0.0, 0.0, 0.0, -12.0, 12.0], count) * (scale > 1)
    scale[:3], mean[:3] = (0.3, 2.0, 10.0), 0.0
    scale[3:6], mean[3:6] = 2.0, (-30.0, 30.0, 0.0)
    full = (count,) + (1,) * len(shape)
    z = mean.reshape(full) + scale.reshape(full) * rng.normal(size=(count, *shape))
    return z.astype("float32")


def values(function: Callable[[Any], Any], given: np.ndarray) -> np.ndarray | None:
    """What a function makes of an array; None if it cannot take it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            out = function(keras.ops.convert_to_tensor(given))
        return np.asarray(keras.ops.convert_to_numpy(out), float)
    except Exception:  # somebody else's code: whatever it raises, its range is unknown
        return None


def unchanged(out: np.ndarray | None, given: np.ndarray) -> bool:
    """Whether what came out is what went in."""
    return out is not None and out.shape == given.shape and np.allclose(out, given, atol=1e-6)


def tried(function: Callable[[Any], Any], shape: tuple[int, ...]) -> Range:
    """The range of a function on arrays of that shape, from what comes out for many samples."""
    given = probes(shape)
    return judged(values(function, given), given).range


def judged(out: np.ndarray | None, given: np.ndarray | None = None) -> Reached:
    """The range of values that came out of a function; `given` is what went in, if known."""
    if out is None or out.size == 0 or not np.isfinite(out).all():
        return Reached(Range.UNKNOWN)
    tiny = 1e-6
    if out.min() >= 0 and out.ndim > 1:
        for axis in range(out.ndim - 1, 0, -1):
            alone = out.shape[axis] == 1 and (given is None or given.shape != out.shape)
            if not alone and np.allclose(out.sum(axis), 1, atol=1e-4):
                return Reached(Range.SIMPLEX, 0, 1, -1 if axis == out.ndim - 1 else axis)
    if out.max() <= tiny and out.ndim > 1 and np.allclose(np.exp(out).sum(-1), 1, atol=1e-4):
        return Reached(Range.LOG_SIMPLEX, -np.inf, 0)
    # A sigmoid is exactly 0 or 1 only far out; a clip is so for small inputs already.
    near = np.ones(out.shape, bool)
    if given is not None and out.shape == given.shape:
        near = np.abs(given) < 4
    zeros, ones = (out[near] == 0).mean() > 0.05, (out[near] == 1).mean() > 0.05
    if out.min() >= 0 and out.max() <= 1:
        clip = zeros and ones and given is not None and out.shape == given.shape
        return Reached(Range.CLIPPED if clip else Range.UNIT, 0, 1)
    low, high = _ends(out)
    if out.min() >= 0:
        return Reached(Range.CUT if zeros else Range.POSITIVE, max(low, 0), high)
    if np.abs(out).max() <= 1 + tiny:
        return Reached(Range.SYMMETRIC, -1, 1)
    if out.max() <= tiny:
        return Reached(Range.NEGATIVE, low, 0)
    if np.isfinite(low) and np.isfinite(high):
        return Reached(Range.BOUNDED, low, high)
    if np.isfinite(low):
        return Reached(Range.ABOVE, low, high)
    return Reached(Range.REAL, low, high)


def _ends(out: np.ndarray) -> tuple[float, float]:
    """Values at which many outputs stop, else infinity: a function is cut off, or levels off."""
    least, most = float(out.min()), float(out.max())
    near = 1e-3 * (most - least)
    low = least if (out <= least + near).mean() > 0.02 and _stops(out, least, near) else -np.inf
    high = most if (out >= most - near).mean() > 0.02 and _stops(-out, -most, near) else np.inf
    return low, high


def _stops(out: np.ndarray, least: float, near: float) -> bool:
    """Whether outputs pile up at their least value, more than they do a little above it."""
    at = (out <= least + near).sum()
    above = ((out > least + near) & (out <= least + 2 * near)).sum()
    return bool(at > 5 * max(int(above), 1))
