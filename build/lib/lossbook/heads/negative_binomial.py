"""The negative binomial: counts that vary more than a Poisson's."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.constraints import COUNT, POSITIVE
from lossbook.heads.base import Head, Parameter, column, per_sample
from lossbook.heads.special import lgamma
from lossbook.links import Tensor


class NegativeBinomial(Head):
    r"""How many events, when the rate itself differs from case to case.

    Support: 0, 1, 2, … Parameters: `mean`, positive; `dispersion` α, positive; both a softplus.
    The variance is mean + α mean²; as α goes to 0 it becomes a Poisson.

    One sample, with r = 1 / α: log Γ(r) + log y! - log Γ(y + r) + (y + r) log(1 + α mean)
    - y log(α mean). Keras has no such loss.

    Reference: Cameron and Trivedi, Regression Analysis of Count Data (2013), section 3.3 (NB2).
    """

    name = "negative_binomial"
    title = "Negative binomial"
    question = "how many, some cases far busier than others"
    support = COUNT
    declared = (Parameter("mean", r"\mu", POSITIVE), Parameter("dispersion", r"\alpha", POSITIVE))
    functional = "mean"
    keras_loss = ""
    dropped = ""
    formula = (
        r"\log\frac{\Gamma(r)\,y!}{\Gamma(y + r)} + (y + r)\log(1 + \alpha\mu)"
        r" - y\log(\alpha\mu),\; r = 1/\alpha"
    )

    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """By log1p, so that small dispersions keep their digits."""
        found = self.parameters(raw)
        mean, dispersion = found["mean"], found["dispersion"]
        y = column(y, mean)
        r = 1 / dispersion
        product = dispersion * mean
        gammas = lgamma(r) + lgamma(y + 1) - lgamma(y + r)
        return per_sample(gammas + (y + r) * ops.log1p(product) - y * ops.log(product))

    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """A Poisson whose rate is drawn from a gamma."""
        mean, dispersion = parameters["mean"], parameters["dispersion"]
        return rng.poisson(rng.gamma(1 / dispersion, dispersion * mean)).astype(float)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)
