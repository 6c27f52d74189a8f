"""Iris, as the article uses it: sepal length → sepal width."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Iris:
    """150 flowers: `x` sepal length and `y` sepal width in cm, `(150, 1)` float32, and species.

    Source: R. A. Fisher, 1936; the measurements are E. Anderson's, 1935; shipped by scikit-learn.
    """

    x: np.ndarray
    y: np.ndarray
    species: np.ndarray
    species_names: tuple[str, ...]


def load_iris() -> Iris:
    """The flowers in the order of the original table."""
    from sklearn.datasets import load_iris as sklearn_iris

    table = sklearn_iris()
    columns = table.data.astype("float32")
    return Iris(columns[:, :1], columns[:, 1:2], table.target, tuple(map(str, table.target_names)))
