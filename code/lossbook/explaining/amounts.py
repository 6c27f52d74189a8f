"""Losses for numbers: squared, absolute and relative errors, pinball, Poisson, cosine."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import optimize, special

from lossbook import best_constant
from lossbook.best_constant import columns
from lossbook.explaining.known import EPSILON, Known, Point, listed

Options = Mapping[str, Any]
EXACT = "every value predicted exactly"
ZERO = "an answer of 0 for everything, as a relu that has died or a sigmoid that is saturated gives"


def squared(y: np.ndarray, options: Options) -> Known:
    """The mean squared error: the mean, and the variance that is left."""
    table = columns(y)
    variance, power = best_constant.squared(table), float(np.mean(table**2))
    points = [Point("the mean of y²", power, ZERO, "q-flat")]
    if ((table >= 0) & (table <= 1)).all():
        points.append(
            Point(
                "the mean of (1 - y)²",
                float(np.mean((1 - table) ** 2)),
                "an answer of 1 for everything, as a saturated sigmoid gives",
            )
        )
    points.append(
        Point(
            "half the variance",
            variance / 2,
            "the best constant, if the loss has a half in front of the square",
        )
    )
    return Known(
        f"the mean, {listed(table.mean(axis=0))}",
        variance,
        0.0,
        EXACT,
        "squared units of y",
        tuple(points),
        table.shape[1],
    )


def root(y: np.ndarray, options: Options) -> Known:
    """The root mean squared error: the mean, and the standard deviation."""
    table = columns(y)
    return Known(
        f"the mean, {listed(table.mean(axis=0))}",
        float(np.sqrt(best_constant.squared(table))),
        0.0,
        EXACT,
        "units of y",
        (Point("the root mean square of y", float(np.sqrt(np.mean(table**2))), ZERO, "q-flat"),),
        1,
    )


def absolute(y: np.ndarray, options: Options) -> Known:
    """The mean absolute error: the median, and the mean distance from it."""
    table = columns(y)
    middle = np.median(table, axis=0)
    return Known(
        f"the median, {listed(middle)}",
        best_constant.absolute(table),
        0.0,
        EXACT,
        "units of y",
        (Point("the mean of |y|", float(np.mean(np.abs(table))), ZERO, "q-flat"),),
        table.shape[1],
    )


def pinball(y: np.ndarray, options: Options) -> Known:
    """The pinball loss at a level: the quantile at that level."""
    level = options.get("level")
    if level is None:
        raise ValueError(
            'a pinball loss needs its level: explain(value, y, "pinball", level=0.9), or give the '
            "head, heads.AsymmetricLaplace(level=0.9)"
        )
    if not 0 < level < 1:
        raise ValueError(f"the level of a pinball loss is between 0 and 1, not {level}")
    table = columns(y)
    best = np.quantile(table, level, axis=0, method="inverted_cdf")
    error = table - best
    median = table - np.median(table, axis=0)
    return Known(
        f"the quantile at {level:g}, {listed(best)}",
        float(np.mean(np.maximum(level * error, (level - 1) * error))),
        0.0,
        EXACT,
        "units of y",
        (
            Point(
                "the median",
                float(np.mean(np.maximum(level * median, (level - 1) * median))),
                "the median for everything, as a network that was trained at level ½ gives",
            ),
        ),
        table.shape[1],
    )


def percentage(y: np.ndarray, options: Options) -> Known:
    """The mean absolute percentage error: a median in which each y weighs 1 / |y|."""
    table = columns(y)
    weights = 1 / np.maximum(np.abs(table), EPSILON)
    middle = np.array([_weighted_median(*pair) for pair in zip(table.T, weights.T, strict=True)])
    constant = float(100 * np.mean(np.abs(table - middle) * weights))
    zeros = int((np.abs(table) < 1e-3).sum())
    remarks = (
        (
            f"{zeros} of {table.size} values of y are 0 or nearly, and Keras divides by "
            "1e-7 there: they alone decide this loss",
        )
        if zeros
        else ()
    )
    points = (
        Point("100", float(100 * np.mean(np.abs(table) * weights)), ZERO, "q-flat"),
        Point("as a fraction", constant / 100, "the best constant in scikit-learn's form"),
    )
    return Known(
        f"the median of y weighed by 1 / |y|, {listed(middle)}",
        constant,
        0.0,
        EXACT,
        "%",
        points,
        table.shape[1],
        remarks,
    )


def _weighted_median(y: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(y)
    reached = np.cumsum(weights[order])
    return float(y[order][np.searchsorted(reached, reached[-1] / 2)])


def logarithmic(y: np.ndarray, options: Options) -> Known:
    """The mean squared error of log(1 + y)."""
    logs = np.log1p(_above(columns(y)))
    middle = logs.mean(axis=0)
    points = (Point("the mean of log(1 + y)²", float(np.mean(logs**2)), ZERO, "q-flat"),)
    return Known(
        f"the geometric mean of 1 + y, less 1, {listed(np.expm1(middle))}",
        float(logs.var(axis=0).mean()),
        0.0,
        EXACT,
        "",
        points,
        logs.shape[1],
    )


def root_logarithmic(y: np.ndarray, options: Options) -> Known:
    """The root of the mean squared error of log(1 + y)."""
    of = logarithmic(y, options)
    points = tuple(
        Point(f"root of {p.name}", float(np.sqrt(p.value)), p.meaning) for p in of.points
    )
    return Known(of.prediction, float(np.sqrt(of.constant)), 0.0, EXACT, "", points)


def _above(y: np.ndarray) -> np.ndarray:
    if (y <= -1).any():
        raise ValueError(f"log(1 + y) needs y above -1, but the least is {y.min():.4g}")
    return np.maximum(y, EPSILON)


def _search(
    y: np.ndarray, cost: Callable[[np.ndarray], np.ndarray], points: tuple[Point, ...], unit: str
) -> Known:
    """A convex loss of the difference: the best constant by search, column by column."""
    table = columns(y)
    best, costs = [], []
    for column in table.T:
        low, high = float(column.min()), float(column.max())
        if low == high:
            best.append(low)
            costs.append(0.0)
            continue
        found = optimize.minimize_scalar(
            lambda c, of=column: float(np.mean(cost(of - c))),
            bounds=(low, high),
            method="bounded",
            options={"xatol": 1e-9 * max(1.0, high - low)},
        )
        best.append(float(found.x))
        costs.append(float(found.fun))
    zero = Point("at 0", float(np.mean(cost(table))), ZERO, "q-flat")
    return Known(
        f"a centre, {listed(np.array(best))}, found by search",
        float(np.mean(costs)),
        0.0,
        EXACT,
        unit,
        (zero, *points),
        table.shape[1],
    )


def huber(y: np.ndarray, options: Options) -> Known:
    """Huber's loss; with `beta`, PyTorch's SmoothL1Loss, which is divided by it."""
    beta = options.get("beta")
    delta = float(options.get("delta", 1.0) if beta is None else beta)
    share = 1.0 if beta is None else 1 / delta
    return _search(y, lambda d: share * special.huber(delta, d), (), "")


def log_cosh(y: np.ndarray, options: Options) -> Known:
    """The logarithm of the hyperbolic cosine of the difference."""
    return _search(y, lambda d: np.logaddexp(d, -d) - np.log(2), (), "")


def poisson(y: np.ndarray, options: Options) -> Known:
    """Rate less y log rate, without log y!: the mean, and a least value that depends on y."""
    if (y < 0).any():
        raise ValueError(f"a Poisson loss needs y of at least 0, but the least is {y.min():.4g}")
    table = columns(y)
    mean = table.mean(axis=0)
    constant = float(np.mean(mean - special.xlogy(mean, mean)))
    least = float(np.mean(table - special.xlogy(table, table)))
    shift = float(np.mean(special.gammaln(table + 1)))
    points = (
        Point("with log y!", constant + shift, "the best constant, if log y! is counted too"),
        Point("a rate of 1", 1.0, "raw outputs of 0 under an exponential, before the first step"),
        Point(
            "a rate of 0, clipped at 1e-7",
            float(np.mean(-special.xlogy(table, EPSILON))),
            ZERO,
            "q-flat",
        ),
    )
    return Known(
        f"the mean, {listed(mean)}",
        constant,
        least,
        "a rate equal to y for each sample; it is not 0, since log y! is left out",
        "nats",
        points,
        table.shape[1],
    )


def gaussian_nll(y: np.ndarray, options: Options) -> Known:
    """PyTorch's GaussianNLLLoss: a mean and a variance, without ½ log 2π unless `full`."""
    table = columns(y)
    extra = 0.5 * np.log(2 * np.pi)
    shift = extra if options.get("full") else 0.0
    variance = np.maximum(table.var(axis=0), float(options.get("eps", 1e-6)))
    constant = float(np.mean(0.5 * np.log(variance) + 0.5) + shift)
    other = constant - extra if options.get("full") else constant + extra
    name = "without ½ log 2π" if options.get("full") else "with ½ log 2π"
    return Known(
        f"the mean and variance, {listed(table.mean(axis=0))} and {listed(variance)}",
        constant,
        None,
        "a density has no greatest value where its scale can shrink",
        "nats",
        (Point(name, float(other), "the best constant in the other convention"),),
        table.shape[1],
    )


def cosine(y: np.ndarray, options: Options) -> Known:
    """Keras's cosine similarity, the negative of the cosine."""
    if y.ndim < 2:
        raise ValueError(f"a cosine needs vectors (n, d) as labels, not {y.shape}")
    table = y.reshape(-1, y.shape[-1])
    length = np.linalg.norm(table, axis=1, keepdims=True)
    mean = (table / np.maximum(length, EPSILON)).mean(axis=0)
    points = (
        Point(
            "0",
            0.0,
            "directions at right angles to the labels, as random ones nearly "
            "are in many dimensions",
        ),
    )
    return Known(
        f"the mean direction, {listed(mean)} before scaling",
        -float(np.linalg.norm(mean)),
        -1.0,
        "every direction met",
        "",
        points,
    )
