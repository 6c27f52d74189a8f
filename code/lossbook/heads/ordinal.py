"""Ordered answers: a hidden score cut at rising thresholds."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.heads.base import Head, Parameter
from lossbook.heads.categorical import CLASS
from lossbook.heads.special import log_sigmoid
from lossbook.links import ORDERED, Tensor


class Ordinal(Head):
    r"""One of `size` answers that have an order (poor, fair, good), with no distances.

    Support: an answer's number from 0 to K - 1. Parameter: `cuts`, the K - 1 rising log odds of
    an answer at most k, hence steps upwards. A model whose cuts all move together with the
    input, and keep their distances, is the proportional odds model.

    One sample: -log(σ(c_y) - σ(c_{y-1})), with σ(c_{-1}) = 0 and σ(c_{K-1}) = 1. Keras has no
    such loss.

    Reference: McCullagh, "Regression Models for Ordinal Data" (1980).
    """

    name = "ordinal"
    title = "Ordinal (cumulative logit)"
    question = "one of several answers that have an order"
    support = CLASS
    declared = (Parameter("cuts", r"c_k", ORDERED),)
    functional = "class frequency"
    keras_loss = ""
    dropped = ""
    formula = r"-\log\bigl(\sigma(c_y) - \sigma(c_{y-1})\bigr)"

    def __init__(self, size: int = 3, links: Mapping[str, str] | None = None) -> None:
        if size < 2:
            raise ValueError(f"Ordinal: there must be at least two answers, not {size}")
        super().__init__(size, links)

    def sizes(self) -> dict[str, int]:
        """One cut fewer than there are answers."""
        return {"cuts": self.size - 1}

    def log_probabilities(self, cuts: Tensor) -> Tensor:
        """log of each answer's probability `(n, K)`, from cuts `(n, K - 1)`.

        Between two cuts: log(σ(b) - σ(a)) = log σ(b) + log σ(-a) + log(1 - e^(a - b)).
        """
        first, last = log_sigmoid(cuts[..., :1]), log_sigmoid(-cuts[..., -1:])
        low, high = cuts[..., :-1], cuts[..., 1:]
        gap = ops.log(-ops.expm1(low - high))
        middle = log_sigmoid(high) + log_sigmoid(-low) + gap
        return ops.concatenate([first, middle, last], axis=-1)

    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """The log probability of the answer given."""
        logs = self.log_probabilities(self.parameters(raw)["cuts"])
        answer = ops.cast(ops.reshape(ops.convert_to_tensor(y), (-1,)), "int32")
        return -ops.sum(ops.one_hot(answer, self.size, dtype=logs.dtype) * logs, axis=-1)

    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """A logistic score, and between which cuts it falls."""
        cuts = parameters["cuts"]
        return (rng.logistic(size=(len(cuts), 1)) > cuts).sum(axis=-1)

    def predict(self, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
        """The probability of each answer."""
        upto = 1 / (1 + np.exp(-parameters["cuts"]))
        ends = np.zeros_like(upto[..., :1])
        return np.diff(np.concatenate([ends, upto, ends + 1], axis=-1), axis=-1)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The share of each answer."""
        return np.bincount(np.ravel(y).astype(int), minlength=self.size) / np.size(y)
