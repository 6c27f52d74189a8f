"""The Gaussian with a fixed standard deviation: squared error."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import REAL
from lossbook.heads.arguments import above_zero
from lossbook.heads.base import LOG_2PI, Head, KerasRelation, Parameter, unreduced
from lossbook.heads.tensors import per_sample


class Gaussian(Head):
    r"""Any real number, scattered symmetrically around a mean that the network predicts.

    Support: the real numbers. Parameter: `mean`, real, hence no activation. The standard
    deviation `scale` (in the unit of y) is fixed, not predicted.

    One sample: (y - mean)² / (2 scale²) + log scale + ½ log 2π. With several values a sample
    (`size`), the parts are independent and their terms add up.

    Keras's MeanSquaredError averages (y - mean)² over the values: it drops the factor
    size / (2 scale²) and the constant size · (log scale + ½ log 2π).

    A y that is NaN or infinite raises ValueError where its values can be read; in a graph,
    under jit or compile, its loss is NaN.

    Reference: Bishop, Pattern Recognition and Machine Learning (2006), section 3.1.1.
    """

    name = "gaussian"
    title = "Gaussian, fixed scale"
    question = "any real number, errors symmetric and rarely large"
    support = REAL
    declared = (Parameter("mean", r"\mu", REAL),)
    functional = "mean"
    keras_loss = "MeanSquaredError"
    dropped = r"the factor \frac{1}{2\sigma^2} and the constant \log\sigma + \tfrac12\log 2\pi"
    formula = r"\frac{(y - \mu)^2}{2\sigma^2} + \log\sigma + \tfrac12\log 2\pi"

    def __init__(self, size: int = 1, scale: float = 1.0) -> None:
        super().__init__(size)
        self.scale = above_zero(self, "scale", scale)

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """Squared error in units of the scale, halved, plus the constant."""
        mean = pieces["mean"]
        z = (y - mean) / self.scale
        return per_sample(0.5 * ops.square(z) + (np.log(self.scale) + 0.5 * LOG_2PI))

    def _gradient(self, y: Tensor, raw: Tensor) -> Tensor:
        """(mean - y) / scale²: prediction minus target, in units of the variance."""
        mean = self.split(raw)["mean"]
        return (mean - y) / self.scale**2

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Gaussian draws around `mean`."""
        return rng.normal(parameters["mean"], self.scale)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)

    def keras_relation(self) -> KerasRelation:
        """Half the squared error over the variance, plus what normalises the density."""
        constant = np.log(self.scale) + 0.5 * LOG_2PI
        return KerasRelation(
            unreduced(self.keras_loss),
            "mean",
            self.size / (2 * self.scale**2),
            self.size * constant,
        )
