"""Numbers behind "no likelihood": a sum that no constant fixes, and minimisers found by search."""

from collections.abc import Callable

import numpy as np
from scipy import optimize, special

BinaryLoss = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""The loss of y (0 or 1) at raw output z, both `(n,)`."""


def normaliser_drift(losses: np.ndarray) -> float:
    """How far a loss is from a negative log likelihood of a class, 0 if it is one.

    `losses` is `(predictions, classes)`: the loss of each class at each of some predictions, from a
    loss that treats the classes alike. For a likelihood there are a scale s > 0 and a weight w such
    that Σ_k w e^(-s loss_k) is 1 at every prediction. Returns the spread of its logarithm over the
    predictions for the best s, in the unit of the loss (divided by s, or s → 0 would hide it).
    """

    def spread(log_s: float) -> float:
        s = np.exp(log_s)
        total = special.logsumexp(-s * losses, axis=1)
        return float(np.ptp(total) / s)

    scales = np.linspace(np.log(0.05), np.log(20), 60)
    near = scales[np.argmin([spread(s) for s in scales])]
    step = scales[1] - scales[0]
    best = optimize.minimize_scalar(
        spread, bounds=(near - step, near + step), method="bounded", options={"xatol": 1e-10}
    )
    return float(best.fun)


def best_raw(loss: BinaryLoss, q: float, reach: float = 15.0) -> float:
    """The raw output that minimises the expected loss when a 1 has probability `q`."""
    z = np.linspace(-reach, reach, 6001)

    def expected(z: np.ndarray) -> np.ndarray:
        return q * loss(np.ones_like(z), z) + (1 - q) * loss(np.zeros_like(z), z)

    start = z[np.argmin(expected(z))]
    step = z[1] - z[0]
    result = optimize.minimize_scalar(
        lambda v: float(expected(np.array([v]))[0]),
        bounds=(start - step, start + step),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(result.x)


def best_mask(
    q: np.ndarray, alpha: float = 0.5, beta: float = 0.5, seed: int = 0, starts: int = 4
) -> np.ndarray:
    """The mask `(n,)` that minimises the expected Tversky loss over independent pixels.

    Pixel i is in with probability q_i; all 2^n masks are weighed, so n should be small. `alpha`
    weighs misses and `beta` false alarms, as in Keras's code; Dice is ½, ½.
    """
    n = len(q)
    truths = (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(float)
    weights = np.prod(np.where(truths == 1, q, 1 - q), axis=1)

    def expected(z: np.ndarray) -> tuple[float, np.ndarray]:
        p = special.expit(z)
        both = truths @ p
        below = both + alpha * (truths.sum(axis=1) - both) + beta * (p.sum() - both) + 1e-7
        change = truths / below[:, None]
        change -= (both / below**2)[:, None] * (truths * (1 - alpha - beta) + beta)
        return float(weights @ (1 - both / below)), -(weights @ change) * p * (1 - p)

    rng = np.random.default_rng(seed)
    found = [
        optimize.minimize(
            expected, rng.normal(size=n), jac=True, method="L-BFGS-B", bounds=[(-12, 12)] * n
        )
        for _ in range(starts)
    ]
    return special.expit(min(found, key=lambda one: one.fun).x)


def weighted_median(y: np.ndarray, weights: np.ndarray) -> float:
    """The least y below or at which half of the weight lies."""
    order = np.argsort(y)
    total = np.cumsum(weights[order])
    return float(y[order][np.searchsorted(total, total[-1] / 2)])
