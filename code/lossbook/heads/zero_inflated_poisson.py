"""Counts with more zeros than a Poisson has: some cases cannot have any."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import COUNT, POSITIVE, UNIT_INTERVAL
from lossbook.heads.base import Head, Parameter
from lossbook.heads.draws import poisson
from lossbook.heads.tensors import per_sample
from lossbook.special import log_add_exp, poisson_nll


class ZeroInflatedPoisson(Head):
    r"""How many events, when some cases are always zero and the others are Poisson.

    Support: 0, 1, 2, … Parameters: `rate` of the Poisson part, positive (softplus); `absent`, the
    probability of an always-zero case, in the unit interval (sigmoid).

    One sample: -log(absent + (1 - absent) e^(-rate)) for y = 0; for y > 0
    -log(1 - absent) + rate - y log rate + log y!. Keras has no such loss.

    A y that is negative, a fraction, NaN or infinite raises ValueError where its values can be
    read; in a graph, under jit or compile, its loss is NaN.

    Reference: Lambert, "Zero-Inflated Poisson Regression" (1992).
    """

    name = "zero_inflated_poisson"
    title = "Zero-inflated Poisson"
    question = "how many, where some cases can have none"
    support = COUNT
    declared = (
        Parameter("rate", r"\lambda", POSITIVE, floor=0.0),
        Parameter("absent", r"\pi", UNIT_INTERVAL),
    )
    functional = "mean"
    keras_loss = ""
    dropped = ""
    formula = (
        r"-\log\bigl(\pi + (1-\pi)e^{-\lambda}\bigr)\text{ for } y = 0;\;"
        r" -\log(1-\pi) + \lambda - y\log\lambda + \log y!\text{ else}"
    )

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """The zeros by the two ways to be zero."""
        absent, rate = self.probability("absent"), self.positive("rate")
        log_absent = absent.log(pieces["absent"])
        log_present = absent.log_complement(pieces["absent"])
        value = rate.activation(pieces["rate"])
        zero = -log_add_exp(log_absent, log_present - value)
        more = poisson_nll(y, value, rate.log(pieces["rate"])) - log_present
        return per_sample(ops.where(y == 0, zero, more))

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """A Poisson, or zero."""
        counts = poisson(parameters["rate"], rng)
        return np.where(rng.random(counts.shape) < parameters["absent"], 0.0, counts)

    def _predict(self, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
        """The mean, (1 - absent) rate."""
        return (1 - parameters["absent"]) * parameters["rate"]

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)
