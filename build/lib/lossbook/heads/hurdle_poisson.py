"""Counts in two steps: any at all, and if so how many."""

from collections.abc import Mapping

import numpy as np
from scipy import special

from lossbook._lazy import ops
from lossbook.constraints import COUNT, POSITIVE, UNIT_INTERVAL
from lossbook.heads.base import Head, Parameter, column, per_sample
from lossbook.heads.special import lgamma, log1mexp, log_sigmoid
from lossbook.links import Tensor


class HurdlePoisson(Head):
    r"""How many events, when whether there are any is a question of its own.

    Support: 0, 1, 2, … Parameters: `any`, the probability of at least one, in the unit interval
    (sigmoid); `rate` of a Poisson without its zero, positive (softplus).

    One sample: -log(1 - any) for y = 0; for y > 0
    -log any + rate - y log rate + log y! + log(1 - e^(-rate)). Unlike the zero-inflated Poisson,
    it can have fewer zeros than a Poisson too. Keras has no such loss.

    Reference: Mullahy, "Specification and Testing of Some Modified Count Data Models" (1986).
    """

    name = "hurdle_poisson"
    title = "Hurdle Poisson"
    question = "whether any, and then how many"
    support = COUNT
    declared = (Parameter("any", r"\pi", UNIT_INTERVAL), Parameter("rate", r"\lambda", POSITIVE))
    functional = "share above zero"
    keras_loss = ""
    dropped = ""
    formula = (
        r"-\log(1-\pi)\text{ for } y = 0;\; -\log\pi + \lambda - y\log\lambda + \log y!"
        r" + \log(1 - e^{-\lambda})\text{ else}"
    )

    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """A Bernoulli, plus a truncated Poisson where there are any."""
        pieces = self.split(raw)
        rate = self.links["rate"].activation(pieces["rate"])
        y = column(y, rate)
        none = -log_sigmoid(-pieces["any"])
        truncated = rate - y * ops.log(rate) + lgamma(y + 1) + log1mexp(rate)
        return per_sample(ops.where(y == 0, none, truncated - log_sigmoid(pieces["any"])))

    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Zero, or a truncated Poisson by the inverse of its cumulative distribution."""
        rate = parameters["rate"]
        zero = np.exp(-rate)
        target = zero + rng.random(rate.shape) * (1 - zero)
        # pdtrik interpolates the cumulative distribution; its ceiling is the quantile.
        counts = np.maximum(np.ceil(special.pdtrik(target, rate)), 1.0)
        return np.where(rng.random(rate.shape) < parameters["any"], counts, 0.0)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The share of samples above zero."""
        return np.mean(np.asarray(y) > 0, axis=0)
