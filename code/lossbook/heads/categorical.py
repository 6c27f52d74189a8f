"""The categorical distribution: many classes, softmax, categorical cross entropy."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import CLASS, SIMPLEX
from lossbook.heads.base import Head, KerasRelation, Parameter, unreduced


class Categorical(Head):
    r"""One of `size` classes that exclude one another.

    Support: a class number from 0 to K - 1, as an integer (sparse labels). Parameter:
    `probabilities`, positive and summing to one, hence a softmax.

    One sample: -log p_y. From the raw outputs z that is log Σ_j exp z_j - z_y.

    Keras's SparseCategoricalCrossentropy drops nothing, and CategoricalCrossentropy on one-hot
    labels is the same number.

    Labels 1 to K and one-hot labels are refused: K is not a class, and a one-hot label is not a
    class number.

    A y that is no whole number from 0 to K - 1 raises ValueError where its values can be read;
    in a graph, under jit or compile, its loss is NaN.

    Reference: McCullagh and Nelder, Generalized Linear Models (1989), section 5.
    """

    name = "categorical"
    title = "Categorical"
    question = "exactly one of many classes"
    support = CLASS
    declared = (Parameter("probabilities", r"p_k", SIMPLEX),)
    functional = "class frequency"
    keras_loss = "SparseCategoricalCrossentropy"
    dropped = ""
    formula = r"-\log p_y"

    def __init__(self, size: int = 3) -> None:
        super().__init__(size)

    @property
    def columns(self) -> int:
        """One class number."""
        return 1

    def inside(self, y: Any, xp: Any = np) -> Any:
        """A class that there is."""
        return super().inside(y, xp) & (y[..., 0] < self.size)

    def words(self) -> str:
        """With the number of classes."""
        return f"a class number from 0 to {self.size - 1}"

    def _one_hot(self, y: Tensor, like: Tensor) -> Tensor:
        return one_hot(y, self.size, like)

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """logsumexp(raw) - raw_y."""
        z = pieces["probabilities"]
        return ops.logsumexp(z, axis=-1) - ops.sum(self._one_hot(y, z) * z, axis=-1)

    def _gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """softmax(raw) minus the one-hot target: prediction minus target."""
        z = self.split(raw)["probabilities"]
        return ops.softmax(z, axis=-1) - self._one_hot(y, z)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Class numbers, drawn by comparing the cumulative probabilities with a uniform draw."""
        cumulative = np.cumsum(parameters["probabilities"], axis=-1)
        draw = rng.random((len(cumulative), 1))
        # The last class is whatever is left: rounding may keep the sum below 1.
        return (draw > cumulative[:, :-1]).sum(axis=-1)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The share of each class."""
        return np.bincount(np.ravel(y).astype(int), minlength=self.size) / np.size(y)

    def keras_relation(self) -> KerasRelation:
        """The same number, term for term."""
        loss = unreduced(self.keras_loss, from_logits=True)
        return KerasRelation(loss, "raw", 1.0, 0.0)


def one_hot(y: Tensor, size: int, like: Tensor) -> Tensor:
    """Class numbers `(…, 1)` as zeros and a one `(…, size)` in the float type of `like`."""
    # By comparison: Keras's own looks at the values, which vmap of PyTorch cannot.
    return ops.cast(y == ops.cast(ops.arange(size), y.dtype), like.dtype)
