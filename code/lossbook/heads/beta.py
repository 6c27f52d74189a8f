"""The beta: shares and rates strictly between zero and one."""

from collections.abc import Mapping

import numpy as np
from scipy import special

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import OPEN_UNIT, POSITIVE, UNIT_INTERVAL
from lossbook.heads.base import Head, Parameter
from lossbook.heads.tensors import BELOW_ONE, LEAST, per_sample
from lossbook.special import excess, rest


class Beta(Head):
    r"""A share strictly between zero and one.

    Support: (0, 1), borders excluded. Parameters: `mean`, in the unit interval (sigmoid);
    `concentration`, positive (softplus): the larger, the less scatter. The variance is
    mean (1 - mean) / (1 + concentration).

    One sample, with a = mean · concentration and b = (1 - mean) · concentration:
    log B(a, b) - (a - 1) log y - (b - 1) log(1 - y). Keras has no such loss; its
    BinaryCrossentropy takes shares, but is no density on (0, 1).

    `predict` and `best_constant` give the mean log odds of y, which the likelihood matches; the
    mean of y itself is the parameter `mean`.

    In float32 a y within 3e-8 of 1 rounds to 1 and is outside the support.

    A y that is not strictly between 0 and 1 raises ValueError where its values can be read; in
    a graph, under jit or compile, its loss is NaN.

    Reference: Ferrari and Cribari-Neto, "Beta Regression for Modelling Rates and Proportions"
    (2004).
    """

    name = "beta"
    title = "Beta"
    question = "a share between zero and one"
    support = OPEN_UNIT
    declared = (
        Parameter("mean", r"\mu", UNIT_INTERVAL),
        Parameter("concentration", r"\kappa", POSITIVE),
    )
    functional = "mean log odds"
    keras_loss = ""
    dropped = ""
    formula = (
        r"\log B(a, b) - (a-1)\log y - (b-1)\log(1-y),\;"
        r" a = \mu\kappa,\; b = (1-\mu)\kappa"
    )

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """By the divergence of both means, with their logarithms from the raw output."""
        link, concentration = self.probability("mean"), self.positive("concentration")
        z = pieces["mean"]
        mean, other = link.activation(z), link.complement(z)
        log_mean, log_other = link.log(z), link.log_complement(z)
        kappa = concentration.activation(pieces["concentration"])
        log_kappa = concentration.log(pieces["concentration"])
        log_y, log_rest = ops.log(y), ops.log1p(-y)
        # y less the mean, from whichever side has the digits.
        away = ops.where(mean < other, y - mean, other - (1 - y))
        apart = excess(mean, away, log_y - log_mean) + excess(other, -away, log_rest - log_other)
        gammas = rest(mean * kappa) + rest(other * kappa) - rest(kappa)
        logs = log_y + log_rest - log_mean - log_other - log_kappa
        return per_sample(gammas + logs + kappa * apart)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Beta draws, kept off the borders, to which float32 would round them."""
        mean, concentration = parameters["mean"], parameters["concentration"]
        # A mean may have rounded to 0 or 1, where NumPy has no beta.
        a, b = (np.maximum(m * concentration, LEAST) for m in (mean, 1 - mean))
        draws = rng.beta(a, b)
        return np.clip(draws, LEAST, BELOW_ONE)

    def _predict(self, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
        """The mean of log(y / (1 - y)), digamma(a) - digamma(b), which the likelihood matches."""
        mean, concentration = parameters["mean"], parameters["concentration"]
        return special.digamma(mean * concentration) - special.digamma((1 - mean) * concentration)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean of the log odds."""
        return np.mean(special.logit(y), axis=0)
