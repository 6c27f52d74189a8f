"""y, raw outputs and parameters as tensors: their shapes, their float types, what they sum to."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lossbook import backend
from lossbook._lazy import keras, ops
from lossbook.backend import Tensor

EPSILON = float(np.finfo(np.float32).eps) / 2
LEAST = float(np.finfo(np.float32).tiny)
"""The smallest normal number of float32, where draws from a support above zero end."""
BELOW_ONE = 1 - EPSILON
"""The largest number below 1 that float32 has."""


def arranged(name: str, y: Tensor, raw: Tensor, columns: int) -> Tensor:
    """y as `(…, columns)`, for raw outputs `(…, units)`, whether it came with a last axis or not.

    Without this, `(n,)` minus `(n, 1)` would broadcast to `(n, n)` and train on nonsense. Raises
    ValueError if the shapes do not fit together; where they are not known before the graph runs,
    it fails then.
    """
    around, given = tuple(raw.shape[:-1]), y.shape
    if getattr(y.shape, "rank", 0) is None:
        return ops.reshape(y, (*ops.shape(raw)[:-1], columns))
    shape = tuple(y.shape)
    while len(shape) > len(around) + 1 and shape[-1] == 1:
        y, shape = y[..., 0], shape[:-1]
    if columns == 1 and len(shape) == len(around):
        y, shape = y[..., None], (*shape, 1)
    wanted = (*around, columns)
    if len(shape) != len(wanted) or any(
        None not in (have, want) and have != want for have, want in zip(shape, wanted, strict=True)
    ):
        forms = _told(wanted) if columns > 1 else f"{_told(around)} or {_told(wanted)}"
        raise ValueError(
            f"{name}: y has shape {tuple(given)}, but for raw outputs {tuple(raw.shape)} it must "
            f"be {forms}"
        )
    if None in shape or None in wanted:
        return backend.of_shape(y, (*ops.shape(raw)[:-1], columns))
    return y


def _told(shape: tuple[int | None, ...]) -> str:
    """A shape as Python writes it, with dots for a length that is not known."""
    lengths = ["…" if length is None else str(length) for length in shape]
    return f"({', '.join(lengths)}{',' * (len(shape) == 1)})"


def same_shape(y: Any, raw: Any) -> bool:
    """Whether y and the raw outputs have as many axes, and the last is as long for both."""
    if getattr(y, "rank", 0) is None or len(y) != len(raw):
        return False
    return y[-1] is None or y[-1] == raw[-1]


def shaped(name: str, y: Any) -> Any:
    """y itself if it is a tensor, and else as NumPy: lists, and columns of data frames.

    Raises ValueError if it holds anything but numbers, or has values that are masked.
    """
    if hasattr(y, "to_numpy"):
        y = y.to_numpy()
    if hasattr(y, "shape") and hasattr(y, "dtype") and not isinstance(y, np.ndarray):
        return y
    try:
        array = y if isinstance(y, np.ndarray) else np.asarray(y)
    except ValueError as problem:
        raise ValueError(
            f"{name}: y must be an array, or a list with rows of one length"
        ) from problem
    return numbers(array, f"{name}: y")


def numbers(array: np.ndarray, what: str) -> np.ndarray:
    """The array as floats of 32 or 64 bits. Raises ValueError if it holds anything but numbers."""
    if np.ma.is_masked(array):
        raise ValueError(
            f"{what} is masked in {np.ma.count_masked(array)} of {array.size} places: leave these "
            "outcomes out, or fill them in"
        )
    array = np.asarray(array)
    if array.dtype in (np.float32, np.float64):
        return array
    others = [value for value in array.flat if _other(value)] if array.dtype == object else []
    short = array.dtype.name.startswith(("bfloat", "float8"))
    if (array.dtype.kind in "biufO" or short) and not others:
        return array.astype(float)
    example = f", such as {(others or array.ravel().tolist())[0]!r}" if array.size else ""
    raise ValueError(f"{what} must hold numbers, but is of type {array.dtype}{example}")


def _other(value: Any) -> bool:
    """Whether float makes no number of it, or makes one of what is none, as of "0.5"."""
    try:
        float(value)
    except (TypeError, ValueError):
        return True
    return isinstance(value, (str, bytes))


def at_least_single(raw: Tensor) -> Tensor:
    """The raw outputs in float32 if they have a shorter float type, or are whole numbers."""
    name = float_type(raw)
    return raw if name in ("float32", "float64") else ops.cast(raw, "float32")


def float_type(tensor: Tensor) -> str:
    """Its name: float32, float64, …"""
    return str(keras.backend.standardize_dtype(tensor.dtype))


def row_by_row(
    function: Callable[[dict[str, np.ndarray]], np.ndarray], arrays: dict[str, np.ndarray]
) -> np.ndarray:
    """What a function that takes arrays `(n, size)` gives for arrays `(…, size)`.

    `…` is any number of axes, none included. Parameters that have fewer of them than others, or
    axes of length 1, are repeated. Raises ValueError if the shapes do not fit together.
    """
    arrays = {name: np.atleast_1d(array) for name, array in arrays.items()}
    try:
        around = np.broadcast_shapes(*(array.shape[:-1] for array in arrays.values()))
    except ValueError as problem:
        told = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(
            f"the parameters' shapes do not fit together: {told}; all axes but the last must be "
            "the same"
        ) from problem
    rows = {
        name: np.broadcast_to(array, (*around, array.shape[-1])).reshape(-1, array.shape[-1])
        for name, array in arrays.items()
    }
    found = function(rows)
    return found.reshape((*around, *found.shape[1:]))


def where(inside: Tensor | None, values: Tensor, inner: bool = False) -> Tensor:
    """The values, NaN where `inside` is not; `inner` if they have one axis more."""
    if inside is None:
        return values
    inside = inside[..., None] if inner else inside
    return ops.where(inside, values, ops.cast(float("nan"), values.dtype))


def per_sample(terms: Tensor) -> Tensor:
    """The sum over the last axis: independent parts of one outcome add their surprises."""
    return ops.sum(terms, axis=-1)


def held(z: Tensor, single: float = 1e11) -> Tensor:
    """z within ±`single` in float32, ±1e18 in float64; beyond, it grows on as a logarithm.

    So that its square is finite, and so is the slope of that in what z was divided by.
    """
    most, limit = (1e37, single) if float_type(z) == "float32" else (1e300, 1e18)
    # Keras's clip would round the limits to float32 on PyTorch.
    beyond = backend.minimum(backend.maximum(ops.abs(z), limit), most) / limit
    within = backend.minimum(backend.maximum(z, -limit), limit)
    return within * (1 + ops.log(beyond))
