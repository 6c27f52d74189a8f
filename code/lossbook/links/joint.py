"""Links that take a parameter's raw outputs together: what one of them gives depends on others."""

import numpy as np

from lossbook import backend, special
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import ANGLE, CHOLESKY, ORDERED, SIMPLEX, UNIT_VECTOR, diagonal
from lossbook.links.base import FLOOR, Link
from lossbook.links.elementwise import Softplus

SPREAD = Softplus(FLOOR)
"""For the steps between ordered values, and for the diagonal of a factor."""
SHORT = 1e-12
"""The length of an arrow below which the slope of its direction is no steeper."""


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


class Direction(Link):
    """Raw outputs as an arrow, scaled to length one; its length is forgotten.

    The zero vector has no direction; it stays where it is, with the slope of a vector of length
    one, so that training can turn it. So does one shorter than 1.2e-38 (2.3e-308 in float64), whose
    digits are lost. Below a length of 1e-12 the slope grows no further.
    """

    name, constraint, formula = "direction", UNIT_VECTOR, r"z / \lVert z \rVert"

    def activation(self, raw: Tensor) -> Tensor:
        """raw divided by its length along the last axis."""
        largest = ops.stop_gradient(backend.largest(ops.abs(raw)))
        nowhere = largest < special.tiny(raw)
        arrow = ops.where(nowhere, ops.ones_like(raw), raw)
        # Scaled first, or squaring might over- or underflow.
        unit = arrow / ops.where(nowhere, ops.ones_like(largest), largest)
        unit = unit / ops.sqrt(ops.sum(unit**2, axis=-1, keepdims=True))
        # A shorter arrow has the slope of one of length SHORT, or its slope might overflow.
        short = ops.where(largest < SHORT, largest / SHORT, ops.ones_like(largest))
        eased = short * unit + ops.stop_gradient((1 - short) * unit)
        return ops.where(nowhere, raw, eased)

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
        # An arrow of length zero points nowhere; it is read as (1, 0), whose slope lets it turn.
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
