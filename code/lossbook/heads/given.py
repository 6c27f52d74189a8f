"""The parameters that `sample` and `predict` are given, as NumPy, and whether a head has them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import (
    ANGLE,
    CHOLESKY,
    NON_NEGATIVE,
    ORDERED,
    POSITIVE,
    REAL,
    SIMPLEX,
    UNIT_INTERVAL,
    UNIT_VECTOR,
    Constraint,
    diagonal,
)
from lossbook.heads.tensors import numbers

ALLOWED: dict[str, str] = {
    REAL.name: "a finite number",
    POSITIVE.name: "above zero and finite",
    NON_NEGATIVE.name: "zero or above, and finite",
    UNIT_INTERVAL.name: "from 0 to 1",
    ANGLE.name: "an angle in radians, above -π and at most π",
    SIMPLEX.name: "shares from 0 to 1 that sum to one",
    UNIT_VECTOR.name: "a vector of length one",
    ORDERED.name: "finite numbers that rise",
    CHOLESKY.name: "a lower triangle, row by row, of finite numbers, its diagonal above zero",
}
"""Constraint → what a parameter must be."""
VECTORS = frozenset({SIMPLEX.name, UNIT_VECTOR.name, ORDERED.name, CHOLESKY.name})
"""Constraints on all values along the last axis together."""


def arrays(head: Any, parameters: Mapping[str, Tensor]) -> dict[str, np.ndarray]:
    """The head's parameters as NumPy arrays of floats, `(…, size)`.

    Raises ValueError if one is missing, cannot be read, holds no numbers, or has another number of
    values a sample than the head's.
    """
    name = type(head).__name__
    missing = [p.name for p in head.declared if p.name not in parameters]
    if missing:
        raise ValueError(
            f"{name}: the parameter {', '.join(missing)} is missing; give all "
            "that `head.parameters(raw)` returns"
        )
    found = {}
    for key, size in head.sizes().items():
        array = numbers(read(parameters[key]), f"{name}: the parameter {key}")
        array = np.atleast_1d(array)
        if array.shape[-1] != size:
            forms = f"(…, {size})"
            raise ValueError(
                f"{name}: the parameter {key} has shape {array.shape}, but it must be {forms}, "
                f"with {size} value{'s' * (size > 1)} for each outcome along the last axis"
                + (": give it as x[..., None]" if size == 1 else "")
            )
        found[key] = array
    return found


def read(tensor: Tensor) -> np.ndarray:
    """The values as NumPy, whatever backend the tensor is of, and whether it has a gradient."""
    if isinstance(tensor, np.ndarray):
        return tensor
    try:
        return np.asarray(ops.convert_to_numpy(tensor))
    except (NotImplementedError, RuntimeError, TypeError) as problem:
        if not ops.is_tensor(tensor):
            return np.asarray(tensor)
        raise ValueError(
            "the parameters' values cannot be read inside a graph (tf.function, jit, vmap or "
            "compile): call sample and predict outside of it"
        ) from problem


def check(head: Any, given: Mapping[str, np.ndarray]) -> None:
    """Raise ValueError if a parameter breaks its constraint: which, where, and what is allowed.

    What rounding makes of parameters passes: a rate of 0 where the head has no floor for it, and
    thresholds that are equal.
    """
    for declared in head.declared:
        array, constraint = given[declared.name], declared.constraint
        if constraint is POSITIVE and declared.floor == 0:
            constraint = NON_NEGATIVE
        inside = np.asarray(TESTS.get(constraint.name, constraint.contains)(array))
        if inside.all():
            continue
        place = tuple(int(k) for k in np.argwhere(~inside)[0])
        value, vector = array[place], constraint.name in VECTORS
        raise ValueError(
            f"{type(head).__name__}: the parameter {declared.name} must be "
            f"{ALLOWED[constraint.name]}, but {(~inside).sum()} of {inside.size} "
            f"{'vectors are' if vector else 'are'} not; the first is {_told(value)}"
            f"{_besides(constraint, value)}, at {place[0] if len(place) == 1 else place or 0}. "
            + _advice(constraint, value)
        )


def _rising(array: np.ndarray) -> np.ndarray:
    """Equal neighbours too: far from zero a small step is rounded away."""
    rises = (array[..., 1:] >= array[..., :-1]).all(axis=-1)
    return np.isfinite(array).all(axis=-1) & rises


def _triangle(array: np.ndarray) -> np.ndarray:
    return np.isfinite(array).all(axis=-1) & np.asarray(CHOLESKY.contains(array))


TESTS: dict[str, Callable[[np.ndarray], Any]] = {ORDERED.name: _rising, CHOLESKY.name: _triangle}
"""Constraint → which parameters pass, where that is not quite what the constraint says."""


def _told(value: Any) -> str:
    values = np.ravel(value)
    shown = [f"{v:.6g}" for v in values[:6].astype(float)] + ["…"] * (len(values) > 6)
    return shown[0] if np.ndim(value) == 0 else f"[{', '.join(shown)}]"


def _besides(constraint: Constraint, value: np.ndarray) -> str:
    """What is wrong with a vector whose values alone do not show it."""
    if not np.isfinite(value).all():
        return ""
    if constraint is SIMPLEX and (value >= 0).all():
        return f", which sums to {value.sum(dtype=float):.6g}"
    if constraint is UNIT_VECTOR:
        return f", of length {np.linalg.norm(value.astype(float)):.6g}"
    if constraint is CHOLESKY:
        return f", whose diagonal is {_told(value[diagonal(value.shape[-1])])}"
    return ""


def _advice(constraint: Constraint, value: np.ndarray) -> str:
    if np.isnan(value).any():
        return "NaN comes from raw outputs or inputs that are NaN."
    if constraint is SIMPLEX and (value >= 0).all() and 0 < value.sum() < np.inf:
        return "Divide it by its sum, or give raw outputs to `head.parameters` first."
    if constraint is UNIT_VECTOR and np.isfinite(value).all():
        if not value.any():
            return "The zero vector, which raw outputs of 0 give, has no direction to draw around."
        return "Divide it by its length, or give raw outputs to `head.parameters` first."
    if constraint is ANGLE and np.isfinite(value):
        return "Radians are brought into this range by `np.angle(np.exp(1j * x))`."
    return "Give raw outputs to `head.parameters` first: it applies the activations."


def drawn(head: Any, found: np.ndarray, given: Mapping[str, np.ndarray]) -> np.ndarray:
    """The draws, or ValueError where one is beyond any float, with the parameters it is from."""
    around = np.broadcast_shapes(*(array.shape[:-1] for array in given.values()))
    columns = found.reshape(*around, head.columns)
    inside = np.isfinite(columns).all(axis=-1) & np.asarray(head.inside(columns))
    if inside.all():
        return found
    place = tuple(int(k) for k in np.argwhere(~inside)[0])
    told: Iterable[str] = (
        f"{name} {_told(np.broadcast_to(array, (*around, array.shape[-1]))[place])}"
        for name, array in given.items()
    )
    raise ValueError(
        f"{type(head).__name__}: no float holds the outcome drawn from {', '.join(told)}, at "
        f"{place[0] if len(place) == 1 else place or 0}; draw from parameters that are less extreme"
    )
