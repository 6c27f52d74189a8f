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

SUMMARIES = {
    "asymmetric_laplace": "A quantile: the value that y stays below with probability `level`.",
    "bernoulli": "One of two answers, coded 0 and 1.",
    "beta": "A share strictly between zero and one.",
    "binomial": "How many of `trials` succeed.",
    "categorical": "One of `size` classes that exclude one another.",
    "dirichlet": "Shares of a whole: `size` positive numbers that sum to one.",
    "exponential": "A waiting time, when how long one has waited says nothing of how long is left.",
    "gamma": "A positive amount whose standard deviation is in proportion to its mean.",
    "gaussian": "Any real number, scattered symmetrically around a mean that the network predicts.",
    "gaussian_mixture": "A real number with several likely places, weighed against each other.",
    "gaussian_scale": "Any real number, with a scatter that depends on the input.",
    "huber": "Any real number, mostly Gaussian errors, a few that are far larger.",
    "hurdle_poisson": "How many events, when whether there are any is a question of its own.",
    "hyperbolic_secant": "Any real number; like a Gaussian for small errors, like a Laplace for "
    "large ones.",
    "independent_bernoullis": "Several answers at once, each 0 or 1, independent of one another "
    "given the input.",
    "inverse_gaussian": "How long a drifting random walk takes to reach a line: positive, with a "
    "long right tail.",
    "kumaraswamy": "A share strictly between zero and one, much as the beta has it, but "
    "without its integrals.",
    "laplace": "Any real number, with heavier tails than a Gaussian.",
    "log_normal": "A positive amount made by many factors multiplied: its logarithm is Gaussian.",
    "logistic": "Any real number, tails a little heavier than a Gaussian's.",
    "multivariate_gaussian": "A vector of `size` real numbers with a full covariance, predicted "
    "for each input.",
    "negative_binomial": "How many events, when the rate itself differs from case to case.",
    "ordinal": "One of `size` answers that have an order (poor, fair, good), with no distances.",
    "poisson": "How many events, when they come one by one and independently.",
    "student_t": "Any real number, with tails so heavy that a far outlier hardly pulls.",
    "tweedie": "A sum of a Poisson number of gamma amounts: rain a day, claims a policy.",
    "von_mises": "An angle: a wind direction, a time of day; the end of the circle is its "
    "beginning.",
    "von_mises_fisher": "A direction in `size` dimensions, as a vector of length one.",
    "weibull": 'A time until an event, for which some samples only say "not yet by then".',
    "zero_inflated_poisson": "How many events, when some cases are always zero and the others are "
    "Poisson.",
}
"""Head → the first sentence of its docstring: what y can be, and the assumption."""

REFERENCES = {
    "asymmetric_laplace": 'Koenker and Machado, "Goodness of Fit and Related Inference '
    'Processes for Quantile Regression" (1999).',
    "bernoulli": "McCullagh and Nelder, Generalized Linear Models (1989), section 4.",
    "beta": 'Ferrari and Cribari-Neto, "Beta Regression for Modelling Rates and Proportions" '
    '(2004).',
    "binomial": "McCullagh and Nelder, Generalized Linear Models (1989), section 4.",
    "categorical": "McCullagh and Nelder, Generalized Linear Models (1989), section 5.",
    "dirichlet": "Ng, Tian and Tang, Dirichlet and Related Distributions (2011), section 2.",
    "exponential": "McCullagh and Nelder, Generalized Linear Models (1989), section 8 (shape "
    "1).",
    "gamma": "McCullagh and Nelder, Generalized Linear Models (1989), section 8.",
    "gaussian": "Bishop, Pattern Recognition and Machine Learning (2006), section 3.1.1.",
    "gaussian_mixture": 'Bishop, "Mixture Density Networks" (1994).',
    "gaussian_scale": 'Nix and Weigend (1994); for beta, Seitzer et al., "On the Pitfalls of '
    'Heteroscedastic Uncertainty Estimation with Probabilistic Neural Networks" (2022).',
    "huber": 'Huber, "Robust Estimation of a Location Parameter" (1964).',
    "hurdle_poisson": 'Mullahy, "Specification and Testing of Some Modified Count Data Models" '
    '(1986).',
    "hyperbolic_secant": "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2 "
    "(1995), chapter 23.",
    "independent_bernoullis": "Bishop, Pattern Recognition and Machine Learning (2006), section "
    "5.2.",
    "inverse_gaussian": 'Tweedie, "Statistical Properties of Inverse Gaussian Distributions" '
    '(1957).',
    "kumaraswamy": 'Jones, "Kumaraswamy\'s Distribution: A Beta-Type Distribution with Some '
    'Tractability Advantages" (2009).',
    "laplace": "Koenker, Quantile Regression (2005), section 1.3 (the median minimises it).",
    "log_normal": "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1 "
    "(1994), chapter 14.",
    "logistic": "Balakrishnan, Handbook of the Logistic Distribution (1992).",
    "multivariate_gaussian": "Murphy, Probabilistic Machine Learning: An Introduction (2022), "
    "section 3.2.",
    "negative_binomial": "Cameron and Trivedi, Regression Analysis of Count Data (2013), "
    "section 3.3 (NB2).",
    "ordinal": 'McCullagh, "Regression Models for Ordinal Data" (1980).',
    "poisson": "McCullagh and Nelder, Generalized Linear Models (1989), section 6.",
    "student_t": 'Lange, Little and Taylor, "Robust Statistical Modeling Using the t '
    'Distribution" (1989).',
    "tweedie": 'Dunn and Smyth, "Series Evaluation of Tweedie Exponential Dispersion Model '
    'Densities" (2005).',
    "von_mises": "Mardia and Jupp, Directional Statistics (2000), section 3.5.4.",
    "von_mises_fisher": "Mardia and Jupp, Directional Statistics (2000), section 9.3.2.",
    "weibull": "Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data (2002), "
    "section 2.2.",
    "zero_inflated_poisson": 'Lambert, "Zero-Inflated Poisson Regression" (1992).',
}  # fmt: skip
"""Head → the source of its density, which ends its docstring."""
