"""From a constraint on a parameter to the activation that meets it.

A network's last layer puts out any real numbers. A distribution wants parameters that satisfy
constraints: a standard deviation above zero, a probability between zero and one. A *link* is the
invertible map between the two. It is looked up from the constraint and never chosen by hand.

Vocabulary: `raw` is what the last Dense layer puts out; a parameter's *value* is what remains
after the activation. `link.activation(raw)` gives the value, `link.inverse(value)` the raw output
(statisticians call the latter the link function).
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from scipy.special import ndtri

from lossbook import backend, special
from lossbook._lazy import ops
from lossbook.backend import Tensor
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

    def log(self, raw: Tensor) -> Tensor:
        """The logarithm of the value, also where the value itself rounds to 0."""
        raise TypeError(f"the values of {self!r} need not be positive")

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


class ProbabilityLink(Link):
    """A link for a probability, which knows what is left over to 1 as well."""

    constraint = UNIT_INTERVAL

    @abstractmethod
    def complement(self, raw: Tensor) -> Tensor:
        """1 - value, with all digits where the value is close to 1."""

    @abstractmethod
    def log_complement(self, raw: Tensor) -> Tensor:
        """log(1 - value), also where the value rounds to 1."""


class PositiveLink(Link):
    """A link for a number above zero.

    `floor` is the least value it gives. A loss that divides by the parameter needs one; a loss
    that only takes its logarithm works with `log`, whose slope does not die, and needs none.
    """

    constraint = POSITIVE

    def __init__(self, floor: float = 0.0) -> None:
        self.floor = floor

    @abstractmethod
    def reciprocal(self, raw: Tensor) -> Tensor:
        """1 / value."""


class Sigmoid(ProbabilityLink):
    """The inverse of the log odds (logit)."""

    name, formula = "sigmoid", r"1 / (1 + e^{-z})"

    def activation(self, raw: Tensor) -> Tensor:
        """1 / (1 + exp(-raw))."""
        return ops.sigmoid(raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The log odds, log(value / (1 - value))."""
        return np.log(value) - np.log1p(-value)

    def complement(self, raw: Tensor) -> Tensor:
        """1 / (1 + exp(raw))."""
        return ops.sigmoid(-raw)

    def log(self, raw: Tensor) -> Tensor:
        """-log(1 + exp(-raw))."""
        return special.log_sigmoid(raw)

    def log_complement(self, raw: Tensor) -> Tensor:
        """-log(1 + exp(raw))."""
        return special.log_sigmoid(-raw)


class Softmax(Link):
    """Positive numbers that sum to one along the last axis.

    Not one to one: adding a constant to all raw outputs changes nothing. `inverse` gives the raw
    outputs that are log probabilities.
    """

    name, constraint, formula = "softmax", SIMPLEX, r"e^{z_i} / \sum_j e^{z_j}"

    def activation(self, raw: Tensor) -> Tensor:
        """exp(raw_i) / sum_j exp(raw_j)."""
        # Keras warns of a softmax over one number, which a mixture of one component has.
        return ops.softmax(raw, axis=-1) if raw.shape[-1] > 1 else ops.ones_like(raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The log probabilities."""
        return np.log(value)


FLOOR = 1e-6
"""The floor of parameters that a loss divides by: float32 overflows when it divides by much less.

Without it a raw output of -200 would give exactly 0 in float32, and an infinite loss.
"""


class Softplus(PositiveLink):
    """A smooth ramp: exponential far below zero, linear far above, never under the floor.

    The floor is part of the link: the inverse takes it off again.
    """

    name, formula = "softplus", r"\log(1 + e^{z})"

    def activation(self, raw: Tensor) -> Tensor:
        """log(1 + exp(raw)) + floor."""
        return ops.softplus(raw) + self.floor

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """log(exp(value - floor) - 1), without overflow."""
        above = np.asarray(value) - self.floor
        return above + np.log(-np.expm1(-above))

    def log(self, raw: Tensor) -> Tensor:
        """The raw output itself far below zero, if there is no floor."""
        if self.floor:
            return ops.log(self.activation(raw))
        # There log(1 + e^z) is e^z (1 - e^z / 2) to all digits.
        low = raw < -20
        small = ops.exp(ops.where(low, raw, -20 * ops.ones_like(raw)))
        usual = ops.log(ops.softplus(ops.where(low, -20 * ops.ones_like(raw), raw)))
        return ops.where(low, raw - small / 2, usual)

    def reciprocal(self, raw: Tensor) -> Tensor:
        """1 / value."""
        return 1 / self.activation(raw)


class Exponential(PositiveLink):
    """The inverse of the logarithm: steps of the raw output multiply the parameter.

    Where exp(raw) would leave the numbers that its float type has (beyond 80 in float32, 700 in
    float64) it grows on as a logarithm, so that losses and gradients stay finite. It has no floor:
    below -80 a loss that divides by it is no longer the likelihood in float32.
    """

    name, formula = "exponential", "e^{z}"

    def activation(self, raw: Tensor) -> Tensor:
        """exp(raw)."""
        limit = _exp_limit(raw)
        return ops.exp(backend.minimum(raw, limit)) * (
            1 + ops.log1p(backend.maximum(raw - limit, 0.0))
        )

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """log(value)."""
        return np.log(value)

    def log(self, raw: Tensor) -> Tensor:
        """The raw output itself."""
        limit = _exp_limit(raw)
        beyond = ops.log1p(ops.log1p(backend.maximum(raw - limit, 0.0)))
        return backend.minimum(raw, limit) + beyond

    def reciprocal(self, raw: Tensor) -> Tensor:
        """exp(-raw)."""
        return self.activation(-raw)


def _exp_limit(like: Tensor) -> float:
    return 80.0 if special.is_single(like) else 700.0


class Probit(ProbabilityLink):
    """The Gaussian's cumulative distribution: a hidden Gaussian score above a threshold."""

    name, formula = "probit", r"\Phi(z)"

    def activation(self, raw: Tensor) -> Tensor:
        """½ erfc(-raw / √2)."""
        return 0.5 * backend.erfc(-raw / np.sqrt(2))

    def complement(self, raw: Tensor) -> Tensor:
        """½ erfc(raw / √2)."""
        return 0.5 * backend.erfc(raw / np.sqrt(2))

    def log(self, raw: Tensor) -> Tensor:
        """log Φ(raw)."""
        return special.log_ndtr(raw)

    def log_complement(self, raw: Tensor) -> Tensor:
        """log Φ(-raw)."""
        return special.log_ndtr(-raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The Gaussian quantile."""
        return ndtri(value)


class CLogLog(ProbabilityLink):
    """The chance of at least one event when their expected number is exp(raw).

    Beyond a raw output of 30 the log probability of no event, -exp(raw), goes on in a straight
    line, so that its gradient does not overflow.
    """

    name, formula = "cloglog", r"1 - e^{-e^z}"

    def activation(self, raw: Tensor) -> Tensor:
        """1 - exp(-exp(raw))."""
        return -ops.expm1(-self._events(raw))

    def _events(self, raw: Tensor) -> Tensor:
        return special.exp_capped(raw, 30.0)

    def complement(self, raw: Tensor) -> Tensor:
        """exp(-exp(raw))."""
        return ops.exp(-self._events(raw))

    def log(self, raw: Tensor) -> Tensor:
        """log(1 - exp(-exp(raw)))."""
        return special.log_cloglog(raw)

    def log_complement(self, raw: Tensor) -> Tensor:
        """-exp(raw)."""
        return -self._events(raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """log(-log(1 - value))."""
        return np.log(-np.log1p(-value))


SPREAD = Softplus(FLOOR)
"""For the steps between ordered values, and for the diagonal of a factor."""


class Direction(Link):
    """Raw outputs as an arrow, scaled to length one; its length is forgotten.

    The zero vector has no direction; it stays where it is, and its gradient is zero.
    """

    name, constraint, formula = "direction", UNIT_VECTOR, r"z / \lVert z \rVert"

    def activation(self, raw: Tensor) -> Tensor:
        """raw divided by its length along the last axis."""
        largest = backend.maximum(backend.largest(ops.abs(raw)), FLOOR)
        scaled = raw / ops.stop_gradient(largest)  # or squaring might over- or underflow
        return scaled / ops.sqrt(
            backend.maximum(ops.sum(scaled**2, axis=-1, keepdims=True), FLOOR**2)
        )

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
        return backend.arctan2(y, ops.where(nowhere, ops.ones_like(x), x))

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
        return backend.cumsum(ops.concatenate([raw[..., :1], self.steps(raw)], axis=-1))

    def steps(self, raw: Tensor) -> Tensor:
        """How far each value is above the one before, also where the sum rounds it away."""
        return SPREAD.activation(raw[..., 1:])

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The first value, then the inverse softplus of each step."""
        steps = SPREAD.inverse(np.diff(value, axis=-1))
        return np.concatenate([value[..., :1], steps], axis=-1)


class CholeskyFactor(Link):
    """A lower triangle, row by row: real below the diagonal, softplus on it."""

    name, constraint, formula = "cholesky", CHOLESKY, r"L_{ii} = \log(1 + e^{z_{ii}})"

    def activation(self, raw: Tensor) -> Tensor:
        """The raw outputs, with a softplus where the diagonal stands."""
        on = np.zeros(raw.shape[-1], bool)
        on[diagonal(raw.shape[-1])] = True
        return ops.where(on, SPREAD.activation(raw), raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """The entries, with an inverse softplus where the diagonal stands."""
        raw = np.array(value, float)
        on = diagonal(raw.shape[-1])
        raw[..., on] = SPREAD.inverse(raw[..., on])
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


def link_for(constraint: Constraint, name: str | None = None, floor: float = 0.0) -> Link:
    """The link that meets `constraint`: the default one, or the one called `name`.

    `floor` is the least value that a positive parameter takes. Raises ValueError if there is no
    such link, or if it does not meet the constraint.
    """
    chosen = DEFAULTS[constraint.name] if name is None else name
    if chosen not in LINKS:
        raise ValueError(f"no link is called {chosen!r}; there are {', '.join(LINKS)}")
    kind = LINKS[chosen]
    link = kind(floor) if issubclass(kind, PositiveLink) else kind()
    if link.constraint is not constraint:
        fitting = [n for n, kind in LINKS.items() if kind.constraint is constraint]
        raise ValueError(
            f"link {chosen!r} gives values that are {link.constraint.words}, but the parameter "
            f"must be {constraint.words}; take one of {', '.join(fitting)}"
        )
    return link
