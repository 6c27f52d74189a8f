"""What each loss costs in calibration: one linear model, one data set, several losses.

The losses are those of Keras for y of 0 or 1 (the tests hold them together), here as functions of
the raw output with their derivative, so that L-BFGS trains each to the end in milliseconds.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from lossbook.calibration import expected_calibration_error
from scipy import optimize, special

Value = tuple[float, np.ndarray]
"""Mean loss and its derivative `(n,)` by each raw output."""


def cross_entropy(y: np.ndarray, z: np.ndarray) -> Value:
    """softplus(z) - y z, averaged."""
    return float(np.mean(np.logaddexp(0, z) - y * z)), (special.expit(z) - y) / len(y)


def focal(y: np.ndarray, z: np.ndarray, gamma: float = 2.0) -> Value:
    """(1 - p)^γ times the cross entropy, p the probability of the true class."""
    sign = 2 * y - 1
    p, log_p = special.expit(sign * z), special.log_expit(sign * z)
    rest = special.expit(-sign * z)
    slope = sign * (gamma * rest**gamma * p * log_p - rest ** (gamma + 1))
    return float(np.mean(-(rest**gamma) * log_p)), slope / len(y)


def hinge(y: np.ndarray, z: np.ndarray) -> Value:
    """max(0, 1 - t z) with t of ±1."""
    sign = 2 * y - 1
    short = 1 - sign * z
    return float(np.mean(np.maximum(short, 0))), np.where(short > 0, -sign, 0.0) / len(y)


def squared_hinge(y: np.ndarray, z: np.ndarray) -> Value:
    """The hinge, squared."""
    sign = 2 * y - 1
    short = np.maximum(1 - sign * z, 0)
    return float(np.mean(short**2)), -2 * sign * short / len(y)


def tversky(y: np.ndarray, z: np.ndarray, alpha: float = 0.7, beta: float = 0.3) -> Value:
    """1 - both / (both + α misses + β false alarms), over the whole sample at once."""
    p = special.expit(z)
    both = (y * p).sum()
    below = both + alpha * (y * (1 - p)).sum() + beta * ((1 - y) * p).sum()
    slope = y / below - both * (y * (1 - alpha - beta) + beta) / below**2
    return float(1 - both / below), -slope * p * (1 - p)


def dice(y: np.ndarray, z: np.ndarray) -> Value:
    """Tversky with both weights ½."""
    return tversky(y, z, 0.5, 0.5)


def generalised(y: np.ndarray, z: np.ndarray, power: float = 0.5) -> Value:
    """(1 - p^power) / power, p the probability of the true class."""
    sign = 2 * y - 1
    p, rest = special.expit(sign * z), special.expit(-sign * z)
    return float(np.mean((1 - p**power) / power)), -sign * p**power * rest / len(y)


def half(z: np.ndarray) -> np.ndarray:
    """(1 + z) / 2, held within [0.001, 0.999]: what squared hinge's minimiser says."""
    return np.clip((1 + z) / 2, 1e-3, 1 - 1e-3)


class Contender(NamedTuple):
    """A loss, Keras's name for it, and how its raw output is read as a probability."""

    keras: str
    loss: Callable[[np.ndarray, np.ndarray], Value]
    read: Callable[[np.ndarray], np.ndarray]


CONTENDERS = {
    "cross entropy": Contender("BinaryCrossentropy", cross_entropy, special.expit),
    "focal": Contender("BinaryFocalCrossentropy", focal, special.expit),
    "generalised": Contender("CategoricalGeneralizedCrossEntropy", generalised, special.expit),
    "hinge": Contender("Hinge", hinge, special.expit),
    "squared hinge": Contender("SquaredHinge", squared_hinge, special.expit),
    "squared hinge, (1 + z)/2": Contender("SquaredHinge", squared_hinge, half),
    "Dice": Contender("Dice", dice, special.expit),
    "Tversky": Contender("Tversky", tversky, special.expit),
}


def train(
    loss: Callable[[np.ndarray, np.ndarray], Value], x: np.ndarray, y: np.ndarray,
    penalty: float = 1e-4,
) -> np.ndarray:  # fmt: skip
    """Weights and bias `(k + 1,)` of the linear model of least mean loss plus penalty |w|²."""
    design = np.column_stack([x, np.ones(len(x))])

    def objective(w: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = loss(y, design @ w)
        return value + penalty * float(w @ w), design.T @ slope + 2 * penalty * w

    start = train(cross_entropy, x, y, penalty) if loss in (dice, tversky) else np.zeros(
        design.shape[1]
    )  # fmt: skip
    return optimize.minimize(
        objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}
    ).x


class Score(NamedTuple):
    """How good the probabilities are on samples not trained on."""

    accuracy: float
    calibration_error: float
    log_loss: float
    """In nats a sample."""


def score(contender: Contender, weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> Score:
    """Accuracy, calibration error and log loss of a trained model on `x` and `y`."""
    z = x @ weights[:-1] + weights[-1]
    p = np.clip(contender.read(z), 1e-12, 1 - 1e-12)
    right = float(np.mean((z > 0) == (y == 1)))
    nats = float(-np.mean(y * np.log(p) + (1 - y) * np.log1p(-p)))
    return Score(right, expected_calibration_error(p, y), nats)


def compare(x: np.ndarray, y: np.ndarray, seeds: int = 5) -> dict[str, np.ndarray]:
    """Scores `(seeds, 3)` of each contender, over as many splits into halves."""
    found: dict[str, list[Score]] = {name: [] for name in CONTENDERS}
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(len(y))
        learn, check = order[: len(y) // 2], order[len(y) // 2 :]
        mean, scale = x[learn].mean(axis=0), x[learn].std(axis=0)
        inputs = (x - mean) / scale
        for name, contender in CONTENDERS.items():
            weights = train(contender.loss, inputs[learn], y[learn])
            found[name].append(score(contender, weights, inputs[check], y[check]))
    return {name: np.array(rows) for name, rows in found.items()}
