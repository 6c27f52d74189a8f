"""The probability of an answer between two cuts: derivatives of its negative logarithm.

Two of them are enough for an ordinal head: in a shift of both cuts, and in the upper cut alone. The
difference of two cumulative probabilities is nowhere formed, since it rounds to zero far out.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit, log_ndtr

from lossbook.boosting.maps import derivatives
from lossbook.links.joint import SPREAD
from lossbook.special import LOG_2PI

Pair = tuple[np.ndarray, np.ndarray]


def shift_and_upper(head: Any, y: np.ndarray, raw: np.ndarray) -> tuple[Pair, Pair]:
    """(first, second derivative) in the shift, and the same in the upper cut, each `(n,)`.

    The first answer has no lower cut and the last no upper one: these are infinite.
    """
    n = np.arange(len(raw))
    steps = derivatives(SPREAD, raw[:, 1:])[0]
    cuts = np.cumsum(np.concatenate([raw[:, :1], steps], axis=-1), axis=-1)
    ends = np.full((len(raw), 1), np.inf)
    bounds = np.concatenate([-ends, cuts, ends], axis=-1)
    gaps = np.concatenate([ends, steps, ends], axis=-1)
    return BETWEEN[head.cumulative.name](bounds[n, y], bounds[n, y + 1], gaps[n, y])


def _logistic(low: np.ndarray, high: np.ndarray, gap: np.ndarray) -> tuple[Pair, Pair]:
    """log P = log σ(b) + log σ(-a) + log(1 - e^(a - b))."""
    above, below = expit(-high), expit(low)
    less = -np.expm1(-gap)
    bend = above * expit(high)
    shift = below - above, below * expit(-low) + bend
    return shift, (-above - np.exp(-gap) / less, bend + np.exp(-gap) / less**2)


def _gumbel(low: np.ndarray, high: np.ndarray, gap: np.ndarray) -> tuple[Pair, Pair]:
    """log P = -e^a + log(1 - e^(-D)) with D = e^b - e^a; beyond 30 the exponentials stay."""
    start, end = np.exp(np.clip(low, -600, 30)), np.exp(np.clip(high, -600, 30))
    # For a small gap the difference of the exponentials has no digits left.
    narrow = gap < 1
    apart = np.where(narrow, start * np.expm1(np.where(narrow, gap, 0)), end - start)
    apart = np.where(np.isinf(low), end, np.where(np.maximum(low, high - 700) > 30, 700.0, apart))
    apart = np.clip(apart, np.finfo(float).tiny, 700)
    left, still = -np.expm1(-apart), np.exp(-apart)
    pull = end * still / left
    # D d/dD of D / (e^D - 1); its two terms cancel where D is small.
    small = apart < 1e-3
    change = np.where(
        small, -apart / 2 + apart**2 / 6, apart * still / left - (apart / left) ** 2 * still
    )
    shift = start - apart * still / left, start - change
    return shift, (-pull, (end / left) ** 2 * still - pull)


def _gaussian(low: np.ndarray, high: np.ndarray, gap: np.ndarray) -> tuple[Pair, Pair]:
    """From the densities at the cuts over P; a narrow P is its middle's density times the gap."""
    first, last = np.isinf(low), np.isinf(high)
    inner = ~(first | last)
    a, b = np.where(inner, low, 0.0), np.where(inner, high, 1.0)
    step = np.where(inner, gap, 1.0)
    middle = (a + b) / 2
    narrow = step * np.maximum(np.abs(middle), 1) < 1e-3
    # Both cuts below zero, where the cumulative probabilities keep their digits.
    turned = middle > 0
    left, right = np.where(turned, -b, a), np.where(turned, -a, b)
    ratio = np.where(narrow, -1.0, log_ndtr(left) - log_ndtr(right))
    wide = log_ndtr(right) + np.log(-np.expm1(np.minimum(ratio, -1e-300)))
    series = 1 + (middle**2 - 1) * np.where(narrow, step, 0) ** 2 / 24
    thin = -(middle**2) / 2 - LOG_2PI / 2 + np.log(step * series)
    log_p = np.where(narrow, thin, wide)
    at_low, at_high = (np.exp(-(c**2) / 2 - LOG_2PI / 2 - log_p) for c in (a, b))
    lean = np.exp(-(step**2) / 8) * 2 * np.sinh(np.where(narrow, middle * step / 2, 0))
    both = np.where(narrow, lean / (step * series), at_low - at_high)
    bend = both**2 - middle * both + step / 2 * (at_low + at_high)
    edge = np.where(first, np.where(first, high, 0.0), np.where(last, -low, 0.0))
    mills = np.exp(-(edge**2) / 2 - LOG_2PI / 2 - log_ndtr(edge))
    alone = mills * (mills + edge)
    upper = np.where(first, -mills, -at_high), np.where(first, alone, at_high * (at_high + b))
    shift = np.where(inner, both, np.where(first, -mills, mills)), np.where(inner, bend, alone)
    return shift, upper


BETWEEN: dict[str, Callable[..., tuple[Pair, Pair]]] = {
    "sigmoid": _logistic,
    "probit": _gaussian,
    "cloglog": _gumbel,
}
"""Link → the derivatives, from the lower cut, the upper cut and the gap between them."""
