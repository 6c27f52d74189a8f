"""Ordered answers: a hidden score cut at rising thresholds."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lossbook import backend
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import CLASS, ORDERED, UNIT_INTERVAL
from lossbook.heads.arguments import whole
from lossbook.heads.base import Head, Parameter
from lossbook.heads.categorical import one_hot
from lossbook.links import ProbabilityLink, Steps, link_for
from lossbook.special import (
    LOG_2PI,
    exp_capped,
    is_single,
    log1mexp,
    log_cloglog,
    log_ndtr,
    log_sigmoid,
    tiny,
)


class Ordinal(Head):
    r"""One of `size` answers that have an order (poor, fair, good), with no distances.

    Support: an answer's number from 0 to K - 1. Parameter: `cuts`, K - 1 rising numbers, hence
    steps upwards. The link `cumulative` turns a cut into the probability of an answer at most k:
    `sigmoid` if the hidden score's error is logistic (a cut is then a log odds), `probit` if it
    is Gaussian, `cloglog` if it is Gumbel's. A model whose cuts all move together with the input,
    and keep their distances, is the proportional odds model, or the ordered probit.

    One sample: -log(F(c_y) - F(c_{y-1})), with F(c_{-1}) = 0 and F(c_{K-1}) = 1, where F is the
    link. Keras has no such loss.

    A y that is no whole number from 0 to K - 1 raises ValueError where its values can be read;
    in a graph, under jit or compile, its loss is NaN.

    Reference: McCullagh, "Regression Models for Ordinal Data" (1980).
    """

    name = "ordinal"
    title = "Ordinal (cumulative link)"
    question = "one of several answers that have an order"
    support = CLASS
    declared = (Parameter("cuts", r"c_k", ORDERED),)
    functional = "class frequency"
    keras_loss = ""
    dropped = ""
    formula = r"-\log\bigl(F(c_y) - F(c_{y-1})\bigr)"

    def __init__(
        self,
        size: int = 3,
        links: Mapping[str, str] | None = None,
        cumulative: str = "sigmoid",
    ) -> None:
        super().__init__(whole(self, "size", size, 2, "there are at least two answers"), links)
        link = link_for(UNIT_INTERVAL, cumulative)
        assert isinstance(link, ProbabilityLink)
        self.cumulative = link

    def sizes(self) -> dict[str, int]:
        """One cut fewer than there are answers."""
        return {"cuts": self.size - 1}

    @property
    def columns(self) -> int:
        """One answer."""
        return 1

    def inside(self, y: Any, xp: Any = np) -> Any:
        """An answer that there is."""
        return super().inside(y, xp) & (y[..., 0] < self.size)

    def words(self) -> str:
        """With the number of answers."""
        return f"an answer's number from 0 to {self.size - 1}"

    def log_probabilities(self, cuts: Tensor, steps: Tensor | None = None) -> Tensor:
        """log of each answer's probability `(…, K)`, from cuts `(…, K - 1)`.

        `steps` `(…, K - 2)` are the differences of the cuts, where they are known better: far out
        a small step is lost in rounding, and with it the probability of the answer between.
        """
        cuts = ops.convert_to_tensor(cuts)
        low, high = cuts[..., :-1], cuts[..., 1:]
        steps = backend.maximum(high - low if steps is None else steps, tiny(cuts))
        middle = BETWEEN[self.cumulative.name](low, high, steps)
        first, last = self.cumulative.log(cuts[..., :1]), cuts[..., -1:]
        return ops.concatenate([first, middle, self.cumulative.log_complement(last)], axis=-1)

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """The log probability of the answer given."""
        z, link = pieces["cuts"], self.links["cuts"]
        assert isinstance(link, Steps)
        logs = self.log_probabilities(link.activation(z), link.steps(z))
        return -ops.sum(one_hot(y, self.size, logs) * logs, axis=-1)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """A hidden score, from its quantile function, and between which cuts it falls."""
        cuts = parameters["cuts"]
        score = self.cumulative.inverse(rng.uniform(size=(len(cuts), 1)))
        return (score > cuts).sum(axis=-1)

    def _predict(self, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
        """The probability of each answer."""
        cuts = ops.convert_to_tensor(np.asarray(parameters["cuts"], float))
        upto = ops.convert_to_numpy(self.cumulative.activation(cuts))
        nothing, everything = np.zeros_like(upto[..., :1]), np.ones_like(upto[..., :1])
        return np.diff(np.concatenate([nothing, upto, everything], axis=-1), axis=-1)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The share of each answer."""
        return np.bincount(np.ravel(y).astype(int), minlength=self.size) / np.size(y)


def _logistic_between(low: Tensor, high: Tensor, step: Tensor) -> Tensor:
    """log(σ(b) - σ(a)) = log σ(b) + log σ(-a) + log(1 - e^(a - b))."""
    return log_sigmoid(high) + log_sigmoid(-low) + log1mexp(step)


def _gaussian_between(low: Tensor, high: Tensor, step: Tensor) -> Tensor:
    """log(Φ(b) - Φ(a)) = log Φ(b) + log(1 - Φ(a) / Φ(b)), in the tail where both are small.

    For a small step the density in its middle times the step, with the next term of its series:
    there the two logarithms are nearly the same, and far out they have no digits left.
    """
    middle = (low + high) / 2
    narrow = step * backend.maximum(ops.abs(middle), 1.0) < (0.1 if is_single(step) else 1e-3)
    small = ops.where(narrow, step, ops.zeros_like(step))
    bend = (middle**2 - 1) * small**2 / 24
    density = -0.5 * middle**2 - 0.5 * LOG_2PI + ops.log1p(ops.where(narrow, bend, 0 * bend))
    thin = density + ops.log(ops.where(narrow, step, ops.ones_like(step)))
    right = low + high > 0
    a, b = ops.where(right, -high, low), ops.where(right, -low, high)
    a = ops.where(narrow, b - 1, a)
    # The difference of the logarithms is at least (a² - b²) / 2: Φ grows less than its density.
    least = backend.maximum((a - b) * (a + b) / 2, tiny(a))
    wide = log_ndtr(b) + log1mexp(backend.maximum(log_ndtr(b) - log_ndtr(a), least))
    return ops.where(narrow, thin, wide)


def _gumbel_between(low: Tensor, high: Tensor, step: Tensor) -> Tensor:
    """log(e^(-e^a) - e^(-e^b)) = -e^a + log(1 - e^(-(e^b - e^a)))."""
    return -exp_capped(low, 30.0) + log_cloglog(high + log1mexp(step))


BETWEEN: dict[str, Callable[..., Tensor]] = {
    "sigmoid": _logistic_between,
    "probit": _gaussian_between,
    "cloglog": _gumbel_between,
}
"""Link → log(F(b) - F(a)) from a, b and b - a, without rounding to 0 first."""
