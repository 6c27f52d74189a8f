"""The gamma: positive amounts whose scatter grows with their size."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.constraints import POSITIVE
from lossbook.heads.base import Head, Parameter, column, per_sample
from lossbook.heads.special import lgamma
from lossbook.links import Tensor


class Gamma(Head):
    r"""A positive amount whose standard deviation is in proportion to its mean.

    Support: above zero. Parameters: `mean`, positive, in the unit of y; `shape` k, positive; both a
    softplus. The standard deviation is mean / √shape.

    One sample: k y / mean - k log(k / mean) - (k - 1) log y + log Γ(k). Keras has no such loss.

    Reference: McCullagh and Nelder, Generalized Linear Models (1989), section 8.
    """

    name = "gamma"
    title = "Gamma"
    question = "a positive amount, scatter in proportion to its size"
    support = POSITIVE
    declared = (Parameter("mean", r"\mu", POSITIVE), Parameter("shape", "k", POSITIVE))
    functional = "mean"
    keras_loss = ""
    dropped = ""
    formula = r"\frac{k y}{\mu} - k\log\frac{k}{\mu} - (k - 1)\log y + \log\Gamma(k)"

    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """Every power as a logarithm."""
        found = self.parameters(raw)
        mean, shape = found["mean"], found["shape"]
        y = column(y, mean)
        powers = shape * (ops.log(shape) - ops.log(mean)) + (shape - 1) * ops.log(y)
        return per_sample(shape * y / mean - powers + lgamma(shape))

    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Gamma draws."""
        shape = parameters["shape"]
        draws = rng.gamma(shape, parameters["mean"] / shape)
        return np.maximum(draws, np.finfo(float).tiny)  # a tiny shape underflows to 0

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)
