"""The Tweedie between Poisson and gamma: often exactly zero, else positive."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.constraints import NON_NEGATIVE, POSITIVE
from lossbook.heads.base import Head, Parameter, column, per_sample
from lossbook.heads.special import lgamma
from lossbook.links import Tensor

TERMS = 200
"""Terms of the series around its largest one."""


class Tweedie(Head):
    r"""A sum of a Poisson number of gamma amounts: rain a day, claims a policy.

    Support: zero and above; exactly zero with positive probability. Parameter: `mean`, positive
    (softplus), in the unit of y. The power p, between 1 and 2, and the dispersion φ are fixed;
    the variance is φ mean^p.

    One sample: (mean^(2-p) / (2-p) - y mean^(1-p) / (1-p)) / φ - log a(y). The density's factor
    a(y) has no closed form; its logarithm is a series, summed around its largest term. It does
    not depend on the mean. Keras has no such loss.

    Reference: Dunn and Smyth, "Series Evaluation of Tweedie Exponential Dispersion Model
    Densities" (2005).
    """

    name = "tweedie"
    title = "Tweedie, 1 < p < 2"
    question = "an amount that is often exactly zero"
    support = NON_NEGATIVE
    declared = (Parameter("mean", r"\mu", POSITIVE),)
    functional = "mean"
    keras_loss = ""
    dropped = ""
    formula = (
        r"\frac1\varphi\Bigl(\frac{\mu^{2-p}}{2-p} - \frac{y\,\mu^{1-p}}{1-p}\Bigr) - \log a(y)"
    )

    def __init__(
        self,
        size: int = 1,
        power: float = 1.5,
        dispersion: float = 1.0,
        links: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(size, links)
        if not 1 < power < 2:
            raise ValueError(f"Tweedie: power must lie between 1 and 2, not {power}")
        if not dispersion > 0:
            raise ValueError(f"Tweedie: dispersion must be above zero, not {dispersion}")
        self.power, self.dispersion = float(power), float(dispersion)

    def _log_a(self, y: Tensor) -> Tensor:
        """log a(y): 0 at zero, else the log of Σ_j W_j(y) / y."""
        p, phi = self.power, self.dispersion
        alpha = (2 - p) / (p - 1)
        positive = ops.where(y > 0, y, ops.ones_like(y))[..., None]
        largest = ops.floor(positive ** (2 - p) / (phi * (2 - p)))
        first = ops.maximum(largest - TERMS // 2, 1.0)
        j = first + ops.cast(ops.arange(TERMS), y.dtype)
        slope = alpha * ops.log(positive) - (1 + alpha) * np.log(phi)
        slope -= alpha * np.log(p - 1) + np.log(2 - p)
        terms = j * slope - lgamma(j + 1) - lgamma(alpha * j)
        series = ops.logsumexp(terms, axis=-1) - ops.log(positive[..., 0])
        return ops.where(y > 0, series, ops.zeros_like(y))

    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """The part that learns, and the series that normalises."""
        mean = self.parameters(raw)["mean"]
        y = column(y, mean)
        p = self.power
        learns = mean ** (2 - p) / (2 - p) - y * mean ** (1 - p) / (1 - p)
        return per_sample(learns / self.dispersion - self._log_a(y))

    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """A Poisson number of gamma amounts."""
        mean, p, phi = parameters["mean"], self.power, self.dispersion
        number = rng.poisson(mean ** (2 - p) / (phi * (2 - p)))
        shape = np.maximum(number, 1) * (2 - p) / (p - 1)
        amounts = rng.gamma(shape, phi * (p - 1) * mean ** (p - 1))
        return np.where(number > 0, np.maximum(amounts, np.finfo(float).tiny), 0.0)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)
