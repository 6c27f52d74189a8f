"""The log-normal: squared error of logarithms."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import POSITIVE, REAL
from lossbook.heads.arguments import above_zero
from lossbook.heads.base import LOG_2PI, Head, Parameter
from lossbook.heads.tensors import LEAST, per_sample


class LogNormal(Head):
    r"""A positive amount made by many factors multiplied: its logarithm is Gaussian.

    Support: above zero. Parameter: `log_median`, real, hence no activation. The scale σ of the
    logarithm (no unit) is fixed.

    One sample: (log y - log_median)² / (2σ²) + log σ + ½ log 2π + log y. The best constant is the
    geometric mean, which is the median, not the mean exp(log_median + σ²/2).

    `predict` and `best_constant` give the logarithm of the median; its exponential is in the unit
    of y.

    Keras's MeanSquaredLogarithmicError is another loss: the square of
    log(1 + y) - log(1 + prediction), a Gaussian for log(1 + y), also where y is zero.

    A y that is zero, negative, NaN or infinite raises ValueError where its values can be read;
    in a graph, under jit or compile, its loss is NaN.

    Reference: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1 (1994),
    chapter 14.
    """

    name = "log_normal"
    title = "Log-normal, fixed scale"
    question = "a positive amount made by many factors"
    support = POSITIVE
    declared = (Parameter("log_median", r"\mu", REAL),)
    functional = "log of the median (the geometric mean)"
    keras_loss = ""
    dropped = ""
    formula = r"\frac{(\log y - \mu)^2}{2\sigma^2} + \log\sigma + \tfrac12\log 2\pi + \log y"

    def __init__(self, size: int = 1, scale: float = 1.0) -> None:
        super().__init__(size)
        self.scale = above_zero(self, "scale", scale)

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """A Gaussian's for log y, plus log y for the change of variable."""
        center = pieces["log_median"]
        log_y = ops.log(y)
        z = (log_y - center) / self.scale
        return per_sample(0.5 * ops.square(z) + np.log(self.scale) + 0.5 * LOG_2PI + log_y)

    def _gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """Prediction minus target, in logarithms."""
        center = self.split(raw)["log_median"]
        return (center - ops.log(y)) / self.scale**2

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """exp of Gaussian draws."""
        return np.maximum(rng.lognormal(parameters["log_median"], self.scale), LEAST)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean of the logarithms."""
        return np.mean(np.log(y), axis=0)
