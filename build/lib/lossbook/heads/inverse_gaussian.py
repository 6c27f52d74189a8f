"""The inverse Gaussian: first-passage times."""

from collections.abc import Mapping

import numpy as np

from lossbook._lazy import ops
from lossbook.constraints import POSITIVE
from lossbook.heads.base import LOG_2PI, Head, Parameter, column, per_sample
from lossbook.links import Tensor


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

    def nll(self, y: Tensor, raw: Tensor) -> Tensor:
        """The error relative to the mean, squared."""
        found = self.parameters(raw)
        mean, shape = found["mean"], found["shape"]
        y = column(y, mean)
        relative = ops.square((y - mean) / mean)
        logs = 1.5 * ops.log(y) - 0.5 * ops.log(shape) + 0.5 * LOG_2PI
        return per_sample(shape * relative / (2 * y) + logs)

    def sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Wald draws."""
        return rng.wald(parameters["mean"], parameters["shape"])

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)
