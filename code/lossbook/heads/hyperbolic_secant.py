"""The hyperbolic secant distribution: log cosh."""

from collections.abc import Mapping

import numpy as np
from scipy import optimize

from lossbook import backend
from lossbook.backend import Tensor
from lossbook.constraints import REAL
from lossbook.heads.base import Head, KerasRelation, Parameter, unreduced
from lossbook.heads.tensors import per_sample
from lossbook.special import log_cosh


class HyperbolicSecant(Head):
    r"""Any real number; like a Gaussian for small errors, like a Laplace for large ones.

    Support: the real numbers. Parameter: `location`, real, hence no activation. The scale is
    fixed at 1 in the unit of y, as in Keras; the density is sech(y - location) / π.

    One sample: log cosh(y - location) + log π. Keras's LogCosh averages over the values: it drops
    the factor `size` and size · log π.

    A y that is NaN or infinite raises ValueError where its values can be read; in a graph,
    under jit or compile, its loss is NaN.

    Reference: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2 (1995),
    chapter 23.
    """

    name = "hyperbolic_secant"
    title = "Hyperbolic secant"
    question = "any real number, large errors not rare, gradient smooth"
    support = REAL
    declared = (Parameter("location", r"\mu", REAL),)
    functional = "centre, outliers with bounded pull"
    keras_loss = "LogCosh"
    dropped = r"the constant \log\pi"
    formula = r"\log\cosh(y - \mu) + \log\pi"

    def __init__(self, size: int = 1) -> None:
        super().__init__(size)

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """log cosh of the error, plus log π."""
        location = pieces["location"]
        return per_sample(log_cosh(y - location) + np.log(np.pi))

    def _gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """tanh of the error: at most 1."""
        location = self.split(raw)["location"]
        return backend.tanh(location - y)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """By the inverse of the cumulative distribution (2 / π) arctan(e^x)."""
        location = parameters["location"]
        return location + np.log(np.tan(np.pi / 2 * rng.random(location.shape)))

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """Where the scores tanh(y - location) sum to zero."""

        def root(values: np.ndarray) -> float:
            score = lambda m: np.tanh(values - m).sum()  # noqa: E731
            return optimize.brentq(score, values.min(), values.max())

        return np.apply_along_axis(root, 0, np.asarray(y, float))

    def keras_relation(self) -> KerasRelation:
        """The same log cosh, without log π."""
        constant = self.size * np.log(np.pi)
        return KerasRelation(unreduced(self.keras_loss), "location", float(self.size), constant)
