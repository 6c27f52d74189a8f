"""The exponential: waiting times without a memory."""

from collections.abc import Mapping

import numpy as np

from lossbook.backend import Tensor
from lossbook.constraints import NON_NEGATIVE, POSITIVE
from lossbook.heads.base import Head, Parameter
from lossbook.heads.tensors import per_sample


class Exponential(Head):
    r"""A waiting time, when how long one has waited says nothing of how long is left.

    Support: zero and above. Parameter: `mean`, positive (softplus), in the unit of y.

    One sample: y / mean + log mean. Keras has no such loss.

    A y that is negative, NaN or infinite raises ValueError where its values can be read; in a
    graph, under jit or compile, its loss is NaN.

    Reference: McCullagh and Nelder, Generalized Linear Models (1989), section 8 (shape 1).
    """

    name = "exponential"
    title = "Exponential"
    question = "a waiting time"
    support = NON_NEGATIVE
    declared = (Parameter("mean", r"\mu", POSITIVE),)
    functional = "mean"
    keras_loss = ""
    dropped = ""
    formula = r"\frac{y}{\mu} + \log\mu"

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """The wait in units of its mean, plus log mean."""
        mean, z = self.positive("mean"), pieces["mean"]
        return per_sample(y * mean.reciprocal(z) + mean.log(z))

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Exponential draws."""
        return rng.exponential(parameters["mean"])

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)
