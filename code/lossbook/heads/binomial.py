"""The binomial: how many of a known number."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossbook import backend
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import COUNT, UNIT_INTERVAL
from lossbook.heads.arguments import whole
from lossbook.heads.base import Head, Parameter
from lossbook.heads.tensors import per_sample
from lossbook.special import excess, rest, tiny


class Binomial(Head):
    r"""How many of `trials` succeed.

    Support: 0 to `trials`. Parameter: `probability` of one success, in the unit interval, hence a
    sigmoid; a probit or a complementary log-log by `links={"probability": "probit"}`. Where the
    number of trials differs from sample to sample, y has two columns, successes and trials.

    One sample: -log C(trials, y) - y log p - (trials - y) log(1 - p). Keras's
    BinaryCrossentropy on the share y / trials drops the factor `trials` and the coefficient; Keras
    has no loss for counts.

    `predict` and `best_constant` give the share of successes, not their number.

    A y that is negative, above the number of trials, a fraction or NaN raises ValueError where
    its values can be read; in a graph, under jit or compile, its loss is NaN.

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
        self.trials = whole(self, "trials", trials)

    def _columns_of(self, y: Tensor, raw: Tensor) -> int:
        """Two where y has the number of trials beside the successes."""
        if self.size > 1 or getattr(y.shape, "rank", 0) is None:  # nothing is known of the shape
            return self.columns
        two = len(y.shape) == len(raw.shape) > 1 and y.shape[-1] == 2
        return 2 if two else self.columns

    def inside(self, y: Any, xp: Any = np) -> Any:
        """No more successes than trials."""
        if self.size == 1 and y.shape[-1] == 2:
            return super().inside(y, xp) & (y[..., 0] <= y[..., 1])
        return super().inside(y, xp) & xp.all(y <= self.trials, axis=-1)

    def words(self) -> str:
        """With the number of trials."""
        return f"a count from 0 to {self.trials}, or successes and trials in two columns"

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """In the saddle-point form, whose terms stay small; both logarithms from the raw output.

        Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000.
        """
        z, link = pieces["probability"], self.probability("probability")
        if self.size == 1 and y.shape[-1] == 2:
            y, trials = y[..., :1], y[..., 1:]
        else:
            trials = 0 * y + self.trials
        # Successes expected less those seen; from whichever probability is the smaller one.
        p, q = link.activation(z), link.complement(z)
        missing = ops.where(p < q, trials * p - y, (trials - y) - trials * q)
        log_trials = ops.log(backend.maximum(trials, 1.0))
        log_y, log_n = (ops.log(backend.maximum(k, tiny(y))) for k in (y, trials - y))
        seen = excess(y, missing, log_trials + link.log(z) - log_y)
        unseen = excess(trials - y, -missing, log_trials + link.log_complement(z) - log_n)
        return per_sample(rest(y) + rest(trials - y) - rest(trials) + seen + unseen)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Binomial draws."""
        return rng.binomial(self.trials, parameters["probability"]).astype(float)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean share of successes."""
        y = np.asarray(y, float)
        if self.size == 1 and y.ndim > 1 and y.shape[-1] == 2:
            # Successes and trials: the share of all trials.
            successes, trials = y.reshape(-1, 2).sum(axis=0)
            return np.array([successes / trials])
        return np.mean(y, axis=0) / self.trials
