"""The inverse Gaussian: first-passage times."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import POSITIVE
from lossbook.heads.base import LOG_2PI, Head, Parameter
from lossbook.heads.tensors import LEAST, held, per_sample


class InverseGaussian(Head):
    r"""How long a drifting random walk takes to reach a line: positive, with a long right tail.

    Support: above zero. Parameters: `mean` and `shape` λ, both positive (softplus), in the unit of
    y. The variance is mean³ / λ.

    One sample: λ (y - mean)² / (2 mean² y) - ½ log λ + 3/2 log y + ½ log 2π. Keras has no such
    loss.

    Reference: Tweedie, "Statistical Properties of Inverse Gaussian Distributions" (1957).
    """

    name = "inverse_gaussian"
    title = "Inverse Gaussian"
    question = "a positive amount with a long right tail"
    support = POSITIVE
    declared = (Parameter("mean", r"\mu", POSITIVE), Parameter("shape", r"\lambda", POSITIVE))
    functional = "mean"
    keras_loss = ""
    dropped = ""
    formula = (
        r"\frac{\lambda(y-\mu)^2}{2\mu^2 y} - \tfrac12\log\lambda + \tfrac32\log y"
        r" + \tfrac12\log 2\pi"
    )

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """The error relative to the mean, squared."""
        mean, shape = self.positive("mean"), self.positive("shape")
        away = (y - mean.activation(pieces["mean"])) * mean.reciprocal(pieces["mean"])
        logs = 1.5 * ops.log(y) - 0.5 * shape.log(pieces["shape"]) + 0.5 * LOG_2PI
        lam = shape.activation(pieces["shape"])
        return per_sample(lam * ops.square(held(away)) / (2 * y) + logs)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Wald draws."""
        return np.maximum(rng.wald(parameters["mean"], parameters["shape"]), LEAST)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)
