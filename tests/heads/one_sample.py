"""The loss of one sample as each docstring has it, and the same as a statistician would compute it.

Nothing here is computed from the heads.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

Parameters = dict[str, np.ndarray]
log, exp, lgamma = np.log, np.exp, special.gammaln
LOG_2PI = np.log(2 * np.pi)


def pinball(u: np.ndarray, level: float) -> np.ndarray:
    return np.where(u >= 0, level * u, (level - 1) * u)


def hubers(u: np.ndarray, delta: float) -> np.ndarray:
    return np.where(np.abs(u) <= delta, u**2 / 2, delta * np.abs(u) - delta**2 / 2)


def hubers_area(delta: float) -> float:
    return np.sqrt(2 * np.pi) * (2 * special.ndtr(delta) - 1) + 2 * exp(-(delta**2) / 2) / delta


def of_class(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.take_along_axis(p, np.reshape(y, (-1, 1)).astype(int), axis=-1)


def between(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    ends = np.full((len(y), 1), np.inf)
    below = special.expit(np.concatenate([-ends, p["cuts"], ends], axis=1))
    y = np.reshape(y, (-1, 1)).astype(int)
    return np.take_along_axis(below, y + 1, 1) - np.take_along_axis(below, y, 1)


def distance(p: Parameters, y: np.ndarray) -> np.ndarray:
    """½ |L⁻¹(y - mean)|² + Σ log L_ii for two values."""
    l11, l21, l22 = p["factor"].T
    first = (y[:, 0] - p["mean"][:, 0]) / l11
    second = (y[:, 1] - p["mean"][:, 1] - l21 * first) / l22
    return ((first**2 + second**2) / 2 + log(l11) + log(l22) + LOG_2PI)[:, None]


def weibull(p: Parameters, y: np.ndarray) -> np.ndarray:
    time, event, k = y[:, :1], y[:, 1:], p["shape"]
    t = (time / p["scale"]) ** k
    return t - event * (log(k) - log(time) + log(t))


def fisher(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    kappa, d = head.concentration, head.size
    area = (2 * np.pi) ** (d / 2) * special.iv(d / 2 - 1, kappa)
    cosine = (p["direction"] * y).sum(axis=-1, keepdims=True)
    return -kappa * cosine - log(kappa ** (d / 2 - 1) / area)


def mixture(p: Parameters, y: np.ndarray) -> np.ndarray:
    m, s = p["means"], p["scales"]
    heights = p["weights"] * exp(-((y - m) ** 2) / (2 * s**2)) / (s * np.sqrt(2 * np.pi))
    return -log(heights.sum(axis=-1, keepdims=True))


def dirichlet(a: np.ndarray, y: np.ndarray) -> np.ndarray:
    one = lgamma(a).sum(axis=-1) - lgamma(a.sum(axis=-1)) - ((a - 1) * log(y)).sum(axis=-1)
    return one[:, None]


def with_zeros(y: np.ndarray, none: np.ndarray, more: np.ndarray) -> np.ndarray:
    return np.where(y == 0, none, more)


def shapes(p: Parameters) -> tuple[np.ndarray, np.ndarray]:
    return p["mean"] * p["concentration"], (1 - p["mean"]) * p["concentration"]


Loss = Callable[[Any, Parameters, np.ndarray], np.ndarray]

ONE_SAMPLE: dict[str, tuple[str, Loss]] = {
    "asymmetric_laplace": (
        "ρ(y - quantile) / b - log(level (1 - level) / b), where ρ(u) is level · u for u ≥ 0 and "
        "(level - 1) · u below",
        lambda h, p, y: pinball(y - p["quantile"], h.level) / h.scale
        - log(h.level * (1 - h.level) / h.scale),
    ),
    "bernoulli": (
        "-y log p - (1 - y) log(1 - p)",
        lambda h, p, y: -y * log(p["probability"]) - (1 - y) * log(1 - p["probability"]),
    ),
    "beta": (
        "with a = mean · concentration and b = (1 - mean) · concentration: log B(a, b) - (a - 1) "
        "log y - (b - 1) log(1 - y)",
        lambda h, p, y: special.betaln(*shapes(p)) - (shapes(p)[0] - 1) * log(y)
        - (shapes(p)[1] - 1) * log(1 - y),
    ),
    "binomial": (
        "-log C(trials, y) - y log p - (trials - y) log(1 - p)",
        lambda h, p, y: -log(special.comb(h.trials, y)) - y * log(p["probability"])
        - (h.trials - y) * log(1 - p["probability"]),
    ),
    "categorical": ("-log p_y", lambda h, p, y: -log(of_class(p["probabilities"], y))),
    "dirichlet": (
        "Σ log Γ(a_k) - log Γ(Σ a_k) - Σ (a_k - 1) log y_k",
        lambda h, p, y: dirichlet(p["concentrations"], y),
    ),
    "exponential": ("y / mean + log mean", lambda h, p, y: y / p["mean"] + log(p["mean"])),
    "gamma": (
        "k y / mean - k log(k / mean) - (k - 1) log y + log Γ(k)",
        lambda h, p, y: p["shape"] * y / p["mean"] - p["shape"] * log(p["shape"] / p["mean"])
        - (p["shape"] - 1) * log(y) + lgamma(p["shape"]),
    ),
    "gaussian": (
        "(y - mean)² / (2 scale²) + log scale + ½ log 2π",
        lambda h, p, y: (y - p["mean"]) ** 2 / (2 * h.scale**2) + log(h.scale) + LOG_2PI / 2,
    ),
    "gaussian_mixture": ("-log Σ_k w_k N(y; m_k, s_k²)", lambda h, p, y: mixture(p, y)),
    "gaussian_scale": (
        "(y - mean)² / (2 scale²) + log scale + ½ log 2π",
        lambda h, p, y: (y - p["mean"]) ** 2 / (2 * p["scale"] ** 2) + log(p["scale"])
        + LOG_2PI / 2,
    ),
    "huber": (
        "h(y - location) + log Z with h(u) = u²/2 for |u| ≤ delta and delta |u| - delta²/2 beyond, "
        "and the normaliser Z = √(2π) (2Φ(delta) - 1) + 2 exp(-delta²/2) / delta",
        lambda h, p, y: hubers(y - p["location"], h.delta) + log(hubers_area(h.delta)),
    ),
    "hurdle_poisson": (
        "-log(1 - any) for y = 0; for y > 0 -log any + rate - y log rate + log y! + log(1 - "
        "e^(-rate))",
        lambda h, p, y: with_zeros(
            y, -log(1 - p["any"]), -log(p["any"]) + p["rate"] - y * log(p["rate"])
            + lgamma(y + 1) + log(1 - exp(-p["rate"])),
        ),
    ),
    "hyperbolic_secant": (
        "log cosh(y - location) + log π",
        lambda h, p, y: log(np.cosh(y - p["location"])) + log(np.pi),
    ),
    "independent_bernoullis": (
        "the sum over k of -y_k log p_k - (1 - y_k) log(1 - p_k)",
        lambda h, p, y: -y * log(p["probabilities"]) - (1 - y) * log(1 - p["probabilities"]),
    ),
    "inverse_gaussian": (
        "λ (y - mean)² / (2 mean² y) - ½ log λ + 3/2 log y + ½ log 2π",
        lambda h, p, y: p["shape"] * (y - p["mean"]) ** 2 / (2 * p["mean"] ** 2 * y)
        - log(p["shape"]) / 2 + 1.5 * log(y) + LOG_2PI / 2,
    ),
    "kumaraswamy": (
        "-log a - log b - (a - 1) log y - (b - 1) log(1 - y^a)",
        lambda h, p, y: -log(p["a"]) - log(p["b"]) - (p["a"] - 1) * log(y)
        - (p["b"] - 1) * log(1 - y ** p["a"]),
    ),
    "laplace": (
        "|y - median| / b + log 2b",
        lambda h, p, y: np.abs(y - p["median"]) / h.scale + log(2 * h.scale),
    ),
    "log_normal": (
        "(log y - log_median)² / (2σ²) + log σ + ½ log 2π + log y",
        lambda h, p, y: (log(y) - p["log_median"]) ** 2 / (2 * h.scale**2) + log(h.scale)
        + LOG_2PI / 2 + log(y),
    ),
    "logistic": (
        "with z = (y - location) / s: z + 2 log(1 + e^(-z)) + log s",
        lambda h, p, y: (y - p["location"]) / h.scale
        + 2 * log(1 + exp(-(y - p["location"]) / h.scale)) + log(h.scale),
    ),
    "multivariate_gaussian": (
        "½ |L⁻¹(y - mean)|² + Σ log L_ii + ½ size log 2π",
        lambda h, p, y: distance(p, y),
    ),
    "negative_binomial": (
        "with r = 1 / α: log Γ(r) + log y! - log Γ(y + r) + (y + r) log(1 + α mean) "
        "- y log(α mean)",
        lambda h, p, y: lgamma(1 / p["dispersion"]) + lgamma(y + 1)
        - lgamma(y + 1 / p["dispersion"])
        + (y + 1 / p["dispersion"]) * log(1 + p["dispersion"] * p["mean"])
        - y * log(p["dispersion"] * p["mean"]),
    ),
    "ordinal": (
        "-log(F(c_y) - F(c_{y-1})), with F(c_{-1}) = 0 and F(c_{K-1}) = 1, where F is the link",
        lambda h, p, y: -log(between(h, p, y)),
    ),
    "poisson": (
        "rate - y log rate + log y!",
        lambda h, p, y: p["rate"] - y * log(p["rate"]) + lgamma(y + 1),
    ),
    "student_t": (
        "(df + 1)/2 · log(1 + (y - location)² / (df scale²)) + log scale + ½ log(df π) + log "
        "Γ(df / 2) - log Γ((df + 1) / 2)",
        lambda h, p, y: (h.df + 1) / 2
        * log(1 + (y - p["location"]) ** 2 / (h.df * p["scale"] ** 2)) + log(p["scale"])
        + log(h.df * np.pi) / 2 + lgamma(h.df / 2) - lgamma((h.df + 1) / 2),
    ),
    "tweedie": (
        "(mean^(2-p) / (2-p) - y mean^(1-p) / (1-p)) / φ - log a(y)",
        lambda h, p, y: (p["mean"] ** (2 - h.power) / (2 - h.power)
                         - y * p["mean"] ** (1 - h.power) / (1 - h.power)) / h.dispersion,
    ),
    "von_mises": (
        "log(2π I₀(κ)) - κ cos(y - direction)",
        lambda h, p, y: log(2 * np.pi * special.i0(p["concentration"]))
        - p["concentration"] * np.cos(y - p["direction"]),
    ),
    "von_mises_fisher": (
        "-κ direction · y - log C(κ), C(κ) = κ^(d/2-1) / ((2π)^(d/2) I_{d/2-1}(κ)), with d = "
        "`size`",
        fisher,
    ),
    "weibull": (
        "with t = (time / λ)^k: t - event · (log k - log time + log t)",
        lambda h, p, y: weibull(p, y),
    ),
    "zero_inflated_poisson": (
        "-log(absent + (1 - absent) e^(-rate)) for y = 0; for y > 0 -log(1 - absent) + rate - y "
        "log rate + log y!",
        lambda h, p, y: with_zeros(
            y, -log(p["absent"] + (1 - p["absent"]) * exp(-p["rate"])),
            -log(1 - p["absent"]) + p["rate"] - y * log(p["rate"]) + lgamma(y + 1),
        ),
    ),
}  # fmt: skip
"""Head → what its docstring says after "One sample", and that as a function, `(n, values)`."""
