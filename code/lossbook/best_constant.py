"""What a loss is for the best answer that is the same for all samples: the labels alone say it.

A model that does worse has learnt nothing; one that starts far above begins with outputs that are
far off. Each function takes labels as `(values, columns)` and gives the mean over both.
"""

import numpy as np
from scipy import special


def columns(y: np.ndarray) -> np.ndarray:
    """Labels as `(values, columns)`: a two-dimensional y keeps its columns, all else is one."""
    return y if y.ndim == 2 else y.reshape(-1, 1)


def entropy(q: np.ndarray) -> np.ndarray:
    """The entropy in nats of distributions along the last axis."""
    return np.asarray(special.entr(q).sum(axis=-1))


def squared(y: np.ndarray) -> float:
    """The mean squared error of each column's mean: the variance."""
    return float(y.var(axis=0).mean())


def absolute(y: np.ndarray) -> float:
    """The mean absolute error of each column's median."""
    return float(np.mean(np.abs(y - np.median(y, axis=0))))


def binary(y: np.ndarray) -> float:
    """The binary cross entropy of each column's frequency of ones, in nats."""
    q = np.clip(y.mean(axis=0), 0, 1)
    return float(np.mean(special.entr(q) + special.entr(1 - q)))


def classes(numbers: np.ndarray) -> float:
    """The categorical cross entropy of the frequencies of class numbers `(n,)`, in nats."""
    counts = np.unique(numbers, return_counts=True)[1]
    return float(entropy(counts / counts.sum()))
