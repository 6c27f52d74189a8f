"""The sets of values that a parameter, or an outcome, may take."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Constraint:
    """The set of values that a parameter, or an outcome, may take.

    `symbol` is LaTeX; `contains` takes a NumPy array and says for each value (for a vector-valued
    set: for each vector along the last axis) whether it belongs to the set.
    """

    name: str
    symbol: str
    words: str
    contains: Callable[[np.ndarray], Any]

    def __repr__(self) -> str:
        return f"Constraint({self.name!r})"


def _on_simplex(value: np.ndarray) -> np.ndarray:
    return (value >= 0).all(-1) & np.isclose(value.sum(-1), 1, atol=1e-5)


def triangle_side(entries: int) -> int:
    """How many rows a lower triangle with that many entries has. Raises ValueError if none."""
    side = round((np.sqrt(8 * entries + 1) - 1) / 2)
    if side * (side + 1) // 2 != entries:
        raise ValueError(f"{entries} numbers do not fill a triangle (1, 3, 6, 10 … do)")
    return side


def diagonal(entries: int) -> list[int]:
    """Where the diagonal stands among the entries of a lower triangle, row by row."""
    return [row * (row + 3) // 2 for row in range(triangle_side(entries))]


REAL = Constraint("real", r"\mathbb{R}", "any real number", np.isfinite)
POSITIVE = Constraint("positive", r"(0, \infty)", "above zero", lambda v: (v > 0) & np.isfinite(v))
NON_NEGATIVE = Constraint(
    "non-negative", r"[0, \infty)", "zero or above", lambda v: (v >= 0) & np.isfinite(v)
)
UNIT_INTERVAL = Constraint(
    "unit interval", "[0, 1]", "between zero and one", lambda v: (v >= 0) & (v <= 1)
)
"""With its ends: a probability close to one of them rounds to it."""
OPEN_UNIT = Constraint(
    "open unit interval", "(0, 1)", "strictly between 0 and 1", lambda v: (v > 0) & (v < 1)
)
COUNT = Constraint(
    "count",
    r"\{0, 1, 2, \dots\}",
    "0, 1, 2, …",
    lambda v: (v >= 0) & (v == np.floor(v)) & np.isfinite(v),
)
BINARY = Constraint("binary", r"\{0, 1\}", "0 or 1", lambda v: (v == 0) | (v == 1))
CLASS = Constraint(
    "class",
    r"\{0, \dots, K-1\}",
    "a class number from 0 to K - 1",
    lambda v: (v >= 0) & (v == np.floor(v)) & np.isfinite(v),
)
CENSORED = Constraint(
    "censored time",
    r"(0, \infty) \times \{0, 1\}",
    "a time above zero, and whether the event happened then",
    lambda v: (v[..., 0] > 0) & np.isfinite(v[..., 0]) & ((v[..., 1] == 0) | (v[..., 1] == 1)),
)
ANGLE = Constraint(
    "angle",
    r"(-\pi, \pi]",
    "an angle in radians",
    lambda v: (v > -np.pi - 1e-6) & (v <= np.pi + 1e-6),
)
UNIT_VECTOR = Constraint(
    "unit vector",
    r"S^{d-1}",
    "a vector of length one",
    lambda v: np.isclose(np.linalg.norm(v, axis=-1), 1, atol=1e-5),
)
ORDERED = Constraint(
    "ordered", r"c_1 < \dots < c_{K-1}", "rising", lambda v: (np.diff(v, axis=-1) > 0).all(-1)
)
CHOLESKY = Constraint(
    "Cholesky factor",
    r"\{L : L_{ii} > 0\}",
    "a lower triangle, row by row, with a positive diagonal",
    lambda v: (v[..., diagonal(v.shape[-1])] > 0).all(-1),
)
SIMPLEX = Constraint("simplex", r"\Delta^{K-1}", "positive, summing to one", _on_simplex)
OPEN_SIMPLEX = Constraint(
    "open simplex",
    r"\operatorname{int}\Delta^{K-1}",
    "each above zero, summing to one",
    lambda v: (v > 0).all(-1) & _on_simplex(v),
)
