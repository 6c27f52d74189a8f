"""The Bernoulli distribution: two classes, sigmoid, binary cross entropy."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import BINARY, UNIT_INTERVAL
from lossbook.heads.base import Head, KerasRelation, Parameter, unreduced
from lossbook.heads.tensors import per_sample


class Bernoulli(Head):
    r"""One of two answers, coded 0 and 1.

    Support: 0 or 1. Parameter: `probability` of a 1, in the unit interval, hence a sigmoid.

    One sample: -y log p - (1 - y) log(1 - p). From the raw output z that is
    softplus(z) - y z, which neither overflows nor takes the logarithm of zero.

    Keras's BinaryCrossentropy drops nothing; with `from_logits=True` it takes the raw output.

    y between 0 and 1 is taken as a soft label: the loss of both answers in that proportion.

    A y below 0, above 1 or NaN raises ValueError where its values can be read; in a graph,
    under jit or compile, its loss is NaN.

    Reference: McCullagh and Nelder, Generalized Linear Models (1989), section 4.
    """

    name = "bernoulli"
    title = "Bernoulli"
    question = "one of two classes"
    support = BINARY
    declared = (Parameter("probability", "p", UNIT_INTERVAL),)
    functional = "class frequency"
    keras_loss = "BinaryCrossentropy"
    dropped = ""
    formula = r"-y\log p - (1 - y)\log(1 - p)"

    def __init__(self) -> None:
        super().__init__(1)

    def inside(self, y: Any, xp: Any = np) -> Any:
        """Fractions too: soft labels, the loss of both answers in that proportion."""
        return xp.all((y >= 0) & (y <= 1), axis=-1)

    def words(self) -> str:
        """With soft labels."""
        return "0 or 1, or between them as a soft label"

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """softplus(raw) - y · raw."""
        z = pieces["probability"]
        return per_sample(ops.softplus(z) - y * z)

    def _gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """p - y: prediction minus target."""
        z = self.split(raw)["probability"]
        return ops.sigmoid(z) - y

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Zeros and ones with the given probability."""
        p = parameters["probability"]
        return (rng.random(p.shape) < p).astype(float)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The share of ones."""
        return np.mean(y, axis=0)

    def keras_relation(self) -> KerasRelation:
        """The same number, term for term."""
        loss = unreduced(self.keras_loss, from_logits=True)
        return KerasRelation(loss, "raw", 1.0, 0.0)
