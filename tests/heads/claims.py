"""What each head says of itself in words, and what the words mean.

Nothing here is computed from the heads. `test_claims.py` compares it with draws and with the heads.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from one_sample import Parameters

log = np.log

SUPPORTS = {
    "asymmetric_laplace": "the real numbers",
    "bernoulli": "0 or 1",
    "beta": "(0, 1), borders excluded",
    "binomial": "0 to `trials`",
    "categorical": "a class number from 0 to K - 1",
    "dirichlet": "the open simplex",
    "exponential": "zero and above",
    "gamma": "above zero",
    "gaussian": "the real numbers",
    "gaussian_mixture": "the real numbers",
    "gaussian_scale": "the real numbers",
    "huber": "the real numbers",
    "hurdle_poisson": "0, 1, 2, …",
    "hyperbolic_secant": "the real numbers",
    "independent_bernoullis": "a vector of zeros and ones of length `size`",
    "inverse_gaussian": "above zero",
    "kumaraswamy": "(0, 1), borders excluded",
    "laplace": "the real numbers",
    "log_normal": "above zero",
    "logistic": "the real numbers",
    "multivariate_gaussian": "vectors of real numbers",
    "negative_binomial": "0, 1, 2, …",
    "ordinal": "an answer's number from 0 to K - 1",
    "poisson": "0, 1, 2, …",
    "student_t": "the real numbers",
    "tweedie": "zero and above",
    "von_mises": "(-π, π]",
    "von_mises_fisher": "the unit sphere",
    "weibull": "times above zero",
    "zero_inflated_poisson": "0, 1, 2, …",
}
"""Head → what its docstring says after "Support"."""

MOMENTS: dict[str, tuple[str, Callable[[Any, Parameters], np.ndarray]]] = {
    "beta": (
        "The variance is mean (1 - mean) / (1 + concentration)",
        lambda h, p: p["mean"] * (1 - p["mean"]) / (1 + p["concentration"]),
    ),
    "gamma": (
        "The standard deviation is mean / √shape",
        lambda h, p: (p["mean"] / np.sqrt(p["shape"])) ** 2,
    ),
    "inverse_gaussian": (
        "The variance is mean³ / λ",
        lambda h, p: p["mean"] ** 3 / p["shape"],
    ),
    "laplace": (
        "the mean absolute deviation from the median",
        lambda h, p: 2 * h.scale**2 + 0 * p["median"],
    ),
    "logistic": (
        "the standard deviation is s π / √3",
        lambda h, p: (h.scale * np.pi / np.sqrt(3)) ** 2 + 0 * p["location"],
    ),
    "negative_binomial": (
        "The variance is mean + α mean²",
        lambda h, p: p["mean"] + p["dispersion"] * p["mean"] ** 2,
    ),
    "tweedie": (
        "the variance is φ mean^p",
        lambda h, p: h.dispersion * p["mean"] ** h.power,
    ),
}
"""Head → what its docstring says of the scatter, and that as the variance."""

FUNCTIONALS: dict[str, Callable[[Any, np.ndarray], Any]] = {
    "mean": lambda h, y: np.mean(y, axis=0),
    "median": lambda h, y: np.median(y, axis=0),
    "quantile": lambda h, y: np.sort(y, axis=0)[[int(np.ceil(h.level * len(y))) - 1]][0],
    "class frequency": lambda h, y: (
        np.array([np.mean(np.ravel(y) == k) for k in range(h.size)])
        if h.support.name == "class" else np.mean(y, axis=0)
    ),
    "mean share": lambda h, y: np.mean(y, axis=0) / h.trials,
    "mean log odds": lambda h, y: np.mean(log(y / (1 - y)), axis=0),
    "mean log shares": lambda h, y: np.mean(log(y), axis=0),
    "log of the median (the geometric mean)": lambda h, y: log(
        np.exp(np.mean(np.log(y), axis=0))
    ),
    "share above zero": lambda h, y: np.mean(np.asarray(y) != 0, axis=0),
}  # fmt: skip
"""What `functional` says → that functional of a sample."""
SOLVED = {
    "mean direction", "mean with outliers pulled in", "centre, outliers with bounded pull",
    "weighted mean, outliers down-weighted", "characteristic time", "the pair of shapes",
}  # fmt: skip
"""Functionals that are roots of an equation: `test_heads.py` finds them as minima of the loss."""

QUESTIONS = {
    "asymmetric_laplace": "a bound that y stays below with a given probability",
    "bernoulli": "one of two classes",
    "beta": "a share between zero and one",
    "binomial": "how many of a known number",
    "categorical": "exactly one of many classes",
    "dirichlet": "shares of a whole",
    "exponential": "a waiting time",
    "gamma": "a positive amount, scatter in proportion to its size",
    "gaussian": "any real number, errors symmetric and rarely large",
    "gaussian_mixture": "a real number with several likely places",
    "gaussian_scale": "any real number, with a scatter that varies",
    "huber": "any real number, a few errors far larger than the rest",
    "hurdle_poisson": "whether any, and then how many",
    "hyperbolic_secant": "any real number, large errors not rare, gradient smooth",
    "independent_bernoullis": "several labels at once, any number of them present",
    "inverse_gaussian": "a positive amount with a long right tail",
    "kumaraswamy": "a share between zero and one, with quantiles in closed form",
    "laplace": "any real number, large errors not rare",
    "log_normal": "a positive amount made by many factors",
    "logistic": "any real number, errors larger than Gaussian at times",
    "multivariate_gaussian": "several real numbers that vary together",
    "negative_binomial": "how many, some cases far busier than others",
    "ordinal": "one of several answers that have an order",
    "poisson": "how many, without a known maximum",
    "student_t": "any real number, some of them wildly off",
    "tweedie": "an amount that is often exactly zero",
    "von_mises": "an angle",
    "von_mises_fisher": "a direction in space",
    "weibull": "a time until an event, for some not over yet",
    "zero_inflated_poisson": "how many, where some cases can have none",
}
"""Head → its first question, as the cheat sheet prints it."""
