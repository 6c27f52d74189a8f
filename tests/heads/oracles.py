"""One row a family: our head, somebody else's log density, and the parametrisation of each.

Each oracle takes our parameters (NumPy arrays `(n, size)`) and y and gives the log density of each
sample from scipy, which knows nothing of our code.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from lossbook import heads
from scipy import stats

Parameters = dict[str, np.ndarray]


def independent(log_density: np.ndarray) -> np.ndarray:
    return log_density.reshape(len(log_density), -1).sum(axis=1)


@dataclass(frozen=True)
class Case:
    """A head as it is built, its log density by scipy, and outcomes on the border of its support.

    `functional` gives, from parameters, what the head says it predicts (for one constant
    prediction), where this is not simply the first parameter.
    """

    head: Callable[[], heads.Head]
    log_density: Callable[[heads.Head, Parameters, np.ndarray], np.ndarray]
    border: np.ndarray
    recover: dict[str, Any] = field(default_factory=dict)
    """Known parameters, one row, to draw from and to recover by minimising the loss."""


def gaussian(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.norm.logpdf(y, loc=p["mean"], scale=head.scale))


def laplace(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.laplace.logpdf(y, loc=p["median"], scale=head.scale))


def bernoulli(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.bernoulli.logpmf(y, p["probability"]))


def bernoullis(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    return independent(stats.bernoulli.logpmf(y, p["probabilities"]))


def categorical(head: Any, p: Parameters, y: np.ndarray) -> np.ndarray:
    one_hot = np.eye(head.size)[np.ravel(y).astype(int)]
    # scipy checks that the probabilities sum to one more strictly than rounding allows.
    probabilities = p["probabilities"] / p["probabilities"].sum(axis=-1, keepdims=True)
    return stats.multinomial.logpmf(one_hot, n=1, p=probabilities)


CASES: dict[str, Case] = {
    "gaussian": Case(
        lambda: heads.Gaussian(scale=0.7),
        gaussian,
        np.array([[-1e4], [0.0], [1e4]]),
        {"mean": [1.5]},
    ),
    "gaussian-3": Case(
        lambda: heads.Gaussian(size=3, scale=2.0),
        gaussian,
        np.zeros((1, 3)),
        {"mean": [-1.0, 0.0, 2.0]},
    ),
    "laplace": Case(
        lambda: heads.Laplace(scale=1.3),
        laplace,
        np.array([[-1e4], [0.0], [1e4]]),
        {"median": [-0.5]},
    ),
    "bernoulli": Case(heads.Bernoulli, bernoulli, np.array([[0.0], [1.0]]), {"probability": [0.2]}),
    "categorical": Case(
        lambda: heads.Categorical(4),
        categorical,
        np.array([0, 3]),
        {"probabilities": [0.1, 0.2, 0.3, 0.4]},
    ),
    "independent_bernoullis": Case(
        lambda: heads.IndependentBernoullis(3),
        bernoullis,
        np.array([[0.0, 1.0, 1.0]]),
        {"probabilities": [0.2, 0.5, 0.9]},
    ),
}
