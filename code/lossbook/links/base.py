"""What a link is: an invertible map from raw outputs to values that meet a constraint.

A network's last layer puts out any real numbers. A distribution wants parameters that satisfy
constraints: a standard deviation above zero, a probability between zero and one. A *link* is the
invertible map between the two.

Vocabulary: `raw` is what the last Dense layer puts out; a parameter's *value* is what remains
after the activation. `link.activation(raw)` gives the value, `link.inverse(value)` the raw output
(statisticians call the latter the link function).
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from lossbook.backend import Tensor
from lossbook.constraints import POSITIVE, UNIT_INTERVAL, Constraint

FLOOR = 1e-6
"""What a softplus adds for parameters that a loss divides by: float32 overflows for much less.

Without it a raw output of -200 would give exactly 0 in float32, and an infinite loss.
"""


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

    `floor` keeps the value from falling much further. A loss that divides by the parameter needs
    one; a loss that only takes its logarithm works with `log`, and needs none.
    """

    constraint = POSITIVE

    def __init__(self, floor: float = 0.0) -> None:
        self.floor = floor

    @abstractmethod
    def reciprocal(self, raw: Tensor) -> Tensor:
        """1 / value."""
