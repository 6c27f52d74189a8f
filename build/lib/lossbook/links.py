"""From a constraint on a parameter to the activation that meets it.

A network's last layer puts out any real numbers. A distribution wants parameters that satisfy
constraints: a standard deviation above zero, a probability between zero and one. A *link* is the
invertible map between the two. It is looked up from the constraint and never chosen by hand.

Vocabulary: `raw` is what the last Dense layer puts out; a parameter's *value* is what remains
after the activation. `link.activation(raw)` gives the value, `link.inverse(value)` the raw output
(statisticians call the latter the link function).
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from lossbook._lazy import ops, tf
from lossbook.constraints import (
    ANGLE,
    CHOLESKY,
    ORDERED,
    POSITIVE,
    REAL,
    SIMPLEX,
    UNIT_INTERVAL,
    UNIT_VECTOR,
    Constraint,
    diagonal,
)

Tensor = Any
"""A Keras tensor or anything `keras.ops.convert_to_tensor` takes."""


class Link(ABC):
    """An invertible map between raw outputs and the values that meet a constraint.

    Both directions keep the shape `(..., size)` unless the subclass says otherwise.
    """

    name: ClassVar[str]
    constraint: ClassVar[Constraint]
    formula: ClassVar[str]
    """The activation in LaTeX, as a function of the raw output z."""

    @abstractmethod
    def activation(self, raw: Tensor) -> Tensor:
        """The parameter's value, from raw outputs of any size."""

    @abstractmethod
    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The raw output that gives `value`, as NumPy."""

    def raw_size(self, size: int) -> int:
        """How many raw outputs are needed for a parameter of `size` values."""
        return size

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Identity(Link):
    """No activation: raw output and parameter are the same number."""

    name, constraint, formula = "linear", REAL, "z"

    def activation(self, raw: Tensor) -> Tensor:
        """The raw output itself."""
        return raw

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The value itself."""
        return value


class Sigmoid(Link):
    """The inverse of the log odds (logit)."""

    name, constraint, formula = "sigmoid", UNIT_INTERVAL, r"1 / (1 + e^{-z})"

    def activation(self, raw: Tensor) -> Tensor:
        """1 / (1 + exp(-raw))."""
        return ops.sigmoid(raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The log odds, log(value / (1 - value))."""
        return np.log(value) - np.log1p(-value)


class Softmax(Link):
    """Positive numbers that sum to one along the last axis.

    Not one to one: adding a constant to all raw outputs changes nothing. `inverse` gives the raw
    outputs that are log probabilities.
    """

    name, constraint, formula = "softmax", SIMPLEX, r"e^{z_i} / \sum_j e^{z_j}"

    def activation(self, raw: Tensor) -> Tensor:
        """exp(raw_i) / sum_j exp(raw_j)."""
        return ops.softmax(raw, axis=-1)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The log probabilities."""
        return np.log(value)


FLOOR = 1e-6
"""The least value that `Softplus` gives: float32 overflows when it divides by much less."""


class Softplus(Link):
    """A smooth ramp: exponential far below zero, linear far above, never under `FLOOR`.

    Without the floor, a raw output of -200 would give exactly 0 in float32, and a loss that
    divides by it would be infinite. It is part of the link: the inverse takes it off again.
    """

    name, constraint, formula = "softplus", POSITIVE, r"\log(1 + e^{z}) + 10^{-6}"

    def activation(self, raw: Tensor) -> Tensor:
        """log(1 + exp(raw)) + FLOOR."""
        return ops.softplus(raw) + FLOOR

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """log(exp(value - FLOOR) - 1), without overflow."""
        above = np.asarray(value) - FLOOR
        return above + np.log(-np.expm1(-above))


class Exponential(Link):
    """The inverse of the logarithm: steps of the raw output multiply the parameter."""

    name, constraint, formula = "exponential", POSITIVE, "e^{z}"

    def activation(self, raw: Tensor) -> Tensor:
        """exp(raw)."""
        return ops.exp(raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """log(value)."""
        return np.log(value)


class Probit(Link):
    """The Gaussian's cumulative distribution: a hidden Gaussian score above a threshold."""

    name, constraint, formula = "probit", UNIT_INTERVAL, r"\Phi(z)"

    def activation(self, raw: Tensor) -> Tensor:
        """½ erfc(-raw / √2)."""
        return 0.5 * tf.math.erfc(-raw / np.sqrt(2))

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The Gaussian quantile."""
        from scipy.special import ndtri

        return ndtri(value)


class CLogLog(Link):
    """The chance of at least one event when their expected number is exp(raw)."""

    name, constraint, formula = "cloglog", UNIT_INTERVAL, r"1 - e^{-e^z}"

    def activation(self, raw: Tensor) -> Tensor:
        """1 - exp(-exp(raw))."""
        return -ops.expm1(-ops.exp(raw))

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """log(-log(1 - value))."""
        return np.log(-np.log1p(-value))


class Direction(Link):
    """Raw outputs as an arrow, scaled to length one; its length is forgotten.

    The zero vector has no direction; it stays where it is, and its gradient is zero.
    """

    name, constraint, formula = "direction", UNIT_VECTOR, r"z / \lVert z \rVert"

    def activation(self, raw: Tensor) -> Tensor:
        """raw divided by its length along the last axis."""
        largest = ops.maximum(ops.max(ops.abs(raw), axis=-1, keepdims=True), FLOOR)
        scaled = raw / ops.stop_gradient(
            largest
        )  # so that squaring can neither over- nor underflow
        return scaled / ops.sqrt(ops.maximum(ops.sum(scaled**2, axis=-1, keepdims=True), FLOOR**2))

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The unit vector itself."""
        return value


class Angle(Link):
    """Two raw outputs an angle, as the arrow (cos, sin): no jump where the circle closes."""

    name, constraint, formula = "angle", ANGLE, r"\operatorname{atan2}(z_2, z_1)"

    def activation(self, raw: Tensor) -> Tensor:
        """atan2 of the second half of the raw outputs and the first: `(…, 2 k)` → `(…, k)`."""
        size = raw.shape[-1] // 2
        x, y = raw[..., :size], raw[..., size:]
        # An arrow of length zero points nowhere; it is read as angle 0, with gradient 0.
        nowhere = ops.logical_and(ops.equal(x, 0), ops.equal(y, 0))
        return ops.arctan2(y, ops.where(nowhere, ops.ones_like(x), x))

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The arrow of length one."""
        return np.concatenate([np.cos(value), np.sin(value)], axis=-1)

    def raw_size(self, size: int) -> int:
        """Two for each angle."""
        return 2 * size


class Steps(Link):
    """A first value and positive steps upwards from it."""

    name, constraint, formula = "steps", ORDERED, r"z_1 + \sum_{j=2}^k \log(1 + e^{z_j})"

    def activation(self, raw: Tensor) -> Tensor:
        """raw_1, then each next value a softplus higher."""
        steps = Softplus().activation(raw[..., 1:])
        return ops.cumsum(ops.concatenate([raw[..., :1], steps], axis=-1), axis=-1)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The first value, then the inverse softplus of each step."""
        steps = Softplus().inverse(np.diff(value, axis=-1))
        return np.concatenate([value[..., :1], steps], axis=-1)


class CholeskyFactor(Link):
    """A lower triangle, row by row: real below the diagonal, softplus on it."""

    name, constraint, formula = "cholesky", CHOLESKY, r"L_{ii} = \log(1 + e^{z_{ii}})"

    def activation(self, raw: Tensor) -> Tensor:
        """The raw outputs, with a softplus where the diagonal stands."""
        on = np.zeros(raw.shape[-1], bool)
        on[diagonal(raw.shape[-1])] = True
        return ops.where(on, Softplus().activation(raw), raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The entries, with an inverse softplus where the diagonal stands."""
        raw = np.array(value, float)
        on = diagonal(raw.shape[-1])
        raw[..., on] = Softplus().inverse(raw[..., on])
        return raw


LINKS: dict[str, type[Link]] = {
    link.name: link
    for link in (
        Identity, Sigmoid, Probit, CLogLog, Softmax, Softplus, Exponential,
        Direction, Angle, Steps, CholeskyFactor,
    )
}  # fmt: skip
"""Every link by name: the name that Keras gives its activation, where Keras has it."""

DEFAULTS: dict[str, str] = {
    REAL.name: "linear",
    UNIT_INTERVAL.name: "sigmoid",
    SIMPLEX.name: "softmax",
    POSITIVE.name: "softplus",
    UNIT_VECTOR.name: "direction",
    ANGLE.name: "angle",
    ORDERED.name: "steps",
    CHOLESKY.name: "cholesky",
}
"""Constraint → the link taken when nobody asks for another."""


def link_for(constraint: Constraint, name: str | None = None) -> Link:
    """The link that meets `constraint`: the default one, or the one called `name`.

    Raises ValueError if there is no such link, or if it does not meet the constraint.
    """
    chosen = DEFAULTS[constraint.name] if name is None else name
    if chosen not in LINKS:
        raise ValueError(f"no link is called {chosen!r}; there are {', '.join(LINKS)}")
    link = LINKS[chosen]()
    if link.constraint is not constraint:
        fitting = [n for n, kind in LINKS.items() if kind.constraint is constraint]
        raise ValueError(
            f"link {chosen!r} gives values that are {link.constraint.words}, but the parameter "
            f"must be {constraint.words}; take one of {', '.join(fitting)}"
        )
    return link
