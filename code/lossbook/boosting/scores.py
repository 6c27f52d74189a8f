"""Heads whose derivatives are taken in the raw scores, not parameter by parameter.

Either several raw scores make one parameter (cuts, an arrow, a covariance's factor), or the form in
the raw scores has no division by a probability that may round to zero.

Each function takes the head, the outcomes `(n, columns)` and the raw scores, name → `(n, width)`,
and gives name → (gradient, diagonal of the Hessian, what trees get in its place), all `(n, width)`.
The last is not negative. It is the absolute value of the diagonal unless the function says why not.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.special import i0e, i1e, softmax

from lossbook.boosting.maps import derivatives
from lossbook.boosting.ordinal import BETWEEN, shift_and_upper
from lossbook.constraints import diagonal
from lossbook.links.joint import SPREAD

Triple = tuple[np.ndarray, np.ndarray, np.ndarray]
Found = dict[str, Triple]
Scores = Mapping[str, np.ndarray]


def _absolute(gradient: np.ndarray, hessian: np.ndarray) -> Triple:
    return gradient, hessian, np.abs(hessian)


def _pointing(length: np.ndarray) -> np.ndarray:
    if not length.all():
        raise ValueError(
            "raw scores that are all zero point in no direction; begin with the scores of "
            "Objective.start, as LightGBM's init_score or XGBoost's base_margin"
        )
    return length


def chained(first: np.ndarray, second: np.ndarray, link: Any, z: np.ndarray) -> Triple:
    """From the derivatives in a parameter to those in its raw score, by the chain rule."""
    _, slope, bend = derivatives(link, z)
    return _absolute(first * slope, second * slope**2 + first * bend)


def chance(link: Any, z: np.ndarray, hits: np.ndarray, trials: float) -> Triple:
    """A probability's raw score, by how many of the trials were hits.

    A hit is the lower of two ordered answers with the cut at z, a miss the upper one.
    """
    far, between = np.full_like(z, np.inf), BETWEEN[link.name]
    _, hit = between(-far, z, far)
    miss, _ = between(z, far, far)
    first, second = (hits * a + (trials - hits) * b for a, b in zip(hit, miss, strict=True))
    return _absolute(first, second)


def binomial(head: Any, y: np.ndarray, z: Scores) -> Found:
    """Successes and failures; one trial is the Bernoulli."""
    [(name, score)] = z.items()
    return {name: chance(head.links[name], score, y, getattr(head, "trials", 1))}


def hurdle_poisson(head: Any, y: np.ndarray, z: Scores) -> Found:
    """A Bernoulli, and for those above zero a Poisson without its zero."""
    rate = np.maximum(derivatives(head.links["rate"], z["rate"])[0], 1e-150)
    above = y > 0
    more = np.where(above, y - 1, 0)
    # 1 / (e^r - 1) - 1 / r and 1 / r² - e^r / (e^r - 1)², by their series where they cancel
    few, left = rate < 0.05, -np.expm1(-rate)
    usual, low = np.where(few, 1.0, rate), np.where(few, rate, 0.0)
    near = -0.5 + low / 12 - low**3 / 720 + low**5 / 30240
    tail = np.where(few, near, np.exp(-rate) / left - 1 / usual)
    near = 1 / 12 - low**2 / 240 + low**4 / 6048
    bend = np.where(few, near, usual**-2 - np.exp(-rate) / left**2)
    first = np.where(above, 1 + tail - more / rate, 0.0)
    second = np.where(above, bend + more / rate**2, 0.0)
    return {
        "any": chance(head.links["any"], z["any"], above.astype(float), 1),
        "rate": chained(first, second, head.links["rate"], z["rate"]),
    }


def categorical(head: Any, y: np.ndarray, z: Scores) -> Found:
    """The probabilities minus the class as a one-hot row."""
    [(name, score)] = z.items()
    p = softmax(score, axis=-1)
    return {name: _absolute(p - np.eye(head.size)[y[:, 0].astype(int)], p * (1 - p))}


def ordinal(head: Any, y: np.ndarray, z: Scores) -> Found:
    """A raw score moves its own cut and all above it.

    So it shifts both cuts around an answer further up, and only the upper one of its own answer.
    """
    raw = z["cuts"]
    slopes, bends = np.ones_like(raw), np.zeros_like(raw)
    _, slopes[:, 1:], bends[:, 1:] = derivatives(SPREAD, raw[:, 1:])
    shift, upper = shift_and_upper(head, y[:, 0].astype(int), raw)
    places = np.arange(raw.shape[1])
    first, second = (
        np.where(places < y, both[:, None], np.where(places == y, one[:, None], 0.0))
        for both, one in zip(shift, upper, strict=True)
    )
    return {"cuts": _absolute(first * slopes, second * slopes**2 + first * bends)}


def von_mises(head: Any, y: np.ndarray, z: Scores) -> Found:
    """An arrow's two scores, of which only the angle counts.

    The diagonal of their Hessian depends on how the axes lie, and vanishes where the arrow points
    along one. Trees get κ / length² for both scores, which bounds the curvature in the angle from
    above: a Newton step of 1 then turns the arrow by at most 45 degrees.
    """
    size = y.shape[1]
    arrow, kappa = z["direction"], derivatives(head.links["concentration"], z["concentration"])[0]
    right, up = arrow[:, :size], arrow[:, size:]
    length = _pointing(np.hypot(right, up))
    away = y - np.arctan2(up, right)
    pull, bend = kappa * np.sin(away), kappa * np.cos(away)
    cos, sin = right / length, up / length
    first = np.concatenate([pull * sin, -pull * cos], axis=-1)
    both = 2 * pull * sin * cos
    second = np.concatenate([bend * sin**2 - both, bend * cos**2 + both], axis=-1)
    twice = np.concatenate([length, length], axis=-1)
    bound = np.concatenate([kappa, kappa], axis=-1) / twice**2
    ratio = i1e(kappa) / i0e(kappa)
    # 1 - ratio / κ - ratio² has no digits left where κ is large.
    large = kappa > 1e4
    usual = 1 - ratio / np.maximum(kappa, 1e-300) - ratio**2
    curve = np.where(
        large, (0.5 + 0.25 / np.where(large, kappa, 1)) / np.maximum(kappa, 1) ** 2, usual
    )
    lean = 2 * np.sin(away / 2) ** 2 - (1 - ratio)
    spread = chained(lean, curve, head.links["concentration"], z["concentration"])
    return {"direction": (first / twice, second / twice**2, bound), "concentration": spread}


def von_mises_fisher(head: Any, y: np.ndarray, z: Scores) -> Found:
    """Minus κ times the cosine; as for `von_mises`, trees get κ / length² for every score."""
    arrow = z["direction"]
    length = _pointing(np.linalg.norm(arrow, axis=-1, keepdims=True))
    unit = arrow / length
    cosine = np.sum(unit * y, axis=-1, keepdims=True)
    kappa = head.concentration
    second = 2 * y * unit + cosine * (1 - 3 * unit**2)
    bound = np.broadcast_to(kappa / length**2, arrow.shape)
    return {"direction": (kappa * (cosine * unit - y) / length, kappa * second / length**2, bound)}


def multivariate_gaussian(head: Any, y: np.ndarray, z: Scores) -> Found:
    """With u = L⁻¹ (y - mean) and w = L⁻ᵀ u: -w in the mean, -w_i u_j in L_ij."""
    size, raw = head.size, z["factor"]
    rows, columns = np.tril_indices(size)
    on = diagonal(raw.shape[1])
    entries, slopes, bends = raw.copy(), np.ones_like(raw), np.zeros_like(raw)
    entries[:, on], slopes[:, on], bends[:, on] = derivatives(SPREAD, raw[:, on])
    lower = np.zeros((len(raw), size, size))
    lower[:, rows, columns] = entries
    inverse = np.linalg.solve(lower, np.broadcast_to(np.eye(size), lower.shape))
    u = np.einsum("nij,nj->ni", inverse, y - z["mean"])
    w = np.einsum("nji,nj->ni", inverse, u)
    precision = np.sum(inverse**2, axis=1)  # the diagonal of the covariance's inverse
    first = -w[:, rows] * u[:, columns]
    second = precision[:, rows] * u[:, columns] ** 2
    spread = entries[:, on]
    first[:, on] += 1 / spread
    second[:, on] += 2 * w * u / spread - spread**-2
    return {
        "mean": _absolute(-w, precision),
        "factor": _absolute(first * slopes, second * slopes**2 + first * bends),
    }


def gaussian_mixture(head: Any, y: np.ndarray, z: Scores) -> Found:
    """Each component's share in the outcome, its responsibility, weighs its Gaussian's derivatives.

    The exact second derivative is far below zero where components overlap. Trees get that of the
    function which EM maximises instead, with the responsibilities held: it has the same gradient
    and bounds the loss from above (Dempster, Laird and Rubin, 1977).
    """
    scale, slope, bend = derivatives(head.links["scales"], z["scales"])
    error = (y - z["means"]) / scale
    weight = softmax(z["weights"], axis=-1)
    logs = np.log(np.maximum(weight, np.finfo(float).tiny)) - error**2 / 2 - np.log(scale)
    share = softmax(logs, axis=-1)
    both = share * (1 - share)
    pull, stretch = error / scale, (error**2 - 1) / scale * slope
    alone = (3 * error**2 - 1) / scale**2 * slope**2 - (error**2 - 1) / scale * bend
    held = weight * (1 - weight)
    return {
        "weights": (weight - share, held - both, held),
        "means": (-share * pull, share * scale**-2 - both * pull**2, share * scale**-2),
        "scales": (-share * stretch, share * alone - both * stretch**2, share * np.abs(alone)),
    }


IN_SCORES: dict[str, Callable[[Any, np.ndarray, Scores], Found]] = {
    f.__name__: f
    for f in (
        binomial, categorical, gaussian_mixture, hurdle_poisson, multivariate_gaussian, ordinal,
        von_mises, von_mises_fisher,
    )
} | {"bernoulli": binomial, "independent_bernoullis": binomial}  # fmt: skip
