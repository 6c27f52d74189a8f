"""The Tweedie between Poisson and gamma: often exactly zero, else positive."""

from collections.abc import Mapping

import numpy as np

from lossbook import backend
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import NON_NEGATIVE, POSITIVE
from lossbook.heads.arguments import above_zero
from lossbook.heads.base import Head, Parameter
from lossbook.heads.draws import poisson
from lossbook.heads.tensors import LEAST, per_sample
from lossbook.special import excess, exp_capped, rest

TERMS = 96
"""Terms of the series around its largest one."""


class Tweedie(Head):
    r"""A sum of a Poisson number of gamma amounts: rain a day, claims a policy.

    Support: zero and above; exactly zero with positive probability. Parameter: `mean`, positive
    (softplus), in the unit of y. The power p, between 1 and 2, and the dispersion φ are fixed;
    the variance is φ mean^p.

    One sample: (mean^(2-p) / (2-p) - y mean^(1-p) / (1-p)) / φ - log a(y). The density's factor
    a(y) has no closed form; its logarithm is a series, summed around its largest term to within
    10⁻⁵ nats. It does not depend on the mean. Keras has no such loss.

    A y that is negative, NaN or infinite raises ValueError where its values can be read; in a
    graph, under jit or compile, its loss is NaN.

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
        self.power, self.dispersion = float(power), above_zero(self, "dispersion", dispersion)

    def _log_series(self, y: Tensor, log_y: Tensor, j0: Tensor) -> Tensor:
        """log of the series less (1 + alpha) j0, for y > 0 whose largest term is near j0.

        The terms fall off like a Gaussian of variance j0 / (1 + alpha). Where that is wide, only
        every h-th is taken, h times: for a smooth bell the sum is the same to all digits.
        """
        alpha = (2 - self.power) / (self.power - 1)
        j0 = j0[..., None]
        step = backend.maximum(backend.floor(0.2 * ops.sqrt(j0 / (1 + alpha))), 1.0)
        first = backend.maximum(backend.floor(j0) - TERMS // 2 * step, 1.0)
        away = (first - j0) + step * ops.cast(ops.arange(TERMS), y.dtype)
        j = j0 + away
        log_j = ops.log(j)
        fall = excess(j, -away, ops.log(j0) - log_j)
        terms = log_j + np.log(alpha) - (1 + alpha) * fall - rest(j) - rest(alpha * j)
        return ops.logsumexp(terms, axis=-1) + ops.log(step[..., 0])

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """The unit deviance, and the series that normalises."""
        mean, z, p, phi = self.positive("mean"), pieces["mean"], self.power, self.dispersion
        none = mean.activation(z) ** (2 - p) / (phi * (2 - p))
        some = ops.where(y > 0, y, ops.ones_like(y))
        log_y = ops.log(some)
        j0 = some ** (2 - p) / (phi * (2 - p))
        ratio = mean.log(z) - log_y
        # At most e^60: beyond, the loss goes on in a straight line.
        up, down = exp_capped((2 - p) * ratio, 60.0), exp_capped((1 - p) * ratio, 60.0)
        small = ops.abs(ratio) < 1
        near = ops.where(small, ratio, 0 * ratio)
        close = ops.expm1((2 - p) * near) / (2 - p) + ops.expm1((1 - p) * near) / (p - 1)
        deviance = ops.where(small, close, (up - 1) / (2 - p) + (down - 1) / (p - 1))
        more = some ** (2 - p) / phi * deviance - self._log_series(some, log_y, j0) + log_y
        return per_sample(ops.where(y > 0, more, none))

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """A Poisson number of gamma amounts."""
        mean, p, phi = parameters["mean"], self.power, self.dispersion
        number = poisson(mean ** (2 - p) / (phi * (2 - p)), rng)
        shape = np.maximum(number, 1) * (2 - p) / (p - 1)
        amounts = rng.gamma(shape, phi * (p - 1) * mean ** (p - 1))
        return np.where(number > 0, np.maximum(amounts, LEAST), 0.0)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)
