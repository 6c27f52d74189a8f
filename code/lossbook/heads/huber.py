"""Huber's least favourable distribution: Gaussian in the middle, Laplace in the tails."""

from collections.abc import Mapping

import numpy as np
from scipy import optimize, special

from lossbook import backend
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import REAL
from lossbook.heads.arguments import above_zero
from lossbook.heads.base import Head, KerasRelation, Parameter, unreduced
from lossbook.heads.tensors import per_sample


class Huber(Head):
    r"""Any real number, mostly Gaussian errors, a few that are far larger.

    Support: the real numbers. Parameter: `location`, real, hence no activation. `delta`, in the
    unit of y, is where the squared error turns into an absolute one; it is fixed.

    One sample: h(y - location) + log Z with h(u) = u²/2 for |u| ≤ delta and
    delta |u| - delta²/2 beyond, and the normaliser
    Z = √(2π) (2Φ(delta) - 1) + 2 exp(-delta²/2) / delta.

    Keras's Huber averages h over the values: it drops the factor `size` and size · log Z.

    A y that is NaN or infinite raises ValueError where its values can be read; in a graph,
    under jit or compile, its loss is NaN.

    Reference: Huber, "Robust Estimation of a Location Parameter" (1964).
    """

    name = "huber"
    title = "Huber"
    question = "any real number, a few errors far larger than the rest"
    support = REAL
    declared = (Parameter("location", r"\mu", REAL),)
    functional = "mean with outliers pulled in"
    keras_loss = "Huber"
    dropped = r"the constant \log Z"
    formula = (
        r"h_\delta(y - \mu) + \log Z,\; Z = \sqrt{2\pi}\,(2\Phi(\delta) - 1)"
        r" + \tfrac{2}{\delta} e^{-\delta^2/2}"
    )

    def __init__(self, size: int = 1, delta: float = 1.0) -> None:
        super().__init__(size)
        self.delta = above_zero(self, "delta", delta)
        middle = np.sqrt(2 * np.pi) * (2 * special.ndtr(self.delta) - 1)
        self._log_z = float(np.log(middle + 2 * np.exp(-(self.delta**2) / 2) / self.delta))

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """Squared within delta, absolute beyond, plus what normalises."""
        location = pieces["location"]
        size = ops.abs(y - location)
        near = backend.minimum(size, self.delta)
        return per_sample(near * (size - near / 2) + self._log_z)

    def _gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """The error, held within ±delta."""
        location = self.split(raw)["location"]
        return ops.clip(location - y, -self.delta, self.delta)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Middle or tail by their shares; a truncated Gaussian or an exponential."""
        location, delta = parameters["location"], self.delta
        low, high = special.ndtr(-delta), special.ndtr(delta)
        in_middle = np.sqrt(2 * np.pi) * (high - low) / np.exp(self._log_z)
        middle = special.ndtri(rng.uniform(low, high, location.shape))
        far = delta + rng.exponential(1 / delta, location.shape)
        tail = np.copysign(far, rng.uniform(-1, 1, location.shape))
        return location + np.where(rng.random(location.shape) < in_middle, middle, tail)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """Where the errors, each held within ±delta, sum to zero."""

        def root(values: np.ndarray) -> float:
            return optimize.brentq(
                lambda m: np.clip(values - m, -self.delta, self.delta).sum(),
                values.min(),
                values.max(),
            )

        return np.apply_along_axis(root, 0, np.asarray(y, float))

    def keras_relation(self) -> KerasRelation:
        """The same h, without the normaliser."""
        loss = unreduced(self.keras_loss, delta=self.delta)
        return KerasRelation(loss, "location", float(self.size), self.size * self._log_z)
