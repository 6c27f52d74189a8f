"""The sets of values that a parameter, or an outcome, may take."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Constraint:
    """The set of values that a parameter, or an outcome, may take.

    `symbol` is LaTeX. `test` takes values and the namespace that they belong to, NumPy or
    `keras.ops`, and says for each value (for a vector-valued set: for each vector along the last
    axis) whether it belongs to the set; `contains` is the same for NumPy. `example` is a member,
    from the length of a vector.
    """

    name: str
    symbol: str
    words: str
    test: Callable[[Any, Any], Any]
    example: Callable[[int], Any] = lambda size: 1.0

    def contains(self, value: np.ndarray) -> Any:
        """Which values, or vectors along the last axis, belong to the set."""
        return self.test(np.asarray(value), np)

    def __repr__(self) -> str:
        return f"Constraint({self.name!r})"


def _on_simplex(value: Any, xp: Any) -> Any:
    return xp.all(value >= 0, axis=-1) & (xp.abs(xp.sum(value, axis=-1) - 1) < ROUNDING)


def _whole(value: Any, xp: Any) -> Any:
    if xp is np:
        return (value >= 0) & (value == np.floor(value)) & np.isfinite(value)
    # The floor of Keras rounds to float32 on some backends; of infinity the rest is NaN.
    return (value >= 0) & (value % 1 == 0)


ROUNDING = 2e-5
"""How far the sum of shares, or the length of a vector, may be off 1: float32 rounds."""


def triangle_side(entries: int) -> int:
    """How many rows a lower triangle with that many entries has. Raises ValueError if none."""
    side = round((np.sqrt(8 * entries + 1) - 1) / 2)
    if side * (side + 1) // 2 != entries:
        raise ValueError(f"{entries} numbers do not fill a triangle (1, 3, 6, 10 … do)")
    return side


def diagonal(entries: int) -> list[int]:
    """Where the diagonal stands among the entries of a lower triangle, row by row."""
    return [row * (row + 3) // 2 for row in range(triangle_side(entries))]


def _equal_shares(size: int) -> np.ndarray:
    return np.full(size, 1 / size)


def _first_direction(size: int) -> np.ndarray:
    return np.eye(size)[0]


REAL = Constraint("real", r"\mathbb{R}", "any real number", lambda v, xp: xp.isfinite(v))
POSITIVE = Constraint(
    "positive", r"(0, \infty)", "above zero", lambda v, xp: (v > 0) & xp.isfinite(v)
)
NON_NEGATIVE = Constraint(
    "non-negative", r"[0, \infty)", "zero or above", lambda v, xp: (v >= 0) & xp.isfinite(v)
)
UNIT_INTERVAL = Constraint(
    "unit interval", "[0, 1]", "between zero and one", lambda v, xp: (v >= 0) & (v <= 1)
)
"""With its ends: a probability close to one of them rounds to it."""
OPEN_UNIT = Constraint(
    "open unit interval",
    "(0, 1)",
    "strictly between 0 and 1",
    lambda v, xp: (v > 0) & (v < 1),
    lambda size: 0.5,
)
COUNT = Constraint("count", r"\{0, 1, 2, \dots\}", "0, 1, 2, …", _whole)
BINARY = Constraint("binary", r"\{0, 1\}", "0 or 1", lambda v, xp: (v == 0) | (v == 1))
CLASS = Constraint(
    "class",
    r"\{0, \dots, K-1\}",
    "a class number from 0 to K - 1",
    _whole,
    lambda size: 0.0,
)
"""How many classes there are, the head knows: `Head.inside` looks at the upper end too."""
CENSORED = Constraint(
    "censored time",
    r"(0, \infty) \times \{0, 1\}",
    "a time above zero, and whether the event happened then",
    lambda v, xp: (v[..., 0] > 0) & xp.isfinite(v[..., 0]) & ((v[..., 1] == 0) | (v[..., 1] == 1)),
)
ANGLE = Constraint(
    "angle",
    r"(-\pi, \pi]",
    "an angle in radians",
    lambda v, xp: (v > -np.pi - 1e-6) & (v <= np.pi + 1e-6),
)
"""With room for rounding, since π itself is no float."""
UNIT_VECTOR = Constraint(
    "unit vector",
    r"S^{d-1}",
    "a vector of length one",
    lambda v, xp: xp.abs(xp.sqrt(xp.sum(v * v, axis=-1)) - 1) < ROUNDING,
    _first_direction,
)
ORDERED = Constraint(
    "ordered",
    r"c_1 < \dots < c_{K-1}",
    "rising",
    lambda v, xp: xp.all(v[..., 1:] > v[..., :-1], axis=-1),
)
CHOLESKY = Constraint(
    "Cholesky factor",
    r"\{L : L_{ii} > 0\}",
    "a lower triangle, row by row, with a positive diagonal",
    lambda v, xp: xp.all(xp.take(v, diagonal(v.shape[-1]), axis=-1) > 0, axis=-1),
)
SIMPLEX = Constraint(
    "simplex", r"\Delta^{K-1}", "positive, summing to one", _on_simplex, _equal_shares
)
OPEN_SIMPLEX = Constraint(
    "open simplex",
    r"\operatorname{int}\Delta^{K-1}",
    "shares above zero, summing to one",
    lambda v, xp: xp.all(v > 0, axis=-1) & _on_simplex(v, xp),
    _equal_shares,
)
