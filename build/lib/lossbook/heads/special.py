"""Special functions in log space that Keras lacks, for tensors of any float type."""

import numpy as np

from lossbook._lazy import keras, ops, tf
from lossbook.links import Tensor


def lgamma(x: Tensor) -> Tensor:
    """log Γ(x) for x > 0."""
    return tf.math.lgamma(x)


def log_beta(a: Tensor, b: Tensor) -> Tensor:
    """log B(a, b) = log Γ(a) + log Γ(b) - log Γ(a + b)."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def log_bessel_i0(x: Tensor) -> Tensor:
    """log I₀(x) for x ≥ 0, without overflow."""
    return ops.log(tf.math.bessel_i0e(x)) + x


def log_cosh(x: Tensor) -> Tensor:
    """log cosh x = |x| + log(1 + exp(-2|x|)) - log 2, without overflow."""
    size = ops.abs(x)
    return size + ops.softplus(-2 * size) - np.log(2.0)


def log_sigmoid(x: Tensor) -> Tensor:
    """log of the logistic sigmoid."""
    return -ops.softplus(-x)


def log1mexp(x: Tensor) -> Tensor:
    """log(1 - exp(-x)) for x > 0, exact for small and for large x.

    Source: M. Mächler, "Accurately computing log(1 - exp(-|a|))", 2012.
    """
    small = x < np.log(2.0)
    # Each branch gets arguments that are harmless where it is not taken, or gradients would be nan.
    below = ops.where(small, x, np.log(2.0) * ops.ones_like(x))
    above = ops.where(small, np.log(2.0) * ops.ones_like(x), x)
    return ops.where(small, ops.log(-ops.expm1(-below)), ops.log1p(-ops.exp(-above)))


def xlogy(x: Tensor, y: Tensor) -> Tensor:
    """x log y, and 0 where x is 0."""
    return tf.math.xlogy(x, y)


def tiny(like: Tensor) -> float:
    """The smallest normal number of the tensor's float type."""
    return float(np.finfo(keras.backend.standardize_dtype(like.dtype)).tiny)
