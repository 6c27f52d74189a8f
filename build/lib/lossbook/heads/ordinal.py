"""Ordered answers: a hidden score cut at rising thresholds."""

from collections.abc import Callable, Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.constraints import CLASS, ORDERED, UNIT_INTERVAL
from lossbook.heads.base import Head, Parameter
from lossbook.heads.binomial import log_cloglog, log_ndtr
from lossbook.heads.special import log1mexp, log_sigmoid, tiny
from lossbook.links import Tensor, link_for


class Ordinal(Head):
    r"""One of `size` answers that have an order (poor, fair, good), with no distances.

    Support: an answer's number from 0 to K - 1. Parameter: `cuts`, K - 1 rising numbers, hence
    steps upwards. The link `cumulative` turns a cut into the probability of an answer at most k:
    `sigmoid` if the hidden score's error is logistic (a cut is then a log odds), `probit` if it
    is Gaussian, `cloglog` if it is Gumbel's. A model whose cuts all move together with the input,
    and keep their distances, is the proportional odds model, or the ordered probit.

    One sample: -log(F(c_y) - F(c_{y-1})), with F(c_{-1}) = 0 and F(c_{K-1}) = 1, where F is the
    link. Keras has no such loss.

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
        if size < 2:
            raise ValueError(f"Ordinal: there must be at least two answers, not {size}")
        super().__init__(size, links)
        self.cumulative = link_for(UNIT_INTERVAL, cumulative)

    def sizes(self) -> dict[str, int]:
        """One cut fewer than there are answers."""
        return {"cuts": self.size - 1}

    def log_probabilities(self, cuts: Tensor) -> Tensor:
        """log of each answer's probability `(n, K)`, from cuts `(n, K - 1)`."""
        log_upto, log_above, log_between = BY_LINK[self.cumulative.name]
        middle = log_between(cuts[..., :-1], cuts[..., 1:])
        ends = log_upto(cuts[..., :1]), log_above(cuts[..., -1:])
        return ops.concatenate([ends[0], middle, ends[1]], axis=-1)

    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """The log probability of the answer given."""
        logs = self.log_probabilities(self.parameters(raw)["cuts"])
        answer = ops.cast(ops.reshape(ops.convert_to_tensor(y), (-1,)), "int32")
        return -ops.sum(ops.one_hot(answer, self.size, dtype=logs.dtype) * logs, axis=-1)

    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """A hidden score, from its quantile function, and between which cuts it falls."""
        cuts = parameters["cuts"]
        score = self.cumulative.inverse(rng.uniform(size=(len(cuts), 1)))
        return (score > cuts).sum(axis=-1)

    def predict(self, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
        """The probability of each answer."""
        cuts = ops.convert_to_tensor(np.asarray(parameters["cuts"], float))
        upto = ops.convert_to_numpy(self.cumulative.activation(cuts))
        nothing, everything = np.zeros_like(upto[..., :1]), np.ones_like(upto[..., :1])
        return np.diff(np.concatenate([nothing, upto, everything], axis=-1), axis=-1)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The share of each answer."""
        return np.bincount(np.ravel(y).astype(int), minlength=self.size) / np.size(y)


def _rise(low: Tensor, high: Tensor) -> Tensor:
    """log(1 - e^(low - high)), for low < high."""
    return ops.log(-ops.expm1(low - high))


def _logistic_between(low: Tensor, high: Tensor) -> Tensor:
    """log(σ(b) - σ(a)) = log σ(b) + log σ(-a) + log(1 - e^(a - b))."""
    return log_sigmoid(high) + log_sigmoid(-low) + _rise(low, high)


def _gaussian_between(low: Tensor, high: Tensor) -> Tensor:
    """log(Φ(b) - Φ(a)) = log Φ(b) + log(1 - Φ(a) / Φ(b)), in the tail where both are small."""
    right = low + high > 0
    a, b = ops.where(right, -high, low), ops.where(right, -low, high)
    # Far out the logarithms are large and their difference rounds to 0, and log 0 is infinite. The
    # difference is never less than (a² - b²) / 2, since Φ grows more slowly than its density.
    least = ops.maximum((a - b) * (a + b) / 2, tiny(a))
    return log_ndtr(b) + log1mexp(ops.maximum(log_ndtr(b) - log_ndtr(a), least))


def _gumbel_between(low: Tensor, high: Tensor) -> Tensor:
    """log(e^(-e^a) - e^(-e^b)) = -e^a + log(1 - e^(-(e^b - e^a)))."""
    return -ops.exp(low) + log_cloglog(high + _rise(low, high))


BY_LINK: dict[str, tuple[Callable[..., Tensor], ...]] = {
    "sigmoid": (log_sigmoid, lambda c: log_sigmoid(-c), _logistic_between),
    "probit": (log_ndtr, lambda c: log_ndtr(-c), _gaussian_between),
    "cloglog": (log_cloglog, lambda c: -ops.exp(c), _gumbel_between),
}
"""Link → log F(c), log(1 - F(c)) and log(F(b) - F(a)), each without rounding to 0 first."""
