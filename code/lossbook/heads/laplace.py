"""The Laplace distribution with a fixed scale: absolute error."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import REAL
from lossbook.heads.arguments import above_zero
from lossbook.heads.base import Head, KerasRelation, Parameter, unreduced
from lossbook.heads.tensors import per_sample


class Laplace(Head):
    r"""Any real number, with heavier tails than a Gaussian.

    Support: the real numbers. Parameter: `median`, real, hence no activation. The scale b (in the
    unit of y; the mean absolute deviation from the median) is fixed, not predicted.

    One sample: |y - median| / b + log 2b. With several values a sample (`size`), the parts are
    independent and their terms add up.

    Keras's MeanAbsoluteError drops the factor size / b and the constant size · log 2b.

    A y that is NaN or infinite raises ValueError where its values can be read; in a graph,
    under jit or compile, its loss is NaN.

    Reference: Koenker, Quantile Regression (2005), section 1.3 (the median minimises it).
    """

    name = "laplace"
    title = "Laplace, fixed scale"
    question = "any real number, large errors not rare"
    support = REAL
    declared = (Parameter("median", r"m", REAL),)
    functional = "median"
    keras_loss = "MeanAbsoluteError"
    dropped = r"the factor \frac{1}{b} and the constant \log 2b"
    formula = r"\frac{|y - m|}{b} + \log 2b"

    def __init__(self, size: int = 1, scale: float = 1.0) -> None:
        super().__init__(size)
        self.scale = above_zero(self, "scale", scale)

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """Absolute error in units of the scale, plus the constant."""
        median = pieces["median"]
        z = (y - median) / self.scale
        return per_sample(ops.abs(z) + np.log(2 * self.scale))

    def _gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """sign(median - y) / b: its size says nothing of how wrong the prediction is."""
        median = self.split(raw)["median"]
        return ops.sign(median - y) / self.scale

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Laplace draws around `median`."""
        return rng.laplace(parameters["median"], self.scale)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The median (for an even number of values any point between the middle two)."""
        return np.median(y, axis=0)

    def keras_relation(self) -> KerasRelation:
        """The absolute error over the scale, plus what normalises the density."""
        constant = self.size * np.log(2 * self.scale)
        return KerasRelation(unreduced(self.keras_loss), "median", self.size / self.scale, constant)
