"""Counts in two steps: any at all, and if so how many."""

from collections.abc import Mapping

import numpy as np
from scipy import special

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import COUNT, POSITIVE, UNIT_INTERVAL
from lossbook.heads.base import Head, Parameter
from lossbook.heads.draws import poisson
from lossbook.heads.tensors import per_sample
from lossbook.special import lgamma, log1mexp, poisson_nll


class HurdlePoisson(Head):
    r"""How many events, when whether there are any is a question of its own.

    Support: 0, 1, 2, … Parameters: `any`, the probability of at least one, in the unit interval
    (sigmoid); `rate` of a Poisson without its zero, positive (softplus).

    One sample: -log(1 - any) for y = 0; for y > 0
    -log any + rate - y log rate + log y! + log(1 - e^(-rate)). Unlike the zero-inflated Poisson,
    it can have fewer zeros than a Poisson too. Keras has no such loss.

    `predict` and `best_constant` give the chance of a count above zero, not the mean count, which
    is any · rate / (1 - e^(-rate)).

    A y that is negative, a fraction, NaN or infinite raises ValueError where its values can be
    read; in a graph, under jit or compile, its loss is NaN.

    Reference: Mullahy, "Specification and Testing of Some Modified Count Data Models" (1986).
    """

    name = "hurdle_poisson"
    title = "Hurdle Poisson"
    question = "whether any, and then how many"
    support = COUNT
    declared = (
        Parameter("any", r"\pi", UNIT_INTERVAL),
        Parameter("rate", r"\lambda", POSITIVE, floor=0.0),
    )
    functional = "share above zero"
    keras_loss = ""
    dropped = ""
    formula = (
        r"-\log(1-\pi)\text{ for } y = 0;\; -\log\pi + \lambda - y\log\lambda + \log y!"
        r" + \log(1 - e^{-\lambda})\text{ else}"
    )

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """A Bernoulli, plus a truncated Poisson where there are any."""
        any_, rate = self.probability("any"), self.positive("rate")
        value, log_rate = rate.activation(pieces["rate"]), rate.log(pieces["rate"])
        # For a small rate log(1 - e^(-rate)) is log rate - rate / 2 + rate² / 24: most cancels.
        small = value < 1e-3
        usual = ops.where(small, ops.ones_like(value), value)
        plain = poisson_nll(y, usual, ops.where(small, 0 * log_rate, log_rate)) + log1mexp(usual)
        low = ops.where(small, value, 0 * value)
        rare = low / 2 + low**2 / 24 - (y - 1) * log_rate + lgamma(y + 1)
        truncated = ops.where(small, rare, plain)
        none = -any_.log_complement(pieces["any"])
        return per_sample(ops.where(y == 0, none, truncated - any_.log(pieces["any"])))

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Zero, or a truncated Poisson by the inverse of its cumulative distribution."""
        rate = np.asarray(parameters["rate"], float)
        vast = rate > 1e6
        usual = np.where(vast, 1.0, rate)
        zero = np.exp(-usual)
        target = zero + rng.random(rate.shape) * (1 - zero)
        # pdtrik interpolates the cumulative distribution; its ceiling is the quantile.
        counts = np.maximum(np.ceil(special.pdtrik(target, usual)), 1.0)
        some = rng.random(rate.shape) < parameters["any"]
        # It fails where the rate is tiny, so that the count is 1, or vast, so that none is 0.
        counts = np.where(rate < 1e-8, 1.0, counts)
        counts[vast] = poisson(rate[vast], rng)
        return np.where(some, counts, 0.0)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The share of samples above zero."""
        return np.mean(np.asarray(y) > 0, axis=0)
