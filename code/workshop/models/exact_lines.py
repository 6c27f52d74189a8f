"""Exact lines for regression with one input, to hold a trained network against.

A line is `(intercept, slope)`, in the unit of y and in that unit per unit of x.
"""

from typing import Any

import numpy as np
from scipy import optimize


def mean_line(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The least squares line of `y` `(n,)` on `x` `(n,)`, shape `(2,)`."""
    solution, _, rank, _ = np.linalg.lstsq(_design(x, y), y)
    if rank < 2:
        raise ValueError("all x are the same: no slope is defined; give at least two different x")
    return solution


def median_line(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A line of least absolute error of `y` `(n,)` on `x` `(n,)`, shape `(2,)`.

    Solved exactly as a linear programme: minimise Σ (uᵢ + vᵢ), where y - intercept - slope · x
    = u - v and u, v ≥ 0. If several lines are equally good, one of them. Raises RuntimeError if
    the solver fails. Reference: Koenker, Quantile Regression (2005), section 1.3.
    """
    design = _design(x, y)
    n = len(y)
    result = optimize.linprog(
        np.concatenate([np.zeros(2), np.ones(2 * n)]),
        A_eq=np.hstack([design, np.eye(n), -np.eye(n)]),
        b_eq=y,
        bounds=[(None, None)] * 2 + [(0, None)] * (2 * n),
    )
    if result.x is None:
        raise RuntimeError(f"the linear programme was not solved: {result.message}")
    return result.x[:2]


def network_line(model: Any) -> np.ndarray:
    """The line `(2,)` that a Keras network of linear Dense layers, one in and one out, draws.

    Multiplies the layers out; raises ValueError if a layer has an activation.
    """
    weight, bias = np.eye(1), np.zeros(1)
    for layer in model.layers:
        if layer.activation.__name__ != "linear":
            raise ValueError(f"{layer.name} has an activation, so the network draws no line")
        kernel, offset = (np.asarray(value, float) for value in layer.get_weights())
        weight, bias = weight @ kernel, bias @ kernel + offset
    return np.array([bias.item(), weight.item()])


def _design(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The matrix `(n, 2)` with columns 1 and x. Raises ValueError on unsuitable arrays."""
    if x.ndim != 1 or x.shape != y.shape or len(x) < 2:
        raise ValueError(
            f"x and y must be (n,) of the same n, at least 2; they are {x.shape} and {y.shape}"
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("x and y must be finite: drop or repair the missing values first")
    return np.stack([np.ones(len(x)), x], axis=1)
