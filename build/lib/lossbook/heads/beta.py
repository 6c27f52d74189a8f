"""The beta: shares and rates strictly between zero and one."""

from collections.abc import Mapping

import numpy as np
from scipy import special

from lossbook._lazy import ops
from lossbook.constraints import OPEN_UNIT, POSITIVE, UNIT_INTERVAL
from lossbook.heads.base import Head, Parameter, column, per_sample
from lossbook.heads.special import log_beta
from lossbook.links import Tensor


class Beta(Head):
    r"""A share strictly between zero and one.

    Support: (0, 1), borders excluded. Parameters: `mean`, in the unit interval (sigmoid);
    `concentration`, positive (softplus): the larger, the less scatter. The variance is
    mean (1 - mean) / (1 + concentration).

    One sample, with a = mean · concentration and b = (1 - mean) · concentration:
    log B(a, b) - (a - 1) log y - (b - 1) log(1 - y). Keras has no such loss; its
    BinaryCrossentropy takes shares, but is no density on (0, 1).

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

    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """Both shapes from the raw output of the mean, so that neither rounds to zero."""
        pieces = self.split(raw)
        concentration = self.links["concentration"].activation(pieces["concentration"])
        mean = self.links["mean"].activation(pieces["mean"])
        other = self.links["mean"].activation(-pieces["mean"])
        floor = float(np.finfo(np.float32).tiny) * 1e4
        a = ops.maximum(mean * concentration, floor)
        b = ops.maximum(other * concentration, floor)
        y = column(y, mean)
        return per_sample(log_beta(a, b) - (a - 1) * ops.log(y) - (b - 1) * ops.log1p(-y))

    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Beta draws, kept off the borders by rounding."""
        mean, concentration = parameters["mean"], parameters["concentration"]
        draws = rng.beta(mean * concentration, (1 - mean) * concentration)
        return np.clip(draws, 1e-12, 1 - 1e-12)

    def predict(self, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
        """The mean of log(y / (1 - y)), digamma(a) - digamma(b), which the likelihood matches."""
        mean, concentration = parameters["mean"], parameters["concentration"]
        return special.digamma(mean * concentration) - special.digamma((1 - mean) * concentration)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean of the log odds."""
        return np.mean(special.logit(y), axis=0)
