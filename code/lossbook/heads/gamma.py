"""The gamma: positive amounts whose scatter grows with their size."""

from collections.abc import Mapping

import numpy as np

from lossbook import backend
from lossbook._lazy import ops
from lossbook.backend import Tensor
from lossbook.constraints import POSITIVE
from lossbook.heads.base import Head, Parameter
from lossbook.heads.tensors import LEAST, per_sample
from lossbook.special import excess, exp_capped, is_single, relative, rest, tiny

LIMIT = 30.0
"""In float32: the log of shape · deviance from which on it grows in a straight line."""


class Gamma(Head):
    r"""A positive amount whose standard deviation is in proportion to its mean.

    Support: above zero. Parameters: `mean`, positive, in the unit of y; `shape` k, positive; both a
    softplus. The standard deviation is mean / √shape.

    One sample: k y / mean - k log(k / mean) - (k - 1) log y + log Γ(k). Keras has no such loss.

    Where k times the deviance exceeds e³⁰ (e³⁰⁰ in float64) it goes on in a straight line in its
    logarithm, so that its gradient does not overflow.

    A y that is zero, negative, NaN or infinite raises ValueError where its values can be read;
    in a graph, under jit or compile, its loss is NaN.

    Reference: McCullagh and Nelder, Generalized Linear Models (1989), section 8.
    """

    name = "gamma"
    title = "Gamma"
    question = "a positive amount, scatter in proportion to its size"
    support = POSITIVE
    declared = (Parameter("mean", r"\mu", POSITIVE), Parameter("shape", "k", POSITIVE))
    functional = "mean"
    keras_loss = ""
    dropped = ""
    formula = r"\frac{k y}{\mu} - k\log\frac{k}{\mu} - (k - 1)\log y + \log\Gamma(k)"

    def _nll(self, y: Tensor, pieces: Mapping[str, Tensor]) -> Tensor:
        """By the deviance, so that a large shape, or y close to the mean, costs no digits."""
        mean, shape = self.positive("mean"), self.positive("shape")
        k, log_k = shape.activation(pieces["shape"]), shape.log(pieces["shape"])
        off = y - mean.activation(pieces["mean"])
        away = relative(y, off, mean.reciprocal(pieces["mean"]))
        log_y = ops.log(y)
        deviance = excess(ops.ones_like(y), away, log_y - mean.log(pieces["mean"]))
        limit = LIMIT if is_single(y) else 10 * LIMIT
        log_term = log_k + ops.log(backend.maximum(deviance, tiny(y)))
        far = log_term > limit
        near = k * ops.where(far, 0 * k, deviance)
        beyond = exp_capped(ops.where(far, log_term, limit + 0 * k), limit)
        return per_sample(ops.where(far, beyond, near) + rest(k) - log_k + log_y)

    def _sample(self, parameters: Mapping[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Gamma draws."""
        shape = parameters["shape"]
        scale = np.minimum(parameters["mean"] / shape, np.finfo(float).max)
        draws = rng.gamma(shape, scale)
        return np.maximum(draws, LEAST)  # a small shape underflows to 0

    def best_constant(self, y: np.ndarray) -> np.ndarray:
        """The mean."""
        return np.mean(y, axis=0)
