"""Several yes-or-no answers about one sample: a sigmoid each."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import BINARY, UNIT_INTERVAL
from lossbook.heads.base import Head, KerasRelation, Parameter, unreduced
from lossbook.heads.tensors import per_sample


class IndependentBernoullis(Head):
    r"""Several answers at once, each 0 or 1, independent of one another given the input.

    Support: a vector of zeros and ones of length `size`. Parameter: `probabilities`, each in the
    unit interval, hence a sigmoid on every output; they need not sum to one.

    One sample: the sum over k of -y_k log p_k - (1 - y_k) log(1 - p_k).

    Keras's BinaryCrossentropy *averages* over the outputs where the likelihood adds: it drops the
    factor `size`.

    y between 0 and 1 is taken as a soft label: the loss of both answers in that proportion.

    A y with a value below 0, above 1 or NaN raises ValueError where its values can be read; in
    a graph, under jit or compile, its loss is NaN.

    Reference: Bishop, Pattern Recognition and Machine Learning (2006), section 5.2.
    """

    name = "independent_bernoullis"
    title = "Independent Bernoullis"
    question = "several labels at once, any number of them present"
    support = BINARY
    declared = (Parameter("probabilities", r"p_k", UNIT_INTERVAL),)
    functional = "class frequency"
    keras_loss = "BinaryCrossentropy"
    dropped = r"the factor K (it averages over the outputs)"
    formula = r"-\sum_k \bigl(y_k\log p_k + (1 - y_k)\log(1 - p_k)\bigr)"

    def __init__(self, size: int = 2) -> None:
        super().__init__(size)

    def inside(self, y: Any, xp: Any = np) -> Any:
        """Fractions too: soft labels, the loss of both answers in that proportion."""
        return xp.all((y >= 0) & (y <= 1), axis=-1)

    def words(self) -> str:
        """With soft labels."""
        return "0 or 1, or between them as a soft label"

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """The sum of softplus(raw_k) - y_k · raw_k."""
        z = pieces["probabilities"]
        return per_sample(ops.softplus(z) - y * z)

    def _gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """p_k - y_k for each output on its own."""
        z = self.split(raw)["probabilities"]
        return ops.sigmoid(z) - y

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Zeros and ones, each with its own probability."""
        p = parameters["probabilities"]
        return (rng.random(p.shape) < p).astype(float)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The share of ones in each column."""
        return np.mean(y, axis=0)

    def keras_relation(self) -> KerasRelation:
        """Keras's mean over the outputs, times their number."""
        loss = unreduced(self.keras_loss, from_logits=True)
        return KerasRelation(loss, "raw", float(self.size), 0.0)
