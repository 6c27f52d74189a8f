"""The logistic distribution: between Gaussian and Laplace, with a smooth bounded gradient."""

from collections.abc import Mapping

import numpy as np
from scipy import optimize, special

from lossbook import backend
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import REAL
from lossbook.heads.arguments import above_zero
from lossbook.heads.base import Head, Parameter
from lossbook.heads.tensors import per_sample


class Logistic(Head):
    r"""Any real number, tails a little heavier than a Gaussian's.

    Support: the real numbers. Parameter: `location`, real, hence no activation. The scale s, in
    the unit of y, is fixed; the standard deviation is s π / √3.

    One sample, with z = (y - location) / s: z + 2 log(1 + e^(-z)) + log s. Keras has no such loss.

    A y that is NaN or infinite raises ValueError where its values can be read; in a graph,
    under jit or compile, its loss is NaN.

    Reference: Balakrishnan, Handbook of the Logistic Distribution (1992).
    """

    name = "logistic"
    title = "Logistic, fixed scale"
    question = "any real number, errors larger than Gaussian at times"
    support = REAL
    declared = (Parameter("location", r"\mu", REAL),)
    functional = "centre, outliers with bounded pull"
    keras_loss = ""
    dropped = ""
    formula = r"\frac{y-\mu}{s} + 2\log\bigl(1 + e^{-(y-\mu)/s}\bigr) + \log s"

    def __init__(self, size: int = 1, scale: float = 1.0) -> None:
        super().__init__(size)
        self.scale = above_zero(self, "scale", scale)

    def _z(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        return (y - pieces["location"]) / self.scale

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """|z| + 2 log(1 + exp(-|z|)) + log s, the same by symmetry and without overflow."""
        size = ops.abs(self._z(y, pieces))
        return per_sample(size + 2 * ops.softplus(-size) + np.log(self.scale))

    def _gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """-tanh(z / 2) / s: at most 1 / s however wrong the prediction is."""
        return -backend.tanh(self._z(y, self.split(raw)) / 2) / self.scale

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Logistic draws."""
        return rng.logistic(parameters["location"], self.scale)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """Where the scores tanh(z / 2) sum to zero."""

        def root(values: np.ndarray) -> float:
            score = lambda m: (2 * special.expit((values - m) / self.scale) - 1).sum()  # noqa: E731
            return optimize.brentq(score, values.min(), values.max())

        return np.apply_along_axis(root, 0, np.asarray(y, float))
