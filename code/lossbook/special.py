"""Special functions in log space that Keras lacks, for tensors of any float type.

What a backend has of its own stands in `backend`; here is what is made from it. All of them take
and give tensors of any one shape, and their gradients are finite where their values are.
"""

import numpy as np

from lossbook import backend
from lossbook._lazy import keras, ops
from lossbook.backend import Tensor

LOG_2PI = float(np.log(2 * np.pi))
lgamma = backend.lgamma


def is_single(like: Tensor) -> bool:
    """Whether the tensor's float type is float32, and not float64."""
    return bool(keras.backend.standardize_dtype(like.dtype) != "float64")


def tiny(like: Tensor) -> float:
    """The smallest normal number of the tensor's float type."""
    return float(np.finfo(keras.backend.standardize_dtype(like.dtype)).tiny)


def log_bessel_i0e(x: Tensor) -> Tensor:
    """log I₀(x) - x for x ≥ 0, with all digits where both are large."""
    return ops.log(backend.bessel_i0e(x))


def log_cosh(x: Tensor) -> Tensor:
    """log cosh x = |x| + log(1 + exp(-2|x|)) - log 2, without overflow."""
    size = ops.abs(x)
    return size + ops.softplus(-2 * size) - np.log(2.0)


def log_sigmoid(x: Tensor) -> Tensor:
    """log of the logistic sigmoid."""
    return -ops.softplus(-x)


def log_add_exp(a: Tensor, b: Tensor) -> Tensor:
    """log(eᵃ + eᵇ), with the gradient (½, ½) where both are equal."""
    # From the larger one: the smaller may be so far off that adding it back rounds all digits away.
    return ops.where(a > b, a + ops.softplus(b - a), b + ops.softplus(a - b))


def log1mexp(x: Tensor) -> Tensor:
    """log(1 - exp(-x)) for x > 0, exact for small and for large x.

    Source: M. Mächler, "Accurately computing log(1 - exp(-|a|))", 2012.
    """
    small = x < np.log(2.0)
    # Each branch gets arguments that are harmless where it is not taken, or gradients would be nan.
    below = ops.where(small, x, np.log(2.0) * ops.ones_like(x))
    above = ops.where(small, np.log(2.0) * ops.ones_like(x), x)
    return ops.where(small, ops.log(-ops.expm1(-below)), ops.log1p(-ops.exp(-above)))


def exp_capped(x: Tensor, limit: float) -> Tensor:
    """exp(x) up to `limit`; beyond it grows as exp(limit) · (1 + x - limit), and keeps a slope.

    So that neither the value nor the gradient overflows, and the gradient still points back.
    """
    return ops.exp(backend.minimum(x, limit)) * (1 + backend.maximum(x - limit, 0.0))


def relative(y: Tensor, off: Tensor, reciprocal: Tensor) -> Tensor:
    """(y - mean) / mean from y - mean and 1 / mean; its slope has no overflow for a vast mean."""
    share = y * reciprocal
    return ops.where(share < 0.5, share - 1, off * reciprocal)


def log_cloglog(z: Tensor) -> Tensor:
    """log(1 - exp(-exp(z))): the log probability under the complementary log-log."""
    rare = z < -15  # then 1 - exp(-exp(z)) is exp(z) (1 - exp(z) / 2) to all digits
    events = ops.exp(backend.minimum(z, 6.0))
    safe = ops.where(rare, ops.ones_like(z), events)
    return ops.where(rare, z - events / 2, log1mexp(safe))


def log_ndtr(x: Tensor) -> Tensor:
    """log Φ(x): by erfc near zero, by its asymptotic series far below."""
    edge = -10.0 if is_single(x) else -30.0  # before erfc underflows
    far = x < edge
    near = ops.where(far, edge * ops.ones_like(x), x)
    away = ops.where(far, x, edge * ops.ones_like(x))
    square = away**-2
    series = 1.0
    for odd in (13, 11, 9, 7, 5, 3, 1):
        series = 1 - odd * square * series
    tail = -0.5 * away**2 - ops.log(-away) - 0.5 * LOG_2PI + ops.log(series)
    # On the right Φ is 1 less what is left over, or its logarithm would lose all digits.
    middle = ops.where(near > 1, 0 * near, near)
    right = ops.where(near > 1, near, 1 + 0 * near)
    left_part = ops.log(0.5 * backend.erfc(-middle / np.sqrt(2)))
    right_part = ops.log1p(-0.5 * backend.erfc(right / np.sqrt(2)))
    return ops.where(far, tail, ops.where(near > 1, right_part, left_part))


FROM = 8.0
"""From here on Stirling's series has all digits."""
SERIES = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)


def _stirling(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What `stirling_error` and `rest` share: which x are large, x where not, the series."""
    large = x >= FROM
    few = ops.where(large, FROM * ops.ones_like(x), x)
    inverse = 1 / ops.where(large, x, FROM * ops.ones_like(x))
    square, series = inverse * inverse, 0.0 * inverse
    for coefficient in reversed(SERIES):
        series = coefficient + square * series
    return large, few, inverse * series


def _x_log_x(x: Tensor) -> Tensor:
    """x log x, 0 at 0, with a finite gradient."""
    return x * ops.log(backend.maximum(x, tiny(x)))


def stirling_error(x: Tensor) -> Tensor:
    """log Γ(x + 1) - (x + ½) log x + x - ½ log 2π, for x > 0.

    Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000.
    """
    large, few, series = _stirling(x)
    few = backend.maximum(few, tiny(x))
    direct = lgamma(few + 1) - (few + 0.5) * ops.log(few) + few - 0.5 * LOG_2PI
    return ops.where(large, series, direct)


def rest(x: Tensor) -> Tensor:
    """log Γ(x + 1) - x log x + x, for x ≥ 0: what is left of log x! by its growth.

    It rises like ½ log 2πx, so that losses of large counts, which subtract factorials from
    powers, lose no digits by using it.
    """
    large, few, series = _stirling(x)
    direct = lgamma(few + 1) - _x_log_x(few) + few
    grown = 0.5 * (LOG_2PI + ops.log(ops.where(large, x, FROM * ops.ones_like(x))))
    return ops.where(large, grown + series, direct)


NEAR = 0.25
"""Up to this relative difference `excess` goes by its series."""


def excess(a: Tensor, difference: Tensor, log_ratio: Tensor) -> Tensor:
    """b - a - a log(b / a) for a ≥ 0 and b > 0, without cancellation where b is close to a.

    It is 0 where b is a and positive elsewhere: half the deviance of a Poisson, and the building
    block of the others. `difference` is b - a and `log_ratio` log(b / a), which the caller often
    knows better than b; where a is 0, log_ratio may be any finite number.

    Source: the function bd0 of C. Loader, "Fast and Accurate Computation of Binomial
    Probabilities", 2000; the series is that of log((1 + v) / (1 - v)), v = t / (2 + t).
    """
    near = ops.abs(difference) < NEAR * a
    # t - log(1 + t) with t = difference / a
    t = ops.where(near, difference, 0 * a) / ops.where(near, a, ops.ones_like(a))
    v = t / (2 + t)
    square, series = v * v, 0.0 * v
    for odd in (19, 17, 15, 13, 11, 9, 7, 5, 3):
        series = 1 / odd + square * series
    close = a * v * (t - 2 * square * series)
    far = ops.where(near, 0 * a, difference) - a * ops.where(near, 0 * a, log_ratio)
    return ops.where(near, close, far)


def poisson_nll(y: Tensor, rate: Tensor, log_rate: Tensor) -> Tensor:
    """rate - y log rate + log y!, for y ≥ 0: half the deviance, and the rest of the factorial."""
    log_y = ops.log(backend.maximum(y, tiny(y)))
    return excess(y, rate - y, log_rate - log_y) + rest(y)
