"""From a constraint on a parameter to the activation that meets it.

A network's last layer puts out any real numbers. A distribution wants parameters that satisfy
constraints: a standard deviation above zero, a probability between zero and one. A *link* is the
invertible map between the two. It is looked up from the constraint and never chosen by hand.

Vocabulary: `raw` is what the last Dense layer puts out; a parameter's *value* is what remains
after the activation. `link.activation(raw)` gives the value, `link.inverse(value)` the raw output
(statisticians call the latter the link function).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from lossbook._lazy import ops

Tensor = Any
"""A Keras tensor or anything `keras.ops.convert_to_tensor` takes."""


@dataclass(frozen=True)
class Constraint:
    """The set of values that a parameter, or an outcome, may take.

    `symbol` is LaTeX; `contains` takes a NumPy array and says for each value (for a vector-valued
    set: for each vector along the last axis) whether it belongs to the set.
    """

    name: str
    symbol: str
    words: str
    contains: Callable[[np.ndarray], np.ndarray]

    def __repr__(self) -> str:
        return f"Constraint({self.name!r})"


def _on_simplex(value: np.ndarray) -> np.ndarray:
    return (value >= 0).all(-1) & np.isclose(value.sum(-1), 1, atol=1e-5)


REAL = Constraint("real", r"\mathbb{R}", "any real number", np.isfinite)
POSITIVE = Constraint("positive", r"(0, \infty)", "above zero", lambda v: (v > 0) & np.isfinite(v))
UNIT_INTERVAL = Constraint(
    "unit interval", "(0, 1)", "between zero and one", lambda v: (v >= 0) & (v <= 1)
)
SIMPLEX = Constraint("simplex", r"\Delta^{K-1}", "positive, summing to one", _on_simplex)


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


class Softplus(Link):
    """A smooth ramp: exponential far below zero, linear far above."""

    name, constraint, formula = "softplus", POSITIVE, r"\log(1 + e^{z})"

    def activation(self, raw: Tensor) -> Tensor:
        """log(1 + exp(raw))."""
        return ops.softplus(raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """log(exp(value) - 1), without overflow."""
        return value + np.log(-np.expm1(-value))


class Exponential(Link):
    """The inverse of the logarithm: steps of the raw output multiply the parameter."""

    name, constraint, formula = "exponential", POSITIVE, "e^{z}"

    def activation(self, raw: Tensor) -> Tensor:
        """exp(raw)."""
        return ops.exp(raw)

    def inverse(self, value: np.ndarray) -> np.ndarray:
        """log(value)."""
        return np.log(value)


LINKS: dict[str, type[Link]] = {
    link.name: link for link in (Identity, Sigmoid, Softmax, Softplus, Exponential)
}
"""Every link by the name that Keras gives its activation."""

DEFAULTS: dict[str, str] = {
    REAL.name: "linear",
    UNIT_INTERVAL.name: "sigmoid",
    SIMPLEX.name: "softmax",
    POSITIVE.name: "softplus",
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
