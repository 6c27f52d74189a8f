"""The binomial: how many of a known number."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops, tf
from lossbook.constraints import COUNT, UNIT_INTERVAL
from lossbook.heads.base import Head, Parameter, column, per_sample
from lossbook.heads.special import lgamma, log1mexp, log_sigmoid
from lossbook.links import Tensor


class Binomial(Head):
    r"""How many of `trials` succeed.

    Support: 0 to `trials`. Parameter: `probability` of one success, in the unit interval, hence a
    sigmoid; a probit or a complementary log-log by `links={"probability": "probit"}`. Where the
    number of trials differs from sample to sample, y has two columns, successes and trials.

    One sample: -log C(trials, y) - y log p - (trials - y) log(1 - p). Keras's
    BinaryCrossentropy on the share y / trials drops the factor `trials` and the coefficient; Keras
    has no loss for counts.

    Reference: McCullagh and Nelder, Generalized Linear Models (1989), section 4.
    """

    name = "binomial"
    title = "Binomial"
    question = "how many of a known number"
    support = COUNT
    declared = (Parameter("probability", "p", UNIT_INTERVAL),)
    functional = "mean share"
    keras_loss = ""
    dropped = ""
    formula = r"-\log\tbinom{n}{y} - y\log p - (n - y)\log(1 - p)"

    def __init__(
        self, size: int = 1, trials: int = 10, links: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(size, links)
        if trials < 1:
            raise ValueError(f"Binomial: trials must be at least 1, not {trials}")
        self.trials = trials

    def _logs(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """log p and log(1 - p), each without rounding to zero first."""
        kind = self.links["probability"].name
        if kind == "sigmoid":
            return log_sigmoid(z), log_sigmoid(-z)
        if kind == "probit":
            return log_ndtr(z), log_ndtr(-z)
        return log_cloglog(z), -ops.exp(z)

    def _counts(self, y: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """Successes and trials, each `(n, size)`."""
        shape = ops.shape(y)
        if self.size == 1 and len(shape) > 1 and shape[-1] == 2:
            y = ops.convert_to_tensor(y)
            return column(y[..., :1], z), column(y[..., 1:], z)
        y = column(y, z)
        return y, ops.full_like(y, self.trials)

    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """Both logarithms from the raw output."""
        z = self.split(raw)["probability"]
        y, trials = self._counts(y, z)
        log_p, log_q = self._logs(z)
        coefficient = lgamma(trials + 1) - lgamma(y + 1) - lgamma(trials - y + 1)
        return per_sample(-coefficient - y * log_p - (trials - y) * log_q)

    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Binomial draws."""
        return rng.binomial(self.trials, parameters["probability"]).astype(float)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean share of successes."""
        return np.mean(y, axis=0) / self.trials


def log_cloglog(z: Tensor) -> Tensor:
    """log(1 - exp(-exp(z))): the log probability under the complementary log-log."""
    rare = z < -15  # then the probability is exp(z) to all digits, and its logarithm is z
    safe = ops.where(rare, ops.ones_like(z), ops.exp(z))
    return ops.where(rare, z, log1mexp(safe))


def log_ndtr(x: Tensor) -> Tensor:
    """log Φ(x): by erfc near zero, by its asymptotic series far below."""
    far = x < -5
    near = ops.where(far, -5 * ops.ones_like(x), x)
    away = ops.where(far, x, -5 * ops.ones_like(x))
    square = away**-2
    series = 1 - square * (1 - 3 * square * (1 - 5 * square * (1 - 7 * square)))
    tail = -0.5 * away**2 - ops.log(-away) - 0.5 * np.log(2 * np.pi) + ops.log(series)
    return ops.where(far, tail, ops.log(0.5 * tf.math.erfc(-near / np.sqrt(2))))
