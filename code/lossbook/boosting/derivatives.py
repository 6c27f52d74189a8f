"""First and second derivatives of each head's negative log likelihood, in its own parameters.

Each function takes the head, the outcomes `(n, columns)` and the parameters, name → `(n, size)`,
and gives name → (first, second derivative), both `(n, size)`. Where the second derivative is zero
almost everywhere (absolute error, Huber's tails), it gives the constant that tree libraries take.
The densities and their sources stand with the heads.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.special import digamma, polygamma

Pair = tuple[np.ndarray, np.ndarray]
Found = dict[str, Pair]
Values = Mapping[str, np.ndarray]


def gaussian(head: Any, y: np.ndarray, p: Values) -> Found:
    """Prediction minus target, over the variance."""
    error = p["mean"] - y
    return {"mean": (error / head.scale**2, np.full_like(error, head.scale**-2))}


def log_normal(head: Any, y: np.ndarray, p: Values) -> Found:
    """A Gaussian's, of log y."""
    return {"log_median": gaussian(head, np.log(y), {"mean": p["log_median"]})["mean"]}


def gaussian_scale(head: Any, y: np.ndarray, p: Values) -> Found:
    """Both parameters; beta, a weight for networks, is refused by `Objective`."""
    error, scale = p["mean"] - y, p["scale"]
    square = (error / scale) ** 2
    return {
        "mean": (error / scale**2, scale**-2),
        "scale": ((1 - square) / scale, (3 * square - 1) / scale**2),
    }


def laplace(head: Any, y: np.ndarray, p: Values) -> Found:
    """The sign of the error; the second derivative is replaced by 1 / scale."""
    error = p["median"] - y
    return {"median": (np.sign(error) / head.scale, np.full_like(error, 1 / head.scale))}


def asymmetric_laplace(head: Any, y: np.ndarray, p: Values) -> Found:
    """-level below the outcome, 1 - level above it; the second derivative as `laplace`."""
    first = np.where(y > p["quantile"], -head.level, 1 - head.level) / head.scale
    return {"quantile": (first, np.full_like(first, 1 / head.scale))}


def huber(head: Any, y: np.ndarray, p: Values) -> Found:
    """The error, held within ±delta; the second derivative is taken as 1 in the tails too."""
    error = p["location"] - y
    return {"location": (np.clip(error, -head.delta, head.delta), np.ones_like(error))}


def logistic(head: Any, y: np.ndarray, p: Values) -> Found:
    """At most 1 / scale however wrong the prediction is."""
    pull = np.tanh((p["location"] - y) / (2 * head.scale))
    return {"location": (pull / head.scale, (1 - pull**2) / (2 * head.scale**2))}


def hyperbolic_secant(head: Any, y: np.ndarray, p: Values) -> Found:
    """At most 1 however wrong the prediction is."""
    pull = np.tanh(p["location"] - y)
    return {"location": (pull, 1 - pull**2)}


def student_t(head: Any, y: np.ndarray, p: Values) -> Found:
    """The pull fades as the error grows; an infinite df is the Gaussian."""
    error, scale = p["location"] - y, p["scale"]
    if np.isinf(head.df):
        found = gaussian_scale(head, y, {"mean": p["location"], "scale": scale})
        return {"location": found["mean"], "scale": found["scale"]}
    df, more = head.df, head.df + 1
    wide = df * scale**2
    both = wide + error**2
    return {
        "location": (more * error / both, more * (wide - error**2) / both**2),
        "scale": (
            (1 - more * error**2 / both) / scale,
            (more * error**2 * (3 * wide + error**2) / both**2 - 1) / scale**2,
        ),
    }


def poisson(head: Any, y: np.ndarray, p: Values) -> Found:
    """1 - y / rate."""
    return {"rate": (1 - y / p["rate"], y / p["rate"] ** 2)}


def zero_inflated_poisson(head: Any, y: np.ndarray, p: Values) -> Found:
    """A zero is either kind; anything else is the Poisson's."""
    rate, absent = p["rate"], p["absent"]
    none = absent + (1 - absent) * np.exp(-rate)
    poissons = (1 - absent) * np.exp(-rate) / none
    rise = np.expm1(-rate) / none
    first, second = poisson(head, y, {"rate": rate})["rate"]
    zero = y == 0
    return {
        "rate": (
            np.where(zero, poissons, first),
            np.where(zero, -poissons * (1 - poissons), second),
        ),
        "absent": (
            np.where(zero, rise, 1 / (1 - absent)),
            np.where(zero, rise**2, (1 - absent) ** -2),
        ),
    }


def negative_binomial(head: Any, y: np.ndarray, p: Values) -> Found:
    """Exact while the dispersion is above about 1e-3; below it digits cancel in the second one."""
    mean, alpha = p["mean"], p["dispersion"]
    r, grown = 1 / alpha, 1 + alpha * mean
    log_grown = np.log1p(alpha * mean)
    gammas = digamma(r) - digamma(y + r)
    bend = polygamma(1, r) - polygamma(1, y + r)
    slope = -(gammas + log_grown) / alpha**2 + (y + r) * mean / grown - y / alpha
    curve = bend / alpha**4 + 2 * (gammas + log_grown) / alpha**3 + y / alpha**2
    curve -= 2 * mean / (alpha**2 * grown) + (y + r) * (mean / grown) ** 2
    weight = (1 + alpha * y) / grown
    return {
        "mean": (weight - y / mean, y / mean**2 - alpha * weight / grown),
        "dispersion": (slope, curve),
    }


def exponential(head: Any, y: np.ndarray, p: Values) -> Found:
    """The gamma's with shape 1."""
    mean = p["mean"]
    return {"mean": ((1 - y / mean) / mean, (2 * y / mean - 1) / mean**2)}


def gamma(head: Any, y: np.ndarray, p: Values) -> Found:
    """The mean's is the exponential's times the shape."""
    mean, shape = p["mean"], p["shape"]
    first, second = exponential(head, y, {"mean": mean})["mean"]
    slope = y / mean - np.log(shape * y / mean) - 1 + digamma(shape)
    return {
        "mean": (shape * first, shape * second),
        "shape": (slope, polygamma(1, shape) - 1 / shape),
    }


def inverse_gaussian(head: Any, y: np.ndarray, p: Values) -> Found:
    """The error over the mean's cube, times the shape."""
    mean, shape = p["mean"], p["shape"]
    relative = ((y - mean) / mean) ** 2
    return {
        "mean": (shape * (mean - y) / mean**3, shape * (3 * y - 2 * mean) / mean**4),
        "shape": (relative / (2 * y) - 0.5 / shape, 0.5 / shape**2),
    }


def tweedie(head: Any, y: np.ndarray, p: Values) -> Found:
    """(mean - y) / mean^power, over the dispersion."""
    mean, power, phi = p["mean"], head.power, head.dispersion
    first = (mean - y) * mean**-power
    second = mean**-power * (1 - power + power * y / mean)
    return {"mean": (first / phi, second / phi)}


def beta(head: Any, y: np.ndarray, p: Values) -> Found:
    """Differences of digammas against the log odds of y."""
    mean, total = p["mean"], p["concentration"]
    a, b = mean * total, (1 - mean) * total
    log_y, log_rest = np.log(y), np.log1p(-y)
    bend_a, bend_b = polygamma(1, a), polygamma(1, b)
    slope = mean * (digamma(a) - log_y) + (1 - mean) * (digamma(b) - log_rest) - digamma(total)
    curve = mean**2 * bend_a + (1 - mean) ** 2 * bend_b - polygamma(1, total)
    odds = total * (digamma(a) - digamma(b) - log_y + log_rest)
    return {"mean": (odds, total**2 * (bend_a + bend_b)), "concentration": (slope, curve)}


def dirichlet(head: Any, y: np.ndarray, p: Values) -> Found:
    """The mean of log y_k as the concentrations have it, minus log y_k."""
    a = p["concentrations"]
    total = a.sum(axis=-1, keepdims=True)
    shares = y / y.sum(axis=-1, keepdims=True)
    first = digamma(a) - digamma(total) - np.log(shares)
    return {"concentrations": (first, polygamma(1, a) - polygamma(1, total))}


def kumaraswamy(head: Any, y: np.ndarray, p: Values) -> Found:
    """With log y^a, which keeps its digits where y^a is close to 0 or 1."""
    a, b, log_y = p["a"], p["b"], np.log(y)
    power, rest = np.exp(a * log_y), -np.expm1(a * log_y)
    return {
        "a": (
            -1 / a - log_y + (b - 1) * log_y * power / rest,
            a**-2 + (b - 1) * log_y**2 * power / rest**2,
        ),
        "b": (-1 / b - np.log(rest), b**-2),
    }


LIMIT = 60.0
"""The log of t = (time / scale)^shape from which on the Weibull head's t is a straight line."""


def weibull(head: Any, y: np.ndarray, p: Values) -> Found:
    """By t = (time / scale)^shape, of which an event that was seen takes one away."""
    scale, shape, event = p["scale"], p["shape"], y[:, 1:]
    log_time = np.log(y[:, :1]) - np.log(scale)
    log_t = shape * log_time
    t = np.exp(np.minimum(log_t, LIMIT))
    bend = np.where(log_t > LIMIT, 0.0, t)
    steep = shape / scale
    return {
        "scale": ((event - t) * steep, bend * steep**2 + (t - event) * steep / scale),
        "shape": (
            (t - event) * log_time - event / shape,
            bend * log_time**2 + event / shape**2,
        ),
    }


FORMULAS: dict[str, Callable[[Any, np.ndarray, Values], Found]] = {
    f.__name__: f
    for f in (
        asymmetric_laplace, beta, dirichlet, exponential, gamma, gaussian, gaussian_scale, huber,
        hyperbolic_secant, inverse_gaussian, kumaraswamy, laplace, log_normal, logistic,
        negative_binomial, poisson, student_t, tweedie, weibull, zero_inflated_poisson,
    )
}  # fmt: skip
