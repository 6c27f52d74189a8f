"""The inverse Gaussian: first-passage times."""

from collections.abc import Mapping

import numpy as np

from lossbook import backend
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import POSITIVE
from lossbook.heads.base import LOG_2PI, Head, Parameter
from lossbook.heads.tensors import LEAST, per_sample
from lossbook.special import exp_capped, is_single, relative, tiny

LIMIT = 30.0
"""In float32: the log of the squared error's term from which on it grows in a straight line."""


class InverseGaussian(Head):
    r"""How long a drifting random walk takes to reach a line: positive, with a long right tail.

    Support: above zero. Parameters: `mean` and `shape` λ, both positive (softplus), in the unit of
    y. The variance is mean³ / λ.

    One sample: λ (y - mean)² / (2 mean² y) - ½ log λ + 3/2 log y + ½ log 2π. Keras has no such
    loss.

    Where the first term exceeds e³⁰ (e³⁰⁰ in float64) it goes on in a straight line in its
    logarithm, so that neither it nor its gradient overflows.

    A y that is zero, negative, NaN or infinite raises ValueError where its values can be read;
    in a graph, under jit or compile, its loss is NaN.

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
        """The error relative to the mean, squared; by its logarithm where that overflows."""
        mean, shape = self.positive("mean"), self.positive("shape")
        log_mean, log_shape = mean.log(pieces["mean"]), shape.log(pieces["shape"])
        off, log_y = y - mean.activation(pieces["mean"]), ops.log(y)
        limit = LIMIT if is_single(y) else 10 * LIMIT
        size = ops.log(backend.maximum(ops.abs(off), tiny(y))) - log_mean
        log_term = log_shape + 2 * size - log_y - np.log(2.0)
        far = log_term > limit
        # Both roots before the square, which alone might overflow.
        away = relative(y, off, mean.reciprocal(pieces["mean"]))
        away = ops.where(far, 0 * off, away)
        near = 0.5 * ops.square(ops.exp(0.5 * log_shape) * (away / ops.sqrt(y)))
        beyond = exp_capped(ops.where(far, log_term, limit + 0 * off), limit)
        logs = 1.5 * log_y - 0.5 * log_shape + 0.5 * LOG_2PI
        return per_sample(ops.where(far, beyond, near) + logs)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Wald draws."""
        return np.maximum(rng.wald(parameters["mean"], parameters["shape"]), LEAST)

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)
