"""The constant raw scores from which trees begin: those that minimise the mean loss.

Where the best constant has a closed form (quantiles, shares, moments) or is the root of one
equation it is taken; everywhere else Newton steps find it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import i0e, i1e, logsumexp

from lossbook.constraints import diagonal
from lossbook.heads.weibull import fitted

Slope = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""From raw scores `(units,)` to the mean gradient and the mean diagonal of the Hessian."""

STEPS = 500
LEAST = 1e-300
COUPLED = ("dirichlet", "gaussian_mixture", "kumaraswamy")
"""Heads whose parameters are so correlated that the Hessian's diagonal alone may not settle."""


LOCATIONS = ("gaussian", "huber", "hyperbolic_secant", "logistic")
"""Heads of one location at a fixed scale, far from which the curvature of most vanishes."""


class NoMinimum(ValueError):
    """No finite constant minimises the mean loss."""


def constant(head: Any, y: np.ndarray, weights: np.ndarray, slope: Slope) -> np.ndarray:
    """The start of a head `(units,)` for outcomes `(n, columns)` and weights that sum to one.

    Raises NoMinimum if there is none that is finite.
    """
    if head.name in EXACT:
        return EXACT[head.name](head, y, weights)
    if head.name == "gaussian_mixture":
        return _mixture(head, y[:, 0], weights, slope)
    if head.name in LOCATIONS:
        return _bisected(slope, y.min(axis=0), y.max(axis=0))
    return newton(slope, np.zeros(head.units), head.name in COUPLED, head.name == "categorical")


def newton(
    slope: Slope, raw: np.ndarray, full: bool, centred: bool = False, steps: int = STEPS
) -> np.ndarray:
    """Newton steps downhill from `raw`, with the absolute values of the curvatures.

    `full` takes the whole Hessian, by differences of the gradient, and not its diagonal alone.
    `centred` keeps the mean of the scores at zero, for a softmax. A step is held within a bound,
    which doubles as long as the way goes on in one direction and shrinks when it turns.
    """
    bound, last = np.ones(1 if full else len(raw)), np.zeros_like(raw)
    for _ in range(steps):
        gradient, curvature = slope(raw)
        if not (np.isfinite(gradient).all() and np.isfinite(curvature).all()):
            raise NoMinimum
        if full:
            values, vectors = np.linalg.eigh(_hessian(slope, raw))
            values = np.maximum(np.abs(values), max(1e-10 * np.abs(values).max(), LEAST))
            step = vectors @ ((vectors.T @ gradient) / values)
            onwards, size = np.sum(step * last), np.abs(step).max()
            short = step * min(1.0, bound[0] / max(size, LEAST))
        else:
            step = gradient / np.maximum(np.abs(curvature), LEAST)
            onwards, size = step * last, np.abs(step)
            short = np.clip(step, -bound, bound)
        if np.all(np.abs(step) < 1e-9 * np.maximum(1, np.abs(raw))):
            return raw
        bound = np.where((size > bound) & (onwards > 0), 2 * bound, bound)
        bound = np.where(onwards < 0, bound / 4, bound)
        raw, last = raw - short, short
        if centred:
            raw = raw - raw.mean()
    raise NoMinimum


def _bisected(slope: Slope, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Where a rising mean gradient crosses zero, each score between its own two bounds."""
    for _ in range(100):
        middle = (low + high) / 2
        rising = slope(middle)[0] > 0
        low, high = np.where(rising, low, middle), np.where(rising, middle, high)
    return (low + high) / 2


def _hessian(slope: Slope, raw: np.ndarray) -> np.ndarray:
    columns = []
    for k, width in enumerate(1e-5 * np.maximum(1, np.abs(raw))):
        move = np.zeros_like(raw)
        move[k] = width
        columns.append((slope(raw + move)[0] - slope(raw - move)[0]) / (2 * width))
    found = np.stack(columns)
    return (found + found.T) / 2


def _quantiles(head: Any, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    level = getattr(head, "level", 0.5)
    return np.array([quantile(column, weights, level) for column in y.T])


def quantile(y: np.ndarray, weights: np.ndarray, level: float) -> float:
    """The least y whose weights, with all below it, add up to `level`."""
    order = np.argsort(y)
    reached = int(np.searchsorted(np.cumsum(weights[order]), level * (1 - 1e-12)))
    return float(y[order[min(reached, len(y) - 1)]])


def _ordinal(head: Any, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    shares = np.bincount(y[:, 0].astype(int), weights, minlength=head.size)
    if not shares.all():
        raise NoMinimum
    cuts = head.cumulative.inverse(np.cumsum(shares)[:-1])
    return np.asarray(head.links["cuts"].inverse(cuts))


def _arrow(mean: np.ndarray) -> tuple[np.ndarray, float]:
    length = float(np.linalg.norm(mean))
    if length < 1e-12:
        raise NoMinimum
    return mean / length, length


def _von_mises_fisher(head: Any, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The mean direction, as an arrow so long that a row's Hessian is 1: any length is as good."""
    return np.sqrt(head.concentration) * _arrow(weights @ y)[0]


def _von_mises(head: Any, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The same, and the κ at which I₁ / I₀ is the mean arrow's length.

    Libraries count Hessians where they ask for the least of a leaf. Angles all around the circle
    begin with a κ near zero, and an arrow of length one would have none to count.
    """
    arrows, scores = [], []
    link = head.links["concentration"]
    for column in y.T:
        arrow, length = _arrow(weights @ np.stack([np.cos(column), np.sin(column)], axis=-1))
        if length > 1 - 1e-12:
            raise NoMinimum
        kappa = brentq(lambda k, r=length: i1e(k) / i0e(k) - r, 0.0, 1 / (1 - length) + 1)
        kappa = max(kappa, 2 * link.floor)
        arrows.append(np.sqrt(kappa) * arrow)
        scores.append(link.inverse(kappa))
    return np.concatenate([np.stack(arrows, axis=-1).ravel(), np.ravel(scores)])


def _multivariate_gaussian(head: Any, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    mean = weights @ y
    apart = y - mean
    try:
        lower = np.linalg.cholesky(apart.T @ (apart * weights[:, None]))
    except np.linalg.LinAlgError:
        raise NoMinimum from None
    link, entries = head.links["factor"], lower[np.tril_indices(head.size)]
    if (entries[diagonal(len(entries))] <= 2e-6).any():
        raise NoMinimum
    return np.concatenate([mean, link.inverse(entries)])


def _weibull(head: Any, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    try:
        found = fitted(y, weights)
    except ValueError:
        raise NoMinimum from None
    raw = [head.links[name].inverse(v) for name, v in zip(("scale", "shape"), found, strict=True)]
    if not np.isfinite(raw).all():
        raise NoMinimum
    return np.ravel(raw)


def _mixture(head: Any, y: np.ndarray, weights: np.ndarray, slope: Slope) -> np.ndarray:
    """EM from components at evenly spaced quantiles, then Newton steps where they settle."""
    k = head.size
    means = np.array([quantile(y, weights, (j + 0.5) / k) for j in range(k)])
    whole = np.sqrt(weights @ (y - weights @ y) ** 2)
    if not whole > 0:
        raise NoMinimum
    if k > 1 and np.diff(means).min() < 0.05 * whole:  # tied outcomes; equal ones never part
        means = weights @ y + whole * np.linspace(-1, 1, k)
    log_shares, scales = np.full(k, -np.log(k)), np.full(k, whole / k)
    for _ in range(300):
        logs = log_shares - ((y[:, None] - means) / scales) ** 2 / 2 - np.log(scales)
        found = np.exp(logs - logsumexp(logs, axis=1, keepdims=True)) * weights[:, None]
        total = np.maximum(found.sum(axis=0), 1e-12)
        means = y @ found / total
        scales = np.sqrt(np.sum(found * (y[:, None] - means) ** 2, axis=0) / total)
        log_shares = np.log(total)
        if scales.min() < 1e-4 * whole or total.min() < 1e-6:
            raise NoMinimum(
                "a component of the mixture shrinks onto a single value or to nothing; take fewer "
                "components"
            )
    links = head.links
    pieces = [log_shares - log_shares.mean(), means, links["scales"].inverse(scales)]
    settled = np.concatenate(pieces)
    try:
        return newton(slope, settled, full=True, steps=30)
    except NoMinimum:  # a direction so flat that no step is short
        return settled


EXACT: dict[str, Callable[[Any, np.ndarray, np.ndarray], np.ndarray]] = {
    "laplace": _quantiles,
    "asymmetric_laplace": _quantiles,
    "ordinal": _ordinal,
    "von_mises": _von_mises,
    "von_mises_fisher": _von_mises_fisher,
    "multivariate_gaussian": _multivariate_gaussian,
    "weibull": _weibull,
}
